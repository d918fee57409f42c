import type {
  DeploymentConfiguration,
  DeploymentLifecycleHook,
  DeploymentStrategy,
  LoadBalancer,
  UpdateServiceRequest,
} from '@aws-sdk/client-ecs'
import type { AppSpecPlan } from '../app-spec/app-spec.ts'
import type { Hooks } from '../follow/snapshot.ts'
import type { RollbackEvent } from '../inputs/choices.ts'
import { LIFECYCLE_HOOKS, type LifecycleHook } from '../inputs/hooks.ts'
import type { DeploymentGroup } from '../service/deployment-group.ts'
import type { ResolvedService } from '../service/service.ts'
import type { TrafficShift } from '../service/traffic-shift.ts'
import { inSentence } from '../text/untrusted.ts'
import { serviceMembers } from './service-members.ts'

/** A service that CodeDeploy releases, and how its deployments go; a plan of a release has all of it. */
export interface CodeDeployService {
  service: ResolvedService
  group: DeploymentGroup
  hooks: Hooks
  shift: TrafficShift
  rollbackOn: readonly RollbackEvent[]
  alarms: readonly string[]
  appSpec: Pick<AppSpecPlan, 'containerName' | 'containerPort' | 'properties'>
}

/**
 * What ECS takes: least and most of each number.
 * Source: ECS API Reference, DeploymentConfiguration, LinearConfiguration, CanaryConfiguration; Developer Guide, "Pause
 * hooks". That a bake time ends at 1,440 is what the console and the Terraform provider have.
 */
export const BOUNDS = {
  bakeMinutes: [0, 1_440],
  stepMinutes: [0, 1_440],
  canaryPercent: [0.1, 100],
  linearPercent: [3, 100],
  pauseMinutes: [1, 20_160],
} as const

/** How long a function may take to answer, as CodeDeploy has it; ECS alone would wait a day. */
export const HOOK_MINUTES = 60

const MINUTE_MS = 60_000

/** Where CodeDeploy's hooks run under ECS. Source: Developer Guide, "Migrate CodeDeploy blue/green deployments". */
export const STAGES = {
  BeforeInstall: 'PRE_SCALE_UP',
  AfterInstall: 'POST_SCALE_UP',
  AfterAllowTestTraffic: 'POST_TEST_TRAFFIC_SHIFT',
  BeforeAllowTraffic: 'PRE_PRODUCTION_TRAFFIC_SHIFT',
  AfterAllowTraffic: 'POST_PRODUCTION_TRAFFIC_SHIFT',
} as const satisfies Record<LifecycleHook, string>

/**
 * What the service would be if ECS deployed it itself: the input of `aws ecs update-service --cli-input-json`. What the
 * action does not read stands in angle brackets. Source: ECS API Reference, UpdateService.
 */
export function nativeEquivalent(moving: CodeDeployService): UpdateServiceRequest {
  const { service, appSpec } = moving
  return {
    cluster: service.clusterName,
    service: service.name,
    deploymentController: { type: 'ECS' },
    deploymentConfiguration: deploymentConfiguration(moving),
    loadBalancers: loadBalancers(moving),
    ...serviceMembers(appSpec.properties).members,
  }
}

/** The input as text, in ASCII alone: what others have named cannot hide anything in it. */
export function renderInput(input: UpdateServiceRequest): string {
  const text = JSON.stringify(input, undefined, 2)
  return text.replace(/[^\n -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function deploymentConfiguration(moving: CodeDeployService): DeploymentConfiguration {
  const { group, shift, rollbackOn, alarms } = moving
  const lifecycleHooks = [...functions(moving), ...pause(group)]
  return {
    ...strategy(shift),
    bakeTimeInMinutes: bakeMinutes(group),
    ...(lifecycleHooks.length === 0 ? {} : { lifecycleHooks }),
    ...(alarms.length === 0
      ? {}
      : { alarms: { alarmNames: [...alarms], enable: true, rollback: rollbackOn.includes('alarm') } }),
    deploymentCircuitBreaker: { enable: true, rollback: rollbackOn.includes('failure') },
  }
}

function strategy({ kind, stepPercent, stepMs }: TrafficShift): DeploymentConfiguration {
  const minutes = within(BOUNDS.stepMinutes, Math.round(stepMs / MINUTE_MS))
  switch (kind) {
    case 'all-at-once':
      return { strategy: 'BLUE_GREEN' }
    case 'canary':
      return {
        strategy: 'CANARY',
        canaryConfiguration: {
          canaryPercent: within(BOUNDS.canaryPercent, inTenths(stepPercent)),
          canaryBakeTimeInMinutes: minutes,
        },
      }
    case 'linear':
      return {
        strategy: 'LINEAR',
        linearConfiguration: {
          stepPercent: within(BOUNDS.linearPercent, inTenths(stepPercent)),
          stepBakeTimeInMinutes: minutes,
        },
      }
    case 'unknown':
      // All at once would be a guess, and the one that hurts most.
      return { strategy: '<BLUE_GREEN, LINEAR or CANARY>' as DeploymentStrategy }
  }
}

/** How long both versions run after the shift: as long as CodeDeploy keeps the original, as far as ECS does. */
export function bakeMinutes({ terminationWaitMs }: Pick<DeploymentGroup, 'terminationWaitMs'>): number {
  return within(BOUNDS.bakeMinutes, Math.round((terminationWaitMs ?? Number.MAX_SAFE_INTEGER) / MINUTE_MS))
}

function functions({ service, hooks }: CodeDeployService): DeploymentLifecycleHook[] {
  return LIFECYCLE_HOOKS.flatMap((event): DeploymentLifecycleHook[] => {
    const hookFunction = hooks[event]
    if (hookFunction === undefined) return []
    return [
      {
        targetType: 'AWS_LAMBDA',
        hookTargetArn: functionArn(service, hookFunction),
        roleArn: '<ARN of the role with which ECS invokes hooks>',
        lifecycleStages: [STAGES[event]],
        timeoutConfiguration: { timeoutInMinutes: HOOK_MINUTES, action: 'ROLLBACK' },
      },
    ]
  })
}

function functionArn({ partition, region, account }: ResolvedService, nameOrArn: string): string {
  return nameOrArn.startsWith('arn:') ? nameOrArn : `arn:${partition}:lambda:${region}:${account}:function:${nameOrArn}`
}

/**
 * The wait at `Ready`. It comes once, also with a shift in steps, and where the replacement can be tested: whether there
 * is a stage for test traffic without a rule for it is not documented.
 */
function pause({ hasTestListener, holdsAtReady, readyWaitMs }: DeploymentGroup): DeploymentLifecycleHook[] {
  if (!holdsAtReady && readyWaitMs === 0) return []
  const timeoutInMinutes = pauseMinutes({ readyWaitMs })
  return [
    {
      targetType: 'PAUSE',
      lifecycleStages: [hasTestListener ? 'POST_TEST_TRAFFIC_SHIFT' : 'POST_SCALE_UP'],
      timeoutConfiguration: { timeoutInMinutes, action: holdsAtReady ? 'ROLLBACK' : 'CONTINUE' },
    },
  ]
}

/** How long ECS may wait for somebody to continue. */
export function pauseMinutes({ readyWaitMs }: Pick<DeploymentGroup, 'readyWaitMs'>): number {
  return within(BOUNDS.pauseMinutes, Math.round(readyWaitMs / MINUTE_MS))
}

/** The one that CodeDeploy moves, and every other that the service has: ECS moves all or none. */
function loadBalancers({ service, group, appSpec }: CodeDeployService): LoadBalancer[] {
  const { containerName, containerPort } = appSpec
  const [one = 'the first', other = 'the second'] = group.targetGroups.map((name) => inSentence(name, 40))
  const others = otherContainers({ service, appSpec })
  const rule = group.isBehindNetwork ? 'listener' : 'listener rule'
  return [
    {
      targetGroupArn: `<ARN of the target group that serves: ${one} or ${other}>`,
      containerName,
      containerPort,
      advancedConfiguration: {
        alternateTargetGroupArn: '<ARN of the other target group>',
        productionListenerRule: `<ARN of the production ${rule}>`,
        ...(group.hasTestListener ? { testListenerRule: testRule(group) } : {}),
        roleArn: INFRASTRUCTURE_ROLE,
      },
    },
    ...others.map(({ name, port }) => ({
      targetGroupArn: `<ARN of the target group of ${inSentence(name, 255)}:${port} that serves>`,
      containerName: name,
      containerPort: port,
      advancedConfiguration: {
        alternateTargetGroupArn: `<ARN of a second target group for ${inSentence(name, 255)}:${port}>`,
        productionListenerRule: `<ARN of the ${rule} of ${inSentence(name, 255)}:${port}>`,
        roleArn: INFRASTRUCTURE_ROLE,
      },
    })),
  ]
}

/** What else the service has behind load balancers; a container that it does not have yet replaces its first one. */
export function otherContainers({ service, appSpec }: Pick<CodeDeployService, 'service' | 'appSpec'>) {
  const all = [service.container, ...service.otherContainers]
  const rest = all.filter(({ name, port }) => name !== appSpec.containerName || port !== appSpec.containerPort)
  return rest.length < all.length ? rest : service.otherContainers
}

const INFRASTRUCTURE_ROLE = '<ARN of the infrastructure role>'

/** A network load balancer has no rules: ECS takes the listener itself. Source: ECS API Reference, AdvancedConfiguration. */
function testRule({ isBehindNetwork, testListener }: DeploymentGroup): string {
  return isBehindNetwork && testListener !== undefined ? testListener : '<ARN of the test listener rule>'
}

function inTenths(percent: number): number {
  return Math.round(percent * 10) / 10
}

function within([least, most]: readonly [number, number], value: number): number {
  return Math.min(most, Math.max(least, value))
}
