import { runUrl, serviceUrl } from '../aws/console-links.ts'
import { type Release, rollbackOf } from '../release-state.ts'
import type { Difference } from '../task-definition/difference.ts'
import { cut, markdownCode, markdownText } from '../text/untrusted.ts'
import { clockTime, duration, percentText } from '../text/words.ts'
import { exitCodeOf } from '../verdict.ts'
import { hadNothingToRollBack } from './end-cause.ts'
import { changesInOrder, deploymentLink, releasedRevision, serviceLabel, titledWith, wordsFor } from './labels.ts'
import { list, MAX_LIST_LENGTH, section, table, withLink, withLinks } from './markdown-parts.ts'
import { movingSection } from './moving.ts'
import { linksIn } from './next-step.ts'
import { groupSettings, plannedOf, usualText } from './planned.ts'
import { linkedPreviewCause } from './previews.ts'
import { verdictSentences } from './sentences.ts'
import { shortOfTasks } from './short-of-tasks.ts'
import { hooks, lifecycle } from './summary-events.ts'
import { facts } from './summary-facts.ts'
import { peakTraffic, testListenerText, testTraffic, trafficNow } from './traffic.ts'

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
    movingSection(release),
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

/** The verdict in a coloured box: why, what to do, what serves, what is left. Source: GitHub docs, "Basic writing and formatting syntax", alerts. */
export function alert(release: Release): string {
  const { cause, advice, production, remains } = verdictSentences(release)
  const hasEndedWell = release.status === undefined || exitCodeOf(release.status, release.operation) === 0
  const isWell = hasEndedWell && shortOfTasks(release) === undefined
  const kind = isWell ? 'NOTE' : release.status === 'rollback-failed' ? 'CAUTION' : 'WARNING'
  const isListed = release.status === 'refused' && release.problems.length > 1
  const first = isListed ? `${release.problems.length} things are wrong (below).` : cause
  const links = linksIn(release)
  const paragraphs = [
    linkedPreviewCause(release) ?? withLinks(first, links),
    ...[advice, production, remains].map((part) => withLinks(part, links)),
  ].filter((part) => part !== '')
  const notAws =
    release.otherEndpoint === undefined
      ? []
      : [`**This is not AWS:** requests went to ${markdownCode(release.otherEndpoint)}, and links to AWS lead nowhere.`]
  return `> [!${kind}]\n${[...paragraphs, ...notAws].map((paragraph) => `> ${paragraph}`).join('\n>\n')}`
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
    section(wordsFor(release).settingsTitle, table(['Setting', 'Value'], settings)),
    ...(phases.length === 0 ? [] : [section('How long', table(['Phase', 'Usually', 'At most'], phases))]),
    ...(told.appSpec === undefined ? [] : [section('AppSpec', markdownCode(told.appSpec.content))]),
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
  const left = differences.length - rows.length
  const more = left > 0 ? `\n\nAnd ${left} more, which the report has.` : ''
  return section('What changed', `${table(['Container', 'Member', 'Change'], rows)}${more}`)
}

/** So many characters of a value are shown. */
const MAX_VALUE_LENGTH = 300

/** Names of variables and secrets, never their values. */
function changeText({ member, from, to, names }: Difference): string {
  if (names === undefined) {
    if (from === undefined && to === undefined) return 'differs'
    if (member === 'container') return to === undefined ? 'removed' : 'added'
    return `${valueCode(from)} → ${valueCode(to)}`
  }
  const parts = (['added', 'changed', 'removed'] as const)
    .filter((kind) => names[kind].length > 0)
    .map((kind) => `${kind}: ${names[kind].slice(0, MAX_LIST_LENGTH).map(markdownCode).join(', ')}`)
  return parts.join('; ')
}

function valueCode(value: string | undefined): string {
  if (value === undefined) return '`absent`'
  return value === '' ? 'empty' : markdownCode(cut(value, MAX_VALUE_LENGTH))
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
  const { event, original, replacement } = wordsFor(release)
  if (test === undefined) return ''
  return `By the ${event}s, the test listener reaches ${test === 'original' ? original : replacement}.`
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
  if (hadNothingToRollBack(release)) return ''
  const { service, ids } = wordsFor(release)
  const ownId = ids.ofRollback(rollback.deploymentId)
  const id = ownId === undefined ? '' : ` (${markdownCode(ownId)})`
  const created = rollback.snapshot?.createdAtMs
  const ended = rollback.snapshot?.endedAtMs
  const took = created === undefined || ended === undefined ? '' : ` It took ${duration(ended - created)}.`
  const message = rollback.message === '' ? '' : ` ${service} says: ${markdownText(rollback.message)}`
  return section('Rollback', `Status: **${rollback.status}**${id}.${took}${message}`)
}

function warnings({ warnings: told }: Release): string {
  return told.length === 0 ? '' : section('Warnings', list(told))
}

function links(release: Release): string {
  const { service, run } = release
  const ofService = service && serviceUrl(service.partition, service.region, service.clusterName, service.name)
  const ofDeployment = deploymentLink(release)
  const entries: [string, string | undefined][] = [
    ['Deployment', ofDeployment === ofService ? undefined : ofDeployment],
    ['Service', ofService],
    [
      'Commit',
      run.repository === '' || run.sha === '' ? undefined : `${run.serverUrl}/${run.repository}/commit/${run.sha}`,
    ],
    ['Run', runUrl(run)],
  ]
  const shown = entries.flatMap(([name, url]) => (url === undefined ? [] : [withLink(name, url)]))
  return shown.length === 0 ? '' : section('Links', shown.join(' · '))
}
