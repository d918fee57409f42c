import { isAtRest, type Release } from '../release-state.ts'
import type { Log } from '../world.ts'
import { type SavedRelease, STATE_FILE, STATE_REPORT, STATE_SETTLED, STATE_UNTOLD } from './saved-release.ts'
import { savedWhen } from './saved-when.ts'
import type { LaterToolkit } from './toolkit.ts'

/** What the main step leaves to its post step, which goes on with it when this step is cancelled or lost. */
export class PostStepState {
  readonly #saved: SavedRelease
  readonly #toolkit: LaterToolkit
  readonly #log: Log
  readonly #reportPath: string
  /** GitHub is told of the release, deployment or not. */
  #tellsGithub = false
  #isSaving = false
  #isWarned = false

  constructor(saved: SavedRelease, toolkit: LaterToolkit, log: Log, reportPath: string) {
    this.#saved = saved
    this.#toolkit = toolkit
    this.#log = log
    this.#reportPath = reportPath
  }

  /** What to warn of before the first write: nothing can be left to the post step. */
  cautions(): string[] {
    if (this.#saved.isPossible()) return []
    this.#warnOfLoss(NOT_SAVED)
    return [lossText(NOT_SAVED)]
  }

  tellsGithub(): void {
    this.#tellsGithub = true
  }

  /** Where the report will be, for a step that is killed before there is a release to save. */
  expectReport(): void {
    if (!this.#isSaving) this.#leave(STATE_REPORT, this.#reportPath)
  }

  /** Saves a release that has become something which the post step must know. */
  keep(release: Release, before: Release | undefined): void {
    if (!savedWhen(before, release, this.#tellsGithub)) return
    if (!this.#saved.save(release)) this.#warnOfLoss(NOT_SAVED)
    if (this.#isSaving) return
    this.#isSaving = true
    this.#leave(STATE_FILE, this.#saved.path)
    this.#leave(STATE_REPORT, this.#reportPath)
  }

  /** The release has ended. Of a cancelled one the deployment may not be at rest. */
  settle(ended: Release): void {
    if (!this.#isSaving) return
    this.#saved.save(ended)
    if (ended.status !== 'cancelled' || isAtRest(ended)) this.#leave(STATE_SETTLED, 'true')
  }

  /** A cancelled step may be killed before GitHub has answered; its post step then tells the end. */
  expectUntold(): void {
    if (this.#isSaving && this.#tellsGithub) this.#leave(STATE_UNTOLD, 'true')
  }

  told(): void {
    if (this.#isSaving && this.#tellsGithub) this.#leave(STATE_UNTOLD, 'false')
  }

  #leave(name: string, value: string): void {
    this.#toolkit.use((core) => {
      try {
        core.saveState(name, value)
      } catch {
        this.#warnOfLoss('the runner keeps no state for it (GITHUB_STATE)')
      }
    })
  }

  /** That is no reason to fail a release. */
  #warnOfLoss(why: string): void {
    if (!this.#isWarned) this.#log.warning(lossText(why))
    this.#isWarned = true
  }
}

/** Why nothing can be left to the post step. */
const NOT_SAVED = 'nothing can be saved for it (RUNNER_TEMP cannot be written)'

function lossText(why: string): string {
  return `If this step is cancelled or lost, its post step cannot stop or follow the deployment: ${why}.`
}
