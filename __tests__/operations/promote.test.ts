import { describe, expect, test } from '@jest/globals'
import { SIMULATION_START_MS } from '../../tools/simulator/clock.ts'
import type { Scenario } from '../../tools/simulator/scenario.ts'
import { baseScenario, scenarios, withGroup } from '../../tools/simulator/scenarios.ts'
import { DENIED } from '../support/faults.ts'
import { operate, releaseAndDie } from '../support/operations.ts'
import { deployByOther, runNumber } from '../support/others.ts'
import { inOneAccount, simulateRelease } from '../support/simulated-release.ts'

const HELD: Scenario = {
  ...baseScenario,
  world: withGroup(baseScenario.world, { ready: { action: 'STOP_DEPLOYMENT', waitMinutes: 60 } }),
}
const TO_TEST = { 'wait-for': 'test-traffic', 'after-allow-test-traffic-hook': 'CodeDeployHook_validate' } as const
const PROMOTE = { operation: 'promote' } as const

describe('wait-for: test-traffic', () => {
  test('ends when the replacement serves the test listener, its hook passed and production is untouched', async () => {
    const { outputs, release, summary, annotation } = await simulateRelease({ scenario: HELD, inputs: TO_TEST })
    expect(outputs).toMatchObject({
      status: 'awaiting-promotion',
      'replacement-traffic': '0',
      production: 'web:1',
      'test-url': expect.stringMatching(/^http:\/\/web-\d+\.us-east-1\.elb\.amazonaws\.com:8080$/),
      'promote-by': new Date((release.snapshot?.events[4]?.startedAtMs ?? 0) + 3_600_000).toISOString(),
    })
    expect(outputs['hook-results']).toContain('"result":"succeeded"')
    expect(annotation).toBeUndefined()
    expect(summary).toContain('## ✅ Awaiting promotion: web 1.1.0 → demo/web\n\n> [!WARNING]\n> **Production')
    expect(summary).toContain(outputs['test-url'])
    expect(summary).toContain('waits at Ready until 2026-08-08')
  })

  test('takes the address from the input, and says when none can be found', async () => {
    const given = { ...TO_TEST, 'test-url': 'https://test.example.org/shop' }
    const { outputs, calls } = await simulateRelease({ scenario: HELD, inputs: given })
    expect(outputs['test-url']).toBe('https://test.example.org/shop')
    expect(calls.map(({ operation }) => operation)).not.toContain('DescribeLoadBalancers')
    const scenario = { ...HELD, faults: [{ operation: 'DescribeListeners', kind: DENIED }] }
    const denied = await simulateRelease({ scenario, inputs: TO_TEST })
    expect(denied.outputs).toMatchObject({ status: 'awaiting-promotion', 'test-url': '' })
    expect(denied.release.warnings).toEqual([expect.stringContaining("give it with 'test-url'")])
  })

  test('tells what production serves however long the load balancer is waited for', async () => {
    const scenario: Scenario = {
      ...HELD,
      faults: [{ operation: 'DescribeListeners', count: 6, kind: { type: 'server-error', httpStatus: 503 } }],
    }
    const { outputs } = await simulateRelease({ scenario, inputs: { ...TO_TEST, 'max-retries': '8' } })
    expect(outputs).toMatchObject({ status: 'awaiting-promotion', production: 'web:1', 'replacement-traffic': '0' })
    expect(outputs['test-url']).toMatch(/^http:/)
  })

  test.each([
    ['the group does not wait', { testListener: true }, {}, ['not-held']],
    [
      'the group has no test listener',
      { testListener: false, ready: { action: 'STOP_DEPLOYMENT', waitMinutes: 60 } as const },
      {},
      ['no-test-listener'],
    ],
    [
      'it is to be continued at once',
      { ready: { action: 'STOP_DEPLOYMENT', waitMinutes: 60 } as const },
      { 'auto-promote': 'true' },
      ['invalid-input'],
    ],
  ])('is refused before any write when %s', async (_name, group, inputs, reasons) => {
    const scenario = { ...baseScenario, world: withGroup(baseScenario.world, group) }
    const { outputs, writes, release } = await simulateRelease({
      scenario,
      inputs: { 'wait-for': 'test-traffic', ...inputs },
    })
    expect(outputs.status).toBe('refused')
    expect(release.problems.map(({ reason }) => reason)).toEqual(reasons)
    expect(writes).toEqual([])
  })

  test('fails with the hook, as every release', async () => {
    const hookPlans = { CodeDeployHook_validate: { answer: 'Failed' as const, afterSeconds: 20, log: [] } }
    const { outputs } = await simulateRelease({ scenario: { ...HELD, hookPlans }, inputs: TO_TEST })
    expect(outputs).toMatchObject({ status: 'rolled-back', 'promote-by': '' })
  })
})

describe.each(['after-test-hook', 'during-test-hook'] as const)('with Ready shown %s', (readyShown) => {
  const held: Scenario = { ...HELD, assumptions: { readyShown } }
  const event = readyShown === 'during-test-hook' ? 'startedAtMs' : 'endedAtMs'

  test('promote-by is when CodeDeploy gives up waiting', async () => {
    const { outputs, release } = await simulateRelease({ scenario: held, inputs: TO_TEST })
    const sinceMs = release.snapshot?.events[4]?.[event] ?? 0
    expect(outputs).toMatchObject({
      status: 'awaiting-promotion',
      'promote-by': new Date(sinceMs + 3_600_000).toISOString(),
    })
  })

  test('a promotion during the test hook waits for it, says so, and continues the deployment', () =>
    inOneAccount(held, async (account) => {
      await releaseAndDie(account, TO_TEST)
      await account.clock.sleep(130_000)
      const { outputs, writes, log } = await operate(account, PROMOTE)
      expect(log.join('\n')).toMatch(/d-\w+ is still at AfterAllowTestTraffic; it is continued once that has succeeded/)
      expect(writes).toEqual(['ContinueDeployment'])
      expect(outputs).toMatchObject({ status: 'succeeded', production: 'web:2' })
      expect(log.filter((line) => /AfterAllowTestTraffic +succeeded/.test(line))).toHaveLength(1)
    }))

  test('a promotion during a test hook that fails continues nothing and tells of the hook', () => {
    const hookPlans = { CodeDeployHook_validate: { answer: 'Failed' as const, afterSeconds: 20, log: [] } }
    return inOneAccount({ ...held, hookPlans }, async (account) => {
      await releaseAndDie(account, TO_TEST)
      await account.clock.sleep(130_000)
      const { outputs, writes, annotation } = await operate(account, PROMOTE)
      expect(writes).toEqual([])
      expect(outputs).toMatchObject({ status: 'rolled-back', production: 'web:1' })
      expect(annotation?.message).toContain('CodeDeployHook_validate')
    })
  })
})

describe('a promotion that cannot see the lifecycle events', () => {
  test.each([
    ['of a deployment with a test hook says so, and continues it as asked', TO_TEST, 1],
    ['of a deployment without a test hook has nothing to say', { 'wait-for': 'test-traffic' }, 0],
  ] as const)('%s', (_name, hook, times) =>
    inOneAccount(HELD, async (account) => {
      await releaseAndDie(account, hook)
      await account.clock.sleep(600_000)
      account.simulator.addFault({ operation: 'GetDeploymentTarget', kind: DENIED })
      const { outputs, writes, release, summary, log } = await operate(account, PROMOTE)
      expect(writes).toEqual(['ContinueDeployment'])
      expect(outputs).toMatchObject({ status: 'succeeded', production: 'web:2' })
      const unseen = 'Whether hook CodeDeployHook_validate (AfterAllowTestTraffic) has succeeded cannot be seen'
      expect(release.warnings.filter((warning) => warning.includes(unseen))).toHaveLength(times)
      expect(summary.includes('is continued because that was asked for')).toBe(times > 0)
      const told = log.findIndex((line) => line.startsWith(`Warning: ${unseen}`))
      expect(told >= 0 && told < log.findIndex((line) => line.startsWith('Continued deployment'))).toBe(times > 0)
    }),
  )
})

describe('operation: promote', () => {
  test('follows a deployment that somebody has continued a moment ago, before anything of the shift shows', () =>
    inOneAccount(HELD, async (account) => {
      await operate(account, TO_TEST)
      const first = await operate(account, { ...PROMOTE, 'wait-for': 'nothing' })
      expect(first.outputs.status).toBe('started')
      const { outputs, writes } = await operate(account, PROMOTE)
      expect(outputs).toMatchObject({ status: 'succeeded', production: 'web:2' })
      expect(writes).toEqual([])
    }))

  test('shifts production in a second job, after the first ended at the test listener', () =>
    inOneAccount(HELD, async (account) => {
      const first = await operate(account, TO_TEST)
      await account.clock.sleep(600_000)
      const id = first.outputs['codedeploy-deployment-id']
      const approved = { ...PROMOTE, 'deployment-id': id, 'expect-image': 'registry.example/web:1.1.0' }
      const { outputs, writes, summary, release } = await operate(account, approved)
      expect(writes).toEqual(['ContinueDeployment'])
      expect(release.warnings).toEqual([])
      expect(outputs).toMatchObject({
        status: 'succeeded',
        production: 'web:2',
        'task-definition': 'web:2',
        'previous-task-definition': 'web:1',
      })
      expect(summary).toContain('registry.example/web:1.0.0')
    }))

  test('ends the termination wait early with wait-for: completion', () =>
    inOneAccount(HELD, async (account) => {
      await operate(account, TO_TEST)
      const { outputs, writes, release } = await operate(account, { ...PROMOTE, 'wait-for': 'completion' })
      expect(writes).toEqual(['ContinueDeployment', 'ContinueDeployment'])
      expect(outputs.status).toBe('succeeded')
      const { snapshot } = release
      const shiftedMs = snapshot?.events.at(-1)?.endedAtMs ?? 0
      expect((snapshot?.endedAtMs ?? 0) - shiftedMs).toBeLessThan(60_000)
    }))

  test('follows one that was continued already, and writes nothing', () =>
    inOneAccount(HELD, async (account) => {
      await operate(account, TO_TEST)
      await operate(account, { ...PROMOTE, 'wait-for': 'nothing' })
      await account.clock.sleep(60_000)
      const again = await operate(account, PROMOTE)
      expect(again).toMatchObject({ outputs: { status: 'succeeded' }, writes: [] })
      await account.clock.sleep(900_000)
      const late = await operate(account, PROMOTE)
      expect(late).toMatchObject({ outputs: { status: 'succeeded', production: 'web:2' }, writes: [] })
    }))

  test('is refused after the deadline, with the moment at which CodeDeploy stopped it', () =>
    inOneAccount(HELD, async (account) => {
      await operate(account, TO_TEST)
      await account.clock.sleep(3_700_000)
      const { outputs, writes, annotation } = await operate(account, PROMOTE)
      expect(outputs).toMatchObject({ status: 'refused', reason: 'not-held' })
      expect(annotation?.message).toMatch(
        /CodeDeploy stopped it at \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ; start a new release\./,
      )
      expect(writes).toEqual([])
    }))

  test('is refused when the deployment ships something else than what was approved', () =>
    inOneAccount(HELD, async (account) => {
      await operate(account, TO_TEST)
      const { outputs, writes, annotation } = await operate(account, {
        ...PROMOTE,
        'expect-image': 'registry.example/web:1.2.0',
      })
      expect(outputs).toMatchObject({ status: 'refused', reason: 'other-image' })
      expect(annotation?.message).toContain("it ships 'registry.example/web:1.1.0'")
      expect(writes).toEqual([])
    }))

  test('is refused while the deployment does not wait yet', () =>
    inOneAccount(HELD, async (account) => {
      await releaseAndDie(account, { 'auto-promote': 'true' })
      await account.clock.sleep(30_000)
      const { outputs, writes, annotation } = await operate(account, PROMOTE)
      expect(outputs).toMatchObject({ status: 'refused', reason: 'not-held' })
      expect(annotation?.message).toContain('InProgress at Install')
      expect(writes).toEqual([])
    }))

  test('never touches a deployment of another run, unless any is asked for', () =>
    inOneAccount(HELD, async (account) => {
      const id = await deployByOther(account, 400)
      const { outputs, writes } = await operate(account, PROMOTE)
      expect(outputs).toMatchObject({ status: 'refused', reason: 'not-found' })
      expect(writes).toEqual([])
      const forced = await operate(account, { ...PROMOTE, 'deployment-id': 'active' })
      expect(forced.outputs).toMatchObject({ status: 'succeeded', 'codedeploy-deployment-id': id })
    }))

  test('stops the deployment with rollback when it is cancelled, as a release does', () =>
    inOneAccount(HELD, async (account) => {
      await operate(account, TO_TEST)
      const { outputs, writes } = await operate(account, PROMOTE, {
        world: runNumber(42),
        prepare: ({ clock, abort }) => clock.atSecond((clock.now() - SIMULATION_START_MS) / 1000 + 60, abort),
      })
      expect(outputs).toMatchObject({ status: 'cancelled' })
      expect(writes).toEqual(['ContinueDeployment', 'StopDeployment'])
    }))
})

test('a promotion of a deployment that failed and was rolled back is refused with what became of the rollback', () =>
  inOneAccount({ ...scenarios['hook-fails'], world: HELD.world }, async (account) => {
    await releaseAndDie(account, TO_TEST)
    await account.clock.sleep(300_000)
    const { outputs, writes, annotation } = await operate(account, PROMOTE)
    expect(writes).toEqual([])
    expect(outputs).toMatchObject({ status: 'refused', reason: 'not-held', 'rollback-status': 'succeeded' })
    expect(annotation?.message).toMatch(/has ended \(Failed at .*start a new release\. Rollback d-\w+ succeeded\./)
  }))
