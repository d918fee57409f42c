import { isJsonObject } from '../text/document.ts'
import type { Clock } from '../time/clock.ts'
import { within } from '../time/race.ts'
import type { Log } from '../world.ts'
import type { GithubAccess } from './access.ts'
import { GithubError } from './api.ts'

const GET = 'GET /repos/{owner}/{repo}/pulls/{pull_number}'

/** How long an answer is waited for, in milliseconds. */
const ANSWER_MS = 10_000

const MAX_ATTEMPTS = 2

/**
 * Whether a pull request of the repository is closed; undefined when GitHub does not say. That it does not is one line of
 * the log, and from then on it is not asked again.
 * @param access why there is no way to GitHub, if it is a text
 */
export function pullRequestStates(access: GithubAccess | string, clock: Clock, log: Log) {
  let isSilent = false
  function giveUp(why: string): undefined {
    isSilent = true
    log.line(
      `Notice: Which pull requests are closed is not known (${why.replace(/[.\s]+$/, '')}); a lane that runs no tasks counts as free. Give the job 'permissions: pull-requests: read'.`,
    )
  }
  return async (number: string): Promise<boolean | undefined> => {
    if (isSilent) return undefined
    if (typeof access === 'string') return giveUp(access)
    const { api, owner, repo } = access
    for (let attempt = 1; ; attempt++) {
      try {
        const parameters = { owner, repo, pull_number: Number(number) }
        const answer = await within(clock, ANSWER_MS, async (signal) => await api.call(GET, parameters, signal))
        if (answer === undefined) throw new GithubError('passing', 0, `no answer within ${ANSWER_MS / 1000} s`)
        const state = isJsonObject(answer) ? answer['state'] : undefined
        if (state === 'open' || state === 'closed') return state === 'closed'
        return giveUp('its answer is not one of GitHub')
      } catch (error) {
        if (!(error instanceof GithubError)) throw error
        if (error.kind !== 'passing' || attempt === MAX_ATTEMPTS) return giveUp(error.message)
      }
    }
  }
}
