import { describe, expect, test } from '@jest/globals'
import { credentialsFor } from '../../../tools/rehearsal/demo.ts'
import { parseOptions, type RehearsalOptions } from '../../../tools/rehearsal/options.ts'
import { inputsOf, speedFor } from '../../../tools/rehearsal/settings.ts'
import { SIMULATION_START_MS } from '../../../tools/simulator/clock.ts'
import { type NamedScenario, namedScenarios } from '../../../tools/simulator/named-scenarios.ts'
import { type ScenarioName, scenarios } from '../../../tools/simulator/scenarios.ts'
import { expectValidReport } from '../../support/report-schema.ts'
import { simulateRelease } from '../../support/simulated-release.ts'

/** What a terminal shows at once on most machines. */
const SCREEN_LINES = 50

/** Longest rehearsal, in milliseconds of real time without the starts of processes. */
const LONGEST_MS = 25_000

/** Plays a rehearsal in this process: the same scenario and the same inputs. */
async function rehearse(scenario: NamedScenario, given: Record<string, string> = {}) {
  const args = Object.entries(given).flatMap(([name, value]) => ['--input', `${name}=${value}`])
  const options: RehearsalOptions = parseOptions(['--scenario', scenario, ...args])
  const inputs = Object.fromEntries(inputsOf(options))
  const result = await simulateRelease({ scenario: namedScenarios[scenario], inputs })
  const tookMs = (result.clock.now() - SIMULATION_START_MS) / speedFor(options)
  expectValidReport(result.release)
  expect(result.log.length).toBeLessThanOrEqual(SCREEN_LINES)
  expect(tookMs).toBeLessThan(LONGEST_MS)
  return { ...result, said: result.annotation?.message ?? '', told: result.log.join('\n') }
}

const RELEASED = ['RegisterTaskDefinition', 'CreateDeployment']

test('a lost answer is told, the deployment is found, and the release succeeds with it alone', async () => {
  const { outputs, writes, told } = await rehearse('lost-answer')
  expect(outputs.status).toBe('succeeded')
  expect(writes).toEqual(RELEASED)
  expect(told).toMatch(
    /The answer to CreateDeployment was lost \(.*ECONNRESET\)\. Looking whether the deployment is there/,
  )
  expect(told).toContain(`Created deployment ${outputs['codedeploy-deployment-id']}.`)
})

test('throttling is told when it begins and when it is over, twice, and changes nothing else', async () => {
  const { outputs, writes, told } = await rehearse('throttled')
  expect(outputs.status).toBe('succeeded')
  expect(new Set(writes)).toEqual(new Set(RELEASED))
  expect(told.match(/AWS throttles|AWS answers again|failed \(Throttling|Reads succeed again/g)).toEqual([
    'AWS throttles',
    'AWS answers again',
    'failed (Throttling',
    'Reads succeed again',
  ])
})

test('credentials that end on the way are warned of, and end the step at once as unknown', async () => {
  const { outputs, said, clock } = await rehearse('expired')
  expect(outputs.status).toBe('unknown')
  expect(said).toContain('because the credentials have expired')
  expect(said).toContain(`aws deploy get-deployment --deployment-id ${outputs['codedeploy-deployment-id']}`)
  expect(said).toContain('running this job again takes it up where it is by then')
  expect(clock.now()).toBeLessThan(SIMULATION_START_MS + 300_000)
  expect(credentialsFor(scenarios.expired, SIMULATION_START_MS)).toMatchObject({
    AWS_CREDENTIAL_EXPIRATION: '2026-08-08T12:04:00.000Z',
  })
})

test('a role is what the rehearsal of sessions that end is given', async () => {
  expect(inputsOf(parseOptions(['--scenario', 'expired-with-role'])).get('role-to-assume')).toBe(
    'arn:aws:iam::123456789012:role/release-web',
  )
  expect((await rehearse('expired-with-role')).outputs.status).toBe('succeeded')
})

test('without deployment targets the release is followed by status and task sets, with one warning', async () => {
  const { outputs, release, told } = await rehearse('denied-targets')
  expect(outputs).toMatchObject({ status: 'succeeded', production: 'web:2' })
  expect(release.warnings).toHaveLength(1)
  expect(told).toContain('GetDeploymentTarget was denied: lifecycle events and hooks cannot be seen')
})

describe('a service that ECS deploys', () => {
  const STARTED = ['RegisterTaskDefinition', 'UpdateService']

  test.each<[NamedScenario, Record<string, string>, string, string[], RegExp]>([
    ['native', {}, 'succeeded', STARTED, /BAKE_TIME +started .* 100 %/],
    ['native-canary', {}, 'succeeded', STARTED, /Production traffic .* 10 %/],
    ['native-linear', {}, 'succeeded', STARTED, /25 %.*50 %.*75 %.*100 %/s],
    ['native-hook-fails', {}, 'rolled-back', STARTED, /answered 500 from web:2.*\(it returned FAILED\)/],
    ['native-pause', {}, 'refused', [], /has a PAUSE hook at POST_TEST_TRAFFIC_SHIFT/],
    ['native-pause', { 'wait-for': 'test-traffic' }, 'awaiting-promotion', STARTED, /AWAITING_ACTION/],
    ['native-alarm', {}, 'rolled-back', STARTED, /alarm.* went off with 10 % of production traffic shifted/],
    ['native-never-healthy', {}, 'rolled-back', STARTED, /Cannot find module/],
    ['native-mixed-traffic', {}, 'refused', [], /weight/],
  ])('in %s with %j is %s', async (scenario, inputs, status, writes, text) => {
    const result = await rehearse(scenario, inputs)
    expect(result.outputs.status).toBe(status)
    expect(result.writes).toEqual(writes)
    expect(`${result.told}${result.said}`).toMatch(text)
  })
})

describe('another deployment is active', () => {
  test.each<[ScenarioName, string, string, string[]]>([
    ['busy', 'wait', 'succeeded', RELEASED],
    ['busy', 'replace', 'succeeded', ['StopDeployment', ...RELEASED]],
    ['busy', 'fail', 'refused', []],
    ['busy-ready', 'wait', 'refused', []],
    ['busy-ready', 'replace', 'succeeded', ['StopDeployment', ...RELEASED]],
    ['busy-ready', 'fail', 'refused', []],
    ['busy-termination', 'wait', 'succeeded', RELEASED],
    ['busy-termination', 'replace', 'succeeded', ['ContinueDeployment', ...RELEASED]],
    ['busy-termination', 'fail', 'refused', []],
  ])('%s with on-active-deployment: %s is %s', async (scenario, policy, status, expected) => {
    const { outputs, writes, told, said } = await rehearse(scenario, { 'on-active-deployment': policy })
    expect(outputs.status).toBe(status)
    const promoted = scenario === 'busy-ready' && status === 'succeeded' ? ['ContinueDeployment'] : []
    expect(writes).toEqual([...expected, ...promoted])
    expect(`${told}${said}`).toMatch(/created \d+ (min|s).* ago by user, run 7 of nightly\.yml in example\/base\)/)
    if (status === 'refused') expect(outputs.reason).toBe('busy')
  })
})
