import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { STATE_REPORT } from '../../src/step/saved-release.ts'
import type { JobResult } from './job.ts'
import { renderSummaryPage } from './summary-page.ts'

/** Everything a rehearsal leaves behind. */
export const RESULTS_FOLDER = resolve(import.meta.dirname, '..', '..', 'rehearsal')

/** Takes away what the rehearsal before has left. */
export function emptyResults(folder = RESULTS_FOLDER): void {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
}

/** Leaves summary, report and outputs of a job in an existing folder; the page is a file to open by itself. */
export async function keepResults(job: JobResult, folder = RESULTS_FOLDER): Promise<void> {
  const { outputs, summary } = endOf(job)
  const inFolder = (name: string) => join(folder, name)
  // A killed main step puts out none, and its post step writes one all the same.
  const report = outputs['report'] ?? job.main.state[STATE_REPORT] ?? ''
  const isWritten = existsSync(report)
  if (isWritten) copyFileSync(report, inFolder('report.json'))
  const kept = { ...outputs, ...(isWritten && outputs['report'] && { report: inFolder('report.json') }) }
  writeFileSync(inFolder('outputs.json'), `${JSON.stringify(kept, undefined, 2)}\n`)
  writeFileSync(inFolder('summary.md'), summary)
  writeFileSync(inFolder('summary.html'), await renderSummaryPage(summary))
}

/**
 * What a runner has of a job: the outputs of the main step, for those of a post step go nowhere, and both summaries.
 * Source: actions/runner, ExecutionContext.CreatePostChild.
 */
export function endOf({ main, post }: JobResult): { outputs: Record<string, string>; summary: string } {
  return {
    outputs: main.outputs,
    summary: [main.summary, post.summary].filter((text) => text !== '').join('\n'),
  }
}
