import type { Deployment } from './deployment.ts'
import { endDeployment } from './ending.ts'
import { UNHEALTHY } from './failures.ts'
import { findTaskSet, type Lane, logServiceEvent } from './lane.ts'
import { killReplacement } from './replacement.ts'
import { replacementPlan } from './replacement-plan.ts'
import type { Context } from './rules.ts'
import { at, type Transition, when } from './transition.ts'

const CRASH_LOOP = 'is unable to consistently start tasks successfully.'
const UNPLACED = 'was unable to place a task. Reason: '
const AGAIN_EVERY_MS = 60_000

/** Observed of Fargate. */
const NO_CAPACITY = 'Capacity is unavailable at this time. Please try again later or in a different availability zone.'

/** What ECS tells again and again while Install waits for tasks that stop, or that nothing can take. */
export function impairedTurn(lane: Lane, { rules }: Context, deployment: Deployment): Transition[] {
  const install = deployment.events.find((event) => event.name === 'Install' && event.status === 'InProgress')
  const replacement = lane.service?.taskSets.find((taskSet) => taskSet.id === deployment.replacementTaskSet)
  if (install?.startMs === undefined || !replacement) return []
  const isUnplaced = replacement.slots.some((slot) => slot.unplaced)
  if (!isUnplaced && !replacement.slots.some((slot) => slot.flapping)) return []
  const { unplacedReason = NO_CAPACITY } = replacementPlan(rules.scenario, lane.service?.seed)
  const text = isUnplaced ? UNPLACED + unplacedReason : CRASH_LOOP
  const last = lane.service?.events.findLast((event) => event.message.endsWith(text))
  const sinceMs = Math.max(install.startMs, last?.atMs ?? 0)
  return [at(sinceMs + AGAIN_EVERY_MS, (atMs) => logServiceEvent(lane, atMs, text))]
}

/**
 * Tasks that were healthy die, and CodeDeploy notices a moment later; once every lifecycle event is done they die
 * without CodeDeploy (assumed).
 */
export function deathTurns(lane: Lane, { rules }: Context, deployment: Deployment): Transition[] {
  const { replacementDiesMs, replacementDiedMs, targetStatus } = deployment
  const steadyMs = findTaskSet(lane, deployment.replacementTaskSet)?.steadyMs
  if (replacementDiesMs !== undefined && steadyMs !== undefined) {
    return [at(Math.max(replacementDiesMs, steadyMs), (atMs) => killReplacement(lane, rules, atMs))]
  }
  if (targetStatus === 'Succeeded') return []
  const failsMs = replacementDiedMs === undefined ? undefined : replacementDiedMs + rules.timingsMs.unhealthyLag
  return when(failsMs, (atMs) => endDeployment(lane, rules, atMs, 'failure', UNHEALTHY))
}
