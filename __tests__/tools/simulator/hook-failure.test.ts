import { expect, test } from '@jest/globals'
import { hookExecutionIdOf } from '../../../tools/simulator/identity.ts'
import { baseScenario, scenarios } from '../../../tools/simulator/scenarios.ts'
import { expectCourse, HOOK, type Rehearsal, withRehearsal } from './support/rehearsal.ts'
import { appSpec } from './support/revision.ts'

const HOOK_FAILED = {
  code: 'HOOK_EXECUTION_FAILURE',
  message: 'The deployment failed because one or more of the lifecycle event validation functions failed.',
}

async function rollbackOf({ deployment }: Rehearsal, id: string): Promise<string> {
  return (await deployment(id)).rollbackInfo?.rollbackDeploymentId ?? ''
}

test('S2: a failed hook ends the deployment, and the rollback is a deployment of its own a moment later', () =>
  withRehearsal(scenarios['hook-fails'], async (rehearsal) => {
    const { release, deployment, codeDeploy, taskSets, to } = rehearsal
    const id = await release()
    await expectCourse(rehearsal, id, [
      [145.39, 'InProgress InProgress SSSSRPPP 100/0'],
      [145.4, 'Failed Failed SSSSFKKK 100/0'],
    ])
    const failed = await deployment(id)
    expect(failed.errorInformation).toEqual(HOOK_FAILED)
    expect(failed.completeTime).toEqual(new Date('2026-08-08T12:02:25.400Z'))
    expect(failed).not.toHaveProperty('rollbackInfo')
    expect(await codeDeploy.listDeployments({})).toMatchObject({ deployments: [id] })

    to(145.9)
    const rollback = await rollbackOf(rehearsal, id)
    expect((await deployment(id)).rollbackInfo).toEqual({
      rollbackDeploymentId: rollback,
      rollbackMessage: `Deployment ${id} terminated. Automatic rollback is triggered with a DeploymentId ${rollback}.`,
    })
    expect(await deployment(rollback)).toMatchObject({
      status: 'Created',
      creator: 'codeDeployRollback',
      deploymentConfigName: 'CodeDeployDefault.ECSAllAtOnce',
      createTime: new Date('2026-08-08T12:02:25.900Z'),
      rollbackInfo: {
        rollbackTriggeringDeploymentId: id,
        rollbackMessage: `Deployment ${rollback} is triggered to roll back deployment ${id}.`,
      },
    })
    expect((await codeDeploy.listDeployments({})).deployments).toEqual([rollback, id])
    expect(await taskSets()).toEqual(['PRIMARY web:1 2+0/2 STEADY_STATE', 'ACTIVE web:2 2+0/2 STEADY_STATE'])

    await expectCourse(rehearsal, rollback, [
      [146.39, 'Created DeploymentNotStartedException'],
      [146.4, 'InProgress InProgress RPPPPPPP 100/0'],
    ])
    expect(await taskSets()).toEqual(['PRIMARY web:1 2+0/2 STEADY_STATE', 'DRAINING web:2 0+0/0 STEADY_STATE'])
    await expectCourse(rehearsal, rollback, [
      [148.99, 'InProgress InProgress SSSSSSSR 100/0'],
      [149, 'Succeeded Succeeded SSSSSSSS 100/0'],
    ])
    to(176.4)
    expect(await taskSets()).toEqual(['PRIMARY web:1 2+0/2 STEADY_STATE'])
    expect(await rehearsal.row(id)).toBe('Failed Failed SSSSFKKK 100/0')
    expect(rehearsal.simulator.hookLogs).toHaveLength(1)
  }))

test('S3: without automatic rollback everything stays as it is and the group is free at once', () =>
  withRehearsal(scenarios['hook-fails-no-rollback'], async (rehearsal) => {
    const { release, deployment, taskSets, to } = rehearsal
    const id = await release()
    to(145.4)
    await expect(release()).resolves.not.toBe(id)
    to(146)
    expect(await taskSets()).toEqual(['PRIMARY web:1 2+0/2 STEADY_STATE', 'ACTIVE web:2 2+0/2 STEADY_STATE'])
    to(10_000)
    expect(await rehearsal.row(id)).toMatch(/^Failed Failed SSSSFKKK/)
    expect(await deployment(id)).not.toHaveProperty('rollbackInfo')
  }))

test('S4: a hook that never calls back ends the deployment after an hour, and answering then is too late', () => {
  const hookPlans = { [HOOK]: { answer: 'none' as const, afterSeconds: 0, log: [] } }
  return withRehearsal({ ...baseScenario, hookPlans }, async (rehearsal) => {
    const { release, deployment } = rehearsal
    const id = await release()
    await expectCourse(rehearsal, id, [
      [125.4, 'InProgress InProgress SSSSRPPP 100/0'],
      [3725.39, 'InProgress InProgress SSSSRPPP 100/0'],
      [3725.4, 'Failed Failed SSSSFKKK 100/0'],
    ])
    expect((await deployment(id)).errorInformation).toEqual({
      code: 'TIMEOUT',
      message: expect.stringContaining('timed out while waiting for a status callback'),
    })
    rehearsal.to(3726)
    const rollback = await rollbackOf(rehearsal, id)
    const late = { deploymentId: id, lifecycleEventHookExecutionId: hookExecutionIdOf(id, 'AfterAllowTestTraffic') }
    await expect(
      rehearsal.codeDeploy.putLifecycleEventHookExecutionStatus({ ...late, status: 'Succeeded' }),
    ).rejects.toMatchObject({ name: 'LifecycleEventAlreadyCompletedException' })
    await expectCourse(rehearsal, rollback, [
      [3726.4, 'InProgress InProgress RPPPPPPP 100/0'],
      [3729, 'Succeeded Succeeded SSSSSSSS 100/0'],
    ])
    expect(await rehearsal.taskSets()).toEqual([
      'PRIMARY web:1 2+0/2 STEADY_STATE',
      'DRAINING web:2 0+0/0 STEADY_STATE',
    ])
  })
})

test('S16: a hook that names a function which does not exist fails within a second', () =>
  withRehearsal(scenarios.success, async (rehearsal) => {
    const id = await rehearsal.release({ AfterInstall: 'arn:aws:lambda:us-east-1:123456789012:function:nowhere' })
    await expectCourse(rehearsal, id, [
      [124.69, 'InProgress InProgress SSRPPPPP 100/0'],
      [124.7, 'Failed Failed SSFKKKKK 100/0'],
    ])
    expect((await rehearsal.deployment(id)).errorInformation).toEqual({
      code: 'IAM_ROLE_PERMISSIONS',
      message:
        'The IAM role arn:aws:iam::123456789012:role/ecsCodeDeployRole does not give you permission to perform ' +
        'operations in the following AWS service: AWSLambda.',
    })
    rehearsal.to(125.2)
    expect(await rollbackOf(rehearsal, id)).toMatch(/^d-/)
  }))

test('S16: a hook that the role of CodeDeploy may not invoke fails in the same way', () => {
  const functions = [{ name: HOOK, denied: true }]
  return withRehearsal({ ...baseScenario, world: { ...baseScenario.world, functions } }, async (rehearsal) => {
    const id = await rehearsal.release()
    await expectCourse(rehearsal, id, [
      [126.39, 'InProgress InProgress SSSSRPPP 100/0'],
      [126.4, 'Failed Failed SSSSFKKK 100/0'],
    ])
    expect((await rehearsal.deployment(id)).errorInformation?.code).toBe('IAM_ROLE_PERMISSIONS')
    expect(rehearsal.simulator.hookLogs).toEqual([])
  })
})

test('nothing is rolled back when the hook before Install fails, for nothing was installed', () =>
  withRehearsal(scenarios['hook-fails'], async (rehearsal) => {
    const id = await rehearsal.release({ BeforeInstall: HOOK })
    await expectCourse(rehearsal, id, [
      [23, 'Failed Failed FKKKKKKK 100/0'],
      [100, 'Failed Failed FKKKKKKK 100/0'],
    ])
    expect(await rehearsal.deployment(id)).not.toHaveProperty('rollbackInfo')
    expect(await rehearsal.taskSets()).toEqual(['PRIMARY web:1 2+0/2 STEADY_STATE'])
  }))

test('a hook may be named by its qualified ARN', () =>
  withRehearsal(scenarios.success, async ({ release, row, simulator, to }) => {
    const id = await release({ AfterAllowTraffic: `arn:aws:lambda:us-east-1:123456789012:function:${HOOK}:live` })
    to(440)
    expect(await row(id)).toBe('InProgress InProgress SSSSSSSR 0/100')
    expect(simulator.hookLogs).toEqual([
      { atMs: expect.any(Number), functionName: HOOK, deploymentId: id, stream: 'stdout', text: expect.any(String) },
    ])
  }))

test('S20: the pointer to the rollback comes as late as the scenario wants', () =>
  withRehearsal({ ...scenarios['hook-fails'], timings: { rollbackGap: 12 } }, async (rehearsal) => {
    const id = await rehearsal.release()
    rehearsal.to(157.39)
    expect(await rehearsal.deployment(id)).not.toHaveProperty('rollbackInfo')
    rehearsal.to(157.4)
    expect(await rollbackOf(rehearsal, id)).toMatch(/^d-/)
  }))

const whereTrafficWas: [string, number, string][] = [
  ['before the shift', 130, 'Failed Failed SSSSSSFK 100/0'],
  ['during the shift', 200, 'Failed Failed SSSSSSFK 90/10'],
  ['after the shift', 500, 'Failed Failed SSSSSSFK 0/100'],
]

test.each(whereTrafficWas)('S14: a rollback can fail itself, and traffic stays where it was %s', (_, stopAt, row) =>
  withRehearsal({ ...scenarios.success, rollbackFails: true }, async (rehearsal) => {
    const { codeDeploy, create, deployment, release, to } = rehearsal
    const id = await release()
    to(stopAt)
    await codeDeploy.stopDeployment({ deploymentId: id, autoRollbackEnabled: true })
    to(stopAt + 10)
    const before = await rehearsal.taskSets()
    const rollback = await rollbackOf(rehearsal, id)
    expect(await rehearsal.row(rollback)).toBe(row)
    expect((await deployment(rollback)).errorInformation?.code).toBe('ECS_UPDATE_ERROR')
    expect(await deployment(rollback)).not.toHaveProperty('rollbackInfo.rollbackDeploymentId')
    to(9000)
    expect(await rehearsal.taskSets()).toEqual(before)
    await expect(create(appSpec('web:1'))).resolves.toMatch(/^d-/)
  }),
)
