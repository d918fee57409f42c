import { expect, test } from '@jest/globals'
import { readActive, readServing } from '../../src/ecs-native/active.ts'
import { targetGroupArn } from '../../tools/simulator/names.ts'
import type { FaultKind } from '../../tools/simulator/scenario.ts'
import { baseScenario } from '../../tools/simulator/scenarios.ts'
import { assuming, nativeScenario } from '../tools/simulator/native/support/native-scenario.ts'
import {
  type NativePlay,
  newestOf,
  primaryOf,
  stopAt,
  updateBySomebody,
  withNativeService,
} from './support/native-play.ts'
import { CANARY } from './support/native-stories.ts'

const GROUPS = [0, 1].map((index) => targetGroupArn(baseScenario.world, 'web', index as 0 | 1))

const servingNow = async ({ aws, described }: NativePlay) => await readServing(aws, await described())

/** Deploys web:2, and lets so many seconds pass. */
async function deployed(native: NativePlay, seconds: number): Promise<string> {
  const id = await native.engine().start(await native.register())
  await native.clock.sleep(seconds * 1000)
  return id
}

test('where nothing is active the newest revision serves, in two requests', () =>
  withNativeService(nativeScenario(), async (native) => {
    const service = await native.described()
    const before = native.asked().length
    const serving = await readServing(native.aws, service)
    expect(native.asked().slice(before)).toEqual(['ListServiceDeployments', 'DescribeServiceRevisions'])
    expect(serving).toMatchObject({
      id: native.newestRevision,
      taskDefinitionArn: expect.stringMatching(/web:1$/),
      targetGroupArn: GROUPS[0],
      deploymentId: expect.stringMatching(/^[\w-]{21}$/),
    })
  }))

test('while a deployment is active the side with most of production serves, in three requests', () =>
  withNativeService(nativeScenario({ config: CANARY }), async (native) => {
    const id = await deployed(native, 150)
    expect(primaryOf(await native.described()).id).not.toBe(native.newestRevision)
    const service = await native.described()
    const before = native.asked().length
    expect(await readServing(native.aws, service)).toMatchObject({
      id: native.newestRevision,
      taskDefinitionArn: expect.stringMatching(/web:1$/),
    })
    expect(native.asked().slice(before)).toEqual([
      'ListServiceDeployments',
      'DescribeServiceDeployments',
      'DescribeServiceRevisions',
    ])
    await native.clock.sleep(400_000)
    expect(await servingNow(native)).toMatchObject({ deploymentId: id, targetGroupArn: GROUPS[1] })
    expect(await readActive(native.aws, native.service)).toMatchObject([{ lifecycleStage: 'BAKE_TIME' }])
  }))

test('a deployment that has ended well serves, and one that was rolled back does not', () =>
  withNativeService(nativeScenario(), async (native) => {
    const first = await deployed(native, 600)
    expect(await servingNow(native)).toMatchObject({ deploymentId: first, targetGroupArn: GROUPS[1] })
    stopAt(native, native.second() + 60)
    await updateBySomebody(native)
    await native.clock.sleep(300_000)
    expect(newestOf(native.simulator)[1]?.status).toBe('ROLLBACK_SUCCESSFUL')
    expect(await servingNow(native)).toMatchObject({ deploymentId: first, targetGroupArn: GROUPS[1] })
    expect(await readActive(native.aws, native.service)).toEqual([])
  }))

test('without a load balancer the original serves until the shift is over, and no target group is told', () =>
  withNativeService(nativeScenario({ service: { loadBalancer: 'none' } }), async (native) => {
    const id = await deployed(native, 50)
    const early = await servingNow(native)
    expect(early).toMatchObject({ id: native.newestRevision, targetGroupArn: undefined })
    await native.clock.sleep(150_000)
    expect(await servingNow(native)).toMatchObject({ deploymentId: id })
  }))

test('a deployment that waits for another one does not serve', () =>
  withNativeService(assuming({ concurrentUpdate: 'queue' }, { config: CANARY }), async (native) => {
    await deployed(native, 150)
    await updateBySomebody(native)
    await native.clock.sleep(10_000)
    const active = await readActive(native.aws, native.service)
    expect(active.map(({ status }) => status)).toEqual(['PENDING', 'IN_PROGRESS'])
    expect(await servingNow(native)).toMatchObject({ id: native.newestRevision })
  }))

test('a denied read is told as it is', () => {
  const kind: FaultKind = { type: 'denied' }
  const more = { faults: [{ operation: 'DescribeServiceRevisions', kind }] }
  return withNativeService(nativeScenario({ more }), async (native) => {
    await expect(servingNow(native)).rejects.toThrow('AccessDenied')
  })
})
