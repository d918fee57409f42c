import type { CallError } from '../aws/attempts.ts'

/** Calls that begin to fail for a passing reason, or that are answered again after so many that did. */
export type TroubleNews = { began: CallError } | { endedAfter: number; operation: string }

/** Calls that are made again and again until one is answered: what goes wrong is told once, and so is its end. */
export class Trouble {
  readonly #onNews: (news: TroubleNews) => void
  #first: CallError | undefined
  #failed = 0

  constructor(onNews: (news: TroubleNews) => void) {
    this.#onNews = onNews
  }

  /** How many have failed in a row. */
  get failed(): number {
    return this.#failed
  }

  failedWith(error: CallError): void {
    this.#failed += 1
    if (this.#first !== undefined) return
    this.#first = error
    this.#onNews({ began: error })
  }

  answered(): void {
    if (this.#first !== undefined) this.#onNews({ endedAfter: this.#failed, operation: this.#first.operation })
    this.#first = undefined
    this.#failed = 0
  }
}
