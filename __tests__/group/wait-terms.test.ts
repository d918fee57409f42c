import { expect, test } from '@jest/globals'
import type { Occupant } from '../../src/group/occupant.ts'
import type { RoomStep } from '../../src/group/room-policy.ts'
import { leftMs, stepAgainst, type WaitTerms } from '../../src/group/wait-terms.ts'
import { OWN, occupantOf, roomOf } from '../support/group-parts.ts'
import { at, T0 } from '../support/snapshots.ts'

const NOBODY = new Set<RoomStep>()
const OTHERS = { ...OWN, pullRequest: '8', runId: '5' }
const LANE = { policy: 'replace', onlySamePullRequest: true, run: { ...OWN, pullRequest: '7' } } as const

test.each<[string, Partial<WaitTerms>, Partial<Occupant>, number, RoomStep]>([
  ['somebody else has made', {}, {}, 0, 'wait'],
  ['still runs a millisecond before the wait is over', {}, {}, 599.999, 'wait'],
  ['still runs when the wait is over', {}, {}, 600, 'refuse'],
  ['is free a millisecond before the wait is over', {}, { stage: 'shifted', freeAtMs: T0 + 599_999 }, 0, 'wait'],
  ['is free later than the wait', {}, { stage: 'shifted', freeAtMs: T0 + 600_001 }, 0, 'refuse'],
  ['waits for a person', {}, { stage: 'held' }, 0, 'refuse'],
  ['is not shifted and is to be replaced', { policy: 'replace' }, {}, 0, 'stop'],
  ['is in the way of a release that does not wait', { policy: 'fail' }, {}, 0, 'refuse'],
  [
    'is the rollback of another run, in the way of one that does not wait',
    { policy: 'fail' },
    { stage: 'rolling-back', rollbackOf: 'd-1', marker: { ...OWN, runId: '5' } },
    0,
    'refuse',
  ],
  [
    'is the rollback of its own earlier attempt, in the way of one that does not wait',
    { policy: 'fail' },
    { stage: 'rolling-back', rollbackOf: 'd-1', marker: OWN },
    0,
    'wait',
  ],
  [
    'is its own earlier attempt itself, in the way of one that does not wait',
    { policy: 'fail' },
    { marker: OWN },
    0,
    'refuse',
  ],
  ['is of another pull request on the lane', LANE, { marker: OTHERS }, 0, 'refuse'],
  ['is of nobody on the lane', LANE, {}, 0, 'refuse'],
  ['is of the same pull request on the lane', LANE, { marker: { ...OTHERS, pullRequest: '7' } }, 0, 'stop'],
])('a deployment that %s: what is done about it', (_name, room, occupant, second, step) => {
  expect(stepAgainst(roomOf(room), occupantOf(occupant), NOBODY, at(second))).toBe(step)
})

test('what was asked for already is waited for', () => {
  const asked = new Set<RoomStep>(['stop'])
  expect(stepAgainst(roomOf({ policy: 'replace' }), occupantOf(), asked, at(0))).toBe('wait')
})

test('the wait is counted by the clock that nobody sets', () => {
  const setForward = { atMs: T0 + 3_600_000, monotonicMs: 1_000 }
  expect(leftMs(roomOf(), setForward)).toBe(599_000)
  expect(stepAgainst(roomOf(), occupantOf(), NOBODY, setForward)).toBe('wait')
})
