import { runUrl } from '../aws/console-links.ts'
import { phaseOf } from '../follow/phase.ts'
import { hasEnded } from '../follow/snapshot.ts'
import type { Release } from '../release-state.ts'
import { promoteByMs } from '../report/deadlines.ts'
import { withoutHookLines } from '../report/hook-reason.ts'
import { releasedRevision, serviceLabel, wordsFor } from '../report/labels.ts'
import { describePhase } from '../report/phase-text.ts'
import { isGoneAgain } from '../report/previews.ts'
import { verdictSentences } from '../report/sentences.ts'
import { cut, inSentence } from '../text/untrusted.ts'
import { clockTime } from '../text/words.ts'
import type { Status } from '../verdict.ts'

/** Source: GitHub REST API, "Create a deployment status". */
export type DeploymentState = 'queued' | 'in_progress' | 'success' | 'failure' | 'error' | 'inactive'

/** A status of a GitHub deployment, as the API takes it. */
export interface GithubStatus {
  state: DeploymentState
  description: string
  log_url?: string
  environment_url?: string
}

/** Longest description, in characters. Source: GitHub REST API, "Create a deployment status". */
export const MAX_DESCRIPTION = 140

/** `error` where this action cannot say how the deployment ends; `failure` where it did not do what it was to do. */
const STATES: Record<Status, DeploymentState> = {
  succeeded: 'success',
  'awaiting-promotion': 'in_progress',
  // Nobody looks how it goes on.
  started: 'in_progress',
  unchanged: 'success',
  planned: 'success',
  refused: 'failure',
  failed: 'failure',
  'rolled-back': 'failure',
  'rollback-failed': 'failure',
  stopped: 'failure',
  'timed-out': 'error',
  cancelled: 'error',
  unknown: 'error',
}

/**
 * The status that the GitHub deployment of a CodeDeploy deployment is to have. Undefined before there is one, and when
 * the operation says nothing new of it: what is refused before anything was deployed, and a plan, make no deployment.
 */
export function deploymentStatusOf(release: Release): GithubStatus | undefined {
  const state = release.deploymentId === undefined ? undefined : stateOf(release)
  if (state === undefined) return undefined
  const { run, testUrl } = release
  return {
    state,
    description: bounded(descriptionOf(release, state)),
    ...httpsOnly('log_url', runUrl(run)),
    ...httpsOnly('environment_url', testUrl),
  }
}

function httpsOnly<Name extends string>(name: Name, url: string | undefined): { [Key in Name]?: string } {
  return url?.startsWith('https://') ? ({ [name]: url } as { [Key in Name]?: string }) : {}
}

function stateOf(release: Release): DeploymentState | undefined {
  const { status, snapshot, madeEarlier, preview } = release
  if (madeEarlier) return stateOfEarlier(release)
  if (isGoneAgain(release)) return 'inactive'
  // A preview that is refused once it has a deployment has left the lane to somebody else.
  if (status === 'refused' && preview !== undefined) return 'inactive'
  if (status !== undefined) return endState(status, release)
  const isBegun = snapshot !== undefined && snapshot.status !== 'created' && snapshot.status !== 'queued'
  return isBegun ? 'in_progress' : 'queued'
}

/** Of a deployment that an earlier job made, and told: only what this operation knows better is told again. */
function stateOfEarlier(release: Release): DeploymentState | undefined {
  const { operation, status, snapshot, outcome } = release
  const isOver = snapshot !== undefined && hasEnded(snapshot)
  const atRest = isOver ? (snapshot.status === 'succeeded' ? 'success' : 'failure') : undefined
  switch (status) {
    case undefined:
      // A stop may yet be refused, and the deployment is then what it was.
      return operation === 'stop' || operation === 'rollback' || snapshot === undefined || isOver
        ? undefined
        : 'in_progress'
    case 'refused':
    case 'unchanged':
      return atRest
    case 'succeeded':
      // That rollback was to undo it.
      return operation === 'rollback' && (outcome?.kind === 'stop-asked' || outcome?.kind === 'ended')
        ? 'failure'
        : 'success'
    case 'cancelled':
    case 'timed-out':
      // Whoever only watches changes nothing by leaving.
      return operation === 'watch' && !isOver ? 'in_progress' : endState(status, release)
    default:
      return endState(status, release)
  }
}

function endState(status: Status, { snapshot, settlement }: Release): DeploymentState {
  const isUndone = snapshot !== undefined && hasEnded(snapshot) && snapshot.status !== 'succeeded'
  const isOver = isUndone && settlement?.cutShort === undefined
  return STATES[status] === 'error' && status !== 'unknown' && isOver ? 'failure' : STATES[status]
}

/** What happened and why, without what hooks printed; while the release goes on, what it waits for. */
function descriptionOf(release: Release, state: DeploymentState): string {
  const { status, snapshot, plan } = release
  const { title, cause } = verdictSentences(withoutHookLines(release))
  if (status === 'awaiting-promotion') {
    const untilMs = promoteByMs(release)
    const until = untilMs === undefined ? '' : ` until ${clockTime(untilMs, true)}`
    return `Waits for promotion${until}; production is untouched`
  }
  if (status !== undefined) return state === 'success' ? cause : `${title}: ${cause}`
  if (snapshot === undefined) return cause
  return `Waiting for ${describePhase(phaseOf(snapshot, plan?.hooks ?? {}), wordsFor(release))}`
}

/** What the GitHub deployment itself says. */
export function deploymentDescription(release: Release): string {
  const what = release.operation === 'rollback' ? 'Rollback' : 'Release'
  return bounded(
    `${what} of ${serviceLabel(release)} to ${releasedRevision(release)} through ${wordsFor(release).service}`,
  )
}

function bounded(text: string): string {
  return cut(inSentence(text), MAX_DESCRIPTION - 1)
}
