import { expect, test } from '@jest/globals'
import { nativeHook } from '../../../../tools/simulator/native/scenarios.ts'
import { expectCourse, type NativeRehearsal, START_MS, withNativeRehearsal } from './support/native-rehearsal.ts'
import { nativeScenario } from './support/native-scenario.ts'

function pause(stage: string, action: 'ROLLBACK' | 'CONTINUE' = 'ROLLBACK') {
  return {
    targetType: 'PAUSE' as const,
    lifecycleStages: [stage as never],
    timeoutConfiguration: { timeoutInMinutes: 60, action },
  }
}

const PAUSED = nativeScenario({ config: { lifecycleHooks: [pause('POST_TEST_TRAFFIC_SHIFT')] } })
const AT_THE_PAUSE = 'IN_PROGRESS POST_TEST_TRAFFIC_SHIFT 100/0 0/100'
const UNAVAILABLE = 'Provided hookId is either completed, unavailable, or not associated with the given Resource ARN'

async function hookIdOf(rehearsal: NativeRehearsal, arn: string): Promise<string> {
  const { lifecycleHookDetails = [] } = await rehearsal.deployment(arn)
  return lifecycleHookDetails.find(({ targetType }) => targetType === 'PAUSE')?.hookId ?? ''
}

test('N3: a pause holds the deployment until it is continued, once, with its own id', () =>
  withNativeRehearsal(PAUSED, async (rehearsal) => {
    const arn = await rehearsal.release()
    await expectCourse(rehearsal, arn, [[92.1, AT_THE_PAUSE]])
    const { lifecycleHookDetails: [hook] = [] } = await rehearsal.deployment(arn)
    expect(hook).toEqual({
      hookId: expect.stringMatching(/^ecs-pause-[\w-]{43}$/),
      targetType: 'PAUSE',
      status: 'AWAITING_ACTION',
      expiresAt: new Date(START_MS + 3_692_100),
      timeoutAction: 'ROLLBACK',
    })
    rehearsal.to(300)
    const refusal = (message: string) => ({ name: 'InvalidParameterException', message })
    await expect(rehearsal.proceed(arn, 'x')).rejects.toMatchObject(
      refusal('Invalid hookId: hookId must follow the format: ecs-{hookType}-{id}'),
    )
    await expect(rehearsal.proceed(arn, `ecs-pause-${'a'.repeat(43)}`)).rejects.toMatchObject(refusal(UNAVAILABLE))
    expect(await rehearsal.row(arn)).toBe(AT_THE_PAUSE)
    rehearsal.to(400)
    expect(await rehearsal.proceed(arn, hook?.hookId)).toMatchObject({ serviceDeploymentArn: arn })
    expect(await rehearsal.hooks(arn)).toEqual([])
    await expectCourse(rehearsal, arn, [
      [400, 'IN_PROGRESS PRE_PRODUCTION_TRAFFIC_SHIFT 100/0 0/100'],
      [401, 'IN_PROGRESS PRODUCTION_TRAFFIC_SHIFT 0/100 0/100'],
    ])
    rehearsal.to(402)
    await expect(rehearsal.proceed(arn, hook?.hookId)).rejects.toMatchObject(refusal(UNAVAILABLE))
    await expectCourse(rehearsal, arn, [
      [431, 'IN_PROGRESS POST_PRODUCTION_TRAFFIC_SHIFT 0/100 0/100'],
      [432, 'IN_PROGRESS BAKE_TIME 0/100 0/100'],
      [732, 'IN_PROGRESS CLEAN_UP 0/100 0/100'],
      [767, 'SUCCESSFUL CLEAN_UP 0/100 0/100'],
    ])
    rehearsal.to(800)
    await expect(rehearsal.proceed(arn, hook?.hookId)).rejects.toMatchObject(
      refusal('Continuing a service deployment is not allowed for service deployment in terminal states.'),
    )
    const gone = { name: 'ServiceDeploymentNotFoundException', message: 'The service deployment does not exist.' }
    await expect(rehearsal.proceed(`${arn}x`, hook?.hookId)).rejects.toMatchObject(gone)
  }))

const ROLLED_BACK = (atSeconds: number): [number, string][] => [
  [atSeconds, 'ROLLBACK_REQUESTED POST_TEST_TRAFFIC_SHIFT 100/0 0/100'],
  [atSeconds + 1, 'ROLLBACK_IN_PROGRESS POST_TEST_TRAFFIC_SHIFT 100/0 0/100'],
  [atSeconds + 11, 'ROLLBACK_IN_PROGRESS POST_TEST_TRAFFIC_SHIFT 100/0 100/0'],
  [atSeconds + 41, 'ROLLBACK_SUCCESSFUL POST_TEST_TRAFFIC_SHIFT 100/0 100/0'],
]

test('N4: a pause that is answered with ROLLBACK rolls back', () =>
  withNativeRehearsal(PAUSED, async (rehearsal) => {
    const arn = await rehearsal.release()
    rehearsal.to(400)
    await rehearsal.proceed(arn, await hookIdOf(rehearsal, arn), 'ROLLBACK')
    expect(await rehearsal.hooks(arn)).toEqual(['PAUSE FAILED'])
    await expectCourse(rehearsal, arn, ROLLED_BACK(400))
  }))

test('N4a: a pause that nobody answers rolls back when its time is over', () =>
  withNativeRehearsal(PAUSED, async (rehearsal) => {
    const arn = await rehearsal.release()
    await expectCourse(rehearsal, arn, [[92.1, AT_THE_PAUSE], ...ROLLED_BACK(3692.1)])
    expect(await rehearsal.hooks(arn)).toEqual(['PAUSE TIMED_OUT'])
    expect((await rehearsal.deployment(arn)).statusReason).toBe(
      'Service deployment rolled back because POST_TEST_TRAFFIC_SHIFT pause hook timed out.',
    )
  }))

test('N4b: a pause whose time-out continues goes on by itself', () => {
  const scenario = nativeScenario({ config: { lifecycleHooks: [pause('POST_TEST_TRAFFIC_SHIFT', 'CONTINUE')] } })
  return withNativeRehearsal(scenario, async (rehearsal) => {
    const arn = await rehearsal.release()
    await expectCourse(rehearsal, arn, [
      [92.1, AT_THE_PAUSE],
      [3692.1, 'IN_PROGRESS PRE_PRODUCTION_TRAFFIC_SHIFT 100/0 0/100'],
      [3693.1, 'IN_PROGRESS PRODUCTION_TRAFFIC_SHIFT 0/100 0/100'],
    ])
  })
})

const BOTH = [nativeHook('validate', 'POST_TEST_TRAFFIC_SHIFT'), pause('POST_TEST_TRAFFIC_SHIFT')]

test('N4c: a pause and a function of one stage are shown together, and the later of them ends it', () =>
  withNativeRehearsal(nativeScenario({ config: { lifecycleHooks: BOTH } }), async (rehearsal) => {
    const arn = await rehearsal.release()
    rehearsal.to(92.1)
    expect(await rehearsal.hooks(arn)).toEqual(['AWS_LAMBDA IN_PROGRESS', 'PAUSE AWAITING_ACTION'])
    rehearsal.to(113.1)
    expect(await rehearsal.hooks(arn)).toEqual(['AWS_LAMBDA SUCCEEDED', 'PAUSE AWAITING_ACTION'])
    expect(await rehearsal.row(arn)).toBe(AT_THE_PAUSE)
    rehearsal.to(200)
    await rehearsal.proceed(arn, await hookIdOf(rehearsal, arn))
    expect(await rehearsal.row(arn)).toBe('IN_PROGRESS PRE_PRODUCTION_TRAFFIC_SHIFT 100/0 0/100')
  }))

test('N4c: a pause that is continued early waits for the function', () =>
  withNativeRehearsal(nativeScenario({ config: { lifecycleHooks: BOTH } }), async (rehearsal) => {
    const arn = await rehearsal.release()
    rehearsal.to(100)
    await rehearsal.proceed(arn, await hookIdOf(rehearsal, arn))
    expect(await rehearsal.hooks(arn)).toEqual(['AWS_LAMBDA IN_PROGRESS', 'PAUSE SUCCEEDED'])
    await expectCourse(rehearsal, arn, [
      [100, AT_THE_PAUSE],
      [113.1, 'IN_PROGRESS PRE_PRODUCTION_TRAFFIC_SHIFT 100/0 0/100'],
    ])
  }))

test('N4c: a function that fails ends the pause beside it', () => {
  const course = { hookPlans: { validate: { answers: [{ afterSeconds: 5, hookStatus: 'FAILED' }] } } }
  return withNativeRehearsal(nativeScenario({ config: { lifecycleHooks: BOTH }, course }), async (rehearsal) => {
    const arn = await rehearsal.release()
    rehearsal.to(95)
    const id = await hookIdOf(rehearsal, arn)
    rehearsal.to(98.1)
    expect(await rehearsal.hooks(arn)).toEqual(['AWS_LAMBDA FAILED', 'PAUSE FAILED'])
    await expect(rehearsal.proceed(arn, id)).rejects.toMatchObject({ message: UNAVAILABLE })
    await expectCourse(rehearsal, arn, ROLLED_BACK(98.1))
  })
})

test('the id of a function is none that can be continued', () => {
  const lifecycleHooks = [nativeHook('validate', 'PRE_SCALE_UP')]
  return withNativeRehearsal(nativeScenario({ config: { lifecycleHooks } }), async (rehearsal) => {
    const arn = await rehearsal.release()
    rehearsal.to(0.5)
    const [hook] = (await rehearsal.deployment(arn)).lifecycleHookDetails ?? []
    expect(hook).toMatchObject({
      hookId: expect.stringMatching(/^ecs-lambda-[\w-]{43}$/),
      targetArn: 'arn:aws:lambda:us-east-1:123456789012:function:validate',
      expiresAt: new Date(START_MS + 86_400_100),
    })
    await expect(rehearsal.proceed(arn, hook?.hookId)).rejects.toMatchObject({ message: UNAVAILABLE })
  })
})

test('a pause before production stops every step of a linear shift, each with an id of its own', () => {
  const config = {
    strategy: 'LINEAR' as const,
    linearConfiguration: { stepPercent: 25, stepBakeTimeInMinutes: 2 },
    lifecycleHooks: [pause('PRE_PRODUCTION_TRAFFIC_SHIFT')],
  }
  return withNativeRehearsal(nativeScenario({ config }), async (rehearsal) => {
    const arn = await rehearsal.release()
    const ids = new Set<string>()
    for (let step = 0; step < 4; step++) {
      rehearsal.to(200 + step * 300)
      expect(await rehearsal.hooks(arn)).toEqual(['PAUSE AWAITING_ACTION'])
      const id = await hookIdOf(rehearsal, arn)
      ids.add(id)
      await rehearsal.proceed(arn, id)
    }
    expect(ids.size).toBe(4)
    rehearsal.to(1400)
    expect(await rehearsal.row(arn)).toBe('IN_PROGRESS BAKE_TIME 0/100 0/100')
  })
})
