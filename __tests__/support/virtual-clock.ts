import type { Clock } from '../../src/time/clock.ts'
import { SIMULATION_START_MS } from '../../tools/simulator/clock.ts'

export interface VirtualClock extends Clock {
  /** The same clock for one of several actors: it sleeps when any part of it does and no attempt of it is under way. */
  forActor(): VirtualClock
  /** Calls `action` when time passes so many seconds after the start, and lets time stand still until it is done. */
  atSecond(second: number, action: () => void | Promise<void>): void
}

interface WakeUp {
  atMs: number
  wake: () => void | Promise<void>
}

interface Sleeper extends WakeUp {
  actor: symbol
}

/**
 * Time that moves only when all `actors` of a test sleep, and then to the earliest moment at which one wakes up. A
 * deadline or an action never moves time; it happens when time passes it.
 */
export function virtualClock(actors = 1, startMs = SIMULATION_START_MS): VirtualClock {
  let nowMs = startMs
  let isMoving = false
  const sleepers: Sleeper[] = []
  const marks: WakeUp[] = []
  /** Actors with an attempt under way, one entry for each. */
  const attempts: symbol[] = []

  async function moveIfAllSleep(): Promise<void> {
    if (isMoving || attempts.length > 0 || new Set(sleepers.map(({ actor }) => actor)).size < actors) return
    const sleeper = earliestOf(sleepers)
    const mark = earliestOf(marks)
    if (sleeper === undefined) return
    isMoving = true
    if (mark !== undefined && mark.atMs <= sleeper.atMs) {
      nowMs = Math.max(nowMs, mark.atMs)
      remove(marks, mark)
      await mark.wake()
      isMoving = false
      // Not at once: who was woken may set deadlines of their own, and sleep again.
      setImmediate(() => void moveIfAllSleep())
      return
    }
    nowMs = Math.max(nowMs, sleeper.atMs)
    isMoving = false
    remove(sleepers, sleeper)
    await sleeper.wake()
  }

  function sleep(actor: symbol, durationMs: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const sleeper: Sleeper = { actor, atMs: nowMs + Math.max(0, durationMs), wake: resolve }
      sleepers.push(sleeper)
      signal?.addEventListener(
        'abort',
        () => {
          remove(sleepers, sleeper)
          resolve()
        },
        { once: true },
      )
      // Not at once: what the sleeper awaits beside this may still run.
      setImmediate(() => void moveIfAllSleep())
    })
  }

  const clock: VirtualClock = {
    // Whole milliseconds, as a wall clock tells them.
    now: () => Math.floor(nowMs),
    monotonicMs: () => nowMs - startMs,
    sleep: (durationMs, signal) => sleep(Symbol('anybody'), durationMs, signal),
    forActor: () => {
      const actor = Symbol('one actor')
      return {
        ...clock,
        sleep: (durationMs, signal) => sleep(actor, durationMs, signal),
        deadline: (durationMs) => {
          const { signal, cancel } = clock.deadline(durationMs)
          attempts.push(actor)
          let isOpen = true
          const close = () => {
            if (isOpen) remove(attempts, actor)
            isOpen = false
            cancel()
            setImmediate(() => void moveIfAllSleep())
          }
          return { signal, cancel: close }
        },
      }
    },
    deadline: (durationMs) => {
      const controller = new AbortController()
      const mark: WakeUp = { atMs: nowMs + durationMs, wake: () => controller.abort() }
      marks.push(mark)
      return { signal: controller.signal, cancel: () => void remove(marks, mark) }
    },
    atSecond: (second, action) => {
      marks.push({ atMs: startMs + second * 1000, wake: action })
    },
  }
  return clock
}

function earliestOf<Item extends WakeUp>(items: readonly Item[]): Item | undefined {
  return items.reduce<Item | undefined>(
    (first, one) => (first === undefined || one.atMs < first.atMs ? one : first),
    undefined,
  )
}

/** A wall clock that is set at a moment of the monotonic clock, and stays as far off from then on. */
export interface WallSetting {
  atSecond: number
  byMinutes: number
}

/** The same time with a wall clock of its own, as a runner's is apart from the one that AWS goes by. */
export function withWallSet(clock: VirtualClock, ...settings: WallSetting[]): VirtualClock {
  const isDue = ({ atSecond }: WallSetting) => clock.monotonicMs() >= atSecond * 1000
  const offMs = () => settings.filter(isDue).reduce((sum, { byMinutes }) => sum + byMinutes * 60_000, 0)
  return { ...clock, now: () => clock.now() + offMs(), forActor: () => withWallSet(clock.forActor(), ...settings) }
}

/** @returns whether the item was there */
function remove<Item>(items: Item[], item: Item): boolean {
  const index = items.indexOf(item)
  if (index >= 0) items.splice(index, 1)
  return index >= 0
}
