import type { Deployment } from './deployment.ts'
import { endDeployment } from './ending.ts'
import { UNHEALTHY } from './failures.ts'
import { findTaskSet, type Lane, logServiceEvent } from './lane.ts'
import { killReplacement } from './replacement.ts'
import type { Context } from './rules.ts'
import { at, type Transition, when } from './transition.ts'

const CRASH_LOOP = 'is unable to consistently start tasks successfully.'
const CRASH_LOOP_EVERY_MS = 60_000

/** What ECS tells again and again while Install waits for tasks that stop. */
export function crashLoopTurn(lane: Lane, deployment: Deployment): Transition[] {
  const install = deployment.events.find((event) => event.name === 'Install' && event.status === 'InProgress')
  const replacement = lane.service?.taskSets.find((taskSet) => taskSet.id === deployment.replacementTaskSet)
  if (install?.startMs === undefined || !replacement?.slots.some((slot) => slot.flapping)) return []
  const last = lane.service?.events.findLast((event) => event.message.endsWith(CRASH_LOOP))
  const sinceMs = Math.max(install.startMs, last?.atMs ?? 0)
  return [at(sinceMs + CRASH_LOOP_EVERY_MS, (atMs) => logServiceEvent(lane, atMs, CRASH_LOOP))]
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
