import { randomUUID } from 'node:crypto'
import { closeSync, constants, fstatSync, openSync, readSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

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

/**
 * The text of a regular file, up to its first `maxBytes` bytes; undefined when it cannot be read. Devices, pipes and
 * folders are not read, and nothing is waited for: a file such as `/proc/kmsg` may not have an end.
 */
export function readBounded(path: string, maxBytes: number): string | undefined {
  let file: number | undefined
  try {
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    const status = fstatSync(file)
    if (!status.isFile()) return undefined
    // Files of the system say that they are empty.
    const bytes = Buffer.alloc(status.size === 0 ? maxBytes : Math.min(status.size, maxBytes))
    let length = 0
    for (;;) {
      const read = readSync(file, bytes, length, bytes.length - length, null)
      length += read
      if (read === 0 || length === bytes.length) return bytes.toString('utf8', 0, length)
    }
  } catch {
    return undefined
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

/**
 * Replaces a file as a whole, so that a process killed in the middle leaves the one before.
 * @param mode permissions of the new file
 * @returns whether it could be written
 */
export function attemptWrite(path: string, text: string, mode: number): boolean {
  const next = `${path}.next`
  try {
    writeFileSync(next, text, { mode })
    renameSync(next, path)
    return true
  } catch {
    discard(next)
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
