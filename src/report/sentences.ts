import { revisionName } from '../aws/arn.ts'
import { describeServiceError } from '../aws/service-error.ts'
import { endingOf } from '../follow/ending.ts'
import { describePhase } from '../follow/phase.ts'
import { failedEvent, hasEnded, hookOf, readySinceMs, type Snapshot } from '../follow/snapshot.ts'
import { isRelease } from '../inputs/operation.ts'
import { type Release, rollbackOf } from '../release-state.ts'
import type { Status } from '../verdict.ts'
import { deploymentUrl } from './console-links.ts'
import { hookResults } from './hook-results.ts'
import { plannedSentence } from './planned.ts'
import { isGoneAgain, previewCause, previewLabel, previewTitle } from './previews.ts'
import { neverShifted, peakTraffic, productionLastSeen, productionText, testTraffic, trafficNow } from './traffic.ts'
import { andList, clockTime, duration, percentText } from './words.ts'

/** What happened, where production is and what to do, each a plain sentence or several; empty when there is nothing. */
export interface Verdict {
  /** A few words: "Rolled back". */
  title: string
  cause: string
  production: string
  /** What still runs, test traffic, what is kept. */
  remains: string
  advice: string
}

const TITLES: Record<Status, string> = {
  succeeded: 'Released',
  'awaiting-promotion': 'Awaiting promotion',
  started: 'Started',
  unchanged: 'Unchanged',
  planned: 'Planned',
  refused: 'Refused',
  failed: 'Failed',
  'rolled-back': 'Rolled back',
  'rollback-failed': 'ROLLBACK FAILED',
  stopped: 'Stopped',
  'timed-out': 'Timed out',
  cancelled: 'Cancelled',
  unknown: 'Lost sight',
}

/** The verdict on a release in words. While the release goes on it says so. */
export function verdictSentences(release: Release): Verdict {
  return {
    title: titleOf(release),
    cause: cause(release),
    production: productionSentence(release),
    remains: [madeRoomSentence(release), remains(release)].filter((part) => part !== '').join(' '),
    advice: advice(release),
  }
}

function titleOf(release: Release): string {
  const { status, operation } = release
  if (status === undefined) return 'In progress'
  const preview = previewTitle(release)
  if (preview !== undefined) return preview
  return operation === 'rollback' && status === 'succeeded' ? 'Rolled back' : TITLES[status]
}

/** The verdict as one paragraph, for the annotation and the last line of the log. */
export function verdictParagraph(release: Release): string {
  const { cause: what, production, remains: rest, advice: next } = verdictSentences(release)
  return [what, production, rest, next].filter((part) => part !== '').join(' ')
}

/** `web:2`; empty before the revision is known. */
export function releasedRevision({ taskDefinition }: Release): string {
  return taskDefinition === undefined ? '' : revisionName(taskDefinition.arn)
}

/** `web:1`: what served when the release began; empty when the service was not found, or it is gone by now. */
export function originalRevision({ service, deploymentId }: Release): string {
  const isGone = deploymentId !== undefined && service?.primary.deploymentId === deploymentId
  return service === undefined || isGone ? '' : revisionName(service.primary.taskDefinitionArn)
}

/** `demo/web`, as far as it is known; of a preview without a lane, whose it is. */
export function serviceLabel(release: Release): string {
  const { service, asked } = release
  if (service !== undefined) return `${service.clusterName}/${service.name}`
  return previewLabel(release) ?? `${asked.cluster}/${asked.service}`
}

function cause(release: Release): string {
  const label = serviceLabel(release)
  const revision = releasedRevision(release)
  switch (release.status) {
    case undefined:
      return goingOn(release)
    case 'succeeded':
      if (release.operation === 'rollback') return rolledBackCause(release)
      if (release.deploymentId === undefined) return previewCause(release) ?? ''
      return `Deployment ${release.deploymentId} released ${revision} to ${label}.${adoptedSentence(release)}`
    case 'awaiting-promotion':
      return awaitingCause(release)
    case 'started':
      if (release.adopted !== undefined) {
        return `Deployment ${release.deploymentId} of ${revision} to ${label} is there already.${adoptedSentence(release)}`
      }
      return `Deployment ${release.deploymentId} of ${revision} to ${label} was started; this step does not wait for it.`
    case 'unchanged':
      if (release.operation === 'stop') return nothingToStop(release)
      if (release.preview !== undefined && release.preview.errand !== 'claim') return previewCause(release) ?? ''
      return `${label} already runs exactly this (${originalRevision(release)}), so nothing was written.`
    case 'planned':
      return plannedSentence(release)
    case 'refused':
      return release.problems.map(({ sentence }) => sentence).join(' ')
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
      return `${endCause(release)} ${rollbackSentence(release)}`
  }
}

/** Until when a deployment at `Ready` can be continued; milliseconds since 1970. */
export function promoteByMs({ status, snapshot, group }: Release): number | undefined {
  if (status !== 'awaiting-promotion' || snapshot === undefined || group === undefined) return undefined
  const sinceMs = readySinceMs(snapshot)
  return sinceMs === undefined ? undefined : sinceMs + group.readyWaitMs
}

function awaitingCause(release: Release): string {
  const { deploymentId, testUrl } = release
  const untilMs = promoteByMs(release)
  const at = testUrl === undefined ? '' : ` (${testUrl})`
  const until = untilMs === undefined ? '' : ` until ${clockTime(untilMs, true)}`
  return `Deployment ${deploymentId} serves ${releasedRevision(release)} on the test listener of ${serviceLabel(release)}${at} and waits at Ready${until} for somebody to continue it.${adoptedSentence(release)}`
}

/** How an asked rollback came about: what was being deployed was stopped, or an earlier revision was deployed. */
function rolledBackCause(release: Release): string {
  const { deploymentId, outcome } = release
  if (outcome?.kind === 'stop-asked' || outcome?.kind === 'ended') {
    return `${endCause(release)} ${rollbackSentence(release)}`
  }
  return `Deployment ${deploymentId} brought ${serviceLabel(release)} back to ${releasedRevision(release)}.${adoptedSentence(release)}`
}

function nothingToStop({ deploymentId, snapshot, asked, group }: Release): string {
  if (deploymentId !== undefined) {
    return `Deployment ${deploymentId} had ended already (${snapshot?.statusWord}), so there was nothing to stop.`
  }
  const whose = asked.deploymentId === undefined ? 'No deployment of this run' : 'No deployment'
  return `${whose} is active in deployment group '${group?.name}', so there was nothing to stop.`
}

/** What a release that is not over is doing. */
function goingOn(release: Release): string {
  const { deploymentId, waits } = release
  const label = serviceLabel(release)
  if (deploymentId !== undefined) return `Deployment ${deploymentId} releases ${releasedRevision(release)} to ${label}.`
  const last = waits.at(-1)
  return last === undefined || last.endedAtMs !== undefined
    ? `Checking whether ${label} can be released.`
    : `Waiting for deployment ${last.deploymentId}, which keeps the deployment group of ${label} busy.`
}

function adoptedSentence({ adopted }: Release): string {
  return adopted === undefined
    ? ''
    : ` Attempt ${adopted.runAttempt} of this run made it; it was followed instead of making another.`
}

/** What of others was ended to make room. */
function madeRoomSentence({ waits }: Release): string {
  const stopped = waits.filter(({ step }) => step === 'stop').map(({ deploymentId }) => deploymentId)
  const cut = waits.filter(({ step }) => step === 'end-termination-wait').map(({ deploymentId }) => deploymentId)
  return [
    stopped.length === 0 ? '' : `To make room, ${andList(stopped)} was stopped with rollback.`,
    cut.length === 0
      ? ''
      : `To make room, the termination wait of ${andList(cut)} was ended, and with it its instant rollback.`,
  ]
    .filter((sentence) => sentence !== '')
    .join(' ')
}

/** Why the deployment ended, in one sentence: ours first, then CodeDeploy's own code and message. */
function endCause(release: Release): string {
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
function refused(refusal: string | undefined): string {
  return `CodeDeploy did not accept the stop (${withoutFullStop(refusal ?? '')})`
}

/** Where a deployment ended; nothing when its events could not be seen. */
function placeOf(snapshot: Snapshot): string {
  const event = failedEvent(snapshot)
  if (event !== undefined) return ` at ${event.name}`
  if (snapshot.isBlind) return ''
  const done = snapshot.events.findLast(({ status }) => status === 'succeeded')
  return done === undefined ? ' before its first lifecycle event' : ` after ${done.name}`
}

function reasonOf(release: Release, snapshot: Snapshot): string {
  const { code = '', message = '' } = snapshot.error ?? {}
  const own = message === '' ? code : `${code}: ${message}`
  const eventName = failedEvent(snapshot)?.name ?? ''
  const hookFunction = hookOf(release.plan?.hooks ?? {}, eventName)
  if (endingOf(snapshot) === 'alarm') {
    return `an alarm went off${shiftedWhen(release, snapshot)} (${own}).`
  }
  if (hookFunction !== undefined && code === 'HOOK_EXECUTION_FAILURE') {
    return `hook ${hookFunction} reported Failed (${code}).`
  }
  if (hookFunction !== undefined && /status callback/i.test(message)) {
    return `hook ${hookFunction} did not answer (${own})`
  }
  const because = own === '' ? 'CodeDeploy gave no reason.' : `${withoutFullStop(own)}.`
  const [taskStop] = release.taskStops
  return eventName === 'Install' && taskStop !== undefined
    ? `${because} Replacement tasks kept stopping: ${withoutFullStop(taskStop)}.`
    : because
}

/** How far the shift had come; nothing when that could not be seen. */
function shiftedWhen(release: Release, { isBlind }: Snapshot): string {
  if (neverShifted(release)) return ' before any production traffic had shifted'
  const peak = peakTraffic(release)
  return peak === 0 ? '' : ` with ${isBlind ? 'at least ' : ''}${percentText(peak)} of production traffic shifted`
}

function rollbackSentence(release: Release): string {
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
      return release.settlement?.cutShort === 'lost-sight'
        ? 'What became of the rollback could not be seen.'
        : 'Its rollback had not shown when this step ended.'
    case 'none':
      if (!wasDue) return 'There was no rollback: no setting asks for one after this (deployment group, rollback-on).'
      return hasReplacement(release) || release.snapshot?.isBlind === true
        ? 'A rollback was due, but CodeDeploy showed none within 30 s.'
        : 'There was nothing to roll back: the replacement had not been started.'
  }
}

function hasReplacement({ snapshot }: Release): boolean {
  return snapshot?.taskSets.some(({ role }) => role === 'replacement') === true
}

function cancelledCause(release: Release): string {
  const { deploymentId, settlement, snapshot } = release
  const cancelled = release.wasLost ? 'The step was lost before it ended' : 'The workflow run was cancelled'
  if (deploymentId === undefined) {
    return release.failure === undefined
      ? `${cancelled} before a deployment was created.`
      : `${cancelled}. ${release.failure}`
  }
  const isOurStop = release.stopAccepted || settlement?.stop !== undefined
  if (snapshot !== undefined && hasEnded(snapshot) && !isOurStop) {
    return snapshot.status === 'succeeded'
      ? `${cancelled} when deployment ${deploymentId} had succeeded.`
      : [endCause(release), rollbackSentence(release), `${cancelled} meanwhile.`]
          .filter((part) => part !== '')
          .join(' ')
  }
  if (settlement === undefined && !isOurStop) return `${cancelled} while deployment ${deploymentId} was running.`
  if (!isOurStop && settlement?.spared === undefined) {
    return `${cancelled}; deployment ${deploymentId} goes on without this step.`
  }
  return `${cancelled}${release.outcome?.kind === 'given-up' ? ` while deployment ${deploymentId} was being stopped (${release.outcome.reason})` : ''}; ${partingClause(release)}`
}

function timedOutCause(release: Release): string {
  const { deploymentId, outcome, settlement, snapshot } = release
  if (outcome?.kind === 'timed-out') {
    const late = `Deployment ${deploymentId} was not done after ${duration(outcome.afterMs)}, while waiting for ${describePhase(outcome.phase)}`
    const isLeft = settlement?.stop === undefined && settlement?.spared === undefined
    return isLeft ? `${late}. It goes on without this step.` : `${late}; ${partingClause(release)}`
  }
  if (snapshot !== undefined && hasEnded(snapshot)) return `${endCause(release)} ${rollbackSentence(release)}`
  const why = outcome?.kind === 'given-up' ? ` because ${outcome.reason}` : ''
  const refusal = settlement?.stop?.refusal
  return refusal === undefined
    ? `Deployment ${deploymentId} was told to stop${why}, and had not ended when this step did.`
    : `Deployment ${deploymentId} was to be stopped${why}; ${refused(refusal)}, and it goes on without this step.`
}

/** What became of a deployment that was to be stopped with rollback because its wait ended early. */
function partingClause(release: Release): string {
  const { deploymentId, settlement, snapshot } = release
  switch (settlement?.spared) {
    case 'moved':
      return `all production traffic of deployment ${deploymentId} had shifted, so it was not stopped and goes on.`
    case 'unseen':
      return `deployment ${deploymentId} could not be read, so it was not stopped.`
    case undefined:
  }
  const refusal = settlement?.stop?.refusal
  const isOver = snapshot !== undefined && hasEnded(snapshot)
  if (refusal !== undefined && !isOver) return `deployment ${deploymentId} goes on: ${refused(refusal)}.`
  if (!isOver) return `deployment ${deploymentId} was told to stop and roll back, and had not ended when this step did.`
  if (snapshot.status === 'succeeded') return `deployment ${deploymentId} had succeeded before it could be stopped.`
  return `deployment ${deploymentId} was stopped. ${rollbackSentence(release)}`
}

function unknownCause(release: Release): string {
  const { deploymentId, outcome, failure } = release
  if (failure !== undefined) {
    return deploymentId === undefined
      ? `Whether a deployment was started is not known. ${failure}`
      : `This action failed while deployment ${deploymentId} was running. ${failure}`
  }
  if (outcome?.kind === 'lost-sight') {
    return `Lost sight of deployment ${deploymentId}, which goes on in CodeDeploy without this step. ${describeServiceError(outcome.operation, outcome.error)}`
  }
  const { snapshot } = release
  if (snapshot !== undefined && hasEnded(snapshot)) return `${endCause(release)} ${rollbackSentence(release)}`
  const told = release.settlement?.stop === undefined ? '' : ' was told to stop, and it'
  const why = outcome?.kind === 'given-up' ? ` (${outcome.reason})` : ''
  return `Deployment ${deploymentId}${told}${why} could not be seen any more.`
}

/** Nothing was followed, so that there is nothing to say of production. */
const SILENT: ReadonlySet<Status> = new Set<Status>(['refused', 'started', 'unchanged', 'planned'])

/** What serves production now, and whether it ever left the original. */
function productionSentence(release: Release): string {
  const { production, status } = release
  if (status === undefined || SILENT.has(status) || isGoneAgain(release)) return ''
  if (release.deploymentId === undefined && status !== 'unknown') return ''
  const what = release.operation === 'preview' ? 'The lane' : 'Production'
  if (neverShifted(release))
    return `${release.operation === 'preview' ? "The lane's" : 'Production'} traffic never left the original (${originalRevision(release)}).`
  const text = productionText(release)
  if (production !== undefined && text !== '') {
    const again = isRolledBack(release) ? ' again' : ''
    return `${what} runs ${text}${again} (read ${clockTime(production.readAtMs)}).`
  }
  const lastSeen = productionLastSeen(release)
  const now =
    production?.primary === undefined
      ? 'What serves production could not be seen.'
      : `How production is split could not be seen; the PRIMARY task set runs ${production.primary.name} (read ${clockTime(production.primary.readAtMs)}).`
  return lastSeen === undefined
    ? now
    : `${now} When it was last seen at ${clockTime(lastSeen.atMs)}, production ran ${lastSeen.text}.`
}

/** What serves is what served before. */
function isRolledBack(release: Release): boolean {
  return rollbackOf(release)?.status === 'succeeded'
}

function remains(release: Release): string {
  if (isRolledBack(release)) return ''
  if (release.status === 'refused') return leftBehind(release)
  if (release.status === 'succeeded') {
    const isThere = release.preview?.errand === 'claim' ? previewCause(release) : undefined
    return isThere ?? keptSentence(release)
  }
  if (release.status !== 'failed' && release.status !== 'stopped' && release.status !== 'rollback-failed') return ''
  const replacement = release.snapshot?.taskSets.find(({ role }) => role === 'replacement')
  const parts: string[] = []
  if (testTraffic(release) === 'replacement')
    parts.push(`Test traffic goes to the replacement (${releasedRevision(release)}).`)
  if (replacement !== undefined && replacement.state !== 'draining') {
    parts.push(`The replacement task set still runs (${replacement.running} of ${replacement.desired} tasks).`)
  }
  return parts.join(' ')
}

/** A refused rollback may have ended a termination wait, or been stopped by an alarm before it was refused. */
function leftBehind(release: Release): string {
  const { taskDefinition, lostRevisionOf } = release
  if (release.deploymentId !== undefined && release.preview !== undefined) return ''
  const nothing = isRelease(release.operation)
    ? 'Nothing was deployed.'
    : release.operation === 'rollback'
      ? 'Production was not changed.'
      : 'Nothing was changed.'
  if (lostRevisionOf !== undefined) {
    return `${nothing} Whether a new revision of ${lostRevisionOf} was registered could not be seen; nothing uses it.`
  }
  return taskDefinition?.isNew === true
    ? `${nothing} Task definition ${revisionName(taskDefinition.arn)} was registered and is not used.`
    : nothing
}

/** Until when the original task set is kept, as far as the group's setting tells; milliseconds since 1970. */
export function originalKeptUntilMs({ snapshot, group, status }: Release): number | undefined {
  if (status !== 'succeeded' || snapshot === undefined || hasEnded(snapshot)) return undefined
  const shiftedAtMs = snapshot.events.at(-1)?.endedAtMs
  const waitMs = group?.terminationWaitMs
  return shiftedAtMs === undefined || waitMs === undefined ? undefined : shiftedAtMs + waitMs
}

function keptSentence(release: Release): string {
  const untilMs = originalKeptUntilMs(release)
  if (untilMs === undefined) return ''
  const alarms = release.plan?.rollbackOn.includes('alarm') === true ? ' an alarm or' : ''
  return `The original (${originalRevision(release)}) is kept until ${clockTime(untilMs)}; until then${alarms} a stop can still roll back, with nobody watching here.`
}

/** What goes on without this step can be watched. */
function waysToWatch(release: Release, look: string): string {
  const ways = [look, consoleUrl(release)].filter((way) => way !== '').join(' or ')
  return `To see how it went on: ${ways} (running this job again takes it up where it is then).`
}

function advice(release: Release): string {
  const { deploymentId, status, snapshot } = release
  if (status === 'unknown' && deploymentId === undefined) return lookForDeployment(release)
  if (deploymentId === undefined || status === undefined) return ''
  const look = `aws deploy get-deployment --deployment-id ${deploymentId} --region ${release.region}`
  switch (status) {
    case 'rollback-failed':
      return `Look now: ${look}`
    case 'awaiting-promotion':
      return `To shift production: 'operation: promote'; to take it back: 'operation: stop'.`
    case 'cancelled':
    case 'timed-out':
      return snapshot !== undefined && hasEnded(snapshot) ? '' : waysToWatch(release, look)
    case 'unknown':
      return waysToWatch(release, look)
    case 'failed':
    case 'stopped':
    case 'rolled-back':
      return [hookLogAdvice(release), splitAdvice(release)].filter((part) => part !== '').join(' ')
    default:
      return ''
  }
}

function consoleUrl({ service, deploymentId }: Release): string {
  if (service === undefined || deploymentId === undefined) return ''
  return deploymentUrl(service.partition, service.region, deploymentId) ?? ''
}

/** How to find out whether there is a deployment that this step has no id of. */
function lookForDeployment({ group, region }: Release): string {
  if (group === undefined) return ''
  return `To see whether there is one: aws deploy list-deployments --application-name ${group.application} --deployment-group-name ${group.name} --region ${region}. Its description names this run.`
}

function hookLogAdvice(release: Release): string {
  const failed = hookResults(release).find(({ result }) => result === 'failed')
  return failed === undefined
    ? ''
    : `The log of the hook is in the log group /aws/lambda/${functionName(failed.hookFunction)}.`
}

/** Name of a Lambda function from its name or ARN, without alias or version. Source: Lambda API Reference, FunctionName. */
export function functionName(nameOrArn: string): string {
  return /(?:^|:function:)([\w-]{1,64})(?::[\w$-]+)?$/.exec(nameOrArn)?.[1] ?? nameOrArn
}

/** Nothing moves production back by itself once a deployment has ended without a rollback. */
function splitAdvice(release: Release): string {
  const percent = trafficNow(release)
  if (isRolledBack(release) || percent === 0) return ''
  const advice = 'Release the original revision again to bring production back.'
  return percent === undefined ? `Look at the production listener: it may reach both task sets. ${advice}` : advice
}

function withoutFullStop(text: string): string {
  return text.replace(/[.\s]+$/, '')
}
