import { isPlayed } from '../../support/share.ts'
import { expectedRule } from './expected.ts'
import { FAULT_NAMES, type FaultName, LASTS, type Lasts } from './faults.ts'
import { type RuleName, ruleOf } from './rules.ts'
import { type CellRun, runCell, type Verdict } from './run-cell.ts'
import { ROWS, type Row, STORIES, type StoryName, storyOf } from './stories.ts'

/** One cell as it was played, beside what is expected of it. */
export interface Played {
  row: Row
  fault: FaultName
  lasts: Lasts
  run: CellRun
  rule: RuleName
  expected: Verdict & { warns: boolean }
  seen: Verdict & { warns: boolean }
}

export type Undisturbed = Record<StoryName, CellRun>

/** Every story without a fault. */
export async function playStories(): Promise<Undisturbed> {
  const runs: Partial<Undisturbed> = {}
  for (const name of Object.keys(STORIES) as StoryName[]) runs[name] = await runCell(storyOf(name), undefined)
  return runs as Undisturbed
}

/** One in so many of the cells of a row, in each row others. */
export async function playRow(row: Row, undisturbed: Undisturbed, oneIn: number): Promise<Played[]> {
  const played: Played[] = []
  const base = undisturbed[row.story]
  for (const [column, fault] of FAULT_NAMES.entries()) {
    for (const [half, lasts] of LASTS.entries()) {
      if (!isPlayed(ROWS.indexOf(row) + column + half, oneIn)) continue
      const run = await runCell(storyOf(row.story), { operation: row.operation, fault, lasts })
      const rule = expectedRule(row, fault, lasts)
      const { change, warns } = ruleOf(rule)
      const seenWarns = run.release.warnings.length > base.release.warnings.length
      played.push({
        row,
        fault,
        lasts,
        run,
        rule,
        // Only a verdict that is the same otherwise is told apart by its warnings.
        expected: { ...base.verdict, ...change, warns: warns ?? false },
        seen: { ...run.verdict, warns: isSame(run.verdict, base.verdict) && seenWarns },
      })
    }
  }
  return played
}

function isSame(one: Verdict, other: Verdict): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

/** Every cell, row by row. */
export async function playMatrix(): Promise<{ undisturbed: Undisturbed; played: Played[] }> {
  const undisturbed = await playStories()
  const played: Played[] = []
  for (const row of ROWS) played.push(...(await playRow(row, undisturbed, 1)))
  return { undisturbed, played }
}
