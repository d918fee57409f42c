import { expect, test } from '@jest/globals'
import { expectCourse, withNativeRehearsal } from './support/native-rehearsal.ts'
import { nativeScenario } from './support/native-scenario.ts'

const CANARY = {
  strategy: 'CANARY' as const,
  canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 5 },
}
const AT_TEN = 'IN_PROGRESS PRODUCTION_TRAFFIC_SHIFT 90/10 0/100'

test('N1a: without hooks, test rule and bake time a deployment takes its 160 seconds', () => {
  const scenario = nativeScenario({ config: { bakeTimeInMinutes: 0 }, service: { testRule: false } })
  return withNativeRehearsal(scenario, async (rehearsal) => {
    const arn = await rehearsal.release()
    await expectCourse(rehearsal, arn, [
      [0.1, 'IN_PROGRESS PRE_SCALE_UP 100/0 -'],
      [1.1, 'IN_PROGRESS SCALE_UP 100/0 -'],
      [61.1, 'IN_PROGRESS POST_SCALE_UP 100/0 -'],
      [62.1, 'IN_PROGRESS TEST_TRAFFIC_SHIFT 100/0 -'],
      [92.1, 'IN_PROGRESS POST_TEST_TRAFFIC_SHIFT 100/0 -'],
      [93.1, 'IN_PROGRESS PRE_PRODUCTION_TRAFFIC_SHIFT 100/0 -'],
      [94.1, 'IN_PROGRESS PRODUCTION_TRAFFIC_SHIFT 0/100 -'],
      [124.1, 'IN_PROGRESS POST_PRODUCTION_TRAFFIC_SHIFT 0/100 -'],
      [125.1, 'IN_PROGRESS CLEAN_UP 0/100 -'],
      [160.1, 'SUCCESSFUL CLEAN_UP 0/100 -'],
    ])
    const { targetServiceRevision } = await rehearsal.deployment(arn)
    expect(targetServiceRevision).not.toHaveProperty('requestedTestTrafficWeight')
  })
})

test('N5: an alarm while a canary waits rolls back what had moved', () =>
  withNativeRehearsal(nativeScenario({ config: CANARY }), async (rehearsal) => {
    const arn = await rehearsal.release()
    await expectCourse(rehearsal, arn, [
      [93.1, 'IN_PROGRESS PRE_PRODUCTION_TRAFFIC_SHIFT 100/0 0/100'],
      [94.1, AT_TEN],
      [124.1, AT_TEN],
    ])
    expect((await rehearsal.deployment(arn)).targetServiceRevision).toMatchObject({
      requestedProductionTrafficWeight: 10,
      requestedTestTrafficWeight: 100,
    })
    rehearsal.to(250)
    rehearsal.simulator.setAlarm('web-5xx', 'ALARM')
    await expectCourse(rehearsal, arn, [
      [250, AT_TEN],
      [265, 'ROLLBACK_REQUESTED PRODUCTION_TRAFFIC_SHIFT 90/10 0/100'],
      [266, 'ROLLBACK_IN_PROGRESS PRODUCTION_TRAFFIC_SHIFT 90/10 0/100'],
      [276, 'ROLLBACK_IN_PROGRESS PRODUCTION_TRAFFIC_SHIFT 100/0 0/100'],
      [286, 'ROLLBACK_IN_PROGRESS PRODUCTION_TRAFFIC_SHIFT 100/0 100/0'],
      [316, 'ROLLBACK_SUCCESSFUL PRODUCTION_TRAFFIC_SHIFT 100/0 100/0'],
    ])
    const reason = 'Service deployment rolled back because of one or more active alarms.'
    const shown = await rehearsal.deployment(arn)
    expect(shown).toMatchObject({
      statusReason: reason,
      alarms: { status: 'TRIGGERED', alarmNames: ['web-5xx'], triggeredAlarmNames: ['web-5xx'] },
      rollback: { reason, serviceRevisionArn: shown.sourceServiceRevisions?.[0]?.arn },
      deploymentCircuitBreaker: { status: 'MONITORING_COMPLETE', failureCount: 0, threshold: 3 },
      targetServiceRevision: { requestedTaskCount: 0, runningTaskCount: 0, requestedProductionTrafficWeight: 0 },
      sourceServiceRevisions: [{ requestedTaskCount: 2, requestedProductionTrafficWeight: 100 }],
    })
  }))

test('N5: a canary without an alarm moves the rest after its wait', () =>
  withNativeRehearsal(nativeScenario({ config: CANARY }), async (rehearsal) => {
    const arn = await rehearsal.release()
    await expectCourse(rehearsal, arn, [
      [124.1, AT_TEN],
      [424.1, 'IN_PROGRESS PRE_PRODUCTION_TRAFFIC_SHIFT 90/10 0/100'],
      [425.1, 'IN_PROGRESS PRODUCTION_TRAFFIC_SHIFT 0/100 0/100'],
      [455.1, 'IN_PROGRESS POST_PRODUCTION_TRAFFIC_SHIFT 0/100 0/100'],
      [456.1, 'IN_PROGRESS BAKE_TIME 0/100 0/100'],
      [756.1, 'IN_PROGRESS CLEAN_UP 0/100 0/100'],
      [791.1, 'SUCCESSFUL CLEAN_UP 0/100 0/100'],
    ])
  }))

test('N5a: an alarm that is active at the start is not watched', () =>
  withNativeRehearsal(nativeScenario(), async (rehearsal) => {
    rehearsal.simulator.setAlarm('web-5xx', 'ALARM')
    const arn = await rehearsal.release()
    rehearsal.to(1)
    expect((await rehearsal.deployment(arn)).alarms).toMatchObject({ status: 'DISABLED' })
    rehearsal.to(500)
    expect(await rehearsal.row(arn)).toBe('SUCCESSFUL CLEAN_UP 0/100 0/100')
  }))

test('N5b: alarms that do not roll back stop the deployment where it is', () => {
  const alarms = { alarmNames: ['web-5xx'], enable: true, rollback: false }
  return withNativeRehearsal(nativeScenario({ config: { ...CANARY, alarms } }), async (rehearsal) => {
    const arn = await rehearsal.release()
    rehearsal.to(250)
    rehearsal.simulator.setAlarm('web-5xx', 'ALARM')
    await expectCourse(rehearsal, arn, [
      [250, AT_TEN],
      [265, 'STOPPED PRODUCTION_TRAFFIC_SHIFT 90/10 0/100'],
      [900, 'STOPPED PRODUCTION_TRAFFIC_SHIFT 90/10 0/100'],
    ])
    const shown = await rehearsal.deployment(arn)
    expect(shown).toMatchObject({
      statusReason: 'Service deployment stopped because of one or more active alarms.',
      targetServiceRevision: { runningTaskCount: 2 },
      sourceServiceRevisions: [{ runningTaskCount: 2 }],
    })
    expect([shown.stoppedAt, shown.finishedAt, shown.rollback]).toEqual([expect.any(Date), undefined, undefined])
  })
})

test('N5c: an alarm in the bake time takes all of production back', () =>
  withNativeRehearsal(nativeScenario(), async (rehearsal) => {
    const arn = await rehearsal.release()
    rehearsal.to(200)
    rehearsal.simulator.setAlarm('web-5xx', 'ALARM')
    await expectCourse(rehearsal, arn, [
      [200, 'IN_PROGRESS BAKE_TIME 0/100 0/100'],
      [215, 'ROLLBACK_REQUESTED BAKE_TIME 0/100 0/100'],
      [216, 'ROLLBACK_IN_PROGRESS BAKE_TIME 0/100 0/100'],
      [226, 'ROLLBACK_IN_PROGRESS BAKE_TIME 100/0 0/100'],
      [236, 'ROLLBACK_IN_PROGRESS BAKE_TIME 100/0 100/0'],
      [266, 'ROLLBACK_SUCCESSFUL BAKE_TIME 100/0 100/0'],
    ])
  }))

test('N6: a linear shift moves in its steps, with a wait after each but the last', () => {
  const config = { strategy: 'LINEAR' as const, linearConfiguration: { stepPercent: 25, stepBakeTimeInMinutes: 2 } }
  return withNativeRehearsal(nativeScenario({ config }), async (rehearsal) => {
    const arn = await rehearsal.release()
    await expectCourse(rehearsal, arn, [
      [93.1, 'IN_PROGRESS PRE_PRODUCTION_TRAFFIC_SHIFT 100/0 0/100'],
      [94.1, 'IN_PROGRESS PRODUCTION_TRAFFIC_SHIFT 75/25 0/100'],
      [124.1, 'IN_PROGRESS PRODUCTION_TRAFFIC_SHIFT 75/25 0/100'],
      [244.1, 'IN_PROGRESS PRE_PRODUCTION_TRAFFIC_SHIFT 75/25 0/100'],
      [245.1, 'IN_PROGRESS PRODUCTION_TRAFFIC_SHIFT 50/50 0/100'],
      [395.1, 'IN_PROGRESS PRE_PRODUCTION_TRAFFIC_SHIFT 50/50 0/100'],
      [396.1, 'IN_PROGRESS PRODUCTION_TRAFFIC_SHIFT 25/75 0/100'],
      [546.1, 'IN_PROGRESS PRE_PRODUCTION_TRAFFIC_SHIFT 25/75 0/100'],
      [547.1, 'IN_PROGRESS PRODUCTION_TRAFFIC_SHIFT 0/100 0/100'],
      [577.1, 'IN_PROGRESS POST_PRODUCTION_TRAFFIC_SHIFT 0/100 0/100'],
      [578.1, 'IN_PROGRESS BAKE_TIME 0/100 0/100'],
      [878.1, 'IN_PROGRESS CLEAN_UP 0/100 0/100'],
      [913.1, 'SUCCESSFUL CLEAN_UP 0/100 0/100'],
    ])
  })
})

test('N6: a percentage that does not divide 100 ends in a smaller step', () => {
  const config = { strategy: 'LINEAR' as const, linearConfiguration: { stepPercent: 30, stepBakeTimeInMinutes: 0 } }
  return withNativeRehearsal(nativeScenario({ config }), async (rehearsal) => {
    const arn = await rehearsal.release()
    const seen: unknown[] = []
    for (const at of [95, 126, 157, 188]) {
      rehearsal.to(at)
      seen.push((await rehearsal.deployment(arn)).targetServiceRevision?.requestedProductionTrafficWeight)
    }
    expect(seen).toEqual([30, 60, 90, 100])
  })
})

test('N12: without a load balancer nothing is shifted, and the stages and hooks run all the same', () =>
  withNativeRehearsal(nativeScenario({ service: { loadBalancer: 'none' } }), async (rehearsal) => {
    const arn = await rehearsal.release()
    rehearsal.to(95)
    const shown = await rehearsal.deployment(arn)
    expect(shown.lifecycleStage).toBe('PRODUCTION_TRAFFIC_SHIFT')
    for (const one of [shown.targetServiceRevision, ...(shown.sourceServiceRevisions ?? [])]) {
      expect(one).not.toHaveProperty('requestedProductionTrafficWeight')
      expect(one).not.toHaveProperty('requestedTestTrafficWeight')
    }
    expect((await rehearsal.service()).loadBalancers).toEqual([])
    rehearsal.to(500)
    expect((await rehearsal.deployment(arn)).status).toBe('SUCCESSFUL')
  }))

test('N19: a network load balancer takes ten minutes more for each traffic stage, and its rules are listeners', () =>
  withNativeRehearsal(nativeScenario({ service: { loadBalancer: 'network' } }), async (rehearsal) => {
    const arn = await rehearsal.release()
    const stages: [number, string][] = [
      [62.1, 'TEST_TRAFFIC_SHIFT'],
      [692, 'TEST_TRAFFIC_SHIFT'],
      [692.1, 'POST_TEST_TRAFFIC_SHIFT'],
      [694.1, 'PRODUCTION_TRAFFIC_SHIFT'],
      [1324.1, 'POST_PRODUCTION_TRAFFIC_SHIFT'],
    ]
    for (const [at, stage] of stages) {
      rehearsal.to(at)
      expect([at, (await rehearsal.deployment(arn)).lifecycleStage]).toEqual([at, stage])
    }
    const { advancedConfiguration } = (await rehearsal.service()).loadBalancers?.[0] ?? {}
    const listener = advancedConfiguration?.productionListenerRule
    expect(listener).toMatch(/:listener\/net\/web\//)
    const { Listeners } = await rehearsal.elb.describeListeners({ ListenerArns: [listener ?? ''] })
    expect(Listeners?.[0]).toMatchObject({
      Protocol: 'TCP',
      DefaultActions: [{ ForwardConfig: { TargetGroups: [{ Weight: 0 }, { Weight: 100 }] } }],
    })
  }))
