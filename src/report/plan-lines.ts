import { revisionName } from '../aws/arn.ts'
import type { ReleasePlan } from '../plan/plan.ts'
import type { Release } from '../release-state.ts'
import type { DeploymentGroup } from '../service/deployment-group.ts'
import { describeShift } from '../service/traffic-shift.ts'
import type { Difference } from '../task-definition/difference.ts'
import { inSentence } from '../text/untrusted.ts'
import { andList, count } from '../text/words.ts'
import { serviceLabel, wordsFor } from './labels.ts'

/** What the checks found, for the log. */
export function planLines(release: Release): string[] {
  const { service, group, plan, caller } = release
  const who = caller === undefined ? [] : [`As ${inSentence(caller.arn)}.`]
  if (service === undefined) return who
  const lines = [
    ...who,
    `Service ${serviceLabel(release)} in ${service.region}, account ${service.account}: runs ${revisionName(service.primary.taskDefinitionArn)}, ${count(service.desiredCount, 'task')}.`,
  ]
  if (group !== undefined) lines.push(groupLine(wordsFor(release).settingsLabel(release), group, plan ?? group))
  if (plan === undefined) return lines
  const hooks = Object.entries(plan.hooks).map(([event, hookFunction]) => `${event}: ${hookFunction}`)
  return [
    ...lines,
    `Traffic shift: ${plan.deploymentConfig}, ${describeShift(plan.shift)}.`,
    `Hooks: ${hooks.join(', ') || 'none'}.`,
    ...changeLines(plan.differences),
  ]
}

/** The group, with what ends and rolls back the deployment: the group's own settings, or those that replace them. */
function groupLine(label: string, group: DeploymentGroup, holding: Pick<ReleasePlan, 'rollbackOn' | 'alarms'>) {
  const listener = group.hasTestListener ? 'test listener' : 'no test listener'
  const own = safeguards(group.rollbackOn, group.alarms)
  const held = safeguards(holding.rollbackOn, holding.alarms)
  const settings = `${label}: ${listener}`
  return own === held ? `${settings}, ${own}.` : `${settings}; for this deployment: ${held}.`
}

function safeguards(rollbackOn: readonly string[], alarms: readonly string[]): string {
  const rollback = rollbackOn.length === 0 ? 'no automatic rollback' : `rollback on ${andList(rollbackOn)}`
  return `${rollback}, ${alarms.length === 0 ? 'no alarms' : `alarms ${alarms.join(', ')}`}`
}

function changeLines(differences: readonly Difference[] | undefined): string[] {
  if (differences === undefined) return ['Changes: could not be seen.']
  if (differences.length === 0) return ['Changes: none, the same revision is deployed again.']
  const left = differences.length - MAX_CHANGES
  return [
    ...differences.slice(0, MAX_CHANGES).map(differenceLine),
    ...(left > 0 ? [`Changes ${count(left, 'more member')}; the report has all of them.`] : []),
  ]
}

/** So many changes are told in the log, and each value of them with so many characters. */
const MAX_CHANGES = 200
const MAX_VALUE_LENGTH = 300

/** "Changes image of web: a -> b"; values of variables and secrets are never told. */
function differenceLine({ member, container, from, to, names }: Difference): string {
  const what =
    container === '' ? member : member === 'container' ? `container ${container}` : `${member} of ${container}`
  if (names !== undefined) {
    const parts = [
      names.added.length > 0 ? `adds ${names.added.join(', ')}` : '',
      names.changed.length > 0 ? `changes ${names.changed.join(', ')}` : '',
      names.removed.length > 0 ? `removes ${names.removed.join(', ')}` : '',
    ]
    return `Changes ${what}: ${parts.filter((part) => part !== '').join('; ')}`
  }
  if (from === undefined && to === undefined) return `Changes ${what}`
  if (member === 'container') return to === undefined ? `Removes ${what}` : `Adds ${what}`
  return `Changes ${what}: ${valueText(from)} -> ${valueText(to)}`
}

function valueText(value: string | undefined): string {
  if (value === undefined) return 'absent'
  return value === '' ? 'empty' : inSentence(value, MAX_VALUE_LENGTH)
}
