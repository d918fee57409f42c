import {
  DeploymentLifecycleHookAction,
  DeploymentLifecycleHookStage,
  DeploymentLifecycleHookTargetType,
  DeploymentStrategy,
  DescribeServicesCommand,
  ListServiceDeploymentsCommand,
  UpdateService$,
  UpdateServiceCommand,
  type UpdateServiceRequest,
} from '@aws-sdk/client-ecs'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { BOUNDS, nativeEquivalent, renderInput } from '../../src/moving/native-equivalent.ts'
import { inspect, shapeOf } from '../../tools/simulator/protocol/shape.ts'
import type { Scenario } from '../../tools/simulator/scenario.ts'
import { scenarios, withGroup } from '../../tools/simulator/scenarios.ts'
import { groupOf, serviceOf } from '../support/group-parts.ts'
import { cases } from '../support/share.ts'
import { clientsFor, inOneAccount, inputsFor, simulateRelease } from '../support/simulated-release.ts'
import { filledIn, movingService } from './parts.ts'

const MINUTE_MS = 60_000

/** As the AWS CLI reads the text: the members of the API, and none beside them. */
function read(text: string): UpdateServiceRequest {
  expect(inspect(shapeOf(UpdateService$[4]), JSON.parse(text))).toEqual({ misfits: [], unknownMembers: [] })
  return JSON.parse(text)
}

function inputOf(change: Parameters<typeof movingService>[0] = {}): UpdateServiceRequest {
  return read(renderInput(nativeEquivalent(movingService(change))))
}

test('a service all at once becomes one of strategy BLUE_GREEN with the same load balancer, container and wait', () => {
  expect(inputOf()).toEqual({
    cluster: 'demo',
    service: 'web',
    deploymentController: { type: 'ECS' },
    deploymentConfiguration: {
      strategy: 'BLUE_GREEN',
      bakeTimeInMinutes: 5,
      deploymentCircuitBreaker: { enable: true, rollback: true },
    },
    loadBalancers: [
      {
        targetGroupArn: '<ARN of the target group that serves: web-tg-1 or web-tg-2>',
        containerName: 'web',
        containerPort: 8080,
        advancedConfiguration: {
          alternateTargetGroupArn: '<ARN of the other target group>',
          productionListenerRule: '<ARN of the production listener rule>',
          testListenerRule: '<ARN of the test listener rule>',
          roleArn: '<ARN of the infrastructure role>',
        },
      },
    ],
  })
})

test.each([
  [
    'a canary',
    { kind: 'canary', stepPercent: 10, stepMs: 5 * MINUTE_MS },
    { strategy: 'CANARY', canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 5 } },
  ],
  [
    'a linear shift',
    { kind: 'linear', stepPercent: 10, stepMs: 3 * MINUTE_MS },
    { strategy: 'LINEAR', linearConfiguration: { stepPercent: 10, stepBakeTimeInMinutes: 3 } },
  ],
  [
    'a linear shift in smaller and longer steps',
    { kind: 'linear', stepPercent: 1, stepMs: 2_880 * MINUTE_MS },
    { strategy: 'LINEAR', linearConfiguration: { stepPercent: 3, stepBakeTimeInMinutes: 1_440 } },
  ],
  [
    'a shift that could not be read',
    { kind: 'unknown', stepPercent: 100, stepMs: 0 },
    { strategy: '<BLUE_GREEN, LINEAR or CANARY>' },
  ],
] as const)('%s becomes a strategy with the same steps, as far as ECS takes them', (_, shift, expected) => {
  expect(inputOf({ shift: { durationMs: 0, ...shift } }).deploymentConfiguration).toMatchObject(expected)
})

test('each hook has its stage and the hour of CodeDeploy, its function by ARN', () => {
  const hooks = {
    BeforeInstall: 'first',
    AfterInstall: 'second:live',
    AfterAllowTestTraffic: 'arn:aws:lambda:us-east-1:123456789012:function:third',
    BeforeAllowTraffic: 'fourth',
    AfterAllowTraffic: 'fifth',
  }
  const lifecycleHooks = inputOf({ hooks }).deploymentConfiguration?.lifecycleHooks
  const arn = 'arn:aws:lambda:us-east-1:123456789012:function:'
  expect(lifecycleHooks?.map(({ lifecycleStages, hookTargetArn }) => [lifecycleStages, hookTargetArn])).toEqual([
    [['PRE_SCALE_UP'], `${arn}first`],
    [['POST_SCALE_UP'], `${arn}second:live`],
    [['POST_TEST_TRAFFIC_SHIFT'], `${arn}third`],
    [['PRE_PRODUCTION_TRAFFIC_SHIFT'], `${arn}fourth`],
    [['POST_PRODUCTION_TRAFFIC_SHIFT'], `${arn}fifth`],
  ])
  for (const hook of lifecycleHooks ?? []) {
    expect(hook).toMatchObject({
      targetType: 'AWS_LAMBDA',
      roleArn: '<ARN of the role with which ECS invokes hooks>',
      timeoutConfiguration: { timeoutInMinutes: 60, action: 'ROLLBACK' },
    })
  }
})

test.each([
  ['for a person', { holdsAtReady: true, readyWaitMs: 90 * MINUTE_MS }, 'POST_TEST_TRAFFIC_SHIFT', 90, 'ROLLBACK'],
  [
    'for a person without a test listener',
    { holdsAtReady: true, readyWaitMs: 7_200 * MINUTE_MS, hasTestListener: false },
    'POST_SCALE_UP',
    7_200,
    'ROLLBACK',
  ],
  ['of no time', { holdsAtReady: true, readyWaitMs: 0 }, 'POST_TEST_TRAFFIC_SHIFT', 1, 'ROLLBACK'],
  [
    'that goes on by itself',
    { holdsAtReady: false, readyWaitMs: 10 * MINUTE_MS },
    'POST_TEST_TRAFFIC_SHIFT',
    10,
    'CONTINUE',
  ],
] as const)('a wait at Ready %s is a pause', (_, waits, stage, timeoutInMinutes, action) => {
  expect(inputOf({ group: groupOf(waits) }).deploymentConfiguration?.lifecycleHooks).toEqual([
    { targetType: 'PAUSE', lifecycleStages: [stage], timeoutConfiguration: { timeoutInMinutes, action } },
  ])
})

test.each([
  ['for good', undefined, 1_440],
  ['longer than ECS takes', 2_880 * MINUTE_MS, 1_440],
  ['for a day', 1_440 * MINUTE_MS, 1_440],
  ['not at all', 0, 0],
])('an original that is kept %s becomes a bake time of at most a day', (_, terminationWaitMs, bakeTimeInMinutes) => {
  expect(inputOf({ group: groupOf({ terminationWaitMs }) }).deploymentConfiguration).toMatchObject({
    bakeTimeInMinutes,
  })
})

test('alarms and the circuit breaker roll back on what the deployment does', () => {
  const of = (rollbackOn: ('failure' | 'alarm' | 'stop')[]) =>
    inputOf({ alarms: ['web-5xx', 'web-latency'], rollbackOn }).deploymentConfiguration
  expect(of(['failure'])).toMatchObject({
    alarms: { alarmNames: ['web-5xx', 'web-latency'], enable: true, rollback: false },
    deploymentCircuitBreaker: { enable: true, rollback: true },
  })
  expect(of(['alarm', 'stop'])).toMatchObject({
    alarms: { rollback: true },
    deploymentCircuitBreaker: { enable: true, rollback: false },
  })
})

test('behind a network load balancer its listeners are the rules, and the one for tests is known', () => {
  const testListener = 'arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/net/web/1/2'
  const [balancer] = inputOf({ group: groupOf({ isBehindNetwork: true, testListener }) }).loadBalancers ?? []
  expect(balancer?.advancedConfiguration).toMatchObject({
    productionListenerRule: '<ARN of the production listener>',
    testListenerRule: testListener,
  })
})

test('every load balancer of the service gets a second target group, since ECS moves all or none', () => {
  const service = serviceOf({ otherContainers: [{ name: 'admin', port: 9000 }] })
  const pairs = (containerName: string, containerPort: number) =>
    inputOf({ service, appSpec: { containerName, containerPort, properties: {} } }).loadBalancers?.map(
      ({ containerName: name, containerPort: port, advancedConfiguration }) => [
        `${name}:${port}`,
        advancedConfiguration?.alternateTargetGroupArn,
      ],
    )
  expect(pairs('web', 8080)).toEqual([
    ['web:8080', '<ARN of the other target group>'],
    ['admin:9000', '<ARN of a second target group for admin:9000>'],
  ])
  expect(pairs('admin', 9000)?.map(([name]) => name)).toEqual(['admin:9000', 'web:8080'])
  // The container has another name from this release on.
  expect(pairs('shop', 8080)?.map(([name]) => name)).toEqual(['shop:8080', 'admin:9000'])
})

test('what the AppSpec says of how tasks run is said of the service, as far as it can be read', () => {
  const properties = {
    PlatformVersion: '1.3.0',
    NetworkConfiguration: {
      AwsvpcConfiguration: { Subnets: ['subnet-1'], SecurityGroups: ['sg-1'], AssignPublicIp: 'DISABLED' },
    },
    CapacityProviderStrategy: [{ CapacityProvider: 'FARGATE_SPOT', Base: 0, Weight: 1 }],
  }
  expect(inputOf({ appSpec: { ...movingService().appSpec, properties } })).toMatchObject({
    platformVersion: '1.3.0',
    networkConfiguration: {
      awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: ['sg-1'], assignPublicIp: 'DISABLED' },
    },
    capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', base: 0, weight: 1 }],
  })
  const odd = {
    PlatformVersion: 1.4,
    NetworkConfiguration: { AwsvpcConfiguration: { Subnets: 'subnet-1' } },
    CapacityProviderStrategy: [{ CapacityProvider: 7 }],
    toString: 'x',
  }
  expect(inputOf({ appSpec: { ...movingService().appSpec, properties: odd } })).toEqual(inputOf())
})

test('names that would turn text around or end it stay inside of the JSON, in ASCII', () => {
  const alarms = ['\u202eweb', 'a"\n```\n</details>', '::error::x']
  const text = renderInput(nativeEquivalent(movingService({ alarms })))
  expect(text).toMatch(/^[\n -~]*$/)
  expect(text).not.toMatch(/^\s*```/m)
  expect(read(text).deploymentConfiguration?.alarms?.alarmNames).toEqual(alarms)
})

describe('the service of a simulated account', () => {
  const HOLDS: Scenario = {
    ...scenarios.success,
    world: withGroup(scenarios.success.world, { ready: { action: 'STOP_DEPLOYMENT', waitMinutes: 30 } }),
  }

  test.each([
    ['success', scenarios.success],
    ['no-hooks', scenarios['no-hooks']],
    ['a group that holds at Ready', HOLDS],
    ['a group that rolls back on nothing', scenarios['hook-fails-no-rollback']],
  ])('is one that ECS deploys once the plan of it was sent: %s', (_, scenario) =>
    inOneAccount(scenario, async ({ simulator, clock }) => {
      const inputs = { operation: 'plan', 'auto-promote': 'true', ...inputsFor(scenario.name) }
      const { release } = await simulateRelease({ scenario, account: { simulator, clock }, inputs })
      if (release.plan === undefined) throw new Error('there is no plan')
      const text = filledIn(renderInput(nativeEquivalent(release.plan)), scenario.world)
      const input = read(text)
      const { ecs, codeDeploy } = clientsFor(simulator)
      await ecs.send(new UpdateServiceCommand(input))
      const { services = [] } = await ecs.send(new DescribeServicesCommand({ cluster: 'demo', services: ['web'] }))
      expect(services[0]).toMatchObject({
        deploymentController: { type: 'ECS' },
        deploymentConfiguration: input.deploymentConfiguration ?? {},
        loadBalancers: input.loadBalancers ?? [],
      })
      ecs.destroy()
      codeDeploy.destroy()
    }),
  )

  test('ships its first deployment under ECS with the hook that was moved', () =>
    inOneAccount(scenarios.success, async ({ simulator, clock }) => {
      const inputs = { operation: 'plan', ...inputsFor('success') }
      const { release } = await simulateRelease({ scenario: scenarios.success, account: { simulator, clock }, inputs })
      if (release.plan === undefined) throw new Error('there is no plan')
      const text = filledIn(renderInput(nativeEquivalent(release.plan)), scenarios.success.world)
      const { ecs, codeDeploy } = clientsFor(simulator)
      await ecs.send(new UpdateServiceCommand(read(text)))
      await clock.sleep(60 * MINUTE_MS)
      const { serviceDeployments } = await ecs.send(
        new ListServiceDeploymentsCommand({ cluster: 'demo', service: 'web' }),
      )
      expect(serviceDeployments?.map(({ status }) => status)).toEqual(['SUCCESSFUL', 'SUCCESSFUL'])
      expect(simulator.calls.filter(({ operation }) => operation === 'UpdateService')).toMatchObject([
        { unknownMembers: [] },
      ])
      ecs.destroy()
      codeDeploy.destroy()
    }))
})

test('whatever a group is set to, the input stays within what ECS takes, and the simulator takes it', async () => {
  const waits = fc.oneof(
    fc.integer({ min: 0, max: 10_000 }).map((minutes) => minutes * MINUTE_MS),
    fc.constantFrom(0, 1, 29_999, MINUTE_MS, 1_440 * MINUTE_MS, 1_441 * MINUTE_MS, 1e12),
  )
  const services = fc.record({
    group: fc
      .record({
        holdsAtReady: fc.boolean(),
        hasTestListener: fc.boolean(),
        readyWaitMs: waits,
        terminationWaitMs: fc.option(waits, { nil: undefined }),
      })
      .map(groupOf),
    shift: fc.record({
      kind: fc.constantFrom('all-at-once' as const, 'canary' as const, 'linear' as const),
      durationMs: waits,
      stepPercent: fc.double({ min: 0.01, max: 100, noNaN: true }),
      stepMs: waits,
    }),
    rollbackOn: fc.subarray(['failure' as const, 'alarm' as const, 'stop' as const]),
    alarms: fc.array(fc.string({ minLength: 1, unit: 'binary' }), { maxLength: 10 }),
    hooks: fc.record(
      {
        BeforeInstall: fc.constant('a'),
        AfterInstall: fc.constant('b'),
        AfterAllowTestTraffic: fc.constant('c'),
        BeforeAllowTraffic: fc.constant('d'),
        AfterAllowTraffic: fc.constant('e'),
      },
      { requiredKeys: [] },
    ),
  })
  await fc.assert(
    fc.asyncProperty(services, async (change) => {
      const text = renderInput(nativeEquivalent(movingService(change)))
      const input = read(text)
      expectWithinBounds(input)
      await inOneAccount(scenarios.success, async ({ simulator }) => {
        const { ecs, codeDeploy } = clientsFor(simulator)
        await ecs.send(new UpdateServiceCommand(read(filledIn(text, scenarios.success.world))))
        ecs.destroy()
        codeDeploy.destroy()
      })
    }),
    cases(60, 20260809),
  )
})

function expectWithinBounds({ deploymentConfiguration: configuration = {} }: UpdateServiceRequest): void {
  const { linearConfiguration: linear, canaryConfiguration: canary, lifecycleHooks = [] } = configuration
  expect(Object.values(DeploymentStrategy)).toContain(configuration.strategy)
  expectIn(BOUNDS.bakeMinutes, configuration.bakeTimeInMinutes, 1)
  if (configuration.strategy === 'LINEAR') {
    expectIn(BOUNDS.linearPercent, linear?.stepPercent, 0.1)
    expectIn(BOUNDS.stepMinutes, linear?.stepBakeTimeInMinutes, 1)
  }
  if (configuration.strategy === 'CANARY') {
    expectIn(BOUNDS.canaryPercent, canary?.canaryPercent, 0.1)
    expectIn(BOUNDS.stepMinutes, canary?.canaryBakeTimeInMinutes, 1)
  }
  for (const { targetType, lifecycleStages = [], timeoutConfiguration } of lifecycleHooks) {
    expect(Object.values(DeploymentLifecycleHookTargetType)).toContain(targetType)
    expect(Object.values(DeploymentLifecycleHookAction)).toContain(timeoutConfiguration?.action)
    expectIn(targetType === 'PAUSE' ? BOUNDS.pauseMinutes : [1, 1_440], timeoutConfiguration?.timeoutInMinutes, 1)
    for (const stage of lifecycleStages) {
      expect(Object.values(DeploymentLifecycleHookStage)).toContain(stage)
      if (targetType === 'PAUSE') expect(stage).not.toMatch(/^(TEST|PRODUCTION)_TRAFFIC_SHIFT$/)
    }
  }
}

/** In steps of so much. */
function expectIn([least, most]: readonly [number, number], value = Number.NaN, step: number): void {
  expect(value).toBeGreaterThanOrEqual(least)
  expect(value).toBeLessThanOrEqual(most)
  expect(Math.abs(value / step - Math.round(value / step))).toBeLessThan(1e-6)
}
