import { expect, test } from '@jest/globals'
import type { GithubApi } from '../../tools/fake-github/github-api.ts'
import { baseScenario } from '../../tools/simulator/scenarios.ts'
import { inOneAccount, type SimulatedRelease } from '../support/simulated-release.ts'
import { EVENT, SHA, type ToldOptions, tellOperation, withGithub } from '../support/told-on-github.ts'

type Told = SimulatedRelease & { notices: string[] }

/** A release that goes through whatever GitHub does. */
async function tell(
  options: Partial<ToldOptions>,
  check: (told: Told, github: GithubApi) => void,
  arrange: (github: GithubApi) => void = () => {},
): Promise<void> {
  await withGithub(async (github) => {
    arrange(github)
    await inOneAccount(baseScenario, async (account) => {
      const told = await tellOperation(account, github, { inputs: { 'wait-for': 'nothing' }, ...options })
      expect(told.outputs.status).toBe('started')
      check(told, github)
    })
  })
}

const READ_ONLY =
  "Notice: GitHub does not take the pull request comment and the GitHub deployment to 'staging/web' (403: Resource not accessible by integration); the release goes on without."

test('says in one line what a token that may only read cannot tell, and what would help', async () => {
  const advice = `Give the job 'permissions: pull-requests: write, deployments: write'; a pull request from a fork or of Dependabot gets a token that may only read.`
  await tell(
    {},
    ({ notices }, github) => {
      expect(notices).toEqual([`${READ_ONLY} ${advice}`])
      expect(github.requests.filter(({ status }) => status === 403)).toHaveLength(2)
    },
    ({ faults }) => faults.push({ kind: 'read-only' }),
  )
})

test('says of a fork that there is nothing to be done', async () => {
  const { pull_request: pull } = EVENT
  const event = { pull_request: { ...pull, head: { ...pull.head, repo: null } } }
  await tell(
    { event },
    ({ notices }) =>
      expect(notices).toEqual([`${READ_ONLY} A pull request from a fork gets a token that may only read.`]),
    ({ faults }) => faults.push({ kind: 'read-only' }),
  )
})

test.each([
  ['server-error', '502: Server Error'],
  ['reset', 'other side closed'],
  ['limited', '403: You have exceeded a secondary rate limit'],
  ['used-up', '403: API rate limit exceeded for installation ID 1'],
  ['malformed', 'the answer to'],
] as const)('says in one line that GitHub is %s, and releases all the same', async (kind, why) => {
  await tell(
    {},
    ({ notices }) => {
      expect(notices).toHaveLength(1)
      expect(notices[0]).toMatch(
        /^Warning: the pull request comment and the GitHub deployment to 'staging\/web' could not be brought up to date \(.*\); the release is as told here\.$/,
      )
      expect(notices[0]).toContain(why)
    },
    ({ faults }) => faults.push({ kind, seconds: 3_600 }),
  )
})

test('needs a pull request for the comment, and says which event has none', async () => {
  await tell({ event: {}, sha: SHA, environment: { GITHUB_EVENT_NAME: 'push' } }, ({ notices }, github) => {
    expect(notices).toEqual([
      "Notice: Input 'pull-request-comment' does nothing here: the event 'push' is about no pull request.",
    ])
    expect(github.comments).toEqual([])
    expect(github.deployments).toMatchObject([{ ref: SHA }])
  })
})

test('tells on the pull request that somebody has commented on', async () => {
  const event = { issue: { number: 12, pull_request: { url: 'https://api.github.com/repos/example/shop/pulls/12' } } }
  await tell({ event }, (_, github) => expect(github.comments).toMatchObject([{ issue: 12 }]))
})

test.each<[string, Partial<ToldOptions>, string]>([
  ['no token', { inputs: { 'wait-for': 'nothing', 'github-token': '' } }, "input 'github-token' is empty."],
  [
    'no address that is safe for it',
    { environment: { GITHUB_API_URL: 'http://github.example/api/v3' } },
    "the token goes over https only, and GITHUB_API_URL is 'http://github.example/api/v3'.",
  ],
])('tells nothing with %s, and says so in one sentence', async (_, options, why) => {
  await tell(options, ({ notices }, github) => {
    expect(notices).toEqual([`Notice: Nothing is told on GitHub beside this run: ${why}`])
    expect(github.requests).toEqual([])
  })
})
