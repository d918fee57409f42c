import { functionName } from '../aws/arn.ts'
import { logGroupUrl } from '../aws/console-links.ts'
import { areEventsKnown, type EventReading } from '../follow/snapshot.ts'
import { eventDurationMs } from '../follow/timeline.ts'
import type { HookLog, Release } from '../release-state.ts'
import { htmlLine, htmlText, markdownText } from '../text/untrusted.ts'
import { andList, capitalized, clockTime, duration } from '../text/words.ts'
import { hookNotInvoked } from './fault.ts'
import { hookLogAt, withoutLambdasOwn } from './hook-reason.ts'
import { type HookResult, hookResults } from './hook-results.ts'
import { wordsFor } from './labels.ts'
import { hookLogTitle } from './log-lines.ts'
import { folded, items, withLink } from './markdown-parts.ts'

/** So many of the last lines of a hook that failed are open. */
const MAX_OPEN_LINES = 12

/**
 * The lifecycle events with their times, each with its hooks; folded.
 * @param withDiagnostics whether what the service tells of a hook that failed is told too: it may be from its log
 */
export function lifecycle(release: Release, withDiagnostics = true): string {
  const { snapshot, endedAt } = release
  const events = snapshot?.events ?? []
  const results = hookResults(release)
  const hooks = Map.groupBy(results, ({ event }) => event)
  const seen = new Set(events.map(({ name }) => name))
  const hooksText = (some: readonly HookResult[]) =>
    some.map((hook) => hookText(withDiagnostics ? hook : { ...hook, diagnostics: undefined }, release)).join('')
  const lines = [
    ...events.map((event) => `${eventLine(event)}${hooksText(hooks.get(event.name) ?? [])}`),
    ...results
      .filter(({ event }) => !seen.has(event))
      .map((hook) => `${hook.event}${hooksText([hook]).replace('; ', ': ')}`),
  ]
  if (lines.length === 0) return ''
  const { event, aboutTimes } = wordsFor(release)
  const readAt = snapshot?.eventsReadAt
  const isKnown = snapshot === undefined || areEventsKnown(snapshot, endedAt)
  const asSeen = isKnown || readAt === undefined ? '' : `As they were last seen at ${clockTime(readAt.atMs)}.`
  const about = [events.length === 0 ? '' : aboutTimes, asSeen].filter((text) => text !== '').join(' ')
  const heads = [...(events.length === 0 ? [] : [`${event}s`]), ...(results.length === 0 ? [] : ['hooks'])]
  return folded(capitalized(andList(heads)), [about, items(lines)].filter((part) => part !== '').join('\n\n'))
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

/** `NAME: succeeded in 2 min, from 12:00:03Z`. */
function eventLine(event: EventReading): string {
  const tookMs = eventDurationMs(event)
  const took = tookMs === undefined ? '' : ` ${event.status === 'failed' ? 'after' : 'in'} ${duration(tookMs)}`
  const from = event.startedAtMs === undefined ? '' : `, from ${clockTime(event.startedAtMs)}`
  return `${markdownText(event.name)}: ${EVENT_RESULTS[event.status]}${took}${from}`
}

/** `; hook validate: failed. What was told of it`. */
function hookText(hook: HookResult, release: Release): string {
  const result = hook.result === 'failed' ? '**failed**' : hook.result.replace('-', ' ')
  const told = hook.diagnostics === undefined ? '' : `: ${markdownText(hook.diagnostics)}`
  return `; hook ${hookFunctionText(hook, release)} ${result}${told}`
}

/** With a link to its log: the log group that was read, else the one where functions log by default. */
function hookFunctionText(hook: HookResult, release: Release): string {
  const { service } = release
  const { hookFunction, result } = hook
  const name = markdownText(functionName(hookFunction))
  // What was never run, or may not even exist, has no log.
  const hasRun = result !== 'not-run' && hookNotInvoked(release) === undefined
  if (service === undefined || !hasRun) return name
  const log = hookLogAt(release, hook)
  if (log?.state === 'no-group') return name
  const logGroup = log?.logGroup ?? `/aws/lambda/${functionName(hookFunction)}`
  return withLink(name, logGroupUrl(service.partition, service.region, logGroup))
}

/** The last lines of hooks that failed, for everybody to see. */
export function failedHookLogs(release: Release): string {
  return release.hookLogs
    .filter((log) => isOfFailure(log, release))
    .map(openLog)
    .filter((text) => text !== '')
    .join('\n\n')
}

/** Lines that wrap, unlike those of `pre`, so that nothing is cut on a narrow screen. */
function openLog(log: HookLog): string {
  const lines = withoutLambdasOwn(log.lines).slice(-MAX_OPEN_LINES)
  if (lines.length === 0) return ''
  const shown = lines.map((line) => `> <samp>${htmlLine(line) || ' '}</samp>`).join('<br>\n')
  const last = lines.length === 1 ? 'line' : `${lines.length} lines`
  return `**The last ${last} of hook ${markdownText(functionName(log.hookFunction))}:**\n\n${shown}`
}

/** What hooks printed, as far as it is not open, folded. */
export function hookLogs(release: Release): string {
  return release.hookLogs
    .filter((log) => !isOfFailure(log, release) || !isWhollyOpen(log))
    .map(foldedLog)
    .join('\n\n')
}

function isWhollyOpen({ lines, omitted }: HookLog): boolean {
  const own = withoutLambdasOwn(lines).length
  return own > 0 && own <= MAX_OPEN_LINES && omitted === 0
}

function isOfFailure({ event, hookFunction }: HookLog, release: Release): boolean {
  return hookResults(release).some(
    (hook) =>
      hook.event === event &&
      hook.result === 'failed' &&
      functionName(hook.hookFunction) === functionName(hookFunction),
  )
}

/** Shown as it was printed: `pre` lasts to its end tag, which no line of the log can hold. */
function foldedLog(log: HookLog): string {
  const lines = log.lines.map((line) => htmlText(line) || ' ')
  return folded(htmlLine(hookLogTitle(log)), lines.length === 0 ? 'Nothing.' : `<pre>\n${lines.join('\n')}\n</pre>`)
}
