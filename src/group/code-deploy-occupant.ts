import type { DeploymentTarget } from '@aws-sdk/client-codedeploy'
import { CallError } from '../aws/attempts.ts'
import { type CodeDeploy, getDeployment, getDeploymentTarget } from '../aws/code-deploy.ts'
import { listActiveDeployments } from '../aws/code-deploy-lists.ts'
import { readSnapshot } from '../code-deploy/code-deploy-snapshot.ts'
import { endingOf, isRollbackDue } from '../follow/ending.ts'
import { lastEventEndMs, type Snapshot } from '../follow/snapshot.ts'
import { type GroupWaits, readWaits } from '../service/deployment-group.ts'
import { originalTaskSetOf, type ResolvedService } from '../service/service.ts'
import { momentOf } from '../time/clock.ts'
import { type Marker, parseMarker } from '../workflow-run/marker.ts'
import type { OccupancyFacts, Occupant } from './occupant.ts'
import { Sightings } from './sightings.ts'
import { type Stage, stageOf } from './stage.ts'

/** How long a run of this action may take to continue its deployment, in milliseconds. */
const PROMOTED_WITHIN_MS = 60_000

/** Observed: the rollback shows up to a second after the end. Looked for this long, in milliseconds. */
const ROLLBACK_APPEARS_WITHIN_MS = 30_000

/** CodeDeploy has not made the target yet. Source: API Reference; for how long is not documented. */
const NO_TARGET_YET = new Set(['DeploymentNotStarted', 'DeploymentTargetDoesNotExist'])

/**
 * CodeDeploy runs one deployment of a group at a time; its termination wait and its rollback count. Finds the one that
 * runs.
 * @throws CallError
 */
export async function findCodeDeployOccupant(aws: CodeDeploy, facts: OccupancyFacts): Promise<Occupant | undefined> {
  for (const id of new Set([...(await activeIds(aws, facts)), ...facts.suspects])) {
    const occupant = await occupantIfThere(aws, id, facts)
    if (occupant !== undefined) return occupant
  }
  return undefined
}

async function activeIds(aws: CodeDeploy, { group, onListDenied }: OccupancyFacts): Promise<string[]> {
  try {
    return await listActiveDeployments(aws, group.application, group.name)
  } catch (error) {
    if (!(error instanceof CallError) || error.serviceError.kind !== 'denied') throw error
    onListDenied(error)
    return []
  }
}

async function occupantIfThere(aws: CodeDeploy, id: string, facts: OccupancyFacts): Promise<Occupant | undefined> {
  try {
    return await readOccupant(aws, id, facts)
  } catch (error) {
    if (error instanceof CallError && error.serviceError.code === 'DeploymentDoesNotExist') return undefined
    throw error
  }
}

async function readOccupant(aws: CodeDeploy, id: string, facts: OccupancyFacts): Promise<Occupant | undefined> {
  const { service, group } = facts
  const [info, { target, isSeen }] = await Promise.all([getDeployment(aws, id), readTarget(aws, id, service)])
  const readAt = momentOf(aws.clock)
  const read = readSnapshot({ readAt, info, target, originalTaskSetId: originalTaskSetOf(service, id) })
  const snapshot = { ...read, deploymentId: id }
  const { sightings = new Sightings() } = facts
  sightings.see(snapshot)
  const rollbackOf = info.rollbackInfo?.rollbackTriggeringDeploymentId
  const isRollback = rollbackOf !== undefined || info.creator === 'codeDeployRollback'
  const waits =
    info.blueGreenDeploymentConfiguration === undefined ? group : readWaits(info.blueGreenDeploymentConfiguration)
  const marker = parseMarker(rollbackOf === undefined ? info.description : await descriptionOf(aws, rollbackOf))
  const isPrimary = service.primary.deploymentId === id
  const isHeldAtReady = waits.holdsAtReady && !isAboutToBePromoted(snapshot, marker, facts, sightings)
  const running = stageOf({ snapshot, isSeen, isRollback, isPrimary, isHeldAtReady })
  if (running === undefined && snapshot.rollback?.deploymentId !== undefined && rollbackOf === undefined) {
    return await readOccupant(aws, snapshot.rollback.deploymentId, facts)
  }
  const isRollbackAhead = isSeen && awaitsRollback(snapshot, facts.stopped.has(id), sightings)
  const stage = running ?? (isRollbackAhead ? 'rolling-back' : undefined)
  if (stage === undefined) return undefined
  return {
    id,
    stage,
    snapshot,
    creator: info.creator ?? '',
    description: info.description ?? '',
    marker,
    appSpecSha256: info.revision?.appSpecContent?.sha256,
    rollbackOf: rollbackOf,
    ...deadlines(stage, snapshot, waits),
  }
}

/** What was deployed to the service; not seen when reading it is denied. @throws CallError */
export async function readTarget(
  aws: CodeDeploy,
  id: string,
  { clusterName, name }: ResolvedService,
): Promise<{ target: DeploymentTarget | undefined; isSeen: boolean }> {
  try {
    return { target: await getDeploymentTarget(aws, id, `${clusterName}:${name}`), isSeen: true }
  } catch (error) {
    if (!(error instanceof CallError)) throw error
    if (NO_TARGET_YET.has(error.serviceError.code)) return { target: undefined, isSeen: true }
    if (error.serviceError.kind === 'denied') return { target: undefined, isSeen: false }
    throw error
  }
}

/** The description of the deployment that a rollback undoes; it only helps to name the run. */
async function descriptionOf(aws: CodeDeploy, id: string): Promise<string | undefined> {
  try {
    return (await getDeployment(aws, id)).description
  } catch (error) {
    if (!(error instanceof CallError)) throw error
    return undefined
  }
}

/** A run of this action made it, and such a run may be just about to continue it. */
function isAboutToBePromoted(
  snapshot: Snapshot,
  marker: Marker | undefined,
  { autoPromote }: OccupancyFacts,
  sightings: Sightings,
): boolean {
  const sinceMs = lastEventEndMs(snapshot)
  const isOurs = autoPromote && marker !== undefined
  return isOurs && sinceMs !== undefined && sightings.ageMs(snapshot, sinceMs) < PROMOTED_WITHIN_MS
}

/** Has ended so that a rollback is due, so lately that it may not have shown yet. Nothing is undone before Install. */
function awaitsRollback(snapshot: Snapshot, wasStopped: boolean, sightings: Sightings): boolean {
  if (snapshot.status === 'succeeded' || snapshot.rollback !== undefined || snapshot.endedAtMs === undefined)
    return false
  const rollbackOn = [...(snapshot.rollbackOn ?? []), ...(wasStopped ? (['stop'] as const) : [])]
  const mayBeDue = endingOf(snapshot) === 'ready-wait-over' && rollbackOn.length > 0
  const isDue = mayBeDue || isRollbackDue(snapshot, rollbackOn)
  const hasReplacement = snapshot.taskSets.some(({ role }) => role === 'replacement')
  return isDue && hasReplacement && sightings.ageMs(snapshot, snapshot.endedAtMs) < ROLLBACK_APPEARS_WITHIN_MS
}

function deadlines(stage: Stage, snapshot: Snapshot, waits: GroupWaits): Pick<Occupant, 'heldUntilMs' | 'freeAtMs'> {
  const nowMs = snapshot.statusReadAt.atMs
  const after = (sinceMs: number | undefined, waitMs: number | undefined) =>
    sinceMs === undefined || waitMs === undefined ? undefined : sinceMs + waitMs
  // No wait can last longer than from now on; a wall clock that is behind says otherwise.
  const doneMs = lastEventEndMs(snapshot)
  const shiftedMs = doneMs === undefined ? undefined : Math.min(doneMs, nowMs)
  return {
    heldUntilMs: stage === 'held' ? after(snapshot.readySinceMs, waits.readyWaitMs) : undefined,
    freeAtMs: stage === 'shifted' ? after(shiftedMs, waits.terminationWaitMs) : undefined,
  }
}
