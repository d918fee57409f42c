import { expect, test } from '@jest/globals'
import { type GithubApi, startGithubApi } from '../../tools/fake-github/github-api.ts'
import type { Scenario } from '../../tools/simulator/scenario.ts'
import { baseScenario, withGroup } from '../../tools/simulator/scenarios.ts'
import { readMarkdown } from '../support/markdown.ts'
import { inOneAccount, type SimulatedAccount } from '../support/simulated-release.ts'
import { PULL_REQUEST, SHA, tellOperation } from '../support/told-on-github.ts'

const HELD: Scenario = {
  ...baseScenario,
  world: withGroup(baseScenario.world, { ready: { action: 'STOP_DEPLOYMENT', waitMinutes: 60 } }),
}
const TO_TEST = {
  'wait-for': 'test-traffic',
  'after-allow-test-traffic-hook': 'CodeDeployHook_validate',
  'test-url': 'https://test.example.com',
} as const
const RELEASE = { 'auto-promote': 'true' } as const

/** Several jobs in one account, told on one GitHub on which every request and answer is as GitHub describes it. */
async function story(
  scenario: Scenario,
  play: (account: SimulatedAccount, github: GithubApi) => Promise<void>,
): Promise<void> {
  const github = await startGithubApi()
  github.pullRequest(PULL_REQUEST.number)
  try {
    await inOneAccount(scenario, async (account) => await play(account, github))
    expect(github.violations).toEqual([])
  } finally {
    await github.close()
  }
}

function statesOf(github: GithubApi, index = 0): string[] {
  return github.deployments[index]?.statuses.map(({ state }) => state) ?? []
}

test('a promotion in a second job goes on with the comment and the GitHub deployment of the first', () =>
  story(HELD, async (account, github) => {
    await tellOperation(account, github, { inputs: TO_TEST })
    expect(github.deployments[0]?.statuses.at(-1)).toMatchObject({
      state: 'in_progress',
      description: expect.stringMatching(
        /^Waits for promotion until 2026-08-08 \d\d:\d\d:\d\dZ; production is untouched$/,
      ),
      environment_url: 'https://test.example.com',
    })
    expect(readMarkdown(github.comments[0]?.body ?? '').text).toContain('✅ Awaiting promotion: web 1.1.0')
    await account.clock.sleep(600_000)
    const { outputs, notices } = await tellOperation(account, github, { inputs: { operation: 'promote' } })
    expect(outputs.status).toBe('succeeded')
    expect(notices).toEqual([])
    expect(github.comments).toHaveLength(1)
    const read = readMarkdown(github.comments[0]?.body ?? '')
    expect(read.text).toContain('✅ Released: web 1.1.0')
    expect(read.text).toContain('registry.example/web:1.1.0')
    expect(github.deployments).toHaveLength(1)
    expect(statesOf(github).at(-1)).toBe('success')
  }))

test('a stop in a third job ends both as failed, and a second stop or a watch with nothing active changes neither', () =>
  story(HELD, async (account, github) => {
    await tellOperation(account, github, { inputs: TO_TEST })
    const stop = { inputs: { operation: 'stop' } } as const
    expect((await tellOperation(account, github, stop)).outputs.status).toBe('stopped')
    expect(github.deployments).toHaveLength(1)
    expect(github.deployments[0]?.statuses.at(-1)).toMatchObject({
      state: 'failure',
      description: expect.stringMatching(/^Stopped: Deployment d-\w+ was stopped/),
    })
    expect(readMarkdown(github.comments[0]?.body ?? '').text).toContain('✅ Stopped: web 1.1.0')
    const before = JSON.stringify([github.comments, github.deployments])
    for (const operation of ['stop', 'watch']) {
      const idle = { ...stop, inputs: { ...stop.inputs, operation, 'deployment-id': 'active' } }
      expect((await tellOperation(account, github, idle)).outputs.status).toBe('unchanged')
    }
    expect(JSON.stringify([github.comments, github.deployments])).toBe(before)
  }))

test('a refused promotion leaves the GitHub deployment as it is, and settles the one that CodeDeploy ended meanwhile', () =>
  story(HELD, async (account, github) => {
    await tellOperation(account, github, { inputs: TO_TEST })
    const other = { operation: 'promote', 'expect-image': 'registry.example/web:1.2.0' } as const
    const told = statesOf(github)
    expect((await tellOperation(account, github, { inputs: other })).outputs.status).toBe('refused')
    expect(statesOf(github)).toEqual(told)
    expect(readMarkdown(github.comments[0]?.body ?? '').text).toContain('❌ Refused: web 1.1.0')
    await account.clock.sleep(3_700_000)
    expect((await tellOperation(account, github, { inputs: { operation: 'promote' } })).outputs.status).toBe('refused')
    expect(github.deployments).toHaveLength(1)
    expect(github.deployments[0]?.statuses.at(-1)).toMatchObject({
      state: 'failure',
      description: expect.stringContaining('CodeDeploy stopped it at'),
    })
  }))

test('a watch goes on with what the release began, and makes what a lost release could not', () =>
  story(baseScenario, async (account, github) => {
    const started = await tellOperation(account, github, { inputs: { ...RELEASE, 'wait-for': 'nothing' } })
    expect(statesOf(github)).toEqual(['in_progress'])
    await tellOperation(account, github, { inputs: { operation: 'watch' } })
    expect(github.deployments).toMatchObject([{ payload: { codedeploy: started.outputs['codedeploy-deployment-id'] } }])
    expect(statesOf(github).at(-1)).toBe('success')
    const told = statesOf(github)
    await tellOperation(account, github, { inputs: { operation: 'watch' } })
    expect(statesOf(github)).toEqual(told)

    github.deployments.length = 0
    await tellOperation(account, github, { inputs: { operation: 'watch' } })
    expect(github.deployments).toMatchObject([{ ref: PULL_REQUEST.headSha }])
    expect(statesOf(github)).toEqual(['success'])
    github.deployments.length = 0
    const named = { operation: 'watch', 'deployment-id': started.outputs['codedeploy-deployment-id'] } as const
    const { notices } = await tellOperation(account, github, { inputs: named })
    expect(github.deployments).toEqual([])
    expect(notices).toEqual([
      `Notice: There is no GitHub deployment to 'staging/web' for this: the job that made ${named['deployment-id']} told of none.`,
    ])
  }))

test('what a newer release has made inactive stays inactive, whoever looks at it', () =>
  story(baseScenario, async (account, github) => {
    const first = await tellOperation(account, github, { inputs: RELEASE })
    await account.clock.sleep(3_600_000)
    await tellOperation(account, github, { inputs: { ...RELEASE, image: 'registry.example/web:1.2.0' }, number: 43 })
    expect(statesOf(github).at(-1)).toBe('inactive')
    const old = { operation: 'watch', 'deployment-id': first.outputs['codedeploy-deployment-id'] } as const
    await tellOperation(account, github, { inputs: old })
    expect(statesOf(github).at(-1)).toBe('inactive')
    expect(statesOf(github, 1).at(-1)).toBe('success')
  }))

test('a rollback that stops a deployment reads as its failure', () =>
  story(baseScenario, async (account, github) => {
    await tellOperation(account, github, { inputs: RELEASE })
    expect(statesOf(github).at(-1)).toBe('success')
    const back = await tellOperation(account, github, { inputs: { operation: 'rollback' }, number: 50 })
    expect(back.outputs.status).toBe('succeeded')
    expect(back.writes).toEqual(['StopDeployment'])
    expect(github.deployments).toHaveLength(1)
    expect(github.deployments[0]?.statuses.at(-1)).toMatchObject({
      state: 'failure',
      description: expect.stringMatching(/^Rolled back: Deployment d-\w+ was stopped/),
    })
    expect(readMarkdown(github.comments[0]?.body ?? '').text).toContain('✅ Rolled back: ')
  }))

test('a rollback that deploys an earlier revision is a GitHub deployment of the commit which that revision was of', () =>
  story(baseScenario, async (account, github) => {
    await tellOperation(account, github, { inputs: RELEASE, event: {}, sha: SHA, number: 41 })
    await account.clock.sleep(3_600_000)
    const next = { ...RELEASE, image: 'registry.example/web:1.2.0' }
    await tellOperation(account, github, { inputs: next, event: {}, sha: 'a'.repeat(40), number: 42 })
    await account.clock.sleep(3_600_000)
    const button = { inputs: { operation: 'rollback' }, event: {}, sha: 'b'.repeat(40), number: 50 } as const
    const { outputs } = await tellOperation(account, github, button)
    expect(outputs).toMatchObject({ status: 'succeeded', production: 'web:2' })
    expect(github.deployments.map(({ ref }) => ref)).toEqual([SHA, 'a'.repeat(40), SHA])
    expect(github.deployments[2]?.description).toBe('Rollback of demo/web to web:2 through CodeDeploy')
    expect(github.deployments.map(({ statuses }) => statuses.at(-1)?.state)).toEqual([
      ...['inactive', 'inactive', 'success'],
    ])
    await account.clock.sleep(3_600_000)
    const first = { ...button, inputs: { operation: 'rollback', 'task-definition': 'web:1' } } as const
    const { notices } = await tellOperation(account, github, first)
    expect(github.deployments).toHaveLength(3)
    expect(notices.at(-1)).toBe(
      "Notice: There is no GitHub deployment to 'staging/web' for this: no earlier one says which commit web:1 is of.",
    )
  }))

test('a plan is told in the comment and makes no GitHub deployment, and neither does what is refused', () =>
  story(baseScenario, async (account, github) => {
    await tellOperation(account, github, { inputs: { operation: 'plan' } })
    const { text } = readMarkdown(github.comments[0]?.body ?? '')
    expect(text).toContain('✅ Planned: web 1.1.0')
    expect(text).toContain('Register a new revision of task definition web')
    expect(text).toContain('registry.example/web:1.1.0')
    await tellOperation(account, github, { inputs: { service: 'web', cluster: 'demo', 'container-name': 'nope' } })
    expect(github.comments).toHaveLength(1)
    expect(github.comments[0]?.body).toContain('Refused')
    expect(github.deployments).toEqual([])
  }))
