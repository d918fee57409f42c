import { createHash } from 'node:crypto'
import { plainText, withoutHalf } from '../text/untrusted.ts'
import type { GithubRun } from './github-run.ts'

/** Longest description that CodeDeploy surely takes, in characters: the guide says 256, one report 512. */
const MAX_DESCRIPTION_LENGTH = 256

/** Longest `owner/name` that leaves room for the rest; a longer one is named by its numeric id alone. */
const MAX_REPOSITORY_LENGTH = 80

/** Longest name of a workflow file or job that is told whole, in characters. */
const MAX_NAME_LENGTH = 32

/**
 * The words by which a later run knows whose deployment this is: `[ecs-release repo=… id=… wf=… run=ID.ATTEMPT …]`.
 * Always part of a deployment's description. Members that the runner did not tell are left out.
 */
export function buildMarker(run: GithubRun, operation: string): string {
  return `[${saidOf(run, operation, AS_DESCRIPTION)}]`
}

/** The tag of a task definition by which a later run knows who made the revision. */
export const MARKER_TAG = 'ecs-blue-green-release'

/** The same words as the value of a tag. */
export function buildMarkerTag(run: GithubRun, operation: string): string {
  return saidOf(run, operation, AS_TAG)
}

/** How names are written: what cannot stand in them, and what divides one from its checksum. */
interface Writing {
  delimiters: RegExp
  divider: string
}

const AS_DESCRIPTION: Writing = { delimiters: /[\s[\]=]/g, divider: '~' }

/** Source: ECS API Reference, Tag: letters, numbers, spaces, and `+ - = . _ : / @`. */
const AS_TAG: Writing = { delimiters: /[^\p{L}\p{N}+\-._:/@]/gu, divider: ':' }

function saidOf(run: GithubRun, operation: string, writing: Writing): string {
  const members: [string, string][] = [
    ['repo', run.repository.length > MAX_REPOSITORY_LENGTH ? '' : run.repository],
    ['id', /^\d{1,20}$/.test(run.repositoryId) ? run.repositoryId : ''],
    ['wf', shortName(run.workflowFile, writing)],
    ['run', run.runId === '' ? '' : `${run.runId}.${run.runAttempt || '1'}`],
    ['n', run.runNumber],
    ['job', shortName(run.job, writing)],
    ['op', operation],
    ['pr', run.pullRequest],
  ]
  const said = members
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}=${value.replace(writing.delimiters, '_')}`)
  return `ecs-release ${said.join(' ')}`
}

/**
 * The name as a marker has it. One that is too long, or has a delimiter in it, ends with a checksum of the whole, so that
 * no two names become one. A name that is short already stays as it is.
 */
function shortName(name: string, { delimiters, divider }: Writing = AS_DESCRIPTION): string {
  const said = name.replace(delimiters, '_')
  if (said === name && name.length <= MAX_NAME_LENGTH) return name
  const sum = `${divider}${createHash('sha256').update(name).digest('hex').slice(0, 8)}`
  return `${withoutHalf(said.slice(0, MAX_NAME_LENGTH - sum.length))}${sum}`
}

/** What a marker tells of the run that made a deployment. Empty strings where it tells nothing. */
export interface Marker {
  /** `owner/name` at that time, or the numeric id of a repository with a long name. */
  repository: string
  /** Numeric id of the repository, which a rename or a transfer does not change; earlier versions did not tell it. */
  repositoryId: string
  /** The whole name when it is short, else its beginning and a checksum; the same for `job`. */
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

/** Exactly what `buildMarker` writes or has written, at the very end. Before `id` there was `repo` alone. */
const MARKER = new RegExp(
  `(?:^| )\\[ecs-release(?: repo=(?<repo>${VALUE}))?(?: id=(?<id>\\d{1,20}))?(?: wf=(?<wf>${VALUE}))?` +
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
  const repository = said['repo'] ?? said['id'] ?? ''
  return {
    repository,
    // Earlier versions named a repository with a long name by its id.
    repositoryId: said['id'] ?? (/^\d+$/.test(repository) ? repository : ''),
    workflowFile: said['wf'] ?? '',
    runId: said['run'] ?? '',
    runAttempt: Number(said['attempt'] ?? 0),
    runNumber: Number(said['n'] ?? 0),
    job: said['job'] ?? '',
    operation: said['op'] ?? '',
    pullRequest: said['pr'] ?? '',
  }
}

/** The marker that the value of a tag is; undefined when it is none. */
export function parseMarkerTag(value: string | undefined): Marker | undefined {
  return parseMarker(`[${value ?? ''}]`)
}

/** The marker of this run's own revisions, as others will read it in their tag. */
export function ownMarkerTag(run: GithubRun, operation: string): Marker {
  return parseMarkerTag(buildMarkerTag(run, operation)) ?? { ...NOBODY, operation }
}

/** The marker of this run's own deployments, as others will read it. */
export function ownMarker(run: GithubRun, operation: string): Marker {
  return parseMarker(buildMarker(run, operation)) ?? { ...NOBODY, operation }
}

const NOBODY: Omit<Marker, 'operation'> = {
  repository: '',
  repositoryId: '',
  workflowFile: '',
  runId: '',
  runAttempt: 0,
  runNumber: 0,
  job: '',
  pullRequest: '',
}

/** What a marker tells of a repository. */
export type MarkedRepository = Pick<Marker, 'repository' | 'repositoryId'>

/**
 * Both name one repository: by its id where both tell it, which holds also after a rename or a transfer, else by its name.
 * What is not named is never the same.
 */
export function isSameRepository(one: MarkedRepository, other: MarkedRepository): boolean {
  if (one.repositoryId !== '' && other.repositoryId !== '') return one.repositoryId === other.repositoryId
  return one.repository !== '' && one.repository === other.repository
}

/** Both were made by runs of one workflow file of one repository, so that their run numbers can be compared. */
export function isSameWorkflow(one: Marker, other: Marker): boolean {
  return isSameRepository(one, other) && shortName(one.workflowFile) === shortName(other.workflowFile)
}

/** Both were made by the same job of the same run for the same purpose; a re-run has another attempt and is the same. */
export function isSameJob(one: Marker, other: Marker): boolean {
  return (
    one.runId !== '' &&
    one.runId === other.runId &&
    isSameRepository(one, other) &&
    // Earlier versions told names of up to 40 characters whole.
    shortName(one.job) === shortName(other.job) &&
    one.operation === other.operation
  )
}

/**
 * Whether a deployment is our own when none is named: made by this very run, whichever job, or on a pull request by any
 * run for that pull request. A run that is not known owns nothing.
 */
export function isOwn(own: Marker, marker: Marker | undefined): boolean {
  if (marker === undefined || !isSameRepository(own, marker)) return false
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
