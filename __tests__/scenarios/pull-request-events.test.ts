import { expect, test } from '@jest/globals'
import { type GithubRun, githubRun } from '../../src/workflow-run/github-run.ts'
import { baseScenario, withGroup } from '../../tools/simulator/scenarios.ts'
import { operate } from '../support/operations.ts'
import { inOneAccount } from '../support/simulated-release.ts'

const HELD = {
  ...baseScenario,
  world: withGroup(baseScenario.world, { ready: { action: 'STOP_DEPLOYMENT', waitMinutes: 60 } }),
}
const TO_TEST = { 'wait-for': 'test-traffic' } as const

const REPOSITORY = { full_name: 'example/shop' }
const pull = (number: number, state: string) => ({
  number,
  state,
  head: { repo: REPOSITORY },
  base: { repo: REPOSITORY },
})

/** A run that an event of pull request 7 has started. */
function runOf(number: number, ref: string, event: object): { run: GithubRun } {
  const environment = {
    GITHUB_REPOSITORY: 'example/shop',
    GITHUB_WORKFLOW_REF: 'example/shop/.github/workflows/release.yml@refs/heads/main',
    GITHUB_RUN_ID: `${1000 + number}`,
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_RUN_NUMBER: `${number}`,
    GITHUB_JOB: 'release',
    GITHUB_REF: ref,
  }
  return { run: githubRun(environment, event) }
}

const OPENED = runOf(1, 'refs/pull/7/merge', { action: 'opened', pull_request: pull(7, 'open') })
const MERGED = { action: 'closed', pull_request: { ...pull(7, 'closed'), merged: true } }
const COMMENT = { action: 'created', issue: { number: 7, state: 'open', pull_request: {} } }

test.each([
  ['merged', MERGED],
  ['commented on', COMMENT],
])('stop takes back the held deployment of a pull request that was %s', (_name, event) =>
  inOneAccount(HELD, async (account) => {
    const held = await operate(account, TO_TEST, { world: OPENED })
    expect(held.outputs.status).toBe('awaiting-promotion')
    const { outputs } = await operate(account, { operation: 'stop' }, { world: runOf(2, 'refs/heads/main', event) })
    expect(outputs).toMatchObject({
      status: 'stopped',
      'codedeploy-deployment-id': held.outputs['codedeploy-deployment-id'],
    })
  }),
)

test.each([
  ['merged', MERGED],
  ['commented on', COMMENT],
])('promote continues the held deployment of a pull request that was %s', (_name, event) =>
  inOneAccount(HELD, async (account) => {
    await operate(account, TO_TEST, { world: OPENED })
    const { outputs } = await operate(account, { operation: 'promote' }, { world: runOf(2, 'refs/heads/main', event) })
    expect(outputs.status).toBe('succeeded')
  }),
)

test('stop in a run for another pull request, or for none, leaves the held deployment alone', () =>
  inOneAccount(HELD, async (account) => {
    await operate(account, TO_TEST, { world: OPENED })
    for (const event of [{ pull_request: pull(8, 'closed') }, { issue: { number: 7 } }]) {
      const stopped = await operate(account, { operation: 'stop' }, { world: runOf(2, 'refs/heads/main', event) })
      expect(stopped).toMatchObject({ outputs: { status: 'unchanged' }, writes: [] })
    }
  }))

test('a release that a comment on a pull request began is continued in a run of another event of it', () =>
  inOneAccount(HELD, async (account) => {
    await operate(account, TO_TEST, { world: runOf(1, 'refs/heads/main', COMMENT) })
    const merged = runOf(2, 'refs/heads/main', MERGED)
    expect((await operate(account, { operation: 'promote' }, { world: merged })).outputs.status).toBe('succeeded')
  }))
