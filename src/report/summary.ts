import { deploymentUrl, functionLogUrl, runUrl, serviceUrl } from '../aws/console-links.ts'
import { areEventsKnown, type EventReading, hasEnded, type Snapshot } from '../follow/snapshot.ts'
import { eventDurationMs } from '../follow/timeline.ts'
import { type Wait, waitedMs } from '../group/wait.ts'
import { type HookLog, type Release, rollbackOf } from '../release-state.ts'
import type { Difference } from '../task-definition/difference.ts'
import { htmlLine, htmlText, markdownCode, markdownText } from '../text/untrusted.ts'
import { clockTime, duration, percentText } from '../text/words.ts'
import { elapsedMs, type Moment } from '../time/clock.ts'
import { exitCodeOf } from '../verdict.ts'
import { renderGantt } from './gantt.ts'
import { type HookResult, hookResults } from './hook-results.ts'
import { changesInOrder, functionName, releasedRevision, revisionsInOrder, serviceLabel, titledWith } from './labels.ts'
import { hookLogTitle } from './log-lines.ts'
import { groupSettings, plannedOf, usualText } from './planned.ts'
import { verdictSentences } from './sentences.ts'
import {
  peakTraffic,
  productionLastSeen,
  productionText,
  testListenerText,
  testTraffic,
  trafficNow,
} from './traffic.ts'

/** Longest list that is written out, so that the summary stays far below GitHub's limit of 1 MiB. */
const MAX_LIST_LENGTH = 100

/** A status is read less often than the rest; from this age on its time is told. In milliseconds. */
const STATUS_IS_OLD_AFTER_MS = 45_000

/** The job summary: what happened, what production serves, why, what to do; then everything that was seen. */
export function renderSummary(release: Release): string {
  const sections = [
    heading(release),
    alert(release),
    facts(release),
    problems(release),
    planned(release),
    changes(release),
    lifecycle(release),
    hooks(release),
    traffic(release),
    lanes(release),
    rollbackSection(release),
    warnings(release),
    links(release),
  ]
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`
}

export function heading(release: Release): string {
  const { title } = verdictSentences(release)
  const name = releasedRevision(release)
  const revision =
    release.status === 'succeeded' && release.operation !== 'rollback' && name !== '' ? `${name} to ` : ''
  return `## ${titledWith(title, markdownText(`${revision}${serviceLabel(release)}`))}`
}

/** GitHub draws these as coloured boxes. Source: GitHub docs, "Basic writing and formatting syntax", alerts. */
export function alert(release: Release): string {
  const { cause, production, remains, advice } = verdictSentences(release)
  const isWell = release.status === undefined || exitCodeOf(release.status, release.operation) === 0
  const kind = isWell ? 'NOTE' : release.status === 'rollback-failed' ? 'CAUTION' : 'WARNING'
  const isListed = release.status === 'refused' && release.problems.length > 1
  const first = isListed ? `${release.problems.length} things are wrong (below).` : cause
  const paragraphs = [first, production, remains, advice].filter((part) => part !== '').map(markdownText)
  const notAws =
    release.otherEndpoint === undefined
      ? []
      : [`**This is not AWS:** requests went to ${markdownCode(release.otherEndpoint)}, and links to AWS lead nowhere.`]
  return `> [!${kind}]\n${[...paragraphs, ...notAws].map((paragraph) => `> ${paragraph}`).join('\n>\n')}`
}

function facts(release: Release): string {
  const { service, deploymentId, startedAt, endedAt, snapshot, plan, caller, waits } = release
  const url =
    service === undefined || deploymentId === undefined
      ? undefined
      : deploymentUrl(service.partition, service.region, deploymentId)
  const production = productionText(release)
  const readAtMs = release.production?.isOutdated === false ? release.production.readAtMs : undefined
  const lastSeen = productionLastSeen(release)
  const rows: [string, string][] = [
    ['Deployment', deploymentId === undefined ? '' : withLink(markdownCode(deploymentId), url)],
    ['CodeDeploy status', snapshot === undefined ? '' : statusText(snapshot, endedAt)],
    ['Revision', revisionsInOrder(release).map(markdownCode).join(' → ')],
    [
      release.operation === 'preview' ? 'The lane runs' : 'Production now',
      production === '' ? '' : `${markdownCode(production)}${readText(readAtMs)}`,
    ],
    [
      'Production when last seen',
      lastSeen === undefined ? '' : `${markdownCode(lastSeen.text)}${readText(lastSeen.atMs)}`,
    ],
    [
      release.operation === 'preview' ? 'Preview' : 'Test listener',
      release.testUrl === undefined ? '' : withLink(markdownCode(release.testUrl), release.testUrl),
    ],
    ['Traffic shift', plan === undefined ? '' : markdownCode(plan.deploymentConfig)],
    [
      'Account, region',
      service === undefined ? '' : `${markdownCode(service.account)}, ${markdownCode(service.region)}`,
    ],
    ['Made as', caller === undefined ? '' : markdownCode(caller.arn)],
    ['Started', clockTime(startedAt.atMs, true)],
    ['Waited for room', waits.length === 0 ? '' : waitsText(waits, endedAt ?? startedAt)],
    ['Took', endedAt === undefined ? '' : duration(elapsedMs(startedAt, endedAt))],
  ]
  const [first = ['', ''], ...others] = rows.filter(([, value]) => value !== '')
  return table(first, others)
}

function waitsText(waits: readonly Wait[], now: Moment): string {
  const ids = waits.slice(0, MAX_LIST_LENGTH).map(({ deploymentId }) => markdownCode(deploymentId))
  return `${duration(waitedMs(waits, now))} (${ids.join(', ')})`
}

function statusText(snapshot: Snapshot, now: Moment | undefined): string {
  const { status, statusWord, statusReadAt, eventsAreDone } = snapshot
  const waits = status === 'running' && eventsAreDone ? ' (the original waits for its termination)' : ''
  const isOld = !hasEnded(snapshot) && now !== undefined && elapsedMs(statusReadAt, now) > STATUS_IS_OLD_AFTER_MS
  return `${markdownText(statusWord)}${waits}${isOld ? readText(statusReadAt.atMs) : ''}`
}

function readText(readAtMs: number | undefined): string {
  return readAtMs === undefined ? '' : ` (read ${clockTime(readAtMs, true)})`
}

function problems({ problems: found }: Release): string {
  if (found.length < 2) return ''
  return section('What is wrong', list(found.map(({ sentence }) => sentence)))
}

function planned(release: Release): string {
  const told = plannedOf(release)
  if (told === undefined || release.plan === undefined) return ''
  const settings = groupSettings(release.plan).map(([name, value]) => [name, markdownText(value)])
  const phases = told.phases.map(({ name, usualMs, atMostMs }) => [
    markdownText(name),
    usualText(usualMs),
    duration(atMostMs),
  ])
  return [
    section('What would be written', told.writes.length === 0 ? 'Nothing.' : list(told.writes)),
    section('Deployment group', table(['Setting', 'Value'], settings)),
    ...(phases.length === 0 ? [] : [section('How long', table(['Phase', 'Usually', 'At most'], phases))]),
    section('AppSpec', markdownCode(told.appSpec.content)),
  ].join('\n\n')
}

export function changes(release: Release): string {
  if (release.plan === undefined) return ''
  const differences = changesInOrder(release)
  if (differences === undefined) return section('What changed', 'That could not be seen.')
  if (release.adopted !== undefined && differences.length === 0) return ''
  if (differences.length === 0) return section('What changed', 'Nothing: the same task definition is deployed again.')
  const rows = differences
    .slice(0, MAX_LIST_LENGTH)
    .map((difference): [string, string, string] => [
      markdownText(difference.container === '' ? 'task' : difference.container),
      markdownText(difference.member),
      changeText(difference),
    ])
  return section('What changed', table(['Container', 'Member', 'Change'], rows))
}

/** Names of variables and secrets, never their values. */
function changeText({ from, to, names }: Difference): string {
  if (names === undefined) {
    return from === undefined && to === undefined
      ? 'differs'
      : `${markdownCode(from ?? 'absent')} → ${markdownCode(to ?? 'absent')}`
  }
  const parts = (['added', 'changed', 'removed'] as const)
    .filter((kind) => names[kind].length > 0)
    .map((kind) => `${kind}: ${names[kind].slice(0, MAX_LIST_LENGTH).map(markdownCode).join(', ')}`)
  return parts.join('; ')
}

function lifecycle(release: Release): string {
  const events = release.snapshot?.events ?? []
  if (events.length === 0) return ''
  const hookOf = new Map(hookResults(release).map(({ event, hookFunction }) => [event, hookFunction]))
  const rows = events
    .slice(0, MAX_LIST_LENGTH)
    .map((event): string[] => [
      markdownText(event.name),
      eventResult(event),
      event.startedAtMs === undefined ? '' : clockTime(event.startedAtMs),
      durationText(eventDurationMs(event)),
      markdownCode(hookOf.get(event.name) ?? ''),
    ])
  const { snapshot, endedAt } = release
  const eventsReadAt = snapshot?.eventsReadAt
  const isKnown = snapshot !== undefined && areEventsKnown(snapshot, endedAt)
  const asSeen =
    !isKnown && eventsReadAt !== undefined ? `As they were last seen at ${clockTime(eventsReadAt.atMs)}.\n\n` : ''
  const gantt = renderGantt(release)
  const picture =
    gantt === '' ? '' : `\n\n<details><summary>Picture of the timeline</summary>\n\n${gantt}\n\n</details>`
  return section(
    'Lifecycle events',
    `${asSeen}${table(['Event', 'Result', 'Started', 'Duration', 'Hook'], rows)}${picture}`,
  )
}

const EVENT_RESULTS: Record<EventReading['status'], string> = {
  pending: 'not started',
  running: 'running',
  succeeded: 'succeeded',
  failed: '**failed**',
  skipped: 'skipped',
  unknown: 'unknown',
}

export function eventResult({ status }: EventReading): string {
  return EVENT_RESULTS[status]
}

function hooks(release: Release): string {
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
  const cells = table(['Event', 'Function', 'Result', 'Duration', 'Diagnostics'], rows)
  return section('Hooks', logs === '' ? cells : `${cells}\n\n${logs}`)
}

/** Shown as it was printed: `pre` lasts to its end tag, which no line of the log can hold. */
function hookLogDetails(log: HookLog): string {
  const lines = log.lines.map((line) => htmlText(line) || ' ')
  return `<details><summary>${htmlLine(hookLogTitle(log))}</summary>\n\n<pre>\n${lines.join('\n')}\n</pre>\n\n</details>`
}

function hookFunctionCell({ hookFunction }: HookResult, { service }: Release): string {
  const url =
    service === undefined ? undefined : functionLogUrl(service.partition, service.region, functionName(hookFunction))
  return withLink(markdownCode(hookFunction), url)
}

function traffic(release: Release): string {
  if (release.snapshot === undefined) return ''
  const now = trafficNow(release)
  const lines = [
    now === undefined
      ? 'How much of production is on the replacement could not be seen.'
      : `On the replacement now: **${percentText(now)}** of production.`,
    `The most that was seen during this release: ${percentText(peakTraffic(release))}.`,
    testLine(release),
  ].filter((line) => line !== '')
  return section('Traffic', lines.map((line) => `- ${line}`).join('\n'))
}

function testLine(release: Release): string {
  const { testListener } = release
  const read = testListenerText(release)
  if (testListener !== undefined && read !== '') {
    return markdownText(`${read}, as read at ${clockTime(testListener.readAtMs)}.`)
  }
  const test = testTraffic(release)
  return test === undefined ? '' : `By the lifecycle events, the test listener reaches the ${test} task set.`
}

function lanes({ preview }: Release): string {
  if (preview === undefined || preview.lanes.length === 0) return ''
  const rows = preview.lanes.map(({ name, url, was, became }): string[] => [
    markdownCode(name),
    withLink(markdownCode(url), url),
    markdownText(was),
    markdownText(became),
  ])
  return section('Lanes', table(['Lane', 'Address', 'When looked at', 'Now'], rows))
}

function rollbackSection(release: Release): string {
  const rollback = rollbackOf(release)
  if (rollback === undefined || (rollback.status === 'none' && !rollback.wasDue)) return ''
  const id = rollback.deploymentId === undefined ? '' : ` (${markdownCode(rollback.deploymentId)})`
  const created = rollback.snapshot?.createdAtMs
  const ended = rollback.snapshot?.endedAtMs
  const took = created === undefined || ended === undefined ? '' : ` It took ${duration(ended - created)}.`
  const message = rollback.message === '' ? '' : ` CodeDeploy says: ${markdownText(rollback.message)}`
  return section('Rollback', `Status: **${rollback.status}**${id}.${took}${message}`)
}

function warnings({ warnings: told }: Release): string {
  return told.length === 0 ? '' : section('Warnings', list(told))
}

function links(release: Release): string {
  const { service, deploymentId, run } = release
  const entries: [string, string | undefined][] = [
    [
      'Deployment',
      service === undefined || deploymentId === undefined
        ? undefined
        : deploymentUrl(service.partition, service.region, deploymentId),
    ],
    [
      'Service',
      service === undefined
        ? undefined
        : serviceUrl(service.partition, service.region, service.clusterName, service.name),
    ],
    [
      'Commit',
      run.repository === '' || run.sha === '' ? undefined : `${run.serverUrl}/${run.repository}/commit/${run.sha}`,
    ],
    ['Run', runUrl(run)],
  ]
  const shown = entries.flatMap(([name, url]) => (url === undefined ? [] : [withLink(name, url)]))
  return shown.length === 0 ? '' : section('Links', shown.join(' · '))
}

/** Only addresses of the web are linked; what would end the link is encoded. */
export function withLink(text: string, url: string | undefined): string {
  if (url === undefined || !/^https?:\/\//.test(url)) return text
  return `[${text}](${url.replace(/[\s()<>\\"'|`]/g, encodeURIComponent).replace(/[()']/g, (one) => `%${one.charCodeAt(0).toString(16)}`)})`
}

export function durationText(durationMs: number | undefined): string {
  return durationMs === undefined ? '' : duration(durationMs)
}

export function section(title: string, body: string): string {
  return `### ${title}\n\n${body}`
}

/** Foreign sentences as a list. */
export function list(sentences: readonly string[]): string {
  const shown = sentences.slice(0, MAX_LIST_LENGTH).map((sentence) => `- ${markdownText(sentence)}`)
  const left = sentences.length - shown.length
  return [...shown, ...(left > 0 ? [`- and ${left} more`] : [])].join('\n')
}

export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n')
}
