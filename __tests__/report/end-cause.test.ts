import { expect, test } from '@jest/globals'
import type { Scenario } from '../../tools/simulator/scenario.ts'
import { baseScenario, scenarios } from '../../tools/simulator/scenarios.ts'
import { simulateRelease } from '../support/simulated-release.ts'

const HOOK = 'CodeDeployHook_validate'
const VALIDATED = { 'after-allow-test-traffic-hook': HOOK } as const

async function causeOf(scenario: Scenario): Promise<string> {
  const { annotation } = await simulateRelease({ scenario, inputs: VALIDATED })
  return annotation?.message ?? ''
}

const THROWS: Scenario = {
  ...baseScenario,
  hookPlans: { [HOOK]: { answer: 'throws', afterSeconds: 5, log: [] } },
}

test.each<[string, Scenario]>([
  ['reports Failed', scenarios['hook-fails']],
  ['reports Failed and CodeDeploy adds diagnostics', withSwitch(scenarios['hook-fails'], { hookDiagnostics: true })],
  ['ends with an error that CodeDeploy takes for an answer', withSwitch(THROWS, { hookErrorFails: true })],
])('says of a hook that it failed, and not how, when it %s', async (_name, scenario) => {
  expect(await causeOf(scenario)).toContain(
    `failed at AfterAllowTestTraffic: hook ${HOOK} failed (HOOK_EXECUTION_FAILURE). Rollback`,
  )
})

test.each(['TIMEOUT', 'HOOK_EXECUTION_FAILURE', 'A_NEW_CODE'])(
  'says of a silent hook that it did not answer in time when the code of that is %s',
  async (hookTimeoutCode) => {
    const silent = withSwitch(scenarios['hook-silent'], { hookTimeoutCode })
    const threw = withSwitch(THROWS, { hookTimeoutCode })
    for (const scenario of [silent, threw]) {
      const cause = await causeOf(scenario)
      expect(cause).toContain(
        `hook ${HOOK} did not answer in time (${hookTimeoutCode}: The deployment timed out while waiting for a status callback.`,
      )
    }
  },
)

test('says of a hook that CodeDeploy may not call that it could not be invoked, and points to no log of it', async () => {
  const cause = await causeOf(scenarios['hook-denied'])
  expect(cause).toContain(`hook ${HOOK} could not be invoked (IAM_ROLE_PERMISSIONS: The IAM role`)
  expect(cause).not.toContain('log group')
})

function withSwitch(scenario: Scenario, assumptions: Scenario['assumptions']): Scenario {
  return { ...scenario, assumptions: { ...scenario.assumptions, ...assumptions } }
}
