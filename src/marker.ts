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
