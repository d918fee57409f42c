import type { Release } from '../release-state.ts'
import type { Difference } from '../task-definition/difference.ts'
import { cut, markdownCode, markdownText } from '../text/untrusted.ts'
import { clockTime, count, duration } from '../text/words.ts'
import { changesInOrder, wordsFor } from './labels.ts'
import { folded, items, list, MAX_LIST_LENGTH, section, withLink } from './markdown-parts.ts'
import { groupSettings, plannedOf, usualText } from './planned.ts'
import { testListenerText, testTraffic } from './traffic.ts'

/** Everything that is wrong, where it is more than the box tells. */
export function problems({ problems: found }: Release): string {
  return found.length < 2 ? '' : section('What is wrong', list(found.map(({ sentence }) => sentence)))
}

/** Of a plan: what would change and what would be written, before anything else. */
export function planned(release: Release): string {
  const told = plannedOf(release)
  if (told === undefined) return ''
  const writes = told.writes.map((write, index) => `${index + 1}. ${markdownText(write)}`).join('\n')
  return [
    told.writes.length === 0 ? '' : section('What would change', changesText(release)),
    section('What would be written', writes === '' ? 'Nothing.' : writes),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

/** Of a plan: how the deployment would go, folded. */
export function plannedWay(release: Release): string {
  const { plan } = release
  const told = plannedOf(release)
  if (told === undefined || plan === undefined) return ''
  const settings = groupSettings(plan).map(([name, value]) => `${name}: ${markdownText(value)}`)
  const phases = told.phases.map(
    ({ name, usualMs, atMostMs }) =>
      `${markdownText(name)}: usually ${usualText(usualMs)}, at most ${duration(atMostMs)}`,
  )
  return [
    folded(wordsFor(release).settingsTitle, items([...settings, ...phases])),
    told.appSpec === undefined ? '' : folded('AppSpec', markdownCode(told.appSpec.content)),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

/** What changed for production, folded; of a plan it is what the page begins with. */
export function changes(release: Release): string {
  const differences = changesInOrder(release)
  if (release.plan === undefined || release.status === 'planned') return ''
  if (release.adopted !== undefined && differences?.length === 0) return ''
  const amount = differences === undefined || differences.length === 0 ? '' : ` (${differences.length})`
  return folded(`What changed${amount}`, changesText(release))
}

export function changesText(release: Release): string {
  const differences = changesInOrder(release)
  if (differences === undefined) return 'That could not be seen.'
  if (differences.length === 0) return 'Nothing: the same task definition is deployed again.'
  const lines = differences.slice(0, MAX_LIST_LENGTH).map((difference) => `- ${changeLine(difference)}`)
  const left = differences.length - lines.length
  return `${lines.join('\n')}${left > 0 ? `\n\nAnd ${left} more, which the report has.` : ''}`
}

/** So many characters of a value are shown. */
const MAX_VALUE_LENGTH = 300

/** `image of web: 1.0.0 → 1.1.0`; names of variables and secrets, never their values. */
function changeLine(difference: Difference): string {
  const { container, member } = difference
  const what =
    member === 'container' ? `container ${markdownText(container)}` : `${markdownText(member)}${ofContainer(container)}`
  return `${what}: ${changeText(difference)}`
}

function ofContainer(container: string): string {
  return container === '' ? '' : ` of ${markdownText(container)}`
}

function changeText({ member, from, to, names }: Difference): string {
  if (names === undefined) {
    if (from === undefined && to === undefined) return 'differs'
    if (member === 'container') return to === undefined ? 'removed' : 'added'
    return `${valueCode(from)} → ${valueCode(to)}`
  }
  const parts = (['added', 'changed', 'removed'] as const)
    .filter((kind) => names[kind].length > 0)
    .map((kind) => `${kind} ${names[kind].slice(0, MAX_LIST_LENGTH).map(markdownCode).join(', ')}`)
  return parts.join('; ')
}

function valueCode(value: string | undefined): string {
  if (value === undefined) return '`absent`'
  return value === '' ? 'empty' : markdownCode(cut(value, MAX_VALUE_LENGTH))
}

/** What became of each lane; folded where the page is about one of them. */
export function lanes({ preview }: Release): string {
  if (preview === undefined || preview.lanes.length === 0) return ''
  const lines = preview.lanes.map(({ name, url, was, became }) => {
    const then = became === '' ? '' : `; now ${markdownText(became)}`
    return `${withLink(markdownCode(name), url)}: ${markdownText(was)}${then}`
  })
  return preview.task === 'claim' ? folded(`Lanes (${lines.length})`, items(lines)) : section('Lanes', items(lines))
}

/** Warnings, folded where all went well: each is an annotation too. */
export function warnings({ warnings: told, status }: Release): string {
  if (told.length === 0) return ''
  const isFolded = status === 'succeeded' || status === 'unchanged' || status === 'started'
  return isFolded ? folded(count(told.length, 'warning'), list(told)) : section('Warnings', list(told))
}

/** What few look for, folded: where, as whom, with what. */
export function more(release: Release): string {
  const { service, caller, plan, group } = release
  const lines: [string, string][] = [
    ['Account', service === undefined ? '' : markdownCode(service.account)],
    ['Made as', caller === undefined ? '' : markdownCode(caller.arn)],
    ['Traffic shift', plan === undefined ? '' : markdownCode(plan.deploymentConfig)],
    ['Deployed through', group === undefined ? '' : markdownText(wordsFor(release).settingsLabel(release))],
    ['Test listener', testLine(release)],
  ]
  return folded(
    'More about this release',
    items(lines.filter(([, value]) => value !== '').map(([name, value]) => `${name}: ${value}`)),
  )
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
