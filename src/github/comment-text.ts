import { shortName } from '../aws/arn.ts'
import { runUrl } from '../aws/console-links.ts'
import type { Release } from '../release-state.ts'
import { withoutHookLines } from '../report/hook-reason.ts'
import { serviceLabel } from '../report/labels.ts'
import { folded, table, withLink } from '../report/markdown-parts.ts'
import { isGoneAgain } from '../report/previews.ts'
import { releasedName } from '../report/released.ts'
import { verdictSentences } from '../report/sentences.ts'
import { alert, colourOf, signed } from '../report/summary-alert.ts'
import { course } from '../report/summary-course.ts'
import { lifecycle } from '../report/summary-events.ts'
import { factsTable } from '../report/summary-facts.ts'
import { changes, planned } from '../report/summary-more.ts'
import { cut, markdownText } from '../text/untrusted.ts'
import { clockTime } from '../text/words.ts'

/** Far below the longest body that GitHub takes, 65,536 characters, some of which it may count as several. */
const MAX_LENGTH = 60_000

/** Longer names are none of AWS. */
const MAX_NAME_LENGTH = 255

/**
 * The hidden first line by which a later run finds the comment of the same service: region, cluster and service, so that
 * the jobs of a matrix do not share one; of a preview the first lane of all, whichever it is on. Written from the inputs, which are there before AWS has said anything.
 */
export function commentMarker({ region, asked }: Pick<Release, 'region' | 'asked'>): string {
  const names = [region ?? '', shortName(asked.cluster), shortName(asked.firstLane ?? asked.service)]
  if (asked.firstLane !== undefined) names.push('preview')
  const key = names.map((name) => encodeURIComponent(cut(name, MAX_NAME_LENGTH).toWellFormed())).join('/')
  return `<!-- ecs-release ${key.replaceAll('-', '%2D')} -->`
}

/**
 * The comment on a pull request: one row, the box where there is more to say than that it went well, and the rest folded.
 * What hooks printed is never part of it, nor is what CodeDeploy tells of their log. Parts that do not fit are left out whole.
 */
export function renderComment(told: Release): string {
  const release = withoutHookLines(told)
  const run = runUrl(release.run)
  const end = run === undefined ? '' : `${withLink('Everything else is in the summary of the run', run)}.`
  const parts = [row(release), ...below(release)]
  let body = commentMarker(release)
  for (const part of parts) {
    if (part !== '' && body.length + part.length + end.length < MAX_LENGTH) body += `\n${part}\n`
  }
  return `${body}\n${end}\n`
}

/** Service, how it is, where to see it, and when that was. */
function row(release: Release): string {
  const { preview, testUrl } = release
  const name = release.status === 'unchanged' ? '' : releasedName(release)
  const { title } = verdictSentences(release)
  const status = name === '' ? title : `${title}: ${name}`
  const cells: [string, string][] = [
    ['Service', markdownText(serviceLabel(release))],
    ['Status', signed(release, markdownText(status))],
    [preview === undefined ? 'Test' : 'Preview', testUrl === undefined ? '' : `**${withLink('Visit', testUrl)}**`],
    ['Updated', dayTime(updatedAtMs(release))],
  ]
  const shown = cells.filter(([, value]) => value !== '')
  return table(
    shown.map(([head]) => head),
    [shown.map(([, value]) => value)],
  )
}

/** `8 Aug 2026, 12:02 UTC`: in short words, so that the row fits on a telephone. */
function dayTime(atMs: number): string {
  return `${DAY.format(atMs)}, ${clockTime(atMs).slice(0, 5)} UTC`
}

const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' })

function updatedAtMs({ endedAt, timeline, startedAt }: Release): number {
  return endedAt?.atMs ?? timeline.at(-1)?.atMs ?? startedAt.atMs
}

/** The box, where the row does not say it all; the rest is folded, but for a plan, which is asked for to be read. */
function below(release: Release): string[] {
  const box = alert(release)
  const isSaid = isSaidByRow(release)
  const rest = [isSaid ? box : '', factsTable(release), course(release)]
  return [
    isSaid ? '' : box,
    planned(release),
    folded('Details', rest.filter((part) => part !== '').join('\n\n')),
    changes(release),
    lifecycle(release, false),
  ]
}

/** It goes on, or it went well and is what somebody looks for. */
function isSaidByRow(release: Release): boolean {
  const { status, preview } = release
  const isShown = preview === undefined || (preview.task === 'claim' && !isGoneAgain(release))
  return status === undefined || (status === 'succeeded' && colourOf(release) === 'TIP' && isShown)
}
