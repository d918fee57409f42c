import type { FreedLane } from '../release-state.ts'
import { withLink } from '../report/markdown-parts.ts'
import { isJsonObject } from '../text/document.ts'
import { cut, inSentence, markdownCode, markdownText } from '../text/untrusted.ts'
import type { GithubAccess } from './access.ts'
import { malformed } from './api.ts'
import { MAX_DESCRIPTION } from './deployment-status.ts'
import { loginOf, markedComments } from './own-comments.ts'
import { createComment, UPDATE_COMMENT } from './pull-request-comment.ts'

const LIST = 'GET /repos/{owner}/{repo}/deployments'
const STATUS = 'POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses'

const PER_PAGE = 100
/** So many deployments of the repository may have been made since. */
const MAX_PAGES = 3

/** Says in the comment of another pull request that its preview is gone. There is none: nothing is said. @throws GithubError */
export async function tellFreedInComment(
  access: GithubAccess,
  freed: FreedLane,
  marker: string,
  run: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const login = await loginOf(access, signal)
  const number = Number(freed.pullRequest)
  const comments = await markedComments(access, number, marker, signal)
  if (comments.length === 0) return
  const own = comments.find((one) => one.login === login)
  const by = run === undefined ? '' : ` ${withLink('The run that freed it', run)}.`
  const body = [
    marker,
    `## Freed: ${markdownText(`pull request ${freed.pullRequest}`)}`,
    `> [!NOTE]\n> Lane ${markdownCode(freed.name)} shows this pull request no more: ${markdownText(freed.why)}. The next push puts it on a lane again.${by}`,
  ].join('\n\n')
  const { api, owner, repo } = access
  if (own === undefined) await createComment(access, number, `${body}\n`, comments, signal)
  else await api.call(UPDATE_COMMENT, { owner, repo, comment_id: own.id, body: `${body}\n` }, signal)
}

/** Makes the GitHub deployments of the preview inactive, whatever environment they are in. @throws GithubError */
export async function endDeployments(
  { api, owner, repo }: GithubAccess,
  freed: FreedLane,
  signal: AbortSignal,
): Promise<void> {
  const description = cut(inSentence(`Preview ended: ${freed.why}`), MAX_DESCRIPTION - 1)
  let left = freed.deploymentIds.length
  for (let page = 1; page <= MAX_PAGES && left > 0; page++) {
    const answer = await api.call(LIST, { owner, repo, task: 'deploy', per_page: PER_PAGE, page }, signal)
    if (!Array.isArray(answer)) throw malformed(LIST)
    for (const found of answer.filter((one) => isOf(one, freed))) {
      const status = { state: 'inactive', description, auto_inactive: false }
      await api.call(STATUS, { owner, repo, deployment_id: found.id, ...status }, signal)
      left -= 1
    }
    if (answer.length < PER_PAGE) return
  }
}

function isOf(deployment: unknown, { deploymentIds, region }: FreedLane): deployment is { id: unknown } {
  const payload = isJsonObject(deployment) ? deployment['payload'] : undefined
  if (!isJsonObject(payload) || payload['region'] !== region) return false
  return deploymentIds.some((id) => id === payload['codedeploy'])
}
