import { expect, test } from '@jest/globals'
import { verdictSentences } from '../../src/report/sentences.ts'
import { withoutRequest } from '../../src/text/service-message.ts'
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

const SAID = ': "The test listener answered 500 from web:2; expected 200."'

test.each<[string, Scenario, string]>([
  ['reports Failed', scenarios['hook-fails'], SAID],
  [
    'reports Failed and CodeDeploy adds diagnostics',
    withSwitch(scenarios['hook-fails'], { hookDiagnostics: true }),
    SAID,
  ],
  ['ends with an error that CodeDeploy takes for an answer', withSwitch(THROWS, { hookErrorFails: true }), ''],
])('says of a hook that it failed, and what it printed, when it %s', async (_name, scenario, said) => {
  expect(await causeOf(scenario)).toContain(
    `failed at AfterAllowTestTraffic: hook ${HOOK} failed${said} (HOOK_EXECUTION_FAILURE). Rollback`,
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
        `hook ${HOOK} did not answer within the hour that CodeDeploy waits (${hookTimeoutCode}). Rollback`,
      )
    }
  },
)

test('says of a hook that CodeDeploy may not call that it could not be invoked, and points to no log of it', async () => {
  const cause = await causeOf(scenarios['hook-denied'])
  expect(cause).toContain(
    `hook ${HOOK} could not be invoked: CodeDeploy's role ecsCodeDeployRole may not invoke it (IAM_ROLE_PERMISSIONS).`,
  )
  expect(cause).toContain('Next: attach the managed policy AWSCodeDeployRoleForECS to the role of the deployment group')
  expect(cause).not.toContain('log group')
})

test('says of a hook that the checks could not look for, and that is not there, that there is no such function', async () => {
  const inputs = { 'after-allow-test-traffic-hook': 'CodeDeployHook_valdiate' }
  const faults = [{ operation: 'GetFunctionConfiguration', count: 1, kind: { type: 'denied' as const } }]
  const { annotation, summary } = await simulateRelease({ scenario: { ...baseScenario, faults }, inputs })
  expect(annotation?.message).toContain(
    'hook CodeDeployHook_valdiate could not be invoked: there is no Lambda function of this name in us-east-1 (IAM_ROLE_PERMISSIONS).',
  )
  expect(annotation?.message).toContain(
    'Next: correct the name of the hook, or create the function CodeDeployHook_valdiate.',
  )
  expect(summary).not.toContain('log-groups')
})

test('says both of a hook that could not be invoked when the function may not be looked at', async () => {
  const faults = [{ operation: 'GetFunctionConfiguration', kind: { type: 'denied' as const } }]
  const cause = await causeOf({ ...scenarios['hook-denied'], faults })
  expect(cause).toContain("it does not exist, or CodeDeploy's role ecsCodeDeployRole may not invoke it")
  expect(cause).toContain(`Next: check that the function ${HOOK} exists; if it does, attach`)
})

test('says how to name a function that the narrower managed policy covers', async () => {
  const { world } = scenarios['hook-denied']
  const functions = [{ name: 'smoke', denied: true }]
  const { annotation } = await simulateRelease({
    scenario: { ...scenarios['hook-denied'], world: { ...world, functions } },
    inputs: { 'after-allow-test-traffic-hook': 'smoke' },
  })
  expect(annotation?.message).toContain('or call the function CodeDeployHook_smoke')
})

test('tasks that stopped on the way do not hide what CodeDeploy says of something else', async () => {
  const message = 'Primary taskset target group must be behind listener of-somebody'
  const ends = {
    after: { event: 'AllowTraffic', seconds: 5 },
    code: 'ELASTIC_LOAD_BALANCING_INVALID',
    message,
  } as const
  const { release } = await simulateRelease({ scenario: { ...baseScenario, ends } })
  const { cause } = verdictSentences({ ...release, taskStops: ['container web: exit code 1'] })
  expect(cause).toMatch(
    /Primary taskset target group must be behind listener .*; replacement tasks stopped.*: container web: exit code 1\./,
  )
})

test.each([
  [
    'The ECS service cannot be updated due to an unexpected error: No capacity. (Service: AmazonECS; Status Code: 400; Error Code: InvalidParameterException; Request ID: 74329162-e4cb-4ac6-a2c5-48c107e7b951; Proxy: null). Check your ECS service status.',
    'The ECS service cannot be updated due to an unexpected error: No capacity. (InvalidParameterException).',
  ],
  ['Rate exceeded (Request ID: 74329162-e4cb-4ac6-a2c5-48c107e7b951)', 'Rate exceeded'],
  ['Nothing of a request', 'Nothing of a request'],
])('a message is told without what names one request: %s', (message, told) => {
  expect(withoutRequest(message)).toBe(told)
})

function withSwitch(scenario: Scenario, assumptions: Scenario['assumptions']): Scenario {
  return { ...scenario, assumptions: { ...scenario.assumptions, ...assumptions } }
}
