import type { GithubRun } from './github-run.ts'
import { plainText, withoutHalf } from './untrusted.ts'

/** Longest description that CodeDeploy surely takes, in characters: the guide says 256, one report 512. */
const MAX_DESCRIPTION_LENGTH = 256

/** Longest `owner/name` that leaves room for the rest; a longer one is named by its numeric id. */
const MAX_REPOSITORY_LENGTH = 80

/**
 * The words by which a later run knows whose deployment this is: `[ecs-release repo=… wf=… run=ID.ATTEMPT …]`.
 * Always part of a deployment's description. Members that the runner did not tell are left out.
 */
export function buildMarker(run: GithubRun, operation: string): string {
  const repository = run.repository.length > MAX_REPOSITORY_LENGTH ? run.repositoryId : run.repository
  const members: [string, string][] = [
    ['repo', repository],
    ['wf', withoutHalf(run.workflowFile.slice(0, 40))],
    ['run', run.runId === '' ? '' : `${run.runId}.${run.runAttempt || '1'}`],
    ['n', run.runNumber],
    ['job', withoutHalf(run.job.slice(0, 40))],
    ['op', operation],
    ['pr', run.pullRequest],
  ]
  const said = members.filter(([, value]) => value !== '').map(([name, value]) => `${name}=${withoutDelimiters(value)}`)
  return `[ecs-release ${said.join(' ')}]`
}

/** What a marker tells of the run that made a deployment. Empty strings where it tells nothing. */
export interface Marker {
  /** `owner/name`, or the numeric id of a repository with a long name. */
  repository: string
  workflowFile: string
  runId: string
  /** From 1; 0 when no run is told. */
  runAttempt: number
  /** From 1; 0 when it is not told. */
  runNumber: number
  job: string
  operation: string
  pullRequest: string
}

const VALUE = '[^\\s[\\]=]+'
const WHOLE_NUMBER = '[1-9]\\d{0,14}'

/** Exactly what `buildMarker` writes, at the very end. */
const MARKER = new RegExp(
  `(?:^| )\\[ecs-release(?: repo=(?<repo>${VALUE}))?(?: wf=(?<wf>${VALUE}))?` +
    `(?: run=(?<run>\\d+)\\.(?<attempt>${WHOLE_NUMBER}))?(?: n=(?<n>${WHOLE_NUMBER}))?(?: job=(?<job>${VALUE}))?` +
    ` op=(?<op>${VALUE})(?: pr=(?<pr>\\d+))?\\]$`,
)

/**
 * The marker of a description; undefined when it has none. The user's text stands before the marker and may look like
 * one, so only what ends the description counts, and only in the form in which it is written.
 */
export function parseMarker(description: string | undefined): Marker | undefined {
  const said = MARKER.exec(description ?? '')?.groups
  if (said === undefined) return undefined
  return {
    repository: said['repo'] ?? '',
    workflowFile: said['wf'] ?? '',
    runId: said['run'] ?? '',
    runAttempt: Number(said['attempt'] ?? 0),
    runNumber: Number(said['n'] ?? 0),
    job: said['job'] ?? '',
    operation: said['op'] ?? '',
    pullRequest: said['pr'] ?? '',
  }
}

/** The marker of this run's own deployments, as others will read it. */
export function ownMarker(run: GithubRun, operation: string): Marker {
  const nothing = { repository: '', workflowFile: '', runId: '', runAttempt: 0, runNumber: 0, job: '', pullRequest: '' }
  return parseMarker(buildMarker(run, operation)) ?? { ...nothing, operation }
}

/** Both were made by the same job of the same run for the same purpose; a re-run has another attempt and is the same. */
export function isSameJob(one: Marker, other: Marker): boolean {
  return (
    one.runId !== '' &&
    one.runId === other.runId &&
    one.repository === other.repository &&
    one.job === other.job &&
    one.operation === other.operation
  )
}

/**
 * Whether a deployment is our own when none is named: made by this very run, whichever job, or on a pull request by any
 * run for that pull request. A run that is not known owns nothing.
 */
export function isOwn(own: Marker, marker: Marker | undefined): boolean {
  if (marker === undefined || own.repository === '' || marker.repository !== own.repository) return false
  if (own.runId !== '' && marker.runId === own.runId) return true
  return own.pullRequest !== '' && marker.pullRequest === own.pullRequest
}

/** The description of a deployment: the user's text, cut so that the whole marker fits behind it. */
export function buildDescription(userText: string, marker: string): string {
  const text = plainText(userText).replace(/\s+/g, ' ').trim()
  const room = MAX_DESCRIPTION_LENGTH - marker.length - 1
  if (text === '' || room <= 0) return marker.slice(0, MAX_DESCRIPTION_LENGTH)
  const cut = text.length <= room ? text : `${withoutHalf(text.slice(0, room - 1)).trimEnd()}…`
  return `${cut} ${marker}`
}

function withoutDelimiters(value: string): string {
  return value.replace(/[\s[\]=]/g, '_')
}
