import { CallError, isPassing } from '../aws/attempts.ts'
import type { Clock } from '../clock.ts'
import type { ReleaseEngine } from './follow.ts'

/** How soon a request is sent again that failed for a passing reason, in milliseconds. */
const AGAIN_AFTER_MS = 10_000

/** One request to stop a deployment with rollback. Sent again only while it failed for a passing reason. */
export class StopRequest {
  /** Why it was refused, in the service's words; undefined when it was accepted. */
  refusal: string | undefined
  readonly #engine: ReleaseEngine
  readonly #deploymentId: string
  readonly #clock: Clock
  #sendAgainAtMs: number | undefined

  constructor(engine: ReleaseEngine, deploymentId: string, clock: Clock) {
    this.#engine = engine
    this.#deploymentId = deploymentId
    this.#clock = clock
  }

  /** Changes AWS. */
  async send(): Promise<void> {
    try {
      await this.#engine.stop(this.#deploymentId, { rollback: true })
      this.refusal = undefined
      this.#sendAgainAtMs = undefined
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      const { serviceError } = error
      this.refusal = `${serviceError.code}: ${serviceError.message}`
      this.#sendAgainAtMs = isPassing(serviceError) ? this.#clock.now() + AGAIN_AFTER_MS : undefined
    }
  }

  /** Changes AWS, if it sends anything. */
  async sendAgainIfWorthwhile(): Promise<void> {
    if (this.#sendAgainAtMs !== undefined && this.#clock.now() >= this.#sendAgainAtMs) await this.send()
  }
}
