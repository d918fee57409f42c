import { isJsonObject } from '../text/document.ts'
import { inSentence } from '../text/untrusted.ts'
import type { Clock } from '../time/clock.ts'

/** The calls to GitHub's REST API. Nothing here is tried again; the caller knows what may be. */
export interface GithubApi {
  /**
   * One request.
   * @param route method and path as GitHub's documentation writes them, `GET /repos/{owner}/{repo}/…`
   * @throws GithubError for everything that goes wrong
   */
  call(route: string, parameters: Record<string, unknown>, signal: AbortSignal): Promise<unknown>
}

/** What this file needs of `@actions/github`. */
export interface GithubToolkit {
  getOctokit(token: string, options: object): { request(route: string, parameters: object): Promise<{ data: unknown }> }
}

/** Why GitHub did not do what it was asked. */
export class GithubError extends Error {
  /**
   * `refused`: asking again is of no use; `limited`: not before `waitMs` are over; `passing`: it may work the next time; `moot`:
   * GitHub is not asked for it, and the message says why.
   */
  readonly kind: 'refused' | 'limited' | 'passing' | 'moot'
  /** HTTP status; 0 when there was no answer. */
  readonly status: number
  /** How long to leave GitHub alone, in milliseconds. */
  readonly waitMs: number | undefined

  constructor(kind: GithubError['kind'], status: number, message: string, waitMs?: number) {
    super(message)
    this.name = 'GithubError'
    this.kind = kind
    this.status = status
    this.waitMs = waitMs
  }
}

export interface GithubApiOptions {
  /** Root of the API. The token is sent nowhere else. */
  url: string
  token: string
  clock: Clock
  /** Brings an HTTP client along, so it is loaded when the first call is made. */
  load(): Promise<GithubToolkit>
}

/** The version of the API that this is written against. Source: GitHub documentation, "API versions". */
const API_VERSION = '2022-11-28'

const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

export function githubApi({ url, token, clock, load }: GithubApiOptions): GithubApi {
  let loading: Promise<ReturnType<GithubToolkit['getOctokit']>> | undefined
  const octokit = async () => {
    // What it logs by itself is text of others, past our own log.
    loading ??= load().then(({ getOctokit }) => getOctokit(token, { baseUrl: url, log: SILENT }))
    return await loading
  }
  return {
    call: async (route, parameters, signal) => {
      const client = await octokit()
      try {
        const { data } = await client.request(route, {
          ...parameters,
          headers: { 'x-github-api-version': API_VERSION },
          request: { signal, redirect: 'error', log: SILENT },
        })
        return data
      } catch (error) {
        throw githubErrorOf(error, clock.now())
      }
    },
  }
}

/** How long to leave GitHub alone when it names no time, in milliseconds. Source: GitHub documentation, "Rate limits". */
const LIMITED_MS = 60_000

/** What Octokit throws, in our words. Source: GitHub documentation, "Rate limits for the REST API", for the headers. */
function githubErrorOf(error: unknown, nowMs: number): GithubError {
  const response =
    isJsonObject(error) || error instanceof Error ? (error as { response?: unknown }).response : undefined
  if (!isJsonObject(response)) {
    const message = error instanceof Error ? error.message : String(error)
    return new GithubError('passing', 0, inSentence(message, 200))
  }
  const status = Number(response['status'])
  const data = response['data']
  const told = isJsonObject(data) && typeof data['message'] === 'string' ? inSentence(data['message'], 200) : ''
  const message = told === '' ? `status ${status}` : `${status}: ${told.replace(/[.\s]+$/, '')}`
  const headers = isJsonObject(response['headers']) ? response['headers'] : {}
  const retryAfter = secondsOf(headers['retry-after'])
  const isUsedUp = headers['x-ratelimit-remaining'] === '0'
  if (status === 429 || (status === 403 && (retryAfter !== undefined || isUsedUp || /rate limit/i.test(told)))) {
    const reset = isUsedUp ? secondsOf(headers['x-ratelimit-reset']) : undefined
    // GitHub tells a moment of its own clock, and in the same answer what that shows now.
    const dateMs = Date.parse(String(headers['date']))
    const untilResetMs = reset === undefined ? LIMITED_MS : reset * 1000 - (Number.isNaN(dateMs) ? nowMs : dateMs)
    return new GithubError('limited', status, message, retryAfter === undefined ? untilResetMs : retryAfter * 1000)
  }
  return new GithubError(status >= 500 || status === 408 ? 'passing' : 'refused', status, message)
}

function secondsOf(header: unknown): number | undefined {
  const text = String(header ?? '')
  return /^\d{1,12}$/.test(text) ? Number(text) : undefined
}

/** An answer that is not what GitHub describes, as of a proxy: it counts as none. */
export function malformed(route: string): GithubError {
  return new GithubError('passing', 0, `the answer to ${route} is not one of GitHub`)
}
