import type { Clock } from '../../src/clock.ts'
import { SIMULATION_START_MS } from '../../src/simulator/clock.ts'

export interface VirtualClock extends Clock {
  /** Calls `action` when time passes `atMs`; used to cancel, raise an alarm or change a fault in mid-release. */
  at(atMs: number, action: () => void): void
}

interface WakeUp {
  atMs: number
  wake: () => void
}

/**
 * Time that moves only when all `actors` of a test sleep, and then to the earliest moment at which one wakes up. A
 * deadline or an action never moves time; it happens when time passes it.
 */
export function virtualClock(actors = 1, startMs = SIMULATION_START_MS): VirtualClock {
  let nowMs = startMs
  const sleepers: WakeUp[] = []
  const marks: WakeUp[] = []

  function passTo(atMs: number): void {
    const due = marks.filter((mark) => mark.atMs <= atMs).sort((left, right) => left.atMs - right.atMs)
    for (const mark of due) {
      marks.splice(marks.indexOf(mark), 1)
      nowMs = Math.max(nowMs, mark.atMs)
      mark.wake()
    }
    nowMs = Math.max(nowMs, atMs)
  }

  function moveIfAllSleep(): void {
    if (sleepers.length < actors) return
    const earliest = sleepers.reduce((first, one) => (one.atMs < first.atMs ? one : first))
    sleepers.splice(sleepers.indexOf(earliest), 1)
    passTo(earliest.atMs)
    earliest.wake()
  }

  return {
    now: () => nowMs,
    sleep: (durationMs, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve()
        const sleeper: WakeUp = { atMs: nowMs + Math.max(0, durationMs), wake: resolve }
        sleepers.push(sleeper)
        signal?.addEventListener(
          'abort',
          () => {
            const index = sleepers.indexOf(sleeper)
            if (index >= 0) sleepers.splice(index, 1)
            resolve()
          },
          { once: true },
        )
        // Not at once: what the sleeper awaits beside this may still run.
        setImmediate(moveIfAllSleep)
      }),
    deadline: (durationMs) => {
      const controller = new AbortController()
      const mark: WakeUp = { atMs: nowMs + durationMs, wake: () => controller.abort() }
      marks.push(mark)
      const cancel = () => {
        const index = marks.indexOf(mark)
        if (index >= 0) marks.splice(index, 1)
      }
      return { signal: controller.signal, cancel }
    },
    at: (atMs, action) => {
      marks.push({ atMs, wake: action })
    },
  }
}
