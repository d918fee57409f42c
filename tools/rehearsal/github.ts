import { type GithubApi, startGithubApi } from '../fake-github/github-api.ts'
import { PUSH_TO_MAIN, REPOSITORY_PAYLOAD, type RunIdentity } from './run-identity.ts'

/** Number of the pull request that a rehearsal is about. */
export const PULL_REQUEST = 12

/** A GitHub for the steps of a rehearsal to tell. */
export interface RehearsedGithub {
  api: GithubApi
  /** The run of a step with these inputs: of a pull request when it is to comment. */
  runFor(inputs: ReadonlyMap<string, string>): RunIdentity
  /** What it was told, for people. */
  lines(): string[]
  /** The comment on the pull request; undefined when there is none. */
  comment(): string | undefined
  /** Nothing was told yet. */
  forget(): void
  close(): Promise<void>
}

/** Whether a step with these inputs tells anything. */
export function isGithubAsked(inputs: ReadonlyMap<string, string>): boolean {
  return isCommentAsked(inputs) || (inputs.get('github-environment') ?? '') !== ''
}

function isCommentAsked(inputs: ReadonlyMap<string, string>): boolean {
  return /^true$/i.test(inputs.get('pull-request-comment')?.trim() ?? '')
}

export async function startRehearsedGithub(now: () => number): Promise<RehearsedGithub> {
  const api = await startGithubApi({ now })
  const pullRequest = api.pullRequest(PULL_REQUEST)
  return {
    api,
    runFor: (inputs) => (isCommentAsked(inputs) ? pullRequestRun(pullRequest) : PUSH_TO_MAIN),
    lines: () => linesOf(api),
    comment: () => api.comments.findLast(({ issue }) => issue === PULL_REQUEST)?.body,
    forget: () => {
      for (const one of [api.comments, api.deployments, api.pullRequests]) one.splice(0)
      api.pullRequests.push(pullRequest)
    },
    close: api.close,
  }
}

/** A push to a pull request. Source: GitHub docs, "Webhook events and payloads", pull_request. */
export function pullRequestRun({ number, headSha, headRepository }: GithubApi['pullRequests'][0]): RunIdentity {
  const payload = {
    action: 'synchronize',
    number,
    pull_request: {
      number,
      state: 'open',
      head: { ref: 'topic', sha: headSha, repo: { full_name: headRepository } },
      base: { ref: 'main', sha: PUSH_TO_MAIN.sha, repo: REPOSITORY_PAYLOAD.repository },
    },
    ...REPOSITORY_PAYLOAD,
  }
  return { ...PUSH_TO_MAIN, event: 'pull_request', ref: `refs/pull/${number}/merge`, payload }
}

function linesOf({ comments, deployments, requests, violations }: GithubApi): string[] {
  const count = (number: number, one: string) => `${number} ${one}${number === 1 ? '' : 's'}`
  const told = [
    comments.length === 0 ? '' : `${count(comments.length, 'comment')} on pull request ${PULL_REQUEST}`,
    ...deployments.map(({ environment, statuses }) => {
      const states = statuses.map(({ state }) => state).filter((state, index, all) => state !== all[index - 1])
      return `a deployment to '${environment}' (${states.join(', ')}: ${statuses.at(-1)?.description ?? ''})`
    }),
  ].filter((part) => part !== '')
  return [
    `GitHub, which is on loopback too, was told in ${count(requests.length, 'request')}: ${told.join('; ') || 'nothing'}.`,
    ...violations.map((violation) => `Not as GitHub describes its API: ${violation}`),
  ]
}
