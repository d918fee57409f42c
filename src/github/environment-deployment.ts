import type { Release } from '../release-state.ts'
import { releasedRevision, serviceLabel } from '../report/labels.ts'
import { isJsonObject } from '../text/document.ts'
import { cut } from '../text/untrusted.ts'
import { type GithubApi, GithubError, malformed } from './api.ts'
import {
  type DeploymentState,
  deploymentDescription,
  deploymentStatusOf,
  type GithubStatus,
} from './deployment-status.ts'
import type { Channel } from './publisher.ts'

const CREATE = 'POST /repos/{owner}/{repo}/deployments'
const LIST = 'GET /repos/{owner}/{repo}/deployments'
const STATUS = 'POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses'
const STATUSES = 'GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses'

const TASK = 'deploy'

const PER_PAGE = 100
/** So many deployments of the environment may have been made since. */
const MAX_PAGES = 3

/** Names that people give to what their users work with: `production`, `prod-eu`, `Production/web`. */
const PRODUCTION_NAME = /^prod(uction)?(?![a-z])/i

export interface EnvironmentDeploymentOptions {
  api: GithubApi
  owner: string
  repo: string
  environment: string
  /** The commit that is shown as deployed. */
  sha: string
  /** An earlier step of the job may have made it. */
  mayExist: boolean
}

/** One that GitHub has, and the state it was last given. */
interface Known {
  id: number
  state: string | undefined
}

/**
 * The GitHub deployment of one CodeDeploy deployment, made by the job that deploys and continued by every later one: it
 * is found by the CodeDeploy id in its payload.
 */
export class EnvironmentDeployment implements Channel {
  readonly permission = 'deployments: write'
  readonly #options: EnvironmentDeploymentOptions
  readonly #at: { owner: string; repo: string }
  #known: Known | undefined
  #mayExist: boolean

  constructor(options: EnvironmentDeploymentOptions) {
    const { owner, repo, mayExist } = options
    this.#options = options
    this.#at = { owner, repo }
    this.#mayExist = mayExist
  }

  get name(): string {
    return `the GitHub deployment to '${this.#options.environment}'`
  }

  textFor(release: Release): string | undefined {
    const status = deploymentStatusOf(release)
    return status === undefined ? undefined : JSON.stringify(status)
  }

  async send(wording: string, release: Release, signal: AbortSignal): Promise<void> {
    const isEarlier = release.madeEarlier || release.adopted !== undefined
    if (this.#known === undefined && (this.#mayExist || isEarlier)) this.#known = await this.#findOwn(release, signal)
    this.#mayExist = true
    this.#known ??= await this.#create(release, signal)
    const known = this.#known
    const status: GithubStatus = JSON.parse(wording)
    if (!mayFollow(known.state, status.state)) return
    const request = { ...this.#at, deployment_id: known.id, ...status, auto_inactive: true }
    await this.#options.api.call(STATUS, request, signal)
    known.state = status.state
  }

  /** The newest deployment of the environment, in this account's region, that is what is looked for. */
  async #find(isIt: (payload: Payload) => boolean, signal: AbortSignal): Promise<Json | undefined> {
    const { api, environment } = this.#options
    for (let page = 1; page <= MAX_PAGES; page++) {
      const answer = await api.call(LIST, { ...this.#at, environment, task: TASK, per_page: PER_PAGE, page }, signal)
      if (!Array.isArray(answer)) throw malformed(LIST)
      const found = answer.find((one) => isJsonObject(one) && isJsonObject(one['payload']) && isIt(one['payload']))
      if (found !== undefined) return found
      if (answer.length < PER_PAGE) return undefined
    }
    return undefined
  }

  async #stateOf(id: number, signal: AbortSignal): Promise<string | undefined> {
    const answer = await this.#options.api.call(STATUSES, { ...this.#at, deployment_id: id, per_page: 1 }, signal)
    if (!Array.isArray(answer)) throw malformed(STATUSES)
    const [last] = answer
    return isJsonObject(last) && typeof last['state'] === 'string' ? last['state'] : undefined
  }

  async #findOwn(release: Release, signal: AbortSignal): Promise<Known | undefined> {
    const own = payloadOf(release)
    const found = await this.#find(
      ({ codedeploy, region }) => codedeploy === own.codedeploy && region === own.region,
      signal,
    )
    const id = found && idOf(found)
    return id === undefined ? undefined : { id, state: await this.#stateOf(id, signal) }
  }

  /** The commit that a release is of; undefined when that is not known. */
  async #commitOf(release: Release, signal: AbortSignal): Promise<string | undefined> {
    const { operation, madeEarlier, asked } = release
    const { sha } = this.#options
    // Without an id only deployments of this run, or of this pull request, are taken up.
    if (madeEarlier)
      return operation !== 'stop' && operation !== 'rollback' && asked.deploymentId === undefined ? sha : undefined
    if (operation !== 'rollback') return sha
    const own = payloadOf(release)
    const earlier = await this.#find(
      (one) => one.revision === own.revision && one.service === own.service && one.region === own.region,
      signal,
    )
    return typeof earlier?.['sha'] === 'string' ? earlier['sha'] : undefined
  }

  async #create(release: Release, signal: AbortSignal): Promise<Known> {
    const { api, environment } = this.#options
    const ref = await this.#commitOf(release, signal)
    if (ref === undefined) throw new GithubError('moot', 0, unknownCommit(release, environment))
    const answer = await api.call(
      CREATE,
      {
        ...this.#at,
        ref,
        task: TASK,
        environment,
        description: deploymentDescription(release),
        payload: payloadOf(release),
        // GitHub would else merge the default branch into the commit, and wait for the checks that this job is one of.
        auto_merge: false,
        required_contexts: [],
        // The environment outlives the release; that of a preview goes with its pull request.
        transient_environment: release.operation === 'preview',
        production_environment: PRODUCTION_NAME.test(environment),
      },
      signal,
    )
    const id = idOf(answer)
    if (id === undefined) throw malformed(CREATE)
    return { id, state: undefined }
  }
}

/**
 * Whether a status may come after another: what is settled is not in progress again, and what another release has made
 * inactive stays so.
 */
function mayFollow(last: string | undefined, next: DeploymentState): boolean {
  if (last === undefined) return true
  if (last === 'inactive') return false
  if (next === 'queued') return last === 'queued'
  const isSettled = last === 'success' || last === 'failure'
  return !isSettled || (next !== 'in_progress' && next !== last)
}

function unknownCommit(release: Release, environment: string): string {
  const why =
    release.operation === 'rollback' && !release.madeEarlier
      ? `no earlier one says which commit ${releasedRevision(release)} is of`
      : `the job that made ${release.deploymentId} told of none`
  return `There is no GitHub deployment to '${environment}' for this: ${why}.`
}

type Json = Record<string, unknown>

interface Payload extends Json {
  codedeploy?: unknown
  region?: unknown
  service?: unknown
  revision?: unknown
}

/** By what a later job knows it again. */
function payloadOf(release: Release) {
  const { deploymentId = '', region = '', run } = release
  return {
    codedeploy: deploymentId,
    region,
    service: cut(serviceLabel(release), 600),
    revision: cut(releasedRevision(release), 300),
    run: `${run.runId}.${run.runAttempt}`,
  }
}

function idOf(deployment: unknown): number | undefined {
  return isJsonObject(deployment) && typeof deployment['id'] === 'number' ? deployment['id'] : undefined
}
