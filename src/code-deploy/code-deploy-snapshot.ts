import type {
  DeploymentInfo,
  DeploymentTarget,
  ECSTaskSet,
  LifecycleEvent,
  LifecycleEventStatus,
  DeploymentStatus as ServiceDeploymentStatus,
} from '@aws-sdk/client-codedeploy'
import {
  type DeploymentStatus,
  type EndReason,
  type EventReading,
  type EventStatus,
  hasEnded,
  readySinceMs,
  type Snapshot,
  type TaskSetReading,
} from '../follow/snapshot.ts'
import { readRollbackOn } from '../service/deployment-group.ts'
import type { ServiceTaskSet } from '../service/service.ts'
import { inSentence } from '../text/untrusted.ts'
import type { Moment } from '../time/clock.ts'

/** CodeDeploy's status words in ours; one that is new to the SDK fails to compile. */
const STATUSES: Record<ServiceDeploymentStatus, DeploymentStatus> = {
  Created: 'created',
  Queued: 'queued',
  InProgress: 'running',
  Baking: 'running',
  Ready: 'ready',
  Succeeded: 'succeeded',
  Failed: 'failed',
  Stopped: 'stopped',
}

const EVENT_STATUSES: Record<LifecycleEventStatus, EventStatus> = {
  Pending: 'pending',
  InProgress: 'running',
  Succeeded: 'succeeded',
  Failed: 'failed',
  Skipped: 'skipped',
  Unknown: 'unknown',
}

const TASK_SET_STATES: Readonly<Record<string, TaskSetReading['state']>> = {
  PRIMARY: 'primary',
  ACTIVE: 'active',
  DRAINING: 'draining',
}

/** What a word of AWS is in ours; undefined when it is in no table, also when it is what every object has a member of. */
function wordIn<Ours>(table: Readonly<Record<string, Ours>>, word: string | undefined): Ours | undefined {
  return word !== undefined && Object.hasOwn(table, word) ? table[word] : undefined
}

/** What was read about a deployment, in CodeDeploy's words. */
export interface CodeDeployReading {
  /** When the status was read. */
  readAt: Moment
  /** When the target was read; absent: together with the status. */
  targetReadAt?: Moment
  info: DeploymentInfo
  /** Undefined while CodeDeploy has none, or when it could not be read. */
  target: DeploymentTarget | undefined
  /** Id of the task set that served when the release began; undefined when it is gone and the replacement serves. */
  originalTaskSetId: string | undefined
}

/** The snapshot of what was read. Everything CodeDeploy leaves out is simply not there. */
export function readSnapshot(reading: CodeDeployReading): Snapshot {
  const { readAt, targetReadAt = readAt, info, target, originalTaskSetId } = reading
  const statusWord = inSentence(info.status ?? 'unknown', 60)
  const status = wordIn(STATUSES, info.status) ?? 'unknown'
  const events = (target?.ecsTarget?.lifecycleEvents ?? []).map(readEvent)
  const allDone = events.length > 0 && events.every((event) => event.status === 'succeeded')
  const rollback = info.rollbackInfo
  return {
    deploymentId: info.deploymentId ?? '',
    statusReadAt: readAt,
    eventsAreStale: false,
    eventsReadAt: targetReadAt,
    trafficReadAt: targetReadAt,
    status,
    readySinceMs: readySinceMs({ status, events, statusReadAt: readAt }),
    statusWord,
    createdAtMs: info.createTime?.getTime(),
    startedAtMs: info.startTime?.getTime(),
    endedAtMs: info.completeTime?.getTime(),
    error: readError(info),
    ...(ENDED.has(status) && { endReason: endReasonOf(status, info.errorInformation) }),
    rollbackOn:
      info.autoRollbackConfiguration === undefined ? undefined : readRollbackOn(info.autoRollbackConfiguration),
    rollback:
      rollback?.rollbackDeploymentId === undefined && rollback?.rollbackMessage === undefined
        ? undefined
        : { deploymentId: rollback.rollbackDeploymentId, message: inSentence(rollback.rollbackMessage ?? '') },
    events,
    eventsAreDone: status === 'succeeded' || target?.ecsTarget?.status === 'Succeeded' || allDone,
    taskSets: (target?.ecsTarget?.taskSetsInfo ?? []).map((taskSet) => readTargetTaskSet(taskSet, originalTaskSetId)),
  }
}

/** What is known when only the status was read: the rest is as it was last seen. */
export function readBlindly(
  reading: Pick<CodeDeployReading, 'readAt' | 'info'>,
  before: Snapshot | undefined,
): Snapshot {
  const seen = readSnapshot({ ...reading, target: undefined, originalTaskSetId: undefined })
  return {
    ...seen,
    // Events that were read after the end are how it ended.
    eventsAreStale: before === undefined || before.eventsAreStale || !hasEnded(before),
    events: before?.events ?? [],
    eventsReadAt: before?.eventsReadAt,
    eventsAreDone: seen.eventsAreDone || before?.eventsAreDone === true,
    taskSets: before?.taskSets ?? [],
    trafficReadAt: before?.trafficReadAt,
  }
}

/**
 * Task sets as ECS tells them, for when CodeDeploy's target cannot be read. Production is where PRIMARY is; how far a
 * shift has come is not told. The one whose `externalId` is the deployment is its replacement.
 */
export function taskSetsWithoutTarget(
  taskSets: readonly ServiceTaskSet[],
  deploymentId: string,
  originalTaskSetId: string | undefined,
): TaskSetReading[] {
  return taskSets
    .filter(({ id, deploymentId: madeBy }) => madeBy === deploymentId || id === originalTaskSetId)
    .map((taskSet) => ({
      id: taskSet.id,
      role: taskSet.deploymentId === deploymentId ? 'replacement' : 'original',
      running: taskSet.running,
      pending: taskSet.pending,
      desired: taskSet.desired,
      trafficPercent: undefined,
      state: wordIn(TASK_SET_STATES, taskSet.status) ?? 'unknown',
    }))
}

/**
 * Percent of production on the replacement, where ECS alone tells it: everything when the replacement is PRIMARY, which
 * it becomes with the last step, and nothing when it does not exist or is being taken down (observed). In between only
 * CodeDeploy knows.
 */
export function shareByPrimary(taskSets: readonly TaskSetReading[]): number | undefined {
  const primary = taskSets.find(({ state }) => state === 'primary')
  if (primary === undefined) return undefined
  if (primary.role === 'replacement') return 100
  return taskSets.every(({ role, state }) => role === 'original' || state === 'draining') ? 0 : undefined
}

function readEvent(event: LifecycleEvent): EventReading {
  return {
    name: inSentence(event.lifecycleEventName ?? '', 100),
    status: wordIn(EVENT_STATUSES, event.status) ?? 'unknown',
    startedAtMs: event.startTime?.getTime(),
    endedAtMs: event.endTime?.getTime(),
    diagnostics: diagnosticsText(event),
  }
}

function diagnosticsText({ diagnostics }: LifecycleEvent): string | undefined {
  if (diagnostics === undefined) return undefined
  const { errorCode, scriptName, message, logTail } = diagnostics
  const parts = [errorCode === 'Success' ? '' : errorCode, scriptName, message, logTail]
  const said = parts.filter((part): part is string => part !== undefined && part.trim() !== '')
  return said.length === 0 ? undefined : inSentence(said.join(': '), 2_000)
}

function readError({ errorInformation }: DeploymentInfo): Snapshot['error'] {
  if (errorInformation === undefined) return undefined
  return {
    code: inSentence(errorInformation.code ?? '', 100),
    message: inSentence(errorInformation.message ?? '', 1_000),
  }
}

/** A deployment that is over, and not well. */
const ENDED = new Set<DeploymentStatus>(['failed', 'stopped'])

/**
 * Reads the ending from status, code and text. An alarm and a ready wait that ran out show as `Stopped`, like a request
 * (observed; User Guide, "Troubleshoot Amazon ECS deployments"). The code of the latter is not known, so its text helps.
 */
export function endReasonOf(
  status: DeploymentStatus,
  error: { code?: string | undefined; message?: string | undefined } | undefined,
): EndReason {
  const { code, message = '' } = error ?? {}
  if (code === 'ALARM_ACTIVE') return 'alarm'
  if (status === 'failed') return 'failure'
  return code === 'TIMEOUT' || message.includes('notification to continue') ? 'ready-wait-over' : 'stop-request'
}

function readTargetTaskSet(taskSet: ECSTaskSet, originalTaskSetId: string | undefined): TaskSetReading {
  const id = taskSet.identifer ?? ''
  return {
    id,
    role: roleOf(taskSet, originalTaskSetId),
    running: taskSet.runningCount ?? 0,
    pending: taskSet.pendingCount ?? 0,
    desired: taskSet.desiredCount ?? 0,
    trafficPercent: taskSet.trafficWeight,
    state: wordIn(TASK_SET_STATES, taskSet.status) ?? 'unknown',
  }
}

/** The label is absent in older answers; then the task set that served at the start tells, or once it is gone, what serves. */
function roleOf(
  { taskSetLabel, identifer, status }: ECSTaskSet,
  originalTaskSetId: string | undefined,
): TaskSetReading['role'] {
  if (taskSetLabel === 'Blue') return 'original'
  if (taskSetLabel === 'Green') return 'replacement'
  const isOriginal = originalTaskSetId === undefined ? status !== 'PRIMARY' : identifer === originalTaskSetId
  return isOriginal ? 'original' : 'replacement'
}
