import { expectedRule } from './expected.ts'
import { FAULT_NAMES, type FaultName, LASTS, type Lasts } from './faults.ts'
import type { Played, Undisturbed } from './matrix.ts'
import { RULES, type Rule, type RuleName } from './rules.ts'
import type { Verdict } from './run-cell.ts'
import { ROWS, type Row, STORIES, type StoryName } from './stories.ts'

const INTRODUCTION = `# What a release does when AWS does not

Every operation that the action calls, in every situation that matters, with everything that can become of a request
and its answer. Each cell is a release played against the simulator: first with one request that meets the fault, then
with every one from then on. One word stands for both when they are the same. The words are explained below.

This page is written by \`npm run faults\` from those releases. \`npm run soak\` fails when one of them differs from it, \`npm test\`
when one of the third does that it plays.
\`npm run bench -- faults\` prints it.

| Fault | What becomes of a request |
|---|---|
| throttled | refused: \`ThrottlingException\` |
| 500 | refused: \`InternalFailure\` |
| reset before | the connection is cut before the request is looked at |
| reset after | carried out; the connection is cut before the answer |
| slow | carried out; the answer comes after 45 s, and an attempt ends after 30 s (who we are: 5 s, a session: 14 s) |
| expired | refused: \`ExpiredTokenException\` |
| denied | refused: \`AccessDeniedException\` |
| malformed | carried out; half of the answer is missing |
| empty | carried out; the answer has no body |

In every cell: an exit code of 0 is only given when production and every lifecycle event are as they are without a fault, by
the simulator's own model; at most one CreateDeployment is accepted; no output has a stack trace; there is one
annotation when the exit code is 1, and otherwise none; the report keeps to its schema; trouble that outlasts a call's
own attempts is told in one line when it begins and in one when it ends. The post step fails no job, and raises one
annotation when somebody has to look.
`

/** The page of the docs. A cell that was played and is not as expected is marked. */
export function renderPage(undisturbed: Undisturbed, played: readonly Played[]): string {
  return `${[INTRODUCTION, matrix(played), words(), stories(undisturbed)].join('\n')}`
}

function matrix(played: readonly Played[]): string {
  const lines = ROWS.map((row) => {
    const cells = FAULT_NAMES.map((fault) => {
      const seen = played.filter((one) => one.row === row && one.fault === fault)
      return cellText(
        LASTS.map((lasts) =>
          wordOf(
            row,
            fault,
            lasts,
            seen.find((one) => one.lasts === lasts),
          ),
        ),
      )
    })
    return `| ${row.story} | ${row.operation} | ${cells.join(' | ')} |`
  })
  const head = `| Story | Operation | ${FAULT_NAMES.join(' | ')} |`
  return ['## Verdicts', '', head, dashes(FAULT_NAMES.length + 2), ...lines, ''].join('\n')
}

function wordOf(row: Row, fault: FaultName, lasts: Lasts, played: Played | undefined): string {
  const rule = expectedRule(row, fault, lasts)
  return played === undefined || isEqual(played.expected, played.seen) ? rule : `NOT ${rule}`
}

function cellText(words: readonly string[]): string {
  return [...new Set(words)].join(', ')
}

function isEqual(one: object, other: object): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

function words(): string {
  const rules = new Set(
    ROWS.flatMap((row) => FAULT_NAMES.flatMap((fault) => LASTS.map((lasts) => expectedRule(row, fault, lasts)))),
  )
  const used = (Object.keys(RULES) as RuleName[]).filter((name) => rules.has(name))
  const lines = used.map((name) => {
    const { change, why }: Rule = RULES[name]
    return `| ${name} | ${changeText(change)} | ${why} |`
  })
  const head = '| Word | What differs from the story without a fault | Why that is right |'
  return ['## Words', '', head, dashes(3), ...lines, ''].join('\n')
}

const LABELS: Record<keyof Verdict, (value: string | number) => string> = {
  status: (value) => `status \`${value}\``,
  reason: (value) => `reason \`${value}\``,
  rollback: (value) => `rollback-status \`${value}\``,
  exitCode: (value) => `exit ${value}`,
  deployments: (value) => `deployments: ${value}`,
  revisions: (value) => `new revisions: ${value}`,
  production: (value) => `production ${value}`,
}

function changeText(change: Partial<Verdict>): string {
  const parts = (Object.keys(LABELS) as (keyof Verdict)[]).flatMap((name) => {
    const value = change[name]
    return value === undefined || value === '' ? [] : [LABELS[name](value)]
  })
  return parts.join(', ') || 'nothing'
}

function stories(undisturbed: Undisturbed): string {
  const lines = (Object.keys(STORIES) as StoryName[]).map(
    (name) => `| ${name} | ${STORIES[name].title} | ${changeText(undisturbed[name].verdict)} |`,
  )
  const head = '| Story | What happens, and when faults begin | Without a fault |'
  return ['## Stories', '', head, dashes(3), ...lines, ''].join('\n')
}

function dashes(columns: number): string {
  return `|${'---|'.repeat(columns)}`
}
