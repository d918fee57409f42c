import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ReleasePlan } from '../plan/plan.ts'
import type { Release } from '../release-state.ts'
import { isJsonObject } from '../text/document.ts'
import { readBounded } from '../text/read-bounded.ts'
import { broughtOver, type Moment, momentOf, systemClock } from '../time/clock.ts'
import { attemptWrite } from './files.ts'

/** Names of what the main step leaves to the post step through the runner. */
export const STATE_FILE = 'release-file'
export const STATE_REPORT = 'report-file'
export const STATE_SETTLED = 'settled'
/** `true` while GitHub has not been told the end. */
export const STATE_UNTOLD = 'untold'

/**
 * The release on disk, for the post step of the same job. What is of no use there is left out: the values of variables
 * never leave this process.
 */
export interface SavedRelease {
  path: string
  /** Whether a file can be written there, tried out with one that is larger than most releases. */
  isPossible(): boolean
  /** @returns whether it could be written */
  save(release: Release): boolean
}

const LARGE_BYTES = 256 * 1024

export function savedRelease(environment: NodeJS.ProcessEnv): SavedRelease {
  const path = join(environment['RUNNER_TEMP'] || tmpdir(), `ecs-release-state-${randomUUID()}.json`)
  return {
    path,
    isPossible: () => {
      const isWritten = attemptWrite(path, ' '.repeat(LARGE_BYTES), 0o600)
      if (isWritten) removeSavedRelease(path)
      return isWritten
    },
    save: (release) => attemptWrite(path, saveRelease(release), 0o600),
  }
}

/** The release as text. */
export function saveRelease(release: Release): string {
  const plan = release.plan && { ...release.plan, definition: undefined, budget: undefined }
  return JSON.stringify({ ...release, plan })
}

/**
 * The release of a saved text; undefined when the text is not whole, as after a kill.
 * @param now in this process, which is another than the one that saved it
 */
export function restoreRelease(text: string, now: Moment): Release | undefined {
  let saved: unknown
  try {
    saved = JSON.parse(text, (_, value) => (isMoment(value) ? broughtOver(value.atMs, now) : value))
  } catch {
    return undefined
  }
  if (!isJsonObject(saved) || !isMoment(saved['startedAt'])) return undefined
  const release = saved as unknown as Release
  return { ...release, plan: release.plan && restorePlan(release.plan, release.taskDefinition?.arn ?? '') }
}

function isMoment(value: unknown): value is Moment {
  return isJsonObject(value) && typeof value['atMs'] === 'number' && typeof value['monotonicMs'] === 'number'
}

/** The post step registers nothing and has a limit of its own. */
function restorePlan(plan: ReleasePlan, arn: string): ReleasePlan {
  return { ...plan, definition: { kind: 'use', arn }, budget: { totalMs: 0, overallMs: 0, phaseMs: () => 0 } }
}

/** Bytes of a saved release that are read; the largest have some 100 kB. */
const MAX_SAVED_BYTES = 64 * 1024 * 1024

/** What the main step left; undefined when there is nothing to go on with. */
export function readSavedRelease(path: string): Release | undefined {
  try {
    return restoreRelease(readBounded(path, MAX_SAVED_BYTES) ?? '', momentOf(systemClock))
  } catch {
    return undefined
  }
}

export function removeSavedRelease(path: string): void {
  rmSync(path, { force: true })
}
