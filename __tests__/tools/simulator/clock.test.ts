import { expect, test } from '@jest/globals'
import { manualClock, scaledClock } from '../../../tools/simulator/clock.ts'

test('a clock that is moved wakes everybody on the way, in order, each at its moment', () => {
  const clock = manualClock(0)
  const woken: [string, number][] = []
  const wake = (name: string) => () => woken.push([name, clock.now()])
  clock.at(3000, wake('third'))
  clock.at(1000, wake('first'))
  const forget = clock.at(1500, wake('nobody'))
  clock.at(2000, () => {
    wake('second')()
    clock.at(2500, wake('asked late'))
  })
  clock.at(3001, wake('not yet'))
  forget()
  clock.advance(3)
  expect(woken).toEqual([
    ['first', 1000],
    ['second', 2000],
    ['asked late', 2500],
    ['third', 3000],
  ])
  expect(clock.now()).toBe(3000)
})

test('a running clock can be moved forward and wakes by itself', async () => {
  const clock = scaledClock(1000, 0)
  const before = clock.now()
  clock.advance(3600)
  expect(clock.now() - before).toBeGreaterThanOrEqual(3_600_000)
  const dueMs = clock.now() + 5000
  await new Promise<void>((wake) => clock.at(dueMs, wake))
  expect(clock.now()).toBeGreaterThanOrEqual(dueMs)
})
