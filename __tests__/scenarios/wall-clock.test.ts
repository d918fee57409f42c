import { describe, expect, test } from '@jest/globals'
import { type ScenarioName, scenarios } from '../../tools/simulator/scenarios.ts'
import { inputsFor, type SimulatedReleaseOptions, simulateRelease } from '../support/simulated-release.ts'
import { type WallSetting, withWallSet } from '../support/virtual-clock.ts'

/** What a release comes to that does not depend on what a wall clock shows. */
async function releaseUnder(settings: WallSetting[], options: SimulatedReleaseOptions) {
  const { outputs, writes, clock, summary, calls } = await simulateRelease({
    ...options,
    connect: (place) => ({ ...options.connect?.(place), clock: withWallSet(place.clock, ...settings) }),
  })
  const { status, reason, production } = outputs
  return {
    outputs: { status, reason, production, rollback: outputs['rollback-status'], hooks: outputs['hook-results'] },
    writes,
    tookMs: clock.monotonicMs(),
    took: /\| Took \| (.*) \|/.exec(summary)?.[1],
    requests: calls.length,
  }
}

describe('a wall clock that is set in the middle of a release', () => {
  const SETTINGS: WallSetting[] = [
    { atSecond: 130, byMinutes: 10 },
    { atSecond: 60, byMinutes: -180 },
  ]

  test.each<ScenarioName>(['success', 'ready-wait', 'hook-fails', 'never-healthy', 'task-dies', 'alarm', 'throttled'])(
    'changes nothing about how it ends, when, and what it asks: %s',
    async (name) => {
      const options = { scenario: scenarios[name], inputs: inputsFor(name) }
      const undisturbed = await releaseUnder([], options)
      for (const setting of SETTINGS) expect(await releaseUnder([setting], options)).toEqual(undisturbed)
    },
  )

  test('does not spend a budget, forward or back', async () => {
    const options = { scenario: scenarios.success, inputs: { ...inputsFor('success'), 'wait-for-minutes': '9' } }
    const undisturbed = await releaseUnder([], options)
    expect(undisturbed.outputs.status).toBe('succeeded')
    expect(await releaseUnder([{ atSecond: 100, byMinutes: 10 }], options)).toEqual(undisturbed)

    const short = { ...options, inputs: { ...options.inputs, 'wait-for-minutes': '2' } }
    const spent = await releaseUnder([], short)
    expect(spent.outputs.status).toBe('timed-out')
    expect(await releaseUnder([{ atSecond: 100, byMinutes: -180 }], short)).toEqual(spent)
  })

  test('does not shorten the search for a rollback that shows late', async () => {
    const scenario = { ...scenarios['hook-fails'], timings: { rollbackGap: 48 } }
    const options = { scenario, inputs: inputsFor('hook-fails') }
    const undisturbed = await releaseUnder([], options)
    expect(undisturbed.outputs).toMatchObject({ status: 'rolled-back', rollback: 'succeeded' })
    for (const byMinutes of [20, -180]) {
      expect(await releaseUnder([{ atSecond: 60, byMinutes }], options)).toEqual(undisturbed)
    }
  })
})
