import { describe, expect, test } from '@jest/globals'
import { delayed, until, within } from '../../src/time/race.ts'
import { virtualClock } from '../support/virtual-clock.ts'

const never = () => new Promise<string>(() => {})

describe('an answer raced with a signal', () => {
  test('is the answer when it comes first, and leaves no listener behind', async () => {
    const { signal } = new AbortController()
    let listeners = 0
    const { addEventListener, removeEventListener } = signal
    signal.addEventListener = ((...args: Parameters<typeof addEventListener>) => {
      listeners += 1
      addEventListener.apply(signal, args)
    }) as typeof addEventListener
    signal.removeEventListener = ((...args: Parameters<typeof removeEventListener>) => {
      listeners -= 1
      removeEventListener.apply(signal, args)
    }) as typeof removeEventListener
    expect(await until(signal, Promise.resolve('read'))).toBe('read')
    expect(listeners).toBe(0)
  })

  test('is given up as soon as the signal is aborted', async () => {
    const controller = new AbortController()
    const answer = until(controller.signal, never())
    controller.abort()
    expect(await answer).toBeUndefined()
  })

  test('is not waited for when the signal is aborted already', async () => {
    expect(await until(AbortSignal.abort(), never())).toBeUndefined()
  })

  test('is not taken when the signal is aborted already, even though it is there', async () => {
    expect(await until(AbortSignal.abort(), Promise.resolve('read'))).toBeUndefined()
  })

  test('is given up when asking for it aborts the signal', async () => {
    const controller = new AbortController()
    const ask = async () => {
      controller.abort()
      return 'read'
    }
    expect(await until(controller.signal, ask())).toBeUndefined()
  })

  test('fails as the answer does, and a failure that nobody waits for any longer is dropped', async () => {
    const { signal } = new AbortController()
    await expect(until(signal, Promise.reject(new Error('denied')))).rejects.toThrow('denied')
    expect(await until(AbortSignal.abort(), Promise.reject(new Error('too late')))).toBeUndefined()
  })
})

describe('an answer raced with a limit', () => {
  test('is the answer when it comes in time', async () => {
    const clock = virtualClock()
    const answer = within(clock, 2_000, async () => {
      await clock.sleep(1_999)
      return 'read'
    })
    expect(await answer).toBe('read')
  })

  test('is given up after the limit, and whoever is asked learns of it', async () => {
    const clock = virtualClock()
    let asked: AbortSignal | undefined
    const answer = within(clock, 2_000, async (signal) => {
      asked = signal
      await clock.sleep(2_001)
      return 'read'
    })
    expect(await answer).toBeUndefined()
    expect(asked?.aborted).toBe(true)
  })
})

describe('a signal that follows another one', () => {
  test('is aborted so much later, whether the other one is aborted before or afterwards', async () => {
    const clock = virtualClock()
    const controller = new AbortController()
    const early = delayed(clock, controller.signal, 4_000).signal
    await clock.sleep(10_000)
    controller.abort()
    const late = delayed(clock, controller.signal, 4_000).signal
    await clock.sleep(3_999)
    expect([early.aborted, late.aborted]).toEqual([false, false])
    await clock.sleep(1)
    expect([early.aborted, late.aborted]).toEqual([true, true])
  })

  test('is never aborted once it is cancelled', async () => {
    const clock = virtualClock()
    const controller = new AbortController()
    const before = delayed(clock, controller.signal, 4_000)
    before.cancel()
    controller.abort()
    const during = delayed(clock, controller.signal, 4_000)
    during.cancel()
    await clock.sleep(5_000)
    expect([before.signal.aborted, during.signal.aborted]).toEqual([false, false])
  })
})
