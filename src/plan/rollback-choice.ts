import type { CodeDeploy } from '../aws/code-deploy.ts'
import type { Ecs } from '../aws/ecs.ts'
import type { Occupant } from '../group/occupant.ts'
import type { Inputs } from '../inputs/inputs.ts'
import { NO_OVERRIDES } from '../inputs/overrides.ts'
import type { World } from '../world.ts'
import { findEcsRecentRollback, findEcsRollbackTarget, isEcsGoingBack } from './ecs-rollback.ts'
import type { Findings } from './findings.ts'
import type { Place } from './place.ts'
import { findCodeDeployRecentRollback, type RecentRollback } from './recent-rollback.ts'
import { findCodeDeployRollbackTarget, type RollbackTarget } from './rollback-target.ts'

/** Whether production was brought back a moment ago, by whom the service is deployed. @throws CallError */
export async function findRecentRollback(aws: CodeDeploy & Ecs, place: Place): Promise<RecentRollback | undefined> {
  return place.service.controller === 'ECS'
    ? await findEcsRecentRollback(aws, place)
    : await findCodeDeployRecentRollback(aws, place)
}

/** Whether what is being deployed goes back already, as a rollback of this action does. @throws CallError */
export async function isGoingBack(aws: Ecs, place: Place, { id, marker, rollbackOf }: Occupant): Promise<boolean> {
  if (rollbackOf !== undefined) return false
  if (marker?.operation === 'rollback') return true
  return place.service.controller === 'ECS' && (await isEcsGoingBack(aws, place, id))
}

/** The revision to go back to; undefined with problems added. */
export async function findRollbackTarget(
  place: Place,
  world: World,
  findings: Findings,
): Promise<RollbackTarget | undefined> {
  return place.service.controller === 'ECS'
    ? await findEcsRollbackTarget(place, world, findings)
    : await findCodeDeployRollbackTarget(place, world, findings)
}

/** The inputs of a release that goes back: fast, unless the strategy is to be kept, and stopped by nothing of ours. */
export function goingBack(inputs: Inputs, { service }: Pick<Place, 'service'>): Inputs {
  // What ECS does at a deployment belongs to the service, which a rollback does not change.
  const isAsItIs = inputs.keepStrategy || service.controller === 'ECS'
  const strategy = isAsItIs ? {} : { hooks: {}, appSpec: 'none', deploymentConfig: 'CodeDeployDefault.ECSAllAtOnce' }
  return {
    ...inputs,
    ...strategy,
    ...NO_OVERRIDES,
    onActiveDeployment: 'replace',
    ifUnchanged: 'release',
    allowOlder: true,
    autoPromote: true,
  }
}

/** An alarm can keep a rollback from being deployed, which a deployment of its own setting gets round. */
export function mayTurnAlarmsOff({ service }: Pick<Place, 'service'>): boolean {
  return service.controller === 'CODE_DEPLOY'
}
