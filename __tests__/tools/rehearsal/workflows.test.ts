import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { endingProblem } from '../../../tools/rehearsal/ending-check.ts'
import { rehearseWorkflow } from '../../../tools/rehearsal/whole-workflow.ts'
import type { Ending, Job, Step, Workflow } from '../../../tools/rehearsal/workflow.ts'
import { nativeWorkflows, workflows } from '../../../tools/rehearsal/workflows.ts'
import { baseScenario } from '../../../tools/simulator/scenarios.ts'
import { commandsIn } from '../../support/runner-grammar.ts'

let results = ''
beforeAll(() => {
  results = mkdtempSync(join(tmpdir(), 'workflows-'))
})
afterAll(() => {
  rmSync(results, { recursive: true })
})

/** So slow that whoever watches a shift is in time on a busy machine too; the chapters are played beside each other. */
const SPEED = 15

/** Plays one chapter of a workflow as `npm run rehearse` does. */
async function play(name: string, workflow: Workflow, chapter?: string) {
  const folder = mkdtempSync(join(results, 'one-'))
  const lines: string[] = []
  const chapters = workflow.chapters.filter((one) => chapter === undefined || one.name === chapter)
  const exitCode = await rehearseWorkflow({ name, workflow, chapters, speed: SPEED, folder }, (line) =>
    lines.push(line),
  )
  expect(commandsIn(lines.join('\n'))).toEqual([])
  return { exitCode, printed: lines.join('\n'), folder }
}

test.each<[string, string, string[], Workflow | undefined]>([
  ['two-job', 'approved', ['propose', 'promote'], workflows['two-job']],
  ['two-job', 'rejected', ['propose', 'reject'], workflows['two-job']],
  ['preview', 'side-by-side', ['seven', 'eight'], workflows.preview],
  ['rollback', 'alarm-in-the-shift', ['first', 'good', 'release', 'rollback', 'again'], workflows.rollback],
  ['two-job --native', 'approved', ['propose', 'promote'], nativeWorkflows['two-job']],
])('the workflow %s ends as it must: %s', async (name, chapter, jobs, workflow) => {
  if (workflow === undefined) throw new Error(`There is no workflow ${name}.`)
  const { exitCode, printed, folder } = await play(name, workflow, chapter)
  expect(printed).toContain('Every chapter ended as it must.')
  expect(exitCode).toBe(0)
  expect(printed).toMatch(/^Chapter +Job +Run +Status +Exit code +Production afterwards$/m)
  for (const job of jobs) {
    expect(printed).toContain(`Job '${job}' of run`)
    const [own = ''] = readdirSync(folder).filter((entry) => entry.endsWith(`-${chapter}-${job}`))
    expect(readdirSync(join(folder, own)).sort()).toEqual([
      'log.txt',
      'outputs.json',
      'report.json',
      'summary.html',
      'summary.md',
    ])
  }
  expect(readFileSync(join(folder, 'index.html'), 'utf8')).toContain(chapter)
})

describe('a chapter that does not end as it must', () => {
  const REFUSED: Ending = { status: 'refused', exitCode: 1, outputs: { reason: 'not-found' }, writes: [] }
  const RELEASE: Job = {
    name: 'release',
    run: {},
    inputs: { service: 'wobble', image: 'registry.example/web:1.1.0' },
    ends: REFUSED,
  }

  test.each<[string, Step, string]>([
    [
      'its status',
      { kind: 'run', job: { ...RELEASE, ends: { ...REFUSED, status: 'succeeded' } } },
      "job 'release' must end with status 'succeeded'; it ended with 'refused'.",
    ],
    [
      'its log',
      { kind: 'start', job: RELEASE, until: /Released/ },
      "job 'release' ended before its log said /Released/.",
    ],
    [
      'what production serves',
      { kind: 'look', production: 'registry.example/web:2.0.0' },
      'production must answer with registry.example/web:2.0.0; it answered registry.example/web:1.0.0.',
    ],
  ])('is told by %s in one sentence, with exit code 1', async (_, step, sentence) => {
    const chapter = { name: 'odd', says: 'Odd.', steps: [step] }
    const { exitCode, printed, folder } = await play('odd', { scenario: baseScenario, speed: 60, chapters: [chapter] })
    expect(exitCode).toBe(1)
    expect(printed).toContain(`Not as it must be. Chapter 'odd': ${sentence}`)
    expect(existsSync(join(folder, 'index.html'))).toBe(true)
  })

  test.each<[Partial<Ending>, string | undefined]>([
    [{}, undefined],
    [{ exitCode: 0 }, 'must end with exit code 0; it ended with 1'],
    [{ outputs: { reason: 'busy' } }, "must end with reason 'busy'; it ended with 'not-found'"],
    [{ outputs: { production: 'web:1' } }, "must end with production 'web:1'; it ended with ''"],
    [{ summary: 'Released' }, "must say 'Released' in its summary"],
    [{ writes: ['CreateDeployment'] }, 'must write CreateDeployment; it wrote nothing'],
  ])('when %j must hold', (ending, sentence) => {
    const outputs = { status: 'refused', reason: 'not-found' }
    const ended = { outputs, exitCode: 1, summary: '## Refused', writes: [] }
    expect(endingProblem({ ...REFUSED, ...ending }, ended)).toBe(sentence)
  })
})

test.each([...Object.entries(workflows), ...Object.entries(nativeWorkflows)])(
  'the chapters of %s have names of their own, and so have their jobs',
  (_, { chapters }) => {
    expect(new Set(chapters.map(({ name }) => name)).size).toBe(chapters.length)
    for (const { steps } of chapters) {
      const jobs = steps.flatMap((step) => (step.kind === 'run' || step.kind === 'start' ? [step.job.name] : []))
      expect(new Set(jobs).size).toBe(jobs.length)
    }
  },
)
