import { expect, test } from '@jest/globals'
import { SIMULATION_START_MS } from '../../tools/simulator/clock.ts'
import type { Fault } from '../../tools/simulator/scenario.ts'
import { baseScenario } from '../../tools/simulator/scenarios.ts'
import { simulateRelease } from '../support/simulated-release.ts'

/** The SDK signs with the time of this machine, which is not that of the simulator. */
const CHECKED: Fault = { operation: '*', kind: { type: 'wrong-clock' } }
const HOUR_MS = 3_600_000

test.each([
  ['ahead of that of AWS', 'not yet current', HOUR_MS],
  ['behind that of AWS', 'expired', -HOUR_MS],
])(
  'a release whose clock is %s succeeds after one refusal for each client, and says once that the clock is wrong',
  async (_, text, offMs) => {
    const { outputs, log, calls } = await simulateRelease({
      scenario: { ...baseScenario, faults: [CHECKED] },
      prepare: ({ ecs, codeDeploy }) => {
        for (const { config } of [ecs, codeDeploy]) {
          config.systemClockOffset = SIMULATION_START_MS + offMs - Date.now()
        }
      },
    })
    expect(outputs.status).toBe('succeeded')
    const told = log.filter((line) => /clock/.test(line))
    expect(told).toEqual([expect.stringMatching(/^Warning: The clock of this runner is wrong, so AWS refused /)])
    expect(told[0]).toContain(`Signature ${text}: `)
    const refused = calls.filter(({ error }) => error?.code === 'InvalidSignatureException')
    expect(refused.map(({ service }) => service)).toEqual(['ecs', 'codedeploy'])
  },
)

test('a clock that goes wrong while a deployment is followed does not end the sight of it', async () => {
  const { outputs, log } = await simulateRelease({
    scenario: baseScenario,
    prepare: ({ simulator, clock, ecs, codeDeploy }) => {
      clock.atSecond(200, () => {
        simulator.addFault(CHECKED)
        for (const { config } of [ecs, codeDeploy]) config.systemClockOffset += HOUR_MS
      })
    },
  })
  expect(outputs.status).toBe('succeeded')
  expect(log.join('\n')).toContain('The clock of this runner is wrong')
})

test('a release whose requests stay refused for their time names the clock, not the credentials', async () => {
  const message = 'Signature not yet current: 20270101T000000Z is still later than 20260808T120500Z'
  const { outputs, release } = await simulateRelease({
    scenario: {
      ...baseScenario,
      faults: [
        { operation: '*', kind: { type: 'error', code: 'InvalidSignatureException', message, httpStatus: 400 } },
      ],
    },
  })
  expect(outputs).toMatchObject({ status: 'refused', reason: 'credentials' })
  const told = release.problems.map(({ sentence }) => sentence)
  expect(told).toEqual([expect.stringContaining('because the clock of this runner is wrong')])
  expect(told.join(' ')).not.toContain('credentials')
})
