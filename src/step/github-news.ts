import { isLoopback } from '../aws/endpoint.ts'
import type { Clock } from '../clock.ts'
import { type GithubToolkit, githubApi } from '../github/api.ts'
import { Courier, type Ending } from '../github/courier.ts'
import { environmentDeployment } from '../github/environment-deployment.ts'
import { type PullRequest, pullRequestOf } from '../github/pull-request.ts'
import { pullRequestComment } from '../github/pull-request-comment.ts'
import { troubleLines } from '../github/trouble-lines.ts'
import type { GithubRun } from '../github-run.ts'
import type { Inputs } from '../inputs/inputs.ts'
import type { Release } from '../release-state.ts'
import { inSentence } from '../untrusted.ts'
import type { Log } from '../world.ts'

/** Tells a release on GitHub, beside the run itself. */
export interface GithubNews {
  /** Something is told at all. */
  isAsked: boolean
  tell(release: Release): void
  /** The last words. @returns whether every place says them, as far as it takes any */
  finish(release: Release, lastMoment: Promise<void>): Promise<boolean>
}

export interface GithubNewsOptions {
  inputs: Pick<Inputs, 'githubToken' | 'pullRequestComment' | 'githubEnvironment'>
  environment: NodeJS.ProcessEnv
  run: GithubRun
  /** The event that started the run. */
  readEvent(): unknown
  clock: Clock
  log: Log
  load(): Promise<GithubToolkit>
  /** An earlier step of the job may have told some of it. */
  mayHaveBegun: boolean
}

/** A place with the release that it is to tell last. */
interface Errand {
  courier: Courier
  last: Release
}

interface Places {
  comment: (() => Courier) | undefined
  /** One for each CodeDeploy deployment: a rollback can be about two. */
  deployment: (() => Courier) | undefined
  isFork: boolean
}

/** The places on GitHub that the inputs ask for; what they cannot have is one line of the log. */
export function githubNews(options: GithubNewsOptions): GithubNews {
  const { comment, deployment, isFork } = placesOf(options)
  const errands = new Map<string, Errand>()

  function errandsOf(release: Release): Errand[] {
    const { deploymentId } = release
    const found: Errand[] = []
    for (const [key, begin] of [
      ['', comment],
      [deploymentId, deployment],
    ] as const) {
      if (key === undefined || begin === undefined) continue
      const errand = errands.get(key) ?? { courier: begin(), last: release }
      errand.last = release
      errands.set(key, errand)
      found.push(errand)
    }
    return found
  }

  return {
    isAsked: comment !== undefined || deployment !== undefined,
    tell: (release) => {
      // An end is told with the last words: it may not be the last, and it is all that counts then.
      for (const { courier } of errandsOf(release)) if (release.status === undefined) courier.tell(release)
    },
    finish: async (release, lastMoment) => {
      errandsOf(release)
      const endings = await Promise.all(
        [...errands.values()].map(
          async ({ courier, last }): Promise<[Courier, Ending]> => [courier, await courier.finish(last, lastMoment)],
        ),
      )
      const told = endings.map(([{ place }, ending]) => ({ place, ending }))
      for (const line of troubleLines(told, isFork)) options.log.line(line)
      return endings.every(([, { kind }]) => kind !== 'late')
    },
  }
}

function placesOf(options: GithubNewsOptions): Places {
  const { inputs, environment, run, clock, log } = options
  const { githubToken: token, githubEnvironment } = inputs
  const none: Places = { comment: undefined, deployment: undefined, isFork: false }
  if (!inputs.pullRequestComment && githubEnvironment === undefined) return none
  const notice = (text: string) => log.line(`Notice: ${text}`)

  const url = environment['GITHUB_API_URL']?.replace(/\/+$/, '') || 'https://api.github.com'
  const [, owner = '', repo = ''] = /^([^/\s]+)\/([^/\s]+)$/.exec(run.repository) ?? []
  const obstacle = obstacleTo(url, token, owner)
  if (obstacle !== undefined || token === undefined) {
    notice(`Nothing is told on GitHub beside this run: ${obstacle}`)
    return none
  }

  const api = githubApi({ url, token, clock, load: options.load })
  const at = { api, owner, repo }
  const pullRequest = pullRequestOf(options.readEvent())
  const places = { ...none, isFork: pullRequest?.isFork === true }
  if (inputs.pullRequestComment && pullRequest === undefined) {
    const event = inSentence(environment['GITHUB_EVENT_NAME'] ?? '', 50)
    notice(`Input 'pull-request-comment' does nothing here: the event '${event}' is about no pull request.`)
  } else if (inputs.pullRequestComment && pullRequest !== undefined) {
    places.comment = () => new Courier(pullRequestComment({ ...at, token, pullRequest }), clock)
  }
  const sha = commitOf(pullRequest, run)
  if (githubEnvironment !== undefined && sha === '') {
    notice("Input 'github-environment' does nothing here: the commit of this run is not known (GITHUB_SHA).")
  } else if (githubEnvironment !== undefined) {
    const place = { ...at, environment: githubEnvironment, sha, mayExist: options.mayHaveBegun }
    places.deployment = () => new Courier(environmentDeployment(place), clock)
  }
  return places
}

function commitOf(pullRequest: PullRequest | undefined, run: GithubRun): string {
  return pullRequest?.headSha || run.sha
}

/** Why GitHub cannot be called, or must not be. */
function obstacleTo(url: string, token: string | undefined, owner: string): string | undefined {
  if (token === undefined) return "input 'github-token' is empty."
  if (owner === '') return 'the repository of this run is not known (GITHUB_REPOSITORY).'
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed?.protocol === 'https:' || (parsed?.protocol === 'http:' && isLoopback(parsed.hostname))) return undefined
  return `the token goes over https only, and GITHUB_API_URL is '${inSentence(url, 200)}'.`
}
