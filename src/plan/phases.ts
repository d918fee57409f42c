import { wordsOf } from '../engines/words.ts'
import { hooksBeforeReady } from '../follow/budget.ts'
import type { Inputs } from '../inputs/inputs.ts'
import { capitalized } from '../text/words.ts'
import type { ReleasePlan } from './plan.ts'

const MINUTE_MS = 60_000

/** What most services take until all tasks of the replacement are healthy, and most hooks until they answer. Assumed. */
const USUAL_INSTALL_MS = 10 * MINUTE_MS
const USUAL_HOOK_MS = 5 * MINUTE_MS

/** A part of a release, and how long it takes. Durations in milliseconds. */
export interface ExpectedPhase {
  name: string
  usualMs: number
  /** The limit after which this action stops waiting, when each phase has its own. */
  atMostMs: number
}

/** What of a plan its phases depend on. */
type PhasedPlan = Pick<ReleasePlan, 'budget' | 'hooks' | 'shift' | 'group'> & Partial<Pick<ReleasePlan, 'service'>>

/** What a release like this goes through up to its finish line, in order. */
export function expectedPhases(
  { budget, hooks, shift, group, service }: PhasedPlan,
  { waitFor }: Pick<Inputs, 'waitFor'>,
): ExpectedPhase[] {
  const { nameOf, heldAt, terminationWait } = wordsOf(service?.controller)
  const terminationMs = group.terminationWaitMs ?? 0
  const toReady: ExpectedPhase[] = [
    { name: nameOf('scale-up'), usualMs: USUAL_INSTALL_MS, atMostMs: budget.phaseMs({ kind: 'provisioning' }) },
    ...hooksBeforeReady(hooks).map(hookPhase),
  ]
  if (waitFor === 'test-traffic') return toReady
  const later = Object.entries(hooks).filter(([event]) => !hooksBeforeReady(hooks).some(([name]) => name === event))
  const shiftMs = shift.kind === 'unknown' ? 0 : shift.durationMs
  return [
    ...toReady,
    ...(group.holdsAtReady
      ? [{ name: heldAt().replace(/^an? /, ''), usualMs: 0, atMostMs: budget.phaseMs({ kind: 'ready' }) }]
      : []),
    { name: nameOf('shift'), usualMs: shiftMs, atMostMs: budget.phaseMs({ kind: 'shift' }) },
    ...later.map(hookPhase),
    ...(waitFor === 'completion'
      ? [
          {
            name: capitalized(terminationWait),
            usualMs: terminationMs,
            atMostMs: budget.phaseMs({ kind: 'termination' }),
          },
        ]
      : []),
  ]

  function hookPhase([event, hookFunction]: [string, string]): ExpectedPhase {
    return { name: event, usualMs: USUAL_HOOK_MS, atMostMs: budget.phaseMs({ kind: 'hook', event, hookFunction }) }
  }
}
