import { expect, test } from '@jest/globals'
import { nativeScenarios } from '../../tools/simulator/native/scenarios.ts'
import { withNativeService } from './support/native-play.ts'

const STAGES = [
  'PRE_SCALE_UP unseen',
  'SCALE_UP succeeded',
  'POST_SCALE_UP unseen',
  'TEST_TRAFFIC_SHIFT succeeded',
  'POST_TEST_TRAFFIC_SHIFT succeeded',
  'PRE_PRODUCTION_TRAFFIC_SHIFT succeeded',
  'PRODUCTION_TRAFFIC_SHIFT succeeded',
  'POST_PRODUCTION_TRAFFIC_SHIFT unseen',
  'BAKE_TIME succeeded',
  'CLEAN_UP succeeded',
]

test('N1: a release is followed through its stages to the end', () =>
  withNativeService(nativeScenarios.native, async ({ engine, register, toTheEnd, asked }) => {
    const ours = engine()
    const id = await ours.start(await register())
    expect(id).toMatch(/^[\w-]{21}$/)
    expect(asked().slice(2)).toEqual([
      'ListServiceDeployments',
      'UpdateService',
      'ListServiceDeployments',
      'ListServiceDeployments',
    ])
    const { outcome, settlement, stages } = await toTheEnd(ours, id)
    expect(outcome.kind).toBe('finish-line')
    expect(settlement).toMatchObject({
      snapshot: { deploymentId: id, status: 'succeeded' },
      rollback: { status: 'none' },
    })
    expect(stages).toEqual(STAGES)
  }))
