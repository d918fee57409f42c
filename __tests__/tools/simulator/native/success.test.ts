import { expect, test } from '@jest/globals'
import { nativeScenarios } from '../../../../tools/simulator/native/scenarios.ts'
import { expectCourse, withNativeRehearsal } from './support/native-rehearsal.ts'

test('N1: a blue/green deployment goes through its stages, and the hook is answered by return value', () =>
  withNativeRehearsal(nativeScenarios.native, async (rehearsal) => {
    const arn = await rehearsal.release()
    await expectCourse(rehearsal, arn, [
      [0, 'PENDING - 100/0 100/0'],
      [0.1, 'IN_PROGRESS PRE_SCALE_UP 100/0 100/0'],
      [1.1, 'IN_PROGRESS SCALE_UP 100/0 100/0'],
      [61.1, 'IN_PROGRESS POST_SCALE_UP 100/0 100/0'],
      [62.1, 'IN_PROGRESS TEST_TRAFFIC_SHIFT 100/0 0/100'],
      [92.1, 'IN_PROGRESS POST_TEST_TRAFFIC_SHIFT 100/0 0/100'],
      [113.1, 'IN_PROGRESS PRE_PRODUCTION_TRAFFIC_SHIFT 100/0 0/100'],
      [114.1, 'IN_PROGRESS PRODUCTION_TRAFFIC_SHIFT 0/100 0/100'],
      [144.1, 'IN_PROGRESS POST_PRODUCTION_TRAFFIC_SHIFT 0/100 0/100'],
      [145.1, 'IN_PROGRESS BAKE_TIME 0/100 0/100'],
      [445.1, 'IN_PROGRESS CLEAN_UP 0/100 0/100'],
      [480.1, 'SUCCESSFUL CLEAN_UP 0/100 0/100'],
    ])
    const { deployments, taskDefinition } = await rehearsal.service()
    expect(deployments).toHaveLength(1)
    expect(taskDefinition).toMatch(/web:2$/)
    expect(rehearsal.complaints).toEqual([])
  }))

test('N2: a hook that returns FAILED rolls back, as states of the same deployment', () =>
  withNativeRehearsal(nativeScenarios['native-hook-fails'], async (rehearsal) => {
    const arn = await rehearsal.release()
    await expectCourse(rehearsal, arn, [
      [92.1, 'IN_PROGRESS POST_TEST_TRAFFIC_SHIFT 100/0 0/100'],
      [113.1, 'ROLLBACK_REQUESTED POST_TEST_TRAFFIC_SHIFT 100/0 0/100'],
      [114.1, 'ROLLBACK_IN_PROGRESS POST_TEST_TRAFFIC_SHIFT 100/0 0/100'],
      [124.1, 'ROLLBACK_IN_PROGRESS POST_TEST_TRAFFIC_SHIFT 100/0 100/0'],
      [154.1, 'ROLLBACK_SUCCESSFUL POST_TEST_TRAFFIC_SHIFT 100/0 100/0'],
    ])
    expect(await rehearsal.deployment(arn)).toMatchObject({
      statusReason:
        'Service deployment rolled back because POST_TEST_TRAFFIC_SHIFT lifecycle hook(s) failed. Lifecycle hook target ' +
        'arn:aws:lambda:us-east-1:123456789012:function:validate returned FAILED status.',
    })
    const { deployments, taskDefinition } = await rehearsal.service()
    expect(deployments).toHaveLength(1)
    expect(taskDefinition).toMatch(/web:1$/)
  }))
