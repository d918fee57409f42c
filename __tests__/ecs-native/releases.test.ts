import { describe, expect, test } from '@jest/globals'
import { replacementTraffic } from '../../src/follow/snapshot.ts'
import { nativeHook } from '../../tools/simulator/native/scenarios.ts'
import { nativeScenario } from '../tools/simulator/native/support/native-scenario.ts'
import {
  alarmAt,
  answerAt,
  notable,
  released,
  shares,
  stopAt,
  updateBySomebody,
  verdict,
  withNativeService,
} from './support/native-play.ts'
import { CANARY, HOOKED, hook, LINEAR, NEVER, pauseAt } from './support/native-stories.ts'

describe('a release that goes well', () => {
  test('N1: goes through its stages, with the times at which they were seen', async () => {
    const ended = await released(HOOKED)
    expect(verdict(ended)).toBe('succeeded')
    expect(ended.stages).toEqual([
      'PRE_SCALE_UP unseen',
      'SCALE_UP succeeded',
      'POST_SCALE_UP unseen',
      'TEST_TRAFFIC_SHIFT succeeded',
      'POST_TEST_TRAFFIC_SHIFT succeeded',
      'PRE_PRODUCTION_TRAFFIC_SHIFT succeeded',
      'PRODUCTION_TRAFFIC_SHIFT succeeded',
      'POST_PRODUCTION_TRAFFIC_SHIFT unseen',
      'BAKE_TIME succeeded',
      'CLEAN_UP succeeded',
    ])
    expect(shares(ended)).toEqual([100])
    expect(ended.settlement.snapshot).toMatchObject({
      createdAtMs: expect.any(Number),
      taskSets: [
        { role: 'original', desired: 0, trafficPercent: 0, state: 'draining' },
        { role: 'replacement', desired: 2, running: 2, trafficPercent: 100, testPercent: 100, state: 'primary' },
      ],
    })
  })

  test('N1: reaches production traffic with the bake time, and completion five minutes later', async () => {
    const early = await released(HOOKED, { finishLine: 'production-traffic' })
    expect(verdict(early)).toBe('succeeded')
    expect(early.settlement.snapshot).toMatchObject({
      status: 'running',
      statusWord: 'IN_PROGRESS',
      eventsAreDone: true,
    })
    expect(notable(early)).toEqual(['BAKE_TIME running', 'CLEAN_UP pending'])
    const late = await released(HOOKED)
    expect(late.tookSeconds - early.tookSeconds).toBeGreaterThan(300)
  })

  test('N1a: is followed without hooks, test rule and bake time', async () => {
    const ended = await released(nativeScenario({ config: { bakeTimeInMinutes: 0 }, service: { testRule: false } }))
    expect(verdict(ended)).toBe('succeeded')
    expect(shares(ended)).toEqual([100])
  })

  test('N5: a canary shifts in one event that lasts until all of production has moved', async () => {
    const ended = await released(nativeScenario({ config: CANARY }))
    expect(verdict(ended)).toBe('succeeded')
    expect(shares(ended)).toEqual([10, 100])
    const shift = ended.entries.filter((entry) => entry.kind === 'event' && entry.name === 'PRODUCTION_TRAFFIC_SHIFT')
    expect(shift).toMatchObject([{ status: 'running' }, { status: 'succeeded' }])
    const [, over] = shift
    // A wait of five minutes, and what the two steps take.
    expect(over?.kind === 'event' ? over.durationMs : 0).toBeGreaterThan(355_000)
  })

  test('N6: a linear shift is told step by step, the last one smaller where the percentage does not divide 100', async () => {
    expect(shares(await released(nativeScenario({ config: LINEAR })))).toEqual([25, 50, 75, 100])
    const config = { ...LINEAR, linearConfiguration: { stepPercent: 30, stepBakeTimeInMinutes: 2 } }
    const ended = await released(nativeScenario({ config }))
    expect(shares(ended)).toEqual([30, 60, 90, 100])
    expect(verdict(ended)).toBe('succeeded')
  })

  test('N5a: an alarm that fires from the start is not watched', async () => {
    const ended = await released(nativeScenario({ config: CANARY }), {}, ({ simulator }) =>
      simulator.setAlarm('web-5xx', 'ALARM'),
    )
    expect(verdict(ended)).toBe('succeeded')
  })

  test('N10: a function that is in progress for long is waited for', async () => {
    const answers = [
      { afterSeconds: 1, hookStatus: 'IN_PROGRESS', callBackDelay: 60, hookDetails: { attempt: 1 } },
      { afterSeconds: 1, hookStatus: 'IN_PROGRESS' },
      { afterSeconds: 1, hookStatus: 'SUCCEEDED' },
    ]
    const course = { hookPlans: { validate: { answers } } }
    const ended = await released(nativeScenario({ config: { lifecycleHooks: [hook()] }, course }))
    expect(verdict(ended)).toBe('succeeded')
    const tested = ended.settlement.snapshot?.events.find(({ name }) => name === 'POST_TEST_TRAFFIC_SHIFT')
    expect((tested?.endedAtMs ?? 0) - (tested?.startedAtMs ?? 0)).toBeGreaterThan(90_000)
  })

  test('N12: without a load balancer nothing is shifted, and the stages are what counts', async () => {
    const scenario = nativeScenario({ service: { loadBalancer: 'none' }, config: { lifecycleHooks: [hook()] } })
    const early = await released(scenario, { finishLine: 'production-traffic' })
    expect(verdict(early)).toBe('succeeded')
    expect(early.settlement.snapshot).toMatchObject({ eventsAreDone: true, trafficReadAt: undefined })
    expect(replacementTraffic(early.settlement.snapshot)).toBeUndefined()
    expect(verdict(await released(scenario))).toBe('succeeded')
  })

  test('N19: behind a network load balancer each shift has ten minutes more', async () => {
    const ended = await released(nativeScenario({ service: { loadBalancer: 'network' } }))
    expect(verdict(ended)).toBe('succeeded')
    expect(ended.tookSeconds).toBeGreaterThan(1_500)
  })

  test('N20: is its own deployment, never the newest of a list that lags', async () => {
    const scenario = nativeScenario({ course: { timings: { listLag: 12 } }, service: { earlier: ['web:1'] } })
    const ended = await released(scenario)
    expect(verdict(ended)).toBe('succeeded')
    const own = ended.native.simulator.lane('demo:web')?.native?.deployments.at(-1)
    expect(ended.id).toBe(own?.id)
  })
})

describe('a release whose hook fails', () => {
  const failing = (stage: string, answer: object) =>
    nativeScenario({
      config: { lifecycleHooks: [nativeHook('validate', stage)] },
      course: { hookPlans: { validate: { answers: [{ afterSeconds: 20, ...answer }] } } },
    })

  test.each<[string, string, object, string]>([
    ['N2: that says FAILED', 'POST_TEST_TRAFFIC_SHIFT', { hookStatus: 'FAILED' }, 'returned FAILED status'],
    ['N2a: that raises', 'POST_TEST_TRAFFIC_SHIFT', { throws: true }, 'HookStatus must not be null'],
    ['N2b: that refuses before anything starts', 'PRE_SCALE_UP', { hookStatus: 'FAILED' }, 'returned FAILED status'],
    ['that fails before production', 'PRE_PRODUCTION_TRAFFIC_SHIFT', { hookStatus: 'FAILED' }, 'FAILED'],
    ['that fails after production', 'POST_PRODUCTION_TRAFFIC_SHIFT', { hookStatus: 'FAILED' }, 'FAILED'],
  ])('%s is rolled back, with the words of ECS at its stage', async (_, stage, answer, said) => {
    const ended = await released(failing(stage, answer))
    expect(verdict(ended)).toBe('rolled-back')
    const { snapshot, rollback } = ended.settlement
    expect(notable(ended)).toEqual([`${stage} failed`])
    expect(snapshot).toMatchObject({ status: 'failed', endReason: 'failure', deploymentId: ended.id })
    expect(snapshot?.error?.message).toContain(said)
    expect(snapshot?.events.find(({ name }) => name === stage)?.diagnostics).toContain(said)
    expect(rollback).toMatchObject({
      status: 'succeeded',
      wasDue: true,
      deploymentId: `${ended.id}/rollback`,
      snapshot: { status: 'succeeded', isRollback: true, statusWord: 'ROLLBACK_SUCCESSFUL' },
    })
    expect(replacementTraffic(rollback.snapshot)).toBe(0)
  })

  test('N2b: has started no replacement when it is refused before', async () => {
    const { settlement } = await released(failing('PRE_SCALE_UP', { hookStatus: 'FAILED' }))
    expect(settlement.snapshot?.taskSets.map(({ role }) => role)).toEqual(['original'])
  })

  test('N10a: is rolled back when the time of the function is over', async () => {
    const timeoutConfiguration = { timeoutInMinutes: 1, action: 'ROLLBACK' as const }
    const ended = await released(
      nativeScenario({
        config: { lifecycleHooks: [nativeHook('validate', 'POST_TEST_TRAFFIC_SHIFT', { timeoutConfiguration })] },
        course: { hookPlans: { validate: { answers: [{ afterSeconds: 1, hookStatus: 'IN_PROGRESS' }] } } },
      }),
    )
    expect(verdict(ended)).toBe('rolled-back')
    expect(ended.settlement.snapshot?.endReason).toBe('failure')
  })
})

describe('a release that waits at a pause', () => {
  const PAUSED = nativeScenario({ config: { lifecycleHooks: [pauseAt('POST_TEST_TRAFFIC_SHIFT')] } })

  test('N3: reaches test traffic there, with until when it waits', async () => {
    const ended = await released(PAUSED, { finishLine: 'test-traffic' })
    expect(verdict(ended)).toBe('awaiting-promotion')
    expect(ended.settlement.snapshot).toMatchObject({
      status: 'ready',
      statusWord: 'AWAITING_ACTION',
      heldAt: 'POST_TEST_TRAFFIC_SHIFT',
      heldUntil: { onTimeout: 'ROLLBACK', atMs: expect.any(Number) },
      readySinceMs: expect.any(Number),
    })
    expect(ended.stages).toContain('POST_TEST_TRAFFIC_SHIFT succeeded')
    const { heldUntil, readySinceMs } = ended.settlement.snapshot ?? {}
    expect((heldUntil?.atMs ?? 0) - (readySinceMs ?? 0)).toBeGreaterThan(3_590_000)
  })

  test('N3: is continued by itself, and ends well', async () => {
    const ended = await released(PAUSED, { autoPromote: true })
    expect(verdict(ended)).toBe('succeeded')
    expect(ended.native.asked().filter((operation) => operation === 'ContinueServiceDeployment')).toHaveLength(1)
  })

  test('N4: is rolled back when somebody answers with a rollback', async () => {
    const ended = await released(PAUSED, {}, (native) => answerAt(native, 200, 'ROLLBACK'))
    expect(verdict(ended)).toBe('rolled-back')
    expect(ended.settlement.snapshot).toMatchObject({ status: 'stopped', endReason: 'stop-request' })
    expect(notable(ended)).toEqual([])
  })

  test('N4a: is rolled back when nobody answers, which is no failure of a stage', async () => {
    const ended = await released(PAUSED)
    expect(verdict(ended)).toBe('rolled-back')
    expect(ended.settlement.snapshot).toMatchObject({ status: 'stopped', endReason: 'ready-wait-over' })
    expect(ended.settlement.snapshot?.error?.message).toContain('pause hook timed out')
    expect(notable(ended)).toEqual([])
  })

  test('N4b: goes on by itself where its time-out continues', async () => {
    const lifecycleHooks = [pauseAt('POST_TEST_TRAFFIC_SHIFT', 'CONTINUE')]
    const ended = await released(nativeScenario({ config: { lifecycleHooks } }))
    expect(verdict(ended)).toBe('succeeded')
    expect(ended.snapshots.find(({ status }) => status === 'ready')?.heldUntil?.onTimeout).toBe('CONTINUE')
  })

  test('N4c: does not wait for anybody before the function beside the pause is done', async () => {
    const lifecycleHooks = [hook(), pauseAt('POST_TEST_TRAFFIC_SHIFT')]
    const ended = await released(nativeScenario({ config: { lifecycleHooks } }), { finishLine: 'test-traffic' })
    expect(verdict(ended)).toBe('awaiting-promotion')
    const atStage = ended.snapshots.filter(({ events }) =>
      events.some(({ name, status }) => name === 'POST_TEST_TRAFFIC_SHIFT' && status === 'running'),
    )
    expect(atStage.length).toBeGreaterThan(0)
    expect(new Set(atStage.map(({ status }) => status))).toEqual(new Set(['running']))
  })

  test('N6: is continued at each step of a linear shift', async () => {
    const config = { ...LINEAR, lifecycleHooks: [pauseAt('PRE_PRODUCTION_TRAFFIC_SHIFT')] }
    const ended = await released(nativeScenario({ config }), { autoPromote: true })
    expect(verdict(ended)).toBe('succeeded')
    expect(shares(ended)).toEqual([25, 50, 75, 100])
    expect(ended.native.asked().filter((operation) => operation === 'ContinueServiceDeployment')).toHaveLength(4)
    const held = ended.snapshots.filter(({ status }) => status === 'ready')
    expect(new Set(held.map(({ heldAt }) => heldAt))).toEqual(new Set(['PRE_PRODUCTION_TRAFFIC_SHIFT']))
    expect(new Set(held.map(({ heldUntil }) => heldUntil?.atMs)).size).toBe(4)
  })

  test.each(['PRE_SCALE_UP', 'POST_PRODUCTION_TRAFFIC_SHIFT'])('is continued at %s too', async (stage) => {
    const ended = await released(nativeScenario({ config: { lifecycleHooks: [pauseAt(stage)] } }), {
      autoPromote: true,
    })
    expect(verdict(ended)).toBe('succeeded')
    expect(ended.snapshots.find(({ status }) => status === 'ready')?.heldAt).toBe(stage)
  })
})

describe('a release that ECS ends', () => {
  test('N5: for an alarm while a canary waits', async () => {
    const ended = await released(nativeScenario({ config: CANARY }), {}, (native) => alarmAt(native, 250))
    expect(verdict(ended)).toBe('rolled-back')
    expect(ended.settlement.snapshot).toMatchObject({ status: 'stopped', endReason: 'alarm' })
    expect(notable(ended)).toEqual(['PRODUCTION_TRAFFIC_SHIFT failed'])
    expect(shares(ended).at(0)).toBe(10)
    expect(replacementTraffic(ended.settlement.rollback.snapshot)).toBe(0)
  })

  test('N5b: without a rollback, where the alarms ask for none', async () => {
    const alarms = { alarmNames: ['web-5xx'], enable: true, rollback: false }
    const ended = await released(nativeScenario({ config: { ...CANARY, alarms } }), {}, (native) =>
      alarmAt(native, 250),
    )
    expect(verdict(ended)).toBe('failed')
    expect(ended.settlement).toMatchObject({
      rollback: { status: 'none', wasDue: false },
      snapshot: { endReason: 'alarm', statusWord: 'STOPPED', rollbackOn: [] },
    })
    expect(replacementTraffic(ended.settlement.snapshot)).toBe(10)
    // Nothing follows, so nothing is waited for.
    expect(ended.settlement.rollback.lookedForMs).toBeLessThan(5_000)
  })

  test('N5c: for an alarm in the bake time, when all of production had moved', async () => {
    const ended = await released(nativeScenario(), {}, (native) => alarmAt(native, 200))
    expect(verdict(ended)).toBe('rolled-back')
    expect(notable(ended)).toEqual(['BAKE_TIME failed'])
    expect(shares(ended)).toEqual([100, 0])
    expect(ended.settlement.snapshot?.eventsAreDone).toBe(true)
  })

  test('N8a: by its circuit breaker', async () => {
    const ended = await released(nativeScenario({ more: NEVER }))
    expect(verdict(ended)).toBe('rolled-back')
    expect(ended.settlement.snapshot?.endReason).toBe('failure')
    expect(ended.settlement.snapshot?.error?.message).toContain('circuit breaker threshold was exceeded')
    expect(notable(ended)).toEqual(['SCALE_UP failed'])
  })

  test('N8b: not at all without one, so that the budget ends the wait', async () => {
    const config = { deploymentCircuitBreaker: { enable: false, rollback: false } }
    const ended = await released(nativeScenario({ config, more: NEVER }))
    expect(verdict(ended)).toBe('timed-out')
    expect(ended.settlement.snapshot).toMatchObject({ status: 'running' })
  })

  test('by a circuit breaker that does not roll back, with the replacement left there', async () => {
    const config = { deploymentCircuitBreaker: { enable: true, rollback: false } }
    const ended = await released(nativeScenario({ config, more: NEVER }))
    expect(verdict(ended)).toBe('failed')
    expect(ended.settlement).toMatchObject({ rollback: { status: 'none' }, snapshot: { endReason: 'failure' } })
  })

  test('N11b: with a rollback that fails, in the words of ECS', async () => {
    const course = { ruleEdits: [{ atSeconds: 260, deleted: true }] }
    const ended = await released(nativeScenario({ config: CANARY, course }), {}, (native) => alarmAt(native, 250))
    expect(verdict(ended)).toBe('rollback-failed')
    expect(ended.settlement).toMatchObject({
      snapshot: { endReason: 'alarm' },
      rollback: { status: 'failed', message: expect.stringContaining('One or more rules not found') },
    })
    expect(replacementTraffic(ended.settlement.rollback.snapshot)).toBe(10)
  })

  test('N16: for rules that send production to two target groups', async () => {
    const ended = await released(nativeScenario({ service: { productionWeights: [60, 40] } }))
    expect(verdict(ended)).toBe('rolled-back')
    expect(ended.settlement.snapshot).toMatchObject({ endReason: 'failure' })
  })
})

test('N8c, N11a: a first deployment that fails has nothing to go back to', () =>
  withNativeService(nativeScenario({ more: NEVER, service: { firstDeployment: true } }), async (native) => {
    const id = native.simulator.lane('demo:web')?.native?.deployments.at(-1)?.id ?? ''
    const ended = await native.toTheEnd(native.engine(), id)
    expect(verdict(ended)).toBe('rollback-failed')
    expect(ended.settlement.rollback.message).toContain('No rollback candidate was found')
  }))

describe('a release that somebody stops', () => {
  test.each<[string, number, string]>([
    ['N7: in the bake time', 300, 'BAKE_TIME'],
    ['N7a: while tasks start', 50, 'SCALE_UP'],
    ['N7b: while the former tasks are taken away', 440, 'CLEAN_UP'],
  ])('%s goes back', async (_, second, stage) => {
    const ended = await released(nativeScenario(), {}, (native) => stopAt(native, second))
    expect(verdict(ended)).toBe('rolled-back')
    expect(ended.settlement.snapshot).toMatchObject({ status: 'stopped', endReason: 'stop-request' })
    expect(notable(ended)).toEqual([`${stage} failed`])
    expect(replacementTraffic(ended.settlement.rollback.snapshot)).toBe(0)
  })

  test('N9: is stopped without a rollback of its own when somebody has another one deployed', async () => {
    const ended = await released(nativeScenario(), {}, (native) =>
      native.clock.atSecond(50, () => updateBySomebody(native)),
    )
    expect(verdict(ended)).toBe('stopped')
    expect(ended.settlement).toMatchObject({ rollback: { status: 'none' }, snapshot: { endReason: 'stop-request' } })
  })
})
