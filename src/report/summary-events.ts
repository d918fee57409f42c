import { functionName } from '../aws/arn.ts'
import { logGroupUrl } from '../aws/console-links.ts'
import { areEventsKnown, type EventReading } from '../follow/snapshot.ts'
import { eventDurationMs } from '../follow/timeline.ts'
import type { HookLog, Release } from '../release-state.ts'
import { htmlLine, htmlText, markdownCode, markdownText } from '../text/untrusted.ts'
import { clockTime } from '../text/words.ts'
import { hookNotInvoked } from './fault.ts'
import { renderGantt } from './gantt.ts'
import { hookLogAt } from './hook-reason.ts'
import { type HookResult, hookResults } from './hook-results.ts'
import { eventHeads, wordsFor } from './labels.ts'
import { hookLogTitle } from './log-lines.ts'
import { durationText, MAX_LIST_LENGTH, section, table, withLink } from './markdown-parts.ts'

export function lifecycle(release: Release): string {
  const events = release.snapshot?.events ?? []
  if (events.length === 0) return ''
  const functions = Map.groupBy(hookResults(release), ({ event }) => event)
  const rows = events
    .slice(0, MAX_LIST_LENGTH)
    .map((event): string[] => [
      markdownText(event.name),
      eventResult(event),
      event.startedAtMs === undefined ? '' : clockTime(event.startedAtMs),
      durationText(eventDurationMs(event)),
      markdownCode((functions.get(event.name) ?? []).map(({ hookFunction }) => hookFunction).join(', ')),
    ])
  const { snapshot, endedAt } = release
  const eventsReadAt = snapshot?.eventsReadAt
  const isKnown = snapshot !== undefined && areEventsKnown(snapshot, endedAt)
  const asSeen =
    !isKnown && eventsReadAt !== undefined ? `As they were last seen at ${clockTime(eventsReadAt.atMs)}.\n\n` : ''
  const heads = eventHeads(release)
  const { aboutTimes } = wordsFor(release)
  const about = aboutTimes === '' ? '' : `${aboutTimes}\n\n`
  const gantt = renderGantt(release)
  const picture =
    gantt === '' ? '' : `\n\n<details><summary>Picture of the timeline</summary>\n\n${gantt}\n\n</details>`
  return section(
    heads.section,
    `${about}${asSeen}${table([heads.column, 'Result', 'Started', 'Duration', 'Hook'], rows)}${picture}`,
  )
}

const EVENT_RESULTS: Record<EventReading['status'], string> = {
  pending: 'not started',
  running: 'running',
  succeeded: 'succeeded',
  failed: '**failed**',
  skipped: 'skipped',
  unseen: 'not seen',
  unknown: 'unknown',
}

export function eventResult({ status }: EventReading): string {
  return EVENT_RESULTS[status]
}

export function hooks(release: Release): string {
  const results = hookResults(release)
  if (results.length === 0) return ''
  const rows = results.map((result): string[] => [
    result.event,
    hookFunctionCell(result, release),
    result.result === 'failed' ? '**failed**' : result.result.replace('-', ' '),
    durationText(result.durationMs),
    result.diagnostics === undefined ? '' : markdownText(result.diagnostics),
  ])
  const logs = release.hookLogs.map(hookLogDetails).join('\n\n')
  const cells = table([eventHeads(release).column, 'Function', 'Result', 'Duration', 'Diagnostics'], rows)
  return section('Hooks', logs === '' ? cells : `${cells}\n\n${logs}`)
}

/** Shown as it was printed: `pre` lasts to its end tag, which no line of the log can hold. */
function hookLogDetails(log: HookLog): string {
  const lines = log.lines.map((line) => htmlText(line) || ' ')
  return `<details><summary>${htmlLine(hookLogTitle(log))}</summary>\n\n<pre>\n${lines.join('\n')}\n</pre>\n\n</details>`
}

/** With a link to its log: the log group that was read, else the one where functions log by default. */
function hookFunctionCell(hook: HookResult, release: Release): string {
  const { service } = release
  const { hookFunction, result } = hook
  // What was never run, or may not even exist, has no log.
  const hasRun = result !== 'not-run' && hookNotInvoked(release) === undefined
  if (service === undefined || !hasRun) return markdownCode(hookFunction)
  const log = hookLogAt(release, hook)
  if (log?.state === 'no-group') return markdownCode(hookFunction)
  const logGroup = log?.logGroup ?? `/aws/lambda/${functionName(hookFunction)}`
  return withLink(markdownCode(hookFunction), logGroupUrl(service.partition, service.region, logGroup))
}
