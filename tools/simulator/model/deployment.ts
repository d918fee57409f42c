import type { TargetGroupIndex } from '../names.ts'
import type { RollbackEvent, TrafficRouting } from '../scenario.ts'
import type { AppSpec } from './app-spec.ts'
import type { Failure, LifecycleEvent } from './lifecycle.ts'

export interface Deployment {
  /** `d-` and nine upper-case letters or digits. */
  id: string
  /** A rollback is a deployment of its own that CodeDeploy creates (observed). */
  kind: 'release' | 'rollback'
  order: DeploymentOrder
  status: 'Created' | 'Queued' | 'InProgress' | 'Ready' | 'Baking' | 'Succeeded' | 'Failed' | 'Stopped'
  createdMs: number
  startedMs: number | undefined
  completedMs: number | undefined
  /** When anything about it last changed. */
  updatedMs: number
  error: Failure | undefined
  events: readonly LifecycleEvent[]
  /** When the next event begins, between two of them. */
  nextEventMs: number | undefined
  /** Undefined while there is no target to show: before the start, and for ever when it never started. */
  targetStatus: 'InProgress' | 'Ready' | 'Succeeded' | 'Failed' | 'Skipped' | undefined
  originalTaskSet: string | undefined
  replacementTaskSet: string | undefined
  /** Weight steps that AllowTraffic has taken so far. */
  weightStepsTaken: number
  /** Where the test listener pointed before this deployment moved it. */
  testListenerBefore: TargetGroupIndex | undefined
  /** Alarms that were already active at the start: no event gets any further (assumed). */
  heldByAlarms: readonly string[]
  /** When the tasks of the replacement stop, if the scenario has them die; not before all of them were healthy. */
  replacementDiesMs: number | undefined
  replacementDiedMs: number | undefined
  ready: Wait
  terminationSinceMs: number | undefined
  stop: StopRequest | undefined
  /** When somebody will stop it, if the scenario says so. */
  plannedStop: { atMs: number; rollback: boolean | undefined } | undefined
  /** The rollback that follows, with the moment at which it and the pointer to it appear. */
  rollback: { id: string; atMs: number } | undefined
  /** The deployment that this one rolls back. */
  rollbackOf: string | undefined
}

/** The wait for ContinueDeployment. */
export interface Wait {
  sinceMs: number | undefined
  continued: boolean
}

export interface StopRequest {
  dueMs: number
  /** `autoRollbackEnabled` of the call; undefined leaves it to the configuration. */
  rollback: boolean | undefined
}

/** What CreateDeployment asked for, with the group's settings where it said nothing. */
export interface DeploymentOrder {
  configName: string
  routing: TrafficRouting
  description: string | undefined
  revision: Revision
  /** A revision in S3 may not be there. */
  isFound: boolean
  /** What the revision says; undefined when it is broken. */
  appSpec: AppSpec | undefined
  rollbackOn: readonly RollbackEvent[]
  /** CloudWatch alarm names. */
  alarms: readonly string[]
  /** `overrideAlarmConfiguration` as it was sent. */
  overrideAlarms: { enabled: boolean; ignorePollAlarmFailure: boolean; names: string[] } | undefined
}

export type Revision = { type: 'AppSpecContent'; content: string; sha256: string } | { type: 'S3'; location: S3Object }

interface S3Object {
  bucket?: string | undefined
  key?: string | undefined
  bundleType?: 'JSON' | 'YAML' | 'tar' | 'tgz' | 'zip' | undefined
  version?: string | undefined
  eTag?: string | undefined
}

/** The deployment as it is when CreateDeployment, or the rollback, has just created it. */
export function newDeployment(
  given: Pick<Deployment, 'id' | 'kind' | 'order' | 'createdMs' | 'events'> & Partial<Deployment>,
): Deployment {
  return {
    status: 'Created',
    startedMs: undefined,
    completedMs: undefined,
    updatedMs: given.createdMs,
    error: undefined,
    nextEventMs: undefined,
    targetStatus: undefined,
    originalTaskSet: undefined,
    replacementTaskSet: undefined,
    weightStepsTaken: 0,
    testListenerBefore: undefined,
    heldByAlarms: [],
    replacementDiesMs: undefined,
    replacementDiedMs: undefined,
    ready: { sinceMs: undefined, continued: false },
    terminationSinceMs: undefined,
    stop: undefined,
    plannedStop: undefined,
    rollback: undefined,
    rollbackOf: undefined,
    ...given,
  }
}

export function isOver(deployment: Deployment): boolean {
  return deployment.completedMs !== undefined
}

export function runningEventIndex(deployment: Deployment): number {
  return deployment.events.findIndex((event) => event.status === 'InProgress')
}
