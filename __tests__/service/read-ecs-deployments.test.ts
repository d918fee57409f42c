import type { DeploymentConfiguration, Service } from '@aws-sdk/client-ecs'
import { describe, expect, test } from '@jest/globals'
import { ecsHooks, ecsShift, readEcsGroup } from '../../src/service/read-ecs-deployments.ts'

const MINUTE_MS = 60_000
const ELB = 'arn:aws:elasticloadbalancing:eu-central-1:111122223333'
const A = `${ELB}:targetgroup/web-a/209a844cd01825a4`
const B = `${ELB}:targetgroup/web-b/708d384187a3cfdc`
const PRODUCTION = `${ELB}:listener-rule/app/web/50dc6c495c0c9188/f2f7dc8efc522ab2/9683b2d02a6cabee`
const TEST = `${ELB}:listener-rule/app/web/50dc6c495c0c9188/0467ef3c8400ae65/1291d13826f405c3`

function service(deploymentConfiguration: DeploymentConfiguration, advanced: object = {}): Service {
  return {
    deploymentConfiguration,
    loadBalancers: [
      {
        targetGroupArn: A,
        advancedConfiguration: {
          alternateTargetGroupArn: B,
          productionListenerRule: PRODUCTION,
          testListenerRule: TEST,
          roleArn: 'arn:aws:iam::111122223333:role/ecs-infrastructure',
          ...advanced,
        },
      },
    ],
  }
}

function lambda(name: string, ...lifecycleStages: string[]) {
  return {
    targetType: 'AWS_LAMBDA' as const,
    hookTargetArn: `arn:aws:lambda:eu-central-1:111122223333:function:${name}`,
    lifecycleStages: lifecycleStages as never[],
  }
}

test('what a service says of its deployments is read as a group without a name', () => {
  const group = readEcsGroup(
    service({
      strategy: 'BLUE_GREEN',
      bakeTimeInMinutes: 5,
      deploymentCircuitBreaker: { enable: true, rollback: true },
      alarms: { alarmNames: ['web-5xx'], enable: true, rollback: true },
      lifecycleHooks: [
        lambda('validate:live', 'POST_TEST_TRAFFIC_SHIFT', 'POST_PRODUCTION_TRAFFIC_SHIFT'),
        {
          targetType: 'PAUSE',
          lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'],
          timeoutConfiguration: { timeoutInMinutes: 60, action: 'CONTINUE' },
        },
      ],
    }),
  )
  expect(group).toEqual({
    application: '',
    name: '',
    deploymentConfig: 'BLUE_GREEN',
    hasTestListener: true,
    testListener: TEST,
    isBehindNetwork: false,
    targetGroups: ['web-a', 'web-b'],
    holdsAtReady: true,
    readyWaitMs: 60 * MINUTE_MS,
    terminationWaitMs: 5 * MINUTE_MS,
    rollbackOn: ['failure', 'stop', 'alarm'],
    alarms: ['web-5xx'],
    ignoresAlarmTrouble: true,
    lastDeployment: undefined,
    ecs: {
      strategy: 'BLUE_GREEN',
      shift: { kind: 'all-at-once', durationMs: 0, stepPercent: 100, stepMs: 0 },
      functions: [
        {
          functionArn: 'arn:aws:lambda:eu-central-1:111122223333:function:validate:live',
          stages: ['POST_TEST_TRAFFIC_SHIFT', 'POST_PRODUCTION_TRAFFIC_SHIFT'],
          timeoutMs: 1_440 * MINUTE_MS,
        },
      ],
      pauses: [{ stages: ['POST_TEST_TRAFFIC_SHIFT'], timeoutMs: 60 * MINUTE_MS, onTimeout: 'CONTINUE' }],
      productionRule: PRODUCTION,
      testRule: TEST,
      targetGroups: [A, B],
      circuitBreaker: { rollsBack: true },
      alarmsRollBack: true,
    },
  })
})

test('a service that says nothing has nothing', () => {
  expect(readEcsGroup({})).toMatchObject({
    deploymentConfig: 'BLUE_GREEN',
    hasTestListener: false,
    testListener: undefined,
    targetGroups: [],
    holdsAtReady: false,
    readyWaitMs: 0,
    terminationWaitMs: 0,
    rollbackOn: ['failure', 'stop'],
    alarms: [],
    ecs: { functions: [], pauses: [], productionRule: undefined, circuitBreaker: undefined, alarmsRollBack: undefined },
  })
})

test('what is switched off, or does not roll back, is read as that', () => {
  const off = readEcsGroup({
    deploymentConfiguration: {
      deploymentCircuitBreaker: { enable: false, rollback: true },
      alarms: { alarmNames: ['web-5xx'], enable: false, rollback: true },
    },
  })
  expect(off).toMatchObject({ alarms: [], ecs: { circuitBreaker: undefined, alarmsRollBack: undefined } })
  const staying = readEcsGroup({
    deploymentConfiguration: {
      deploymentCircuitBreaker: { enable: true, rollback: false },
      alarms: { alarmNames: ['web-5xx'], enable: true, rollback: false },
    },
  })
  expect(staying).toMatchObject({
    rollbackOn: ['failure', 'stop'],
    alarms: ['web-5xx'],
    ecs: { circuitBreaker: { rollsBack: false }, alarmsRollBack: false },
  })
})

test('a hook without a target is a pause of a day, and stages that are new are left out', () => {
  const { ecs, holdsAtReady, readyWaitMs } = readEcsGroup({
    deploymentConfiguration: {
      lifecycleHooks: [{ lifecycleStages: ['NEW' as never, 'PRE_PRODUCTION_TRAFFIC_SHIFT'] }, {}],
    },
  })
  const pause = { timeoutMs: 1_440 * MINUTE_MS, onTimeout: 'ROLLBACK' }
  expect(ecs?.pauses).toEqual([
    { ...pause, stages: ['PRE_PRODUCTION_TRAFFIC_SHIFT'] },
    { ...pause, stages: [] },
  ])
  expect([holdsAtReady, readyWaitMs]).toEqual([true, 1_440 * MINUTE_MS])
})

test('a pause elsewhere is none before production', () => {
  const lifecycleHooks = [{ targetType: 'PAUSE' as const, lifecycleStages: ['PRE_SCALE_UP' as const] }]
  expect(readEcsGroup({ deploymentConfiguration: { lifecycleHooks } })).toMatchObject({
    holdsAtReady: false,
    readyWaitMs: 0,
  })
})

test('behind a network load balancer rules are listeners', () => {
  const listener = `${ELB}:listener/net/web/50dc6c495c0c9188/f2f7dc8efc522ab2`
  const group = readEcsGroup(service({}, { productionListenerRule: listener, testListenerRule: undefined }))
  expect(group).toMatchObject({ isBehindNetwork: true, hasTestListener: false, ecs: { productionRule: listener } })
})

describe('how production moves', () => {
  test.each<[DeploymentConfiguration, ReturnType<typeof ecsShift>, string]>([
    [{}, { kind: 'all-at-once', durationMs: 0, stepPercent: 100, stepMs: 0 }, 'BLUE_GREEN'],
    [
      { strategy: 'CANARY', canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 5 } },
      { kind: 'canary', durationMs: 5 * MINUTE_MS, stepPercent: 10, stepMs: 5 * MINUTE_MS },
      'CANARY 10 % for 5 min',
    ],
    [
      { strategy: 'CANARY' },
      { kind: 'canary', durationMs: 10 * MINUTE_MS, stepPercent: 5, stepMs: 10 * MINUTE_MS },
      'CANARY 5 % for 10 min',
    ],
    [
      { strategy: 'LINEAR', linearConfiguration: { stepPercent: 30, stepBakeTimeInMinutes: 2 } },
      { kind: 'linear', durationMs: 6 * MINUTE_MS, stepPercent: 30, stepMs: 2 * MINUTE_MS },
      'LINEAR 30 % every 2 min',
    ],
    [
      { strategy: 'LINEAR' },
      { kind: 'linear', durationMs: 54 * MINUTE_MS, stepPercent: 10, stepMs: 6 * MINUTE_MS },
      'LINEAR 10 % every 6 min',
    ],
  ])('is read of %j', (deploymentConfiguration, expected, text) => {
    expect(ecsShift({ deploymentConfiguration })).toEqual(expected)
    expect(readEcsGroup({ deploymentConfiguration }).deploymentConfig).toBe(text)
  })
})

test.each([0, -5, 1e-300, 1e300])('a step of %d percent is none that ECS makes, and has an end', (stepPercent) => {
  const shift = ecsShift({ deploymentConfiguration: { strategy: 'LINEAR', linearConfiguration: { stepPercent } } })
  expect(shift.stepPercent).toBeGreaterThanOrEqual(0.1)
  expect(shift.durationMs).toBeLessThanOrEqual(1_000 * 6 * MINUTE_MS)
})

test('functions are named at each of their stages, in the order of the stages', () => {
  const lifecycleHooks = [
    lambda('watch', 'POST_PRODUCTION_TRAFFIC_SHIFT'),
    lambda('smoke', 'POST_TEST_TRAFFIC_SHIFT'),
    lambda('load', 'POST_TEST_TRAFFIC_SHIFT', 'PRE_SCALE_UP'),
    lambda('smoke', 'POST_TEST_TRAFFIC_SHIFT'),
  ]
  const hooks = ecsHooks(readEcsGroup({ deploymentConfiguration: { lifecycleHooks } }))
  expect(Object.entries(hooks)).toEqual([
    ['PRE_SCALE_UP', 'load'],
    ['POST_TEST_TRAFFIC_SHIFT', 'smoke, load'],
    ['POST_PRODUCTION_TRAFFIC_SHIFT', 'watch'],
  ])
  expect(ecsHooks({})).toEqual({})
})
