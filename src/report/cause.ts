import { describeServiceError } from '../aws/service-error.ts'
import { describePhase, type Phase } from '../follow/phase.ts'
import { hasEnded, lastReadAt } from '../follow/snapshot.ts'
import { mayHaveStarted, type Release } from '../release-state.ts'
import { clockTime, count, duration, paragraph } from '../text/words.ts'
import { promoteByMs } from './deadlines.ts'
import { endCause, knownTrouble, refused, rollbackSentence, withoutFullStop } from './end-cause.ts'
import { hookReason } from './hook-reason.ts'
import { originalRevision, releasedRevision, serviceLabel } from './labels.ts'
import { plannedSentence } from './planned.ts'
import { previewCause } from './previews.ts'
import { shortOfTasks } from './short-of-tasks.ts'

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
        return `Deployment ${release.deploymentId} of ${revision} to ${label} is there already.${adoptedSentence(release)}`
      }
      return `Deployment ${release.deploymentId} of ${revision} to ${label} was started; this step does not wait for it.`
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
  return `Deployment ${release.deploymentId} released ${releasedRevision(release)} to ${serviceLabel(release)}${shortClause(release)}.${adoptedSentence(release)}${assumedSentence(release)}`
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
  const { deploymentId, testUrl } = release
  const untilMs = promoteByMs(release)
  const at = testUrl === undefined ? '' : ` (${testUrl})`
  const until = untilMs === undefined ? '' : ` until ${clockTime(untilMs, true)}`
  return `Deployment ${deploymentId} serves ${releasedRevision(release)} on the test listener of ${serviceLabel(release)}${at} and waits at Ready${until} for somebody to continue it.${adoptedSentence(release)}`
}

/** A success by what ECS shows of it, while the deployment itself goes on and its events cannot be read. */
function assumedSentence({ snapshot }: Release): string {
  if (snapshot === undefined || hasEnded(snapshot) || !snapshot.eventsAreStale) return ''
  if (snapshot.events.length > 0 && snapshot.events.every(({ status }) => status === 'succeeded')) return ''
  return ` Its lifecycle events could not be read: that the last of them are done is assumed, because the replacement task set has been PRIMARY for some seconds (CodeDeploy status: ${snapshot.statusWord}).`
}

/** How an asked rollback came about: what was being deployed was stopped, or an earlier revision was deployed. */
function rolledBackCause(release: Release): string {
  const { deploymentId, outcome } = release
  if (outcome?.kind === 'stop-asked' || outcome?.kind === 'ended') {
    return paragraph(endCause(release), rollbackSentence(release))
  }
  return `Deployment ${deploymentId} brought ${serviceLabel(release)} back to ${releasedRevision(release)}${shortClause(release)}.${adoptedSentence(release)}${assumedSentence(release)}`
}

function nothingToStop(release: Release): string {
  const { deploymentId, snapshot, asked, group } = release
  if (deploymentId !== undefined) {
    const late = `Deployment ${deploymentId} had ended already (${snapshot?.statusWord}), so there was nothing to stop.`
    return [late, earlierRollback(release)].filter((sentence) => sentence !== '').join(' ')
  }
  const whose = asked.deploymentId === undefined ? 'No deployment of this run' : 'No deployment'
  return `${whose} is active in deployment group '${group?.name}', so there was nothing to stop.`
}

function nothingToWatch({ asked, group, run }: Release): string {
  const whose = run.pullRequest === '' ? 'this run' : `pull request ${run.pullRequest}`
  const where = `in deployment group '${group?.name}', so there was nothing to watch.`
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
  if (deploymentId !== undefined) return `Deployment ${deploymentId} releases ${releasedRevision(release)} to ${label}.`
  const last = waits.at(-1)
  return last === undefined || last.endedAt !== undefined
    ? `Checking whether ${label} can be released.`
    : `Waiting for deployment ${last.deploymentId}, which keeps the deployment group of ${label} busy.`
}

function adoptedSentence({ adopted }: Release): string {
  return adopted === undefined
    ? ''
    : ` Attempt ${adopted.runAttempt} of this run made it; it was followed instead of making another.`
}

/** Of a cancelled step whose CreateDeployment has not been answered. */
export const NOT_KNOWN_YET =
  'Whether a deployment was created is not known yet; the post step of this action looks for it.'

function cancelledCause(release: Release): string {
  const { deploymentId, settlement, snapshot } = release
  const cancelled = release.wasLost ? 'The step was lost before it ended' : 'The workflow run was cancelled'
  if (deploymentId === undefined) {
    const open = release.failure ?? (mayHaveStarted(release) ? NOT_KNOWN_YET : undefined)
    return open === undefined ? `${cancelled} before a deployment was created.` : `${cancelled}. ${open}`
  }
  const isOurStop = release.stopAccepted || settlement?.stop !== undefined
  if (snapshot !== undefined && hasEnded(snapshot) && !isOurStop) {
    return snapshot.status === 'succeeded'
      ? `${cancelled} when deployment ${deploymentId} had succeeded.`
      : paragraph(endCause(release), rollbackSentence(release), `${cancelled} meanwhile.`)
  }
  if (settlement === undefined && !isOurStop) return `${cancelled} while deployment ${deploymentId} was running.`
  if (!isOurStop && settlement?.notStoppedBecause === undefined) {
    if (settlement?.rollback.status === 'unknown') {
      return `${cancelled}; deployment ${deploymentId} is left as it is, and could not be read then${lastReadClause(release)}.`
    }
    return `${cancelled}; deployment ${deploymentId} goes on without this step.`
  }
  return `${cancelled}${release.outcome?.kind === 'given-up' ? ` while deployment ${deploymentId} was being stopped (${release.outcome.reason})` : ''}; ${partingClause(release)}`
}

function timedOutCause(release: Release): string {
  const { deploymentId, outcome, settlement, snapshot } = release
  if (outcome?.kind === 'timed-out') {
    const late = `Deployment ${deploymentId} was not done after ${duration(outcome.afterMs)}, while waiting for ${describePhase(outcome.phase)}${waitingClause(release, outcome.phase)}`
    const isLeft = settlement?.stop === undefined && settlement?.notStoppedBecause === undefined
    if (isLeft && snapshot !== undefined && hasEnded(snapshot)) {
      return snapshot.status === 'succeeded'
        ? `${late}; when it was looked at once more it had succeeded.`
        : paragraph(`${late}.`, endCause(release), rollbackSentence(release))
    }
    return isLeft ? `${late}. It goes on without this step.` : `${late}; ${partingClause(release)}`
  }
  if (snapshot !== undefined && hasEnded(snapshot)) return paragraph(endCause(release), rollbackSentence(release))
  const why = outcome?.kind === 'given-up' ? ` because ${outcome.reason}` : ''
  const refusal = settlement?.stop?.refusal
  return refusal === undefined
    ? `Deployment ${deploymentId} was told to stop${why}, and had not ended when this step did.`
    : `Deployment ${deploymentId} was to be stopped${why}; ${refused(refusal)}, and it goes on without this step.`
}

/** Why what was waited for did not come, as far as it is known: tasks that stop, or what a hook printed. */
function waitingClause(release: Release, phase: Phase): string {
  if (phase.kind === 'hook') {
    const said = hookReason(release, phase.event)
    return said === undefined ? '' : `, whose log ends with "${said}"`
  }
  const trouble = knownTrouble(release, release.snapshot)
  return trouble === '' ? '' : `: ${trouble}`
}

/** What became of a deployment that was to be stopped with rollback because its wait ended early. */
function partingClause(release: Release): string {
  const { deploymentId, settlement, snapshot } = release
  switch (settlement?.notStoppedBecause) {
    case 'moved':
      return `all production traffic of deployment ${deploymentId} had shifted, so it was not stopped and goes on.`
    case 'unseen':
      return `deployment ${deploymentId} could not be read, so it was not stopped.`
    case 'not-at-ready':
      return `deployment ${deploymentId} had gone on from Ready, so it was not stopped ('only-at-ready') and goes on.`
    case undefined:
  }
  const refusal = settlement?.stop?.refusal
  const isOver = snapshot !== undefined && hasEnded(snapshot)
  if (refusal !== undefined && !isOver) return `deployment ${deploymentId} goes on: ${refused(refusal)}.`
  if (!isOver) return `deployment ${deploymentId} was told to stop and roll back, and had not ended when this step did.`
  if (snapshot.status === 'succeeded') return `deployment ${deploymentId} had succeeded before it could be stopped.`
  return paragraph(`deployment ${deploymentId} was stopped.`, rollbackSentence(release))
}

function unknownCause(release: Release): string {
  const { deploymentId, outcome, failure } = release
  if (failure !== undefined) {
    return deploymentId === undefined
      ? `Whether a deployment was started is not known. ${failure}`
      : `This action failed while deployment ${deploymentId} was running. ${failure}`
  }
  if (outcome?.kind === 'lost-sight') {
    return `Lost sight of deployment ${deploymentId}, which may go on in CodeDeploy without this step${lastReadClause(release)}. ${describeServiceError(outcome.operation, outcome.error)}`
  }
  const { snapshot } = release
  if (snapshot !== undefined && hasEnded(snapshot)) return paragraph(endCause(release), rollbackSentence(release))
  if (outcome?.kind === 'timed-out') {
    const kept = release.settlement?.notStoppedBecause === 'unseen' ? ', so it was not stopped' : ''
    return `The ${duration(outcome.afterMs)} for deployment ${deploymentId} are over, and it could not be read any longer${kept}${lastReadClause(release)}. Whether it still runs is not known.`
  }
  const told = release.settlement?.stop === undefined ? '' : ' was told to stop, and it'
  const why = outcome?.kind === 'given-up' ? ` (${outcome.reason})` : ''
  return `Deployment ${deploymentId}${told}${why} could not be seen any longer${lastReadClause(release)}.`
}

/** How the deployment was when it was last read, as the rest of a sentence; nothing when it never was. */
function lastReadClause({ snapshot }: Release): string {
  if (snapshot === undefined) return ''
  return `: when it was last read at ${clockTime(lastReadAt(snapshot).atMs, true)}, it was ${snapshot.statusWord}`
}
