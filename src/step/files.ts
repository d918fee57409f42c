import { randomUUID } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** Files that the runner and later steps read. Writing is synchronous, so that a signal finds them whole. */
export interface StepFiles {
  /** Replaces the job summary of this step. A summary that cannot be written is no failure. */
  writeSummary(markdown: string): void
  /** Replaces the report. @returns its path; empty when it could not be written */
  writeReport(json: string): string
  /** A file of the workspace; undefined when it cannot be read. */
  readText(path: string): Promise<string | undefined>
}

/** The files of the step that `environment` describes. */
export function stepFiles(environment: NodeJS.ProcessEnv): StepFiles {
  const summaryPath = environment['GITHUB_STEP_SUMMARY'] ?? ''
  const reportPath = join(environment['RUNNER_TEMP'] || tmpdir(), `ecs-release-${randomUUID()}.json`)
  const workspace = environment['GITHUB_WORKSPACE'] || process.cwd()
  return {
    writeSummary: (markdown) => {
      if (summaryPath !== '') attemptWrite(summaryPath, markdown, 0o644)
    },
    writeReport: (json) => (attemptWrite(reportPath, json, 0o600) ? reportPath : ''),
    readText: async (path) => {
      try {
        return readFileSync(resolve(workspace, path), 'utf8')
      } catch {
        return undefined
      }
    },
  }
}

function attemptWrite(path: string, text: string, mode: number): boolean {
  try {
    writeFileSync(path, text, { mode })
    return true
  } catch {
    return false
  }
}
