import type { DeploymentConfiguration, DeploymentLifecycleHook, Service } from '@aws-sdk/client-ecs'
import { functionName, parseArn } from '../aws/arn.ts'
import { ECS_STAGES, type EcsStage } from '../lifecycle/step.ts'
import type { DeploymentGroup } from './deployment-group.ts'
import type { EcsDeployments, FunctionHook, PauseHook, Strategy } from './ecs-deployments.ts'
import type { TrafficShift } from './traffic-shift.ts'

const MINUTE_MS = 60_000

/** What ECS takes where nothing is given. Source: ECS API Reference, Linear- and CanaryConfiguration, and for hooks. */
const DEFAULT_LINEAR = { percent: 10, minutes: 6 }
const DEFAULT_CANARY = { percent: 5, minutes: 10 }
const DEFAULT_HOOK_MINUTES = 1_440

/** At these a deployment that waits has test traffic on the replacement and production on the original. */
const READY_STAGES: readonly EcsStage[] = ['POST_TEST_TRAFFIC_SHIFT', 'PRE_PRODUCTION_TRAFFIC_SHIFT']

/**
 * How ECS itself deploys a service, as a group without application and name: what the service says, which each deployment
 * of it takes over as it is when that begins. Members that are absent mean that the service has no such thing.
 */
export function readEcsGroup(service: Service): DeploymentGroup {
  const { deploymentConfiguration: configuration = {} } = service
  const ecs = readEcsDeployments(service)
  const readyPauses = ecs.pauses.filter(({ stages }) => stages.some((stage) => READY_STAGES.includes(stage)))
  return {
    ecs,
    application: '',
    name: '',
    deploymentConfig: strategyText(ecs.strategy, ecs.shift),
    hasTestListener: ecs.testRule !== undefined,
    testListener: ecs.testRule,
    isBehindNetwork: parseArn(ecs.productionRule ?? '')?.resource.startsWith('listener/net/') ?? false,
    targetGroups: ecs.targetGroups.flatMap((arn) => /:targetgroup\/([^/]+)\//.exec(arn)?.[1] ?? []),
    holdsAtReady: readyPauses.length > 0,
    readyWaitMs: Math.max(0, ...readyPauses.map(({ timeoutMs }) => timeoutMs)),
    terminationWaitMs: (configuration.bakeTimeInMinutes ?? 0) * MINUTE_MS,
    rollbackOn: ecs.alarmsRollBack ? ['failure', 'stop', 'alarm'] : ['failure', 'stop'],
    alarms: configuration.alarms?.enable ? (configuration.alarms.alarmNames ?? []) : [],
    // A poll of an alarm that fails is missed. Source: ECS Developer Guide, on CloudWatch alarms.
    ignoresAlarmTrouble: true,
    lastDeployment: undefined,
  }
}

/** How production moves to the replacement when ECS itself deploys. Between two steps; what each takes comes on top. */
export function ecsShift({ deploymentConfiguration = {} }: Pick<Service, 'deploymentConfiguration'>): TrafficShift {
  const { strategy, linearConfiguration: linear, canaryConfiguration: canary } = deploymentConfiguration
  if (strategy === 'LINEAR') {
    const stepPercent = percentOf(linear?.stepPercent, DEFAULT_LINEAR.percent)
    const stepMs = (linear?.stepBakeTimeInMinutes ?? DEFAULT_LINEAR.minutes) * MINUTE_MS
    // No wait after the last step. Source: ECS API Reference, LinearConfiguration.
    return { kind: 'linear', durationMs: (Math.ceil(100 / stepPercent) - 1) * stepMs, stepPercent, stepMs }
  }
  if (strategy === 'CANARY') {
    const stepMs = (canary?.canaryBakeTimeInMinutes ?? DEFAULT_CANARY.minutes) * MINUTE_MS
    return {
      kind: 'canary',
      durationMs: stepMs,
      stepPercent: percentOf(canary?.canaryPercent, DEFAULT_CANARY.percent),
      stepMs,
    }
  }
  return { kind: 'all-at-once', durationMs: 0, stepPercent: 100, stepMs: 0 }
}

/** A tenth of a percent is the least that ECS moves. Source: ECS API Reference, CanaryConfiguration. */
function percentOf(told: number | undefined, otherwise: number): number {
  return Math.min(100, Math.max(0.1, told ?? otherwise))
}

/** Which functions run at which stage; several of one stage are divided by a comma and a space. */
export function ecsHooks({ ecs }: Pick<DeploymentGroup, 'ecs'>): Readonly<Record<string, string>> {
  const named = ECS_STAGES.flatMap((stage) => {
    const functions = (ecs?.functions ?? []).filter(({ stages }) => stages.includes(stage))
    const names = new Set(functions.map(({ functionArn }) => functionName(functionArn)))
    return names.size === 0 ? [] : [[stage, [...names].join(', ')] as const]
  })
  return Object.fromEntries(named)
}

/** The strategy in a few words: `CANARY 10 % for 5 min`. */
function strategyText(strategy: Strategy, { stepPercent, stepMs }: TrafficShift): string {
  const minutes = stepMs / MINUTE_MS
  if (strategy === 'CANARY') return `CANARY ${stepPercent} % for ${minutes} min`
  return strategy === 'LINEAR' ? `LINEAR ${stepPercent} % every ${minutes} min` : strategy
}

function readEcsDeployments(service: Service): EcsDeployments {
  const { deploymentConfiguration = {}, loadBalancers = [] } = service
  const { lifecycleHooks = [], alarms, deploymentCircuitBreaker: breaker } = deploymentConfiguration
  // ECS wants the members on all load balancers or on none. Source: Developer Guide, troubleshooting of blue/green.
  const balancer = loadBalancers.find(({ advancedConfiguration }) => advancedConfiguration !== undefined)
  const advanced = balancer?.advancedConfiguration
  const groups = [balancer?.targetGroupArn, advanced?.alternateTargetGroupArn]
  return {
    strategy: strategyOf(deploymentConfiguration),
    shift: ecsShift(service),
    functions: lifecycleHooks.flatMap(readFunction),
    pauses: lifecycleHooks.flatMap(readPause),
    productionRule: advanced?.productionListenerRule,
    testRule: advanced?.testListenerRule,
    targetGroups: groups.filter((arn) => arn !== undefined),
    circuitBreaker: breaker?.enable ? { rollsBack: breaker.rollback === true } : undefined,
    alarmsRollBack: alarms?.enable && (alarms.alarmNames ?? []).length > 0 ? alarms.rollback === true : undefined,
  }
}

function strategyOf({ strategy }: DeploymentConfiguration): Strategy {
  return strategy === 'LINEAR' || strategy === 'CANARY' ? strategy : 'BLUE_GREEN'
}

/** One without a target is a pause, also where its type is not told (observed). */
function isPause({ targetType, hookTargetArn }: DeploymentLifecycleHook): boolean {
  return targetType === 'PAUSE' || hookTargetArn === undefined
}

function readFunction(hook: DeploymentLifecycleHook): FunctionHook[] {
  const { hookTargetArn: functionArn } = hook
  if (functionArn === undefined || isPause(hook)) return []
  return [{ functionArn, stages: stagesOf(hook), timeoutMs: timeoutOf(hook) }]
}

function readPause(hook: DeploymentLifecycleHook): PauseHook[] {
  if (!isPause(hook)) return []
  const onTimeout = hook.timeoutConfiguration?.action === 'CONTINUE' ? 'CONTINUE' : 'ROLLBACK'
  return [{ stages: stagesOf(hook), timeoutMs: timeoutOf(hook), onTimeout }]
}

/** Stages that are new to us are left out. */
function stagesOf({ lifecycleStages = [] }: DeploymentLifecycleHook): EcsStage[] {
  return ECS_STAGES.filter((stage) => lifecycleStages.some((one) => one === stage))
}

function timeoutOf({ timeoutConfiguration }: DeploymentLifecycleHook): number {
  return (timeoutConfiguration?.timeoutInMinutes ?? DEFAULT_HOOK_MINUTES) * MINUTE_MS
}
