import { describe, expect, test } from '@jest/globals'
import { CallError } from '../../src/aws/attempts.ts'
import { OwnSession, type Session } from '../../src/aws/session.ts'
import { virtualClock } from '../support/virtual-clock.ts'

const MINUTE_MS = 60_000

/** A session on a clock of its own; the takings that `fails` names by number fail. */
function sessionWith({ lastsMs = 60 * MINUTE_MS, fails = (_: number): boolean => false } = {}) {
  const clock = virtualClock()
  const takenAtMin: number[] = []
  const startMs = clock.now()
  const own = new OwnSession(clock, async () => {
    takenAtMin.push((clock.now() - startMs) / MINUTE_MS)
    const number = takenAtMin.length
    if (fails(number)) {
      const error = { kind: 'unavailable', code: 'ServiceUnavailable', message: 'busy', notAccepted: false } as const
      throw new CallError('sts:AssumeRoleWithWebIdentity', error, undefined)
    }
    return session(`session ${number}`, lastsMs)
  })
  const use = async () => (await own.current()).accessKeyId
  return { own, use, clock, takenAtMin }
}

function session(accessKeyId: string, lastsMs: number): Session {
  return { accessKeyId, secretAccessKey: 's', sessionToken: 't', lastsMs, callerArn: '' }
}

describe('the session of a run', () => {
  test('is taken when it is first needed, once for all that need it at the same time', async () => {
    const { use, takenAtMin } = sessionWith()
    expect(takenAtMin).toEqual([])
    expect(await Promise.all([use(), use(), use()])).toEqual(['session 1', 'session 1', 'session 1'])
    expect(await use()).toBe('session 1')
  })

  test('is renewed a quarter of an hour before its end, as often as the wait needs', async () => {
    const { use, clock, takenAtMin } = sessionWith()
    for (let minute = 0; minute <= 300; minute++) {
      await use()
      await clock.sleep(MINUTE_MS)
    }
    expect(takenAtMin).toEqual([0, 45, 90, 135, 180, 225, 270])
  })

  test('is renewed in the middle of its life when it is short', async () => {
    const { use, clock, takenAtMin } = sessionWith({ lastsMs: 15 * MINUTE_MS })
    await use()
    await clock.sleep(7 * MINUTE_MS)
    await use()
    await clock.sleep(MINUTE_MS)
    await use()
    expect(takenAtMin).toEqual([0, 8])
  })

  test('serves on while it lasts when a renewal fails, which is tried again meanwhile', async () => {
    const { use, clock, takenAtMin } = sessionWith({ fails: (number) => number === 2 || number === 3 })
    await use()
    await clock.sleep(45 * MINUTE_MS)
    expect([await use(), await use()]).toEqual(['session 1', 'session 1'])
    await clock.sleep(MINUTE_MS)
    expect(await use()).toBe('session 1')
    await clock.sleep(MINUTE_MS)
    expect(await use()).toBe('session 4')
    expect(takenAtMin).toEqual([0, 45, 46, 47])
  })

  test('is gone at its end when no renewal succeeded, and comes back with the first that does', async () => {
    const { use, clock } = sessionWith({ fails: (number) => number === 2 })
    await use()
    await clock.sleep(60 * MINUTE_MS)
    await expect(use()).rejects.toThrow('sts:AssumeRoleWithWebIdentity: ServiceUnavailable: busy')
    expect(await use()).toBe('session 3')
  })

  test('is taken anew when AWS calls it expired, once for all calls that hear so', async () => {
    const { own, use, clock } = sessionWith()
    await use()
    await clock.sleep(MINUTE_MS)
    own.expire()
    expect(await use()).toBe('session 2')
    own.expire()
    expect(await use()).toBe('session 2')
  })
})
