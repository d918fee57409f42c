import { githubAccess } from '../github/access.ts'
import { announceLaneFreed } from '../github/announce-lane-freed.ts'
import type { GithubToolkit } from '../github/api.ts'
import { commentMarker } from '../github/comment-text.ts'
import { EnvironmentDeployment } from '../github/environment-deployment.ts'
import { type Delivery, Publisher } from '../github/publisher.ts'
import { pullRequestComment } from '../github/pull-request-comment.ts'
import { undeliveredLines } from '../github/undelivered-lines.ts'
import type { Inputs } from '../inputs/inputs.ts'
import { askedOf } from '../release/progress.ts'
import type { FreedLane, Release } from '../release-state.ts'
import type { Reporter } from '../report/reporter.ts'
import { inSentence } from '../text/untrusted.ts'
import type { Clock } from '../time/clock.ts'
import type { GithubRun } from '../workflow-run/github-run.ts'
import { type PullRequest, pullRequestOf } from '../workflow-run/pull-request.ts'
import type { Log } from '../world.ts'

/** Reports a release on GitHub, beside the run itself: in a comment, and as a GitHub deployment. */
export interface GithubNews extends Required<Reporter> {
  /** Something is reported at all. */
  isAsked: boolean
  /** A pull request has lost its lane. */
  announceFreed(freed: FreedLane): void
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

/** A channel with the release that it is to tell last. */
interface Pending {
  publisher: Publisher
  last: Release
}

interface Places {
  comment: (() => Publisher) | undefined
  /** One for each CodeDeploy deployment: a rollback can be about two. */
  deployment: (() => Publisher) | undefined
  isFork: boolean
  /** Tells of a lane that was freed. @returns a line for the log when that did not work */
  freed: ((lane: FreedLane) => Promise<string | undefined>) | undefined
}

/** The places on GitHub that the inputs ask for; what they cannot have is one line of the log. */
export function githubNews(options: GithubNewsOptions): GithubNews {
  const { comment, deployment, isFork, freed } = placesOf(options)
  const pending = new Map<string, Pending>()
  const announcements: Promise<string | undefined>[] = []

  function pendingOf(release: Release): Pending[] {
    const { deploymentId } = release
    const found: Pending[] = []
    for (const [key, begin] of [
      ['', comment],
      [deploymentId, deployment],
    ] as const) {
      if (key === undefined || begin === undefined) continue
      const one = pending.get(key) ?? { publisher: begin(), last: release }
      one.last = release
      pending.set(key, one)
      found.push(one)
    }
    return found
  }

  return {
    isAsked: comment !== undefined || deployment !== undefined,
    update: (release) => {
      // An end is published by the flush: it may not be the last, and it is all that counts then.
      for (const { publisher } of pendingOf(release)) if (release.status === undefined) publisher.publish(release)
    },
    finish: (ended) => {
      pendingOf(ended)
    },
    flush: async (lastMoment) => {
      const deliveries = await Promise.all(
        [...pending.values()].map(
          async ({ publisher, last }): Promise<[Publisher, Delivery]> => [
            publisher,
            await publisher.flush(last, lastMoment),
          ],
        ),
      )
      for (const line of await settledLines(announcements, lastMoment)) options.log.line(line)
      const told = deliveries.map(([{ channel }, delivery]) => ({ channel, delivery }))
      for (const line of undeliveredLines(told, isFork)) options.log.line(line)
      return deliveries.every(([, { kind }]) => kind !== 'late')
    },
    announceFreed: (lane) => {
      if (freed !== undefined) announcements.push(freed(lane))
    },
  }
}

/** What did not get through; what takes longer than there is time for is left. */
async function settledLines(
  announcements: readonly Promise<string | undefined>[],
  lastMoment: Promise<void>,
): Promise<string[]> {
  const lines = await Promise.race([Promise.all(announcements), lastMoment])
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
    places.freed = announceLaneFreed({
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
    places.comment = () => new Publisher(pullRequestComment(access, pullRequest.number), clock)
  }
  const sha = commitOf(pullRequest, run)
  if (githubEnvironment !== undefined && sha === '') {
    notice("Input 'github-environment' does nothing here: the commit of this run is not known (GITHUB_SHA).")
  } else if (githubEnvironment !== undefined) {
    const place = { ...access, environment: githubEnvironment, sha, mayExist: options.mayHaveBegun }
    places.deployment = () => new Publisher(new EnvironmentDeployment(place), clock)
  }
  return places
}

function commitOf(pullRequest: PullRequest | undefined, run: GithubRun): string {
  return pullRequest?.headSha || run.sha
}
