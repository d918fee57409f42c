import { expect, test } from '@jest/globals'
import type { BegunDeployment, Scenario } from '../../../tools/simulator/scenario.ts'
import { baseScenario, withGroup } from '../../../tools/simulator/scenarios.ts'
import { withRehearsal } from './support/rehearsal.ts'
import { appSpec } from './support/revision.ts'

const HOLDS = withGroup(baseScenario.world, { ready: { action: 'STOP_DEPLOYMENT', waitMinutes: 60 } })

function withBegun(secondsAgo: number, change: Partial<Scenario> = {}): Scenario {
  const begun: BegunDeployment = { cluster: 'demo', service: 'web', taskDefinition: 'web:1', secondsAgo }
  return { ...baseScenario, ...change, begun: [{ ...begun, description: 'nightly' }] }
}

test.each<[number, string, Scenario]>([
  [1, 'Created DeploymentNotStartedException', withBegun(1)],
  [30, 'InProgress InProgress SRPPPPPP 100/0', withBegun(30)],
  [200, 'InProgress InProgress SSSSSSRP 90/10', withBegun(200)],
  [300, 'Ready Ready SSSSSPPP 100/0', withBegun(300, { world: HOLDS })],
  [500, 'InProgress Succeeded SSSSSSSS 0/100', withBegun(500)],
  [5_000, 'Succeeded Succeeded SSSSSSSS 0/100', withBegun(5_000)],
])('a deployment that was begun %d s before the start is where it would be then: %s', (_, row, scenario) =>
  withRehearsal(scenario, async ({ codeDeploy, deployment, row: rowOf }) => {
    const { deployments: [id = ''] = [] } = await codeDeploy.listDeployments({})
    expect((await rowOf(id)).replace(/ {2,}/g, ' ')).toBe(row)
    expect(await deployment(id)).toMatchObject({ creator: 'user', description: 'nightly' })
  }),
)

test('a deployment that has begun goes on by itself, keeps the group busy, and is no recorded call', () =>
  withRehearsal(withBegun(30), async ({ codeDeploy, create, deployment, simulator, to }) => {
    expect(simulator.calls).toEqual([])
    const { deployments: [id = ''] = [] } = await codeDeploy.listDeployments({})
    await expect(create(appSpec('web:1'))).rejects.toMatchObject({
      name: 'DeploymentLimitExceededException',
      message: `The Deployment Group 'DgpECS-demo-web' already has an active Deployment '${id}'`,
    })
    to(1_000)
    expect(await deployment(id)).toMatchObject({ status: 'Succeeded' })
    expect(await create(appSpec('web:1'))).not.toBe(id)
  }))

test('after a reset it is as old as it was at the start', () =>
  withRehearsal(withBegun(30), async ({ codeDeploy, row, simulator, to }) => {
    to(600)
    await simulator.reset()
    const { deployments: [id = '', ...others] = [] } = await codeDeploy.listDeployments({})
    expect(others).toEqual([])
    expect(await row(id)).toContain('InProgress InProgress SR')
  }))

test('a service without a deployment group cannot have one', async () => {
  const world = { ...baseScenario.world, applications: [] }
  await expect(withRehearsal(withBegun(30, { world }), async () => {})).rejects.toThrow(
    'Service demo:web has no deployment group, so nobody can deploy it.',
  )
})
