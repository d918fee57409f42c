import { endingOf } from '../follow/ending.ts'
import type { Rollback } from '../follow/rollback.ts'
import { eventAt, failedEvent, hasEnded, replacementOf, type Snapshot } from '../follow/snapshot.ts'
import { hasPassed } from '../follow/timeline.ts'
import type { HookFacts, HookFault } from '../lifecycle/fault.ts'
import { type Release, rollbackOf } from '../release-state.ts'
import { withoutFullStop, withoutRequest } from '../text/service-message.ts'
import { andList, duration, percentText } from '../text/words.ts'
import { endErrorOf, faultOf } from './fault.ts'
import { hookReason } from './hook-reason.ts'
import { deploymentName, wordsFor } from './labels.ts'
import { neverShifted, peakTraffic } from './traffic.ts'

/** Why the deployment ended, in one sentence: ours first, then the service's own code and message. */
export function endCause(release: Release): string {
  const { outcome, snapshot, settlement } = release
  const deploymentId = deploymentName(release)
  const refusal = settlement?.stop?.refusal
  if (outcome?.kind === 'given-up' && refusal === undefined) {
    return `Deployment ${deploymentId} was stopped at ${wordsFor(release).nameOf('scale-up')}: ${withoutFullStop(outcome.reason)}.`
  }
  if (snapshot === undefined) return `Deployment ${deploymentId} ended.`
  if (outcome?.kind === 'stop-asked' && release.stopAccepted && endingOf(snapshot) === 'stop-request') {
    return `Deployment ${deploymentId} was stopped${placeOf(snapshot, release)}, as asked.`
  }
  const how = snapshot.status === 'stopped' ? 'was stopped' : 'failed'
  const own =
    outcome?.kind === 'given-up'
      ? ` It was to be stopped before (${outcome.reason}); ${refused(refusal, release)}.`
      : ''
  return `Deployment ${deploymentId} ${how}${placeOf(snapshot, release)}${reasonOf(release, snapshot)}.${own}`
}

/** A stop that was not accepted. */
export function refused(refusal: string | undefined, release: Release): string {
  return `${wordsFor(release).service} did not accept the stop (${withoutFullStop(refusal ?? '')})`
}

/** Where a deployment ended; nothing when its events could not be seen. */
function placeOf(snapshot: Snapshot, release: Release): string {
  const event = failedEvent(snapshot)
  if (event !== undefined) return ` at ${event.name}`
  if (snapshot.eventsAreStale) return ''
  const done = snapshot.events.findLast(hasPassed)
  return done === undefined ? ` before its first ${wordsFor(release).event}` : ` after ${done.name}`
}

/** The rest of "Deployment … failed at …", without a full stop. */
function reasonOf(release: Release, snapshot: Snapshot): string {
  const { service, startCall, faults } = wordsFor(release)
  const error = endErrorOf(release, snapshot)
  const own = faults.reason(error)
  const fault = faultOf(release, snapshot)
  switch (fault.kind) {
    case 'alarm': {
      const aside = fault.names.length > 0 ? faults.brief(error) : own
      return `: ${alarmText(fault.names)} went off${shiftedWhen(release, snapshot)}${inBrackets(aside)}${andTasks(release, snapshot)}`
    }
    case 'hook-failed':
    case 'hook-silent':
    case 'hook-not-invoked':
      return `: hook ${fault.hookFunction} ${faults.hookText(fault, hookFactsOf(fault, release, snapshot))}`
    case 'tasks':
      return `: ${tasksText(release, snapshot, own)}`
    case 'stop-request':
      return stopText(release, own)
    case 'superseded':
      return `: another ${startCall} began a newer deployment of the service${inBrackets(own)}`
    case 'ready-wait':
      return `: ${own === '' ? `${service} gave no reason` : own}${andTasks(release, snapshot)}`
    case 'other': {
      const cause = fault.cause ?? (own === '' ? `${service} gave no reason` : own)
      return `: ${cause}${andTasks(release, snapshot)}`
    }
  }
}

function inBrackets(text: string): string {
  return text === '' ? '' : ` (${text})`
}

/** What is known of the hook at which a deployment failed. */
export function hookFactsOf(fault: HookFault, release: Release, snapshot: Snapshot): HookFacts {
  const { region, hookFunctionExists: functionExists } = release
  return { error: endErrorOf(release, snapshot), region, said: hookReason(release, fault), functionExists }
}

/** `alarm web-5xx`. */
function alarmText(names: readonly string[]): string {
  if (names.length === 0) return 'an alarm'
  return names.length === 1 ? `alarm ${names[0]}` : `alarms ${andList(names)}`
}

/** Why tasks stopped says more than the message of what waited for them. */
function tasksText(release: Release, snapshot: Snapshot, own: string): string {
  const trouble = knownTrouble(release, beforeRollback(release, snapshot))
  if (trouble === '') return own
  return `${trouble}${inBrackets(wordsFor(release).faults.brief(endErrorOf(release, snapshot)))}`
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
export function knownTrouble(release: Release, snapshot: Snapshot | undefined): string {
  const { taskStops, serviceTroubles } = release
  const isInstalled = hasPassed(eventAt(snapshot, 'scale-up'))
  const reason = isInstalled ? taskStops.at(-1) : taskStops[0]
  if (reason !== undefined) {
    const one = replacementOf(snapshot)
    const isShort = isInstalled && one !== undefined && one.state !== 'draining' && one.running < one.desired
    const counts = isShort ? ` (${one.running} of ${one.desired} run)` : ''
    const how = isInstalled ? 'replacement tasks stopped' : 'replacement tasks kept stopping'
    return `${how}${counts}: ${withoutFullStop(reason)}`
  }
  const { repeatsEnd } = wordsFor(release).faults
  const said = isInstalled ? undefined : serviceTroubles.findLast((event) => !repeatsEnd(event))
  return said === undefined ? '' : `ECS says: ${withoutFullStop(said)}`
}

/** By whom a deployment was stopped, as far as that is told. */
function stopText(release: Release, own: string): string {
  if (release.stopAccepted || release.settlement?.stop !== undefined) return own === '' ? '' : ` (${own})`
  const by = ' by somebody else, or by another job'
  return own === '' || wordsFor(release).faults.isPlainStop(own) ? by : `${by} (${own})`
}

/** How far the shift had come; nothing when that could not be seen. */
function shiftedWhen(release: Release, { eventsAreStale }: Snapshot): string {
  if (neverShifted(release)) return ' before any production traffic had shifted'
  const peak = peakTraffic(release)
  return peak === 0
    ? ''
    : ` with ${eventsAreStale ? 'at least ' : ''}${percentText(peak)} of production traffic shifted`
}

/** A newer deployment took over, so that it decides what serves. */
export function isSuperseded(release: Release): boolean {
  const { snapshot } = release
  return snapshot !== undefined && hasEnded(snapshot) && faultOf(release, snapshot).kind === 'superseded'
}

/** What became of the rollback, or why there was none. Empty while it is not known whether one is due. */
export function rollbackSentence(release: Release): string {
  const rollback = rollbackOf(release)
  if (rollback === undefined || isSuperseded(release)) return ''
  const { deploymentId, message, wasDue } = rollback
  const id = wordsFor(release).ids.ofRollback(deploymentId)
  const which = id === undefined ? 'Its rollback' : `Rollback ${id}`
  const said = withoutFullStop(withoutRequest(message))
  switch (rollback.status) {
    case 'succeeded':
      return `${which} succeeded.`
    case 'failed':
      return deploymentId === undefined
        ? `The rollback that was due did not take place: ${said}.`
        : `${which} failed${said === '' ? '' : `: ${said}`}.`
    case 'running':
      return deploymentId === undefined
        ? 'Its rollback had not begun when this step ended.'
        : `${which} was not over when this step ended.`
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
  const { service, rollbackSettings } = wordsFor(release)
  const { wasDue, lookedForMs } = rollback
  if (hadNothingToRollBack(release)) return 'There was nothing to roll back: the replacement had not been started.'
  if (wasDue) return `A rollback was due, but ${service} showed none within ${duration(lookedForMs)}.`
  if (snapshot !== undefined && endingOf(snapshot) === 'ready-wait-over') {
    return `${service} showed no rollback within ${duration(lookedForMs)}.`
  }
  return `There was no rollback: no setting asks for one after this (${rollbackSettings}).`
}

/** A rollback would have been due, and there was no replacement that it could have taken down. */
export function hadNothingToRollBack(release: Release): boolean {
  const { snapshot } = release
  const wasDue = rollbackOf(release)?.status === 'none' && rollbackOf(release)?.wasDue === true
  return wasDue && replacementOf(snapshot) === undefined && snapshot?.eventsAreStale !== true
}
