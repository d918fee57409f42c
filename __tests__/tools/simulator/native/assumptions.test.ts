import { expect, test } from '@jest/globals'
import { nativeHook } from '../../../../tools/simulator/native/scenarios.ts'
import { baseScenario } from '../../../../tools/simulator/scenarios.ts'
import { type NativeRehearsal, withNativeRehearsal } from './support/native-rehearsal.ts'
import { assuming, nativeScenario } from './support/native-scenario.ts'

const CANARY = {
  strategy: 'CANARY' as const,
  canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 5 },
}
const PAUSE = { targetType: 'PAUSE' as const, lifecycleStages: ['POST_SCALE_UP' as const] }
const NEVER = { replacement: { ...baseScenario.replacement, health: 'never' as const } }

async function stageAt({ deployment, to }: NativeRehearsal, arn: string, seconds: number): Promise<string | undefined> {
  to(seconds)
  return (await deployment(arn)).lifecycleStage
}

test('concurrentUpdate: a second update can wait for the first', () =>
  withNativeRehearsal(assuming({ concurrentUpdate: 'queue' }), async ({ release, deployment, to }) => {
    const first = await release()
    to(50)
    const second = await release()
    const statuses = async () => [(await deployment(first)).status, (await deployment(second)).status]
    expect(await statuses()).toEqual(['IN_PROGRESS', 'PENDING'])
    to(459)
    expect(await statuses()).toEqual(['IN_PROGRESS', 'PENDING'])
    to(460.1)
    expect(await statuses()).toEqual(['SUCCESSFUL', 'IN_PROGRESS'])
  }))

test('concurrentUpdate: or it is refused', () =>
  withNativeRehearsal(assuming({ concurrentUpdate: 'refuse' }), async ({ release, deployment, to }) => {
    const first = await release()
    to(50)
    await expect(release()).rejects.toMatchObject({ name: 'InvalidParameterException' })
    expect((await deployment(first)).status).toBe('IN_PROGRESS')
  }))

test('a deployment that waits in the queue can be stopped, and never starts', () =>
  withNativeRehearsal(assuming({ concurrentUpdate: 'queue' }), async (rehearsal) => {
    await rehearsal.release()
    rehearsal.to(50)
    const second = await rehearsal.release()
    await rehearsal.stop(second)
    rehearsal.to(600)
    expect((await rehearsal.deployment(second)).status).toBe('STOPPED')
    expect((await rehearsal.service()).taskDefinition).toMatch(/web:2$/)
  }))

test('supersededStatus: the first can end as rolled back', () =>
  withNativeRehearsal(assuming({ supersededStatus: 'ROLLBACK_SUCCESSFUL' }), async ({ release, deployment, to }) => {
    const first = await release()
    to(50)
    await release()
    to(52)
    expect(await deployment(first)).toMatchObject({ status: 'ROLLBACK_SUCCESSFUL', finishedAt: expect.any(Date) })
  }))

test('preProductionShown: the stage that the enum lacks can be shown as the one before it', () =>
  withNativeRehearsal(assuming({ preProductionShown: 'as-post-test' }), async (rehearsal) => {
    expect(await stageAt(rehearsal, await rehearsal.release(), 93.5)).toBe('POST_TEST_TRAFFIC_SHIFT')
  }))

test.each(['POST_PRODUCTION_TRAFFIC_SHIFT', 'BAKE_TIME'] as const)(
  'stageInStepWait: a step can wait as %s',
  (stageInStepWait) =>
    withNativeRehearsal(assuming({ stageInStepWait }, { config: CANARY }), async (rehearsal) => {
      const arn = await rehearsal.release()
      expect(await stageAt(rehearsal, arn, 124)).toBe('PRODUCTION_TRAFFIC_SHIFT')
      expect(await stageAt(rehearsal, arn, 200)).toBe(stageInStepWait)
      expect(await stageAt(rehearsal, arn, 424.5)).toBe('PRE_PRODUCTION_TRAFFIC_SHIFT')
    }),
)

test('stageInRollback: the stage can walk back', () =>
  withNativeRehearsal(assuming({ stageInRollback: 'walks-back' }), async (rehearsal) => {
    const arn = await rehearsal.release()
    rehearsal.to(300)
    await rehearsal.stop(arn)
    const seen = [300.5, 301, 311, 321, 351]
    const stages: unknown[] = []
    for (const at of seen) stages.push(await stageAt(rehearsal, arn, at))
    expect(stages).toEqual([
      'BAKE_TIME',
      'PRODUCTION_TRAFFIC_SHIFT',
      'TEST_TRAFFIC_SHIFT',
      'TEST_TRAFFIC_SHIFT',
      'TEST_TRAFFIC_SHIFT',
    ])
  }))

test('stageWhenDone: no stage can be shown after success', () =>
  withNativeRehearsal(assuming({ stageWhenDone: 'absent' }), async (rehearsal) => {
    expect(await stageAt(rehearsal, await rehearsal.release(), 600)).toBeUndefined()
  }))

test('noTestRule: without a test rule the test stages and their hooks can be skipped', () => {
  const config = { lifecycleHooks: [nativeHook('validate', 'POST_TEST_TRAFFIC_SHIFT')] }
  const change = { config, service: { testRule: false } }
  return withNativeRehearsal(assuming({ noTestRule: 'stages-skipped' }, change), async (rehearsal) => {
    const arn = await rehearsal.release()
    expect(await stageAt(rehearsal, arn, 62)).toBe('POST_SCALE_UP')
    expect(await stageAt(rehearsal, arn, 62.1)).toBe('PRE_PRODUCTION_TRAFFIC_SHIFT')
    expect(await stageAt(rehearsal, arn, 63.1)).toBe('PRODUCTION_TRAFFIC_SHIFT')
  })
})

test('testWeightWithoutRule: the test weight can be zero where there is no test rule', () => {
  const service = { testRule: false }
  return withNativeRehearsal(assuming({ testWeightWithoutRule: 'zero' }, { service }), async (rehearsal) => {
    const arn = await rehearsal.release()
    rehearsal.to(100)
    expect((await rehearsal.deployment(arn)).targetServiceRevision).toMatchObject({ requestedTestTrafficWeight: 0 })
  })
})

const DONE: ['until-the-stage-ends' | 'until-the-next-stage-ends' | 'for-ever', string[][]][] = [
  ['until-the-stage-ends', [[], [], []]],
  ['until-the-next-stage-ends', [['AWS_LAMBDA SUCCEEDED'], [], []]],
  ['for-ever', [['AWS_LAMBDA SUCCEEDED'], ['AWS_LAMBDA SUCCEEDED'], ['AWS_LAMBDA SUCCEEDED']]],
]

test.each(DONE)('doneHooks: a hook that is done is listed %s', (doneHooks, expected) => {
  const config = { lifecycleHooks: [nativeHook('validate', 'POST_SCALE_UP')] }
  return withNativeRehearsal(assuming({ doneHooks }, { config }), async (rehearsal) => {
    const arn = await rehearsal.release()
    const seen: string[][] = []
    for (const at of [100, 115, 900]) {
      rehearsal.to(at)
      seen.push(await rehearsal.hooks(arn))
    }
    expect(seen).toEqual(expected)
  })
})

test('currentServiceDeployment: it can be in every answer, or in none', async () => {
  for (const shown of ['always', 'never'] as const) {
    await withNativeRehearsal(assuming({ currentServiceDeployment: shown }), async ({ update, service, arnOf, to }) => {
      const updated = await update({ forceNewDeployment: true })
      const expected = shown === 'always' ? arnOf(updated) : undefined
      expect(updated.currentServiceDeployment).toBe(expected)
      to(60)
      expect((await service()).currentServiceDeployment).toBe(expected)
    })
  }
})

test('rollbackRequestedShown: an automatic rollback can begin at once, one on request never does', () => {
  const assumptions = { rollbackRequestedShown: 'on-request-only' as const }
  return withNativeRehearsal(assuming(assumptions, { more: NEVER }), async ({ release, deployment, stop, to }) => {
    const first = await release()
    to(76.1)
    expect((await deployment(first)).status).toBe('ROLLBACK_IN_PROGRESS')
    to(106.1)
    expect((await deployment(first)).status).toBe('ROLLBACK_SUCCESSFUL')
    const second = await release()
    to(120)
    await stop(second)
    expect((await deployment(second)).status).toBe('ROLLBACK_REQUESTED')
  })
})

test('abort: stopType ABORT can be refused', () =>
  withNativeRehearsal(assuming({ abort: 'refused' }), async ({ release, stop }) => {
    await expect(stop(await release(), 'ABORT')).rejects.toMatchObject({ name: 'InvalidParameterException' })
  }))

test('stopInCleanUp: a stop while the former tasks go can be refused', () =>
  withNativeRehearsal(assuming({ stopInCleanUp: 'refused' }), async ({ release, stop, to, deployment }) => {
    const arn = await release()
    to(440)
    await expect(stop(arn)).rejects.toMatchObject({ name: 'ConflictException' })
    to(600)
    expect((await deployment(arn)).status).toBe('SUCCESSFUL')
  }))

test('stopOfTerminal: the exception can be another one', () =>
  withNativeRehearsal(assuming({ stopOfTerminal: 'InvalidParameterException' }), async ({ release, stop, to }) => {
    const arn = await release()
    to(600)
    await expect(stop(arn)).rejects.toMatchObject({ name: 'InvalidParameterException' })
  }))

test('circuitBreaker: it can be for rolling updates only, as documented', () =>
  withNativeRehearsal(assuming({ circuitBreaker: 'ignored' }, { more: NEVER }), async ({ release, deployment, to }) => {
    const arn = await release()
    to(3600)
    expect(await deployment(arn)).toMatchObject({ status: 'IN_PROGRESS', lifecycleStage: 'SCALE_UP' })
  }))

const UPDATES: ['replaced' | 'merged' | 'reset', number | undefined, string[] | undefined][] = [
  ['replaced', 5, undefined],
  ['merged', 5, ['web-5xx']],
  ['reset', 0, undefined],
]

test.each(UPDATES)('configurationUpdate: what an update leaves out is %s', (configurationUpdate, bake, names) =>
  withNativeRehearsal(assuming({ configurationUpdate }), async ({ update }) => {
    const { deploymentConfiguration: shown } = await update({
      deploymentConfiguration: { alarms: { enable: false, rollback: false } as never },
    })
    expect([shown?.strategy, shown?.bakeTimeInMinutes]).toEqual(['BLUE_GREEN', bake])
    expect(shown?.alarms).toEqual({ enable: false, rollback: false, ...(names && { alarmNames: names }) })
  }),
)

test('executionIdOnRetry: a function can get a new id for each call', () => {
  const answers = [
    { afterSeconds: 1, hookStatus: 'IN_PROGRESS' },
    { afterSeconds: 1, hookStatus: 'SUCCEEDED' },
  ]
  const config = { lifecycleHooks: [nativeHook('validate', 'PRE_SCALE_UP')] }
  const change = { config, course: { hookPlans: { validate: { answers } } } }
  return withNativeRehearsal(assuming({ executionIdOnRetry: 'new' }, change), async ({ release, simulator, to }) => {
    await release()
    to(60)
    const invocations = simulator.lane('demo:web')?.native?.deployments.at(-1)?.invocations ?? []
    expect(new Set(invocations.map(({ event }) => event.executionId)).size).toBe(2)
  })
})

test('N11c, rollbackHookFails: a function that fails in a rollback is ignored, or fails it', async () => {
  const config = { lifecycleHooks: [nativeHook('validate', 'PRODUCTION_TRAFFIC_SHIFT')] }
  const plan = {
    answers: [{ afterSeconds: 1, hookStatus: 'SUCCEEDED' }],
    inRollback: { afterSeconds: 1, hookStatus: 'FAILED' },
  }
  const change = { config, course: { hookPlans: { validate: plan } } }
  const cases = [
    ['ignored', 'ROLLBACK_SUCCESSFUL'],
    ['fails-the-rollback', 'ROLLBACK_FAILED'],
  ] as const
  for (const [rollbackHookFails, status] of cases) {
    await withNativeRehearsal(assuming({ rollbackHookFails }, change), async ({ release, deployment, stop, to }) => {
      const arn = await release()
      to(200)
      await stop(arn)
      to(300)
      expect((await deployment(arn)).status).toBe(status)
    })
  }
})

test('serviceDeploymentOrder: the list can begin with the oldest', () =>
  withNativeRehearsal(assuming({ serviceDeploymentOrder: 'oldest-first' }), async ({ ecs, release, to }) => {
    const arn = await release()
    to(10)
    const { serviceDeployments } = await ecs.listServiceDeployments({ cluster: 'demo', service: 'web' })
    expect(serviceDeployments?.at(-1)?.serviceDeploymentArn).toBe(arn)
  }))

test('weightsWithoutShift: a first deployment has no weights, or all of them from the start', async () => {
  const weight = async (scenario: ReturnType<typeof nativeScenario>) => {
    let seen: number | undefined
    await withNativeRehearsal(scenario, async ({ arnOf, service, deployment, to }) => {
      to(10)
      seen = (await deployment(arnOf(await service()))).targetServiceRevision?.requestedProductionTrafficWeight
    })
    return seen
  }
  const service = { firstDeployment: true }
  expect(await weight(nativeScenario({ service }))).toBeUndefined()
  expect(await weight(assuming({ weightsWithoutShift: '100' }, { service }))).toBe(100)
})

test('pauseHookDescribed: a pause can be described by its stages only', () => {
  const config = { lifecycleHooks: [PAUSE] }
  return withNativeRehearsal(assuming({ pauseHookDescribed: 'stages-only' }, { config }), async ({ service }) => {
    const { lifecycleHooks } = (await service()).deploymentConfiguration ?? {}
    expect(lifecycleHooks).toEqual([{ lifecycleStages: ['POST_SCALE_UP'] }])
  })
})
