import { revisionName } from '../aws/arn.ts'
import type { EngineWords } from '../engines/words.ts'
import type { Heartbeat, Outcome } from '../follow/following.ts'
import { isOverdue, type Phase } from '../follow/phase.ts'
import type { EarlyEndPolicy } from '../follow/settlement.ts'
import { replacementOf, replacementTraffic, type Snapshot } from '../follow/snapshot.ts'
import type { TimelineEntry } from '../follow/timeline.ts'
import type { EarlyEndAction } from '../inputs/choices.ts'
import { isRelease } from '../inputs/operation.ts'
import type { HookLog, Release } from '../release-state.ts'
import { inSentence } from '../text/untrusted.ts'
import { atMost, clockTime, count, duration, trafficBar } from '../text/words.ts'
import { renderAnnotation } from './annotation.ts'
import { deploymentLink, deploymentName, releasedRevision, serviceLabel, wordsFor } from './labels.ts'
import { describePhase } from './phase-text.ts'
import { verdictParagraph, verdictSentences } from './sentences.ts'

/** What was written. */
export function writeLines(release: Release): string[] {
  const { taskDefinition, deploymentId } = release
  const lines: string[] = []
  if (taskDefinition !== undefined) {
    const name = revisionName(taskDefinition.arn)
    lines.push(
      taskDefinition.isNew
        ? `Registered task definition ${name}.`
        : `Task definition ${name} asks for the same; nothing to register.`,
    )
  }
  if (deploymentId !== undefined) lines.push(`Created deployment ${deploymentName(release)}.`)
  return lines
}

/** What is followed instead of making another deployment. */
export function adoptionLines(release: Release): string[] {
  const { adopted, run } = release
  if (adopted === undefined) return []
  const who =
    `${adopted.runAttempt}` === (run.runAttempt || '1') ? 'This job' : `Attempt ${adopted.runAttempt} of this run`
  const id = wordsFor(release).ids.shown(adopted.deploymentId)
  return [`${who} has made deployment ${id} of exactly this; following it instead of making another.`]
}

/** Once the deployment exists: what it is, where to see it, how to stop it, how long this can take. */
export function openingLines(release: Release): string[] {
  const { service, deploymentId, plan, run, otherEndpoint, asked, caller } = release
  if (service === undefined || deploymentId === undefined || plan === undefined) return []
  const words = wordsFor(release)
  const url = deploymentLink(release)
  const isOurs = isRelease(release.operation)
  const as = caller === undefined || !isOurs ? '' : `, as ${inSentence(caller.arn)}`
  const by = run.repository === '' || !isOurs ? '' : `, by run ${run.runId} of ${run.repository}`
  const lines = [
    `Deployment ${deploymentName(release)} releases ${releasedRevision(release)} to ${serviceLabel(release)} in ${service.region}, account ${service.account}${by}${as}.`,
  ]
  if (otherEndpoint !== undefined)
    lines.push(`This is not AWS: requests go to ${otherEndpoint}, and links to AWS lead nowhere.`)
  else if (url !== undefined) lines.push(`Console: ${url}`)
  if (release.operation === 'stop') return lines
  lines.push(`To stop it: ${words.ways.stop(deploymentId, release)}`)
  if (asked.finishLine === 'nothing') return lines
  lines.push(`Waiting until ${words.until[asked.finishLine]}, for at most ${atMost(plan.budget.totalMs)}.`)
  return lines
}

const EVENT_COLUMN = 22
const RESULT_COLUMN = 10
const DURATION_COLUMN = 12

/**
 * One change: time, event, result, duration, traffic; undefined when it is not worth a line. A rollback's events all
 * pass within seconds and call no hook, so only its status is told.
 * @param release with the entry as the last of its timeline
 */
export function entryLine(entry: TimelineEntry, release: Release): string | undefined {
  const isRollback = entry.deploymentId !== release.deploymentId
  if (isRollback && (entry.kind === 'event' || entry.kind === 'tasks')) return undefined
  const who = isRollback
    ? `Rollback ${wordsFor(release).ids.ofRollback(entry.deploymentId) ?? ''}`.trim()
    : 'Deployment'
  const told = release.timeline.findLast((one) => one.kind === 'traffic')
  const percent = told?.replacementPercent ?? replacementTraffic(release.outcome?.snapshot) ?? 0
  switch (entry.kind) {
    case 'status':
      return columns(entry.atMs, who, entry.statusWord)
    case 'event': {
      const took = entry.durationMs === undefined ? '' : duration(entry.durationMs)
      const result = entry.status === 'running' ? 'started' : entry.status
      return columns(entry.atMs, entry.name, result, took, trafficBar(percent))
    }
    case 'traffic':
      return columns(entry.atMs, isRollback ? who : 'Production traffic', '', '', trafficBar(entry.replacementPercent))
    case 'tasks':
      return columns(entry.atMs, 'Replacement tasks', `${entry.running} of ${entry.desired} running`)
  }
}

function columns(atMs: number, event: string, result: string, took = '', traffic = ''): string {
  const cells = [
    clockTime(atMs),
    event.padEnd(EVENT_COLUMN),
    result.padEnd(RESULT_COLUMN),
    took.padEnd(DURATION_COLUMN),
    traffic,
  ]
  return cells.join('  ').trimEnd()
}

/** After minutes of silence: what is being waited for, how long already and at most, how fresh the picture is. */
export function heartbeatLine(heartbeat: Heartbeat, words: EngineWords, nowMs: number): string {
  const { phase, inPhaseMs, atMostMs, snapshot, sinceLastReadMs } = heartbeat
  const replacement = replacementOf(snapshot)
  const tasks =
    replacement === undefined ? '' : `, replacement tasks ${replacement.running} of ${replacement.desired} running`
  const overdue = isOverdue(phase, inPhaseMs)
    ? words.overdueHook.waitingFor(phase.hookFunction, phase.event)
    : undefined
  const what = overdue ?? describePhase(phase, words)
  return `${clockTime(nowMs)}  Still waiting for ${what}: ${duration(inPhaseMs)} of at most ${atMost(atMostMs)}${tasks}, last read ${duration(sinceLastReadMs)} ago.`
}

/** The function of a hook cannot be running any more, and there is no answer. */
export function overdueLine(
  { event, hookFunction }: Extract<Phase, { kind: 'hook' }>,
  { events }: Snapshot,
  { overdueHook }: EngineWords,
  nowMs: number,
): string {
  const startedAtMs = events.find(({ name }) => name === event)?.startedAtMs
  return `${clockTime(nowMs)}  ${overdueHook.sentence(hookFunction, event, startedAtMs)}`
}

/** How the wait ended when we ended it, and what is going to be done about the deployment. */
export function outcomeLines(
  outcome: Outcome,
  { onCancel, onTimeout }: EarlyEndPolicy,
  id: string,
  nowMs: number,
): string[] {
  const line = (why: string, action: EarlyEndAction) => {
    const what = action === 'rollback' ? `stopping deployment ${id} with rollback` : `deployment ${id} is left as it is`
    return [`${clockTime(nowMs)}  ${why}; ${what}.`]
  }
  switch (outcome.kind) {
    case 'given-up':
      return line(outcome.reason, 'rollback')
    case 'stop-asked':
      return [`${clockTime(nowMs)}  Stopping deployment ${id} with rollback, as asked.`]
    case 'cancelled':
      return line('The workflow run was cancelled', onCancel)
    case 'timed-out':
      return line(`Not done after ${duration(outcome.afterMs)}`, onTimeout)
    default:
      return []
  }
}

/** The last lines, outside any group: the verdict when there is no annotation to tell it, every problem on its own. */
export function closingLines(release: Release): string[] {
  if (release.status === undefined) return []
  const annotation = renderAnnotation(release)
  if (annotation === undefined) return [`${verdictSentences(release).title}. ${verdictParagraph(release)}`]
  const sentences = release.problems.map(({ sentence }) => `- ${sentence}`)
  return sentences.length < 2
    ? []
    : [
        `${sentences.length} things are wrong, so nothing was ${isRelease(release.operation) ? 'deployed' : 'changed'}:`,
        ...sentences,
      ]
}

/** Above the lines of a hook's own log. */
export function hookLogTitle({ event, hookFunction, logGroup, state, lines, omitted }: HookLog): string {
  const what = `Log of hook ${hookFunction} at ${event}, from ${logGroup}`
  if (lines.length === 0)
    return `${what}: ${state === 'no-group' ? 'there is no such log group' : 'nothing was found in it'}`
  return omitted === 0 ? what : `${what}: the last ${count(lines.length, 'line')}, ${omitted} before them left out`
}
