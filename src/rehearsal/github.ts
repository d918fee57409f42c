import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type GithubApi, startGithubApi } from '../github-api/github-api.ts'
import type { StepOptions } from './action-step.ts'

/** Number of the pull request that a rehearsal is about. */
export const PULL_REQUEST = 12

/** A GitHub for the steps of a rehearsal to tell. */
export interface RehearsedGithub {
  api: GithubApi
  /** What a step with these inputs is run with: a token, and the event of a pull request when it is to comment. */
  partsFor(inputs: ReadonlyMap<string, string>): { githubToken: string; environment: NodeJS.ProcessEnv }
  /** What it was told, for people. */
  lines(): string[]
  /** The comment on the pull request; undefined when there is none. */
  comment(): string | undefined
  close(): Promise<void>
}

/** Whether a step with these inputs tells anything. */
export function isGithubAsked(inputs: ReadonlyMap<string, string>): boolean {
  return isCommentAsked(inputs) || (inputs.get('github-environment') ?? '') !== ''
}

function isCommentAsked(inputs: ReadonlyMap<string, string>): boolean {
  return /^true$/i.test(inputs.get('pull-request-comment')?.trim() ?? '')
}

/** @param folder an existing one, for the event */
export async function startRehearsedGithub(folder: string, now: () => number): Promise<RehearsedGithub> {
  const api = await startGithubApi({ now })
  const pullRequest = api.pullRequest(PULL_REQUEST)
  return {
    api,
    partsFor: (inputs) => ({
      githubToken: 'ghs_rehearsal',
      environment: {
        GITHUB_API_URL: api.url,
        ...(isCommentAsked(inputs) ? pullRequestEvent(folder, pullRequest) : {}),
      },
    }),
    lines: () => linesOf(api),
    comment: () => api.comments.findLast(({ issue }) => issue === PULL_REQUEST)?.body,
    close: api.close,
  }
}

/** What the runner sets for a push to a pull request. Source: GitHub docs, "Variables reference", "Webhook events". */
function pullRequestEvent(folder: string, { number, headSha, headRepository }: GithubApi['pullRequests'][0]) {
  const path = join(folder, 'pull-request-event.json')
  const repository = { full_name: 'example/shop', private: true }
  const event = {
    action: 'synchronize',
    number,
    pull_request: {
      number,
      state: 'open',
      head: { ref: 'topic', sha: headSha, repo: { full_name: headRepository } },
      base: { ref: 'main', sha: 'ffac537e6cbbf934b08745a378932722df287a53', repo: repository },
    },
    repository,
  }
  writeFileSync(path, JSON.stringify(event))
  return {
    GITHUB_EVENT_NAME: 'pull_request',
    GITHUB_EVENT_PATH: path,
    GITHUB_REF: `refs/pull/${number}/merge`,
  } satisfies StepOptions['environment']
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
