import type { Fault } from './scenario.ts'

/** Faults that are still to come. A fault is used up when it has met as many requests as it is for. */
export class Faults {
  readonly #waiting: { fault: Fault; left: number }[] = []
  readonly #startMs: number

  constructor(faults: Fault[], startMs: number) {
    this.#startMs = startMs
    for (const fault of faults) this.add(fault)
  }

  add(fault: Fault): void {
    this.#waiting.push({ fault, left: fault.count })
  }

  /** The fault that a request of this operation meets, if any; the one added first goes first. */
  take(operation: string, atMs: number): Fault['kind'] | undefined {
    const met = this.#waiting.find(
      ({ fault, left }) =>
        left > 0 &&
        (fault.operation === operation || fault.operation === '*') &&
        atMs >= this.#startMs + (fault.fromSeconds ?? 0) * 1000,
    )
    if (met) met.left--
    return met?.fault.kind
  }
}
