import { isJsonObject } from '../text/document.ts'
import type { GithubAccess } from './access.ts'
import { malformed } from './api.ts'

const LIST = 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments'

/** Who writes with the token of a job. Source: GitHub documentation, "GITHUB_TOKEN". */
const JOB_LOGIN = 'github-actions[bot]'

/** Tokens of apps, that of a job among them, which are nobody's. Source: GitHub blog, "token formats". */
const APP_TOKEN = /^ghs_/

const PER_PAGE = 100
const MAX_PAGES = 30

/** A comment as far as it matters here. */
export interface Comment {
  id: number
  login: string
  body: string
}

/** Whose comments the token writes. @throws GithubError */
export async function loginOf({ api, token }: GithubAccess, signal: AbortSignal): Promise<string> {
  if (APP_TOKEN.test(token)) return JOB_LOGIN
  const user = await api.call('GET /user', {}, signal).catch((error) => {
    if (error.kind === 'refused') return { login: JOB_LOGIN }
    throw error
  })
  return isJsonObject(user) && typeof user['login'] === 'string' ? user['login'] : JOB_LOGIN
}

/** Every comment that begins with the marker, whoever wrote it, the oldest first. @throws GithubError */
export async function markedComments(
  { api, owner, repo }: GithubAccess,
  issue: number,
  marker: string,
  signal: AbortSignal,
): Promise<Comment[]> {
  const found = new Map<number, Comment>()
  const seen = new Set<number>()
  for (let page = 1; page <= MAX_PAGES; page++) {
    const answer = await api.call(LIST, { owner, repo, issue_number: issue, per_page: PER_PAGE, page }, signal)
    if (!Array.isArray(answer)) throw malformed(LIST)
    const comments = answer.map(commentOf).filter((one) => one !== undefined)
    for (const one of comments) if (one.body.startsWith(marker)) found.set(one.id, one)
    // Some servers know no pages and give everything each time.
    if (answer.length < PER_PAGE || comments.every(({ id }) => seen.has(id))) break
    for (const { id } of comments) seen.add(id)
  }
  return [...found.values()]
}

/** A comment of an answer; undefined when it is not one. */
export function commentOf(comment: unknown): Comment | undefined {
  if (!isJsonObject(comment) || typeof comment['id'] !== 'number') return undefined
  const { id, user, body } = comment
  const login = isJsonObject(user) && typeof user['login'] === 'string' ? user['login'] : ''
  return { id: Number(id), login, body: typeof body === 'string' ? body : '' }
}
