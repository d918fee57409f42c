/** Where the simulator reads the time. The model never waits and sets no timers: it is computed anew from this. */
export interface SimulatorClock {
  /** Milliseconds since 1970, UTC. */
  now(): number
}

/** When every rehearsal and test begins unless it says otherwise. */
export const SIMULATION_START_MS = Date.UTC(2026, 7, 8, 12, 0, 0)

export interface ManualClock extends SimulatorClock {
  /** Moves time forward by so many seconds, fractions allowed. */
  advance(seconds: number): void
}

/** A clock that stands still until it is told to move; what the tests use. */
export function manualClock(startMs: number = SIMULATION_START_MS): ManualClock {
  let elapsedMs = 0
  return {
    now: () => startMs + elapsedMs,
    advance: (seconds) => {
      elapsedMs += Math.round(seconds * 1000)
    },
  }
}

/** A clock that runs `speed` times as fast as the machine's own, starting now at `startMs`. */
export function scaledClock(speed: number, startMs: number = SIMULATION_START_MS): SimulatorClock {
  const realStartMs = Date.now()
  return { now: () => startMs + Math.round((Date.now() - realStartMs) * speed) }
}
