import type { MovableClock } from './clock.ts'

/** Answers that are held back until the simulator's clock has come far enough. */
export class LateAnswers<Answer> {
  readonly #clock: MovableClock
  readonly #dropAll = new Set<() => void>()

  constructor(clock: MovableClock) {
    this.#clock = clock
  }

  /** Resolves with `answer` so many seconds later, or with `cut` when it is dropped before. */
  hold(answer: Answer, seconds: number, cut: Answer): Promise<Answer> {
    return new Promise((resolve) => {
      const drop = () => {
        forget()
        resolve(cut)
      }
      const forget = this.#clock.at(this.#clock.now() + Math.round(seconds * 1000), () => {
        this.#dropAll.delete(drop)
        resolve(answer)
      })
      this.#dropAll.add(drop)
    })
  }

  dropAll(): void {
    for (const drop of this.#dropAll) drop()
    this.#dropAll.clear()
  }
}
