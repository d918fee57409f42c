import type { CallError } from '../aws/attempts.ts'
import { isPassing } from '../aws/attempts.ts'
import type { ServiceError } from '../aws/service-error.ts'

/** Calls that begin to fail for a passing reason, or that are answered again after so many that did. */
export type OutageNews = { began: CallError } | { endedAfter: number; operation: string }

/** Calls that are made again and again until one is answered: what goes wrong is told once, and so is its end. */
export class Outage {
  readonly #onNews: (news: OutageNews) => void
  #first: CallError | undefined
  #failed = 0

  constructor(onNews: (news: OutageNews) => void) {
    this.#onNews = onNews
  }

  /** How many have failed in a row. */
  get failures(): number {
    return this.#failed
  }

  failed(error: CallError): void {
    this.#failed += 1
    if (this.#first !== undefined) return
    this.#first = error
    this.#onNews({ began: error })
  }

  recovered(): void {
    if (this.#first !== undefined) this.#onNews({ endedAfter: this.#failed, operation: this.#first.operation })
    this.#first = undefined
    this.#failed = 0
  }
}

/** A failed read is not a verdict, except when no later one can succeed. */
export function mayRideOut(error: ServiceError): boolean {
  return isPassing(error) || error.kind === 'answered'
}
