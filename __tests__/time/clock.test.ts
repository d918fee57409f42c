import { expect, test } from '@jest/globals'
import { systemClock } from '../../src/time/clock.ts'

test('a sleep ends at once when its signal is aborted', async () => {
  const controller = new AbortController()
  const slept = systemClock.sleep(3_600_000, controller.signal)
  controller.abort()
  await slept
  await systemClock.sleep(3_600_000, controller.signal)
  expect(controller.signal.aborted).toBe(true)
})
