import { endingOf } from '../follow/ending.ts'
import type { Rollback } from '../follow/rollback.ts'
import { failedEvent, hookOf, type Snapshot } from '../follow/snapshot.ts'
import { type Release, rollbackOf } from '../release-state.ts'
import { duration, percentText } from '../text/words.ts'
import { neverShifted, peakTraffic } from './traffic.ts'

/** Why the deployment ended, in one sentence: ours first, then CodeDeploy's own code and message. */
export function endCause(release: Release): string {
  const { outcome, snapshot, settlement, deploymentId } = release
  const refusal = settlement?.stop?.refusal
  if (outcome?.kind === 'given-up' && refusal === undefined) {
    return `Deployment ${deploymentId} was stopped at Install: ${outcome.reason}.`
  }
  if (snapshot === undefined) return `Deployment ${deploymentId} ended.`
  if (outcome?.kind === 'stop-asked' && release.stopAccepted && endingOf(snapshot) === 'stop-request') {
    return `Deployment ${deploymentId} was stopped${placeOf(snapshot)}, as asked.`
  }
  const how = snapshot.status === 'stopped' ? 'was stopped' : 'failed'
  const own =
    outcome?.kind === 'given-up' ? ` It was to be stopped before (${outcome.reason}); ${refused(refusal)}.` : ''
  return `Deployment ${deploymentId} ${how}${placeOf(snapshot)}: ${reasonOf(release, snapshot)}${own}`
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

function reasonOf(release: Release, snapshot: Snapshot): string {
  const { code = '', message = '' } = snapshot.error ?? {}
  const own = reasonText(code, message)
  const eventName = failedEvent(snapshot)?.name ?? ''
  const hookFunction = hookOf(release.plan?.hooks ?? {}, eventName)
  if (endingOf(snapshot) === 'alarm') {
    return `an alarm went off${shiftedWhen(release, snapshot)} (${own}).`
  }
  if (hookFunction !== undefined) {
    const fault = hookFault(code, message)
    if (fault !== undefined) return `hook ${hookFunction} ${fault}.`
  }
  const because = own === '' ? 'CodeDeploy gave no reason.' : `${own}.`
  const [taskStop] = release.taskStops
  return eventName === 'Install' && taskStop !== undefined
    ? `${because} Replacement tasks kept stopping: ${withoutFullStop(taskStop)}.`
    : because
}

/** Codes with which CodeDeploy says that it could not run the function. Source: CodeDeploy API Reference, ErrorInformation. */
const NOT_INVOKED = new Set(['IAM_ROLE_PERMISSIONS', 'IAM_ROLE_MISSING', 'INVALID_LAMBDA_FUNCTION'])

/**
 * What was wrong with the hook at which a deployment ended, by CodeDeploy's message, then by its code; undefined when
 * neither is about hooks. That a hook reported Failed and that it ended with an error is not told apart, and the code
 * of a hook that was silent is not documented. Texts: User Guide, "Troubleshoot Amazon ECS deployments".
 */
function hookFault(code: string, message: string): string | undefined {
  const own = reasonText(code, message)
  if (/status callback/i.test(message)) return `did not answer in time (${own})`
  if (isNotInvoked(code, message)) return `could not be invoked (${own})`
  if (/validation functions? failed/i.test(message)) return `failed (${code})`
  if (code === 'TIMEOUT' && message === '') return `did not answer in time (${code})`
  return code === 'HOOK_EXECUTION_FAILURE' ? `failed (${own})` : undefined
}

function isNotInvoked(code: string, message: string): boolean {
  return /AWSLambda/.test(message) || NOT_INVOKED.has(code)
}

/** Whether the hook at which a deployment ended was never run, so that it has printed nothing. */
export function couldNotInvokeHook({ snapshot }: Release): boolean {
  return isNotInvoked(snapshot?.error?.code ?? '', snapshot?.error?.message ?? '')
}

/** CodeDeploy's code and message, as far as there are any. */
function reasonText(code: string, message: string): string {
  return withoutFullStop([code, message].filter((part) => part !== '').join(': '))
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
  switch (rollback.status) {
    case 'succeeded':
      return `Rollback ${deploymentId} succeeded.`
    case 'failed':
      return deploymentId === undefined
        ? `The rollback that was due did not take place: ${withoutFullStop(message)}.`
        : `Rollback ${deploymentId} failed${message === '' ? '' : `: ${withoutFullStop(message)}`}.`
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

function withoutRollback(release: Release, { wasDue, lookedForMs }: Rollback): string {
  const { snapshot } = release
  if (wasDue && !hasReplacement(release) && snapshot?.eventsAreStale !== true) {
    return 'There was nothing to roll back: the replacement had not been started.'
  }
  if (wasDue) return `A rollback was due, but CodeDeploy showed none within ${duration(lookedForMs)}.`
  if (snapshot !== undefined && endingOf(snapshot) === 'ready-wait-over') {
    return `CodeDeploy showed no rollback within ${duration(lookedForMs)}.`
  }
  return 'There was no rollback: no setting asks for one after this (deployment group, rollback-on).'
}

function hasReplacement({ snapshot }: Release): boolean {
  return snapshot?.taskSets.some(({ role }) => role === 'replacement') === true
}

function withoutFullStop(text: string): string {
  return text.replace(/[.\s]+$/, '')
}
