import { randomUUID } from 'node:crypto'
import { renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { readBounded } from '../text/read-bounded.ts'

/** Files that the runner and later steps read. Writing is synchronous, so that a signal finds them whole. */
export interface StepFiles {
  /** Where the report is written. */
  reportPath: string
  /** Replaces the job summary of this step. @returns whether it could be written */
  writeSummary(markdown: string): boolean
  /** Replaces the report. @returns whether it could be written */
  writeReport(json: string): boolean
  /** A file of the workspace, or of an absolute path; undefined when it cannot be read. */
  readText(path: string): Promise<string | undefined>
}

/**
 * The files of the step that `environment` describes.
 * @param knownReport path of the report that an earlier step of this action wrote; empty: a new one
 */
export function stepFiles(environment: NodeJS.ProcessEnv, knownReport = ''): StepFiles {
  const summaryPath = environment['GITHUB_STEP_SUMMARY'] ?? ''
  const reportPath = knownReport || join(environment['RUNNER_TEMP'] || tmpdir(), `ecs-release-${randomUUID()}.json`)
  const workspace = environment['GITHUB_WORKSPACE'] || process.cwd()
  return {
    reportPath,
    writeSummary: (markdown) => summaryPath === '' || attemptWrite(summaryPath, markdown, 0o644),
    writeReport: (json) => attemptWrite(reportPath, json, 0o600),
    readText: async (path) => {
      return readBounded(resolve(workspace, path), MAX_INPUT_BYTES)
    },
  }
}

/** Bytes of an input file that are read: more than a document may have characters, so that one that is too long is told. */
const MAX_INPUT_BYTES = 5 * 1024 * 1024

/** A file can be written although nothing can be put beside it or over it: a folder of others, a mounted file. */
const ONLY_IN_PLACE = new Set(['EACCES', 'EPERM', 'EROFS', 'EISDIR', 'EBUSY', 'EXDEV'])

/**
 * Replaces a file as a whole, so that a process killed in the middle leaves the one before. Where only the file itself may
 * be written it is written in place; never on a full disk, which would take the one before.
 * @param mode permissions of the new file
 * @returns whether it could be written
 */
export function attemptWrite(path: string, text: string, mode: number): boolean {
  const next = `${path}.next`
  try {
    writeFileSync(next, text, { mode })
    renameSync(next, path)
    return true
  } catch (error) {
    discard(next)
    const { code = '' } = error as NodeJS.ErrnoException
    return ONLY_IN_PLACE.has(code) && writeInPlace(path, text)
  }
}

function writeInPlace(path: string, text: string): boolean {
  try {
    // A file that is not there is not made: its folder is not ours.
    writeFileSync(path, text, { flag: 'r+' })
    truncateSync(path, Buffer.byteLength(text))
    return true
  } catch {
    return false
  }
}

/** What a full disk has taken of a file would keep the next one from being written. */
function discard(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {
    // There is no such folder.
  }
}
