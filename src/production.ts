import { revisionName } from './aws/arn.ts'
import { CallError } from './aws/attempts.ts'
import { describeService, type Ecs } from './aws/ecs.ts'
import type { Snapshot } from './follow/snapshot.ts'
import type { Production } from './release-state.ts'
import { type ResolvedService, readTaskSet } from './service/service.ts'

/** Which revisions the two sides of a deployment run. */
export interface Sides {
  original: string
  /** Undefined when there is no replacement yet. */
  replacement: string | undefined
}

/**
 * Looks what serves production: weights from the last reading of the deployment or its rollback, the PRIMARY task set
 * from ECS when there are none.
 * @param snapshot the newest reading, of whichever of the two deployments moved traffic last
 */
export async function readProduction(
  aws: Ecs,
  service: ResolvedService,
  sides: Sides,
  snapshot: Snapshot | undefined,
): Promise<Production> {
  const byWeight = productionByWeight(sides, snapshot)
  if (byWeight.length > 0) return { revisions: byWeight, readAtMs: aws.clock.now() }
  try {
    const answer = await describeService(aws, service.clusterName, service.arn)
    const primary = (answer.service?.taskSets ?? []).map(readTaskSet).find(({ status }) => status === 'PRIMARY')
    const revisions =
      primary === undefined ? [] : [{ name: revisionName(primary.taskDefinitionArn), percent: undefined }]
    return { revisions, readAtMs: aws.clock.now() }
  } catch (error) {
    if (!(error instanceof CallError)) throw error
    return { revisions: [], readAtMs: aws.clock.now() }
  }
}

/** Shares of production by CodeDeploy's weights; both sides may run the same revision. */
export function productionByWeight(sides: Sides, snapshot: Snapshot | undefined): Production['revisions'] {
  const shares = new Map<string, number>()
  for (const { role, trafficPercent, state } of snapshot?.taskSets ?? []) {
    const arn = role === 'original' ? sides.original : sides.replacement
    if (arn === undefined || trafficPercent === undefined || trafficPercent === 0 || state === 'draining') continue
    const name = revisionName(arn)
    shares.set(name, (shares.get(name) ?? 0) + trafficPercent)
  }
  return [...shares].map(([name, percent]) => ({ name, percent })).sort((left, right) => right.percent - left.percent)
}
