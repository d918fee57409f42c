import { expect, test } from '@jest/globals'
import { baseScenario, scenarios, withGroup } from '../../../tools/simulator/scenarios.ts'
import { expectCourse, withRehearsal } from './support/rehearsal.ts'

const HOLDS = {
  ...baseScenario,
  world: withGroup(baseScenario.world, { ready: { action: 'STOP_DEPLOYMENT', waitMinutes: 60 } }),
}
const READY_WAIT = { deploymentWaitType: 'READY_WAIT' } as const
const TERMINATION_WAIT = { deploymentWaitType: 'TERMINATION_WAIT' } as const

test('S8: a group that holds waits at Ready until it is told to continue', () =>
  withRehearsal(HOLDS, async (rehearsal) => {
    const { codeDeploy, to } = rehearsal
    const id = await rehearsal.release()
    to(100)
    const tooEarly = { name: 'DeploymentIsNotInReadyStateException' }
    await expect(codeDeploy.continueDeployment({ deploymentId: id, ...READY_WAIT })).rejects.toMatchObject(tooEarly)
    await expectCourse(rehearsal, id, [
      [125.39, 'InProgress InProgress SSSSPPPP 100/0'],
      // "During this wait time, validation tests ... are executed": CodeDeploy User Guide, deployment groups for ECS.
      [125.4, 'Ready Ready SSSSRPPP 100/0'],
      [145.39, 'Ready Ready SSSSRPPP 100/0'],
      [145.4, 'Ready Ready SSSSSPPP 100/0'],
      [200, 'Ready Ready SSSSSPPP 100/0'],
    ])
    await codeDeploy.continueDeployment({ deploymentId: id, ...READY_WAIT })
    await expect(codeDeploy.continueDeployment({ deploymentId: id, ...READY_WAIT })).rejects.toMatchObject(tooEarly)
    await expectCourse(rehearsal, id, [
      [200, 'InProgress InProgress SSSSSPPP 100/0'],
      [200.25, 'InProgress InProgress SSSSSRPP 100/0'],
      [201.1, 'InProgress InProgress SSSSSSRP 90/10'],
      [802.75, 'Succeeded Succeeded SSSSSSSS 0/100'],
    ])
  }))

test('S9: a ready wait that runs out stops the deployment and rolls nothing back', () =>
  withRehearsal(HOLDS, async (rehearsal) => {
    const id = await rehearsal.release()
    await expectCourse(rehearsal, id, [
      [3725.39, 'Ready Ready SSSSSPPP 100/0'],
      [3725.4, 'Stopped Failed SSSSSKKK 100/0'],
      [9000, 'Stopped Failed SSSSSKKK 100/0'],
    ])
    const { errorInformation, rollbackInfo } = await rehearsal.deployment(id)
    expect(errorInformation?.message).toBe(
      'The deployment timed out while waiting for a notification to continue. This time out period is 60 minutes.',
    )
    expect(rollbackInfo).toBeUndefined()
    expect(await rehearsal.taskSets()).toEqual(['PRIMARY web:1 2+0/2 STEADY_STATE', 'ACTIVE web:2 2+0/2 STEADY_STATE'])
  }))

test('a ready wait that runs out can be assumed to roll back', () =>
  withRehearsal({ ...HOLDS, assumptions: { readyTimeoutRollsBack: true } }, async ({ release, deployment, to }) => {
    const id = await release()
    to(3746)
    expect((await deployment(id)).rollbackInfo?.rollbackDeploymentId).toMatch(/^d-/)
  }))

test('Ready can be assumed to show only once the test hook is done', () =>
  withRehearsal({ ...HOLDS, assumptions: { readyShown: 'after-test-hook' } }, async (rehearsal) => {
    const id = await rehearsal.release()
    await expectCourse(rehearsal, id, [
      [145.39, 'InProgress InProgress SSSSRPPP 100/0'],
      [145.4, 'Ready Ready SSSSSPPP 100/0'],
      [3745.39, 'Ready Ready SSSSSPPP 100/0'],
      [3745.4, 'Stopped Failed SSSSSKKK 100/0'],
    ])
  }))

test('a deployment that is continued while the test hook runs waits for the hook, and for nothing else', () =>
  withRehearsal(HOLDS, async (rehearsal) => {
    const id = await rehearsal.release()
    rehearsal.to(130)
    await rehearsal.codeDeploy.continueDeployment({ deploymentId: id, ...READY_WAIT })
    await expectCourse(rehearsal, id, [
      [145.39, 'InProgress InProgress SSSSRPPP 100/0'],
      [145.65, 'InProgress InProgress SSSSSRPP 100/0'],
    ])
  }))

test('without a test listener a group that holds waits once AfterInstall is done', () => {
  const world = withGroup(HOLDS.world, { testListener: false })
  return withRehearsal({ ...HOLDS, world }, async (rehearsal) => {
    const id = await rehearsal.release({})
    await expectCourse(rehearsal, id, [
      [124.1, 'InProgress InProgress SSRPPP 100/0'],
      [124.3, 'Ready Ready SSSPPP 100/0'],
    ])
  })
})

test('a group that continues by itself cannot have a wait (observed: terraform-provider-aws#9653)', async () => {
  const world = withGroup(baseScenario.world, { ready: { action: 'CONTINUE_DEPLOYMENT', waitMinutes: 2 } })
  await expect(withRehearsal({ ...baseScenario, world }, async () => {})).rejects.toThrow(
    "Deployment ready action cannot be set to 'CONTINUE_DEPLOYMENT' when timeout is specified",
  )
})

test('a stop while it waits at Ready gives no event a failure', () =>
  withRehearsal(HOLDS, async (rehearsal) => {
    const id = await rehearsal.release()
    rehearsal.to(200)
    await rehearsal.codeDeploy.stopDeployment({ deploymentId: id, autoRollbackEnabled: true })
    await expectCourse(rehearsal, id, [[205, 'Stopped Failed SSSSSKKK 100/0']])
    rehearsal.to(206)
    expect(await rehearsal.taskSets()).toEqual([
      'PRIMARY web:1 2+0/2 STEADY_STATE',
      'DRAINING web:2 0+0/0 STEADY_STATE',
    ])
  }))

test('S19: the termination wait can be ended, once it has begun', () =>
  withRehearsal(scenarios.success, async (rehearsal) => {
    const id = await rehearsal.release()
    rehearsal.to(447)
    await expect(
      rehearsal.codeDeploy.continueDeployment({ deploymentId: id, ...TERMINATION_WAIT }),
    ).rejects.toMatchObject({ name: 'DeploymentIsNotInReadyStateException' })
    rehearsal.to(500)
    await rehearsal.codeDeploy.continueDeployment({ deploymentId: id, ...TERMINATION_WAIT })
    expect(await rehearsal.row(id)).toBe('Succeeded Succeeded SSSSSSSS 0/100')
    expect((await rehearsal.deployment(id)).completeTime).toEqual(new Date('2026-08-08T12:08:20Z'))
    expect(await rehearsal.taskSets()).toEqual([
      'DRAINING web:1 0+0/0 STEADY_STATE',
      'PRIMARY web:2 2+0/2 STEADY_STATE',
    ])
  }))
