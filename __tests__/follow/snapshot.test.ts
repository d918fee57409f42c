import { describe, expect, test } from '@jest/globals'
import {
  areEventsKnown,
  failedEvent,
  hasEnded,
  hookOf,
  isAtTestHook,
  isBeforeProduction,
  isCurrent,
  isWaitingForPromotion,
  keepOpenAt,
  keepReadySince,
  lastEventEndMs,
  lastReadAt,
  productionMoved,
  readySinceMs,
  replacementTraffic,
  runningEvent,
  type Snapshot,
} from '../../src/follow/snapshot.ts'
import { at, snapshot, T0, taskSets } from '../support/snapshots.ts'

/** The original of a deployment that has no replacement yet. */
const ALONE = taskSets(0).slice(0, 1)
const UNSEEN = { trafficPercent: undefined }
const READY = { status: 'ready' } as const

describe('the share of production on the replacement', () => {
  test.each<[string, Snapshot | undefined, number | undefined]>([
    ['is what the replacement says', snapshot('SSSSSSRP', { taskSets: taskSets(30) }), 30],
    ['is 0 while only the original is listed', snapshot('R', { taskSets: ALONE }), 0],
    [
      'is unknown when the original does not say',
      snapshot('R', { taskSets: ALONE.map((one) => ({ ...one, ...UNSEEN })) }),
      undefined,
    ],
    ['is unknown when the replacement does not say', snapshot('SR', { taskSets: taskSets(0, UNSEEN) }), undefined],
    ['is unknown when nothing is listed', snapshot('SSSSSSRP'), undefined],
    ['is unknown before the first reading', undefined, undefined],
  ])('%s', (_what, reading, percent) => {
    expect(replacementTraffic(reading)).toBe(percent)
  })
})

describe('production has moved', () => {
  test.each<[string, Snapshot, boolean]>([
    ['with the last event', snapshot('SSSSSSSS'), true],
    [
      'with all of the traffic, while the last hook still runs',
      snapshot('SSSSSSSR', { taskSets: taskSets(100) }),
      true,
    ],
    [
      'with a replacement that is primary, where no share was seen',
      snapshot('SSSSSSRP', { taskSets: taskSets(0, { ...UNSEEN, state: 'primary' }) }),
      true,
    ],
    ['not with nearly all of it', snapshot('SSSSSSRP', { taskSets: taskSets(99) }), false],
    ['not with an original that serves everything', snapshot('SSSSSRPP', { taskSets: taskSets(0) }), false],
    ['not as far as is known when nothing is listed', snapshot('SSSSSSRP'), false],
  ])('%s', (_what, reading, moved) => {
    expect(productionMoved(reading)).toBe(moved)
  })
})

test('what was read five seconds ago is told as what is now, and what was read before that is not', () => {
  expect(isCurrent(at(10), at(10))).toBe(true)
  expect(isCurrent(at(10), at(15))).toBe(true)
  expect(isCurrent(at(10), at(15.001))).toBe(false)
})

test('a reading counts from the later of its two halves, and from its status where its events were not read', () => {
  const read = (change: Partial<Snapshot>) => lastReadAt(snapshot('SSSSRPPP', change))
  expect(read({ statusReadAt: at(10), eventsReadAt: at(40) })).toEqual(at(40))
  expect(read({ statusReadAt: at(40), eventsReadAt: at(10) })).toEqual(at(40))
  expect(read({ statusReadAt: at(10), eventsReadAt: at(40), eventsAreStale: true })).toEqual(at(10))
  expect(read({ statusReadAt: at(10), eventsReadAt: undefined })).toEqual(at(10))
})

describe('the events of a reading are how they are', () => {
  const running = snapshot('SSSSRPPP', { eventsReadAt: at(10) })
  test.each<[string, Snapshot, number | undefined, boolean]>([
    ['while the deployment is followed', running, undefined, true],
    ['just after they were read', running, 12, true],
    ['not when they were read a minute ago', running, 70, false],
    ['a day later too, once the deployment has ended', { ...running, status: 'failed' }, 86_400, true],
    ['not when they were not read this time', { ...running, eventsAreStale: true }, undefined, false],
    ['not when it ended unseen', { ...running, eventsAreStale: true, status: 'stopped' }, 12, false],
    ['not when they were never read', { ...running, eventsReadAt: undefined }, undefined, false],
  ])('%s', (_what, reading, second, known) => {
    expect(areEventsKnown(reading, second === undefined ? undefined : at(second))).toBe(known)
  })
})

test.each<[Snapshot['status'], boolean]>([
  ['created', false],
  ['queued', false],
  ['running', false],
  ['ready', false],
  ['unknown', false],
  ['succeeded', true],
  ['failed', true],
  ['stopped', true],
])('whether a deployment that is %s has ended: %s', (status, ended) => {
  expect(hasEnded(snapshot('SRPPPPPP', { status }))).toBe(ended)
})

test('the event that runs and the one that failed are told by their status, and are absent where there is none', () => {
  expect(runningEvent(snapshot('SSSSRPPP'))?.name).toBe('AfterAllowTestTraffic')
  expect(runningEvent(snapshot('SSSSFKKK'))).toBeUndefined()
  expect(failedEvent(snapshot('SSSSFKKK'))?.name).toBe('AfterAllowTestTraffic')
  expect(failedEvent(snapshot('SSSSRPPP'))).toBeUndefined()
})

test('an event has the function that is named for it, and none that is named for another', () => {
  const hooks = { AfterAllowTestTraffic: 'check', AfterAllowTraffic: 'watch' }
  expect(hookOf(hooks, 'AfterAllowTraffic')).toBe('watch')
  expect(hookOf(hooks, 'BeforeInstall')).toBeUndefined()
})

test('the last end of the events so far is the latest of them, in whatever order they are told', () => {
  const reading = snapshot('SSSRPPPP')
  expect(lastEventEndMs(reading)).toBe(T0 + 3000)
  expect(lastEventEndMs({ events: reading.events.toReversed() })).toBe(T0 + 3000)
  expect(lastEventEndMs(snapshot('RPPPPPPP'))).toBeUndefined()
})

describe('the wait at Ready', () => {
  test.each<[string, Snapshot, number | undefined]>([
    ['begins with the test hook that still runs', snapshot('SSSSRPPP', READY), T0 + 4000],
    ['begins with the end of the last event', snapshot('SSSSSPPP', READY), T0 + 5000],
    ['begins with the reading where no event is seen', snapshot('', { ...READY, statusReadAt: at(90) }), T0 + 90_000],
    ['has not begun while the deployment runs', snapshot('SSSSRPPP'), undefined],
  ])('%s', (_what, reading, sinceMs) => {
    expect(readySinceMs(reading)).toBe(sinceMs)
  })

  test('counts from the first reading that says so', () => {
    const ready = (sinceMs: number) => snapshot('SSSSSPPP', { ...READY, readySinceMs: sinceMs })
    expect(keepReadySince(ready(T0 + 9), ready(T0 + 5)).readySinceMs).toBe(T0 + 5)
    expect(keepReadySince(ready(T0 + 9), snapshot('SSSSRPPP')).readySinceMs).toBe(T0 + 9)
    expect(keepReadySince(ready(T0 + 9), undefined).readySinceMs).toBe(T0 + 9)
    expect(keepReadySince(snapshot('SSSSSRPP'), ready(T0 + 5)).readySinceMs).toBeUndefined()
  })
})

describe('a deployment that has ended', () => {
  const ended = snapshot('SSSSSSSS', { status: 'succeeded', statusReadAt: at(60) })
  const open = snapshot('SSSSSSSR', { statusReadAt: at(30), eventsReadAt: at(45) })

  test('keeps when it was last seen open, by the later half of that reading', () => {
    expect(keepOpenAt(ended, open).wasOpenAt).toEqual(at(45))
  })

  test('keeps it over every later reading', () => {
    expect(keepOpenAt({ ...ended, statusReadAt: at(90) }, keepOpenAt(ended, open)).wasOpenAt).toEqual(at(45))
  })

  test('has none when it had ended by the first reading', () => {
    expect(keepOpenAt(ended, undefined)).toEqual(ended)
    expect(keepOpenAt(ended, ended)).not.toHaveProperty('wasOpenAt')
  })

  test('has none while it goes on', () => {
    expect(keepOpenAt(snapshot('SSSSSSSR'), open)).not.toHaveProperty('wasOpenAt')
  })
})

describe.each<[string, Snapshot, { waits: boolean; atTestHook: boolean; beforeProduction: boolean }]>([
  [
    'at Ready after its test hook',
    snapshot('SSSSSPPP', READY),
    { waits: true, atTestHook: false, beforeProduction: true },
  ],
  [
    'at Ready, with an event that was skipped',
    snapshot('SSSSKPPP', READY),
    { waits: true, atTestHook: false, beforeProduction: true },
  ],
  [
    'at Ready while its test hook runs',
    snapshot('SSSSRPPP', READY),
    { waits: false, atTestHook: false, beforeProduction: true },
  ],
  [
    'at Ready before its test hook',
    snapshot('SSSSPPPP', READY),
    { waits: false, atTestHook: false, beforeProduction: true },
  ],
  [
    'at Ready whose events cannot be seen',
    snapshot('', READY),
    { waits: true, atTestHook: false, beforeProduction: true },
  ],
  [
    'at Ready with events that end before the shift',
    snapshot('SSSSR', READY),
    { waits: false, atTestHook: false, beforeProduction: true },
  ],
  ['that runs its test hook', snapshot('SSSSRPPP'), { waits: false, atTestHook: true, beforeProduction: true }],
  [
    'that runs its test hook, and skips what comes after',
    snapshot('SSSSRKKP'),
    { waits: false, atTestHook: true, beforeProduction: true },
  ],
  ['that is being installed', snapshot('SRPPPPPP'), { waits: false, atTestHook: false, beforeProduction: false }],
  [
    'that has all events before Ready behind it and runs',
    snapshot('SSSSSPPP'),
    { waits: false, atTestHook: false, beforeProduction: false },
  ],
  [
    'at Ready, with the first event after it begun',
    snapshot('SSSSSRPP', READY),
    { waits: true, atTestHook: false, beforeProduction: false },
  ],
  [
    'at Ready, with production on the replacement already',
    snapshot('SSSSSPPP', { ...READY, taskSets: taskSets(100) }),
    { waits: true, atTestHook: false, beforeProduction: false },
  ],
  [
    'that has failed at its test hook',
    snapshot('SSSSFKKK', { status: 'failed' }),
    { waits: false, atTestHook: false, beforeProduction: false },
  ],
  [
    'that ended while its test hook was last seen running',
    snapshot('SSSSRPPP', { status: 'stopped' }),
    { waits: false, atTestHook: false, beforeProduction: false },
  ],
])('a deployment %s', (_what, reading, expected) => {
  test(`${expected.waits ? 'waits' : 'does not wait'} for somebody to continue it`, () => {
    expect(isWaitingForPromotion(reading)).toBe(expected.waits)
  })

  test(`${expected.atTestHook ? 'is' : 'is not'} told as being at its test hook`, () => {
    expect(isAtTestHook(reading)).toBe(expected.atTestHook)
  })

  test(`${expected.beforeProduction ? 'is' : 'is not'} surely before production`, () => {
    expect(isBeforeProduction(reading)).toBe(expected.beforeProduction)
  })
})
