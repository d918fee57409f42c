import type { DeploymentConfiguration } from '@aws-sdk/client-ecs'
import type { ServiceDeployment } from './service-deployment.ts'

/** Bounds of the default threshold of the circuit breaker. */
const FEWEST_FAILURES = 3
const MOST_FAILURES = 200

type Given = Pick<ServiceDeployment, 'id' | 'revision' | 'createdMs' | 'config' | 'sources' | 'liveTargetGroup'>

/** A service deployment that was just created, of a service with so many tasks. */
export function newServiceDeployment(given: Given, desiredCount: number): ServiceDeployment {
  const { alarms, deploymentCircuitBreaker: breaker } = given.config
  const watches = alarms?.enable === true
  return {
    ...given,
    status: 'PENDING',
    statusReason: undefined,
    startedMs: undefined,
    finishedMs: undefined,
    stoppedMs: undefined,
    updatedMs: given.createdMs,
    stage: undefined,
    step: 0,
    waits: false,
    stageSinceMs: given.createdMs,
    serving: given.sources.at(-1),
    production: given.sources.length === 0 ? 100 : 0,
    test: given.sources.length === 0 ? 100 : 0,
    hooks: [],
    invocations: [],
    breaker: {
      status: breaker?.enable ? 'MONITORING' : 'DISABLED',
      failures: 0,
      threshold: breaker?.enable ? thresholdOf(given.config, desiredCount) : 0,
    },
    alarms: {
      status: watches ? 'MONITORING' : 'DISABLED',
      names: watches ? (alarms?.alarmNames ?? []) : [],
      triggered: [],
    },
    failing: undefined,
    failsMs: undefined,
    plannedStop: undefined,
    networkFault: undefined,
    ending: undefined,
    rollback: undefined,
  }
}

/** Source: ECS API Reference, ThresholdConfiguration; Developer Guide on the circuit breaker for the default and its bounds. */
function thresholdOf({ deploymentCircuitBreaker: breaker }: DeploymentConfiguration, desiredCount: number): number {
  const { type = 'BOUNDED_PERCENT', value = 50 } = breaker?.thresholdConfiguration ?? {}
  if (type === 'COUNT') return value
  const share = Math.ceil((desiredCount * value) / 100)
  return type === 'UNBOUNDED_PERCENT' ? Math.max(1, share) : Math.min(MOST_FAILURES, Math.max(FEWEST_FAILURES, share))
}
