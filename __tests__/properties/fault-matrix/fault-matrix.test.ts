import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { needsSomebody } from '../../../src/release/resume.ts'
import { expectValidReport } from '../../support/report-schema.ts'
import { PASSING } from './faults.ts'
import { type Played, playRow, playStories, type Undisturbed } from './matrix.ts'
import { renderPage } from './page.ts'
import { type CellRun, ownDeployments, runCell, wasAccepted } from './run-cell.ts'
import { ROWS, type Row, type StoryName, storyOf } from './stories.ts'

const ROOT = join(import.meta.dirname, '..', '..', '..')
const OPERATIONS = new Set(ROWS.map(({ operation }) => operation))

/** What only releases through ECS's own deployments ask for, of which there is no story yet. */
const NOT_ASKED_YET = new Set([
  'ContinueServiceDeployment',
  'DescribeRules',
  'DescribeServiceDeployments',
  'DescribeServiceRevisions',
  'DescribeTargetHealth',
  'ListServiceDeployments',
  'StopServiceDeployment',
])

const BEGINS = /AWS throttles |(looking|asking) again, less often/
const ENDS = /AWS answers again|Reads succeed again|is answered again/

let undisturbed: Undisturbed
const played = new Map<Row, Played[]>()

beforeAll(async () => {
  undisturbed = await playStories()
})

/** Every third cell of a row in `npm test`, played when they are asked for first. */
async function of(row: Row): Promise<Played[]> {
  const cells = played.get(row) ?? (await playRow(row, undisturbed, 3))
  played.set(row, cells)
  return cells
}

/** Each cell by its name, so that a failure says which it is. */
function named<Fact>(cells: readonly Played[], fact: (cell: Played) => Fact): Record<string, Fact> {
  return Object.fromEntries(cells.map((cell) => [`${cell.fault}, ${cell.lasts}`, fact(cell)]))
}

describe('the matrix has every operation that the action calls', () => {
  test('in the recorded runs of all its stories', () => {
    const called = Object.values(undisturbed).flatMap(({ calls }) => calls.map(({ operation }) => operation))
    expect([...new Set(called)].filter((operation) => !OPERATIONS.has(operation))).toEqual([])
  })

  test('in its sources', () => {
    const folder = join(ROOT, 'src', 'aws')
    const sources = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'))
    const commands = sources.flatMap((text) => [...text.matchAll(/new (\w+)Command\(/g)].map(([, name]) => name))
    const asked = commands.filter((name) => !NOT_ASKED_YET.has(name ?? ''))
    expect([...OPERATIONS].sort()).toEqual([...new Set(asked)].sort())
  })

  test('the matrix has no row in which the operation is not called once faults have begun', () => {
    const idle = ROWS.filter(({ story, operation }) => !undisturbed[story].called.has(operation))
    expect(idle).toEqual([])
  })
})

describe.each(ROWS)('$story: $operation', (row) => {
  test('has the verdict that is justified, in every cell', async () => {
    const cells = await of(row)
    expect(named(cells, ({ seen }) => seen)).toEqual(named(cells, ({ expected }) => expected))
  })

  test('tells success only when production and every event are there, and makes one deployment at most', async () => {
    for (const { run } of await of(row)) expectNoSuccessByDefault(run, row.story)
  })

  test('shows no stack and one annotation when the step fails, and its report is valid', async () => {
    for (const { run } of await of(row)) expectWellTold(run, row.story)
  })

  test('tells trouble once when it begins, and once when it ends', async () => {
    for (const { run } of await of(row)) {
      const began = run.log.filter((line) => BEGINS.test(line)).length
      const ended = run.log.filter((line) => ENDS.test(line)).length
      expect(began).toBeLessThanOrEqual(1)
      expect(ended).toBeLessThanOrEqual(began)
    }
  })
})

function expectNoSuccessByDefault({ verdict, calls, lane, outputs }: CellRun, story: StoryName): void {
  const own = ownDeployments(lane)
  const accepted = calls.filter((call) => call.operation === 'CreateDeployment' && wasAccepted(call))
  expect(accepted.length).toBeLessThanOrEqual(1)
  expect(own.length).toBe(accepted.length)
  if (verdict.exitCode !== 0 || verdict.status === 'cancelled' || verdict.status === 'unknown') {
    expect(['succeeded', 'started', 'unchanged']).not.toContain(verdict.status)
    return
  }
  const base = undisturbed[story]
  expect(verdict).toMatchObject({ status: base.verdict.status, production: base.verdict.production })
  // What could not be seen is left out, never guessed.
  expect([base.outputs['production'], '']).toContain(outputs['production'])
  expect(outputs['replacement-traffic']).toBe(outputs['production'] === '' ? '' : base.outputs['replacement-traffic'])
  expect(eventsOf(lane)).toEqual(eventsOf(base.lane))
}

/** Of the newest deployment that is no rollback by CodeDeploy. */
function eventsOf({ deployments }: CellRun['lane']): string[] {
  const newest = deployments.filter(({ kind }) => kind === 'release').at(-1)
  return (newest?.events ?? []).map(({ name, status }) => `${name} ${status}`)
}

function expectWellTold(
  { verdict, annotations, release, log, outputs, summary, report }: CellRun,
  story: StoryName,
): void {
  expectValidReport(release)
  const isPost = storyOf(story).isKilled === true
  expect(annotations).toHaveLength(isPost ? Number(needsSomebody(release)) : verdict.exitCode)
  const shown = [...log, ...annotations, ...Object.values(outputs), summary, report].join('\n')
  expect(shown).not.toMatch(/\bat (?:async )?\S+ \(?(?:file|node):|node_modules|\n\s+at /)
  expect(shown).not.toMatch(/\[object Object\]|\bNaN\b|Invalid Date/)
}

test.each(['GetDeploymentTarget', 'GetDeployment'])(
  'trouble with %s that passes is told once when it begins and once when it ends, and changes no verdict',
  async (operation) => {
    for (const fault of PASSING) {
      const run = await runCell(storyOf('follow'), { operation, fault, lasts: 100 })
      expect({ fault, verdict: run.verdict }).toEqual({ fault, verdict: undisturbed.follow.verdict })
      expect({ fault, began: run.log.filter((line) => BEGINS.test(line)).length }).toEqual({ fault, began: 1 })
      expect({ fault, ended: run.log.filter((line) => ENDS.test(line)).length }).toEqual({ fault, ended: 1 })
    }
  },
)

test('the page of the docs is what the runs give', async () => {
  const cells: Played[] = []
  for (const row of ROWS) cells.push(...(await of(row)))
  const page = readFileSync(join(ROOT, 'docs', 'faults.md'), 'utf8').replaceAll('\r\n', '\n')
  // `npm run faults` writes it.
  expect(renderPage(undisturbed, cells)).toBe(page)
})
