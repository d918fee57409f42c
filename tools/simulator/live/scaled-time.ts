/**
 * A preload (`node --import`) that lets a process live at the simulator's rate: `Date`, `performance.now`, `setTimeout`,
 * `setInterval` and `AbortSignal.timeout`. `SIMULATOR_CLOCK` holds a `ClockSetting` as JSON; without it nothing is changed.
 */

import { promisify } from 'node:util'

/** At `realStartMs` of the machine's clock the simulator's showed `startMs`; it runs `speed` times as fast. */
export interface ClockSetting {
  speed: number
  startMs: number
  realStartMs: number
}

/** What such a signal guards, a request or a process, takes real time however fast the clock runs. */
const MIN_ABORT_MS = 5_000

/**
 * The same of a timer with this argument: a third of what it says in real time, up to ten seconds, so that a busy
 * machine is not what ends a request.
 */
const DEADLINE = 'deadline'
const DEADLINE_SHARE = 1 / 3
const MAX_LEFT_MS = 10_000

/** Node takes longer delays for 1 ms; left alone, so that it does so still. */
const MAX_DELAY_MS = 2 ** 31 - 1

const setting = process.env['SIMULATOR_CLOCK']
if (setting !== undefined) install(JSON.parse(setting))

function install({ speed, startMs, realStartMs }: ClockSetting): void {
  const realNow = Date.now
  const realDelay = (ms: unknown) => {
    const delay = Number(ms)
    return delay > 0 && delay <= MAX_DELAY_MS ? delay / speed : ms
  }
  installDate(() => startMs + Math.round((realNow() - realStartMs) * speed))
  const realDelayOf = (ms: unknown, argument: unknown) => {
    const delay = realDelay(ms)
    if (argument !== DEADLINE || delay === ms) return delay
    return Math.max(Number(delay), Math.min(Number(ms) * DEADLINE_SHARE, MAX_LEFT_MS))
  }
  const realElapsed = performance.now.bind(performance)
  performance.now = () => realElapsed() * speed
  const { setTimeout, setInterval } = globalThis
  globalThis.setTimeout = withDelay(setTimeout, realDelayOf)
  globalThis.setInterval = withDelay(setInterval, realDelay)
  const abortAfter = AbortSignal.timeout
  AbortSignal.timeout = (ms) => {
    const atLeast = Math.min(Number(ms), MIN_ABORT_MS)
    return abortAfter.call(AbortSignal, Math.max(atLeast, Math.round(Number(realDelay(ms)))))
  }
}

/** The same `Date` in every respect but one: what it takes for now. */
function installDate(now: () => number): void {
  const RealDate = Date
  const scaled = new Proxy(RealDate, {
    construct: (_, given, newTarget) => Reflect.construct(RealDate, given.length === 0 ? [now()] : given, newTarget),
    apply: () => new RealDate(now()).toString(),
  })
  RealDate.now = now
  RealDate.prototype.constructor = scaled
  globalThis.Date = scaled
}

type Timer = typeof globalThis.setTimeout | typeof globalThis.setInterval

/** The timer function with its delay, the second argument, translated; also in its promise form, if it has one. */
function withDelay<T extends Timer>(timer: T, realDelay: (ms: unknown, argument?: unknown) => unknown): T {
  const promised: unknown = Reflect.get(timer, promisify.custom)
  return new Proxy(timer, {
    apply: (target, self, [callback, delay, ...rest]) =>
      Reflect.apply(target, self, [callback, realDelay(delay, rest[0]), ...rest]),
    get: (target, property, receiver) =>
      property === promisify.custom && typeof promised === 'function'
        ? (delay: unknown, ...rest: unknown[]) => promised(realDelay(delay), ...rest)
        : Reflect.get(target, property, receiver),
  })
}
