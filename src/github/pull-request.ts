import { isJsonObject } from '../document.ts'

/** The pull request that a workflow run is about. */
export interface PullRequest {
  number: number
  /** Commit at its head; on these events the run's own commit is a merge that nobody pushed. */
  headSha: string
  /** It comes from another repository, so its run mostly gets a token that may only read. */
  isFork: boolean
}

/**
 * The pull request of the event that started the run; undefined when it is about none.
 * Source: GitHub documentation, "Webhook events and payloads", pull_request.
 */
export function pullRequestOf(event: unknown): PullRequest | undefined {
  const pull = isJsonObject(event) ? event['pull_request'] : undefined
  if (!isJsonObject(pull) || !Number.isSafeInteger(pull['number']) || Number(pull['number']) < 1) return undefined
  const { sha, repository: head } = sideOf(pull['head'])
  const { repository: base } = sideOf(pull['base'])
  return { number: Number(pull['number']), headSha: sha, isFork: head !== base }
}

function sideOf(side: unknown): { sha: string; repository: unknown } {
  if (!isJsonObject(side)) return { sha: '', repository: undefined }
  const sha = typeof side['sha'] === 'string' && /^[0-9a-f]{40,64}$/.test(side['sha']) ? side['sha'] : ''
  const repository = isJsonObject(side['repo']) ? side['repo']['full_name'] : undefined
  return { sha, repository }
}
