import type { Inputs } from '../inputs/inputs.ts'
import { clockTime, duration } from '../report/words.ts'
import { expectedPhases } from './phases.ts'
import type { ReleasePlan } from './plan.ts'

/** What to say of credentials that end while a release may still be waiting. */
export interface Expiry {
  /** A warning when they end before a release like this usually does, a note when they only may. */
  kind: 'warning' | 'note'
  text: string
}

/**
 * What to say when credentials that nobody renews end before the release; undefined when there is nothing to say.
 * @param endMs when they end, in milliseconds since 1970; undefined: not known
 */
export function describeExpiry(
  plan: Pick<ReleasePlan, 'budget' | 'hooks' | 'shift' | 'group' | 'isUnchanged'>,
  inputs: Pick<Inputs, 'waitFor'>,
  endMs: number | undefined,
  nowMs: number,
): Expiry | undefined {
  if (endMs === undefined || plan.isUnchanged || inputs.waitFor === 'nothing') return undefined
  const end = `The credentials end at ${clockTime(endMs)}`
  const advice = `Let the action renew its own ('role-to-assume'), or get longer ones in the step before ('role-duration-seconds').`
  const usualMs = usualDurationMs(plan, inputs)
  if (endMs < nowMs + usualMs) {
    const text = `${end}, and a release like this takes about ${duration(usualMs)}: when they end, sight of the deployment is lost. ${advice}`
    return { kind: 'warning', text }
  }
  if (endMs >= nowMs + plan.budget.totalMs) return undefined
  return { kind: 'note', text: `${end}; sight of a deployment that takes longer is lost. ${advice}` }
}

/** How long a release like this usually takes, in milliseconds; never longer than the step waits at all. */
function usualDurationMs(
  plan: Pick<ReleasePlan, 'budget' | 'hooks' | 'shift' | 'group'>,
  inputs: Pick<Inputs, 'waitFor'>,
): number {
  const usualMs = expectedPhases(plan, inputs).reduce((sum, phase) => sum + phase.usualMs, 0)
  return Math.min(usualMs, plan.budget.totalMs)
}
