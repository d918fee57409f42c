/**
 * Why nothing was deployed, for the output `reason`. The set is fixed: workflows branch on it.
 * Documented in the README, "What each status means".
 */
export type RefusalReason =
  | 'invalid-input'
  | 'not-found'
  | 'unsupported-service'
  | 'group-mismatch'
  | 'no-test-listener'
  | 'held'
  | 'not-held'
  | 'other-image'
  | 'busy'
  | 'older-run'
  | 'no-lane'
  | 'not-a-lane'
  | 'denied'
  | 'credentials'
  | 'wrong-account'
  | 'rejected'
  | 'unreachable'
  | 'internal-error'

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
