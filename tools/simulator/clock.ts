/** Where the simulator reads the time. The model never waits and sets no timers: it is computed anew from this. */
export interface SimulatorClock {
  /** Milliseconds since 1970, UTC. */
  now(): number
}

/** When every rehearsal and test begins unless it says otherwise. */
export const SIMULATION_START_MS = Date.UTC(2026, 7, 8, 12, 0, 0)

/** A clock that can be moved forward, and that wakes whoever asked to be. */
export interface MovableClock extends SimulatorClock {
  /** How many of its seconds pass in one of the machine's; 0: it stands still until it is moved. */
  readonly speed: number
  /** Moves time forward by so many seconds, fractions allowed, and wakes on the way whoever is due, each at its moment. */
  advance(seconds: number): void
  /** Calls `wake` once, when the clock shows this moment; never before it returns. @returns what takes it back */
  at(atMs: number, wake: () => void): () => void
}

/** A clock that stands still until it is told to move; what the tests use. */
export function manualClock(startMs: number = SIMULATION_START_MS): MovableClock {
  return new WakingClock(() => startMs, 0)
}

/** A clock that runs `speed` times as fast as the machine's own, starting now at `startMs`. */
export function scaledClock(speed: number, startMs: number = SIMULATION_START_MS): MovableClock {
  const realStartMs = Date.now()
  return new WakingClock(() => startMs + Math.round((Date.now() - realStartMs) * speed), speed)
}

export function isMovable(clock: SimulatorClock): clock is MovableClock {
  return 'advance' in clock && 'at' in clock
}

/** Longest delay that a Node timer can have. */
const MAX_DELAY_MS = 2 ** 31 - 1

interface WakeUp {
  atMs: number
  wake: () => void
}

class WakingClock implements MovableClock {
  readonly speed: number
  /** What it would show if it had never been moved. */
  readonly #unmoved: () => number
  #movedMs = 0
  readonly #wakeUps = new Set<WakeUp>()
  #timer: NodeJS.Timeout | undefined

  constructor(unmoved: () => number, speed: number) {
    this.#unmoved = unmoved
    this.speed = speed
  }

  now(): number {
    return this.#unmoved() + this.#movedMs
  }

  advance(seconds: number): void {
    this.#passTo(this.now() + Math.round(seconds * 1000))
  }

  at(atMs: number, wake: () => void): () => void {
    const wakeUp = { atMs, wake }
    this.#wakeUps.add(wakeUp)
    this.#setTimer()
    return () => {
      this.#wakeUps.delete(wakeUp)
      this.#setTimer()
    }
  }

  #passTo(targetMs: number): void {
    for (let next = this.#earliest(); next && next.atMs <= targetMs; next = this.#earliest()) {
      this.#moveTo(next.atMs)
      this.#wakeUps.delete(next)
      next.wake()
    }
    this.#moveTo(targetMs)
    this.#setTimer()
  }

  #moveTo(atMs: number): void {
    this.#movedMs += Math.max(0, atMs - this.now())
  }

  #earliest(): WakeUp | undefined {
    let earliest: WakeUp | undefined
    for (const wakeUp of this.#wakeUps) if (!earliest || wakeUp.atMs < earliest.atMs) earliest = wakeUp
    return earliest
  }

  #setTimer(): void {
    clearTimeout(this.#timer)
    const next = this.#earliest()
    if (!next || this.speed === 0) return
    const delayMs = (next.atMs - this.now()) / this.speed
    this.#timer = setTimeout(() => this.#passTo(this.now()), Math.min(MAX_DELAY_MS, Math.max(0, delayMs)))
  }
}

/** The same clock as somebody sees it whose own is so many seconds ahead. */
export function offsetClock(clock: SimulatorClock, seconds: number): SimulatorClock {
  const offsetMs = Math.round(seconds * 1000)
  const now = () => clock.now() + offsetMs
  if (!isMovable(clock)) return { now }
  const moved: MovableClock = {
    now,
    speed: clock.speed,
    advance: (by) => clock.advance(by),
    at: (atMs, wake) => clock.at(atMs - offsetMs, wake),
  }
  return moved
}
