import type { ServiceDeployment } from '@aws-sdk/client-ecs'
import { CallError } from '../aws/attempts.ts'
import { describeTaskDefinition, type Ecs } from '../aws/ecs.ts'
import { describeServiceRevisions } from '../aws/service-deployments.ts'
import { readActive } from '../ecs-native/active.ts'
import { readSnapshot } from '../ecs-native/ecs-snapshot.ts'
import { idOf } from '../ecs-native/ids.ts'
import { eventAt, hasEnded, type Snapshot } from '../follow/snapshot.ts'
import { momentOf } from '../time/clock.ts'
import { parseMarkerTag } from '../workflow-run/marker.ts'
import type { OccupancyFacts, Occupant } from './occupant.ts'
import { Sightings } from './sightings.ts'
import { type Stage, stageOf } from './stage.ts'

/**
 * ECS would end the deployment that runs when another one is asked for, so that nothing but a look of our own keeps them
 * apart. Finds the newest one that runs.
 * @throws CallError
 */
export async function findEcsOccupant(aws: Ecs, facts: OccupancyFacts): Promise<Occupant | undefined> {
  const [active] = await activeOf(aws, facts)
  if (active === undefined) return undefined
  const { group, sightings = new Sightings() } = facts
  const snapshot = readSnapshot(
    { deploymentId: idOf(active.serviceDeploymentArn ?? ''), deployment: active, readAt: momentOf(aws.clock) },
    undefined,
  )
  sightings.see(snapshot)
  const isRollback = hasEnded(snapshot)
  const stage = isRollback
    ? 'rolling-back'
    : stageOf({ snapshot, isSeen: true, isRollback, isPrimary: false, isHeldAtReady: true })
  if (stage === undefined) return undefined
  const { taskDefinitionArn, markerTag } = await shippedBy(aws, active)
  return {
    id: snapshot.deploymentId,
    stage,
    snapshot,
    creator: undefined,
    description: '',
    marker: parseMarkerTag(markerTag),
    appSpecSha256: undefined,
    ...(taskDefinitionArn !== undefined && { taskDefinitionArn }),
    rollbackOf: isRollback ? snapshot.deploymentId : undefined,
    ...deadlines(stage, snapshot, group.terminationWaitMs),
  }
}

async function activeOf(aws: Ecs, { service, onListDenied }: OccupancyFacts): Promise<ServiceDeployment[]> {
  try {
    return await readActive(aws, service)
  } catch (error) {
    if (!(error instanceof CallError) || error.serviceError.kind !== 'denied') throw error
    onListDenied(error)
    return []
  }
}

/** The revision that a deployment ships, and what its tag says of the run that registered it. @throws CallError */
async function shippedBy(
  aws: Ecs,
  { targetServiceRevision }: ServiceDeployment,
): Promise<{ taskDefinitionArn: string | undefined; markerTag: string | undefined }> {
  const arn = targetServiceRevision?.arn
  const [revision] = arn === undefined ? [] : await describeServiceRevisions(aws, [arn])
  const taskDefinitionArn = revision?.taskDefinition
  if (taskDefinitionArn === undefined) return { taskDefinitionArn, markerTag: undefined }
  try {
    return { taskDefinitionArn, markerTag: (await describeTaskDefinition(aws, taskDefinitionArn)).markerTag }
  } catch (error) {
    if (!(error instanceof CallError) || error.serviceError.kind !== 'denied') throw error
    return { taskDefinitionArn, markerTag: undefined }
  }
}

/** Since when it bakes is not told, so that it is free at the latest so long after that was first seen. */
function deadlines(
  stage: Stage,
  snapshot: Snapshot,
  bakeMs: number | undefined,
): Pick<Occupant, 'heldUntilMs' | 'freeAtMs'> {
  const bakesSinceMs = stage === 'shifted' ? eventAt(snapshot, 'bake')?.startedAtMs : undefined
  return {
    heldUntilMs: stage === 'held' ? snapshot.heldUntil?.atMs : undefined,
    freeAtMs: bakesSinceMs === undefined || bakeMs === undefined ? undefined : bakesSinceMs + bakeMs,
  }
}
