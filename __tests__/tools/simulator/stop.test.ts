import { expect, test } from '@jest/globals'
import { hookExecutionIdOf } from '../../../tools/simulator/identity.ts'
import { baseScenario, scenarios, withGroup } from '../../../tools/simulator/scenarios.ts'
import { expectCourse, withRehearsal } from './support/rehearsal.ts'

const NEVER = { ...baseScenario, world: withGroup(baseScenario.world, { rollbackOn: [] }) }

test('S7a, S7h: a stop with rollback gives production back, whatever the group says', () =>
  withRehearsal(NEVER, async (rehearsal) => {
    const { codeDeploy, deployment, to } = rehearsal
    const id = await rehearsal.release()
    to(200)
    expect(await codeDeploy.stopDeployment({ deploymentId: id, autoRollbackEnabled: true })).toMatchObject({
      status: 'Pending',
    })
    to(202)
    expect(await codeDeploy.stopDeployment({ deploymentId: id })).toMatchObject({ status: 'Succeeded' })
    await expectCourse(rehearsal, id, [
      [204.99, 'InProgress InProgress SSSSSSRP 90/10'],
      [205, 'Stopped Failed SSSSSSFK 90/10'],
      [206, 'Stopped Failed SSSSSSFK 100/0'],
    ])
    const stopped = await deployment(id)
    expect(stopped.errorInformation?.code).toBe('MANUAL_STOP')
    const rollback = stopped.rollbackInfo?.rollbackDeploymentId ?? ''
    expect((await deployment(rollback)).createTime).toEqual(new Date('2026-08-08T12:03:25.500Z'))
    await expectCourse(rehearsal, rollback, [
      [206, 'InProgress InProgress RPPPPPPP 100/0'],
      [208.6, 'Succeeded Succeeded SSSSSSSS 100/0'],
    ])
  }))

test('S7b: a stop without rollback leaves traffic split, also when the group would roll back', () =>
  withRehearsal(scenarios.success, async (rehearsal) => {
    const id = await rehearsal.release()
    rehearsal.to(200)
    await rehearsal.codeDeploy.stopDeployment({ deploymentId: id, autoRollbackEnabled: false })
    await expectCourse(rehearsal, id, [[900, 'Stopped Failed SSSSSSFK 90/10']])
    expect(await rehearsal.taskSets()).toContain('ACTIVE web:2 2+0/2 STEADY_STATE')
    expect(await rehearsal.deployment(id)).not.toHaveProperty('rollbackInfo')
  }))

test('S7c: a stop that does not say leaves it to the group', () =>
  withRehearsal(scenarios.success, async (rehearsal) => {
    const id = await rehearsal.release()
    rehearsal.to(200)
    await rehearsal.codeDeploy.stopDeployment({ deploymentId: id })
    await expectCourse(rehearsal, id, [[206, 'Stopped Failed SSSSSSFK 100/0']])
  }))

test('S7d: a stop before anything is installed takes effect at once', () =>
  withRehearsal(scenarios.success, async ({ codeDeploy, release, row, deployment, to }) => {
    const id = await release()
    to(1)
    const answer = await codeDeploy.stopDeployment({ deploymentId: id, autoRollbackEnabled: true })
    expect(answer.status).toBe('Succeeded')
    expect(await row(id)).toBe('Stopped Failed KKKKKKKK 100/0')
    to(100)
    expect(await deployment(id)).not.toHaveProperty('rollbackInfo')
  }))

test('S7d: a stop during the first event fails that event', () =>
  withRehearsal(scenarios.success, async (rehearsal) => {
    const id = await rehearsal.release()
    rehearsal.to(3.1)
    const answer = await rehearsal.codeDeploy.stopDeployment({ deploymentId: id, autoRollbackEnabled: true })
    expect(answer.status).toBe('Succeeded')
    await expectCourse(rehearsal, id, [
      [3.1, 'Stopped Failed FKKKKKKK 100/0'],
      [100, 'Stopped Failed FKKKKKKK 100/0'],
    ])
    expect(await rehearsal.deployment(id)).not.toHaveProperty('rollbackInfo')
  }))

test('S7e: a stop while a hook is running leaves its answer without effect', () =>
  withRehearsal(scenarios.success, async (rehearsal) => {
    const id = await rehearsal.release()
    rehearsal.to(130)
    await rehearsal.codeDeploy.stopDeployment({ deploymentId: id })
    await expectCourse(rehearsal, id, [
      [135, 'Stopped Failed SSSSFKKK 100/0'],
      [200, 'Stopped Failed SSSSFKKK 100/0'],
    ])
    const late = { deploymentId: id, lifecycleEventHookExecutionId: hookExecutionIdOf(id, 'AfterAllowTestTraffic') }
    await expect(
      rehearsal.codeDeploy.putLifecycleEventHookExecutionStatus({ ...late, status: 'Succeeded' }),
    ).rejects.toMatchObject({ name: 'LifecycleEventAlreadyCompletedException' })
  }))

test('S7f: a stop while the original waits for its termination rolls back', () =>
  withRehearsal(scenarios.success, async (rehearsal) => {
    const id = await rehearsal.release()
    rehearsal.to(500)
    await rehearsal.codeDeploy.stopDeployment({ deploymentId: id, autoRollbackEnabled: true })
    await expectCourse(rehearsal, id, [
      [505, 'Stopped Failed SSSSSSSS 0/100'],
      [506, 'Stopped Failed SSSSSSSS 100/0'],
    ])
    expect(await rehearsal.taskSets()).toEqual([
      'PRIMARY web:1 2+0/2 STEADY_STATE',
      'DRAINING web:2 0+0/0 STEADY_STATE',
    ])
  }))

test('a stop in the termination wait can be assumed to be refused', () =>
  withRehearsal({ ...baseScenario, assumptions: { stopInTerminationWait: 'refused' } }, async (rehearsal) => {
    const id = await rehearsal.release()
    rehearsal.to(500)
    await expect(rehearsal.codeDeploy.stopDeployment({ deploymentId: id })).rejects.toMatchObject({
      name: 'DeploymentAlreadyCompletedException',
    })
  }))

test('S7g: a deployment that is over cannot be stopped, and a rollback never', () =>
  withRehearsal(scenarios['hook-fails'], async ({ codeDeploy, deployment, release, to }) => {
    const id = await release()
    to(146.5)
    await expect(codeDeploy.stopDeployment({ deploymentId: id })).rejects.toMatchObject({
      name: 'DeploymentAlreadyCompletedException',
    })
    const rollback = (await deployment(id)).rollbackInfo?.rollbackDeploymentId ?? ''
    await expect(codeDeploy.stopDeployment({ deploymentId: rollback })).rejects.toMatchObject({
      name: 'UnsupportedActionForDeploymentTypeException',
    })
  }))

test('S7g: a release that succeeded cannot be stopped', () =>
  withRehearsal(scenarios.success, async ({ codeDeploy, release, to }) => {
    const deploymentId = await release()
    to(800)
    await expect(codeDeploy.stopDeployment({ deploymentId })).rejects.toMatchObject({
      name: 'DeploymentAlreadyCompletedException',
      $metadata: { httpStatusCode: 400 },
    })
  }))
