import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'
import { childClockEnvironment, SCALED_TIME_PRELOAD } from '../../../tools/simulator/live/child-clock.ts'

const START_MS = Date.UTC(2026, 7, 8, 12)
const MINUTE = 60_000

/** Runs a script at 1000 times the real rate, from the start of the simulation, and reads what it prints as JSON. */
async function runScaled(script: string, environment = childClockEnvironment({ now: () => START_MS }, 1000)) {
  const args = ['--import', SCALED_TIME_PRELOAD, '--input-type=module', '--eval', script]
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: environment })
  return JSON.parse(stdout)
}

test('Date shows the time of the simulator and is Date in every other respect', async () => {
  const seen = await runScaled(`
    const now = new Date()
    class Own extends Date {}
    console.log(JSON.stringify({
      now: now.getTime(),
      dateNow: Date.now(),
      called: Date(),
      parsed: new Date('2020-01-01T00:00:00Z').toISOString(),
      parts: new Date(2020, 1, 3, 4, 5, 6, 7).getMonth(),
      copied: new Date(new Date(5)).getTime(),
      utc: Date.UTC(2020, 0),
      parse: Date.parse('2020-01-01T00:00:00Z'),
      is: [now instanceof Date, new Own() instanceof Date, new Own() instanceof Own, now.constructor === Date],
      own: new Own().getTime(),
      length: Date.length,
      name: Date.name,
    }))`)
  for (const time of [seen.now, seen.dateNow, seen.own]) {
    expect(time).toBeGreaterThanOrEqual(START_MS)
    expect(new Date(time).getUTCFullYear()).toBe(2026)
  }
  expect(seen.called).toMatch(/2026/)
  expect(seen).toMatchObject({
    parsed: '2020-01-01T00:00:00.000Z',
    parts: 1,
    copied: 5,
    utc: Date.UTC(2020, 0),
    parse: Date.UTC(2020, 0),
    is: [true, true, true, true],
    length: 7,
    name: 'Date',
  })
})

test('timers take simulated time, with their arguments, handles and promise form', async () => {
  const seen = await runScaled(`
    import { promisify } from 'node:util'
    const began = Date.now()
    const got = await new Promise((resolve) => setTimeout((...args) => resolve(args), ${MINUTE}, 'a', 'b'))
    const afterTimeout = Date.now() - began
    const promised = await promisify(setTimeout)(${MINUTE}, 'value')
    const afterPromise = Date.now() - began
    let ticks = 0
    await new Promise((resolve) => {
      const timer = setInterval((word) => {
        ticks += word === 'tick' ? 1 : 100
        if (ticks === 3) { clearInterval(timer); resolve() }
      }, ${MINUTE}, 'tick')
    })
    const afterInterval = Date.now() - began
    clearTimeout(setTimeout(() => { throw new Error('cleared') }, ${MINUTE}))
    setTimeout(() => { throw new Error('unref') }, 1000 * ${MINUTE}).unref()
    const refreshed = setTimeout(() => {}, ${MINUTE}).refresh().hasRef()
    console.log(JSON.stringify({ got, promised, ticks, refreshed, afterTimeout, afterPromise, afterInterval, name: setTimeout.name }))`)
  expect(seen).toMatchObject({ got: ['a', 'b'], promised: 'value', ticks: 3, refreshed: true, name: 'setTimeout' })
  expect(seen.afterTimeout).toBeGreaterThan(MINUTE / 2)
  expect(seen.afterPromise).toBeGreaterThan(seen.afterTimeout + MINUTE / 2)
  expect(seen.afterInterval).toBeGreaterThan(seen.afterPromise + MINUTE)
})

test('a signal aborts after simulated time', async () => {
  const seen = await runScaled(`
    const began = Date.now()
    const signal = AbortSignal.timeout(${MINUTE})
    const alive = setInterval(() => {}, ${MINUTE})
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    clearInterval(alive)
    console.log(JSON.stringify({ reason: signal.reason.name, after: Date.now() - began }))`)
  expect(seen.reason).toBe('TimeoutError')
  expect(seen.after).toBeGreaterThan(MINUTE / 2)
})

test('a signal leaves what it guards a moment of real time', async () => {
  const seen = await runScaled(`
    import { setTimeout as realDelay } from 'node:timers/promises'
    const signal = AbortSignal.timeout(10_000)
    await realDelay(100)
    console.log(JSON.stringify({ aborted: signal.aborted }))`)
  expect(seen).toEqual({ aborted: false })
})

test('a deadline leaves what it limits a third of its time in real time', async () => {
  const seen = await runScaled(`
    import { setTimeout as realDelay } from 'node:timers/promises'
    const given = []
    setTimeout((argument) => given.push(argument), ${MINUTE}, 'other')
    setTimeout((argument) => given.push(argument), 600, 'deadline')
    const late = setTimeout((argument) => given.push(argument), ${MINUTE}, 'deadline')
    await realDelay(1_000)
    clearTimeout(late)
    console.log(JSON.stringify(given))`)
  expect(seen).toEqual(['other', 'deadline'])
})

test('without a setting nothing is changed', async () => {
  const seen = await runScaled(
    `console.log(JSON.stringify([Date.toString(), setTimeout.toString().length > 0]))`,
    {} as never,
  )
  expect(seen).toEqual(['function Date() { [native code] }', true])
})

test('durations of performance.now are in simulated time too', async () => {
  const seen = await runScaled(`
    const began = performance.now()
    await new Promise((resolve) => setTimeout(resolve, ${MINUTE}))
    console.log(JSON.stringify(performance.now() - began))`)
  expect(seen).toBeGreaterThanOrEqual(MINUTE * 0.9)
})
