import { describe, expect, test } from '@jest/globals'
import { follow } from '../../src/follow/follow.ts'
import type { Following, Outcome } from '../../src/follow/following.ts'
import type { ReleaseEngine } from '../../src/follow/release-engine.ts'
import { NO_ROLLBACK } from '../../src/follow/rollback.ts'
import { settle } from '../../src/follow/settle.ts'
import type { EarlyEndPolicy } from '../../src/follow/settlement.ts'
import type { Snapshot } from '../../src/follow/snapshot.ts'
import { callError, handEngine, handFollowing } from '../support/hand-engine.ts'
import { at, snapshot, T0, taskSets } from '../support/snapshots.ts'

const ID = 'd-ORIGINAL1'
const INSTALLING = snapshot('SRPPPPPP')
const SHIFTING = snapshot('SSSSSSRP', { taskSets: taskSets(10) })
const AT_READY = snapshot('SSSSSPPP', { status: 'ready', statusWord: 'Ready', taskSets: taskSets(0) })
const MOVED = snapshot('SSSSSSSR', { taskSets: taskSets(100) })
const SHIFTED = snapshot('SSSSSSSS', { taskSets: taskSets(100) })
const SUCCEEDED = snapshot('SSSSSSSS', { status: 'succeeded', taskSets: taskSets(100) })
const STOPPED = snapshot('SSSSSSFK', {
  status: 'stopped',
  error: { code: 'MANUAL_STOP', message: '' },
  taskSets: taskSets(10),
  rollback: { deploymentId: 'd-ROLLBACK1', message: '' },
})
const BACK = snapshot('SSSSSSSS', { deploymentId: 'd-ROLLBACK1', status: 'succeeded' })

const LEAVE: EarlyEndPolicy = { onCancel: 'leave', onTimeout: 'leave', rollbackOn: [], windDownMs: 6_000 }
const TAKE_BACK: EarlyEndPolicy = { ...LEAVE, onCancel: 'rollback', onTimeout: 'rollback' }

const lastly = {
  timedOut: (seen?: Snapshot): Outcome => ({
    kind: 'timed-out',
    snapshot: seen,
    phase: { kind: 'provisioning' },
    afterMs: 60_000,
  }),
  cancelled: (seen?: Snapshot): Outcome => ({ kind: 'cancelled', snapshot: seen }),
  givenUp: (seen: Snapshot): Outcome => ({ kind: 'given-up', snapshot: seen, reason: 'tasks stop' }),
  stopAsked: (seen: Snapshot): Outcome => ({ kind: 'stop-asked', snapshot: seen }),
}

interface Play {
  outcome: Outcome
  policy?: EarlyEndPolicy
  /** How the deployment is from now on; a stop ends it 5 s after it was accepted. */
  now?: Snapshot | ((second: number) => Snapshot)
  stop?: ReleaseEngine['stop']
  /** The end that a stop brings about is shown. */
  endsAfterStop?: boolean
  following?: Partial<Following>
}

async function play({
  outcome,
  policy = TAKE_BACK,
  now = SHIFTING,
  stop,
  endsAfterStop = true,
  following: change,
}: Play) {
  const { clock, following, told } = handFollowing(change)
  let stoppedAtSecond = Number.POSITIVE_INFINITY
  const engine = handEngine(
    clock,
    (second, deploymentId) => {
      if (deploymentId !== ID) return BACK
      const seen =
        endsAfterStop && second >= stoppedAtSecond + 5 ? STOPPED : typeof now === 'function' ? now(second) : now
      return { ...seen, statusReadAt: at(second), eventsReadAt: at(second) }
    },
    {
      stop: async (id, options) => {
        await stop?.(id, options)
        stoppedAtSecond = Math.min(stoppedAtSecond, (clock.now() - T0) / 1000)
      },
    },
  )
  const settlement = await settle(engine, ID, outcome, following, policy)
  const asked = engine.asked.map(({ what }) => what).filter((what) => what !== 'observe')
  return { settlement, engine, asked, told, tookMs: clock.now() - T0 }
}

const unread = (): never => {
  throw callError('unavailable')
}

describe('a release that reached its finish line or of which nothing can be read', () => {
  test.each<[string, Outcome]>([
    ['finish-line', { kind: 'finish-line', snapshot: SHIFTED }],
    [
      'lost-sight',
      {
        kind: 'lost-sight',
        snapshot: SHIFTING,
        error: { kind: 'expired', code: 'ExpiredToken', message: '', notAccepted: true },
        operation: 'codedeploy:GetDeployment',
      },
    ],
  ])('asks for nothing: %s', async (kind, outcome) => {
    const { settlement, engine } = await play({ outcome })
    expect(engine.asked).toEqual([])
    const isLost = kind === 'lost-sight'
    expect(settlement.rollback).toEqual({ ...NO_ROLLBACK, status: isLost ? 'unknown' : 'none' })
    expect(settlement.cutShort).toBe(isLost ? 'lost-sight' : undefined)
  })
})

test('trouble with reading that outlasts the wait is told once, and its end once', async () => {
  const budget = { totalMs: 60_000, overallMs: 60_000, phaseMs: () => 60_000 }
  const { clock, following, told } = handFollowing({ budget })
  const engine = handEngine(clock, (second) => (second < 90 ? unread() : SHIFTING))
  const outcome = await follow(engine, ID, following)
  expect(outcome.kind).toBe('timed-out')
  expect(told.readTroubles).toHaveLength(1)
  await settle(engine, ID, outcome, following, LEAVE)
  expect(told.readTroubles).toMatchObject([{ began: expect.anything() }, { endedAfter: expect.any(Number) }])
})

describe('an end that the lifecycle events do not go with', () => {
  const BEHIND = { ...SUCCEEDED, events: INSTALLING.events, eventsAreStale: true, isBehind: true }
  const outcome: Outcome = { kind: 'finish-line', snapshot: BEHIND }

  test('is read again every 5 s until they do', async () => {
    const { settlement, engine, told } = await play({ outcome, now: (second) => (second < 20 ? BEHIND : SUCCEEDED) })
    expect(engine.times('observe')).toEqual([5_000, 10_000, 15_000, 20_000])
    expect(settlement.snapshot).toMatchObject({ status: 'succeeded', eventsAreStale: false })
    expect(settlement.snapshot?.isBehind).toBeUndefined()
    expect(told.entries.map((entry) => entry.kind)).toContain('event')
  })

  test('is read again for a minute at most, also when reading fails', async () => {
    const late = await play({ outcome, now: BEHIND })
    expect(late.settlement.snapshot?.isBehind).toBe(true)
    expect(late.tookMs).toBe(60_000)
    const failing = await play({ outcome, now: unread })
    expect(failing.settlement.snapshot).toEqual(BEHIND)
    expect(failing.tookMs).toBe(60_000)
  })

  test('is read again in a step that is cancelled for as long as that goes on', async () => {
    const finished = await play({ outcome, following: { signal: AbortSignal.abort() }, now: BEHIND })
    expect(finished.engine.times('observe')).toEqual([5_000])
    expect(finished.tookMs).toBe(6_000)
    const cancelled = await play({ outcome: lastly.cancelled(SHIFTING), now: BEHIND })
    expect(cancelled.engine.times('observe')).toEqual([0, 5_000])
    expect(cancelled.tookMs).toBe(6_000)
  })

  test('is read again after a cancelled step that left it, where there are minutes for it', async () => {
    const minutes: EarlyEndPolicy = { ...TAKE_BACK, windDownMs: 240_000 }
    const outcome = lastly.cancelled(SHIFTING)
    const now = (second: number) => (second < 20 ? BEHIND : SUCCEEDED)
    const { settlement, engine } = await play({ outcome, policy: minutes, now })
    expect(engine.times('observe')).toEqual([0, 5_000, 10_000, 15_000, 20_000])
    expect(settlement.snapshot).toMatchObject({ status: 'succeeded', eventsAreStale: false })
    expect((await play({ outcome, policy: minutes, now: BEHIND })).tookMs).toBe(60_000)
  })
})

describe('a release that is to be left', () => {
  test.each([
    ['timed out', lastly.timedOut],
    ['was cancelled', lastly.cancelled],
  ])('is not read again when it %s right after a reading', async (_name, outcome) => {
    const { settlement, engine } = await play({ outcome: outcome(INSTALLING), policy: LEAVE })
    expect(engine.asked).toEqual([])
    expect(settlement).toMatchObject({ snapshot: INSTALLING, rollback: NO_ROLLBACK, cutShort: undefined })
  })

  test.each([
    ['timed out', lastly.timedOut],
    ['was cancelled', lastly.cancelled],
  ])('is read once more when it %s long after the last reading', async (_name, outcome) => {
    const old = { ...INSTALLING, statusReadAt: at(-6), eventsReadAt: at(-6) }
    const { settlement, asked, engine, told } = await play({ outcome: outcome(old), policy: LEAVE, now: SHIFTING })
    expect(asked).toEqual([])
    expect(engine.times('observe')).toEqual([0])
    expect(settlement.snapshot?.events).toEqual(SHIFTING.events)
    expect(settlement).toMatchObject({ rollback: NO_ROLLBACK, cutShort: undefined })
    expect(told.snapshots).toHaveLength(1)
  })

  test('counts what was read of its events also while its status is older', async () => {
    const seen = { ...INSTALLING, statusReadAt: at(-25), eventsReadAt: at(-1) }
    expect((await play({ outcome: lastly.timedOut(seen), policy: LEAVE })).engine.asked).toEqual([])
    const blind = { ...seen, eventsAreStale: true }
    expect((await play({ outcome: lastly.timedOut(blind), policy: LEAVE })).engine.asked).toHaveLength(1)
  })

  test('is unknown, and so is its rollback, when nothing can be read for a minute after its time was over', async () => {
    const old = { ...INSTALLING, statusReadAt: at(-3_840), eventsReadAt: at(-3_840) }
    const { settlement, asked, tookMs } = await play({ outcome: lastly.timedOut(old), policy: LEAVE, now: unread })
    expect(asked).toEqual([])
    expect(settlement).toMatchObject({ snapshot: old, rollback: { status: 'unknown' }, cutShort: 'lost-sight' })
    expect(tookMs).toBeGreaterThan(50_000)
    expect(tookMs).toBeLessThanOrEqual(60_000)
  })

  test('takes no longer than a cancelled step has, and leaves the rest to its post step', async () => {
    const old = { ...INSTALLING, statusReadAt: at(-60), eventsReadAt: at(-60) }
    const { settlement, tookMs } = await play({ outcome: lastly.cancelled(old), policy: LEAVE, now: unread })
    expect(settlement).toMatchObject({
      rollback: { status: 'unknown' },
      cutShort: 'timed-out',
      notStoppedBecause: undefined,
    })
    expect(tookMs).toBeLessThanOrEqual(6_000)
  })

  test('a deployment to be left that has ended meanwhile is reported with its rollback', async () => {
    const old = { ...SHIFTING, statusReadAt: at(-60), eventsReadAt: at(-60) }
    const { settlement } = await play({ outcome: lastly.timedOut(old), policy: LEAVE, now: STOPPED })
    expect(settlement).toMatchObject({ snapshot: { status: 'stopped' }, rollback: { status: 'succeeded' } })
  })
})

describe('a release that is to be taken back', () => {
  test.each([
    ['timed out', lastly.timedOut],
    ['was cancelled', lastly.cancelled],
  ])('is looked at, then stopped with rollback, when it %s', async (_name, outcome) => {
    const { settlement, asked, engine } = await play({ outcome: outcome(INSTALLING) })
    expect(asked).toEqual(['stop with rollback'])
    expect(engine.asked[0]).toEqual({ atMs: 0, what: 'observe', deploymentId: ID })
    expect(settlement.stop).toEqual({ refusal: undefined })
    expect(settlement.notStoppedBecause).toBeUndefined()
  })

  test.each([
    ['timed out', lastly.timedOut],
    ['was cancelled', lastly.cancelled],
  ])('is not stopped when it %s and the fresh look shows that production has moved', async (_name, outcome) => {
    for (const now of [MOVED, SHIFTED, snapshot('SSSSSSSR', { taskSets: taskSets(0, { state: 'primary' }) })]) {
      const { settlement, asked } = await play({ outcome: outcome(INSTALLING), now })
      expect(asked).toEqual([])
      expect(settlement).toMatchObject({ notStoppedBecause: 'moved', rollback: NO_ROLLBACK, stop: undefined })
    }
  })

  test('is stopped by what it is now, not by an older reading that said production had moved', async () => {
    const { asked } = await play({ outcome: lastly.cancelled(MOVED), now: SHIFTING })
    expect(asked).toEqual(['stop with rollback'])
  })

  test('is stopped although production has moved when an earlier step had stopped it already', async () => {
    const { asked } = await play({
      outcome: lastly.cancelled(MOVED),
      now: MOVED,
      policy: { ...TAKE_BACK, wasStopped: true },
    })
    expect(asked).toEqual(['stop with rollback'])
  })

  test.each([
    ['goes on from Ready meanwhile', SHIFTING, {}, [], 'not-at-ready'],
    ['waits at Ready', AT_READY, {}, ['stop with rollback'], undefined],
    ['goes on, but whose stop was accepted', SHIFTING, { wasStopAccepted: true }, ['stop with rollback'], undefined],
  ] as const)(
    'that was to be stopped at Ready only and %s is stopped by what it is now',
    async (_name, now, more, asked, spared) => {
      const policy = { ...TAKE_BACK, wasStopped: true, onlyAtReady: true, ...more }
      const played = await play({ outcome: lastly.cancelled(AT_READY), now, policy })
      expect(played.asked).toEqual(asked)
      expect(played.settlement.notStoppedBecause).toBe(spared)
    },
  )

  test.each([
    ['timed out', lastly.timedOut, 'lost-sight'],
    ['was cancelled', lastly.cancelled, 'timed-out'],
  ] as const)('is never stopped unseen when it %s', async (_name, outcome, cutShort) => {
    const { settlement, asked } = await play({ outcome: outcome(SHIFTING), now: unread })
    expect(asked).toEqual([])
    expect(settlement).toMatchObject({
      notStoppedBecause: 'unseen',
      rollback: { status: 'unknown' },
      cutShort,
      stop: undefined,
    })
  })

  test('is not stopped unseen because a read hangs, and takes no longer than a cancelled step has', async () => {
    const { clock, following } = handFollowing()
    const engine = handEngine(clock, () => new Promise<Snapshot>(() => {}))
    const settling = settle(engine, ID, lastly.cancelled(SHIFTING), following, TAKE_BACK)
    await clock.sleep(6_500)
    expect(await settling).toMatchObject({ notStoppedBecause: 'unseen', cutShort: 'timed-out' })
    expect(engine.times('stop with rollback')).toEqual([])
  })

  test('a deployment to be taken back that has ended or succeeded by itself is not stopped', async () => {
    const ended = await play({ outcome: lastly.cancelled(SHIFTING), now: STOPPED })
    expect(ended.asked).toEqual([])
    expect(ended.settlement).toMatchObject({ rollback: { status: 'succeeded' }, stop: undefined })
    const done = await play({ outcome: lastly.timedOut(SHIFTING), now: SUCCEEDED })
    expect(done.asked).toEqual([])
    expect(done.settlement).toMatchObject({ snapshot: { status: 'succeeded' }, rollback: NO_ROLLBACK })
  })

  test('follows a stop no longer than a cancelled step has', async () => {
    const { settlement, tookMs } = await play({
      outcome: lastly.cancelled(SHIFTING),
      policy: { ...TAKE_BACK, windDownMs: 4_000 },
    })
    expect(settlement).toMatchObject({ rollback: { status: 'running', wasDue: true }, cutShort: 'timed-out' })
    expect(tookMs).toBeLessThanOrEqual(4_000)
  })
})

test('a cancelled step whose stop was accepted leaves its end to the post step, also when nothing can be read after it', async () => {
  const { settlement } = await play({
    outcome: lastly.cancelled(SHIFTING),
    policy: { ...TAKE_BACK, windDownMs: 20_000 },
    now: (second) => (second < 1 ? SHIFTING : unread()),
    stop: async () => {},
    endsAfterStop: false,
  })
  expect(settlement).toMatchObject({ rollback: { status: 'running', wasDue: true }, cutShort: 'timed-out' })
})

describe('a stop', () => {
  test.each([
    ['that was asked for', lastly.stopAsked(SHIFTING)],
    ['of a release that was given up', lastly.givenUp(SHIFTING)],
  ])('%s is sent without another look, and its rollback followed', async (_name, outcome) => {
    const { settlement, asked, engine, told } = await play({ outcome })
    expect(engine.asked[0]?.what).toBe('stop with rollback')
    expect(asked).toEqual(['stop with rollback'])
    expect(told.stopsAccepted).toBe(1)
    expect(settlement).toMatchObject({
      snapshot: { status: 'stopped' },
      rollback: { status: 'succeeded', wasDue: true },
      stop: { refusal: undefined },
      cutShort: undefined,
    })
  })

  test.each<[string, Snapshot]>([
    ['waits at Ready', AT_READY],
    ['waits for the termination of the original', SHIFTED],
  ])('promotes nothing and ends no termination wait of a deployment that %s meanwhile', async (_name, now) => {
    const { asked } = await play({
      outcome: lastly.stopAsked(now),
      now,
      following: { autoPromote: true, endsTerminationWait: true, finishLine: 'production-traffic' },
    })
    expect(asked).toEqual(['stop with rollback'])
  })

  test('is sent again every 10 s while it fails for a passing reason', async () => {
    let failures = 3
    const { settlement, engine } = await play({
      outcome: lastly.givenUp(SHIFTING),
      stop: async () => {
        if (failures-- > 0) throw callError('throttled', 'ThrottlingException', true)
      },
    })
    const times = engine.times('stop with rollback')
    expect(times).toHaveLength(4)
    for (const [index, atMs] of times.slice(1).entries())
      expect(atMs - (times[index] ?? 0)).toBeGreaterThanOrEqual(10_000)
    expect(settlement).toMatchObject({ rollback: { status: 'succeeded' }, stop: { refusal: undefined } })
  })

  test.each([
    ['is not sent again once production has moved', lastly.givenUp(SHIFTING), 1],
    ['that somebody asked for is sent again also then', lastly.stopAsked(SHIFTING), 4],
  ])('%s', async (_name, outcome, atLeast) => {
    let failures = 3
    const { engine } = await play({
      outcome,
      now: (second) => (second < 2 ? SHIFTING : SHIFTED),
      stop: async () => {
        if (failures-- > 0) throw callError('throttled', 'ThrottlingException', true)
      },
    })
    expect(engine.times('stop with rollback')).toHaveLength(atLeast)
  })

  test('a stop that is denied is sent once; what was asked is at rest at once, what was given up is followed', async () => {
    const stop = async () => {
      throw callError('denied', 'AccessDenied', true)
    }
    const asked = await play({ outcome: lastly.stopAsked(SHIFTING), stop })
    expect(asked.asked).toEqual(['stop with rollback'])
    expect(asked.settlement).toMatchObject({
      snapshot: { status: 'running' },
      rollback: NO_ROLLBACK,
      stop: { refusal: 'AccessDenied: message', problem: { reason: 'denied' } },
      cutShort: undefined,
    })
    const givenUp = await play({ outcome: lastly.givenUp(SHIFTING), stop })
    expect(givenUp.asked).toEqual(['stop with rollback'])
    expect(givenUp.settlement).toMatchObject({
      rollback: { status: 'none', wasDue: false },
      stop: { refusal: 'AccessDenied: message', problem: { reason: 'denied' } },
      cutShort: 'timed-out',
    })
    expect(givenUp.tookMs).toBe(600_000)
  })

  test('a stop that was carried out although its answer was lost counts as ours', async () => {
    const { clock, following } = handFollowing()
    let isStopped = false
    const engine = handEngine(clock, (_second, id) => (id !== ID ? BACK : isStopped ? STOPPED : SHIFTING), {
      stop: async () => {
        isStopped = true
        throw callError('network', 'ECONNRESET')
      },
    })
    const { rollback, stop } = await settle(engine, ID, lastly.givenUp(SHIFTING), following, TAKE_BACK)
    expect(stop).toEqual({ refusal: undefined })
    expect(rollback).toMatchObject({ status: 'succeeded', wasDue: true })
  })

  test('a stop that was surely not accepted does not count as ours when somebody else stops the deployment', async () => {
    const quiet = { ...STOPPED, rollback: undefined }
    const { settlement } = await play({
      outcome: lastly.givenUp(SHIFTING),
      now: (second) => (second < 5 ? SHIFTING : quiet),
      stop: async () => {
        throw callError('throttled', 'ThrottlingException', true)
      },
    })
    expect(settlement.stop).toEqual({ refusal: 'ThrottlingException: message' })
    expect(settlement.rollback).toMatchObject({ status: 'none', wasDue: false })
  })

  test('whose end could not be read for ten minutes is lost from sight, one that was seen to go on is late', async () => {
    const { clock, following } = handFollowing()
    const engine = handEngine(clock, unread)
    const settled = await settle(engine, ID, lastly.stopAsked(SHIFTING), following, TAKE_BACK)
    expect(settled).toMatchObject({
      rollback: { status: 'unknown' },
      cutShort: 'lost-sight',
      stop: { refusal: undefined },
    })
    expect(clock.now() - T0).toBe(600_000)
    const late = handFollowing()
    const going = handEngine(late.clock, (second) => ({
      ...SHIFTING,
      statusReadAt: at(second),
      eventsReadAt: at(second),
    }))
    expect(await settle(going, ID, lastly.stopAsked(SHIFTING), late.following, TAKE_BACK)).toMatchObject({
      rollback: { status: 'running', wasDue: true },
      cutShort: 'timed-out',
    })
  })
})

test('a look before a deployment is left or stopped is made again soon, then less often, for a minute', async () => {
  const answersAt = async (answers: number) => {
    const { engine } = await play({
      outcome: lastly.timedOut(SHIFTING),
      now: (second) => (second < answers ? unread() : SHIFTING),
    })
    return [...new Set(engine.times('observe').filter((atMs) => atMs <= answers * 1000))]
  }
  expect(await answersAt(4)).toEqual([0, 1_000, 2_000, 3_000, 4_000])
  const looks = await answersAt(50)
  const gaps = looks.map((atMs, index) => atMs - (looks[index - 1] ?? 0))
  expect(Math.max(...gaps)).toBe(5_000)
  const { settlement, engine, asked } = await play({ outcome: lastly.timedOut(SHIFTING), now: unread })
  expect([settlement.notStoppedBecause, settlement.rollback.status, settlement.cutShort]).toEqual([
    'unseen',
    'unknown',
    'lost-sight',
  ])
  expect(asked).toEqual([])
  expect(Math.max(...engine.times('observe'))).toBeLessThan(60_000)
})
