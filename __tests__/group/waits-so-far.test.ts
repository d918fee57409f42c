import { expect, test } from '@jest/globals'
import { endedWaits, type Wait, waitedMs, withWait } from '../../src/group/waits-so-far.ts'
import { at } from '../support/snapshots.ts'

const WAIT: Wait = { deploymentId: 'd-1', step: 'wait', startedAt: at(1), endedAt: undefined }
const ENDED: Wait = { ...WAIT, endedAt: at(1.5) }

test('the first wait begins when it is told of', () => {
  expect(withWait([], 'd-1', 'wait', at(1))).toEqual([WAIT])
})

test('a wait for the same deployment goes on from when it began', () => {
  const waits = [WAIT]
  expect(withWait(waits, 'd-1', 'wait', at(5))).toBe(waits)
})

test('what was done to make room is kept while it is waited for', () => {
  const stopping = withWait([WAIT], 'd-1', 'stop', at(5))
  expect(stopping).toEqual([{ ...WAIT, step: 'stop' }])
  expect(withWait(stopping, 'd-1', 'wait', at(6))).toBe(stopping)
  expect(withWait(stopping, 'd-1', 'stop', at(6))).toBe(stopping)
  expect(withWait(stopping, 'd-1', 'end-termination-wait', at(6))).toEqual([{ ...WAIT, step: 'end-termination-wait' }])
})

test('a deployment that gives way to another ends one wait and begins the next', () => {
  expect(withWait([WAIT], 'd-2', 'wait', at(5))).toEqual([
    { ...WAIT, endedAt: at(5) },
    { deploymentId: 'd-2', step: 'wait', startedAt: at(5), endedAt: undefined },
  ])
})

test('a deployment that is waited for again makes another wait', () => {
  expect(withWait([ENDED], 'd-1', 'wait', at(9))).toEqual([ENDED, { ...WAIT, startedAt: at(9) }])
})

test('waits are ended once', () => {
  expect(endedWaits([ENDED, WAIT], at(2))).toEqual([ENDED, { ...WAIT, endedAt: at(2) }])
})

test.each<[string, Wait[], number]>([
  ['none', [], 0],
  ['one that goes on', [WAIT], 3_000],
  ['one that is over and one that goes on', [ENDED, WAIT], 3_500],
])('the time waited in all of %s', (_name, waits, expected) => {
  expect(waitedMs(waits, at(4))).toBe(expected)
})

test('the time waited is counted by the clock that nobody sets', () => {
  expect(waitedMs([WAIT], { atMs: 0, monotonicMs: 4_000 })).toBe(3_000)
})
