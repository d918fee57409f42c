import type { CredentialsEnd } from '../aws/environment-credentials.ts'
import type { Inputs } from '../inputs/inputs.ts'
import { clockTime, duration } from '../text/words.ts'
import { expectedPhases } from './phases.ts'
import type { ReleasePlan } from './plan.ts'

/**
 * How long credentials last by default that were taken in a step before, in milliseconds. Source: README of
 * aws-actions/configure-aws-credentials, `role-duration-seconds`.
 */
const USUAL_SESSION_MS = 3_600_000

/** What to say of credentials that end while a release may still be waiting. */
export interface Expiry {
  /** A warning when they end before a release like this usually does, a note when they only may. */
  kind: 'warning' | 'note'
  text: string
}

/**
 * What to say when credentials that nobody renews end before the release; undefined when there is nothing to say.
 */
export function describeExpiry(
  plan: Pick<ReleasePlan, 'budget' | 'hooks' | 'shift' | 'group' | 'isUnchanged'>,
  inputs: Pick<Inputs, 'waitFor'>,
  ends: CredentialsEnd,
  nowMs: number,
): Expiry | undefined {
  if (ends === undefined || plan.isUnchanged || inputs.waitFor === 'nothing') return undefined
  const advice = `Let the action renew its own ('role-to-assume'), or get longer ones in the step before ('role-duration-seconds').`
  const usualMs = usualDurationMs(plan, inputs)
  if (ends === 'not-told') {
    if (usualMs <= USUAL_SESSION_MS) return undefined
    const text = `A release like this takes about ${duration(usualMs)}, and temporary credentials end after an hour unless more was asked for; AWS_CREDENTIAL_EXPIRATION, which would say when, is not set. When they end, this step can no longer follow the deployment. ${advice}`
    return { kind: 'warning', text }
  }
  const end = `The credentials end at ${clockTime(ends)}`
  if (ends < nowMs + usualMs) {
    const text = `${end}, and a release like this takes about ${duration(usualMs)}: when they end, this step can no longer follow the deployment. ${advice}`
    return { kind: 'warning', text }
  }
  if (ends >= nowMs + plan.budget.totalMs) return undefined
  return { kind: 'note', text: `${end}; a deployment that still runs then can no longer be followed. ${advice}` }
}

/** How long a release like this usually takes, in milliseconds; never longer than the step waits at all. */
function usualDurationMs(
  plan: Pick<ReleasePlan, 'budget' | 'hooks' | 'shift' | 'group'>,
  inputs: Pick<Inputs, 'waitFor'>,
): number {
  const usualMs = expectedPhases(plan, inputs).reduce((sum, phase) => sum + phase.usualMs, 0)
  return Math.min(usualMs, plan.budget.totalMs)
}
