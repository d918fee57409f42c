import { type MovableClock, SIMULATION_START_MS } from '../../../tools/simulator/clock.ts'
import type { VirtualClock } from '../../support/virtual-clock.ts'

/** How far time moves at once while nothing but late answers is waited for, in milliseconds. */
const STEP_MS = 5_000

/** What sends the requests of a client of the SDK, as far as they are counted. */
interface Handler {
  handle(request: never, options?: { abortSignal?: unknown }): Promise<unknown>
}

/**
 * Lets a simulator answer late on a virtual clock: while every request in flight is one whose answer is held back,
 * time moves on, as if somebody slept.
 */
export class HeldAnswers {
  readonly #clock: VirtualClock
  #inFlight = 0
  /** Answers that are held back and waited for, oldest first. */
  readonly #held: object[] = []
  #isMoving = false

  constructor(clock: VirtualClock) {
    this.#clock = clock
  }

  /** The clock for the simulator. */
  movable(): MovableClock {
    return {
      speed: 0,
      now: () => this.#clock.now(),
      advance: () => {
        throw new Error('A virtual clock moves by itself.')
      },
      at: (atMs, wake) => this.#hold(atMs, wake),
    }
  }

  /** Counts the requests; those that are given up are not waited for. */
  watch(handler: Handler): void {
    const handle = handler.handle.bind(handler)
    handler.handle = async (request, options) => {
      this.#inFlight += 1
      try {
        return await handle(request, options)
      } finally {
        this.#inFlight -= 1
        // All are late by the same time, so that the oldest is the first to be given up.
        if ((options?.abortSignal as AbortSignal | undefined)?.aborted === true) this.#held.shift()
      }
    }
  }

  #hold(atMs: number, wake: () => void): () => void {
    const one = {}
    let isOver = false
    const end = () => {
      isOver = true
      const index = this.#held.indexOf(one)
      if (index >= 0) this.#held.splice(index, 1)
    }
    this.#held.push(one)
    this.#clock.atSecond((atMs - SIMULATION_START_MS) / 1000, () => {
      if (isOver) return
      end()
      wake()
    })
    void this.#move()
    return end
  }

  async #move(): Promise<void> {
    if (this.#isMoving) return
    this.#isMoving = true
    while (this.#held.length > 0) {
      await this.#untilOthersAnswered()
      if (this.#held.length > 0) await this.#clock.sleep(STEP_MS)
    }
    this.#isMoving = false
  }

  async #untilOthersAnswered(): Promise<void> {
    for (let idle = 0; idle < 8 && this.#held.length > 0; idle += 1) {
      await new Promise(setImmediate)
      if (this.#inFlight > this.#held.length) idle = 0
    }
  }
}
