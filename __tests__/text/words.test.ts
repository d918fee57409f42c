import { describe, expect, test } from '@jest/globals'
import { andList, atMost, clockTime, count, duration, orList, percentText, trafficBar } from '../../src/text/words.ts'

const AT_MS = Date.UTC(2026, 7, 8, 23, 59, 59, 999)

test('a time is told to the second, in UTC, with its date where that is wanted', () => {
  expect(clockTime(AT_MS)).toBe('23:59:59Z')
  expect(clockTime(AT_MS, true)).toBe('2026-08-08 23:59:59Z')
})

test.each([
  [0, '0.0 s'],
  [-5_000, '0.0 s'],
  [150, '0.1 s'],
  [9_949, '9.9 s'],
  [9_950, '10 s'],
  [59_499, '59 s'],
  [59_500, '1 min'],
  [60_000, '1 min'],
  [303_000, '5 min 3 s'],
  [3_599_499, '59 min 59 s'],
  [3_599_500, '1 h'],
  [7_384_000, '2 h 3 min'],
  [432_000_000, '120 h'],
])('%d ms are told as %s', (durationMs, words) => {
  expect(duration(durationMs)).toBe(words)
})

test.each([
  [1, '1 min'],
  [60_000, '1 min'],
  [60_001, '2 min'],
  [3_540_001, '1 h'],
])('at most %d ms are told as %s', (durationMs, words) => {
  expect(atMost(durationMs)).toBe(words)
})

test.each([
  [0, '0 %'],
  [10, '10 %'],
  [33.333, '33.3 %'],
  [99.96, '100 %'],
  [100, '100 %'],
])('%d percent are told as %s', (percent, words) => {
  expect(percentText(percent)).toBe(words)
})

describe('a traffic bar', () => {
  test.each([
    [0, '[----------]   0 %'],
    [4, '[----------]   4 %'],
    [5, '[#---------]   5 %'],
    [20, '[##--------]  20 %'],
    [100, '[##########] 100 %'],
  ])('of %d percent is %s', (percent, bar) => {
    expect(trafficBar(percent)).toBe(bar)
  })

  test.each([-10, 110, Number.NaN])('can be drawn for %d percent, which AWS should not tell', (percent) => {
    expect(trafficBar(percent)).toHaveLength('[##########] 100 %'.length)
  })
})

test('lists and amounts are told as people would', () => {
  expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(andList)).toEqual(['', 'a', 'a and b', 'a, b and c'])
  expect([0, 1, 2].map((amount) => count(amount, 'task'))).toEqual(['0 tasks', '1 task', '2 tasks'])
})

test.each([
  [[], ''],
  [['a'], 'a'],
  [['a', 'b'], 'a or b'],
  [['a', 'b', 'c'], 'a, b or c'],
])('the choices %j are told as "%s"', (items, words) => {
  expect(orList(items)).toBe(words)
})
