import type { Clock } from '../time/clock.ts'
import { CallError } from './attempts.ts'

/** Temporary credentials that the action took itself. */
export interface Session {
  accessKeyId: string
  secretAccessKey: string
  sessionToken: string
  /** How long it lasts from when it was asked for, in milliseconds; not a time, because clocks differ. */
  lastsMs: number
  /** Who the bearer is: `arn:aws:sts::ACCOUNT:assumed-role/ROLE/NAME`. */
  callerArn: string
}

/** A session is renewed so long before its end, or in the middle of its life when that is later. In milliseconds. */
const RENEW_BEFORE_END_MS = 15 * 60_000

/** How soon a renewal that failed is tried again while the session still lasts, in milliseconds. */
const RENEW_AGAIN_AFTER_MS = 30_000

/** AWS and we may disagree about the end by so much, in milliseconds. */
const END_MARGIN_MS = 10_000

/** Two calls that find the same session expired do not both renew it: one so young was taken for the other of them. */
const YOUNG_MS = 10_000

/** A session taken, with times of the monotonic clock. */
interface Held {
  session: Session
  takenAtMs: number
  endsAtMs: number
  renewAtMs: number
}

/** The one session that all clients of a run share. It is taken when first needed and renewed as often as it has to be. */
export class OwnSession {
  readonly #clock: Clock
  readonly #take: () => Promise<Session>
  #held: Held | undefined
  #taking: Promise<Session> | undefined

  /** @param take takes a new session, in one attempt; throws CallError */
  constructor(clock: Clock, take: () => Promise<Session>) {
    this.#clock = clock
    this.#take = take
  }

  /**
   * What to sign a request with that is sent now. A renewal that fails does not matter while the session lasts.
   * @throws CallError when there is none
   */
  async current(): Promise<Session> {
    const held = this.#held
    const nowMs = this.#clock.monotonicMs()
    if (held === undefined || nowMs >= held.endsAtMs - END_MARGIN_MS) return await this.#takeOnce()
    if (nowMs < held.renewAtMs) return held.session
    try {
      return await this.#takeOnce()
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      held.renewAtMs = this.#clock.monotonicMs() + RENEW_AGAIN_AFTER_MS
      return held.session
    }
  }

  /** AWS called the session expired, whatever we think of it: the next request is signed with another. */
  expire(): void {
    if (this.#held !== undefined && this.#clock.monotonicMs() - this.#held.takenAtMs > YOUNG_MS) this.#held = undefined
  }

  /** Calls that need a session at the same time get the same one. */
  async #takeOnce(): Promise<Session> {
    this.#taking ??= this.#takeNew().finally(() => {
      this.#taking = undefined
    })
    return await this.#taking
  }

  async #takeNew(): Promise<Session> {
    const takenAtMs = this.#clock.monotonicMs()
    const session = await this.#take()
    const { lastsMs } = session
    const renewAtMs = takenAtMs + Math.max(lastsMs / 2, lastsMs - RENEW_BEFORE_END_MS)
    this.#held = { session, takenAtMs, endsAtMs: takenAtMs + lastsMs, renewAtMs }
    return session
  }
}
