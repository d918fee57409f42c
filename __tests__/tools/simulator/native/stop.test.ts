import { expect, test } from '@jest/globals'
import { expectCourse, withNativeRehearsal } from './support/native-rehearsal.ts'
import { nativeScenario } from './support/native-scenario.ts'

test('N7: a stop during the bake time takes production back, and a second one changes nothing', () =>
  withNativeRehearsal(nativeScenario(), async (rehearsal) => {
    const arn = await rehearsal.release()
    rehearsal.to(300)
    expect(await rehearsal.stop(arn)).toMatchObject({ serviceDeploymentArn: arn })
    await expectCourse(rehearsal, arn, [
      [300, 'ROLLBACK_REQUESTED BAKE_TIME 0/100 0/100'],
      [301, 'ROLLBACK_IN_PROGRESS BAKE_TIME 0/100 0/100'],
    ])
    rehearsal.to(302)
    await rehearsal.stop(arn, 'ROLLBACK')
    await expectCourse(rehearsal, arn, [
      [302, 'ROLLBACK_IN_PROGRESS BAKE_TIME 0/100 0/100'],
      [311, 'ROLLBACK_IN_PROGRESS BAKE_TIME 100/0 0/100'],
      [321, 'ROLLBACK_IN_PROGRESS BAKE_TIME 100/0 100/0'],
      [351, 'ROLLBACK_SUCCESSFUL BAKE_TIME 100/0 100/0'],
    ])
    expect((await rehearsal.deployment(arn)).statusReason).toBe(
      'Service deployment rolled back because it was stopped by a user.',
    )
    expect((await rehearsal.service()).taskDefinition).toMatch(/web:1$/)
  }))

test('N7a: a stop while tasks start has no traffic to move', () =>
  withNativeRehearsal(nativeScenario(), async (rehearsal) => {
    const arn = await rehearsal.release()
    rehearsal.to(50)
    await rehearsal.stop(arn)
    await expectCourse(rehearsal, arn, [
      [50, 'ROLLBACK_REQUESTED SCALE_UP 100/0 100/0'],
      [51, 'ROLLBACK_IN_PROGRESS SCALE_UP 100/0 100/0'],
      [81, 'ROLLBACK_SUCCESSFUL SCALE_UP 100/0 100/0'],
    ])
  }))

test('N7b: a stop while the former tasks are taken away starts them again before traffic goes back', () =>
  withNativeRehearsal(nativeScenario(), async (rehearsal) => {
    const arn = await rehearsal.release()
    rehearsal.to(440)
    await rehearsal.stop(arn)
    await expectCourse(rehearsal, arn, [
      [440, 'ROLLBACK_REQUESTED CLEAN_UP 0/100 0/100'],
      [441, 'ROLLBACK_IN_PROGRESS CLEAN_UP 0/100 0/100'],
      [511, 'ROLLBACK_IN_PROGRESS CLEAN_UP 100/0 0/100'],
      [521, 'ROLLBACK_IN_PROGRESS CLEAN_UP 100/0 100/0'],
      [551, 'ROLLBACK_SUCCESSFUL CLEAN_UP 100/0 100/0'],
    ])
    expect(await rehearsal.service()).toMatchObject({
      runningCount: 2,
      deployments: [{ status: 'PRIMARY', runningCount: 2 }],
    })
  }))

test('N7c: what is over cannot be stopped', () =>
  withNativeRehearsal(nativeScenario(), async (rehearsal) => {
    const arn = await rehearsal.release()
    rehearsal.to(500)
    await expect(rehearsal.stop(arn)).rejects.toMatchObject({ name: 'ConflictException' })
    await expect(rehearsal.stop(`${arn}x`)).rejects.toMatchObject({ name: 'ServiceDeploymentNotFoundException' })
  }))

test('N7d: an abort leaves everything as it is', () =>
  withNativeRehearsal(nativeScenario(), async (rehearsal) => {
    const arn = await rehearsal.release()
    rehearsal.to(100)
    await rehearsal.stop(arn, 'ABORT')
    await expectCourse(rehearsal, arn, [
      [100, 'STOP_REQUESTED PRODUCTION_TRAFFIC_SHIFT 0/100 0/100'],
      [101, 'STOPPED PRODUCTION_TRAFFIC_SHIFT 0/100 0/100'],
      [900, 'STOPPED PRODUCTION_TRAFFIC_SHIFT 0/100 0/100'],
    ])
    expect((await rehearsal.service()).deployments).toHaveLength(2)
  }))

test('a stop before the deployment has started rolls it back in seconds', () =>
  withNativeRehearsal(nativeScenario(), async (rehearsal) => {
    const arn = await rehearsal.release()
    await rehearsal.stop(arn)
    await expectCourse(rehearsal, arn, [
      [0, 'ROLLBACK_REQUESTED - 100/0 100/0'],
      [1, 'ROLLBACK_IN_PROGRESS - 100/0 100/0'],
      [2, 'ROLLBACK_SUCCESSFUL - 100/0 100/0'],
    ])
    expect((await rehearsal.service()).taskDefinition).toMatch(/web:1$/)
  }))
