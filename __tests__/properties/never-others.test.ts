import { describe, expect, test } from '@jest/globals'
import type { Scenario } from '../../tools/simulator/scenario.ts'
import { baseScenario, withGroup } from '../../tools/simulator/scenarios.ts'
import { operate } from '../support/operations.ts'
import { deployByOther } from '../support/others.ts'
import { inOneAccount } from '../support/simulated-release.ts'

const HELD: Scenario = {
  ...baseScenario,
  world: withGroup(baseScenario.world, { ready: { action: 'STOP_DEPLOYMENT', waitMinutes: 60 } }),
}

/** Where a deployment can be when somebody else asks: after so many seconds. */
const STATES: [string, Scenario, number, string][] = [
  ['was just created', baseScenario, 0.5, 'Created'],
  ['is being installed', baseScenario, 30, 'InProgress'],
  ['waits at Ready', HELD, 300, 'Ready'],
  ['shifts production', baseScenario, 150, 'InProgress'],
  ['waits for the termination of the original', baseScenario, 500, 'InProgress'],
  ['has succeeded', baseScenario, 900, 'Succeeded'],
]

/** Whose it can be that is not ours: our run is 42 of `release.yml` in `example/shop`, with the id 1042. */
const OTHERS: [string, string][] = [
  ['by hand', 'by hand'],
  ['of another run', '[ecs-release repo=example/shop wf=release.yml run=1041.1 n=41 job=release op=release]'],
  ['of another repository', '[ecs-release repo=example/other wf=release.yml run=1042.1 n=42 job=release op=release]'],
  ['of a pull request', '[ecs-release repo=example/shop wf=release.yml run=1041.1 n=41 job=release op=release pr=7]'],
  ['that quotes us', '[ecs-release repo=example/shop wf=release.yml run=1042.1 n=42 job=release op=release] by hand'],
]

describe.each(['stop', 'promote', 'watch'] as const)('operation: %s with an empty deployment-id', (operation) => {
  test.each(STATES)('never touches a deployment of somebody else that %s', async (_name, scenario, seconds, status) => {
    for (const [whose, description] of OTHERS) {
      await inOneAccount(scenario, async (account) => {
        const id = await deployByOther(account, seconds, { description })
        const { outputs, writes } = await operate(account, { operation, 'deployment-id': '' })
        const deployment = account.simulator.lane('demo:web')?.deployments.find((one) => one.id === id)
        expect({ whose, writes, id: outputs['codedeploy-deployment-id'] }).toEqual({ whose, writes: [], id: '' })
        expect(outputs).toMatchObject(
          operation === 'promote' ? { status: 'refused', reason: 'not-found' } : { status: 'unchanged' },
        )
        expect(deployment?.status).toBe(status)
      })
    }
  })

  test('never touches the rollback of a deployment of somebody else', () =>
    inOneAccount(
      {
        ...baseScenario,
        alarms: [{ name: 'web-5xx', after: { event: 'AllowTraffic', seconds: 10 } }],
        timings: { rollbackRun: 60 },
      },
      async (account) => {
        await deployByOther(account, 175)
        const { outputs, writes } = await operate(account, { operation, 'deployment-id': '' })
        expect(account.simulator.lane('demo:web')?.deployments.map(({ kind }) => kind)).toContain('rollback')
        expect({ writes, id: outputs['codedeploy-deployment-id'] }).toEqual({ writes: [], id: '' })
      },
    ))
})
