import type { Release } from '../release-state.ts'
import { inSentence } from '../text/untrusted.ts'
import type { Clock } from '../time/clock.ts'
import { until } from '../time/race.ts'
import { GithubError } from './api.ts'

/** Somewhere on GitHub where a release is told. */
export interface Channel {
  /** What it is, in a sentence: 'the pull request comment'. */
  name: string
  /** What the job's token needs for it: 'pull-requests: write'. */
  permission: string
  /** What it is to say of a release; undefined: nothing yet. What it says already is not sent again. */
  textFor(release: Release): string | undefined
  /** @throws GithubError */
  send(wording: string, release: Release, signal: AbortSignal): Promise<void>
}

/** What became of the last words. */
export type Delivery =
  | { kind: 'told' }
  /** GitHub does not take them, and will not. */
  | { kind: 'refused'; error: GithubError }
  | { kind: 'late'; why: string }

/** From one sending to the next while the release goes on: changes in between are told together. In milliseconds. */
const PAUSE_MS = 10_000

/** How long one sending may take, all its requests together, in milliseconds. */
const SENDING_MS = 15_000

/** How long the end of a step waits for its last words to arrive, in milliseconds. */
const LAST_WORDS_MS = 10_000

/** How long the last words wait for a sending that is under way, in milliseconds; then it is given up for them. */
const UNDER_WAY_MS = 3_000

const MAX_ATTEMPTS = 3

const ARRIVED = Promise.resolve()

/** Before the second attempt, in milliseconds; each further wait is twice as long. */
const FIRST_WAIT_MS = 1_000
const MAX_WAIT_MS = 600_000

/**
 * Keeps one channel up to date beside the release, which never waits for it while it goes on and is never failed by it:
 * the newest news win, and what does not get through is told by its delivery.
 */
export class Publisher {
  readonly #channel: Channel
  readonly #clock: Clock
  #wanted: Release | undefined
  #sent: string | undefined
  #running: Promise<void> | undefined
  #trouble: GithubError | undefined
  #refusal: GithubError | undefined
  #notBeforeMs = 0
  /** Ends a pause: the last words are there. */
  readonly #hurry = new AbortController()
  /** Ends a sending that was under way before the last words. */
  readonly #late = new AbortController()
  /** Ends everything: there is no time left. */
  readonly #cut = new AbortController()

  constructor(channel: Channel, clock: Clock) {
    this.#channel = channel
    this.#clock = clock
  }

  get channel(): Channel {
    return this.#channel
  }

  /** Takes news along; it does not wait for them to arrive. */
  publish(release: Release): void {
    if (this.#refusal !== undefined) return
    this.#wanted = release
    this.#running ??= this.#run()
      // A mistake of ours must not end a release either.
      .catch((error) => {
        this.#refusal = new GithubError('refused', 0, inSentence(String(error), 200))
      })
      .finally(() => {
        this.#running = undefined
      })
  }

  /**
   * The last words.
   * @param lastMoment resolves when there is no time left
   */
  async flush(release: Release, lastMoment: Promise<void>): Promise<Delivery> {
    const { signal } = this.#cut
    const late = this.#clock.deadline(UNDER_WAY_MS)
    late.signal.addEventListener('abort', () => this.#late.abort(), { once: true })
    const limit = this.#clock.deadline(LAST_WORDS_MS)
    limit.signal.addEventListener('abort', () => this.#cut.abort(), { once: true })
    void lastMoment.then(() => this.#cut.abort())
    this.#hurry.abort()
    const before = this.#running
    this.publish(release)
    await until(signal, before ?? ARRIVED)
    if (this.#wanted !== undefined) this.publish(this.#wanted)
    await until(signal, this.#running ?? ARRIVED)
    late.cancel()
    limit.cancel()
    if (this.#refusal !== undefined) return { kind: 'refused', error: this.#refusal }
    const wording = this.#channel.textFor(release)
    if (wording === undefined || wording === this.#sent) return { kind: 'told' }
    return { kind: 'late', why: this.#trouble?.message ?? 'no time was left' }
  }

  async #run(): Promise<void> {
    let attempts = 0
    while (this.#wanted !== undefined && (await this.#mayGoOn())) {
      const release: Release = this.#wanted
      this.#wanted = undefined
      const wording = this.#channel.textFor(release)
      if (wording === undefined || wording === this.#sent) continue
      const trouble = await this.#send(wording, release)
      this.#trouble = trouble
      attempts = trouble === undefined ? 0 : attempts + 1
      this.#notBeforeMs = this.#clock.monotonicMs() + PAUSE_MS
      if (trouble === undefined) continue
      if (trouble.kind === 'refused' || trouble.kind === 'moot') {
        this.#refusal = trouble
        return
      }
      // A limit may be over already by GitHub's clock and not in fact.
      const waitMs = Math.min(FIRST_WAIT_MS * 2 ** (attempts - 1), MAX_WAIT_MS)
      this.#notBeforeMs = this.#clock.monotonicMs() + Math.max(trouble.waitMs ?? 0, waitMs)
      if (trouble.kind === 'passing' && attempts === MAX_ATTEMPTS) return
      this.#wanted ??= release
    }
  }

  /** Waits until something may be sent. @returns false when there is no time for that */
  async #mayGoOn(): Promise<boolean> {
    const cut = this.#cut.signal
    await this.#clock.sleep(this.#leftMs(), this.#hurry.signal)
    // A pause of ours is over with the last words; what GitHub asks for, and the wait after a failure, are kept to.
    if (this.#trouble !== undefined && this.#leftMs() > 0) {
      if (this.#leftMs() > LAST_WORDS_MS) return false
      await this.#clock.sleep(this.#leftMs(), cut)
    }
    return !cut.aborted
  }

  #leftMs(): number {
    return Math.max(0, this.#notBeforeMs - this.#clock.monotonicMs())
  }

  /** @returns what went wrong */
  async #send(wording: string, release: Release): Promise<GithubError | undefined> {
    const limit = this.#clock.deadline(SENDING_MS)
    const ends = [limit.signal, this.#cut.signal, ...(this.#hurry.signal.aborted ? [] : [this.#late.signal])]
    try {
      const channel = this.#channel
      const end = AbortSignal.any(ends)
      const isSent = await until(
        end,
        channel.send(wording, release, end).then(() => true),
      )
      if (isSent === undefined) throw new GithubError('passing', 0, 'no answer')
      this.#sent = wording
      return undefined
    } catch (error) {
      if (limit.signal.aborted) return new GithubError('passing', 0, `no answer within ${SENDING_MS / 1000} s`)
      if (error instanceof GithubError) return error
      if (this.#late.signal.aborted) return new GithubError('passing', 0, 'no answer')
      throw error
    } finally {
      limit.cancel()
    }
  }
}
