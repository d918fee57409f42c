import { isJsonObject } from '../text/document.ts'

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
 * The pull request of the event that started the run, including a comment on one, a review, and the end of a workflow
 * that ran for one; undefined when the event is about none. Whichever event it is, `GITHUB_REF` may be the base branch.
 * Source: GitHub documentation, "Webhook events and payloads": pull_request, pull_request_review,
 * pull_request_review_comment, issue_comment, workflow_run.
 * @param event its payload
 */
export function pullRequestOf(event: unknown): PullRequest | undefined {
  if (!isJsonObject(event)) return undefined
  const { pull_request: pull, issue, workflow_run: workflowRun } = event
  if (isJsonObject(pull)) return ofPull(pull)
  return ofComment(issue) ?? ofWorkflowRun(workflowRun)
}

/** The number of the pull request that a ref belongs to, e.g. `refs/pull/7/merge`; empty when it belongs to none. */
export function pullRequestOfRef(ref: string): string {
  return /^refs\/pull\/(\d+)\//.exec(ref)?.[1] ?? ''
}

function ofPull(pull: Record<string, unknown>): PullRequest | undefined {
  const number = numberOf(pull)
  if (number === undefined) return undefined
  const { sha, repository: head } = sideOf(pull['head'])
  const { repository: base } = sideOf(pull['base'])
  return { number, headSha: sha, isFork: head !== base, isClosed: pull['state'] === 'closed' }
}

/** An issue has the member `pull_request` only when it is one. */
function ofComment(issue: unknown): PullRequest | undefined {
  if (!isJsonObject(issue) || !isJsonObject(issue['pull_request'])) return undefined
  const number = numberOf(issue)
  return number === undefined
    ? undefined
    : { number, headSha: '', isFork: false, isClosed: issue['state'] === 'closed' }
}

/** The workflow ran for a pull request, and for no other. A push to a branch names every one that comes from there. */
function ofWorkflowRun(workflowRun: unknown): PullRequest | undefined {
  if (!isJsonObject(workflowRun) || !String(workflowRun['event']).startsWith('pull_request')) return undefined
  const pulls = workflowRun['pull_requests']
  const [pull, ...others] = Array.isArray(pulls) ? pulls : []
  if (!isJsonObject(pull) || others.length > 0) return undefined
  const about = ofPull(pull)
  return about && { ...about, headSha: commitIn(workflowRun['head_sha']) || about.headSha }
}

function numberOf({ number }: Record<string, unknown>): number | undefined {
  return Number.isSafeInteger(number) && Number(number) >= 1 ? Number(number) : undefined
}

function sideOf(side: unknown): { sha: string; repository: unknown } {
  if (!isJsonObject(side)) return { sha: '', repository: undefined }
  const { sha, repo } = side
  // A workflow run names repositories by their ids alone.
  return { sha: commitIn(sha), repository: isJsonObject(repo) ? (repo['full_name'] ?? repo['id']) : undefined }
}

function commitIn(sha: unknown): string {
  return typeof sha === 'string' && /^[0-9a-f]{40,64}$/.test(sha) ? sha : ''
}
