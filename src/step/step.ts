import { proxyEnvironment, readProxies } from '../aws/proxy.ts'
import { githubAccess } from '../github/access.ts'
import type { GithubToolkit } from '../github/api.ts'
import { pullRequestStates } from '../github/pull-request-state.ts'
import { readRawInputs, readUndeclaredInputs } from '../inputs/environment.ts'
import type { ParsedInputs } from '../inputs/inputs.ts'
import { parseInputs } from '../inputs/parse-inputs.ts'
import type { ReleaseWorld } from '../release/release-world.ts'
import type { Release } from '../release-state.ts'
import type { Clock } from '../time/clock.ts'
import { githubRun } from '../workflow-run/github-run.ts'
import type { Log } from '../world.ts'
import { connect } from './connection.ts'
import { isPrivateRepository, readEvent } from './event.ts'
import type { StepFiles } from './files.ts'
import { type GithubNews, githubNews } from './github-news.ts'
import type { LaterToolkit } from './toolkit.ts'

/** What a step of this action works with: its inputs and the world around it. */
export interface Step {
  parsed: ParsedInputs
  world: ReleaseWorld
  news: GithubNews
  /** Lets go of connections. */
  close(): void
}

/** What the two entries of a step have made before. */
export interface StepParts {
  environment: NodeJS.ProcessEnv
  clock: Clock
  toolkit: LaterToolkit
  /** Resolves once the first request to AWS is on its way. */
  firstRequestSent: Promise<void>
  files: StepFiles
  log: Log
  signal: AbortSignal
  loadGithub(): Promise<GithubToolkit>
  /** An earlier step of the job has begun the release. */
  isSecond: boolean
  onRelease(release: Release): void
  beforeWrite?(): Promise<void>
}

/** The step that the environment describes. */
export async function buildStep(parts: StepParts): Promise<Step> {
  const { environment, clock, toolkit, firstRequestSent, files, log, signal, onRelease } = parts
  const parsed = parseInputs(readRawInputs(environment), readUndeclaredInputs(environment))
  const { inputs } = parsed
  const proxies = readProxies(environment)
  // GitHub's toolkit reads them from the environment, and takes an address without a scheme for one of its own scheme.
  Object.assign(environment, proxyEnvironment(proxies))
  const options = { inputs, environment, proxies, clock, toolkit, firstRequestSent, log }
  const { close, ...connection } = await connect(options)
  const run = githubRun(environment, readEvent(environment))
  const github = { environment, run, clock, load: parts.loadGithub }
  const news = githubNews({
    ...github,
    inputs,
    readEvent: () => readEvent(environment),
    log,
    mayHaveBegun: parts.isSecond,
  })
  const access = githubAccess({ ...github, token: inputs.githubToken })
  const world: ReleaseWorld = {
    ...connection,
    clock,
    random: Math.random,
    maxAttempts: inputs.maxRetries,
    signal,
    run,
    event: { name: environment['GITHUB_EVENT_NAME'] ?? '', read: () => readEvent(environment) },
    isPullRequestClosed: pullRequestStates(access, clock, log),
    onLaneFreed: news.announceFreed,
    log,
    isPrivateRepository: () => isPrivateRepository(environment),
    readText: files.readText,
    onRelease,
    // Until the toolkit is there, the runner has not been told where it is.
    whenSaved: async () => void (await toolkit.load()),
    ...(parts.beforeWrite && { beforeWrite: parts.beforeWrite }),
  }
  return { parsed, world, news, close }
}
