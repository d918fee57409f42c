import { ContinueDeploymentCommand } from '@aws-sdk/client-codedeploy'
import { describe, expect, test } from '@jest/globals'
import { SIMULATION_START_MS } from '../../tools/simulator/clock.ts'
import type { Fault, Scenario } from '../../tools/simulator/scenario.ts'
import { baseScenario, scenarios, withGroup } from '../../tools/simulator/scenarios.ts'
import { DENIED } from '../support/faults.ts'
import { operate, releaseAndDie } from '../support/operations.ts'
import { deployByOther, runNumber } from '../support/others.ts'
import { inOneAccount } from '../support/simulated-release.ts'

const STOP = { operation: 'stop' } as const
const HELD = {
  ...baseScenario,
  world: withGroup(baseScenario.world, { ready: { action: 'STOP_DEPLOYMENT', waitMinutes: 60 } }),
}

describe('operation: stop', () => {
  test.each([
    ['is being installed', 30, 'Production traffic never left the original (web:1).'],
    ['shifts production', 150, 'Production runs web:1 again'],
    ['waits for the termination of the original', 500, 'Production runs web:1 again'],
  ])('takes back a deployment of this run that %s', (_name, seconds, sentence) =>
    inOneAccount(baseScenario, async (account) => {
      const id = await releaseAndDie(account)
      await account.clock.sleep(seconds * 1000)
      const { outputs, writes, annotation, summary, log } = await operate(account, STOP)
      expect(writes).toEqual(['StopDeployment'])
      expect(annotation).toBeUndefined()
      expect(outputs).toMatchObject({
        status: 'stopped',
        'codedeploy-deployment-id': id,
        'rollback-status': 'succeeded',
        production: 'web:1',
      })
      expect(summary).toContain(sentence)
      expect(summary).toMatch(/was stopped (at|after) \w+, as asked\. Rollback d-\w+ succeeded\./)
      expect(summary).not.toContain('by a user. Rollback')
      expect(log.join('\n')).not.toContain('Waiting until production traffic is shifted')
    }),
  )

  test('takes back also when the answers to the stop are lost and the group by itself rolls nothing back', () =>
    inOneAccount({ ...baseScenario, world: withGroup(baseScenario.world, { rollbackOn: [] }) }, async (account) => {
      await releaseAndDie(account)
      await account.clock.sleep(150_000)
      const lost: Fault = { operation: 'StopDeployment', kind: { type: 'drop-after-accept' } }
      const { outputs, annotation } = await operate(account, STOP, {
        prepare: ({ simulator }) => simulator.addFault(lost),
      })
      expect(annotation).toBeUndefined()
      expect(outputs).toMatchObject({ status: 'stopped', 'rollback-status': 'succeeded', production: 'web:1' })
    }))

  test('takes back one that waits at Ready', () =>
    inOneAccount(HELD, async (account) => {
      await releaseAndDie(account, { 'auto-promote': 'true' })
      await account.clock.sleep(300_000)
      const { outputs } = await operate(account, STOP)
      expect(outputs).toMatchObject({ status: 'stopped', production: 'web:1' })
    }))

  test.each([
    ['takes back one that waits at Ready', 'test-traffic', 'stopped', '', ['StopDeployment']],
    ['is refused where production has moved', 'production-traffic', 'refused', 'not-held', []],
  ] as const)('with only-at-ready a stop %s', (_, waitFor, status, reason, written) =>
    inOneAccount(HELD, async (account) => {
      const released = await operate(account, { 'wait-for': 'test-traffic' })
      if (waitFor === 'production-traffic') await operate(account, { operation: 'promote' })
      const asked = { ...STOP, 'only-at-ready': 'true' }
      const { outputs, writes, annotation } = await operate(account, asked)
      expect(outputs).toMatchObject({ status, reason, production: waitFor === 'test-traffic' ? 'web:1' : '' })
      expect(writes).toEqual(written)
      const id = released.outputs['codedeploy-deployment-id']
      const sentence = `Deployment ${id} does not wait at Ready (it is InProgress), so it was not stopped ('only-at-ready'). Nothing was changed.`
      expect(annotation?.message).toBe(status === 'refused' ? sentence : undefined)
    }),
  )

  test.each(['after-test-hook', 'during-test-hook'] as const)(
    'with only-at-ready a stop during the test hook takes the deployment back, with Ready shown %s',
    (readyShown) =>
      inOneAccount({ ...HELD, assumptions: { readyShown } }, async (account) => {
        const hook = { 'after-allow-test-traffic-hook': 'CodeDeployHook_validate' }
        await releaseAndDie(account, { 'wait-for': 'test-traffic', ...hook })
        await account.clock.sleep(130_000)
        const { outputs, writes } = await operate(account, { ...STOP, 'only-at-ready': 'true' })
        expect(writes).toEqual(['StopDeployment'])
        expect(outputs).toMatchObject({ status: 'stopped', production: 'web:1' })
      }),
  )

  test('with only-at-ready a stop that AWS did not take is not sent again once somebody has continued the deployment', () =>
    inOneAccount(HELD, async (account) => {
      await operate(account, { 'wait-for': 'test-traffic' })
      const away: Fault = { operation: 'StopDeployment', count: 3, kind: { type: 'throttle' } }
      const { writes, outputs } = await operate(
        account,
        { ...STOP, 'only-at-ready': 'true' },
        {
          prepare: ({ simulator, codeDeploy, clock }) => {
            simulator.addFault(away)
            const deploymentId = simulator.lane('demo:web')?.deployments.at(-1)?.id ?? ''
            const atSecond = (clock.now() - SIMULATION_START_MS) / 1000 + 5
            clock.atSecond(atSecond, async () => {
              await codeDeploy.send(new ContinueDeploymentCommand({ deploymentId, deploymentWaitType: 'READY_WAIT' }))
            })
          },
        },
      )
      expect(writes.filter((operation) => operation === 'StopDeployment')).toHaveLength(3)
      expect(account.simulator.lane('demo:web')?.deployments.map(({ kind }) => kind)).not.toContain('rollback')
      expect(outputs.status).not.toBe('stopped')
    }))

  test('never touches a deployment of another run, and says that nothing of this one is active', () =>
    inOneAccount(baseScenario, async (account) => {
      const id = await deployByOther(account, 10, {
        description: '[ecs-release repo=example/shop wf=release.yml run=5.1 n=5 job=release op=release]',
      })
      const { outputs, writes, log } = await operate(account, STOP)
      expect(writes).toEqual([])
      expect(outputs).toMatchObject({ status: 'unchanged', 'codedeploy-deployment-id': '' })
      expect(log.join('\n')).toContain(`${id} (InProgress at Install`)
      const forced = await operate(account, { ...STOP, 'deployment-id': 'active' })
      expect(forced.outputs).toMatchObject({ status: 'stopped', 'codedeploy-deployment-id': id })
    }))

  test('has nothing to do when the deployment has ended, and when none is active', () =>
    inOneAccount(baseScenario, async (account) => {
      expect((await operate(account, { ...STOP, 'deployment-id': 'active' })).outputs.status).toBe('unchanged')
      const id = await releaseAndDie(account)
      await account.clock.sleep(900_000)
      const { outputs, writes, summary } = await operate(account, STOP)
      expect(outputs).toMatchObject({ status: 'unchanged', 'codedeploy-deployment-id': id })
      expect(writes).toEqual([])
      expect(summary).toContain(`Deployment ${id} had ended already (Succeeded)`)
    }))

  const FAILS = scenarios['hook-fails']
  const HOOK = { 'after-allow-test-traffic-hook': 'CodeDeployHook_validate' } as const

  test.each<[string, Scenario, number, object, string]>([
    ['succeeded', FAILS, 300, { status: 'unchanged', 'rollback-status': 'succeeded' }, 'succeeded.'],
    [
      'is running',
      { ...FAILS, timings: { rollbackRun: 300 } },
      200,
      { status: 'unchanged', 'rollback-status': 'succeeded' },
      'succeeded.',
    ],
    [
      'failed',
      { ...FAILS, rollbackFails: true },
      300,
      { status: 'rollback-failed', 'rollback-status': 'failed' },
      'failed: The ECS service cannot be updated',
    ],
  ])('of a deployment whose rollback %s tells that rollback', (_name, scenario, seconds, told, sentence) =>
    inOneAccount(scenario, async (account) => {
      const id = await releaseAndDie(account, HOOK)
      await account.clock.sleep(seconds * 1000)
      const { outputs, writes, summary } = await operate(account, STOP)
      expect(writes).toEqual([])
      expect(outputs).toMatchObject({ ...told, 'codedeploy-deployment-id': id })
      expect(outputs['rollback-deployment-id']).toMatch(/^d-/)
      expect(summary).toContain(`Rollback ${outputs['rollback-deployment-id']} ${sentence}`)
    }),
  )

  test('of a deployment that failed with no rollback says so, after looking for one a moment only', () =>
    inOneAccount(scenarios['hook-fails-no-rollback'], async (account) => {
      await releaseAndDie(account, HOOK)
      await account.clock.sleep(3_600_000)
      const { outputs, summary, release } = await operate(account, STOP)
      expect(outputs).toMatchObject({ status: 'unchanged', 'rollback-status': 'none', 'rollback-deployment-id': '' })
      expect(summary).toContain('so there was nothing to stop. There was no rollback: no setting asks for one')
      const { startedAt, endedAt } = release
      expect((endedAt?.atMs ?? Number.NaN) - startedAt.atMs).toBeLessThan(35_000)
    }))

  test('is refused when CodeDeploy does not accept the stop, and the deployment goes on', () =>
    inOneAccount({ ...baseScenario, faults: [{ operation: 'StopDeployment', kind: DENIED }] }, async (account) => {
      await releaseAndDie(account)
      await account.clock.sleep(30_000)
      const { outputs, summary } = await operate(account, STOP)
      expect(outputs).toMatchObject({ status: 'refused', reason: 'denied' })
      expect(summary).toContain('codedeploy:StopDeployment')
      expect(summary).toContain('Nothing was changed.')
    }))

  test('does not say stopped when the rollback failed', () =>
    inOneAccount({ ...baseScenario, rollbackFails: true }, async (account) => {
      await releaseAndDie(account)
      await account.clock.sleep(150_000)
      const { outputs, annotation } = await operate(account, STOP)
      expect(outputs.status).toBe('rollback-failed')
      expect(annotation?.title).toContain('ROLLBACK FAILED')
    }))

  test('stops nothing when it was cancelled before', () =>
    inOneAccount(baseScenario, async (account) => {
      await releaseAndDie(account)
      const { outputs, writes } = await operate(account, STOP, {
        world: runNumber(42),
        prepare: ({ abort }) => abort(),
      })
      expect(outputs.status).toBe('cancelled')
      expect(writes).toEqual([])
    }))
})
