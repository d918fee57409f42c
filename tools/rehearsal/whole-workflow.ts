import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { logLine } from '../../src/text/untrusted.ts'
import type { PlayedChapter } from './player.ts'
import { playChapter, tell } from './player.ts'
import { emptyResults, endOf, keepResults, RESULTS_FOLDER } from './results.ts'
import { openStage } from './stage.ts'
import { renderSummaryPage } from './summary-page.ts'
import type { Chapter, Workflow } from './workflow.ts'

export interface WorkflowRehearsal {
  name: string
  workflow: Workflow
  /** Those to be played. */
  chapters: readonly Chapter[]
  speed: number
  /** Where the results go; emptied first. */
  folder?: string
}

/** What a shell reports of a program that Ctrl-C has ended. */
const INTERRUPTED = 130

/** Plays a workflow with the built action. @returns 1 when a chapter does not end as it must, 130 after Ctrl-C, else 0 */
export async function rehearseWorkflow(rehearsal: WorkflowRehearsal, say: (line: string) => void): Promise<number> {
  const { name, workflow, chapters, speed, folder = RESULTS_FOLDER } = rehearsal
  const stage = await openStage(workflow.scenario, { speed, hasGithub: true })
  const played: PlayedChapter[] = []
  const interruption = new AbortController()
  const isInterrupted = () => interruption.signal.aborted
  // The job that runs is cancelled by the same signal, and ends as a cancelled one does.
  const interrupt = () => interruption.abort()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, interrupt)
  try {
    say(
      `Workflow '${name}', ${speed} times faster than real time. This is not AWS: the simulator is at ${stage.simulator.url}.`,
    )
    for (const [index, chapter] of chapters.entries()) {
      say(`\n== Chapter ${index + 1} of ${chapters.length}: ${chapter.name}. ${chapter.says}`)
      if (index > 0) await stage.reset()
      const one = await playChapter(chapter, stage, isInterrupted, say)
      if (one.problem !== undefined) say(one.problem)
      played.push(one)
      if (isInterrupted()) break
    }
    say('')
    for (const line of tableLines(played)) say(line)
    await keepAll(played, name, folder)
  } finally {
    await stage.close()
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, interrupt)
  }
  const problems = played.flatMap(({ problem }) => problem ?? [])
  say('')
  for (const problem of problems) say(`Not as it must be. ${problem}`)
  if (isInterrupted()) say(`Interrupted: ${played.length} of ${chapters.length} chapters were begun.`)
  else if (problems.length === 0) say('Every chapter ended as it must.')
  say(`Left in ${folder}: index.html (open it), and of each job its summary, report, outputs and log`)
  if (isInterrupted()) return INTERRUPTED
  return problems.length === 0 ? 0 : 1
}

const COLUMNS = ['Chapter', 'Job', 'Run', 'Status', 'Exit code', 'Production afterwards']

function rowsOf(played: readonly PlayedChapter[]): string[][] {
  return played.flatMap(({ jobs }) =>
    jobs.map(({ chapter, name, run, outputs, result, production }) =>
      [
        chapter,
        name,
        `${run.workflow} ${run.runNumber}`,
        outputs['status'] ?? '',
        String(result.main.exitCode),
        tell(production),
      ].map(logLine),
    ),
  )
}

function tableLines(played: readonly PlayedChapter[]): string[] {
  const rows = [COLUMNS, ...rowsOf(played)]
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

/** A folder for each job in the order of their ends, and one page with all of them. */
async function keepAll(played: readonly PlayedChapter[], name: string, folder: string): Promise<void> {
  emptyResults(folder)
  const parts = [`# Rehearsal of the workflow ${name}`, markdownTable([COLUMNS, ...rowsOf(played)])]
  let number = 0
  for (const { chapter, jobs, problem } of played) {
    parts.push(
      `# ${chapter.name}`,
      chapter.says,
      ...(problem === undefined ? [] : [`**Not as it must be.** ${problem}`]),
    )
    for (const job of jobs) {
      number += 1
      const own = join(folder, `${String(number).padStart(2, '0')}-${chapter.name}-${job.name}`)
      mkdirSync(own)
      await keepResults(job.result, own)
      writeFileSync(join(own, 'log.txt'), job.log.map((line) => `${line}\n`).join(''))
      parts.push(
        `---\n\nJob **${job.name}**, run ${job.run.runNumber} of ${job.run.workflow}:`,
        endOf(job.result).summary,
      )
    }
  }
  writeFileSync(join(folder, 'index.html'), await renderSummaryPage(parts.join('\n\n')))
}

function markdownTable([head = [], ...rows]: string[][]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
