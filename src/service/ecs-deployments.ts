import type { EcsStage } from '../lifecycle/step.ts'
import type { TrafficShift } from './traffic-shift.ts'

/** How traffic moves when ECS itself deploys. */
export type Strategy = 'BLUE_GREEN' | 'LINEAR' | 'CANARY'

/**
 * How ECS itself deploys a service: what the service says, which every deployment of it takes over. Durations in
 * milliseconds. Source: ECS API Reference, DeploymentConfiguration and AdvancedConfiguration.
 */
export interface EcsDeployments {
  strategy: Strategy
  shift: TrafficShift
  /** Functions that are invoked, in the order of the service. */
  functions: FunctionHook[]
  /** Where a deployment waits for somebody. */
  pauses: PauseHook[]
  /** ARN of the listener rule (of a listener, behind a network load balancer) of production; undefined without any. */
  productionRule: string | undefined
  testRule: string | undefined
  /** ARNs of the two target groups; empty without a load balancer. */
  targetGroups: string[]
  /** What ends a deployment whose tasks never become healthy; undefined when it is off. */
  circuitBreaker: { rollsBack: boolean } | undefined
  /** Whether a firing alarm rolls back; undefined when none is watched. */
  alarmsRollBack: boolean | undefined
}

export interface FunctionHook {
  /** ARN of the function, of a version or of an alias. */
  functionArn: string
  stages: EcsStage[]
  timeoutMs: number
}

export interface PauseHook {
  stages: EcsStage[]
  timeoutMs: number
  /** What happens when nobody has answered by then. */
  onTimeout: 'ROLLBACK' | 'CONTINUE'
}
