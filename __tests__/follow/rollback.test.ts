import { describe, expect, test } from '@jest/globals'
import type { Following } from '../../src/follow/following.ts'
import { cutShortBy, NO_ROLLBACK, type RollbackReasons, settleRollback } from '../../src/follow/rollback.ts'
import type { Snapshot } from '../../src/follow/snapshot.ts'
import { callError, handEngine, handFollowing } from '../support/hand-engine.ts'
import { snapshot, T0, taskSets } from '../support/snapshots.ts'

const ID = 'd-ORIGINAL1'
const POINTER = { deploymentId: 'd-ROLLBACK1', message: 'Automatic rollback is triggered.' }
const FAILED = failedWith({})

function failedWith(change: Partial<Snapshot>): Snapshot {
  return snapshot('SSSSFKKK', { status: 'failed', endedAtMs: T0, taskSets: taskSets(0), ...change })
}

const STOPPED: Partial<Snapshot> = { status: 'stopped', error: { code: 'MANUAL_STOP', message: '' } }
const BACK = snapshot('SSSSSSSS', { deploymentId: 'd-ROLLBACK1', status: 'succeeded' })
const NEVER = Number.POSITIVE_INFINITY

interface Case {
  ended?: Partial<Snapshot>
  /** When the pointer to the rollback shows, in seconds after the end. */
  shows?: number
  /** How the rollback deployment is; by default it has succeeded. */
  back?: Snapshot
  reasons?: RollbackReasons
  following?: Partial<Following>
  /** How far into the step the deployment ends, in milliseconds. */
  beganMs?: number
  /** What a look at the ended deployment throws at this second, if anything. */
  fails?(second: number): Error | undefined
}

async function settled({
  ended = {},
  shows = NEVER,
  back = BACK,
  reasons,
  following: change,
  beganMs = 0,
  fails,
}: Case) {
  const { clock, following, told, cancel } = handFollowing(change)
  if (beganMs > 0) await clock.sleep(beganMs)
  const end = failedWith(ended)
  const engine = handEngine(clock, (second, deploymentId) => {
    if (deploymentId !== ID) return back
    const error = fails?.(second)
    if (error !== undefined) throw error
    return second >= shows ? { ...end, rollback: POINTER } : end
  })
  const running = settleRollback(engine, end, following, reasons ?? { rollbackOn: [] })
  return { ...(await running), engine, told, tookMs: clock.now() - T0, cancel }
}

const DUE = { rollbackOn: ['failure'] } as const

describe('a rollback that is due', () => {
  test.each([0.5, 12, 48, 300, 880])('is found when it shows %s s after the end', async (shows) => {
    const { rollback, cutShort, tookMs } = await settled({ shows, reasons: DUE })
    expect(rollback).toMatchObject({ status: 'succeeded', deploymentId: 'd-ROLLBACK1', snapshot: BACK, wasDue: true })
    expect(cutShort).toBeUndefined()
    expect(tookMs).toBeLessThan(shows * 1000 + 16_000)
  })

  test('is looked for less and less often, and given up after the 15 min that a rollback may take', async () => {
    const { rollback, engine, tookMs, told } = await settled({ reasons: DUE })
    expect(rollback).toEqual({ ...NO_ROLLBACK, wasDue: true, lookedForMs: 900_000 })
    expect(tookMs).toBe(900_000)
    const looks = engine.times('observe')
    const gaps = looks.map((atMs, index) => atMs - (looks[index - 1] ?? 0))
    expect(gaps[0]).toBe(1_500)
    expect(Math.max(...gaps)).toBe(15_000)
    expect(looks.length).toBeLessThan(90)
    expect(told.heartbeats[0]).toMatchObject({ phase: { kind: 'rollback' }, atMostMs: 900_000 })
    expect(told.heartbeats.map(({ inPhaseMs }) => Math.floor(inPhaseMs / 60_000))).toEqual([0, 5, 10])
  })

  test('is looked for only 30 s where no replacement was started, unless that could not be seen', async () => {
    const { tookMs } = await settled({ reasons: DUE, ended: { taskSets: [] } })
    expect(tookMs).toBe(30_000)
    expect((await settled({ reasons: DUE, ended: { taskSets: [], eventsAreStale: true } })).tookMs).toBe(900_000)
  })

  test('is looked for 30 s after an end that is long ago, and for the rest of its time after one that is not', async () => {
    expect((await settled({ reasons: DUE, ended: { endedAtMs: T0 - 86_400_000 } })).tookMs).toBe(30_000)
    expect((await settled({ reasons: DUE, ended: { endedAtMs: T0 - 600_000 } })).tookMs).toBe(300_000)
    expect((await settled({ reasons: DUE, ended: { endedAtMs: T0 + 600_000 } })).tookMs).toBe(900_000)
    expect((await settled({ reasons: DUE, ended: { endedAtMs: undefined } })).tookMs).toBe(900_000)
  })

  test('is not known when the time of a cancelled step is over, or the step is cancelled', async () => {
    const late = await settled({ reasons: DUE, following: { untilMs: 6_000 } })
    expect(late).toMatchObject({ rollback: { status: 'unknown', wasDue: true }, cutShort: 'timed-out', tookMs: 6_000 })
    const signal = AbortSignal.abort()
    const cancelled = await settled({ reasons: DUE, following: { signal } })
    expect(cancelled).toMatchObject({ rollback: { status: 'unknown' }, cutShort: 'cancelled', tookMs: 0 })
    expect(cancelled.engine.asked).toEqual([])
  })

  test('is not waited for by a read that hangs when the step is cancelled', async () => {
    const { clock, following, cancel } = handFollowing()
    const engine = handEngine(clock, () => new Promise<Snapshot>(() => {}))
    clock.atSecond(3, cancel)
    const ending = settleRollback(engine, FAILED, following, DUE)
    await clock.sleep(10_000)
    expect(await ending).toMatchObject({ rollback: { status: 'unknown' }, cutShort: 'cancelled' })
  })

  test('is found although looks fail for passing reasons', async () => {
    const { rollback } = await settled({
      reasons: DUE,
      shows: 100,
      fails: (second) => (second > 5 && second < 200 ? callError('throttled') : undefined),
    })
    expect(rollback.status).toBe('succeeded')
  })

  test('is not known when nothing can be read any longer', async () => {
    const denied = await settled({ reasons: DUE, fails: () => callError('expired') })
    expect(denied).toMatchObject({ rollback: { status: 'unknown' }, cutShort: 'lost-sight', tookMs: 1_500 })
    const down = await settled({ reasons: DUE, fails: () => callError('unavailable') })
    expect(down).toMatchObject({ rollback: { status: 'unknown' }, cutShort: 'lost-sight', tookMs: 900_000 })
  })
})

describe('what makes a rollback due', () => {
  test.each<[string, Partial<Snapshot>, RollbackReasons, boolean, number]>([
    ['the settings that the release knows', {}, { rollbackOn: ['failure'] }, true, 900_000],
    ['what the deployment itself says', { rollbackOn: ['failure'] }, { rollbackOn: [] }, true, 900_000],
    ['not settings that the deployment says it does not have', { rollbackOn: [] }, DUE, false, 1_500],
    ['not a setting for another end', {}, { rollbackOn: ['alarm', 'stop'] }, false, 1_500],
    ['not a stop of ours when a failure ended it', {}, { rollbackOn: [], isAsked: true }, false, 1_500],
    ['a stop of ours', STOPPED, { rollbackOn: [], isAsked: true }, true, 900_000],
    [
      'a stop of ours whatever the deployment says',
      { ...STOPPED, rollbackOn: [] },
      { rollbackOn: [], isAsked: true },
      true,
      900_000,
    ],
    ['not a stop by somebody else', STOPPED, { rollbackOn: ['failure', 'alarm'] }, false, 120_000],
    [
      'not a ready wait that ran out',
      { status: 'stopped', error: { code: 'TIMEOUT', message: '' } },
      { rollbackOn: ['failure', 'stop'] },
      false,
      120_000,
    ],
  ])('is %s', async (_name, ended, reasons, wasDue, tookMs) => {
    const { rollback, ...rest } = await settled({ ended, reasons })
    expect(rollback).toEqual({ ...NO_ROLLBACK, wasDue, lookedForMs: tookMs })
    expect(rest).toMatchObject({ tookMs, cutShort: undefined })
  })

  test('a rollback that nobody surely asked for is found too, and not known when it could not be looked for', async () => {
    expect((await settled({ ended: STOPPED, shows: 48 })).rollback).toMatchObject({
      status: 'succeeded',
      wasDue: false,
    })
    const { rollback } = await settled({ ended: STOPPED, fails: () => callError('expired') })
    expect(rollback.status).toBe('unknown')
    expect((await settled({ fails: () => callError('expired') })).rollback.status).toBe('none')
  })
})

describe('the rollback itself', () => {
  test('a rollback that fails is reported with what CodeDeploy says of it', async () => {
    const back = { ...BACK, status: 'failed', error: { code: 'ECS_UPDATE_ERROR', message: 'refused' } } as const
    const { rollback } = await settled({ reasons: DUE, shows: 1, back })
    expect(rollback).toMatchObject({ status: 'failed', deploymentId: 'd-ROLLBACK1', message: 'refused' })
  })

  test('a rollback that is not over after 15 min is running, and the settling cut short', async () => {
    const back = snapshot('SSSSSSRP', { deploymentId: 'd-ROLLBACK1' })
    const { rollback, cutShort, tookMs } = await settled({ reasons: DUE, shows: 1, back })
    expect(rollback).toMatchObject({ status: 'running', deploymentId: 'd-ROLLBACK1' })
    expect(cutShort).toBe('timed-out')
    expect(tookMs).toBe(901_500)
  })

  test.each([
    [DUE, 'failed'],
    [{ rollbackOn: [] }, 'none'],
  ] as const)('a rollback that CodeDeploy says it cannot make, with %j, is %s', async (reasons, status) => {
    const { clock, following } = handFollowing()
    const cannot = { ...FAILED, rollback: { deploymentId: undefined, message: 'It cannot be rolled back.' } }
    const end = await settleRollback(
      handEngine(clock, () => cannot),
      FAILED,
      following,
      reasons,
    )
    expect(end.rollback).toMatchObject({ status, deploymentId: undefined, message: 'It cannot be rolled back.' })
  })
})

test('how long a rollback was looked for does not depend on how late in the step its deployment ended', async () => {
  const late = { beganMs: 3_600_000, ended: { endedAtMs: undefined }, reasons: DUE }
  const { rollback, told, tookMs } = await settled(late)
  expect([rollback.lookedForMs, tookMs]).toEqual([900_000, 4_500_000])
  expect(told.heartbeats.map(({ inPhaseMs }) => Math.floor(inPhaseMs / 60_000))).toEqual([0, 5, 10])
  const found = await settled({ ...late, shows: 3_612 })
  expect(found.rollback.status).toBe('succeeded')
  const signal = AbortSignal.abort()
  expect((await settled({ ...late, following: { signal } })).rollback.lookedForMs).toBe(0)
  const untilMs = 3_606_000
  expect((await settled({ ...late, following: { untilMs } })).rollback.lookedForMs).toBe(6_000)
})

test('only an end of the wait itself cuts the settling short', () => {
  const kinds = ['cancelled', 'timed-out', 'lost-sight', 'finish-line', 'ended', 'given-up', 'stop-asked'] as const
  expect(kinds.map(cutShortBy)).toEqual(['cancelled', 'timed-out', 'lost-sight', ...Array(4).fill(undefined)])
})
