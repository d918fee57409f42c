import { type Answer, message } from './answer.ts'
import { carryOut } from './checked-routes.ts'
import { faultOf, faultyAnswer, type GithubFault } from './faults.ts'
import { addressOf, closeServer, type HttpAnswer, type HttpRequest, listen } from './http.ts'
import type { Comment, Deployment, PullRequest, Repository } from './model.ts'
import { routesFor } from './routes.ts'

/** A request as it arrived, and what became of it. */
export interface GithubRequest {
  /** `POST /repos/example/shop/deployments`. */
  line: string
  body: Record<string, unknown>
  authorization: string
  /** 0 when nothing was answered. */
  status: number
}

/** A GitHub to work with. Everything in it may be changed at any time, as people and other runs would. */
export interface GithubApi {
  /** For `GITHUB_API_URL`. */
  url: string
  requests: readonly GithubRequest[]
  /** Where a request or an answer is not as GitHub's OpenAPI description says. There must be none in the end. */
  violations: readonly string[]
  pullRequests: PullRequest[]
  comments: Comment[]
  deployments: Deployment[]
  faults: GithubFault[]
  /** A pull request by its number; an open one of the repository itself is made when there is none. */
  pullRequest(number: number): PullRequest
  close(): Promise<void>
}

export interface GithubApiOptions {
  /** Absent: any free one. */
  port?: number
  /** Path of the API at its host, as `/api/v3` of GitHub Enterprise Server. Nothing answers beside it. Default: none. */
  root?: string
  /** `owner/name`. */
  repository?: string
  /** Who the token is of; a bot unless it is given as a user. */
  login?: string
  isUser?: boolean
  /** The time, in milliseconds since 1970. */
  now?(): number
}

/** The part of GitHub's REST API that the action calls, on loopback, for one repository. */
export async function startGithubApi(options: GithubApiOptions = {}): Promise<GithubApi> {
  const { port = 0, root = '', login = 'github-actions[bot]', isUser = false, now = Date.now } = options
  const repository: Repository = {
    name: options.repository ?? 'example/shop',
    pullRequests: [],
    comments: [],
    deployments: [],
  }
  const routes = routesFor(repository)
  const requests: GithubRequest[] = []
  const violations: string[] = []
  const faults: GithubFault[] = []
  const server = await listen(port, answerTo, now)
  const url = `${addressOf(server)}${root}`

  function answerTo({ line: arrived, text, authorization }: HttpRequest): HttpAnswer {
    const body = bodyIn(text)
    const [method, path = ''] = arrived.split(' ')
    if (!path.startsWith(`${root}/`)) violations.push(`${arrived}: this is beside the API, which is at '${root}'.`)
    const line = `${method} ${path.slice(root.length)}`
    const request: GithubRequest = { line, body: body ?? {}, authorization, status: 0 }
    requests.push(request)
    const fault = faultOf(line, faults)
    const instead = fault && faultyAnswer(fault, now())
    if (instead === 'none') return fault?.kind === 'silent' ? 'silent' : 'cut'
    const answer = instead ?? carriedOut(line, body, authorization)
    if (fault?.kind === 'lost') return 'cut'
    request.status = answer.status
    return answer
  }

  function carriedOut(line: string, body: Record<string, unknown> | undefined, authorization: string): Answer {
    if (authorization === '') return message(401, 'Requires authentication')
    if (body === undefined) return message(400, 'Problems parsing JSON')
    const showing = { url, repository, account: { login, isBot: !isUser }, now: new Date(now()).toISOString() }
    return carryOut({ line, body }, routes, showing, (sentence) => violations.push(sentence))
  }

  function pullRequest(number: number): PullRequest {
    const found = repository.pullRequests.find((one) => one.number === number)
    if (found !== undefined) return found
    const headSha = '6dcb09b5b57875f334f61aebed695e2e4193db5e'
    const made: PullRequest = { number, state: 'open', headSha, headRepository: repository.name }
    repository.pullRequests.push(made)
    return made
  }

  const { pullRequests, comments, deployments } = repository
  const close = async () => await closeServer(server)
  return { url, requests, violations, pullRequests, comments, deployments, faults, pullRequest, close }
}

function bodyIn(text: string): Record<string, unknown> | undefined {
  try {
    return text === '' ? {} : JSON.parse(text)
  } catch {
    return undefined
  }
}
