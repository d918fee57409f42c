import type { Outcome } from './follow/follow.ts'
import type { Settlement } from './follow/settle.ts'
import type { ReleasePlan } from './plan/plan.ts'
import { readProduction } from './production.ts'
import type { Progress } from './progress.ts'
import type { Release } from './release-state.ts'
import { verdictOf } from './verdict.ts'
import type { World } from './world.ts'

/** How long ECS may take to tell a cancelled step what serves production, in milliseconds. */
const LAST_LOOK_WHEN_CANCELLED_MS = 1_500

/** The verdict on a release whose deployment is at rest, or as far as it could be followed. */
export async function conclude(
  plan: ReleasePlan,
  outcome: Outcome,
  settlement: Settlement,
  world: World,
  progress: Progress,
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
  return progress.end(verdictOf(outcome, settlement), { settlement, snapshot: settlement.snapshot, production })
}

/** The deployment or its rollback went on, or may have, after the last reading. */
function isOutOfSight(outcome: Outcome, { rollback, cutShort }: Settlement): boolean {
  const wasRollbackSeen = rollback.deploymentId === undefined || rollback.snapshot !== undefined
  const isLost = outcome.kind === 'lost-sight' || cutShort === 'lost-sight'
  return isLost || rollback.status === 'unknown' || !wasRollbackSeen
}
