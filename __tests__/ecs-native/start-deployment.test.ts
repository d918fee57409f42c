import { UpdateServiceCommand } from '@aws-sdk/client-ecs'
import { describe, expect, test } from '@jest/globals'
import { CallError } from '../../src/aws/attempts.ts'
import { NothingStartedError } from '../../src/ecs-native/start-deployment.ts'
import { MaybeStartedError, OvertakenError } from '../../src/follow/release-engine.ts'
import { nativeHook } from '../../tools/simulator/native/scenarios.ts'
import type { Fault, FaultKind } from '../../tools/simulator/scenario.ts'
import { assuming, nativeScenario } from '../tools/simulator/native/support/native-scenario.ts'
import { type NativePlay, newestOf, primaryOf, updateBySomebody, withNativeService } from './support/native-play.ts'

const CUT: FaultKind = { type: 'drop-after-accept' }
const NEVER_THERE: FaultKind = { type: 'drop' }
const WEB_1 = 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:1'

function faultOf(operation: string, kind: FaultKind, change: Partial<Fault> = {}): Fault {
  return { operation, kind, ...change }
}

/** How a start ended: the id, or the error. */
async function started(native: NativePlay, revision?: string): Promise<unknown> {
  const arn = revision ?? (await native.register())
  return await native
    .engine()
    .start(arn)
    .catch((error: unknown) => error)
}

/** How many deployments there are beside the one that made what serves. */
function deployments({ simulator }: NativePlay): number {
  return (simulator.lane('demo:web')?.native?.deployments.length ?? 0) - 1
}

const updates = ({ asked }: NativePlay) => asked().filter((operation) => operation === 'UpdateService').length

test('asks for the task definition and nothing else', () =>
  withNativeService(nativeScenario(), async (native) => {
    const arn = await native.register()
    await native.engine().start(arn)
    const [update] = native.simulator.calls.filter(({ operation }) => operation === 'UpdateService')
    expect(update?.input).toEqual({ cluster: 'demo', service: native.service.arn, taskDefinition: arn })
  }))

test('the revision that the service has already is deployed by force', () =>
  withNativeService(nativeScenario(), async (native) => {
    expect(await started(native, WEB_1)).toBe(newestOf(native.simulator)[1]?.id)
    const [update] = native.simulator.calls.filter(({ operation }) => operation === 'UpdateService')
    expect(update?.input).toMatchObject({ taskDefinition: WEB_1, forceNewDeployment: true })
  }))

test('an update in which ECS finds nothing to deploy is told as that', () =>
  withNativeService(nativeScenario(), async (native) => {
    // Somebody has moved the service back since it was read.
    const service = { ...native.service, primary: { ...native.service.primary, taskDefinitionArn: 'other' } }
    await expect(native.engine({ service }).start(WEB_1)).rejects.toThrow(NothingStartedError)
    expect(deployments(native)).toBe(0)
  }))

test('nothing is asked for while another deployment is active', () =>
  withNativeService(nativeScenario(), async (native) => {
    const arn = await native.register()
    await updateBySomebody(native)
    await native.clock.sleep(10_000)
    const refused = await started(native, arn)
    expect(refused).toBeInstanceOf(OvertakenError)
    expect(refused).toMatchObject({ blocker: newestOf(native.simulator)[1]?.id, refusal: undefined })
    expect(updates(native)).toBe(1)
  }))

test('a refusal is told as it is, and nothing was started', () =>
  withNativeService(
    nativeScenario({ more: { faults: [faultOf('UpdateService', { type: 'denied' })] } }),
    async (native) => {
      const refused = await started(native)
      expect(refused).toBeInstanceOf(CallError)
      expect(refused).toMatchObject({ operation: 'ecs:UpdateService', serviceError: { kind: 'denied' } })
      expect(deployments(native)).toBe(0)
    },
  ))

test('a service that is missing is told before anything is asked for', () =>
  withNativeService(nativeScenario(), async (native) => {
    const service = { ...native.service, arn: native.service.arn.replace(/web$/, 'wed') }
    const refused = await native
      .engine({ service })
      .start(WEB_1)
      .catch((error: unknown) => error)
    expect(refused).toMatchObject({ serviceError: { code: 'ServiceNotFound' } })
    expect(updates(native)).toBe(0)
  }))

describe.each([2, 12, 60])('N20: the list lags by %i s', (listLag) => {
  test('the deployment of our own answer is waited for, never another one', () =>
    withNativeService(nativeScenario({ course: { timings: { listLag } } }), async (native) => {
      expect(await started(native)).toBe(newestOf(native.simulator)[1]?.id)
      expect(native.second()).toBeLessThan(listLag + 20)
      expect(updates(native)).toBe(1)
    }))
})

test('a deployment that the list does not show in two minutes may have started', () =>
  withNativeService(nativeScenario({ course: { timings: { listLag: 900 } } }), async (native) => {
    const lost = await started(native)
    expect(lost).toBeInstanceOf(MaybeStartedError)
    expect((lost as MaybeStartedError).lost.serviceError).toMatchObject({
      code: 'NotListed',
      message: expect.stringContaining(`ecs-svc/${newestOf(native.simulator)[1]?.revision}`),
    })
    expect(native.second()).toBeGreaterThan(110)
  }))

test('while the list cannot be read the deployment is looked for on', () =>
  withNativeService(
    nativeScenario({
      more: {
        faults: [
          faultOf(
            'ListServiceDeployments',
            { type: 'server-error', httpStatus: 503 },
            { fromSeconds: 1, untilSeconds: 30 },
          ),
        ],
      },
    }),
    async (native) => {
      expect(await started(native)).toBe(newestOf(native.simulator)[1]?.id)
    },
  ))

describe('N14: the answer of UpdateService was lost', () => {
  test.each<[string, string | undefined, number]>([
    ['a new revision', undefined, 1],
    ['the revision that serves, by force', WEB_1, 1],
  ])('%s: the deployment is found, and the request not repeated', (_, revision, count) =>
    withNativeService(
      nativeScenario({ more: { faults: [faultOf('UpdateService', CUT, { count: 1 })] } }),
      async (native) => {
        expect(await started(native, revision)).toBe(newestOf(native.simulator)[1]?.id)
        expect([updates(native), deployments(native)]).toEqual([count, count])
        expect(native.lostAnswers).toHaveLength(1)
      },
    ),
  )

  test.each<[string, string | undefined]>([
    ['a new revision', undefined],
    ['the revision that serves, by force', WEB_1],
  ])('before it was carried out, %s: it is asked for again once that is sure', (_, revision) =>
    withNativeService(
      nativeScenario({ more: { faults: [faultOf('UpdateService', NEVER_THERE, { count: 1 })] } }),
      async (native) => {
        expect(await started(native, revision)).toBe(newestOf(native.simulator)[1]?.id)
        expect([updates(native), deployments(native)]).toEqual([2, 1])
        expect(native.second()).toBeGreaterThan(14)
      },
    ),
  )

  test('every time: it may have started, once that was tried three times', () =>
    withNativeService(nativeScenario({ more: { faults: [faultOf('UpdateService', NEVER_THERE)] } }), async (native) => {
      expect(await started(native)).toBeInstanceOf(MaybeStartedError)
      expect([updates(native), deployments(native)]).toEqual([3, 0])
    }))

  test('and reads fail too: it may have started, and is not asked for again', () =>
    withNativeService(
      nativeScenario({
        more: {
          faults: [
            faultOf('UpdateService', CUT, { count: 1 }),
            faultOf('DescribeServices', { type: 'denied' }, { fromSeconds: 1 }),
          ],
        },
      }),
      async (native) => {
        const lost = await started(native)
        expect(lost).toMatchObject({ last: { serviceError: { kind: 'denied' } } })
        expect([updates(native), deployments(native)]).toEqual([1, 1])
      },
    ))

  test('and the deployment was rolled back meanwhile, so that its entry is gone: it is found by its revision', () =>
    withNativeService(
      nativeScenario({
        more: {
          faults: [
            faultOf('UpdateService', CUT, { count: 1 }),
            faultOf('DescribeServices', { type: 'server-error', httpStatus: 503 }, { fromSeconds: 1, untilSeconds: 5 }),
          ],
        },
        config: { lifecycleHooks: [nativeHook('validate', 'PRE_SCALE_UP')] },
        course: { hookPlans: { validate: { answers: [{ afterSeconds: 1, hookStatus: 'FAILED' }] } } },
      }),
      async (native) => {
        expect(await started(native)).toBe(newestOf(native.simulator)[1]?.id)
        expect(primaryOf(await native.described()).id).toBe(native.newestRevision)
        expect([updates(native), deployments(native)]).toEqual([1, 1])
        expect(native.asked()).toContain('DescribeServiceRevisions')
      },
    ))

  test('and somebody else was quicker: their deployment is left alone', () =>
    withNativeService(
      nativeScenario({ more: { faults: [faultOf('UpdateService', NEVER_THERE, { count: 1 })] } }),
      async (native) => {
        const arn = await native.register()
        native.clock.atSecond(1, () => updateBySomebody(native))
        const overtaken = await started(native, arn)
        expect(overtaken).toBeInstanceOf(OvertakenError)
        expect(updates(native)).toBe(2)
        expect(deployments(native)).toBe(1)
      },
    ))

  test('of a run that is cancelled: it looks once before it leaves', () =>
    withNativeService(nativeScenario({ more: { faults: [faultOf('UpdateService', NEVER_THERE)] } }), async (native) => {
      const cancellation = new AbortController()
      const aws = { ...native.aws, signal: cancellation.signal }
      native.clock.atSecond(1, () => cancellation.abort())
      const lost = await native
        .engine({}, aws)
        .start(await native.register())
        .catch((error: unknown) => error)
      expect(lost).toBeInstanceOf(MaybeStartedError)
      expect(native.second()).toBeLessThan(4)
      expect(updates(native)).toBe(1)
    }))
})

test('a cancelled run still looks for the id of its deployment for a few seconds', () =>
  withNativeService(nativeScenario(), async (native) => {
    const cancellation = new AbortController()
    const aws = { ...native.aws, signal: cancellation.signal }
    native.clock.atSecond(1, () => cancellation.abort())
    const id = await native.engine({}, aws).start(await native.register())
    expect(id).toBe(newestOf(native.simulator)[1]?.id)
    expect(native.second()).toBeLessThan(4)
  }))

describe('a deployment whose id was lost', () => {
  test('is found by its entry, and by nothing that was there before', () =>
    withNativeService(nativeScenario({ service: { earlier: ['web:1'] } }), async (native) => {
      const arn = await native.register()
      const engine = native.engine()
      expect(await engine.findStarted(arn)).toBeUndefined()
      expect(await engine.findStarted(WEB_1)).toBeUndefined()
      const place = { cluster: 'demo', service: 'web' }
      await native.aws.ecs.send(new UpdateServiceCommand({ ...place, taskDefinition: arn }))
      await native.clock.sleep(10_000)
      expect(await engine.findStarted(arn)).toBe(newestOf(native.simulator)[1]?.id)
    }))

  test('is not one of an earlier run that shipped the same revision in vain', () =>
    withNativeService(nativeScenario({ service: { productionWeights: [60, 40] } }), async (native) => {
      const arn = await native.register()
      const earlier = await native.engine().start(arn)
      await native.clock.sleep(60_000)
      expect(await native.engine({ earlier: [earlier] }).findStarted(arn)).toBeUndefined()
      expect(await native.engine().findStarted(arn)).toBe(earlier)
    }))

  test('is not known to be absent while reads fail', () =>
    withNativeService(
      nativeScenario({ more: { faults: [faultOf('DescribeServices', { type: 'denied' }, { fromSeconds: 5 })] } }),
      async (native) => {
        await native.clock.sleep(10_000)
        await expect(native.engine().findStarted(WEB_1)).rejects.toThrow('AccessDenied')
      },
    ))
})

test.each(['queue', 'refuse'] as const)(
  'an update that comes first between our look and ours ends well or is told (concurrentUpdate: %s)',
  (concurrentUpdate) =>
    withNativeService(assuming({ concurrentUpdate }, { course: { timings: { listLag: 5 } } }), async (native) => {
      const arn = await native.register()
      // The list does not show it yet.
      await updateBySomebody(native)
      const end = await started(native, arn)
      if (concurrentUpdate === 'refuse') expect(end).toMatchObject({ serviceError: { kind: 'answered' } })
      else expect(end).toBe(newestOf(native.simulator)[1]?.id)
    }),
)
