import { isLoopback } from '../aws/endpoint.ts'
import { inSentence } from '../text/untrusted.ts'
import type { Clock } from '../time/clock.ts'
import type { GithubRun } from '../workflow-run/github-run.ts'
import { type GithubApi, type GithubToolkit, githubApi } from './api.ts'

/** How this run reaches its repository on GitHub. */
export interface GithubAccess {
  api: GithubApi
  owner: string
  repo: string
  token: string
}

export interface GithubAccessOptions {
  token: string | undefined
  environment: NodeJS.ProcessEnv
  run: GithubRun
  clock: Clock
  load(): Promise<GithubToolkit>
}

/** The way to GitHub, or why there is none, as a clause. */
export function githubAccess(options: GithubAccessOptions): GithubAccess | string {
  const { token, environment, run, clock, load } = options
  const url = environment['GITHUB_API_URL']?.replace(/\/+$/, '') || 'https://api.github.com'
  const [, owner = '', repo = ''] = /^([^/\s]+)\/([^/\s]+)$/.exec(run.repository) ?? []
  if (token === undefined) return "input 'github-token' is empty."
  if (owner === '') return 'the repository of this run is not known (GITHUB_REPOSITORY).'
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed?.protocol !== 'https:' && !(parsed?.protocol === 'http:' && isLoopback(parsed.hostname))) {
    return `the token goes over https only, and GITHUB_API_URL is '${inSentence(url, 200)}'.`
  }
  return { api: githubApi({ url, token, clock, load }), owner, repo, token }
}
