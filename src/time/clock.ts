/** Time as the action sees it. Only the entries build one; tests pass a virtual one. */
export interface Clock {
  /**
   * Milliseconds since 1970, UTC, by the runner's wall clock: for what is shown, and beside times of AWS. It can be set
   * forward or back at any moment.
   */
  now(): number
  /**
   * Milliseconds since a moment of its own: for durations and deadlines. Nothing sets it, and it never goes back.
   */
  monotonicMs(): number
  /** Resolves after `durationMs`, or at once when `signal` is aborted; it never rejects. */
  sleep(durationMs: number, signal?: AbortSignal): Promise<void>
  /** A signal that is aborted after `durationMs` unless it is cancelled before. Waiting for it is not sleeping. */
  deadline(durationMs: number): Deadline
}

/** A moment of ours by both clocks: one to show, one to count from. */
export interface Moment {
  /** Milliseconds since 1970, UTC, by the wall clock. */
  atMs: number
  monotonicMs: number
}

/** Now. */
export function momentOf(clock: Pick<Clock, 'now' | 'monotonicMs'>): Moment {
  return { atMs: clock.now(), monotonicMs: clock.monotonicMs() }
}

/** A moment of another process, whose monotonic clock is not ours: how long ago it was is told by the wall clock. */
export function broughtOver(atMs: number, now: Moment): Moment {
  return { atMs, monotonicMs: now.monotonicMs - Math.max(0, now.atMs - atMs) }
}

/** From one moment to a later one, in milliseconds, however the wall clock was set in between. */
export function elapsedMs(from: Moment, to: Moment): number {
  return to.monotonicMs - from.monotonicMs
}

export interface Deadline {
  signal: AbortSignal
  cancel(): void
}

/**
 * The runner's own clock. It uses `Date.now`, `performance.now` and the global `setTimeout` only, looked up at each call,
 * so that a rehearsal can let all of them run at another rate. The timer of a deadline says what it is: what it limits
 * takes real time, of which a rehearsal leaves it enough.
 */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: (durationMs, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const wake = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', wake)
        resolve()
      }
      const timer = globalThis.setTimeout(wake, durationMs)
      signal?.addEventListener('abort', wake, { once: true })
    }),
  deadline: (durationMs) => {
    const controller = new AbortController()
    const timer = globalThis.setTimeout((_: 'deadline') => controller.abort(), durationMs, 'deadline')
    return { signal: controller.signal, cancel: () => clearTimeout(timer) }
  },
}
