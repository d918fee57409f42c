import { describe, expect, test } from '@jest/globals'
import { deploymentStatusOf } from '../../src/github/deployment-status.ts'
import { EnvironmentDeployment } from '../../src/github/environment-deployment.ts'
import type { Release } from '../../src/release-state.ts'
import { baseScenario, scenarios } from '../../tools/simulator/scenarios.ts'
import { PULL_REQUEST, statesOf, tellEach, withGithub } from '../support/told-on-github.ts'

const HOOK = { 'after-allow-test-traffic-hook': 'CodeDeployHook_validate' }
const PLACE = { owner: 'example', repo: 'shop', sha: PULL_REQUEST.headSha, mayExist: false }

test('makes one deployment that merges nothing and waits for no check, and takes it through its phases', async () => {
  const states = await statesOf(baseScenario, { ...HOOK, 'test-url': 'https://test.example.com/' })
  await withGithub(async (github, api) => {
    await tellEach(new EnvironmentDeployment({ ...PLACE, api, environment: 'production' }), states)
    expect(github.deployments).toHaveLength(1)
    expect(github.deployments[0]).toMatchObject({
      ref: PULL_REQUEST.headSha,
      environment: 'production',
      isProduction: true,
      isTransient: false,
      description: 'Release of demo/web to web:2 through CodeDeploy',
    })
    expect(github.requests[0]?.body).toMatchObject({ auto_merge: false, required_contexts: [] })
    const statuses = github.deployments[0]?.statuses ?? []
    const told = statuses.map(({ state, description }) => `${state}: ${description}`)
    expect(told[0]).toMatch(/^queued: Deployment d-\w+ releases web:2 to demo\/web\.$/)
    expect(told).toContain('in_progress: Waiting for hook CodeDeployHook_validate to answer (AfterAllowTestTraffic)')
    expect(told).toContain('in_progress: Waiting for production traffic to shift (AllowTraffic)')
    expect(told.at(-1)).toMatch(/^success: Deployment d-\w+ released web:2 to demo\/web\.$/)
    for (const status of statuses) {
      expect(status).toMatchObject({
        log_url: 'https://github.com/example/shop/actions/runs/7',
        environment_url: 'https://test.example.com/',
      })
    }
  })
})

test('reads as failure, with the reason, when the release was rolled back', async () => {
  const states = await statesOf(scenarios['hook-fails'], HOOK)
  await withGithub(async (github, api) => {
    await tellEach(new EnvironmentDeployment({ ...PLACE, api, environment: 'staging/web' }), states)
    expect(github.deployments[0]).toMatchObject({ isProduction: false, isTransient: false })
    const last = github.deployments[0]?.statuses.at(-1)
    expect(last).toMatchObject({ state: 'failure' })
    expect(last?.description).toMatch(
      /^Rolled back: Deployment d-\w+ failed at AfterAllowTestTraffic: hook CodeDeployHook_validate failed/,
    )
  })
})

test('is not made for a release that its checks refuse: nothing was deployed', async () => {
  const states = await statesOf(baseScenario, { service: 'wobble' })
  await withGithub(async (github, api) => {
    await tellEach(new EnvironmentDeployment({ ...PLACE, api, environment: 'production' }), states)
    expect(github.requests).toEqual([])
  })
})

test('is not made for a release that is cancelled while it waits for room: nothing was deployed', async () => {
  const [begun] = await statesOf(baseScenario)
  if (begun === undefined) throw new Error('There was no release.')
  const waits = [{ deploymentId: 'd-OTHER', startedAtMs: 0, endedAtMs: undefined, step: 'wait' }] as never
  expect(deploymentStatusOf({ ...begun, waits })).toBeUndefined()
  expect(deploymentStatusOf({ ...begun, waits, status: 'cancelled' })).toBeUndefined()
})

test.each([
  ['production', true],
  ['Prod', true],
  ['prod-eu', true],
  ['production/web', true],
  ['product-catalogue', false],
  ['preprod', false],
  ['staging', false],
])('marks environment %s as production: %s', async (environment, isProduction) => {
  const [begun] = (await statesOf(baseScenario)).filter(({ deploymentId }) => deploymentId !== undefined)
  await withGithub(async (github, api) => {
    await tellEach(new EnvironmentDeployment({ ...PLACE, api, environment }), begun === undefined ? [] : [begun])
    expect(github.deployments).toMatchObject([{ environment, isProduction }])
  })
})

test('finds what was made when the answer to making it was lost, and what an earlier step of the job made', async () => {
  const states = await statesOf(baseScenario, HOOK)
  await withGithub(async (github, api) => {
    const place = new EnvironmentDeployment({ ...PLACE, api, environment: 'production' })
    github.faults.push({ kind: 'lost', only: /^POST .*deployments$/, times: 1 })
    await expect(tellEach(place, states)).rejects.toMatchObject({ kind: 'passing' })
    await tellEach(place, states)
    await tellEach(new EnvironmentDeployment({ ...PLACE, api, environment: 'production', mayExist: true }), states)
    expect(github.deployments).toHaveLength(1)
    const another = states.map((release) => (release.deploymentId ? { ...release, deploymentId: 'd-OTHER' } : release))
    await tellEach(new EnvironmentDeployment({ ...PLACE, api, environment: 'production', mayExist: true }), another)
    expect(github.deployments).toHaveLength(2)
  })
})

test('bounds what others wrote and keeps it on one line', async () => {
  const last = (await statesOf(scenarios['hook-fails'], HOOK)).at(-1)
  if (last === undefined) throw new Error('There was no release.')
  const hooks = { AfterAllowTestTraffic: `\u001b[31m${'@octocat\n'.repeat(10_000)}` }
  const status = deploymentStatusOf({ ...last, plan: last.plan && { ...last.plan, hooks } })
  expect(status?.description.length).toBeLessThanOrEqual(140)
  expect(status?.description).not.toMatch(/\p{C}/u)
})

describe('of a deployment that an earlier job has made', () => {
  test.each<[string, Partial<Release>, string | undefined]>([
    ['a watch that is cancelled leaves it in progress', { operation: 'watch', status: 'cancelled' }, 'in_progress'],
    [
      'a watch that is not done in time leaves it in progress',
      { operation: 'watch', status: 'timed-out' },
      'in_progress',
    ],
    ['a watch that loses sight of it cannot say', { operation: 'watch', status: 'unknown' }, 'error'],
    ['a promotion that is cancelled cannot say', { operation: 'promote', status: 'cancelled' }, 'error'],
    ['a promotion shows its progress', { operation: 'promote', status: undefined }, 'in_progress'],
    ['a promotion that is refused says nothing', { operation: 'promote', status: 'refused' }, undefined],
    ['a stop says nothing before its end', { operation: 'stop', status: undefined }, undefined],
    ['a stop that is refused says nothing', { operation: 'stop', status: 'refused' }, undefined],
    ['a rollback says nothing before its end', { operation: 'rollback', status: undefined }, undefined],
  ])('%s', async (_, news, state) => {
    const states = await statesOf(baseScenario, HOOK)
    const shifting = states.find(({ snapshot }) => snapshot?.events.some(({ status }) => status === 'running'))
    if (shifting === undefined) throw new Error('It was not followed.')
    const settlement = { ...states.at(-1)?.settlement } as Release['settlement']
    expect(deploymentStatusOf({ ...shifting, madeEarlier: true, settlement, ...news })?.state).toBe(state)
  })
})
