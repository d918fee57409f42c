import { CallError, isPassing } from '../aws/attempts.ts'
import { callProblem } from '../aws/call-problem.ts'
import type { Problem } from '../problem.ts'
import type { Clock } from '../time/clock.ts'
import { endingOf } from './ending.ts'
import type { Following } from './following.ts'
import { Outage } from './outage.ts'
import type { ReleaseEngine } from './release-engine.ts'
import type { Snapshot } from './snapshot.ts'

/** How soon a request is sent again that failed for a passing reason, in milliseconds. */
const AGAIN_AFTER_MS = 10_000

/** One request to stop a deployment with rollback. Sent again only while it failed for a passing reason. */
export class StopRequest {
  /** Why it was refused, in the service's words; undefined when it was accepted. */
  refusal: string | undefined
  /** The same as the reason of a refusal of ours. */
  problem: Problem | undefined
  readonly #engine: ReleaseEngine
  readonly #deploymentId: string
  readonly #clock: Clock
  readonly #trouble: Outage
  readonly #onAccepted: () => void
  #sendAgainAtMs: number | undefined
  #hasEnded = false
  #mayHaveBeenCarriedOut = false

  constructor(engine: ReleaseEngine, deploymentId: string, { clock, onRequestTrouble, onStopAccepted }: Following) {
    this.#engine = engine
    this.#deploymentId = deploymentId
    this.#clock = clock
    this.#onAccepted = onStopAccepted
    this.#trouble = new Outage(onRequestTrouble)
  }

  /** Changes AWS. */
  async send(): Promise<void> {
    try {
      await this.#engine.stop(this.#deploymentId, { rollback: true })
      this.refusal = undefined
      this.problem = undefined
      this.#sendAgainAtMs = undefined
      this.#trouble.recovered()
      this.#onAccepted()
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      const { serviceError } = error
      this.refusal = `${serviceError.code}: ${serviceError.message}`
      const mayPass = isPassing(serviceError)
      this.#sendAgainAtMs = mayPass ? this.#clock.monotonicMs() + AGAIN_AFTER_MS : undefined
      if (mayPass) this.#trouble.failed(error)
      this.problem = callProblem(error)
      this.#hasEnded = this.#engine.saysEnded(error)
      if (error.hadUnanswered || (mayPass && !serviceError.notAccepted)) this.#mayHaveBeenCarriedOut = true
    }
  }

  /**
   * The deployment was ended by a request, which by all that is known is this one, although its answer was lost. One
   * that only found the deployment stopped did not stop it.
   */
  hasEnded(snapshot: Snapshot): boolean {
    return this.#mayHaveBeenCarriedOut && endingOf(snapshot) === 'stop-request'
  }

  /** The deployment goes on, and asking again would not help. */
  get isRefusedForGood(): boolean {
    return this.refusal !== undefined && this.#sendAgainAtMs === undefined && !this.#hasEnded
  }

  /** Changes AWS, if it sends anything. */
  async sendAgainIfWorthwhile(): Promise<void> {
    if (this.#sendAgainAtMs !== undefined && this.#clock.monotonicMs() >= this.#sendAgainAtMs) await this.send()
  }
}
