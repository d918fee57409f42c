import { hasEnded } from '../follow/snapshot.ts'
import type { Release } from '../release-state.ts'
import { withoutFullStop } from '../text/service-message.ts'
import { clockTime, count, paragraph } from '../text/words.ts'
import { promoteByMs } from './deadlines.ts'
import { cancelledCause, timedOutCause, unknownCause } from './early-end-cause.ts'
import { endCause, rollbackSentence } from './end-cause.ts'
import { deploymentName, originalRevision, releasedRevision, serviceLabel, wordsFor } from './labels.ts'
import { plannedSentence } from './planned.ts'
import { previewCause } from './previews.ts'
import { shortOfTasks } from './short-of-tasks.ts'

export { NOT_KNOWN_YET } from './early-end-cause.ts'

/** What happened, in a sentence or two. */
export function cause(release: Release): string {
  const label = serviceLabel(release)
  const revision = releasedRevision(release)
  switch (release.status) {
    case undefined:
      return goingOn(release)
    case 'succeeded':
      if (release.operation === 'rollback') return rolledBackCause(release)
      return previewCause(release) ?? releasedSentence(release)
    case 'awaiting-promotion':
      return awaitingCause(release)
    case 'started':
      if (release.adopted !== undefined) {
        return `Deployment ${deploymentName(release)} of ${revision} to ${label} is there already.${adoptedSentence(release)}`
      }
      return `Deployment ${deploymentName(release)} of ${revision} to ${label} was started; this step does not wait for it.`
    case 'unchanged':
      if (release.operation === 'stop') return nothingToStop(release)
      if (release.operation === 'watch') return nothingToWatch(release)
      return (
        previewCause(release) ??
        `${label} already runs exactly this (${originalRevision(release)}), so nothing was written.`
      )
    case 'planned':
      return plannedSentence(release)
    case 'refused':
      return [...release.problems.map(({ sentence }) => sentence), earlierRollback(release)]
        .filter((sentence) => sentence !== '')
        .join(' ')
    case 'cancelled':
      return cancelledCause(release)
    case 'timed-out':
      return timedOutCause(release)
    case 'unknown':
      return unknownCause(release)
    case 'failed':
    case 'stopped':
    case 'rolled-back':
    case 'rollback-failed':
      return paragraph(endCause(release), rollbackSentence(release))
  }
}

/** What a release has done that reached its finish line. */
export function releasedSentence(release: Release): string {
  return `Deployment ${deploymentName(release)} released ${releasedRevision(release)} to ${serviceLabel(release)}${shortClause(release)}.${adoptedSentence(release)}${assumedSentence(release)}`
}

/** That what was released does not run as it should; nothing when it does. */
function shortClause(release: Release): string {
  const short = shortOfTasks(release)
  if (short === undefined) return ''
  const reason = release.taskStops.at(-1)
  const why = reason === undefined ? '' : `: ${withoutFullStop(reason)}`
  const running = short.running === 0 ? 'none' : `only ${short.running}`
  return `, but ${running} of ${count(short.desired, 'task')} runs, with all of production on them${why}`
}

function awaitingCause(release: Release): string {
  const { testUrl, snapshot } = release
  const untilMs = promoteByMs(release)
  const { service, heldAt } = wordsFor(release)
  const at = testUrl === undefined ? '' : ` (${testUrl})`
  const until = untilMs === undefined ? '' : ` until ${clockTime(untilMs, true)}`
  const { onTimeout } = snapshot?.heldUntil ?? {}
  const afterwards =
    onTimeout === undefined
      ? ''
      : onTimeout === 'CONTINUE'
        ? '; then it goes on by itself'
        : `; then ${service} rolls it back`
  return `Deployment ${deploymentName(release)} serves ${releasedRevision(release)} on the test listener of ${serviceLabel(release)}${at} and waits at ${heldAt(snapshot?.heldAt)}${until} for somebody to continue it${afterwards}.${adoptedSentence(release)}`
}

/** A success by what ECS shows of it, while the deployment itself goes on and its events cannot be read. */
function assumedSentence(release: Release): string {
  const { snapshot } = release
  if (snapshot === undefined || hasEnded(snapshot) || !snapshot.eventsAreStale) return ''
  if (snapshot.events.length > 0 && snapshot.events.every(({ status }) => status === 'succeeded')) return ''
  const { service, event, replacement } = wordsFor(release)
  return ` Its ${event}s could not be read: that the last of them are done is assumed, because ${replacement} has been PRIMARY for some seconds (${service} status: ${snapshot.statusWord}).`
}

/** How an asked rollback came about: what was being deployed was stopped, or an earlier revision was deployed. */
function rolledBackCause(release: Release): string {
  const { outcome } = release
  if (outcome?.kind === 'stop-asked' || outcome?.kind === 'ended') {
    return paragraph(endCause(release), rollbackSentence(release))
  }
  return `Deployment ${deploymentName(release)} brought ${serviceLabel(release)} back to ${releasedRevision(release)}${shortClause(release)}.${adoptedSentence(release)}${assumedSentence(release)}`
}

function nothingToStop(release: Release): string {
  const { deploymentId, snapshot, asked } = release
  if (deploymentId !== undefined) {
    const late = `Deployment ${deploymentName(release)} had ended already (${snapshot?.statusWord}), so there was nothing to stop.`
    return [late, earlierRollback(release)].filter((sentence) => sentence !== '').join(' ')
  }
  const whose = asked.deploymentId === undefined ? 'No deployment of this run' : 'No deployment'
  return `${whose} is active in ${wordsFor(release).placeName(release)}, so there was nothing to stop.`
}

function nothingToWatch(release: Release): string {
  const { asked, run } = release
  const whose = run.pullRequest === '' ? 'this run' : `pull request ${run.pullRequest}`
  const where = `in ${wordsFor(release).placeName(release)}, so there was nothing to watch.`
  return asked.deploymentId === undefined
    ? `No deployment of ${whose} was found ${where} To watch whichever is active, set 'deployment-id: active'.`
    : `No deployment is active ${where}`
}

/** What became of the rollback of a deployment that had ended badly before this operation came to it. */
function earlierRollback(release: Release): string {
  const { outcome, snapshot } = release
  const isEarlier = release.madeEarlier && outcome === undefined && snapshot !== undefined && hasEnded(snapshot)
  return isEarlier && snapshot.status !== 'succeeded' ? rollbackSentence(release) : ''
}

/** What a release that is not over is doing. */
function goingOn(release: Release): string {
  const { deploymentId, waits } = release
  const label = serviceLabel(release) || 'the service'
  if (deploymentId !== undefined)
    return `Deployment ${deploymentName(release)} releases ${releasedRevision(release)} to ${label}.`
  const last = waits.at(-1)
  const { ids, placeOf } = wordsFor(release)
  return last === undefined || last.endedAt !== undefined
    ? `Checking whether ${label} can be released.`
    : `Waiting for deployment ${ids.shown(last.deploymentId)}, which keeps ${placeOf(label)} busy.`
}

function adoptedSentence({ adopted }: Release): string {
  return adopted === undefined
    ? ''
    : ` Attempt ${adopted.runAttempt} of this run made it; it was followed instead of making another.`
}
