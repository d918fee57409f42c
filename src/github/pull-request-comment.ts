import type { Release } from '../release-state.ts'
import { isJsonObject } from '../text/document.ts'
import type { GithubAccess } from './access.ts'
import { malformed } from './api.ts'
import { commentMarker, renderComment } from './comment-text.ts'
import { type Comment, commentOf, loginOf, markedComments } from './own-comments.ts'
import type { Channel } from './publisher.ts'

const CREATE = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments'
const DELETE = 'DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}'
export const UPDATE_COMMENT = 'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}'

/**
 * One comment on a pull request, created at the first news and edited from then on, by later runs too. A comment is ours
 * when it begins with the marker of the service and was written by whom the token is of: anybody can paste a marker.
 * @param number of the pull request
 */
export function pullRequestComment(access: GithubAccess, number: number): Channel {
  const { api, owner, repo } = access
  const at = { owner, repo }
  let id: number | undefined
  let login: string | undefined

  return {
    name: 'the pull request comment',
    permission: 'pull-requests: write',
    textFor: (release: Release) => (hasNews(release) ? renderComment(release) : undefined),
    send: async (body, release, signal) => {
      let others: Comment[] = []
      if (id === undefined) {
        // Looked for before each attempt to create: the answer to the one before may be what was lost.
        login ??= await loginOf(access, signal)
        others = await markedComments(access, number, commentMarker(release), signal)
        id = others.find((one) => one.login === login)?.id
      }
      if (id === undefined) id = await createComment(access, number, body, others, signal)
      else await api.call(UPDATE_COMMENT, { ...at, comment_id: id, body }, signal)
    },
  }
}

/**
 * Writes a new comment. One that could not be told from ours before, because the token does not say whose it is, makes
 * room. @param others that begin with the same marker @returns its id @throws GithubError
 */
export async function createComment(
  { api, owner, repo }: GithubAccess,
  number: number,
  body: string,
  others: readonly Comment[],
  signal: AbortSignal,
): Promise<number> {
  const answer = await api.call(CREATE, { owner, repo, issue_number: number, body }, signal)
  const created = isJsonObject(answer) ? commentOf(answer) : undefined
  if (created === undefined) throw malformed(CREATE)
  for (const other of others.filter(({ login: author }) => author !== '' && author === created.login)) {
    await api.call(DELETE, { owner, repo, comment_id: other.id }, signal).catch(() => {})
  }
  return created.id
}

/** The checks take seconds; until they are over there is nothing that a reader could use. */
function hasNews({ operation, preview, plan, problems, outcome, status }: Release): boolean {
  // An operation that found nothing to do must not take the place of the verdict that stands there.
  const isIdle = operation === 'stop' || operation === 'watch' || preview?.task === 'free'
  if (isIdle && status === 'unchanged') return false
  if (operation === 'stop' && status === undefined) return outcome !== undefined
  return plan !== undefined || problems.length > 0 || status !== undefined
}
