import type { DeploymentConfiguration, DeploymentLifecycleHookStage } from '@aws-sdk/client-ecs'
import type { TargetGroupIndex } from '../../names.ts'
import type { NativeHookAnswer } from '../../native/seeds.ts'

/** Every stage in its order, the one included that the enum of the API does not have. */
export const STAGES = [
  'RECONCILE_SERVICE',
  'PRE_SCALE_UP',
  'SCALE_UP',
  'POST_SCALE_UP',
  'TEST_TRAFFIC_SHIFT',
  'POST_TEST_TRAFFIC_SHIFT',
  'PRE_PRODUCTION_TRAFFIC_SHIFT',
  'PRODUCTION_TRAFFIC_SHIFT',
  'POST_PRODUCTION_TRAFFIC_SHIFT',
  'BAKE_TIME',
  'CLEAN_UP',
] as const

export type Stage = (typeof STAGES)[number]

/** Stages that run hooks. Source: ECS API Reference, DeploymentLifecycleHook. */
export type HookStage = DeploymentLifecycleHookStage & Stage

export type Status =
  | 'PENDING'
  | 'IN_PROGRESS'
  | 'STOP_REQUESTED'
  | 'ROLLBACK_REQUESTED'
  | 'ROLLBACK_IN_PROGRESS'
  | 'SUCCESSFUL'
  | 'STOPPED'
  | 'ROLLBACK_SUCCESSFUL'
  | 'ROLLBACK_FAILED'

/** Source: Developer Guide, "View service history using Amazon ECS service deployments". */
const ONGOING: readonly Status[] = [
  'PENDING',
  'IN_PROGRESS',
  'STOP_REQUESTED',
  'ROLLBACK_REQUESTED',
  'ROLLBACK_IN_PROGRESS',
]

/** One way of a service to another revision, and back if it does not get there. */
export interface ServiceDeployment {
  /** The end of its ARN. */
  id: string
  /** Number of the target revision. */
  revision: string
  status: Status
  statusReason: string | undefined
  createdMs: number
  startedMs: number | undefined
  finishedMs: number | undefined
  stoppedMs: number | undefined
  updatedMs: number
  /** The service's configuration when it was created. */
  config: DeploymentConfiguration
  /** Undefined before it starts. */
  stage: Stage | undefined
  /** Which step of the shift it is in, from 0. */
  step: number
  /** The step's own bake time runs. */
  waits: boolean
  stageSinceMs: number
  /** Numbers of the revisions that had tasks when it started. */
  sources: readonly string[]
  /** The one of them that had production: what a rollback goes back to. */
  serving: string | undefined
  /** The target group that ECS took for the live one. */
  liveTargetGroup: TargetGroupIndex
  /** Percent of production, and of test traffic, that it gave to the target; the rest is with `serving`. */
  production: number
  test: number
  /** Those that are shown. */
  hooks: readonly Hook[]
  /** Every call of a function, oldest first. */
  invocations: readonly Invocation[]
  breaker: { status: MonitorStatus; failures: number; threshold: number }
  alarms: { status: MonitorStatus; names: readonly string[]; triggered: readonly string[] }
  /** Tasks of the target stop one after the other. */
  failing: { nextMs: number; complainMs: number } | undefined
  /** When its tasks will begin to. */
  failsMs: number | undefined
  /** Somebody else will stop it then. */
  plannedStop: { atMs: number; type: 'ROLLBACK' | 'ABORT' } | undefined
  /** Wrong rules or target groups, to be noticed then. */
  networkFault: { atMs: number; cause: string } | undefined
  /** What it will be rolled back for, or was stopped for, and since when. */
  ending: { cause: string; sinceMs: number } | undefined
  rollback: Rollback | undefined
}

export type MonitorStatus = 'TRIGGERED' | 'MONITORING' | 'MONITORING_COMPLETE' | 'DISABLED'

export interface Rollback {
  reason: string
  startedMs: number
  /** Number of the revision that it goes back to; undefined when there is none. */
  revision: string | undefined
  /** What is still to be done, each at its moment. */
  todo: readonly { atMs: number; what: RollbackTask }[]
}

export type RollbackTask = 'serving-is-back' | 'production' | 'test' | 'scale-down' | 'succeed' | 'fail'

export type HookStatus = 'IN_PROGRESS' | 'AWAITING_ACTION' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT'

export interface Hook {
  hookId: string
  type: 'AWS_LAMBDA' | 'PAUSE'
  targetArn: string | undefined
  roleArn: string | undefined
  status: HookStatus
  stage: Stage
  step: number
  /** Called again because of a rollback. */
  inRollback: boolean
  expiresMs: number
  timeoutAction: 'ROLLBACK' | 'CONTINUE'
  /** Handed to the function, with what it handed back before. */
  details: unknown
  /** When its function is invoked next. */
  nextMs: number | undefined
  /** What its function is known to answer, and when; undefined when nobody knows yet. */
  due: { atMs: number; answer: NativeHookAnswer } | undefined
  invoked: number
  /** When it was through. */
  doneMs: number | undefined
}

/** One call of a hook function. */
export interface Invocation {
  /** What Lambda calls it. */
  requestId: string
  hookId: string
  functionName: string
  event: HookEvent
  startedMs: number
  endedMs: number | undefined
  log: readonly string[]
}

/** What a function gets. Source: Developer Guide, "Lambda hooks for Amazon ECS service deployments". */
export interface HookEvent {
  executionId: string
  lifecycleStage: string
  resourceArn: string
  executionDetails: {
    serviceArn: string
    targetServiceRevisionArn: string
    testTrafficWeights: Record<string, number>
    productionTrafficWeights: Record<string, number>
  }
  hookDetails?: unknown
}

export function isOngoing({ status }: Pick<ServiceDeployment, 'status'>): boolean {
  return ONGOING.includes(status)
}

export function isRollingBack({ status }: Pick<ServiceDeployment, 'status'>): boolean {
  return status === 'ROLLBACK_REQUESTED' || status === 'ROLLBACK_IN_PROGRESS'
}

export function isThrough({ status }: Hook): boolean {
  return status !== 'IN_PROGRESS' && status !== 'AWAITING_ACTION'
}
