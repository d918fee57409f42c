import { functionName, shortName } from '../aws/arn.ts'
import { runUrl } from '../aws/console-links.ts'
import { eventDurationMs } from '../follow/timeline.ts'
import { type Release, rollbackOf } from '../release-state.ts'
import { hadNothingToRollBack } from '../report/end-cause.ts'
import { withoutHookLines } from '../report/hook-reason.ts'
import { hookResults } from '../report/hook-results.ts'
import {
  changesInOrder,
  deploymentLink,
  deploymentName,
  eventHeads,
  revisionsInOrder,
  wordsFor,
} from '../report/labels.ts'
import { durationText, list, section, table, withLink } from '../report/markdown-parts.ts'
import { plannedOf } from '../report/planned.ts'
import { alert, changes, heading } from '../report/summary.ts'
import { eventResult } from '../report/summary-events.ts'
import { productionText } from '../report/traffic.ts'
import { cut, markdownCode, markdownText } from '../text/untrusted.ts'

/** Far below the longest body that GitHub takes, 65,536 characters, some of which it may count as several. */
const MAX_LENGTH = 60_000

/** Longer names are none of AWS. */
const MAX_NAME_LENGTH = 255

/** So many containers or lifecycle events are told at most. */
const MAX_ROWS = 30

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
 * The comment on a pull request: verdict, image, test URL, lifecycle events, hooks, rollback. What hooks printed is never
 * part of it, nor is what CodeDeploy tells of their log. Parts that do not fit are left out whole.
 */
export function renderComment(told: Release): string {
  const release = withoutHookLines(told)
  const run = runUrl(release.run)
  const end = run === undefined ? '' : `${withLink('Everything else is in the summary of the run', run)}.`
  const parts = [
    heading(release),
    alert(release),
    facts(release),
    planned(release),
    lifecycle(release),
    hooks(release),
    rollback(release),
  ]
  let body = commentMarker(release)
  for (const part of parts) {
    if (part !== '' && body.length + part.length + end.length < MAX_LENGTH) body += `\n${part}\n`
  }
  return `${body}\n${end}\n`
}

function facts(release: Release): string {
  const { deploymentId, testUrl } = release
  const images = (changesInOrder(release) ?? []).filter(({ member }) => member === 'image').slice(0, MAX_ROWS)
  const production = productionText(release)
  const deployment = deploymentId === undefined ? '' : markdownCode(deploymentName(release))
  const revisions = revisionsInOrder(release)
  const rows: [string, string][] = [
    ...images.map(({ container, from, to }): [string, string] => [
      `Image of ${markdownText(container)}`,
      `${markdownCode(from ?? 'absent')} → ${markdownCode(to ?? 'absent')}`,
    ]),
    ['Revision', revisions.map(markdownCode).join(' → ')],
    [release.operation === 'preview' ? 'The lane runs' : 'Production now', markdownCode(production)],
    [
      release.operation === 'preview' ? 'Preview' : 'Test URL',
      testUrl === undefined ? '' : withLink(markdownText(testUrl), testUrl),
    ],
    ['Deployment', deployment === '' ? '' : withLink(deployment, deploymentLink(release))],
  ]
  const shown = rows.filter(([, value]) => value !== '')
  return shown.length === 0 ? '' : table(['', ''], shown)
}

/** What `operation: plan` is asked for: what would be written, and what would change. */
function planned(release: Release): string {
  const told = plannedOf(release)
  if (told === undefined) return ''
  const writes = told.writes.length === 0 ? 'Nothing.' : list(told.writes)
  return `${section('What would be written', writes)}\n\n${changes(release)}`
}

function lifecycle(release: Release): string {
  const events = release.snapshot?.events ?? []
  if (events.length === 0) return ''
  const rows = events
    .slice(0, MAX_ROWS)
    .map((event) => [markdownText(event.name), eventResult(event), durationText(eventDurationMs(event))])
  const heads = eventHeads(release)
  return section(heads.section, table([heads.column, 'Result', 'Duration'], rows))
}

function hooks(release: Release): string {
  const results = hookResults(release)
  if (results.length === 0) return ''
  const rows = results.map(({ event, hookFunction, result, durationMs }) => [
    event,
    markdownCode(functionName(hookFunction)),
    result === 'failed' ? '**failed**' : result.replace('-', ' '),
    durationText(durationMs),
  ])
  return section('Hooks', table([eventHeads(release).column, 'Function', 'Result', 'Duration'], rows))
}

function rollback(release: Release): string {
  const found = rollbackOf(release)
  if (found === undefined || (found.status === 'none' && !found.wasDue)) return ''
  if (hadNothingToRollBack(release)) return ''
  const ownId = wordsFor(release).ids.ofRollback(found.deploymentId)
  const id = ownId === undefined ? '' : ` (${markdownCode(ownId)})`
  return section('Rollback', `Status: **${found.status}**${id}.`)
}
