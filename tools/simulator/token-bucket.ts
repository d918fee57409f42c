/** So many requests a second, and no more than a second's worth at once. */
export class TokenBucket {
  readonly #perSecond: number
  readonly #capacity: number
  #tokens: number
  #atMs: number

  /** @param perSecond above 0 */
  constructor(perSecond: number, startMs: number) {
    this.#perSecond = perSecond
    this.#capacity = Math.max(1, perSecond)
    this.#tokens = this.#capacity
    this.#atMs = startMs
  }

  /** @returns whether there was a token for a request at this moment; `atMs` never goes back */
  take(atMs: number): boolean {
    const filled = this.#tokens + ((atMs - this.#atMs) / 1000) * this.#perSecond
    this.#tokens = Math.min(this.#capacity, filled)
    this.#atMs = atMs
    if (this.#tokens < 1) return false
    this.#tokens -= 1
    return true
  }
}
