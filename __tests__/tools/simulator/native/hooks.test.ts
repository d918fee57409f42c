import { expect, test } from '@jest/globals'
import { nativeHook } from '../../../../tools/simulator/native/scenarios.ts'
import type { NativeCourse, NativeHookPlan } from '../../../../tools/simulator/native/seeds.ts'
import { expectCourse, type NativeRehearsal, START_MS, withNativeRehearsal } from './support/native-rehearsal.ts'
import { nativeScenario } from './support/native-scenario.ts'

const ARN = 'arn:aws:lambda:us-east-1:123456789012:function:validate'

function answering(...answers: NativeHookPlan['answers']): NativeCourse {
  return { hookPlans: { validate: { answers } } }
}

function hookAt(stage: string, course: NativeCourse, more: object = {}) {
  return nativeScenario({ config: { lifecycleHooks: [nativeHook('validate', stage, more)] }, course })
}

function invocations({ simulator }: NativeRehearsal) {
  return (simulator.lane('demo:web')?.native?.deployments ?? []).flatMap((deployment) => deployment.invocations)
}

function invokedAt(rehearsal: NativeRehearsal): number[] {
  return invocations(rehearsal).map(({ startedMs }) => (startedMs - START_MS) / 1000)
}

const SUCCEEDS = { afterSeconds: 1, hookStatus: 'SUCCEEDED' }

test('N1: the function is invoked a second into its stage, with what ECS says of the deployment', () =>
  withNativeRehearsal(
    hookAt('POST_TEST_TRAFFIC_SHIFT', answering(SUCCEEDS), { hookDetails: { url: 'https://test.example.com/' } }),
    async (rehearsal) => {
      const arn = await rehearsal.release()
      rehearsal.to(93.1)
      expect(invokedAt(rehearsal)).toEqual([93.1])
      const { serviceArn, targetServiceRevision } = await rehearsal.deployment(arn)
      expect(invocations(rehearsal)[0]?.event).toEqual({
        executionId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        lifecycleStage: 'POST_TEST_TRAFFIC_SHIFT',
        resourceArn: arn,
        executionDetails: {
          serviceArn,
          targetServiceRevisionArn: targetServiceRevision?.arn,
          testTrafficWeights: {},
          productionTrafficWeights: {},
        },
        hookDetails: { url: 'https://test.example.com/' },
      })
    },
  ))

test('weights are handed over at the stages that have any: those to come, or those before a step', () => {
  const stages = ['TEST_TRAFFIC_SHIFT', 'PRE_PRODUCTION_TRAFFIC_SHIFT', 'PRODUCTION_TRAFFIC_SHIFT']
  const config = {
    strategy: 'CANARY' as const,
    canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 1 },
    lifecycleHooks: stages.map((stage) => nativeHook('validate', stage)),
  }
  return withNativeRehearsal(nativeScenario({ config, course: answering(SUCCEEDS) }), async (rehearsal) => {
    const arn = await rehearsal.release()
    rehearsal.to(400)
    const { targetServiceRevision, sourceServiceRevisions } = await rehearsal.deployment(arn)
    const [green = '', blue = ''] = [targetServiceRevision?.arn, sourceServiceRevisions?.[0]?.arn]
    const seen = invocations(rehearsal).map(({ event: { lifecycleStage, executionDetails } }) => {
      const { testTrafficWeights: test, productionTrafficWeights: production } = executionDetails
      return [lifecycleStage, test[green], test[blue], production[green], production[blue]]
    })
    const none = undefined
    expect(seen).toEqual([
      ['TEST_TRAFFIC_SHIFT', 100, 0, none, none],
      ['PRE_PRODUCTION_TRAFFIC_SHIFT', none, none, 0, 100],
      ['PRODUCTION_TRAFFIC_SHIFT', none, none, 10, 90],
      ['PRE_PRODUCTION_TRAFFIC_SHIFT', none, none, 10, 90],
      ['PRODUCTION_TRAFFIC_SHIFT', none, none, 100, 0],
    ])
  })
})

const UNPARSED: [string, NativeHookPlan['answers'][number]][] = [
  ['raises', { afterSeconds: 20, throws: true }],
  ['returns no status', { afterSeconds: 20 }],
]

test.each(UNPARSED)('N2a: a function that %s rolls back at once and is not asked again', (_, answer) =>
  withNativeRehearsal(hookAt('POST_TEST_TRAFFIC_SHIFT', answering(answer)), async (rehearsal) => {
    const arn = await rehearsal.release()
    await expectCourse(rehearsal, arn, [
      [92.1, 'IN_PROGRESS POST_TEST_TRAFFIC_SHIFT 100/0 0/100'],
      [113.1, 'ROLLBACK_REQUESTED POST_TEST_TRAFFIC_SHIFT 100/0 0/100'],
    ])
    rehearsal.to(154.1)
    expect(await rehearsal.deployment(arn)).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      statusReason:
        'Service deployment rolled back because POST_TEST_TRAFFIC_SHIFT lifecycle hook(s) failed. ECS was unable to ' +
        `parse the response from ${ARN} due to: HookStatus must not be null.`,
    })
    expect(invokedAt(rehearsal)).toEqual([93.1])
  }),
)

test('N2b: a refusal before anything was started is over in seconds', () =>
  withNativeRehearsal(
    hookAt('PRE_SCALE_UP', answering({ afterSeconds: 1, hookStatus: 'FAILED' })),
    async (rehearsal) => {
      const arn = await rehearsal.release()
      await expectCourse(rehearsal, arn, [
        [0.1, 'IN_PROGRESS PRE_SCALE_UP 100/0 100/0'],
        [2.1, 'ROLLBACK_REQUESTED PRE_SCALE_UP 100/0 100/0'],
        [3.1, 'ROLLBACK_IN_PROGRESS PRE_SCALE_UP 100/0 100/0'],
        [4.1, 'ROLLBACK_SUCCESSFUL PRE_SCALE_UP 100/0 100/0'],
      ])
      const startedBy = `ecs-svc/${(await rehearsal.deployment(arn)).targetServiceRevision?.arn?.split('/').at(-1)}`
      for (const desiredStatus of ['RUNNING', 'STOPPED'] as const) {
        const { taskArns } = await rehearsal.ecs.listTasks({ cluster: 'demo', startedBy, desiredStatus })
        expect(taskArns).toEqual([])
      }
    },
  ))

test('N2c: a function that is never ready is given a day', () =>
  withNativeRehearsal(
    hookAt('POST_TEST_TRAFFIC_SHIFT', answering({ afterSeconds: 1, hookStatus: 'IN_PROGRESS', callBackDelay: 3600 })),
    async (rehearsal) => {
      const arn = await rehearsal.release()
      await expectCourse(rehearsal, arn, [
        [92.1, 'IN_PROGRESS POST_TEST_TRAFFIC_SHIFT 100/0 0/100'],
        [86_492.1, 'ROLLBACK_REQUESTED POST_TEST_TRAFFIC_SHIFT 100/0 0/100'],
      ])
      expect(await rehearsal.hooks(arn)).toEqual(['AWS_LAMBDA TIMED_OUT'])
    },
  ))

test('a function without a plan is ended by Lambda after 15 minutes, which fails the hook', () => {
  const scenario = hookAt('POST_TEST_TRAFFIC_SHIFT', { hookPlans: {} })
  return withNativeRehearsal(scenario, async (rehearsal) => {
    const arn = await rehearsal.release()
    await expectCourse(rehearsal, arn, [
      [92.1, 'IN_PROGRESS POST_TEST_TRAFFIC_SHIFT 100/0 0/100'],
      [993.1, 'ROLLBACK_REQUESTED POST_TEST_TRAFFIC_SHIFT 100/0 0/100'],
    ])
  })
})

test('N10: a function that is in progress is called again when it said, or after 30 s, with its own details', () => {
  const course = answering(
    { afterSeconds: 1, hookStatus: 'IN_PROGRESS', callBackDelay: 60, hookDetails: { attempt: 1 } },
    { afterSeconds: 1, hookStatus: 'IN_PROGRESS' },
    SUCCEEDS,
  )
  const scenario = hookAt('POST_TEST_TRAFFIC_SHIFT', course, { hookDetails: { url: 'https://test.example.com/' } })
  return withNativeRehearsal(scenario, async (rehearsal) => {
    const arn = await rehearsal.release()
    await expectCourse(rehearsal, arn, [
      [92.1, 'IN_PROGRESS POST_TEST_TRAFFIC_SHIFT 100/0 0/100'],
      [94.2, 'IN_PROGRESS POST_TEST_TRAFFIC_SHIFT 100/0 0/100'],
    ])
    expect(await rehearsal.hooks(arn)).toEqual(['AWS_LAMBDA IN_PROGRESS'])
    await expectCourse(rehearsal, arn, [
      [186, 'IN_PROGRESS POST_TEST_TRAFFIC_SHIFT 100/0 0/100'],
      [186.1, 'IN_PROGRESS PRE_PRODUCTION_TRAFFIC_SHIFT 100/0 0/100'],
      [187.1, 'IN_PROGRESS PRODUCTION_TRAFFIC_SHIFT 0/100 0/100'],
    ])
    expect(invokedAt(rehearsal)).toEqual([93.1, 154.1, 185.1])
    expect(invocations(rehearsal).map(({ event }) => event.hookDetails)).toEqual([
      { url: 'https://test.example.com/' },
      { url: 'https://test.example.com/', attempt: 1 },
      { url: 'https://test.example.com/', attempt: 1 },
    ])
    expect(new Set(invocations(rehearsal).map(({ event }) => event.executionId)).size).toBe(1)
  })
})

const EXPIRES: [string, 'CONTINUE' | 'ROLLBACK', string][] = [
  ['goes on', 'CONTINUE', 'IN_PROGRESS PRE_PRODUCTION_TRAFFIC_SHIFT 100/0 0/100'],
  ['rolls back', 'ROLLBACK', 'ROLLBACK_REQUESTED POST_TEST_TRAFFIC_SHIFT 100/0 0/100'],
]

test.each(EXPIRES)('N10a: when the time of a function is over the deployment %s, as it says', (_, action, row) => {
  const more = { timeoutConfiguration: { timeoutInMinutes: 1, action } }
  const course = answering({ afterSeconds: 1, hookStatus: 'IN_PROGRESS', callBackDelay: 600 })
  return withNativeRehearsal(hookAt('POST_TEST_TRAFFIC_SHIFT', course, more), async (rehearsal) => {
    const arn = await rehearsal.release()
    await expectCourse(rehearsal, arn, [
      [92.1, 'IN_PROGRESS POST_TEST_TRAFFIC_SHIFT 100/0 0/100'],
      [152.1, row],
    ])
  })
})

test('in a rollback the functions of traffic that had moved are called again, with the weights turned round', () => {
  const stages = ['TEST_TRAFFIC_SHIFT', 'PRODUCTION_TRAFFIC_SHIFT', 'PRE_SCALE_UP']
  const config = { lifecycleHooks: stages.map((stage) => nativeHook('validate', stage)) }
  return withNativeRehearsal(nativeScenario({ config, course: answering(SUCCEEDS) }), async (rehearsal) => {
    const arn = await rehearsal.release()
    rehearsal.to(200)
    await rehearsal.stop(arn)
    rehearsal.to(300)
    const { targetServiceRevision, sourceServiceRevisions, status } = await rehearsal.deployment(arn)
    const [green = '', blue = ''] = [targetServiceRevision?.arn, sourceServiceRevisions?.[0]?.arn]
    const again = invocations(rehearsal)
      .filter(({ startedMs }) => startedMs > START_MS + 200_000)
      .map(({ event: { lifecycleStage, executionDetails } }) => [
        lifecycleStage,
        executionDetails.targetServiceRevisionArn === green,
        executionDetails.testTrafficWeights,
        executionDetails.productionTrafficWeights,
      ])
    expect(again).toEqual([
      ['PRODUCTION_TRAFFIC_SHIFT', true, {}, { [green]: 0, [blue]: 100 }],
      ['TEST_TRAFFIC_SHIFT', true, { [green]: 0, [blue]: 100 }, {}],
    ])
    expect(status).toBe('ROLLBACK_SUCCESSFUL')
  })
})

test('what functions printed is in their log, by the deployment that called them', () =>
  withNativeRehearsal(
    hookAt('POST_TEST_TRAFFIC_SHIFT', answering({ ...SUCCEEDS, log: ['All is well.'] })),
    async (rehearsal) => {
      const arn = await rehearsal.release()
      rehearsal.to(100)
      expect(rehearsal.simulator.hookLogs).toEqual([
        {
          atMs: START_MS + 93_100,
          functionName: 'validate',
          deploymentId: arn,
          stream: 'stdout',
          text: 'All is well.',
        },
      ])
    },
  ))
