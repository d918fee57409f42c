import { isJsonObject } from '../document.ts'

/** The pull request that a workflow run is about. */
export interface PullRequest {
  number: number
  /** Commit at its head, as far as the event tells; the run's own commit is a merge that nobody pushed. */
  headSha: string
  /** It comes from another repository, so its run mostly gets a token that may only read. */
  isFork: boolean
  /** It was closed, merged or not, when the event happened. */
  isClosed: boolean
}

/**
 * The pull request of the event that started the run, a comment on one among it; undefined when it is about none.
 * Source: GitHub documentation, "Webhook events and payloads", pull_request and issue_comment.
 */
export function pullRequestOf(event: unknown): PullRequest | undefined {
  if (!isJsonObject(event)) return undefined
  const { pull_request: pull, issue } = event
  if (!isJsonObject(pull)) {
    const isPull = isJsonObject(issue) && isJsonObject(issue['pull_request']) && isNumber(issue['number'])
    return isPull
      ? { number: Number(issue['number']), headSha: '', isFork: false, isClosed: issue['state'] === 'closed' }
      : undefined
  }
  if (!isNumber(pull['number'])) return undefined
  const { sha, repository: head } = sideOf(pull['head'])
  const { repository: base } = sideOf(pull['base'])
  return { number: Number(pull['number']), headSha: sha, isFork: head !== base, isClosed: pull['state'] === 'closed' }
}

function isNumber(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 1
}

function sideOf(side: unknown): { sha: string; repository: unknown } {
  if (!isJsonObject(side)) return { sha: '', repository: undefined }
  const sha = typeof side['sha'] === 'string' && /^[0-9a-f]{40,64}$/.test(side['sha']) ? side['sha'] : ''
  const repository = isJsonObject(side['repo']) ? side['repo']['full_name'] : undefined
  return { sha, repository }
}
