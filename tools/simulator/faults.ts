import type { Fault, FaultKind } from './scenario.ts'
import { TokenBucket } from './token-bucket.ts'

interface WaitingFault {
  fault: Fault
  left: number
  /** Of a rate limit: what it lets through. */
  allowance: TokenBucket | undefined
}

/** Faults that are still to come. A fault is used up when it has met as many requests as it is for. */
export class Faults {
  #waiting: WaitingFault[] = []
  readonly #startMs: number

  constructor(faults: Fault[], startMs: number) {
    this.#startMs = startMs
    for (const fault of faults) this.add(fault)
  }

  add(fault: Fault): void {
    const { kind, count = Number.POSITIVE_INFINITY } = fault
    const allowance = kind.type === 'rate-limit' ? new TokenBucket(kind.perSecond, this.#startMs) : undefined
    this.#waiting.push({ fault, left: count, allowance })
  }

  clear(): void {
    this.#waiting = []
  }

  /** Those that are neither used up nor over, with how many requests each may still meet; undefined: no end of them. */
  waiting(atMs: number): Fault[] {
    return this.#waiting
      .filter(({ fault, left }) => left > 0 && !this.#isOver(fault, atMs))
      .map(({ fault, left }) => (Number.isFinite(left) ? { ...fault, count: left } : fault))
  }

  /** The fault that a request of this operation meets, if any; the one added first goes first. */
  take(operation: string, atMs: number): FaultKind | undefined {
    const met = this.#waiting.find(
      ({ fault, left, allowance }) =>
        left > 0 &&
        isFor(fault, operation) &&
        this.#hasBegun(fault, atMs) &&
        !this.#isOver(fault, atMs) &&
        allowance?.take(atMs) !== true,
    )
    if (met) met.left--
    return met?.fault.kind
  }

  #hasBegun({ fromSeconds = 0 }: Fault, atMs: number): boolean {
    return atMs >= this.#startMs + fromSeconds * 1000
  }

  #isOver({ untilSeconds = Number.POSITIVE_INFINITY }: Fault, atMs: number): boolean {
    return atMs >= this.#startMs + untilSeconds * 1000
  }
}

function isFor(fault: Fault, operation: string): boolean {
  return fault.operation === operation || fault.operation === '*'
}
