import { endingOf } from '../follow/ending.ts'
import type { Rollback } from '../follow/rollback.ts'
import { eventAt, failedEvent, replacementOf, type Snapshot } from '../follow/snapshot.ts'
import { type Release, rollbackOf } from '../release-state.ts'
import { andList, duration, percentText } from '../text/words.ts'
import { type Fault, faultOf } from './fault.ts'
import { hookReason } from './hook-reason.ts'
import { neverShifted, peakTraffic } from './traffic.ts'

/** Why the deployment ended, in one sentence: ours first, then CodeDeploy's own code and message. */
export function endCause(release: Release): string {
  const { outcome, snapshot, settlement, deploymentId } = release
  const refusal = settlement?.stop?.refusal
  if (outcome?.kind === 'given-up' && refusal === undefined) {
    return `Deployment ${deploymentId} was stopped at Install: ${withoutFullStop(outcome.reason)}.`
  }
  if (snapshot === undefined) return `Deployment ${deploymentId} ended.`
  if (outcome?.kind === 'stop-asked' && release.stopAccepted && endingOf(snapshot) === 'stop-request') {
    return `Deployment ${deploymentId} was stopped${placeOf(snapshot)}, as asked.`
  }
  const how = snapshot.status === 'stopped' ? 'was stopped' : 'failed'
  const own =
    outcome?.kind === 'given-up' ? ` It was to be stopped before (${outcome.reason}); ${refused(refusal)}.` : ''
  return `Deployment ${deploymentId} ${how}${placeOf(snapshot)}${reasonOf(release, snapshot)}.${own}`
}

/** A stop that CodeDeploy did not accept. */
export function refused(refusal: string | undefined): string {
  return `CodeDeploy did not accept the stop (${withoutFullStop(refusal ?? '')})`
}

/** Where a deployment ended; nothing when its events could not be seen. */
function placeOf(snapshot: Snapshot): string {
  const event = failedEvent(snapshot)
  if (event !== undefined) return ` at ${event.name}`
  if (snapshot.eventsAreStale) return ''
  const done = snapshot.events.findLast(({ status }) => status === 'succeeded')
  return done === undefined ? ' before its first lifecycle event' : ` after ${done.name}`
}

/** The rest of "Deployment … failed at …", without a full stop. */
function reasonOf(release: Release, snapshot: Snapshot): string {
  const { code = '', message = '' } = snapshot.error ?? {}
  const own = reasonText(code, message)
  const fault = faultOf(release, snapshot)
  switch (fault.kind) {
    case 'alarm':
      return `: ${alarmText(fault.names)} went off${shiftedWhen(release, snapshot)} (${fault.names.length > 0 ? code : own})${andTasks(release, snapshot)}`
    case 'hook-failed':
    case 'hook-silent':
    case 'hook-not-invoked':
      return `: hook ${fault.hookFunction} ${hookText(fault, release, snapshot)}`
    case 'tasks':
      return `: ${tasksText(release, snapshot, own)}`
    case 'stop-request':
      return stopText(release, own)
    default:
      return `: ${own === '' ? 'CodeDeploy gave no reason' : own}${andTasks(release, snapshot)}`
  }
}

/** `alarm web-5xx`. */
function alarmText(names: readonly string[]): string {
  if (names.length === 0) return 'an alarm'
  return names.length === 1 ? `alarm ${names[0]}` : `alarms ${andList(names)}`
}

/** What the hook did, or CodeDeploy could not do with it, and what the hook itself says about that. */
function hookText({ kind, event }: Extract<Fault, { event: string }>, release: Release, { error }: Snapshot): string {
  const { code = '', message = '' } = error ?? {}
  if (kind === 'hook-not-invoked') return notInvokedText(release, code, message)
  const said = hookReason(release, event)
  if (kind === 'hook-failed') {
    const isPlain = /validation functions? failed/i.test(message)
    return `failed${said === undefined ? '' : `: "${said}"`} (${isPlain ? code : reasonText(code, message)})`
  }
  const isPlain = /expects a status callback within one hour/i.test(message)
  const late = `did not answer within the hour that CodeDeploy waits (${isPlain ? code : reasonText(code, message)})`
  return said === undefined ? late : `${late}; its log ends with "${said}"`
}

/**
 * CodeDeploy says the same of a function that is not there and of one that its role may not invoke (assumed), so what
 * Lambda says of the function decides.
 */
function notInvokedText({ region, hookFunctionExists }: Release, code: string, message: string): string {
  const role = /IAM role (arn:\S+?) does not give/i.exec(message)?.[1]
  const who = role === undefined ? "CodeDeploy's role" : `CodeDeploy's role ${role.split('/').at(-1)}`
  switch (hookFunctionExists) {
    case false:
      return `could not be invoked: there is no Lambda function of this name in ${region} (${code})`
    case true:
      return `could not be invoked: ${who} may not invoke it (${reasonText(code, role === undefined ? message : '')})`
    case undefined:
      return `could not be invoked: it does not exist, or ${who} may not invoke it (${reasonText(code, role === undefined ? message : '')})`
  }
}

/** What ECS says of the tasks of the replacement says more than CodeDeploy's message. */
function tasksText(release: Release, snapshot: Snapshot, own: string): string {
  const trouble = knownTrouble(release, beforeRollback(release, snapshot))
  if (trouble === '') return own
  const code = snapshot.error?.code ?? ''
  return `${trouble}${code === '' ? '' : ` (${code})`}`
}

/** Tasks that stopped may be why. */
function andTasks(release: Release, snapshot: Snapshot): string {
  const trouble = knownTrouble(release, beforeRollback(release, snapshot))
  return trouble === '' ? '' : `; ${trouble}`
}

/** The first reading of how it ended: a rollback takes tasks down by order. */
function beforeRollback({ outcome }: Release, snapshot: Snapshot): Snapshot {
  return outcome?.kind === 'ended' ? outcome.snapshot : snapshot
}

/**
 * Why the replacement is not well, by what ECS says: why its tasks stopped, else its last event about trouble. The rest
 * of a sentence; empty when nothing is known.
 */
export function knownTrouble({ taskStops, serviceTroubles }: Release, snapshot: Snapshot | undefined): string {
  const isInstalled = eventAt(snapshot, 'scale-up')?.status === 'succeeded'
  const reason = isInstalled ? taskStops.at(-1) : taskStops[0]
  if (reason !== undefined) {
    const one = replacementOf(snapshot)
    const isShort = isInstalled && one !== undefined && one.state !== 'draining' && one.running < one.desired
    const counts = isShort ? ` (${one.running} of ${one.desired} run)` : ''
    const how = isInstalled ? 'replacement tasks stopped' : 'replacement tasks kept stopping'
    return `${how}${counts}: ${withoutFullStop(reason)}`
  }
  const said = isInstalled ? undefined : serviceTroubles.at(-1)
  return said === undefined ? '' : `ECS says: ${withoutFullStop(said)}`
}

/** By whom a deployment was stopped, as far as CodeDeploy tells. */
function stopText({ stopAccepted, settlement }: Release, own: string): string {
  const isPlain = /^(?:MANUAL_STOP(?:: The deployment was stopped by a user)?)?$/i.test(own)
  if (stopAccepted || settlement?.stop !== undefined) return own === '' ? '' : ` (${own})`
  const by = ' by somebody else, or by another job'
  return own === '' || isPlain ? by : `${by} (${own})`
}

/** CodeDeploy's code and message, as far as there are any. */
function reasonText(code: string, message: string): string {
  return withoutFullStop([code, withoutRequest(message)].filter((part) => part !== '').join(': '))
}

/**
 * A message without what names one request: `(Service: AmazonECS; Status Code: 400; Error Code: X; Request ID: …; Proxy:
 * null)`, which CodeDeploy takes over from the AWS SDK for Java (observed). The report has it whole.
 */
export function withoutRequest(message: string): string {
  return message
    .replace(/\(Service: [^()]{0,100}?Error Code: (\w{1,100});[^()]{0,300}\)/g, '($1)')
    .replace(/\.? ?\(?\b(?:Request ?ID|RequestId): ?[\w-]{8,80}(?:; Proxy: \w{1,20})?\)?/gi, '')
    .replace(/\.? Check your ECS service status\.?$/, '.')
}

/** How far the shift had come; nothing when that could not be seen. */
function shiftedWhen(release: Release, { eventsAreStale }: Snapshot): string {
  if (neverShifted(release)) return ' before any production traffic had shifted'
  const peak = peakTraffic(release)
  return peak === 0
    ? ''
    : ` with ${eventsAreStale ? 'at least ' : ''}${percentText(peak)} of production traffic shifted`
}

/** What became of the rollback, or why there was none. Empty while it is not known whether one is due. */
export function rollbackSentence(release: Release): string {
  const rollback = rollbackOf(release)
  if (rollback === undefined) return ''
  const { deploymentId, message, wasDue } = rollback
  const said = withoutFullStop(withoutRequest(message))
  switch (rollback.status) {
    case 'succeeded':
      return `Rollback ${deploymentId} succeeded.`
    case 'failed':
      return deploymentId === undefined
        ? `The rollback that was due did not take place: ${said}.`
        : `Rollback ${deploymentId} failed${said === '' ? '' : `: ${said}`}.`
    case 'running':
      return deploymentId === undefined
        ? 'Its rollback had not begun when this step ended.'
        : `Rollback ${deploymentId} was not over when this step ended.`
    case 'unknown':
      if (release.settlement?.cutShort === 'lost-sight') return 'What became of the rollback could not be seen.'
      return wasDue
        ? 'Its rollback had not shown when this step ended.'
        : 'Whether a rollback follows had not shown when this step ended.'
    case 'none':
      return withoutRollback(release, rollback)
  }
}

function withoutRollback(release: Release, rollback: Rollback): string {
  const { snapshot } = release
  const { wasDue, lookedForMs } = rollback
  if (hadNothingToRollBack(release)) return 'There was nothing to roll back: the replacement had not been started.'
  if (wasDue) return `A rollback was due, but CodeDeploy showed none within ${duration(lookedForMs)}.`
  if (snapshot !== undefined && endingOf(snapshot) === 'ready-wait-over') {
    return `CodeDeploy showed no rollback within ${duration(lookedForMs)}.`
  }
  return 'There was no rollback: no setting asks for one after this (deployment group, rollback-on).'
}

/** A rollback would have been due, and there was no replacement that it could have taken down. */
export function hadNothingToRollBack(release: Release): boolean {
  const { snapshot } = release
  const wasDue = rollbackOf(release)?.status === 'none' && rollbackOf(release)?.wasDue === true
  return wasDue && replacementOf(snapshot) === undefined && snapshot?.eventsAreStale !== true
}

export function withoutFullStop(text: string): string {
  return text.replace(/[.\s]+$/, '')
}
