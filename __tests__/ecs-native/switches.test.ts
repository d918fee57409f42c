import { describe, expect, test } from '@jest/globals'
import { replacementTraffic } from '../../src/follow/snapshot.ts'
import { DEFAULT_NATIVE_ASSUMPTIONS, type NativeAssumptions } from '../../tools/simulator/native/assumptions.ts'
import { nativeHook } from '../../tools/simulator/native/scenarios.ts'
import { assuming } from '../tools/simulator/native/support/native-scenario.ts'
import { alarmAt, notable, type Released, released, shares, stopAt, verdict } from './support/native-play.ts'
import { CANARY, hook, LINEAR, pauseAt } from './support/native-stories.ts'

/** The sides of every switch that are not the simulator's own. */
const OTHER_SIDES: { [Name in keyof NativeAssumptions]: NativeAssumptions[Name][] } = {
  concurrentUpdate: ['queue', 'refuse'],
  supersededStatus: ['ROLLBACK_SUCCESSFUL'],
  preProductionShown: ['as-post-test'],
  stageInStepWait: ['POST_PRODUCTION_TRAFFIC_SHIFT', 'BAKE_TIME'],
  stageInRollback: ['walks-back'],
  stageWhenDone: ['absent'],
  noTestRule: ['stages-skipped'],
  testWeightWithoutRule: ['zero'],
  doneHooks: ['until-the-next-stage-ends', 'for-ever'],
  currentServiceDeployment: ['always', 'never'],
  rollbackRequestedShown: ['on-request-only'],
  abort: ['refused'],
  stopInCleanUp: ['refused'],
  stopOfTerminal: ['InvalidParameterException'],
  circuitBreaker: ['ignored'],
  configurationUpdate: ['merged', 'reset'],
  executionIdOnRetry: ['new'],
  rollbackHookFails: ['fails-the-rollback'],
  controllerChangeDeploys: [false],
  serviceDeploymentOrder: ['oldest-first'],
  weightsWithoutShift: ['100'],
  pauseHookDescribed: ['stages-only'],
}

const SIDES: [string, Partial<NativeAssumptions>][] = [
  ['as the simulator assumes', {}],
  ...Object.entries(OTHER_SIDES).flatMap(([name, sides]) =>
    sides.map((side): [string, Partial<NativeAssumptions>] => [`${name}: ${side}`, { [name]: side }]),
  ),
]

test('every switch has other sides here', () => {
  for (const [name, sides] of Object.entries(OTHER_SIDES)) {
    const own = DEFAULT_NATIVE_ASSUMPTIONS[name as keyof NativeAssumptions]
    expect([name, sides.filter((side) => side !== own)]).toEqual([name, sides])
    expect(sides.length).toBeGreaterThan(0)
  }
})

describe.each(SIDES)('%s', (_, assumptions) => {
  test('N1: a release succeeds, and production is reached when all of it has moved', async () => {
    const scenario = assuming(assumptions, { config: { lifecycleHooks: [hook()] }, service: { earlier: ['web:1'] } })
    const early = await released(scenario, { finishLine: 'production-traffic' })
    expect(verdict(early)).toBe('succeeded')
    expectMoved(early)
    const late = await released(scenario)
    expect([verdict(late), shares(late), notable(late)]).toEqual(['succeeded', [100], []])
  })

  test('N1a: one without test rule and bake time does too', async () => {
    const config = { bakeTimeInMinutes: 0, lifecycleHooks: [hook()] }
    const ended = await released(assuming(assumptions, { config, service: { testRule: false } }))
    expect([verdict(ended), shares(ended), notable(ended)]).toEqual(['succeeded', [100], []])
  })

  test('N2: a hook that fails is rolled back, at its stage', async () => {
    const course = { hookPlans: { validate: { answers: [{ afterSeconds: 20, hookStatus: 'FAILED' }] } } }
    const ended = await released(assuming(assumptions, { config: { lifecycleHooks: [hook()] }, course }))
    expect([verdict(ended), notable(ended)]).toEqual(['rolled-back', ['POST_TEST_TRAFFIC_SHIFT failed']])
    expect(ended.settlement).toMatchObject({
      snapshot: { endReason: 'failure', error: { message: expect.stringContaining('returned FAILED status') } },
      rollback: { wasDue: true, deploymentId: `${ended.id}/rollback` },
    })
  })

  test('N3: one that waits at a pause reaches test traffic, and is continued once', async () => {
    const scenario = assuming(assumptions, { config: { lifecycleHooks: [hook(), pauseAt('POST_TEST_TRAFFIC_SHIFT')] } })
    const waiting = await released(scenario, { finishLine: 'test-traffic' })
    expect(verdict(waiting)).toBe('awaiting-promotion')
    expect(waiting.settlement.snapshot).toMatchObject({ heldAt: 'POST_TEST_TRAFFIC_SHIFT', status: 'ready' })
    const ended = await released(scenario, { autoPromote: true })
    expect([verdict(ended), continues(ended), notable(ended)]).toEqual(['succeeded', 1, []])
  })

  test('N3: a pause before production is one too, at each step of a linear shift', async () => {
    const config = { ...LINEAR, lifecycleHooks: [hook(), pauseAt('PRE_PRODUCTION_TRAFFIC_SHIFT')] }
    const waiting = await released(assuming(assumptions, { config }), { finishLine: 'test-traffic' })
    expect(verdict(waiting)).toBe('awaiting-promotion')
    expect(waiting.settlement.snapshot?.heldAt).toBe('PRE_PRODUCTION_TRAFFIC_SHIFT')
    const ended = await released(assuming(assumptions, { config }), { autoPromote: true })
    expect([verdict(ended), continues(ended), shares(ended)]).toEqual(['succeeded', 4, [25, 50, 75, 100]])
  })

  test('N4a: a pause that nobody answers is told as that', async () => {
    const ended = await released(
      assuming(assumptions, { config: { lifecycleHooks: [pauseAt('POST_TEST_TRAFFIC_SHIFT')] } }),
    )
    expect([verdict(ended), ended.settlement.snapshot?.endReason, notable(ended)]).toEqual([
      'rolled-back',
      'ready-wait-over',
      [],
    ])
  })

  test('N5: an alarm while a canary waits is rolled back, and production is on the original', async () => {
    const ended = await released(assuming(assumptions, { config: CANARY }), {}, (native) => alarmAt(native, 250))
    expect([verdict(ended), notable(ended)]).toEqual(['rolled-back', ['PRODUCTION_TRAFFIC_SHIFT failed']])
    expect(ended.settlement.snapshot).toMatchObject({ endReason: 'alarm', eventsAreDone: false })
    expect(shares(ended)[0]).toBe(10)
    expect(replacementTraffic(ended.settlement.rollback.snapshot)).toBe(0)
  })

  test('N5: a canary without one never counts as shifted before it is', async () => {
    const ended = await released(assuming(assumptions, { config: CANARY }), { finishLine: 'production-traffic' })
    expect([verdict(ended), shares(ended)]).toEqual(['succeeded', [10, 100]])
    expectMoved(ended)
  })

  test('N7: a stop in the bake time is told as that, and a first look after it claims nothing about production', async () => {
    const ended = await released(assuming(assumptions), {}, (native) => stopAt(native, 300))
    expect([verdict(ended), notable(ended)]).toEqual(['rolled-back', ['BAKE_TIME failed']])
    expect(ended.settlement.snapshot).toMatchObject({ endReason: 'stop-request', eventsAreDone: true })
  })
})

test('N11c: a function that fails in the rollback fails that, where ECS minds', async () => {
  const plan = {
    answers: [{ afterSeconds: 1, hookStatus: 'SUCCEEDED' }],
    inRollback: { afterSeconds: 1, hookStatus: 'FAILED' },
  }
  const change = {
    config: { ...CANARY, lifecycleHooks: [nativeHook('validate', 'PRODUCTION_TRAFFIC_SHIFT')] },
    course: { hookPlans: { validate: plan } },
  }
  const verdicts = await Promise.all(
    (['ignored', 'fails-the-rollback'] as const).map(async (rollbackHookFails) =>
      verdict(await released(assuming({ rollbackHookFails }, change), {}, (native) => alarmAt(native, 250))),
    ),
  )
  expect(verdicts).toEqual(['rolled-back', 'rollback-failed'])
})

function continues({ native }: Released): number {
  return native.asked().filter((operation) => operation === 'ContinueServiceDeployment').length
}

function expectMoved({ outcome, native }: Released): void {
  expect(outcome.snapshot?.eventsAreDone).toBe(true)
  const [weight] = native.simulator.lane('demo:web')?.service?.production ?? []
  expect(weight).toBe(0)
}
