import { runUrl } from '../aws/console-links.ts'
import type { FreedLane } from '../release-state.ts'
import { inSentence } from '../text/untrusted.ts'
import type { Clock } from '../time/clock.ts'
import { within } from '../time/race.ts'
import type { GithubRun } from '../workflow-run/github-run.ts'
import { isSameRepository } from '../workflow-run/marker.ts'
import type { GithubAccess } from './access.ts'
import { GithubError } from './api.ts'
import { endDeployments, tellFreedInComment } from './freed-lane-news.ts'

/** How long one announcement may take, all its requests together, in milliseconds. */
const ANNOUNCING_MS = 15_000

export interface AnnouncementOptions {
  access: GithubAccess
  run: GithubRun
  clock: Clock
  /** Where previews are told. */
  inComment: boolean
  inDeployment: boolean
  /** Pull request of the event; its own comment is told by the verdict. Undefined: of none. */
  ownNumber: number | undefined
  /** The hidden first line of the comments. */
  marker(freed: FreedLane): string
}

/**
 * Tells where people look for a preview that its lane is gone.
 * @returns a line for the log when it did not work; it fails no release
 */
export function announceLaneFreed(options: AnnouncementOptions): (freed: FreedLane) => Promise<string | undefined> {
  const { access, run, clock, inComment, inDeployment, ownNumber, marker } = options
  return async (freed) => {
    const { pullRequest, repository, isElsewhere } = freed
    const isOfOther = pullRequest !== String(ownNumber ?? '') && isSameRepository(run, repository)
    try {
      const isTold = await within(clock, ANNOUNCING_MS, async (signal) => {
        // A token may be good for one of the two only, and some servers have comments and no deployments.
        const ended = inDeployment ? await troubleIn(endDeployments(access, freed, signal)) : undefined
        if (inComment && isOfOther && !isElsewhere) {
          await tellFreedInComment(access, freed, marker(freed), runUrl(run), signal)
        }
        if (ended !== undefined) throw ended
        return true
      })
      if (isTold === undefined) throw new GithubError('passing', 0, `no answer within ${ANNOUNCING_MS / 1000} s`)
      return undefined
    } catch (error) {
      const why = error instanceof GithubError ? error.message : inSentence(String(error), 200)
      return `Notice: The end of the preview of pull request ${pullRequest} on lane ${freed.name} (${freed.why}) could not be told on GitHub (${why}).`
    }
  }
}

/** What went wrong. @throws what is a mistake of ours */
async function troubleIn(work: Promise<void>): Promise<GithubError | undefined> {
  try {
    await work
    return undefined
  } catch (error) {
    if (error instanceof GithubError) return error
    throw error
  }
}
