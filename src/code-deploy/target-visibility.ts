import type { CallError } from '../aws/attempts.ts'

/** Looks at the target that may fail for a passing reason before following goes on without it. */
const MAX_FAILED_LOOKS = 5

/** A denial may be a new policy that has not reached everywhere yet. How soon to try again, in milliseconds. */
const AGAIN_AFTER_DENIAL_MS = 3 * 60_000
const AGAIN_AFTER_TROUBLE_MS = 60_000

/** Whether a deployment's target can be read; while it cannot, when to try again. Times by the monotonic clock. */
export class TargetVisibility {
  readonly #onLost: (error: CallError) => void
  readonly #onSeen: () => void
  #failedLooks = 0
  #againAtMs: number | undefined
  #isTold = false

  /**
   * @param onLost following goes on without the target
   * @param onSeen the target can be read again
   */
  constructor(onLost: (error: CallError) => void, onSeen: () => void) {
    this.#onLost = onLost
    this.#onSeen = onSeen
  }

  shouldRetry(nowMs: number): boolean {
    return this.#againAtMs === undefined || nowMs >= this.#againAtMs
  }

  succeeded(): void {
    this.#failedLooks = 0
    this.#againAtMs = undefined
    if (this.#isTold) this.#onSeen()
    this.#isTold = false
  }

  /**
   * A look that failed.
   * @param isPressing there is no time for more looks like this one
   * @returns whether to go on without the target
   */
  failed(error: CallError, nowMs: number, isPressing: boolean): boolean {
    this.#failedLooks += 1
    const isDenied = error.serviceError.kind === 'denied'
    const isBlind = this.#againAtMs !== undefined
    if (!isDenied && !isBlind && !isPressing && this.#failedLooks < MAX_FAILED_LOOKS) return false
    this.#againAtMs = nowMs + (isDenied ? AGAIN_AFTER_DENIAL_MS : AGAIN_AFTER_TROUBLE_MS)
    if (!this.#isTold) this.#onLost(error)
    this.#isTold = true
    return true
  }
}
