import { expect, test } from '@jest/globals'
import { baseScenario, scenarios, withGroup } from '../../../tools/simulator/scenarios.ts'
import { expectCourse, HOOK, withRehearsal } from './support/rehearsal.ts'

test('S1: a release with a hook goes through every lifecycle event and ends when the original is terminated', () =>
  withRehearsal(scenarios.success, async (rehearsal) => {
    const id = await rehearsal.release()
    expect(id).toMatch(/^d-[A-Z0-9]{9}$/)
    await expectCourse(rehearsal, id, [
      [0, 'Created DeploymentNotStartedException'],
      [2.99, 'Created DeploymentNotStartedException'],
      [3, 'InProgress InProgress RPPPPPPP 100/0'],
      [3.2, 'InProgress InProgress SPPPPPPP 100/0'],
      [3.45, 'InProgress InProgress SRPPPPPP 100/0'],
      [123.44, 'InProgress InProgress SRPPPPPP 100/0'],
      [123.45, 'InProgress InProgress SSPPPPPP 100/0'],
      [123.7, 'InProgress InProgress SSRPPPPP 100/0'],
      [124.2, 'InProgress InProgress SSSPPPPP 100/0'],
      [124.45, 'InProgress InProgress SSSRPPPP 100/0'],
      [125.15, 'InProgress InProgress SSSSPPPP 100/0'],
      [125.4, 'InProgress InProgress SSSSRPPP 100/0'],
      [145.39, 'InProgress InProgress SSSSRPPP 100/0'],
      [145.4, 'InProgress InProgress SSSSSPPP 100/0'],
      [145.65, 'InProgress InProgress SSSSSRPP 100/0'],
      [146.25, 'InProgress InProgress SSSSSSPP 100/0'],
      [146.5, 'InProgress InProgress SSSSSSRP 90/10'],
      [446.49, 'InProgress InProgress SSSSSSRP 90/10'],
      [446.5, 'InProgress InProgress SSSSSSRP 0/100'],
      [447.2, 'InProgress InProgress SSSSSSSP 0/100'],
      [447.45, 'InProgress InProgress SSSSSSSR 0/100'],
      [448.15, 'InProgress Succeeded SSSSSSSS 0/100'],
      [748.14, 'InProgress Succeeded SSSSSSSS 0/100'],
      [748.15, 'Succeeded Succeeded SSSSSSSS 0/100'],
      [10_000, 'Succeeded Succeeded SSSSSSSS 0/100'],
    ])
  }))

test('S1: the task sets change hands as both CodeDeploy and ECS show them', () =>
  withRehearsal(scenarios.success, async ({ release, service, target, taskSets, to }) => {
    const id = await release()
    const course: [number, string[]][] = [
      [3, ['PRIMARY web:1 2+0/2 STEADY_STATE']],
      [3.45, ['PRIMARY web:1 2+0/2 STEADY_STATE', 'ACTIVE web:2 0+2/2 STABILIZING']],
      [63.45, ['PRIMARY web:1 2+0/2 STEADY_STATE', 'ACTIVE web:2 1+1/2 STABILIZING']],
      [93.45, ['PRIMARY web:1 2+0/2 STEADY_STATE', 'ACTIVE web:2 2+0/2 STABILIZING']],
      [123.45, ['PRIMARY web:1 2+0/2 STEADY_STATE', 'ACTIVE web:2 2+0/2 STEADY_STATE']],
      [446.5, ['ACTIVE web:1 2+0/2 STEADY_STATE', 'PRIMARY web:2 2+0/2 STEADY_STATE']],
      [748.15, ['DRAINING web:1 0+0/0 STEADY_STATE', 'PRIMARY web:2 2+0/2 STEADY_STATE']],
      [778.15, ['PRIMARY web:2 2+0/2 STEADY_STATE']],
    ]
    for (const [at, expected] of course) {
      to(at)
      expect([at, await taskSets()]).toEqual([at, expected])
      const { taskSetsInfo = [] } = await target(id)
      const seenByEcs = (await service()).taskSets ?? []
      expect(
        taskSetsInfo.map((shown) => [shown.identifer, shown.status, shown.runningCount, shown.pendingCount]),
      ).toEqual(seenByEcs.map((shown) => [shown.id, shown.status, shown.runningCount, shown.pendingCount]))
    }
    const { taskSets: left = [], taskDefinition } = await service()
    expect(left[0]?.externalId).toBe(id)
    expect(taskDefinition).toBe(left[0]?.taskDefinition)
  }))

test('S1: start, end and the overview appear when they are true and stay', () =>
  withRehearsal(scenarios.success, async ({ release, deployment, to }) => {
    const id = await release()
    const created = await deployment(id)
    expect(created.createTime).toEqual(new Date('2026-08-08T12:00:00Z'))
    expect(created).not.toHaveProperty('startTime')
    to(600)
    const running = await deployment(id)
    expect(running.startTime).toEqual(new Date('2026-08-08T12:00:03Z'))
    expect(running).not.toHaveProperty('completeTime')
    expect(running).not.toHaveProperty('deploymentOverview')
    expect(running.instanceTerminationWaitTimeStarted).toBe(false)
    to(9000)
    const over = await deployment(id)
    expect(over.completeTime).toEqual(new Date('2026-08-08T12:12:28.150Z'))
    expect(over.deploymentOverview).toEqual({
      Pending: 0,
      InProgress: 0,
      Succeeded: 1,
      Failed: 0,
      Skipped: 0,
      Ready: 0,
    })
    expect(over.instanceTerminationWaitTimeStarted).toBe(false)
  }))

test('S1a: without hooks, test listener and waits there are six events and it ends within two minutes and a bit', () =>
  withRehearsal(scenarios['no-hooks'], async (rehearsal) => {
    await expectCourse(rehearsal, await rehearsal.release({}), [
      [3, 'InProgress InProgress RPPPPP 100/0'],
      [123.7, 'InProgress InProgress SSRPPP 100/0'],
      [124.45, 'InProgress InProgress SSSRPP 100/0'],
      [125.3, 'InProgress InProgress SSSSRP 0/100'],
      [126, 'InProgress InProgress SSSSSP 0/100'],
      [126.94, 'InProgress InProgress SSSSSR 0/100'],
      [126.95, 'Succeeded Succeeded SSSSSS 0/100'],
    ])
  }))

test('S18: a hook on test traffic is silently left out when the group has no test listener', () =>
  withRehearsal(scenarios['no-hooks'], async ({ release, row, simulator, to }) => {
    const id = await release({ AfterAllowTestTraffic: HOOK })
    to(126.95)
    expect(await row(id)).toBe('Succeeded Succeeded SSSSSS 0/100')
    expect(simulator.hookLogs).toEqual([])
  }))

test('linear traffic moves step by step, the last step being what is left', () => {
  const routing = { type: 'TimeBasedLinear', percentage: 30, intervalMinutes: 2 } as const
  const world = withGroup(baseScenario.world, { deploymentConfig: 'linear' })
  const deploymentConfigs = [{ name: 'linear', computePlatform: 'ECS' as const, routing }]
  return withRehearsal({ ...baseScenario, world: { ...world, deploymentConfigs } }, async (rehearsal) => {
    await expectCourse(rehearsal, await rehearsal.release(), [
      [146.5, 'InProgress InProgress SSSSSSRP 70/30'],
      [266.5, 'InProgress InProgress SSSSSSRP 40/60'],
      [386.5, 'InProgress InProgress SSSSSSRP 10/90'],
      [506.5, 'InProgress InProgress SSSSSSRP 0/100'],
      [507.2, 'InProgress InProgress SSSSSSSP 0/100'],
    ])
  })
})
