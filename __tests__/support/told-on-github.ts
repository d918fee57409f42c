import { getOctokit } from '@actions/github'
import { githubAccess } from '../../src/github/access.ts'
import { type GithubApi as Api, githubApi } from '../../src/github/api.ts'
import type { Channel } from '../../src/github/publisher.ts'
import { pullRequestStates } from '../../src/github/pull-request-state.ts'
import type { InputName } from '../../src/inputs/names.ts'
import { parseInputs } from '../../src/inputs/parse-inputs.ts'
import type { ReleaseWorld } from '../../src/release/release-world.ts'
import type { Release } from '../../src/release-state.ts'
import { Reporters } from '../../src/report/reporter.ts'
import { githubNews } from '../../src/step/github-news.ts'
import type { Log } from '../../src/world.ts'
import { type GithubApi, type GithubApiOptions, startGithubApi } from '../../tools/fake-github/github-api.ts'
import type { Scenario } from '../../tools/simulator/scenario.ts'
import { baseScenario } from '../../tools/simulator/scenarios.ts'
import { runNumber } from './others.ts'
import {
  rawInputs,
  type SimulatedAccount,
  type SimulatedRelease,
  type Staging,
  simulateRelease,
} from './simulated-release.ts'
import { virtualClock } from './virtual-clock.ts'

export const TOKEN = 'ghs_test'

/** A pull request of the repository itself, as its event names it. */
export const PULL_REQUEST = { number: 12, headSha: '6dcb09b5b57875f334f61aebed695e2e4193db5e', isFork: false }

/** Runs a test against a GitHub of its own, and fails it when a request or an answer is not as GitHub describes. */
export async function withGithub(
  body: (github: GithubApi, api: Api) => Promise<void>,
  { token = TOKEN, ...options }: GithubApiOptions & { token?: string } = {},
): Promise<void> {
  const github = await startGithubApi(options)
  github.pullRequest(PULL_REQUEST.number)
  try {
    await body(github, githubApi({ url: github.url, token, clock: virtualClock(), load: async () => ({ getOctokit }) }))
    if (github.violations.length > 0) throw new Error(github.violations.join('\n'))
  } finally {
    await github.close()
  }
}

/** Every state of a release that it told on its way, the end included. */
export async function statesOf(
  scenario: Scenario,
  inputs: Partial<Record<InputName, string>> = {},
): Promise<Release[]> {
  const states: Release[] = []
  await simulateRelease({ scenario, inputs, world: { onRelease: (release) => states.push(release) } })
  return states
}

/** Tells a place each news of these states. */
export async function tellEach(place: Channel, states: readonly Release[]): Promise<void> {
  let told: string | undefined
  for (const release of states) {
    const wording = place.textFor(release)
    if (wording === undefined || wording === told) continue
    await place.send(wording, release, new AbortController().signal)
    told = wording
  }
}

export interface ToldOptions {
  /** Number of the workflow run. */
  number?: number
  sha?: string
  event?: object
  /** Of the runner, over the address of this GitHub. */
  environment?: NodeJS.ProcessEnv
  inputs: Partial<Record<InputName, string>>
  /** Over the world of the step: the run and its event, of a preview. */
  world?: Partial<ReleaseWorld>
  /** Called before the step begins. */
  prepare?(staging: Staging): void
}

/** The commits that the runs of a test are of. */
export const SHA = 'ffac537e6cbbf934b08745a378932722df287a53'

export const EVENT = {
  pull_request: {
    number: PULL_REQUEST.number,
    head: { sha: PULL_REQUEST.headSha, repo: { full_name: 'example/shop' } },
    base: { sha: SHA, repo: { full_name: 'example/shop' } },
  },
}

/** One step of a workflow in an account that goes on after it, told on GitHub as the step tells it. */
export async function tellOperation(
  account: SimulatedAccount,
  github: GithubApi,
  { number = 42, sha = PULL_REQUEST.headSha, event = EVENT, environment, inputs, world, prepare }: ToldOptions,
): Promise<SimulatedRelease & { notices: string[] }> {
  const notices: string[] = []
  const asked = {
    'github-token': TOKEN,
    'pull-request-comment': 'true',
    'github-environment': 'staging/web',
    ...inputs,
  }
  const run = { ...(world?.run ?? runNumber(number).run), sha }
  const log: Log = {
    line: (text) => void notices.push(text),
    warning: () => {},
    group: async (_, body) => await body(),
  }
  const clock = virtualClock()
  const reach = {
    environment: { GITHUB_API_URL: github.url, ...environment },
    run,
    clock,
    load: async () => ({ getOctokit }),
  }
  const news = githubNews({
    ...reach,
    inputs: parseInputs(rawInputs({ service: 'web', ...asked }), []).inputs,
    readEvent: () => world?.event?.read() ?? event,
    log,
    mayHaveBegun: false,
  })
  const reporters = new Reporters([news])
  const result = await simulateRelease({
    scenario: baseScenario,
    account,
    ...(prepare && { prepare }),
    inputs: asked,
    world: {
      isPullRequestClosed: pullRequestStates(githubAccess({ ...reach, token: TOKEN }), clock, log),
      onLaneFreed: news.announceFreed,
      ...world,
      run,
      onRelease: (release) => reporters.update(release),
    },
  })
  reporters.finish(result.release)
  await reporters.flush(new Promise(() => {}))
  return { ...result, notices }
}
