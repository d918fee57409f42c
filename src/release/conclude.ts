import { briefly } from '../aws/attempts.ts'
import type { Outcome } from '../follow/following.ts'
import { readTaskStops } from '../follow/replacement-tasks.ts'
import type { Settlement } from '../follow/settlement.ts'
import type { HookLogChoice } from '../inputs/choices.ts'
import type { ReleasePlan } from '../plan/plan.ts'
import type { Release } from '../release-state.ts'
import { hookNotInvoked, mayBeOfTasks } from '../report/fault.ts'
import { verdictOf } from '../verdict.ts'
import type { World } from '../world.ts'
import { readFunctionExists, readHookLogs, showHookLogs } from './hook-log.ts'
import { readProduction } from './production.ts'
import type { Progress } from './progress.ts'
import { readTestListener } from './test-listener.ts'

/** How long ECS may take to tell a cancelled step what serves production, in milliseconds. */
const LAST_LOOK_WHEN_CANCELLED_MS = 1_500

/** A release that is no longer followed. */
export interface Followed {
  plan: ReleasePlan
  outcome: Outcome
  settlement: Settlement
}

/**
 * The verdict on a release whose deployment is at rest, or as far as it could be followed.
 * @param choice of which hooks the log is shown
 * @param lastly what else is to be learned, once production was read: that is only true for a moment
 */
export async function conclude(
  { plan, outcome, settlement }: Followed,
  choice: HookLogChoice | undefined,
  world: World,
  progress: Progress,
  lastly: () => Promise<void> = async () => {},
): Promise<Release> {
  const sides = {
    deploymentId: progress.release.deploymentId ?? '',
    original: plan.service.primary.taskDefinitionArn,
    replacement: progress.release.taskDefinition?.arn,
  }
  const lastToMoveTraffic = settlement.rollback.snapshot ?? settlement.snapshot
  const production = await readProduction(world, plan.service, sides, lastToMoveTraffic, {
    mayHaveMoved: isOutOfSight(outcome, settlement),
    withinMs: outcome.kind === 'cancelled' ? LAST_LOOK_WHEN_CANCELLED_MS : undefined,
  })
  const { snapshot } = settlement
  await lastly()
  const status = verdictOf(outcome, settlement)
  const testListener = await readTestListener(status, plan, sides.deploymentId, lastToMoveTraffic, world)
  progress.learn({ settlement, snapshot, production, testListener })
  await learnCauses(plan, world, progress)
  const settled = progress.release
  const { logs, warnings } = await readHookLogs(settled, choice, world)
  for (const warning of warnings) progress.warn(warning)
  const before = settled.hookLogs
  await showHookLogs(logs, world, before)
  const kept = before.filter(({ event }) => logs.every((log) => log.event !== event))
  return progress.end(status, { hookLogs: [...kept, ...logs] })
}

/** What CodeDeploy does not say of why it ended: whether a hook exists, and why tasks stopped. */
async function learnCauses(plan: ReleasePlan, world: World, progress: Progress): Promise<void> {
  const { release } = progress
  const hookFunction = hookNotInvoked(release)
  if (hookFunction !== undefined) {
    progress.learn({ hookFunctionExists: await readFunctionExists(hookFunction, world) })
  }
  const { snapshot } = release
  if (snapshot !== undefined && mayBeOfTasks(release) && !world.signal.aborted) {
    for (const { reason, count } of await readTaskStops(briefly(world), plan.service, snapshot)) {
      progress.taskStopped(reason, count)
    }
  }
}

/** The deployment or its rollback went on, or may have, after the last reading. */
function isOutOfSight(outcome: Outcome, { rollback, cutShort }: Settlement): boolean {
  const wasRollbackSeen = rollback.deploymentId === undefined || rollback.snapshot !== undefined
  const isLost = outcome.kind === 'lost-sight' || cutShort === 'lost-sight'
  return isLost || rollback.status === 'unknown' || !wasRollbackSeen
}
