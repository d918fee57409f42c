import { describe, expect, test } from '@jest/globals'
import { CallError } from '../../src/aws/attempts.ts'
import type { ReleaseEngine } from '../../src/follow/release-engine.ts'
import type { FaultKind } from '../../tools/simulator/scenario.ts'
import { assuming, nativeScenario } from '../tools/simulator/native/support/native-scenario.ts'
import { type NativePlay, newestOf, notable, released, verdict, withNativeService } from './support/native-play.ts'
import { CANARY, hook, pauseAt } from './support/native-stories.ts'

const DENIED: FaultKind = { type: 'denied' }

/** Starts a deployment, and lets so many seconds pass since the start. */
async function begun(native: NativePlay, second: number): Promise<{ engine: ReleaseEngine; id: string }> {
  const engine = native.engine()
  const id = await engine.start(await native.register())
  await native.clock.sleep((second - native.second()) * 1000)
  return { engine, id }
}

async function refusalOf(asked: Promise<unknown>): Promise<CallError> {
  const error = await asked.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(CallError)
  return error as CallError
}

const PAUSED = { config: { lifecycleHooks: [pauseAt('POST_TEST_TRAFFIC_SHIFT')] } }

describe('a stop', () => {
  test.each([30, 100, 300])('at second %i rolls the deployment back, and may be asked for twice', (second) =>
    withNativeService(nativeScenario(), async (native) => {
      const { engine, id } = await begun(native, second)
      await engine.stop(id, { rollback: true })
      await engine.stop(`${id}/rollback`, { rollback: true })
      expect(newestOf(native.simulator)[1]?.status).toBe('ROLLBACK_REQUESTED')
    }),
  )

  test.each(['ConflictException', 'InvalidParameterException'] as const)(
    'of a deployment that is over is told as that, by %s',
    (stopOfTerminal) =>
      withNativeService(assuming({ stopOfTerminal }), async (native) => {
        const { engine, id } = await begun(native, 600)
        const refusal = await refusalOf(engine.stop(id, { rollback: true }))
        expect([engine.saysEnded(refusal), engine.saysNotWaiting(refusal)]).toEqual([true, false])
      }),
  )

  test('that is refused while the former tasks go is not told as the end', () =>
    withNativeService(assuming({ stopInCleanUp: 'refused' }), async (native) => {
      const { engine, id } = await begun(native, 440)
      const refusal = await refusalOf(engine.stop(id, { rollback: true }))
      expect([refusal.serviceError.code, engine.saysEnded(refusal)]).toEqual(['Conflict', false])
    }))

  test('that is denied at a pause is the answer to the pause', () =>
    withNativeService(
      nativeScenario({ ...PAUSED, more: { faults: [{ operation: 'StopServiceDeployment', kind: DENIED }] } }),
      async (native) => {
        const { engine, id } = await begun(native, 100)
        await engine.stop(id, { rollback: true })
        expect(newestOf(native.simulator)[1]?.status).toBe('ROLLBACK_REQUESTED')
      },
    ))

  test.each<[string, number, object]>([
    [
      'where nothing waits',
      70,
      nativeScenario({ more: { faults: [{ operation: 'StopServiceDeployment', kind: DENIED }] } }),
    ],
    [
      'where the pause may not be answered either',
      100,
      nativeScenario({
        ...PAUSED,
        more: {
          faults: [
            { operation: 'StopServiceDeployment', kind: DENIED },
            { operation: 'ContinueServiceDeployment', kind: DENIED },
          ],
        },
      }),
    ],
  ])('that is denied is told as it is %s', (_, second, scenario) =>
    withNativeService(scenario as ReturnType<typeof nativeScenario>, async (native) => {
      const { engine, id } = await begun(native, second)
      expect(await refusalOf(engine.stop(id, { rollback: true }))).toMatchObject({
        operation: 'ecs:StopServiceDeployment',
        serviceError: { kind: 'denied' },
      })
    }),
  )

  test('of a deployment that does not exist is told as that', () =>
    withNativeService(nativeScenario(), async ({ engine }) => {
      const refusal = await refusalOf(engine().stop('x'.repeat(21), { rollback: true }))
      expect(refusal.serviceError.code).toBe('ServiceDeploymentNotFound')
      expect(engine().saysEnded(refusal)).toBe(false)
    }))
})

describe('a release that is given up', () => {
  test('is stopped, rolled back and followed to the end of that', () =>
    withNativeService(nativeScenario({ config: CANARY }), async (native) => {
      const engine = native.engine()
      const id = await engine.start(await native.register())
      const ended = await native.toTheEnd(engine, id, {
        reasonToGiveUp: async () => (native.second() > 200 ? 'why' : undefined),
      })
      expect(ended.outcome.kind).toBe('given-up')
      expect(verdict(ended)).toBe('rolled-back')
      expect(ended.settlement.stop?.refusal).toBeUndefined()
      expect(notable(ended)).toEqual(['PRODUCTION_TRAFFIC_SHIFT failed'])
      expect(ended.settlement.rollback).toMatchObject({ status: 'succeeded', wasDue: true })
    }))

  test('is rolled back when the workflow run is cancelled, by a look of its own that keeps the stages so far', () =>
    withNativeService(nativeScenario(), async (native) => {
      const cancellation = new AbortController()
      native.clock.atSecond(80, () => cancellation.abort())
      const engine = native.engine()
      const id = await engine.start(await native.register())
      const ended = await native.toTheEnd(engine, id, { signal: cancellation.signal, windDownMs: 240_000 })
      expect(verdict(ended)).toBe('cancelled')
      expect(ended.settlement.rollback.status).toBe('succeeded')
      expect(ended.stages.slice(0, 4)).toEqual([
        'PRE_SCALE_UP unseen',
        'SCALE_UP succeeded',
        'POST_SCALE_UP unseen',
        'TEST_TRAFFIC_SHIFT failed',
      ])
    }))

  test('is left alone once all of production has moved', () =>
    withNativeService(nativeScenario(), async (native) => {
      const cancellation = new AbortController()
      native.clock.atSecond(200, () => cancellation.abort())
      const engine = native.engine()
      const id = await engine.start(await native.register())
      const ended = await native.toTheEnd(engine, id, { signal: cancellation.signal })
      expect(ended.settlement.notStoppedBecause).toBe('moved')
      expect(newestOf(native.simulator)[1]?.status).toBe('IN_PROGRESS')
    }))

  test('is stopped at a pause that somebody asked to be stopped', () =>
    withNativeService(nativeScenario(PAUSED), async (native) => {
      const { engine, id } = await begun(native, 100)
      const snapshot = await engine.observe(id, undefined)
      expect(snapshot).toMatchObject({ status: 'ready', heldAt: 'POST_TEST_TRAFFIC_SHIFT' })
      const ended = await native.toTheEnd(engine, id, { reasonToGiveUp: async () => 'asked', before: snapshot })
      expect(verdict(ended)).toBe('rolled-back')
      expect(ended.settlement.snapshot?.endReason).toBe('stop-request')
    }))
})

describe('a promotion', () => {
  test('continues the pause that waits now, once', () =>
    withNativeService(nativeScenario(PAUSED), async (native) => {
      const { engine, id } = await begun(native, 100)
      await engine.promote(id)
      expect(newestOf(native.simulator)[1]?.stage).toBe('PRE_PRODUCTION_TRAFFIC_SHIFT')
      const refusal = await refusalOf(engine.promote(id))
      expect([engine.saysNotWaiting(refusal), engine.saysEnded(refusal)]).toEqual([true, false])
    }))

  test('continues every pause of the stage', () => {
    const lifecycleHooks = [pauseAt('POST_TEST_TRAFFIC_SHIFT'), pauseAt('POST_TEST_TRAFFIC_SHIFT')]
    return withNativeService(nativeScenario({ config: { lifecycleHooks } }), async (native) => {
      const { engine, id } = await begun(native, 100)
      await engine.promote(id)
      expect(native.asked().filter((operation) => operation === 'ContinueServiceDeployment')).toHaveLength(2)
      expect(newestOf(native.simulator)[1]?.stage).toBe('PRE_PRODUCTION_TRAFFIC_SHIFT')
    })
  })

  test('whose answer was lost is found to have been carried out', () =>
    withNativeService(
      nativeScenario({
        ...PAUSED,
        more: { faults: [{ operation: 'ContinueServiceDeployment', kind: { type: 'drop-after-accept' }, count: 1 }] },
      }),
      async (native) => {
        const { engine, id } = await begun(native, 100)
        const refusal = await refusalOf(engine.promote(id))
        expect(engine.saysNotWaiting(refusal)).toBe(true)
        expect(newestOf(native.simulator)[1]?.stage).toBe('PRE_PRODUCTION_TRAFFIC_SHIFT')
        expect(verdict(await native.toTheEnd(engine, id))).toBe('succeeded')
      },
    ))

  test('of a deployment that is over is told as that', () =>
    withNativeService(nativeScenario(), async (native) => {
      const { engine, id } = await begun(native, 600)
      const refusal = await refusalOf(engine.promote(id))
      expect(engine.saysEnded(refusal)).toBe(true)
      expect(native.asked()).not.toContain('ContinueServiceDeployment')
    }))

  test('that is denied is told once, and the deployment followed on', async () => {
    const more = { faults: [{ operation: 'ContinueServiceDeployment', kind: DENIED }] }
    const told: string[] = []
    const ended = await released(nativeScenario({ ...PAUSED, more }), {
      autoPromote: true,
      onPromotionDenied: ({ operation }) => void told.push(operation),
    })
    expect(told).toEqual(['ecs:ContinueServiceDeployment'])
    expect(ended.settlement.snapshot?.endReason).toBe('ready-wait-over')
  })
})

describe('a look', () => {
  test('is one request, also for the status alone', () =>
    withNativeService(nativeScenario(), async (native) => {
      const { engine, id } = await begun(native, 70)
      const before = native.asked().length
      const snapshot = await engine.observe(id, undefined)
      await engine.observe(id, snapshot, 'status-only')
      expect(native.asked().slice(before)).toEqual(['DescribeServiceDeployments', 'DescribeServiceDeployments'])
    }))

  test('right after a rollback has begun waits for its reason', () =>
    withNativeService(
      nativeScenario({
        config: { lifecycleHooks: [hook()] },
        course: { hookPlans: { validate: { answers: [{ afterSeconds: 5, hookStatus: 'FAILED' }] } } },
      }),
      async (native) => {
        const { engine, id } = await begun(native, 98.5)
        expect(newestOf(native.simulator)[1]?.status).toBe('ROLLBACK_REQUESTED')
        const snapshot = await engine.observe(id, undefined)
        expect(snapshot).toMatchObject({ status: 'failed', endReason: 'failure' })
        expect(snapshot.error?.message).toContain('returned FAILED status')
      },
    ))

  test('of a deployment that is gone is no verdict', () =>
    withNativeService(nativeScenario(), async ({ engine }) => {
      const refusal = await refusalOf(engine().observe('x'.repeat(21), undefined))
      expect(refusal.serviceError).toMatchObject({ kind: 'answered', code: 'ServiceDeploymentNotFound' })
    }))

  test('that was not kept by the caller keeps what was seen before', () =>
    withNativeService(nativeScenario(), async (native) => {
      const { engine, id } = await begun(native, 10)
      const first = await engine.observe(id, undefined)
      await native.clock.sleep(60_000)
      const second = await engine.observe(id, undefined)
      expect(second.events.find(({ name }) => name === 'SCALE_UP')).toMatchObject({
        status: 'succeeded',
        startedAtMs: first.statusReadAt.atMs,
      })
    }))
})

test('nothing ends the bake time early', () =>
  withNativeService(nativeScenario(), async ({ engine }) => {
    expect(engine().endTerminationWait).toBeUndefined()
  }))
