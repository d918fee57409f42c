import { expect, test } from '@jest/globals'
import { scenarios, withGroup } from '../../../tools/simulator/scenarios.ts'
import { DirectAccount } from './support/account.ts'
import { expectCourse, withRehearsal } from './support/rehearsal.ts'
import { appSpec } from './support/revision.ts'

test('S10: a group takes one deployment at a time, from its creation to the end of the termination wait', () =>
  withRehearsal(scenarios.success, async ({ release, create, to }) => {
    const id = await release()
    for (const at of [0, 50, 600, 748.14]) {
      to(at)
      await expect(create(appSpec('web:2'))).rejects.toMatchObject({
        name: 'DeploymentLimitExceededException',
        message: `The Deployment Group 'DgpECS-demo-web' already has an active Deployment '${id}'`,
      })
    }
    to(748.15)
    expect(await create(appSpec('web:2'))).not.toBe(id)
  }))

test('S10: a rollback keeps the group busy too, from the moment it is due', () =>
  withRehearsal(scenarios['hook-fails'], async ({ create, deployment, release, to }) => {
    const id = await release()
    to(145.5)
    await expect(create(appSpec('web:2'))).rejects.toThrow(`active Deployment '${id}'`)
    to(146)
    const rollback = (await deployment(id)).rollbackInfo?.rollbackDeploymentId
    await expect(create(appSpec('web:2'))).rejects.toThrow(`active Deployment '${rollback}'`)
    to(149)
    await expect(create(appSpec('web:2'))).resolves.toMatch(/^d-/)
  }))

test('S10: the refusal names the group and the active deployment in the words of AWS', () => {
  const direct = new DirectAccount({
    ...scenarios.success,
    world: withGroup(scenarios.success.world, { name: 'web-dg' }),
  })
  const inGroup = { deploymentGroupName: 'web-dg' }
  const { deploymentId } = direct.create(appSpec('web:1'), inGroup).output
  direct.ms = 50_000
  expect(direct.create(appSpec('web:1'), inGroup)).toMatchObject({
    error: 'DeploymentLimitExceededException',
    message: `The Deployment Group 'web-dg' already has an active Deployment '${deploymentId}'`,
  })
})

test('the next release swaps the target groups back', () =>
  withRehearsal(scenarios.success, async (rehearsal) => {
    const groupOf = async (id: string, label: string) => {
      const { taskSetsInfo = [] } = await rehearsal.target(id)
      return taskSetsInfo.find((shown) => shown.taskSetLabel === label)?.targetGroup?.name
    }
    const first = await rehearsal.release()
    rehearsal.to(800)
    expect(await groupOf(first, 'Green')).toBe('web-tg-2')
    const second = await rehearsal.release()
    rehearsal.to(1000)
    expect([await groupOf(second, 'Blue'), await groupOf(second, 'Green')]).toEqual(['web-tg-2', 'web-tg-1'])
    await expectCourse(rehearsal, second, [[1600, 'Succeeded Succeeded SSSSSSSS 0/100']])
    expect(await rehearsal.taskSets()).toEqual(['PRIMARY web:3 2+0/2 STEADY_STATE'])
  }))

test('what a failed release left behind is removed when the next one installs', () =>
  withRehearsal(scenarios.alarm, async (rehearsal) => {
    const first = await rehearsal.release()
    rehearsal.to(160)
    await rehearsal.codeDeploy.stopDeployment({ deploymentId: first, autoRollbackEnabled: false })
    rehearsal.to(170)
    rehearsal.simulator.setAlarm('web-5xx', 'OK')
    const second = await rehearsal.release()
    await expectCourse(rehearsal, second, [
      [173, 'InProgress InProgress RPPPPPPP 90/0'],
      [173.45, 'InProgress InProgress SRPPPPPP 100/0'],
    ])
    expect(await rehearsal.taskSets()).toEqual(['PRIMARY web:1 2+0/2 STEADY_STATE', 'ACTIVE web:3 0+2/2 STABILIZING'])
  }))

test('S17: a broken AppSpec is accepted and fails seconds later, with no target to look at', () =>
  withRehearsal(scenarios['bad-appspec'], async (rehearsal) => {
    const id = await rehearsal.release()
    await expectCourse(rehearsal, id, [
      [2.99, 'Created DeploymentNotStartedException'],
      [3, 'Failed DeploymentTargetDoesNotExistException'],
      [60, 'Failed DeploymentTargetDoesNotExistException'],
    ])
    const { errorInformation, rollbackInfo } = await rehearsal.deployment(id)
    expect(errorInformation).toEqual({
      code: 'INVALID_REVISION',
      message:
        'The deployment failed because the AppSpec file that specifies the deployment configuration is missing or has ' +
        'an invalid configuration. The input AppSpec file is a not well-formed yaml. The template cannot be parsed.',
    })
    expect(rollbackInfo).toBeUndefined()
    expect((await rehearsal.codeDeploy.listDeploymentTargets({ deploymentId: id })).targetIds).toEqual([])
    await expect(rehearsal.create(appSpec('web:1'))).resolves.toMatch(/^d-/)
  }))
