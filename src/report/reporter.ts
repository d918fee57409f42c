import type { Release } from '../release-state.ts'

/**
 * A place where a release is reported: log, summary, outputs, report, annotation, and on GitHub beside the run. None of
 * them ever fails a release.
 */
export interface Reporter {
  /** Something became known; `before` is the release as it was reported last. */
  update?(release: Release, before: Release | undefined): void
  /** The verdict. */
  finish?(ended: Release): void
  /**
   * Waits for what is still under way.
   * @param lastMoment resolves when there is no time left
   * @returns whether it has arrived
   */
  flush?(lastMoment: Promise<void>): Promise<boolean>
}

/** Reports to each of these, in order. */
export class Reporters {
  readonly #reporters: Reporter[]
  #reported: Release | undefined

  constructor(reporters: readonly Reporter[]) {
    this.#reporters = [...reporters]
  }

  /** The release as it was last reported. */
  get reported(): Release | undefined {
    return this.#reported
  }

  /** From now on the release is reported there too. */
  add(reporter: Reporter): void {
    this.#reporters.push(reporter)
  }

  update(release: Release): void {
    const before = this.#reported
    this.#reported = release
    for (const reporter of this.#reporters) reporter.update?.(release, before)
  }

  finish(ended: Release): void {
    this.#reported = ended
    for (const reporter of this.#reporters) reporter.finish?.(ended)
  }

  async flush(lastMoment: Promise<void>): Promise<boolean> {
    const arrived = await Promise.all(this.#reporters.map((reporter) => reporter.flush?.(lastMoment) ?? true))
    return arrived.every((has) => has)
  }
}
