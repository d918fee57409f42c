import { describe, expect, test } from '@jest/globals'
import {
  type Attempts,
  attempt,
  attemptOnce,
  attemptOnward,
  CallError,
  waitBeforeAttemptMs,
} from '../../src/aws/attempts.ts'
import { SIMULATION_START_MS } from '../../tools/simulator/clock.ts'
import { virtualClock } from '../support/virtual-clock.ts'

type Outcome = Error | 'answer' | 'silence'

const throttled = () => httpError('ThrottlingException', 400)
const unavailable = () => httpError('ServerException', 500)
const refused = () => httpError('ClientException', 400)
const reset = () => Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })
const notListening = () => Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })

function httpError(name: string, httpStatusCode: number): Error {
  return Object.assign(new Error('text'), { name, $metadata: { httpStatusCode } })
}

/** Makes a call whose attempts end like this, on a clock of its own; every attempt takes no time, a silent one for ever. */
async function call(how: typeof attempt, outcomes: Outcome[], options: Partial<Attempts> = {}) {
  const clock = virtualClock()
  const atMs: number[] = []
  const send = async (signal: AbortSignal): Promise<string> => {
    const outcome = outcomes[atMs.length] ?? 'answer'
    atMs.push(clock.now() - SIMULATION_START_MS)
    if (outcome === 'silence') {
      await clock.sleep(30_000)
      expect(signal.aborted).toBe(true)
      throw Object.assign(new Error('Request aborted'), { name: 'AbortError' })
    }
    if (outcome === 'answer') return `answer ${atMs.length}`
    throw outcome
  }
  const result = await how({ clock, random: () => 1, maxAttempts: 3, ...options }, 'ecs:Describe', send).catch(
    (error: unknown) => error,
  )
  return { result, atMs }
}

describe('a call that may be repeated', () => {
  test('gives its answer at once', async () => {
    expect(await call(attempt, ['answer'])).toEqual({ result: 'answer 1', atMs: [0] })
  })

  test.each([
    ['throttling', throttled(), [0, 2_000, 6_000]],
    ['service trouble', unavailable(), [0, 500, 1_500]],
    ['a broken connection', reset(), [0, 500, 1_500]],
    ['what nobody knows', new Error('odd'), [0, 500, 1_500]],
  ])('is tried again after %s, with growing waits', async (_, error, atMs) => {
    expect(await call(attempt, [error, error])).toEqual({ result: 'answer 3', atMs })
  })

  test('fails after its last attempt, with what happened last', async () => {
    const last = reset()
    const { result, atMs } = await call(attempt, [throttled(), throttled(), last])
    expect(atMs).toHaveLength(3)
    expect(result).toBeInstanceOf(CallError)
    expect(result).toMatchObject({
      name: 'CallError',
      message: 'ecs:Describe: ECONNRESET: socket hang up',
      operation: 'ecs:Describe',
      serviceError: { kind: 'network', code: 'ECONNRESET' },
      cause: last,
    })
  })

  test.each([
    ['a refusal', refused()],
    ['expired credentials', httpError('ExpiredTokenException', 400)],
    ['a denial', httpError('AccessDeniedException', 400)],
    ['missing credentials', Object.assign(new Error('none'), { name: 'CredentialsProviderError' })],
  ])('fails at once after %s', async (_, error) => {
    const { result, atMs } = await call(attempt, [error])
    expect(result).toBeInstanceOf(CallError)
    expect(atMs).toEqual([0])
  })

  test('is ended after 30 s without an answer, and tried again', async () => {
    expect(await call(attempt, ['silence'])).toEqual({ result: 'answer 2', atMs: [0, 30_500] })
    const { result } = await call(attempt, ['silence'], { maxAttempts: 1 })
    expect(result).toMatchObject({ message: 'ecs:Describe: Timeout: no answer within 30 s' })
  })

  test('is made once when one attempt is all there is', async () => {
    const { atMs } = await call(attempt, [throttled()], { maxAttempts: 1 })
    expect(atMs).toEqual([0])
  })

  test('is not waited for between attempts once nothing is waited for any more', async () => {
    const controller = new AbortController()
    controller.abort()
    const { atMs } = await call(attempt, [throttled(), throttled()], { signal: controller.signal })
    expect(atMs).toEqual([0, 0, 0])
  })
})

/** Is cancelled while it waits to be sent again. */
function cancelledInBetween(): Partial<Attempts> {
  const controller = new AbortController()
  const random = () => {
    controller.abort()
    return 1
  }
  return { signal: controller.signal, random }
}

describe('a write that takes a release further', () => {
  test.each([
    ['that may be repeated', attemptOnward],
    ['that must not be carried out twice', attemptOnce],
  ])('is not sent again for a run that is cancelled meanwhile: one %s', async (_, how) => {
    const { result, atMs } = await call(how, [throttled()], cancelledInBetween())
    expect(atMs).toEqual([0])
    expect(result).toMatchObject({ serviceError: { kind: 'throttled' } })
  })

  test('is tried again as a read is while the run goes on', async () => {
    expect(await call(attemptOnward, [reset(), reset()])).toEqual({ result: 'answer 3', atMs: [0, 500, 1_500] })
  })

  test('is not what a stop is, which is sent again at once', async () => {
    expect((await call(attempt, [throttled()], cancelledInBetween())).result).toBe('answer 2')
  })
})

describe('a write that must not be carried out twice', () => {
  test.each([
    ['throttling', throttled(), 2_000],
    ['nothing listening', notListening(), 500],
  ])('is sent again after %s, which proves that it was not carried out', async (_, error, againMs) => {
    expect(await call(attemptOnce, [error])).toEqual({ result: 'answer 2', atMs: [0, againMs] })
  })

  test.each<[string, Outcome]>([
    ['service trouble', unavailable()],
    ['a broken connection', reset()],
    ['half an answer', httpError('SyntaxError', 200)],
    ['silence', 'silence'],
    ['a refusal', refused()],
    ['what nobody knows', new Error('odd')],
  ])('is not sent again after %s', async (_, outcome) => {
    const { result, atMs } = await call(attemptOnce, [outcome])
    expect(result).toBeInstanceOf(CallError)
    expect(atMs).toEqual([0])
  })
})

test.each([
  [1, 0, 250],
  [1, 1, 500],
  [2, 0.5, 750],
  [3, 1, 2_000],
  [7, 1, 20_000],
  [1_000, 0, 10_000],
])('after %d failed attempts and with chance at %d it waits %d ms', (failed, random, waitMs) => {
  expect(waitBeforeAttemptMs(failed, random)).toBe(waitMs)
})

test.each([
  [1, 0, 1_000],
  [1, 1, 2_000],
  [3, 1, 8_000],
  [9, 0.5, 15_000],
])('after throttled attempt %d the wait is longer from the start', (failed, random, waitMs) => {
  expect(waitBeforeAttemptMs(failed, random, true)).toBe(waitMs)
})

describe('a throttled call with patience', () => {
  const throttles = (count: number) => Array.from({ length: count }, throttled)

  test('is tried again beyond its attempts, and says once that it is and once that it was', async () => {
    const told: unknown[] = []
    const { result, atMs } = await call(attempt, throttles(9), {
      patienceMs: 600_000,
      onThrottled: (it) => told.push(it),
    })
    expect(result).toBe('answer 10')
    expect(atMs.slice(-3)).toEqual([90_000, 110_000, 130_000])
    expect(told).toEqual([{ began: expect.any(CallError) }, { endedAfter: 9 }])
  })

  test('fails when the patience is at its end', async () => {
    const { result, atMs } = await call(attemptOnce, throttles(1_000), { patienceMs: 60_000 })
    expect(result).toMatchObject({ serviceError: { kind: 'throttled' } })
    expect(atMs.at(-1)).toBe(70_000)
  })

  test('says nothing when its attempts are enough', async () => {
    const told: unknown[] = []
    await call(attempt, throttles(2), { patienceMs: 600_000, onThrottled: (it) => told.push(it) })
    expect(told).toEqual([])
  })

  test('has none for other trouble, nor once the run is cancelled', async () => {
    expect((await call(attempt, [reset(), reset(), reset()], { patienceMs: 600_000 })).atMs).toHaveLength(3)
    const { signal } = { signal: AbortSignal.abort() }
    expect((await call(attempt, throttles(9), { patienceMs: 600_000, signal })).atMs).toHaveLength(3)
  })
})

describe('a call whose credentials have expired', () => {
  const expired = () => httpError('ExpiredTokenException', 400)

  test.each([
    ['a read', attempt],
    ['a write', attemptOnce],
  ])('is made again at once with others, once: %s', async (_, how) => {
    const renewCredentials = () => true
    expect(await call(how, [expired()], { renewCredentials })).toEqual({ result: 'answer 2', atMs: [0, 0] })
    expect((await call(how, [expired(), expired()], { renewCredentials })).atMs).toEqual([0, 0])
  })

  test('fails when there are no others', async () => {
    const { result, atMs } = await call(attempt, [expired()], { renewCredentials: () => false })
    expect(result).toMatchObject({ serviceError: { kind: 'expired' } })
    expect(atMs).toEqual([0])
  })
})

describe('a call that is refused for the time of its signature', () => {
  const future = () =>
    Object.assign(httpError('InvalidSignatureException', 403), { message: 'Signature not yet current: 2 is later' })

  test.each([
    ['a read', attempt],
    ['a write', attemptOnce],
  ])('is made again at once, even when it has one attempt only, and says so: %s', async (_, how) => {
    const told: string[] = []
    const options = { maxAttempts: 1, onWrongClock: ({ operation }: CallError) => told.push(operation) }
    expect(await call(how, [future()], options)).toEqual({ result: 'answer 2', atMs: [0, 0] })
    expect(told).toEqual(['ecs:Describe'])
  })

  test('fails when the time that AWS gave does not help', async () => {
    const { result, atMs } = await call(attempt, [future(), future()])
    expect(result).toMatchObject({ serviceError: { kind: 'wrong-clock', notAccepted: true } })
    expect(atMs).toEqual([0, 0])
  })
})

test.each([
  ['expired credentials', 'ExpiredTokenException', 'text'],
  ['the time of its signature', 'InvalidSignatureException', 'Signature expired: 1 is now earlier than 2'],
])('a write that is refused for %s is not sent again once the run is cancelled', async (_, name, message) => {
  const refusal = Object.assign(httpError(name, 403), { message })
  const options = { signal: AbortSignal.abort(), renewCredentials: () => true }
  const { result, atMs } = await call(attemptOnce, [refusal], options)
  expect(result).toBeInstanceOf(CallError)
  expect(atMs).toEqual([0])
})
