import type { DeploymentConfiguration } from '@aws-sdk/client-ecs'
import { functionArn, roleArn } from '../names.ts'
import type { Scenario, World } from '../scenario.ts'
import { baseScenario } from '../scenarios.ts'
import { demoWorld, VALIDATE_HANDLER } from '../world.ts'
import type { NativeHookPlan, NativeSeed } from './seeds.ts'

export type NativeScenarioName =
  | 'native'
  | 'native-canary'
  | 'native-linear'
  | 'native-hook-fails'
  | 'native-pause'
  | 'native-alarm'
  | 'native-never-healthy'
  | 'native-mixed-traffic'

/** The function that the service of `nativeWorld` runs at POST_TEST_TRAFFIC_SHIFT. */
export const NATIVE_HOOK = 'validate'

const PASSES: NativeHookPlan = {
  answers: [{ afterSeconds: 20, hookStatus: 'SUCCEEDED', log: ['The test listener answered 200 from web:2.'] }],
}

const FAILS: NativeHookPlan = {
  answers: [
    { afterSeconds: 20, hookStatus: 'FAILED', log: ['The test listener answered 500 from web:2; expected 200.'] },
  ],
}

type LifecycleHooks = NonNullable<DeploymentConfiguration['lifecycleHooks']>

/** A function at a stage, as the service names it. */
export function nativeHook(name: string, stage: string, more: object = {}): LifecycleHooks[number] {
  return {
    targetType: 'AWS_LAMBDA',
    hookTargetArn: functionArn(demoWorld, name),
    roleArn: roleArn(demoWorld, 'ecs-hooks'),
    lifecycleStages: [stage as never],
    ...more,
  }
}

/** The demo world with its service deployed by ECS itself, blue/green, with one hook. */
export const nativeWorld: World = {
  ...demoWorld,
  services: demoWorld.services.map((service) => ({
    ...service,
    controller: 'ECS' as const,
    native: {
      deploymentConfiguration: {
        strategy: 'BLUE_GREEN',
        bakeTimeInMinutes: 5,
        deploymentCircuitBreaker: { enable: true, rollback: true },
        alarms: { alarmNames: ['web-5xx'], enable: true, rollback: true },
        lifecycleHooks: [nativeHook(NATIVE_HOOK, 'POST_TEST_TRAFFIC_SHIFT')],
      },
    },
  })),
  applications: [],
  functions: [{ name: NATIVE_HOOK, handlerFile: VALIDATE_HANDLER }],
}

/** The world with every service that ECS deploys changed in these settings. */
export function withNative(
  world: World,
  configuration: DeploymentConfiguration,
  change: Partial<NativeSeed> = {},
): World {
  const services = world.services.map((service) => {
    const { native } = service
    if (!native) return service
    const deploymentConfiguration = { ...native.deploymentConfiguration, ...configuration }
    return { ...service, native: { ...native, ...change, deploymentConfiguration } }
  })
  return { ...world, services }
}

/** Everything goes well. The others differ from it in one thing or two. */
export const nativeBase: Scenario = {
  ...baseScenario,
  name: 'native',
  description: 'ECS deploys the service blue/green by itself: the hook passes, production moves at once.',
  world: nativeWorld,
  hookPlans: {},
  native: { hookPlans: { [NATIVE_HOOK]: PASSES } },
}

const CANARY: DeploymentConfiguration = {
  strategy: 'CANARY',
  canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 5 },
}

const LINEAR: DeploymentConfiguration = {
  strategy: 'LINEAR',
  linearConfiguration: { stepPercent: 25, stepBakeTimeInMinutes: 2 },
}

/** For somebody to continue, once the function of the stage has passed. */
const PAUSE: LifecycleHooks[number] = {
  targetType: 'PAUSE',
  lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'],
  timeoutConfiguration: { timeoutInMinutes: 60, action: 'ROLLBACK' },
}

/** Scenarios of services that ECS deploys by itself; apart from the others, which are releases through CodeDeploy. */
export const nativeScenarios: Record<NativeScenarioName, Scenario> = {
  native: nativeBase,
  'native-canary': {
    ...nativeBase,
    name: 'native-canary',
    description: 'ECS moves a tenth of production for five minutes, then the rest.',
    world: withNative(nativeWorld, CANARY),
  },
  'native-linear': {
    ...nativeBase,
    name: 'native-linear',
    description: 'ECS moves production in four quarters, two minutes apart.',
    world: withNative(nativeWorld, LINEAR),
  },
  'native-hook-fails': {
    ...nativeBase,
    name: 'native-hook-fails',
    description: 'The replacement answers 500 on the test listener; the hook returns FAILED and ECS rolls back.',
    native: { hookPlans: { [NATIVE_HOOK]: FAILS } },
    replacement: { ...baseScenario.replacement, answersWith: 500 },
  },
  'native-pause': {
    ...nativeBase,
    name: 'native-pause',
    description:
      'ECS waits at a pause, up to an hour, for somebody to continue; a release that nobody would continue is refused.',
    world: withNative(nativeWorld, { lifecycleHooks: [nativeHook(NATIVE_HOOK, 'POST_TEST_TRAFFIC_SHIFT'), PAUSE] }),
  },
  'native-alarm': {
    ...nativeBase,
    name: 'native-alarm',
    description: 'Alarm web-5xx goes off while a tenth of production is on the replacement; ECS rolls back.',
    world: withNative(nativeWorld, CANARY),
    alarms: [{ name: 'web-5xx', after: { event: 'PRODUCTION_TRAFFIC_SHIFT', seconds: 60 } }],
  },
  'native-never-healthy': {
    ...nativeBase,
    name: 'native-never-healthy',
    description: 'The replacement tasks stop again and again until the circuit breaker of ECS rolls back.',
    replacement: { ...baseScenario.replacement, health: 'never' },
  },
  'native-mixed-traffic': {
    ...nativeBase,
    name: 'native-mixed-traffic',
    description:
      'Somebody pointed the rules to the empty target group: ECS would mix both versions and say SUCCESSFUL.',
    world: withNative(nativeWorld, {}, { productionWeights: [0, 100] }),
  },
}
