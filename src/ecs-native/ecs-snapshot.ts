import type { ServiceDeployment, ServiceDeploymentStatus } from '@aws-sdk/client-ecs'
import {
  type DeploymentStatus,
  type EndReason,
  type EventReading,
  lastReadAt,
  replacementTraffic,
  type Snapshot,
} from '../follow/snapshot.ts'
import type { RollbackEvent } from '../inputs/choices.ts'
import type { EcsStage } from '../lifecycle/step.ts'
import { inSentence } from '../text/untrusted.ts'
import type { Moment } from '../time/clock.ts'
import { endReasonOf, endText, hookTextIn, stageInText } from './end-reason.ts'
import { idOf, ofRollback, rollbackIdOf } from './ids.ts'
import { heldBy, heldMembers } from './pauses.ts'
import { commonMembers, type EcsReading } from './reading.ts'
import { readRollback } from './rollback-snapshot.ts'
import { isAfter, isShifted, stageOf } from './shares.ts'
import { type StageEnd, stageEvents } from './stages.ts'

/** ECS's status words in ours, `rolled-back` once that has begun; one that is new to the SDK fails to compile. */
const STATUSES: Record<ServiceDeploymentStatus, DeploymentStatus | 'rolled-back'> = {
  PENDING: 'created',
  IN_PROGRESS: 'running',
  STOP_REQUESTED: 'running',
  SUCCESSFUL: 'succeeded',
  STOPPED: 'stopped',
  ROLLBACK_REQUESTED: 'rolled-back',
  ROLLBACK_IN_PROGRESS: 'rolled-back',
  ROLLBACK_SUCCESSFUL: 'rolled-back',
  ROLLBACK_FAILED: 'rolled-back',
}

/** Where a deployment is, as one reading tells. */
interface Stand {
  how: DeploymentStatus | 'rolled-back'
  stage: EcsStage | undefined
  isHeld: boolean
  /** Undefined unless it ended badly. */
  endReason: EndReason | undefined
  endedAtMs: number | undefined
}

/**
 * The snapshot of what was read. ECS rolls back in the same deployment: that counts as ended when its rollback begins,
 * which is one of its own, by its own id.
 * @param before the last reading of the same id, of which the stages so far are kept
 */
export function readSnapshot(reading: EcsReading, before: Snapshot | undefined): Snapshot {
  if (ofRollback(reading.deploymentId) !== undefined) return readRollback(reading, before)
  const { deployment, readAt } = reading
  const stand = standOf(reading, before)
  const { how, stage, endReason, endedAtMs } = stand
  const pauses = heldBy(deployment)
  const isBaking = stage !== undefined && isAfter(stage, 'POST_PRODUCTION_TRAFFIC_SHIFT')
  return {
    ...commonMembers(reading),
    status: ourStatus(stand),
    ...(stand.isHeld && heldMembers(pauses, stage, readAt, before)),
    createdAtMs: deployment.createdAt?.getTime(),
    startedAtMs: deployment.startedAt?.getTime(),
    endedAtMs,
    error: endReason === undefined ? undefined : errorOf(deployment, before),
    ...(endReason !== undefined && { endReason }),
    ...firingAlarms(deployment),
    rollbackOn: how === 'stopped' ? [] : rollbackOn(deployment),
    rollback: rollbackOf(reading, how),
    events: eventsOf(reading, stand, before),
    eventsAreDone:
      how === 'succeeded' || (endReason === undefined ? isBaking && isShifted(deployment, stage) : wasDone(before)),
  }
}

function standOf({ deployment, readAt }: EcsReading, before: Snapshot | undefined): Stand {
  const { status = '' } = deployment
  const how = Object.hasOwn(STATUSES, status) ? STATUSES[status as ServiceDeploymentStatus] : 'unknown'
  const isBad = how === 'stopped' || how === 'rolled-back'
  return {
    how,
    stage: isBad ? endStageOf(deployment, before) : stageOf(deployment),
    isHeld: heldBy(deployment).length > 0,
    endReason: isBad ? endReasonOf(deployment) : undefined,
    endedAtMs: isBad || how === 'succeeded' ? endOf(deployment, how, before?.endedAtMs ?? readAt.atMs) : undefined,
  }
}

/** The stage in which it ended: the weights have gone back, so that those before tell whether a step of the shift waited. */
function endStageOf(deployment: ServiceDeployment, before: Snapshot | undefined): EcsStage | undefined {
  const stage = stageOf(deployment)
  const percent = replacementTraffic(before) ?? 0
  const wasShared = percent > 0 && percent < 100
  return stage !== undefined && wasShared && isAfter(stage, 'PRODUCTION_TRAFFIC_SHIFT')
    ? 'PRODUCTION_TRAFFIC_SHIFT'
    : stage
}

/** An alarm, and a wait that is over, end a deployment as a request does; what fails is failed. */
function ourStatus({ how, isHeld, endReason }: Stand): DeploymentStatus {
  if (how === 'rolled-back' || how === 'stopped') return endReason === 'failure' ? 'failed' : 'stopped'
  return isHeld ? 'ready' : how
}

/** When it ended: by the clock of ECS, else when that was first seen. */
function endOf({ finishedAt, stoppedAt, rollback }: ServiceDeployment, how: Stand['how'], firstSeenMs: number): number {
  const atEcs = how === 'rolled-back' ? rollback?.startedAt : (stoppedAt ?? finishedAt)
  return atEcs?.getTime() ?? firstSeenMs
}

/** All of production had moved before it ended badly. */
function wasDone(before: Snapshot | undefined): boolean {
  return before?.eventsAreDone === true
}

function errorOf(deployment: ServiceDeployment, before: Snapshot | undefined): Snapshot['error'] {
  const text = endText(deployment)
  if (text === undefined) return before?.error
  // ECS has no codes for it.
  return { code: '', message: inSentence(text, 1_000) }
}

/** The alarms that ended it. */
function firingAlarms({ alarms }: ServiceDeployment): Pick<Snapshot, 'firingAlarms'> {
  const names = alarms?.triggeredAlarmNames ?? []
  return names.length === 0 ? {} : { firingAlarms: names.map((name) => inSentence(name, 255)) }
}

/** What rolls it back. Hooks, pauses and stops always do. Source: ECS Developer Guide, on stopping and on pause hooks. */
function rollbackOn({ deploymentConfiguration }: ServiceDeployment): RollbackEvent[] | undefined {
  if (deploymentConfiguration === undefined) return undefined
  const { enable = false, rollback = false } = deploymentConfiguration.alarms ?? {}
  return enable && rollback ? ['failure', 'stop', 'alarm'] : ['failure', 'stop']
}

/** One that was stopped without a rollback gets none any more: nothing leaves that status. */
function rollbackOf({ deploymentId }: EcsReading, how: Stand['how']): Snapshot['rollback'] {
  if (how === 'stopped') return { deploymentId: undefined, message: '' }
  return how === 'rolled-back' ? { deploymentId: rollbackIdOf(idOf(deploymentId)), message: '' } : undefined
}

function eventsOf({ deployment, readAt }: EcsReading, stand: Stand, before: Snapshot | undefined): EventReading[] {
  // How it ended is not told again, and the stage that is told then may be one on the way back.
  if (before?.endedAtMs !== undefined) return before.events
  const { stage, isHeld, endedAtMs } = stand
  const atMs = endedAtMs === undefined ? readAt.atMs : sightOf(endedAtMs, before, readAt)
  const end = endedAtMs === undefined ? undefined : stageEnd(deployment, stand, before)
  return stageEvents({ stage, isHeld, end }, before?.events ?? [], { nowMs: readAt.atMs, endedAtMs: atMs })
}

function stageEnd(deployment: ServiceDeployment, { endReason }: Stand, before: Snapshot | undefined): StageEnd {
  const text = endText(deployment)
  const said = hookTextIn(text)
  const wasAnswered = endReason === 'stop-request' && /\bpause hook\b/i.test(text ?? '')
  return {
    isGood: endReason === undefined,
    failedStage: stageInText(text),
    diagnostics: said === undefined ? undefined : inSentence(said, 2_000),
    isWaitOver: endReason === 'ready-wait-over' || wasAnswered,
    isOnTheWayBack: before === undefined && isOnTheWayBack(deployment),
  }
}

/** What is told during a rollback may be where that is on its way (assumed). */
function isOnTheWayBack({ status, lifecycleStage }: ServiceDeployment): boolean {
  const isUnderWay = status !== 'ROLLBACK_REQUESTED' && status !== 'STOPPED'
  return isUnderWay && (lifecycleStage === 'PRODUCTION_TRAFFIC_SHIFT' || lifecycleStage === 'TEST_TRAFFIC_SHIFT')
}

/** A time of ECS where it lies between the last look and this one by our clock, else that of this look. */
function sightOf(atMs: number, before: Snapshot | undefined, readAt: Moment): number {
  const fromMs = before === undefined ? Number.POSITIVE_INFINITY : lastReadAt(before).atMs
  return atMs > fromMs && atMs <= readAt.atMs ? atMs : readAt.atMs
}
