import { describeServiceError } from '../aws/service-error.ts'
import type { Phase } from '../follow/phase.ts'
import { hasEnded, lastReadAt } from '../follow/snapshot.ts'
import { mayHaveStarted, type Release } from '../release-state.ts'
import { clockTime, duration, paragraph } from '../text/words.ts'
import { endCause, knownTrouble, refused, rollbackSentence } from './end-cause.ts'
import { hookReason } from './hook-reason.ts'
import { deploymentName, wordsFor } from './labels.ts'
import { describePhase } from './phase-text.ts'

/** Of a cancelled step whose request to start a deployment has not been answered. */
export const NOT_KNOWN_YET =
  'Whether a deployment was created is not known yet; the post step of this action looks for it.'

/** Of a release whose workflow run was cancelled, or whose step was lost. */
export function cancelledCause(release: Release): string {
  const { settlement, snapshot } = release
  const deploymentId = deploymentName(release)
  const cancelled = release.wasLost ? 'The step was lost before it ended' : 'The workflow run was cancelled'
  if (release.deploymentId === undefined) {
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

/** Of a release that was not done in time. */
export function timedOutCause(release: Release): string {
  const { outcome, settlement, snapshot } = release
  const deploymentId = deploymentName(release)
  if (outcome?.kind === 'timed-out') {
    const late = `Deployment ${deploymentId} was not done after ${duration(outcome.afterMs)}, while waiting for ${describePhase(outcome.phase, wordsFor(release))}${waitingClause(release, outcome.phase)}`
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
    : `Deployment ${deploymentId} was to be stopped${why}; ${refused(refusal, release)}, and it goes on without this step.`
}

/** Why what was waited for did not come, as far as it is known: tasks that stop, or what a hook printed. */
function waitingClause(release: Release, phase: Phase): string {
  if (phase.kind === 'hook') {
    const said = hookReason(release, phase)
    return said === undefined ? '' : `, whose log ends with "${said}"`
  }
  const trouble = knownTrouble(release, release.snapshot)
  return trouble === '' ? '' : `: ${trouble}`
}

/** What became of a deployment that was to be stopped with rollback because its wait ended early. */
function partingClause(release: Release): string {
  const { settlement, snapshot } = release
  const deploymentId = deploymentName(release)
  switch (settlement?.notStoppedBecause) {
    case 'moved':
      return `all production traffic of deployment ${deploymentId} had shifted, so it was not stopped and goes on.`
    case 'unseen':
      return `deployment ${deploymentId} could not be read, so it was not stopped.`
    case 'not-at-ready':
      return `deployment ${deploymentId} had gone on from ${wordsFor(release).heldAt()}, so it was not stopped ('only-at-ready') and goes on.`
    case undefined:
  }
  const refusal = settlement?.stop?.refusal
  const isOver = snapshot !== undefined && hasEnded(snapshot)
  if (refusal !== undefined && !isOver) return `deployment ${deploymentId} goes on: ${refused(refusal, release)}.`
  if (!isOver) return `deployment ${deploymentId} was told to stop and roll back, and had not ended when this step did.`
  if (snapshot.status === 'succeeded') return `deployment ${deploymentId} had succeeded before it could be stopped.`
  return paragraph(`deployment ${deploymentId} was stopped.`, rollbackSentence(release))
}

/** Of a release that nothing is known of any longer. */
export function unknownCause(release: Release): string {
  const { outcome, failure } = release
  const deploymentId = deploymentName(release)
  if (failure !== undefined) {
    return release.deploymentId === undefined
      ? `Whether a deployment was started is not known. ${failure}`
      : `This action failed while deployment ${deploymentId} was running. ${failure}`
  }
  if (outcome?.kind === 'lost-sight') {
    return `Lost sight of deployment ${deploymentId}, which may go on in ${wordsFor(release).service} without this step${lastReadClause(release)}. ${describeServiceError(outcome.operation, outcome.error)}`
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
