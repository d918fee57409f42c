import { DescribeTaskDefinitionCommand, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs'
import { describe, expect, test } from '@jest/globals'
import type { InputName } from '../../src/inputs/names.ts'
import type { Release } from '../../src/release-state.ts'
import type { Scenario } from '../../tools/simulator/scenario.ts'
import { baseScenario, scenarios } from '../../tools/simulator/scenarios.ts'
import { deployByOther, runNumber } from '../support/others.ts'
import { expectValidReport } from '../support/report-schema.ts'
import { clientsFor, inOneAccount, type SimulatedAccount, simulateRelease } from '../support/simulated-release.ts'

type Inputs = Partial<Record<InputName, string>>

/** One attempt of a run of the workflow, in an account that goes on after it. */
async function attempt(account: SimulatedAccount, number: number, inputs: Inputs = {}, run = 42) {
  const result = await simulateRelease({ scenario: baseScenario, account, inputs, world: runNumber(run, number) })
  expectValidReport(result.release)
  return { ...result, id: result.outputs['codedeploy-deployment-id'] }
}

/** The runner dies as soon as this is so. */
async function killed(account: SimulatedAccount, when: (release: Release) => boolean, inputs: Inputs = {}) {
  const world = {
    ...runNumber(42, 1),
    onRelease: (release: Release) => {
      if (when(release)) throw new Error('the runner died')
    },
  }
  const releasing = simulateRelease({ scenario: baseScenario, account, inputs, world })
  await expect(releasing).rejects.toThrow('the runner died')
}

const isRegistered = (release: Release) => release.taskDefinition !== undefined
const isCreated = (release: Release) => release.deploymentId !== undefined

function made({ simulator }: SimulatedAccount) {
  const count = (name: string) => simulator.calls.filter(({ operation }) => operation === name).length
  return { revisions: count('RegisterTaskDefinition'), deployments: count('CreateDeployment') }
}

const FAILING_HOOK: Scenario = {
  ...baseScenario,
  hookPlans: { CodeDeployHook_validate: { answer: 'Failed', afterSeconds: 20, log: [] } },
}
const HOOK = { 'after-allow-test-traffic-hook': 'CodeDeployHook_validate' } as const

describe('a re-run after the runner died', () => {
  test('uses the revision that was registered, when there is no deployment yet', () =>
    inOneAccount(baseScenario, async (account) => {
      await killed(account, isRegistered)
      const { outputs, release } = await attempt(account, 2)
      expect(outputs).toMatchObject({ status: 'succeeded', 'task-definition': 'web:2' })
      expect(release.adopted).toBeUndefined()
      expect(made(account)).toEqual({ revisions: 1, deployments: 1 })
    }))

  test.each([
    ['was just created', 0],
    ['is being installed', 60],
    ['shifts production', 200],
    ['serves, its original still there', 500],
    ['serves, its original gone', 900],
  ])('follows the deployment of the first attempt, which %s', (_name, seconds) =>
    inOneAccount(baseScenario, async (account) => {
      await killed(account, isCreated)
      await account.clock.sleep(seconds * 1000)
      const { outputs, log, writes, summary } = await attempt(account, 2)
      expect(outputs).toMatchObject({
        status: 'succeeded',
        'task-definition': 'web:2',
        production: 'web:2',
        'previous-task-definition': seconds === 900 ? '' : 'web:1',
      })
      expect(writes).toEqual([])
      expect(made(account)).toEqual({ revisions: 1, deployments: 1 })
      expect(log).toContainEqual(
        expect.stringMatching(/^Attempt 1 of this run has made deployment d-\w+ of exactly this/),
      )
      expect(summary).toContain('Attempt 1 of this run made it')
    }),
  )

  test('follows a deployment that ends while the checks look', () =>
    inOneAccount(scenarios['no-hooks'], async (account) => {
      await killed(account, isCreated)
      await account.clock.sleep(125_000)
      const { outputs, release } = await simulateRelease({
        scenario: scenarios['no-hooks'],
        account,
        world: runNumber(42, 2),
        prepare: ({ codeDeploy, clock }) =>
          codeDeploy.middlewareStack.add(
            (next, context) => async (args) => {
              if (context['commandName'] === 'ListDeploymentsCommand') await clock.sleep(5_000)
              return await next(args)
            },
            { step: 'initialize' },
          ),
      })
      expect(outputs.status).toBe('succeeded')
      expect(release.adopted).toBeDefined()
      expect(made(account).deployments).toBe(1)
    }))

  test('whose policy is fail does not take its own deployment for that of somebody else', () =>
    inOneAccount(baseScenario, async (account) => {
      await killed(account, isCreated)
      const { outputs } = await attempt(account, 2, { 'on-active-deployment': 'fail' })
      expect(outputs.status).toBe('succeeded')
    }))

  test('whose policy is replace does not stop its own deployment', () =>
    inOneAccount(baseScenario, async (account) => {
      await killed(account, isCreated)
      await account.clock.sleep(60_000)
      const { outputs, writes } = await attempt(account, 2, { 'on-active-deployment': 'replace' })
      expect(outputs.status).toBe('succeeded')
      expect(writes).toEqual([])
    }))

  test('follows its deployment although ListDeployments is denied', () =>
    inOneAccount(baseScenario, async (account) => {
      await killed(account, isCreated)
      const kind = { type: 'error', code: 'AccessDeniedException', message: 'no', httpStatus: 400 } as const
      account.simulator.addFault({ operation: 'ListDeployments', count: 10_000, kind })
      const { outputs, release } = await attempt(account, 2)
      expect(outputs.status).toBe('succeeded')
      expect(release.adopted?.runAttempt).toBe(1)
    }))

  test('knows its deployment although another revision asks for the same by now', () =>
    inOneAccount(baseScenario, async (account) => {
      await killed(account, isCreated)
      await account.clock.sleep(60_000)
      const { ecs } = clientsFor(account.simulator.url)
      const { taskDefinition } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'web:2' }))
      const { family, containerDefinitions, ...rest } = taskDefinition ?? {}
      await ecs.send(new RegisterTaskDefinitionCommand({ ...rest, family, containerDefinitions } as never))
      ecs.destroy()
      const { outputs, release } = await attempt(account, 2)
      expect(outputs).toMatchObject({ status: 'succeeded', 'task-definition': 'web:2' })
      expect(release.adopted?.taskDefinitionArn).toMatch(/:2$/)
      expect(made(account).deployments).toBe(1)
    }))

  test('with wait-for: nothing says that the deployment is there already', () =>
    inOneAccount(baseScenario, async (account) => {
      await killed(account, isCreated)
      const { outputs, log, release } = await attempt(account, 2, { 'wait-for': 'nothing' })
      expect(outputs.status).toBe('started')
      expect(release.adopted).toBeDefined()
      expect(log.join('\n')).toContain('Attempt 1 of this run')
    }))
})

test.each([
  ['not stopped when it serves all of production', 500, []],
  ['stopped with rollback while production is on the original', 60, ['StopDeployment']],
])('a deployment that is adopted by a run that was cancelled is %s', (_name, seconds, writes) =>
  inOneAccount(baseScenario, async (account) => {
    await killed(account, isCreated)
    await account.clock.sleep(seconds * 1000)
    const result = await simulateRelease({
      scenario: baseScenario,
      account,
      world: runNumber(42, 2),
      prepare: ({ abort }) => abort(),
    })
    expect(result.outputs.status).toBe('cancelled')
    expect(result.writes).toEqual(writes)
  }),
)

describe('a re-run', () => {
  test('of a release that has succeeded reports succeeded and deploys nothing', () =>
    inOneAccount(baseScenario, async (account) => {
      const first = await attempt(account, 1)
      const second = await attempt(account, 2)
      expect(second.outputs.status).toBe('succeeded')
      expect(second.id).toBe(first.id)
      expect(second.writes).toEqual([])
    }))

  test('of a release that was rolled back is a retry: a new deployment of the same revision', () =>
    inOneAccount(FAILING_HOOK, async (account) => {
      const first = await attempt(account, 1, HOOK)
      const second = await attempt(account, 2, HOOK)
      expect([first.outputs.status, second.outputs.status]).toEqual(['rolled-back', 'rolled-back'])
      expect(second.id).not.toBe(first.id)
      expect(made(account)).toEqual({ revisions: 1, deployments: 2 })
    }))

  test('waits for the rollback of its own first attempt, whatever the policy', () =>
    inOneAccount(FAILING_HOOK, async (account) => {
      await killed(account, isCreated, HOOK)
      await account.clock.sleep(146_000)
      const { outputs, writes } = await attempt(account, 2, { ...HOOK, 'on-active-deployment': 'fail' })
      expect(outputs.status).toBe('rolled-back')
      expect(writes).toEqual(['CreateDeployment'])
    }))

  test('of a release that failed and stayed is a retry', () =>
    inOneAccount(scenarios['bad-appspec'], async (account) => {
      const first = await attempt(account, 1)
      const second = await attempt(account, 2)
      expect([first.outputs.status, second.outputs.status]).toEqual(['failed', 'failed'])
      expect(second.id).not.toBe(first.id)
    }))

  test('with other inputs is another release, after the first one', () =>
    inOneAccount(baseScenario, async (account) => {
      await killed(account, isCreated)
      const { release, outputs } = await attempt(account, 2, { image: 'registry.example/web:1.2.0' })
      expect(release.adopted).toBeUndefined()
      expect(outputs).toMatchObject({ status: 'succeeded', 'previous-task-definition': 'web:2', production: 'web:3' })
    }))

  test('of an older run is refused when a newer one serves, and nothing is written', () =>
    inOneAccount(baseScenario, async (account) => {
      await attempt(account, 1, { 'wait-for': 'completion' }, 41)
      await attempt(account, 1, { image: 'registry.example/web:1.2.0', 'wait-for': 'completion' }, 42)
      const late = await attempt(account, 2, {}, 41)
      expect(late.outputs).toMatchObject({ status: 'refused', reason: 'older-run' })
      expect(late.annotation?.message).toContain("Set 'allow-older: true'")
      expect(late.writes).toEqual([])
      const allowed = await attempt(account, 3, { 'allow-older': 'true' }, 41)
      expect(allowed.outputs).toMatchObject({ status: 'succeeded', production: 'web:4' })
    }))
})

test('a deployment of another run of the same workflow is not taken for our own', () =>
  inOneAccount(baseScenario, async (account) => {
    const first = await attempt(account, 1, { 'wait-for': 'completion' }, 41)
    const second = await attempt(account, 1, {}, 42)
    expect(second.outputs.status).toBe('succeeded')
    expect(second.id).not.toBe(first.id)
  }))

test('a forged marker in the text of a description is not taken for our own', () =>
  inOneAccount(baseScenario, async (account) => {
    const forged = '[ecs-release repo=example/shop wf=release.yml run=1042.1 n=42 job=release op=release] by hand'
    await deployByOther(account, 10, { description: forged })
    const { release, writes } = await attempt(account, 2)
    expect(release.adopted).toBeUndefined()
    expect(writes).toEqual(['RegisterTaskDefinition', 'CreateDeployment'])
  }))

test('a re-run follows its own deployment also when the repository was renamed since', () =>
  inOneAccount(baseScenario, async (account) => {
    const named = (repository: string, number: number) => ({
      run: { ...runNumber(42, number).run, repository, repositoryId: '1296269' },
    })
    const releaseAs = (repository: string, number: number) =>
      simulateRelease({
        scenario: baseScenario,
        account,
        inputs: { 'wait-for-minutes': '1' },
        world: named(repository, number),
      })
    const first = await releaseAs('example/shop', 1)
    const second = await releaseAs('example/store', 2)
    expect(second.outputs['codedeploy-deployment-id']).toBe(first.outputs['codedeploy-deployment-id'])
    expect(made(account)).toEqual({ revisions: 1, deployments: 1 })
  }))
