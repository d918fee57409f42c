import type { Problem } from '../problem.ts'
import type { EarlyEndAction, FinishLine, HookLogChoice, RollbackEvent, RoomPolicy } from './choices.ts'
import type { ContainerImage } from './container-lines.ts'
import type { GithubInputs } from './github.ts'
import type { LifecycleHook } from './hooks.ts'
import type { Operation } from './operation.ts'
import type { Overrides } from './overrides.ts'
import type { PreviewInputs } from './previews.ts'
import type { TaskDefinitionReference } from './task-definition-reference.ts'

/** What the user asked for, in exact types. Times are in milliseconds. Undefined: not given. */
export interface Inputs extends GithubInputs, PreviewInputs, TaskDefinitionReference, Overrides {
  operation: Operation
  /** Name or ARN. */
  cluster: string
  /** Name or ARN. Empty when it was not given, which is a problem of its own, and while a preview has no lane. */
  service: string
  application: string | undefined
  deploymentGroup: string | undefined
  /** An id, or `active`. Undefined: only a deployment of this run. */
  deploymentId: string | undefined
  /** What a deployment that is promoted must ship. Empty: anything. */
  expectedImages: ContainerImage[]
  /** The one container that `container-name` names; undefined also when it names several. */
  containerName: string | undefined
  containerPort: number | undefined
  /** A file to start from, the AppSpec itself, or `none` to build the AppSpec regardless of the workspace. */
  appSpec: string | undefined
  hooks: Partial<Record<LifecycleHook, string>>
  deploymentConfig: string | undefined
  description: string
  /** Empty: never. Undefined: as the deployment group says. */
  rollbackOn: RollbackEvent[] | undefined
  /** Undefined: the alarms of the deployment group. */
  alarms: string[] | undefined
  /** The inputs name nothing to release: no image, task definition, override or AppSpec, and not `redeploy`. */
  namesNothing: boolean
  onActiveDeployment: RoomPolicy
  ifUnchanged: 'release' | 'skip'
  /** Release although a newer run of the workflow deploys or serves. */
  allowOlder: boolean
  autoPromote: boolean
  /** A rollback shifts traffic and runs hooks as a release does. */
  keepStrategy: boolean
  /** A stop is for a deployment that waits at `Ready`, and for no other. */
  onlyAtReady: boolean
  waitFor: FinishLine
  /** From CreateDeployment to the finish line. Undefined: a budget for each phase. */
  waitForMs: number | undefined
  onTimeout: EarlyEndAction
  onCancel: EarlyEndAction
  /** How many replacement tasks may stop for the same reason before any was healthy; 0: any number. */
  failFast: number
  /** Undefined: of failed ones, unless the repository may be public. */
  hookLogs: HookLogChoice | undefined
  /** The address that people open for the test listener. */
  testUrl: string | undefined
  region: string | undefined
  /** ARN of the role whose session the action takes by itself. Undefined: the credentials of the environment. */
  roleToAssume: string | undefined
  /** Whom the token is for that the session is taken with. */
  audience: string
  /** Number of the account that the release is meant for. */
  expectedAccount: string | undefined
  /** False when the inputs leave unclear as whom, or contradict each other: then nobody is asked anything. */
  credentialsAreClear: boolean
  /** Attempts of a read. */
  maxRetries: number
}

/** The inputs as far as they make sense, and everything that is wrong with them. */
export interface ParsedInputs {
  inputs: Inputs
  problems: Problem[]
  /** Nobody knows what is wanted, so AWS is not even asked. */
  operationIsUnknown: boolean
  /** Of a rollback: how the task set ran that is gone back to, as `Properties` of an AppSpec; undefined: not known. */
  goesBackTo?: object | undefined
  /** What may be a mistake. */
  warnings: string[]
  /** What to tell the user although nothing is wrong. */
  notes: string[]
}
