import { expect, test } from '@jest/globals'
import { verdictSentences } from '../../src/report/sentences.ts'
import { SIMULATION_START_MS } from '../../tools/simulator/clock.ts'
import { baseScenario } from '../../tools/simulator/scenarios.ts'
import { simulateRelease } from '../support/simulated-release.ts'

test.each([
  ['Install', 60],
  ['AfterAllowTestTraffic', 130],
  ['AllowTraffic', 200],
])('a run that is cancelled at %s asks for the stop within two seconds, and says so', async (_, second) => {
  const { outputs, calls, log } = await simulateRelease({
    scenario: baseScenario,
    inputs: { 'after-allow-test-traffic-hook': 'CodeDeployHook_validate' },
    prepare: ({ clock, abort }) => clock.atSecond(second, abort),
  })
  expect(outputs.status).toBe('cancelled')
  const stop = calls.find(({ operation }) => operation === 'StopDeployment')
  expect((stop?.atMs ?? Number.NaN) - SIMULATION_START_MS).toBeLessThanOrEqual((second + 2) * 1000)
  const told = log.find((line) => line.includes('The workflow run was cancelled; stopping deployment d-')) ?? ''
  const toldAtMs = Date.parse(`2026-08-08T${told.slice(0, 9)}`)
  expect(toldAtMs - SIMULATION_START_MS).toBeLessThanOrEqual((second + 2) * 1000)
})

test('a step that is ended while its stop is carried out tells whose stop it was', async () => {
  const told: string[] = []
  await simulateRelease({
    scenario: baseScenario,
    prepare: ({ clock, abort }) => clock.atSecond(60, abort),
    world: {
      onRelease: (release) => {
        if (release.snapshot?.status !== 'stopped') return
        told.push(verdictSentences({ ...release, status: 'cancelled' }).cause)
      },
    },
  })
  expect(told.length).toBeGreaterThan(0)
  for (const cause of told) {
    expect(cause).toMatch(/^The workflow run was cancelled; deployment d-\w+ was stopped\./)
    expect(cause).not.toContain('  ')
  }
})
