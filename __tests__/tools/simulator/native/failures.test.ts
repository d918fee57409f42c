import { expect, test } from '@jest/globals'
import { nativeHook } from '../../../../tools/simulator/native/scenarios.ts'
import { baseScenario } from '../../../../tools/simulator/scenarios.ts'
import { expectCourse, withNativeRehearsal } from './support/native-rehearsal.ts'
import { nativeScenario } from './support/native-scenario.ts'

const NEVER = { replacement: { ...baseScenario.replacement, health: 'never' as const } }
const OFF = { deploymentCircuitBreaker: { enable: false, rollback: false } }

test('N8a: the circuit breaker rolls back after three tasks that stopped', () =>
  withNativeRehearsal(nativeScenario({ more: NEVER }), async (rehearsal) => {
    const arn = await rehearsal.release()
    const counts: unknown[] = []
    for (const at of [26, 26.1, 51.1, 76.1]) {
      rehearsal.to(at)
      const { deploymentCircuitBreaker: breaker } = await rehearsal.deployment(arn)
      const [primary] = (await rehearsal.service()).deployments ?? []
      counts.push([breaker?.failureCount, breaker?.status, primary?.failedTasks])
    }
    expect(counts).toEqual([
      [0, 'MONITORING', 0],
      [1, 'MONITORING', 1],
      [2, 'MONITORING', 2],
      [3, 'TRIGGERED', 3],
    ])
    const startedBy = (await rehearsal.service()).deployments?.[0]?.id
    const stopped = await rehearsal.ecs.listTasks({ cluster: 'demo', startedBy, desiredStatus: 'STOPPED' })
    expect(stopped.taskArns).toHaveLength(3)
    const { tasks } = await rehearsal.ecs.describeTasks({ cluster: 'demo', tasks: stopped.taskArns })
    expect(tasks?.[0]).toMatchObject({
      stopCode: 'EssentialContainerExited',
      group: 'service:web',
      startedBy,
      taskDefinitionArn: expect.stringMatching(/web:2$/),
    })
    await expectCourse(rehearsal, arn, [
      [76.1, 'ROLLBACK_REQUESTED SCALE_UP 100/0 100/0'],
      [77.1, 'ROLLBACK_IN_PROGRESS SCALE_UP 100/0 100/0'],
      [107.1, 'ROLLBACK_SUCCESSFUL SCALE_UP 100/0 100/0'],
    ])
    expect((await rehearsal.deployment(arn)).statusReason).toBe(
      'Service deployment rolled back because the circuit breaker threshold was exceeded.',
    )
  }))

test('N8b: without a circuit breaker ECS waits a day for tasks that never get healthy', () =>
  withNativeRehearsal(nativeScenario({ config: OFF, more: NEVER }), async (rehearsal) => {
    const arn = await rehearsal.release()
    await expectCourse(rehearsal, arn, [
      [200, 'IN_PROGRESS SCALE_UP 100/0 100/0'],
      [86_401.1, 'ROLLBACK_REQUESTED SCALE_UP 100/0 100/0'],
      [86_402.1, 'ROLLBACK_IN_PROGRESS SCALE_UP 100/0 100/0'],
      [86_432.1, 'ROLLBACK_SUCCESSFUL SCALE_UP 100/0 100/0'],
    ])
    expect(await rehearsal.events()).toContain('(service web) is unable to consistently start tasks successfully.')
  }))

test('N8c: a first deployment that fails has nothing to go back to', () =>
  withNativeRehearsal(nativeScenario({ service: { firstDeployment: true }, more: NEVER }), async (rehearsal) => {
    const arn = rehearsal.arnOf(await rehearsal.service())
    await expectCourse(rehearsal, arn, [
      [76.1, 'ROLLBACK_REQUESTED SCALE_UP 100/0 100/0'],
      [77.1, 'ROLLBACK_IN_PROGRESS SCALE_UP 100/0 100/0'],
      [78.1, 'ROLLBACK_FAILED SCALE_UP 100/0 100/0'],
    ])
    const shown = await rehearsal.deployment(arn)
    expect(shown).toMatchObject({
      statusReason: 'No rollback candidate was found to run the rollback.',
      sourceServiceRevisions: [],
    })
    expect((await rehearsal.events()).join('\n')).toContain('the circuit breaker threshold was exceeded.')
  }))

test('a circuit breaker that does not roll back stops the deployment', () => {
  const config = { deploymentCircuitBreaker: { enable: true, rollback: false } }
  return withNativeRehearsal(nativeScenario({ config, more: NEVER }), async (rehearsal) => {
    const arn = await rehearsal.release()
    await expectCourse(rehearsal, arn, [
      [76.1, 'STOPPED SCALE_UP 100/0 100/0'],
      [900, 'STOPPED SCALE_UP 100/0 100/0'],
    ])
  })
})

test('tasks that die in the bake time are replaced, and only the circuit breaker minds', async () => {
  const dies = { event: 'BAKE_TIME', seconds: 10 }
  const more = { replacement: { ...baseScenario.replacement, health: 'dies' as const, dies } }
  await withNativeRehearsal(nativeScenario({ more }), async (rehearsal) => {
    const arn = await rehearsal.release()
    rehearsal.to(210.1)
    expect(await rehearsal.row(arn)).toBe('ROLLBACK_REQUESTED BAKE_TIME 0/100 0/100')
  })
  await withNativeRehearsal(nativeScenario({ config: OFF, more }), async (rehearsal) => {
    const arn = await rehearsal.release()
    rehearsal.to(1000)
    expect(await rehearsal.row(arn)).toBe('SUCCESSFUL CLEAN_UP 0/100 0/100')
  })
})

test('N11b: a rollback fails when the rules are gone, and production stays where it was', () => {
  const config = {
    strategy: 'CANARY' as const,
    canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 5 },
  }
  const course = { ruleEdits: [{ atSeconds: 260, deleted: true }] }
  return withNativeRehearsal(nativeScenario({ config, course }), async (rehearsal) => {
    const arn = await rehearsal.release()
    rehearsal.to(250)
    rehearsal.simulator.setAlarm('web-5xx', 'ALARM')
    const statuses: [number, string][] = [
      [266, 'ROLLBACK_IN_PROGRESS'],
      [276, 'ROLLBACK_IN_PROGRESS'],
      [285.9, 'ROLLBACK_IN_PROGRESS'],
      [286, 'ROLLBACK_FAILED'],
    ]
    for (const [at, status] of statuses) {
      rehearsal.to(at)
      expect([at, (await rehearsal.deployment(arn)).status]).toEqual([at, status])
    }
    expect(await rehearsal.deployment(arn)).toMatchObject({
      rollback: { reason: expect.stringContaining('active alarms') },
      statusReason: expect.stringContaining('One or more rules not found'),
      targetServiceRevision: { requestedProductionTrafficWeight: 10 },
    })
    expect(rehearsal.simulator.lane('demo:web')?.service?.production).toEqual([90, 10])
  })
})

test('N16: two weighted target groups in the production rule fail a deployment as it starts', () =>
  withNativeRehearsal(nativeScenario({ service: { productionWeights: [60, 40] } }), async (rehearsal) => {
    const arn = await rehearsal.release()
    await expectCourse(rehearsal, arn, [
      [0.1, 'IN_PROGRESS PRE_SCALE_UP 60/40 100/0'],
      [1.1, 'ROLLBACK_REQUESTED PRE_SCALE_UP 60/40 100/0'],
      [2.1, 'ROLLBACK_IN_PROGRESS PRE_SCALE_UP 60/40 100/0'],
      [3.1, 'ROLLBACK_SUCCESSFUL PRE_SCALE_UP 60/40 100/0'],
    ])
    expect((await rehearsal.deployment(arn)).statusReason).toMatch(
      /^Service deployment rolled back because of invalid networking configuration\. .*should have exactly one target group serving traffic but found 2 target groups/,
    )
  }))

test('N17: hooks whose role cannot be assumed, or that may not be invoked, fail at once', async () => {
  const lifecycleHooks = [nativeHook('validate', 'PRE_SCALE_UP')]
  const reasonIn = async (scenario: ReturnType<typeof nativeScenario>) => {
    let reason: string | undefined
    await withNativeRehearsal(scenario, async (rehearsal) => {
      const arn = await rehearsal.release()
      rehearsal.to(10)
      reason = (await rehearsal.deployment(arn)).statusReason
    })
    return reason
  }
  const config = { lifecycleHooks }
  expect(await reasonIn(nativeScenario({ config, service: { hookRoleBroken: true } }))).toBe(
    'Service deployment rolled back because PRE_SCALE_UP lifecycle hook(s) failed. ECS was unable to assume role ' +
      'arn:aws:iam::123456789012:role/ecs-hooks',
  )
  const denied = nativeScenario({ config })
  const functions = [{ name: 'validate', denied: true }]
  expect(await reasonIn({ ...denied, world: { ...denied.world, functions } })).toContain(
    'is not authorized to perform: lambda:InvokeFunction',
  )
  expect(await reasonIn({ ...denied, world: { ...denied.world, functions: [] } })).toContain('Function not found')
})

test('an infrastructure role without rights fails the first traffic shift', () =>
  withNativeRehearsal(nativeScenario({ service: { infrastructureRoleDenied: true } }), async (rehearsal) => {
    const arn = await rehearsal.release()
    rehearsal.to(62.1)
    expect(await rehearsal.row(arn)).toBe('ROLLBACK_REQUESTED TEST_TRAFFIC_SHIFT 100/0 100/0')
    rehearsal.to(120)
    expect((await rehearsal.deployment(arn)).statusReason).toContain(
      'TEST_TRAFFIC_SHIFT lifecycle hook(s) failed. User: arn:aws:sts::123456789012:assumed-role/ecs-infrastructure/' +
        'ECSNetworkingWithELB is not authorized to perform: elasticloadbalancing:ModifyListener',
    )
  }))
