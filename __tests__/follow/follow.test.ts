import { describe, expect, test } from '@jest/globals'
import { CallError } from '../../src/aws/attempts.ts'
import type { ErrorKind } from '../../src/aws/service-error.ts'
import { REFUSALS } from '../../src/code-deploy/refusals.ts'
import { follow } from '../../src/follow/follow.ts'
import type { Following, Heartbeat } from '../../src/follow/following.ts'
import { Outage } from '../../src/follow/outage.ts'
import type { ReleaseEngine } from '../../src/follow/release-engine.ts'
import type { Snapshot } from '../../src/follow/snapshot.ts'
import type { TimelineEntry } from '../../src/follow/timeline.ts'
import { snapshot, T0, taskSets } from '../support/snapshots.ts'
import { virtualClock } from '../support/virtual-clock.ts'

const HOUR_MS = 3_600_000
const ALL_AT_ONCE = { kind: 'all-at-once', durationMs: 0, stepPercent: 100, stepMs: 0 } as const

/** An engine whose deployment is what `at` says so many seconds after the start. */
function engineAt(clock: { now(): number }, at: (second: number) => Snapshot): ReleaseEngine & { promotions: number } {
  const engine = {
    promotions: 0,
    findStarted: async () => undefined,
    start: () => Promise.reject(new Error('not part of following')),
    stop: () => Promise.reject(new Error('not part of following')),
    endTerminationWait: async () => {},
    ...REFUSALS,
    promote: async () => {
      engine.promotions += 1
    },
    observe: async () => at((clock.now() - T0) / 1000),
  }
  return engine
}

function callError(kind: ErrorKind): CallError {
  const serviceError = { kind, code: 'Code', message: 'message', notAccepted: false }
  return new CallError('codedeploy:GetDeployment', serviceError, undefined)
}

function setUp(change: Partial<Following> = {}) {
  const clock = virtualClock()
  const told = { entries: [] as TimelineEntry[], heartbeats: [] as Heartbeat[], troubles: [] as unknown[] }
  const following: Following = {
    clock,
    signal: new AbortController().signal,
    random: () => 0.5,
    finishLine: 'production-traffic',
    budget: { totalMs: HOUR_MS, overallMs: undefined, phaseMs: () => HOUR_MS },
    hooks: {},
    shift: ALL_AT_ONCE,
    terminationWaitMs: 0,
    autoPromote: false,
    onEntry: (entry) => told.entries.push(entry),
    onSnapshot: () => {},
    onHeartbeat: (heartbeat) => told.heartbeats.push(heartbeat),
    reading: new Outage((news) => told.troubles.push(news)),
    onRequestTrouble: (trouble) => told.troubles.push(trouble),
    onPromotionDenied: () => {},
    onStopAccepted: () => {},
    reasonToGiveUp: async () => undefined,
    ...change,
  }
  return { clock, following, told }
}

test('reaches production traffic when every event is done, although the deployment goes on', async () => {
  const { clock, following } = setUp()
  const engine = engineAt(clock, (second) => snapshot(second < 100 ? 'SRPPPPPP' : 'SSSSSSSS'))
  const outcome = await follow(engine, 'd-ORIGINAL1', following)
  expect(outcome).toMatchObject({ kind: 'finish-line', snapshot: { status: 'running' } })
})

test('reaches completion only when the deployment has succeeded', async () => {
  const { clock, following } = setUp({ finishLine: 'completion' })
  const engine = engineAt(clock, (second) => snapshot('SSSSSSSS', second < 600 ? {} : { status: 'succeeded' }))
  const outcome = await follow(engine, 'd-ORIGINAL1', following)
  expect(outcome).toMatchObject({ kind: 'finish-line', snapshot: { status: 'succeeded' } })
  expect(clock.now() - T0).toBeGreaterThanOrEqual(600_000)
})

test('counts a status that it does not know as still running, and tells it once', async () => {
  const { clock, following, told } = setUp()
  const engine = engineAt(clock, (second) =>
    second < 300 ? snapshot('SRPPPPPP', { status: 'unknown', statusWord: 'Percolating' }) : snapshot('SSSSSSSS'),
  )
  expect((await follow(engine, 'd-ORIGINAL1', following)).kind).toBe('finish-line')
  expect(told.entries.filter((entry) => entry.kind === 'status' && entry.statusWord === 'Percolating')).toHaveLength(1)
})

test('times out in the phase whose limit is over, and counts each phase from its own start', async () => {
  const phaseMs = (phase: { kind: string }) => (phase.kind === 'provisioning' ? 200_000 : 50_000)
  const { clock, following } = setUp({ budget: { totalMs: 0, overallMs: undefined, phaseMs } })
  const engine = engineAt(clock, (second) => snapshot(second < 150 ? 'SRPPPPPP' : 'SSSSSSRP'))
  const outcome = await follow(engine, 'd-ORIGINAL1', following)
  expect(outcome).toMatchObject({ kind: 'timed-out', phase: { kind: 'shift' } })
  expect(clock.now() - T0).toBeGreaterThanOrEqual(200_000)
  expect(clock.now() - T0).toBeLessThan(215_000)
})

test('never fails a wait because of throttling, service trouble or network errors', async () => {
  const { clock, following, told } = setUp()
  const kinds = ['throttled', 'unavailable', 'network'] as const
  const engine = engineAt(clock, (second) => {
    if (second > 30 && second < 900) throw callError(kinds[Math.floor(second) % 3] ?? 'network')
    return snapshot(second < 900 ? 'SRPPPPPP' : 'SSSSSSSS')
  })
  expect((await follow(engine, 'd-ORIGINAL1', following)).kind).toBe('finish-line')
  expect(told.troubles).toMatchObject([{ began: expect.any(CallError) }, { endedAfter: expect.any(Number) }])
})

test.each(['expired', 'denied', 'no-credentials', 'invalid-credentials'] as const)(
  'loses sight at once when reads are %s',
  async (kind) => {
    const { clock, following } = setUp()
    const engine = engineAt(clock, (second) => {
      if (second > 60) throw callError(kind)
      return snapshot('SRPPPPPP')
    })
    const outcome = await follow(engine, 'd-ORIGINAL1', following)
    expect(outcome).toMatchObject({ kind: 'lost-sight', error: { kind }, snapshot: { status: 'running' } })
    expect(clock.now() - T0).toBeLessThan(70_000)
  },
)

test('says every five minutes of silence what it waits for', async () => {
  const { clock, following, told } = setUp({ hooks: { AfterAllowTestTraffic: 'slow-hook' } })
  const engine = engineAt(clock, (second) => snapshot(second < 850 ? 'SSSSRPPP' : 'SSSSSSSS'))
  await follow(engine, 'd-ORIGINAL1', following)
  expect(told.heartbeats).toHaveLength(2)
  expect(told.heartbeats[0]).toMatchObject({
    phase: { kind: 'hook', event: 'AfterAllowTestTraffic', hookFunction: 'slow-hook' },
    atMostMs: HOUR_MS,
  })
})

test('says once after 15 minutes, the longest run of a function, that a hook cannot be running any more, and then every 15', async () => {
  const { clock, following, told } = setUp({ hooks: { AfterAllowTestTraffic: 'silent-hook' } })
  const overdue: [string, number][] = []
  const engine = engineAt(clock, (second) => snapshot(second < 3_500 ? 'SSSSRPPP' : 'SSSSSSSS'))
  await follow(engine, 'd-ORIGINAL1', {
    ...following,
    onHookOverdue: async ({ event, hookFunction }) => {
      overdue.push([`${event} ${hookFunction}`, clock.now() - T0])
    },
  })
  expect(overdue).toEqual([['AfterAllowTestTraffic silent-hook', expect.any(Number)]])
  expect(overdue[0]?.[1]).toBeGreaterThanOrEqual(900_000)
  expect(overdue[0]?.[1]).toBeLessThan(925_000)
  expect(told.heartbeats.map(({ inPhaseMs }) => Math.round(inPhaseMs / 60_000))).toEqual([5, 10, 30, 45])
})

test('continues a deployment at Ready only when it was told to, and once no event before the shift is open', async () => {
  const held = (second: number) => {
    if (second < 60) return snapshot('SSSSRPPP', { status: 'ready' })
    return second < 90 ? snapshot('SSSSSPPP', { status: 'ready' }) : snapshot('SSSSSSSS')
  }
  const patient = setUp({ autoPromote: false })
  const untouched = engineAt(patient.clock, held)
  await follow(untouched, 'd-ORIGINAL1', patient.following)
  expect(untouched.promotions).toBe(0)

  const eager = setUp({ autoPromote: true })
  let promotedAtSecond = Number.NaN
  const engine = engineAt(eager.clock, held)
  engine.promote = async () => {
    promotedAtSecond = (eager.clock.now() - T0) / 1000
  }
  await follow(engine, 'd-ORIGINAL1', eager.following)
  expect(promotedAtSecond).toBeGreaterThanOrEqual(60)
})

test('stops looking when the run is cancelled, and keeps the last reading', async () => {
  const cancellation = new AbortController()
  const { clock, following } = setUp({ signal: cancellation.signal })
  clock.atSecond(100, () => cancellation.abort())
  const outcome = await follow(
    engineAt(clock, () => snapshot('SRPPPPPP')),
    'd-ORIGINAL1',
    following,
  )
  expect(outcome).toMatchObject({ kind: 'cancelled', snapshot: { status: 'running' } })
})

const NEVER = new Promise<never>(() => {})

describe('a cancel wins', () => {
  /** Follows with an engine that is cancelled by the test. */
  function cancellable(change: Partial<Following> = {}) {
    const cancellation = new AbortController()
    return { ...setUp({ signal: cancellation.signal, ...change }), cancel: () => cancellation.abort() }
  }

  test('over a spent budget, when it comes during the last look', async () => {
    const budget = { totalMs: 0, overallMs: 100_000, phaseMs: () => 0 }
    const { clock, following, cancel } = cancellable({ budget })
    const engine = engineAt(clock, () => snapshot('SRPPPPPP'))
    engine.observe = async (_, __, statusOnly) => {
      if (statusOnly === undefined) throw callError('throttled')
      cancel()
      return await NEVER
    }
    expect(await follow(engine, 'd-ORIGINAL1', following)).toEqual({ kind: 'cancelled', snapshot: undefined })
  })

  test('over a read during which the engine notices it and that never answers', async () => {
    const { clock, following, cancel } = cancellable()
    const engine = engineAt(clock, () => snapshot('SRPPPPPP'))
    engine.observe = () => {
      cancel()
      return NEVER
    }
    expect(await follow(engine, 'd-ORIGINAL1', following)).toEqual({ kind: 'cancelled', snapshot: undefined })
  })

  test('over a read that fails for good at that moment', async () => {
    const { clock, following, cancel } = cancellable()
    const engine = engineAt(clock, () => {
      cancel()
      throw callError('denied')
    })
    expect((await follow(engine, 'd-ORIGINAL1', following)).kind).toBe('cancelled')
  })

  test('over a reason to give up that is found at that moment, or still looked for', async () => {
    for (const answer of [Promise.resolve('tasks stop'), NEVER]) {
      const { clock, following, cancel } = cancellable()
      const engine = engineAt(clock, () => snapshot('SRPPPPPP'))
      const reasonToGiveUp = () => {
        cancel()
        return answer
      }
      const outcome = await follow(engine, 'd-ORIGINAL1', { ...following, reasonToGiveUp })
      expect(outcome).toMatchObject({ kind: 'cancelled', snapshot: { status: 'running' } })
    }
  })

  test('over a promotion and the end of a termination wait: neither is asked for afterwards', async () => {
    for (const reading of [snapshot('SSSSSPPP', { status: 'ready' }), snapshot('SSSSSSSS')]) {
      const change = { autoPromote: true, endsTerminationWait: true, finishLine: 'completion' } as const
      const { clock, following, cancel } = cancellable(change)
      let asked = 0
      const engine = engineAt(clock, () => reading)
      engine.promote = engine.endTerminationWait = async () => {
        asked += 1
      }
      const reasonToGiveUp = async () => {
        cancel()
        return undefined
      }
      expect((await follow(engine, 'd-ORIGINAL1', { ...following, reasonToGiveUp })).kind).toBe('cancelled')
      expect(asked).toBe(0)
    }
  })

  test('over a promotion whose answer does not come', async () => {
    const { clock, following, cancel } = cancellable({ autoPromote: true })
    const engine = engineAt(clock, () => snapshot('SSSSSPPP', { status: 'ready' }))
    engine.promote = () => {
      cancel()
      return NEVER
    }
    expect((await follow(engine, 'd-ORIGINAL1', following)).kind).toBe('cancelled')
  })

  test('when it came before: nothing is read', async () => {
    const { clock, following, cancel } = cancellable()
    cancel()
    let reads = 0
    const engine = engineAt(clock, () => {
      reads += 1
      return snapshot('SSSSSSSS')
    })
    expect((await follow(engine, 'd-ORIGINAL1', following)).kind).toBe('cancelled')
    expect(reads).toBe(0)
  })

  test('over nothing that is a fact: the finish line and the end of the deployment', async () => {
    for (const reading of [snapshot('SSSSSSSS'), snapshot('SSFPPPPP', { status: 'failed' })]) {
      const { clock, following, cancel } = cancellable()
      const engine = engineAt(clock, () => reading)
      const outcome = await follow(engine, 'd-ORIGINAL1', { ...following, onSnapshot: cancel })
      expect(outcome.kind).toBe(reading.status === 'failed' ? 'ended' : 'finish-line')
    }
  })
})

test('does not tell again what was told before it took over', async () => {
  const { clock, following, told } = setUp()
  const before = snapshot('SSSSRPPP')
  await follow(
    engineAt(clock, () => snapshot('SSSSSSSS')),
    'd-ORIGINAL1',
    following,
    before,
  )
  expect(told.entries.map((entry) => (entry.kind === 'event' ? entry.name : entry.kind))).toEqual([
    'AfterAllowTestTraffic',
    'BeforeAllowTraffic',
    'AllowTraffic',
    'AfterAllowTraffic',
  ])
})

test('a mistake of ours is not mistaken for a failed read', async () => {
  const { clock, following } = setUp()
  const engine = engineAt(clock, () => {
    throw new TypeError('a bug')
  })
  await expect(follow(engine, 'd-ORIGINAL1', following)).rejects.toThrow('a bug')
})

test.each([
  ['is not taken for tested when its test hook could not be seen', { AfterAllowTestTraffic: 'hook' }, 'timed-out'],
  ['is at the test listener when there is no test hook', { AfterInstall: 'hook' }, 'finish-line'],
])('a deployment that waits at Ready and whose events cannot be read %s', async (_name, hooks, kind) => {
  const { clock, following } = setUp({ finishLine: 'test-traffic', hooks })
  const blind = snapshot('', { status: 'ready', eventsAreStale: true, eventsReadAt: undefined })
  expect(
    (
      await follow(
        engineAt(clock, () => blind),
        'd-ORIGINAL1',
        following,
      )
    ).kind,
  ).toBe(kind)
})

test('a deployment at Ready is not continued by itself while its test hook cannot be seen, and is once it was seen to pass', async () => {
  const told: number[] = []
  const onPromotionUnsure = () => void told.push(clock.monotonicMs())
  const { clock, following } = setUp({ autoPromote: true, hooks: { AfterAllowTestTraffic: 'hook' }, onPromotionUnsure })
  const blind = snapshot('', { status: 'ready', eventsAreStale: true, eventsReadAt: undefined })
  let promotedAtSecond: number | undefined
  const engine = engineAt(clock, (second) => {
    if (promotedAtSecond !== undefined) return snapshot('SSSSSSSS')
    return second < 300 ? blind : snapshot('SSSSSPPP', { status: 'ready' })
  })
  engine.promote = async () => {
    promotedAtSecond = (clock.now() - T0) / 1000
  }
  expect((await follow(engine, 'd-ORIGINAL1', following)).kind).toBe('finish-line')
  expect(promotedAtSecond).toBeGreaterThanOrEqual(300)
  expect(told.length).toBeGreaterThan(0)
})

test.each<[string, string, number]>([
  ['BeforeAllowTraffic', 'SSSSSSRP', 10],
  ['AfterInstall', 'SSSPPPPP', 0],
])('a deployment that waits at %s is continued there, wherever production is', async (heldAt, letters, percent) => {
  const { clock, following } = setUp({ autoPromote: true })
  const held = snapshot(letters, { status: 'ready', heldAt, taskSets: taskSets(percent) })
  const engine = engineAt(clock, () => (engine.promotions === 0 ? held : snapshot('SSSSSSSS')))
  expect((await follow(engine, 'd-ORIGINAL1', following)).kind).toBe('finish-line')
  expect(engine.promotions).toBe(1)
})

describe('what takes a release further', () => {
  const AT_READY = snapshot('SSSSSPPP', { status: 'ready' })
  const SHIFTED = snapshot('SSSSSSSS')
  const SUCCEEDED = snapshot('SSSSSSSS', { status: 'succeeded' })

  test('a promotion that is denied is told once, not asked for again, and somebody else may still continue', async () => {
    const denied: string[] = []
    const onPromotionDenied = (_: CallError, wait: string) => void denied.push(wait)
    const { clock, following } = setUp({ autoPromote: true, onPromotionDenied })
    const engine = engineAt(clock, (second) => (second < 300 ? AT_READY : SHIFTED))
    let asked = 0
    engine.promote = async () => {
      asked += 1
      throw callError('denied')
    }
    expect((await follow(engine, 'd-ORIGINAL1', following)).kind).toBe('finish-line')
    expect({ asked, denied }).toEqual({ asked: 1, denied: ['ready'] })
  })

  test('a promotion that fails for a passing reason is asked for again, later each time, and told once', async () => {
    const { clock, following, told } = setUp({ autoPromote: true })
    const times: number[] = []
    const engine = engineAt(clock, (second) =>
      second < 200 ? AT_READY : second < 260 ? snapshot('SSSSSSRP') : SHIFTED,
    )
    engine.promote = async () => {
      times.push(clock.now() - T0)
      throw callError('throttled')
    }
    await follow(engine, 'd-ORIGINAL1', following)
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0))
    expect(gaps.slice(0, 4)).toEqual([10_000, 20_000, 30_000, 40_000])
    expect(told.troubles).toEqual([
      { began: expect.any(CallError) },
      { endedAfter: times.length, operation: expect.any(String) },
    ])
  })

  test.each(['expired', 'no-credentials'] as const)('sight is lost when a promotion is refused as %s', async (kind) => {
    const { clock, following } = setUp({ autoPromote: true })
    const engine = engineAt(clock, () => AT_READY)
    engine.promote = async () => {
      throw callError(kind)
    }
    expect(await follow(engine, 'd-ORIGINAL1', following)).toMatchObject({ kind: 'lost-sight', error: { kind } })
  })

  test('a termination wait is ended once, only when every event is done, and only when that was asked for', async () => {
    for (const endsTerminationWait of [true, false]) {
      const { clock, following } = setUp({ finishLine: 'completion', endsTerminationWait })
      const times: number[] = []
      const engine = engineAt(clock, (second) =>
        second < 100 ? snapshot('SSSSSSRP') : second < 300 ? SHIFTED : SUCCEEDED,
      )
      engine.endTerminationWait = async () => {
        times.push(clock.now() - T0)
      }
      await follow(engine, 'd-ORIGINAL1', following)
      expect(times).toHaveLength(endsTerminationWait ? 1 : 0)
      if (endsTerminationWait) expect(times[0]).toBeGreaterThanOrEqual(100_000)
    }
  })

  test('the end of a termination wait that is denied is told once and waited for', async () => {
    const denied: string[] = []
    const onPromotionDenied = (_: CallError, wait: string) => void denied.push(wait)
    const change = { finishLine: 'completion', endsTerminationWait: true, onPromotionDenied } as const
    const { clock, following } = setUp(change)
    let asked = 0
    const engine = engineAt(clock, (second) => (second < 300 ? SHIFTED : SUCCEEDED))
    engine.endTerminationWait = async () => {
      asked += 1
      throw callError('denied')
    }
    expect((await follow(engine, 'd-ORIGINAL1', following)).kind).toBe('finish-line')
    expect({ asked, denied }).toEqual({ asked: 1, denied: ['termination'] })
  })

  test('the end of a termination wait that fails for a passing reason is asked for again, and told of nobody', async () => {
    const denied: string[] = []
    const change = { finishLine: 'completion', endsTerminationWait: true } as const
    const { clock, following } = setUp({ ...change, onPromotionDenied: () => void denied.push('told') })
    let asked = 0
    const engine = engineAt(clock, (second) => (second < 300 ? SHIFTED : SUCCEEDED))
    engine.endTerminationWait = async () => {
      asked += 1
      if (asked < 3) throw callError('throttled')
    }
    await follow(engine, 'd-ORIGINAL1', following)
    expect({ asked, denied }).toEqual({ asked: 3, denied: [] })
  })

  test('nothing is asked for by a look that failed: what was seen before it is stale', async () => {
    const { clock, following } = setUp({ autoPromote: true, endsTerminationWait: true, finishLine: 'completion' })
    let asked = 0
    for (const before of [AT_READY, SHIFTED]) {
      const engine = engineAt(clock, () => {
        throw callError('throttled')
      })
      engine.promote = engine.endTerminationWait = async () => {
        asked += 1
      }
      const budget = { totalMs: 0, overallMs: 120_000, phaseMs: () => 0 }
      expect((await follow(engine, 'd-ORIGINAL1', { ...following, budget }, before)).kind).toBe('timed-out')
    }
    expect(asked).toBe(0)
  })
})

test('a spent budget is followed by a look at the status where the last one failed, unless no time is left at all', async () => {
  for (const untilMs of [undefined, 100_000]) {
    const budget = { totalMs: 0, overallMs: 100_000, phaseMs: () => 0 }
    const { clock, following } = setUp({ budget })
    const engine = engineAt(clock, () => snapshot('SSSSSSSS', { status: 'succeeded' }))
    engine.observe = async (_, __, statusOnly) => {
      if (statusOnly === undefined) throw callError('throttled')
      return snapshot('SSSSSSSS', { status: 'succeeded' })
    }
    const limit = untilMs === undefined ? {} : { untilMs }
    const { kind } = await follow(engine, 'd-ORIGINAL1', { ...following, ...limit })
    expect(kind).toBe(untilMs === undefined ? 'finish-line' : 'timed-out')
  }
})
