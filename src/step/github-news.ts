import { githubAccess } from '../github/access.ts'
import type { GithubToolkit } from '../github/api.ts'
import { commentMarker } from '../github/comment-text.ts'
import { Courier, type Ending } from '../github/courier.ts'
import { environmentDeployment } from '../github/environment-deployment.ts'
import { farewell } from '../github/farewell.ts'
import { pullRequestComment } from '../github/pull-request-comment.ts'
import { troubleLines } from '../github/trouble-lines.ts'
import type { Inputs } from '../inputs/inputs.ts'
import { askedOf } from '../release/progress.ts'
import type { FreedLane, Release } from '../release-state.ts'
import { inSentence } from '../text/untrusted.ts'
import type { Clock } from '../time/clock.ts'
import type { GithubRun } from '../workflow-run/github-run.ts'
import { type PullRequest, pullRequestOf } from '../workflow-run/pull-request.ts'
import type { Log } from '../world.ts'

/** Tells a release on GitHub, beside the run itself. */
export interface GithubNews {
  /** Something is told at all. */
  isAsked: boolean
  tell(release: Release): void
  /** The last words. @returns whether every place says them, as far as it takes any */
  finish(release: Release, lastMoment: Promise<void>): Promise<boolean>
  /** A pull request has lost its lane. */
  tellFreed(freed: FreedLane): void
}

export interface GithubNewsOptions {
  inputs: Inputs
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
  /** Tells of a lane that was freed. @returns a line for the log when that did not work */
  freed: ((lane: FreedLane) => Promise<string | undefined>) | undefined
}

/** The places on GitHub that the inputs ask for; what they cannot have is one line of the log. */
export function githubNews(options: GithubNewsOptions): GithubNews {
  const { comment, deployment, isFork, freed } = placesOf(options)
  const errands = new Map<string, Errand>()
  const farewells: Promise<string | undefined>[] = []

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
      for (const line of await settledLines(farewells, lastMoment)) options.log.line(line)
      const told = endings.map(([{ place }, ending]) => ({ place, ending }))
      for (const line of troubleLines(told, isFork)) options.log.line(line)
      return endings.every(([, { kind }]) => kind !== 'late')
    },
    tellFreed: (lane) => {
      if (freed !== undefined) farewells.push(freed(lane))
    },
  }
}

/** What did not get through; what takes longer than there is time for is left. */
async function settledLines(
  farewells: readonly Promise<string | undefined>[],
  lastMoment: Promise<void>,
): Promise<string[]> {
  const lines = await Promise.race([Promise.all(farewells), lastMoment])
  return (lines ?? []).filter((line) => line !== undefined)
}

function placesOf(options: GithubNewsOptions): Places {
  const { inputs, environment, run, clock, log } = options
  const { githubToken, githubEnvironment } = inputs
  const none: Places = { comment: undefined, deployment: undefined, isFork: false, freed: undefined }
  if (!inputs.pullRequestComment && githubEnvironment === undefined) return none
  const notice = (text: string) => log.line(`Notice: ${text}`)

  const access = githubAccess({ token: githubToken, environment, run, clock, load: options.load })
  if (typeof access === 'string') {
    notice(`Nothing is told on GitHub beside this run: ${access}`)
    return none
  }

  const pullRequest = pullRequestOf(options.readEvent())
  const places = { ...none, isFork: pullRequest?.isFork === true }
  if (inputs.operation === 'preview') {
    places.freed = farewell({
      access,
      run,
      clock,
      inComment: inputs.pullRequestComment,
      inDeployment: githubEnvironment !== undefined,
      ownNumber: pullRequest?.number,
      marker: ({ region }) => commentMarker({ region, asked: askedOf(inputs) }),
    })
  }
  if (inputs.pullRequestComment && pullRequest === undefined && inputs.operation !== 'preview') {
    const event = inSentence(environment['GITHUB_EVENT_NAME'] ?? '', 50)
    notice(`Input 'pull-request-comment' does nothing here: the event '${event}' is about no pull request.`)
  } else if (inputs.pullRequestComment && pullRequest !== undefined) {
    places.comment = () => new Courier(pullRequestComment(access, pullRequest.number), clock)
  }
  const sha = commitOf(pullRequest, run)
  if (githubEnvironment !== undefined && sha === '') {
    notice("Input 'github-environment' does nothing here: the commit of this run is not known (GITHUB_SHA).")
  } else if (githubEnvironment !== undefined) {
    const place = { ...access, environment: githubEnvironment, sha, mayExist: options.mayHaveBegun }
    places.deployment = () => new Courier(environmentDeployment(place), clock)
  }
  return places
}

function commitOf(pullRequest: PullRequest | undefined, run: GithubRun): string {
  return pullRequest?.headSha || run.sha
}
