import type { DeploymentConfiguration } from '@aws-sdk/client-ecs'
import type { NativeAssumptions } from './assumptions.ts'
import type { NativeTimings } from './timings.ts'

/** What makes a service one that ECS itself deploys blue/green, linear or canary; as plain data. */
export interface NativeSeed {
  /** As UpdateService takes it and DescribeServices shows it; what it leaves out is filled in as ECS does. */
  deploymentConfiguration: DeploymentConfiguration
  /** What is in front of its tasks; default `application`. `none`: nothing is, and ECS shifts no traffic. */
  loadBalancer?: 'application' | 'network' | 'none'
  /** There is a test rule (a test listener, when the load balancer is a network one); default true. */
  testRule?: boolean
  /** Task definitions that it shipped before the one that serves, oldest first, as `family:revision`. */
  earlier?: string[]
  /** It was created at the start, and its first deployment is what runs. */
  firstDeployment?: boolean
  /** Weights of the production rule for its two target groups at the start; default 100 and 0. */
  productionWeights?: readonly [number, number]
  /** ECS cannot assume the role of its hooks. */
  hookRoleBroken?: boolean
  /** ECS may not change its listener rules with the infrastructure role. */
  infrastructureRoleDenied?: boolean
}

/** What goes on in a world's native services beyond what a scenario says anyway. */
export interface NativeCourse {
  /** What its functions answer on a clock that nobody listens to, by name; one without a plan has that of `hookPlans`. */
  hookPlans?: Record<string, NativeHookPlan>
  timings?: Partial<NativeTimings>
  assumptions?: Partial<NativeAssumptions>
  /** Somebody edits the rules of every native service, so many seconds after the start. */
  ruleEdits?: RuleEdit[]
}

export interface NativeHookPlan {
  /** One for each invocation in a row; further ones are answered as the last. */
  answers: NativeHookAnswer[]
  /** What it answers when it is called in a rollback; default: as at any other time. */
  inRollback?: NativeHookAnswer
}

/** A return value of a hook function. */
export interface NativeHookAnswer {
  afterSeconds: number
  /** Absent: it returns without one, which ECS cannot parse. */
  hookStatus?: string
  /** Seconds until it is called again when it answers `IN_PROGRESS`. */
  callBackDelay?: number
  hookDetails?: Record<string, unknown>
  /** It ends with an error. */
  throws?: boolean
  log?: string[]
}

export interface RuleEdit {
  atSeconds: number
  /** New weights of the production rule, and where the test rule points; absent: as they are. */
  production?: readonly [number, number]
  test?: 0 | 1
  /** The rules are gone. */
  deleted?: boolean
}
