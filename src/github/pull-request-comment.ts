import { isJsonObject } from '../document.ts'
import type { Release } from '../release-state.ts'
import { type GithubApi, malformed } from './api.ts'
import { commentMarker, renderComment } from './comment-text.ts'
import type { Place } from './courier.ts'
import type { PullRequest } from './pull-request.ts'

const LIST = 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments'
const CREATE = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments'
const UPDATE = 'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}'
const DELETE = 'DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}'

/** Who writes with the token of a job. Source: GitHub documentation, "GITHUB_TOKEN". */
const JOB_LOGIN = 'github-actions[bot]'

/** Tokens of apps, that of a job among them, which are nobody's. Source: GitHub blog, "token formats". */
const APP_TOKEN = /^ghs_/

const PER_PAGE = 100
const MAX_PAGES = 30

/** A comment as far as it matters here. */
interface Comment {
  id: number
  login: string
  body: string
}

export interface PullRequestCommentOptions {
  api: GithubApi
  /** Asked only whose it is; the API has it already. */
  token: string
  owner: string
  repo: string
  pullRequest: PullRequest
}

/**
 * One comment on a pull request, created at the first news and edited from then on, by later runs too. A comment is ours
 * when it begins with the marker of the service and was written by whom the token is of: anybody can paste a marker.
 */
export function pullRequestComment({ api, token, owner, repo, pullRequest }: PullRequestCommentOptions): Place {
  const at = { owner, repo }
  const onPull = { ...at, issue_number: pullRequest.number }
  let id: number | undefined
  let login: string | undefined

  async function ownLogin(signal: AbortSignal): Promise<string> {
    if (APP_TOKEN.test(token)) return JOB_LOGIN
    const user = await api.call('GET /user', {}, signal).catch((error) => {
      if (error.kind === 'refused') return { login: JOB_LOGIN }
      throw error
    })
    return isJsonObject(user) && typeof user['login'] === 'string' ? user['login'] : JOB_LOGIN
  }

  /** Every comment that begins with the marker, whoever wrote it, the oldest first. */
  async function marked(marker: string, signal: AbortSignal): Promise<Comment[]> {
    const found: Comment[] = []
    for (let page = 1; page <= MAX_PAGES; page++) {
      const answer = await api.call(LIST, { ...onPull, per_page: PER_PAGE, page }, signal)
      if (!Array.isArray(answer)) throw malformed(LIST)
      const comments = answer.map(commentOf).filter((one) => one !== undefined)
      found.push(...comments.filter(({ body }) => body.startsWith(marker)))
      if (answer.length < PER_PAGE) break
    }
    return found
  }

  /** One that could not be told from ours before, because the token does not say whose it is, makes room. */
  async function create(body: string, others: Comment[], signal: AbortSignal): Promise<void> {
    const answer = await api.call(CREATE, { ...onPull, body }, signal)
    const created = isJsonObject(answer) ? commentOf(answer) : undefined
    if (created === undefined) throw malformed(CREATE)
    id = created.id
    for (const other of others.filter(({ login: author }) => author !== '' && author === created.login)) {
      await api.call(DELETE, { ...at, comment_id: other.id }, signal).catch(() => {})
    }
  }

  return {
    name: 'the pull request comment',
    permission: 'pull-requests: write',
    wordingOf: (release: Release) => (hasNews(release) ? renderComment(release) : undefined),
    send: async (body, release, signal) => {
      let others: Comment[] = []
      if (id === undefined) {
        // Looked for before each attempt to create: the answer to the one before may be what was lost.
        login ??= await ownLogin(signal)
        others = await marked(commentMarker(release), signal)
        id = others.find((one) => one.login === login)?.id
      }
      if (id === undefined) await create(body, others, signal)
      else await api.call(UPDATE, { ...at, comment_id: id, body }, signal)
    },
  }
}

/** The checks take seconds; until they are over there is nothing that a reader could use. */
function hasNews({ operation, plan, problems, outcome, status }: Release): boolean {
  // A stop that found nothing to do must not take the place of the verdict that stands there.
  if (operation === 'stop' && status === 'unchanged') return false
  if (operation === 'stop' && status === undefined) return outcome !== undefined
  return plan !== undefined || problems.length > 0 || status !== undefined
}

function commentOf(comment: unknown): Comment | undefined {
  if (!isJsonObject(comment) || typeof comment['id'] !== 'number') return undefined
  const { id, user, body } = comment
  const login = isJsonObject(user) && typeof user['login'] === 'string' ? user['login'] : ''
  return { id: Number(id), login, body: typeof body === 'string' ? body : '' }
}
