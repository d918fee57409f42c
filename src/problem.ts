/**
 * Why nothing was deployed, for the output `reason`. The set is fixed: workflows branch on it.
 * Documented in the README, "What a failure means"; a test compares the two.
 */
export const REFUSAL_REASONS = [
  'invalid-input',
  'not-found',
  'unsupported-service',
  'group-mismatch',
  'mixed-traffic',
  'no-test-listener',
  'not-held',
  'other-image',
  'held',
  'busy',
  'older-run',
  'no-lane',
  'not-a-lane',
  'denied',
  'credentials',
  'wrong-account',
  'rejected',
  'unreachable',
  'internal-error',
] as const

export type RefusalReason = (typeof REFUSAL_REASONS)[number]

/** One thing that is wrong before anything was deployed: a full sentence or two for a person, and its kind. */
export interface Problem {
  reason: RefusalReason
  sentence: string
}

/** What a check found wrong; everything it found, not only the first. */
export class RefusedError extends Error {
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[], options?: ErrorOptions) {
    super(problems.map((problem) => problem.sentence).join(' '), options)
    this.name = 'RefusedError'
    this.problems = problems
  }
}

/** A problem with what the user gave: an input, a file it names, or a member of that file. */
export function invalidInput(sentence: string): Problem {
  return { reason: 'invalid-input', sentence }
}
