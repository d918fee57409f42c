import { expect, test } from '@jest/globals'
import { SIMULATION_START_MS } from '../../src/simulator/clock.ts'
import { baseScenario } from '../../src/simulator/scenarios.ts'
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
