import { describe, expect, test } from '@jest/globals'
import type { InputName } from '../../src/inputs/names.ts'
import { nativeBase, nativeScenarios, withNative } from '../../tools/simulator/native/scenarios.ts'
import type { Scenario } from '../../tools/simulator/scenario.ts'
import { operate, releaseAndDie } from '../support/operations.ts'
import { runNumber } from '../support/others.ts'
import { inOneAccount, type SimulatedAccount } from '../support/simulated-release.ts'

type Inputs = Partial<Record<InputName, string>>

const VERSION_2: Inputs = { image: 'registry.example/web:2.0.0' }
const AT_PAUSE = { 'wait-for': 'test-traffic' } as const
const COMPLETE = { 'wait-for': 'completion' } as const

/** What matters of an operation in one line. */
async function told(account: SimulatedAccount, inputs: Inputs, run = 42) {
  const { release, writes, outputs } = await operate(account, inputs, { world: runNumber(run) })
  const reasons = release.problems.map(({ reason }) => reason)
  return { status: release.status, production: outputs.production, writes: writes.join(' '), reasons, release }
}

async function inService(scenario: Scenario, play: (account: SimulatedAccount) => Promise<void>): Promise<void> {
  await inOneAccount(scenario, play)
}

describe('a release that waits at a pause', () => {
  test('goes on when it is promoted by a later job', async () => {
    await inService(nativeScenarios['native-pause'], async (account) => {
      const held = await told(account, AT_PAUSE)
      expect(held).toMatchObject({ status: 'awaiting-promotion', production: 'web:1' })
      expect(held.release.testUrl).toMatch(/^http:\/\//)
      expect(held.release.warnings).toEqual([])
      expect(await told(account, { operation: 'promote' })).toMatchObject({
        status: 'succeeded',
        production: 'web:2',
        writes: 'ContinueServiceDeployment',
      })
    })
  })

  test('is continued at every step of the shift once it is promoted', async () => {
    const world = withNative(nativeBase.world, {
      strategy: 'CANARY',
      canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 5 },
      lifecycleHooks: [{ targetType: 'PAUSE', lifecycleStages: ['PRE_PRODUCTION_TRAFFIC_SHIFT'] }],
    })
    await inService({ ...nativeBase, world }, async (account) => {
      expect(await told(account, AT_PAUSE)).toMatchObject({ status: 'awaiting-promotion', production: 'web:1' })
      expect(await told(account, { operation: 'promote', ...COMPLETE })).toMatchObject({
        status: 'succeeded',
        production: 'web:2',
        writes: 'ContinueServiceDeployment ContinueServiceDeployment',
      })
    })
  })

  test('is rolled back when it is stopped', async () => {
    await inService(nativeScenarios['native-pause'], async (account) => {
      await told(account, AT_PAUSE)
      expect(await told(account, { operation: 'stop', 'only-at-ready': 'true' })).toMatchObject({
        status: 'stopped',
        production: 'web:1',
        writes: 'StopServiceDeployment',
      })
      expect(await told(account, { operation: 'stop' })).toMatchObject({ status: 'unchanged', writes: '' })
    })
  })

  test('is not touched by a run of somebody else unless it is named', async () => {
    await inService(nativeScenarios['native-pause'], async (account) => {
      await told(account, AT_PAUSE)
      expect(await told(account, { operation: 'promote' }, 43)).toMatchObject({ status: 'refused', writes: '' })
      expect(await told(account, { operation: 'promote', 'deployment-id': 'active' }, 43)).toMatchObject({
        status: 'succeeded',
        production: 'web:2',
      })
    })
  })

  test('goes on by itself with auto-promote', async () => {
    await inService(nativeScenarios['native-pause'], async (account) => {
      expect(await told(account, { 'auto-promote': 'true' })).toMatchObject({
        status: 'succeeded',
        production: 'web:2',
      })
    })
  })

  test('is refused where the finish line is behind the pause', async () => {
    await inService(nativeScenarios['native-pause'], async (account) => {
      expect(await told(account, {})).toMatchObject({ status: 'refused', reasons: ['held'], writes: '' })
    })
  })
})

describe('a rollback', () => {
  test('stops what bakes, and takes production back', async () => {
    await inService(nativeBase, async (account) => {
      expect(await told(account, {})).toMatchObject({ status: 'succeeded', production: 'web:2' })
      expect(await told(account, { operation: 'rollback' }, 43)).toMatchObject({
        status: 'succeeded',
        production: 'web:1',
        writes: 'StopServiceDeployment',
      })
    })
  })

  test('deploys what served before when nothing is active', async () => {
    await inService(nativeBase, async (account) => {
      expect(await told(account, COMPLETE)).toMatchObject({ status: 'succeeded', production: 'web:2' })
      await account.clock.sleep(3_600_000)
      expect(await told(account, { operation: 'rollback', ...COMPLETE }, 43)).toMatchObject({
        status: 'succeeded',
        production: 'web:1',
        writes: 'UpdateService',
      })
    })
  })
})

describe('a rollback that deploys an earlier revision', () => {
  /** The account an hour after a bad release, with somebody's rollback begun and so many seconds gone. */
  async function whileGoingBack(seconds: number, play: (account: SimulatedAccount) => Promise<void>): Promise<void> {
    await inService(nativeBase, async (account) => {
      await told(account, COMPLETE)
      await account.clock.sleep(3_600_000)
      await told(account, { operation: 'rollback', 'wait-for': 'nothing' }, 43)
      await account.clock.sleep(seconds * 1000)
      await play(account)
    })
  }

  test.each([
    ['its tasks start', 30],
    ['it bakes', 200],
  ])('is followed, and not undone, when somebody asks for it again while %s', async (_, seconds) => {
    await whileGoingBack(seconds, async (account) => {
      expect(await told(account, { operation: 'rollback' }, 44)).toMatchObject({
        status: 'succeeded',
        production: 'web:1',
        writes: '',
      })
    })
  })
})

describe('a release while another one runs', () => {
  test('waits for it', async () => {
    await inService(nativeBase, async (account) => {
      await releaseAndDie(account)
      const second = await told(account, VERSION_2, 43)
      expect(second).toMatchObject({ status: 'succeeded', production: 'web:3' })
      expect(second.release.waits).toHaveLength(1)
    })
  })

  test('is refused with on-active-deployment: fail', async () => {
    await inService(nativeBase, async (account) => {
      await releaseAndDie(account)
      const second = await told(account, { ...VERSION_2, 'on-active-deployment': 'fail' }, 43)
      expect(second).toMatchObject({ status: 'refused', reasons: ['busy'], writes: '' })
    })
  })

  test('stops it first with on-active-deployment: replace', async () => {
    await inService(nativeBase, async (account) => {
      await releaseAndDie(account)
      const second = await told(account, { ...VERSION_2, 'on-active-deployment': 'replace' }, 43)
      expect(second).toMatchObject({ status: 'succeeded', production: 'web:3' })
      expect(second.writes).toBe('StopServiceDeployment RegisterTaskDefinition UpdateService')
    })
  })

  test('follows it when an earlier attempt of the same job made it', async () => {
    await inService(nativeBase, async (account) => {
      const id = await releaseAndDie(account)
      const again = await told(account, {})
      expect(again).toMatchObject({ status: 'succeeded', production: 'web:2', writes: '' })
      expect(again.release.deploymentId).toBe(id)
    })
  })
})

test('an older run does not take production back', async () => {
  await inService(nativeBase, async (account) => {
    await told(account, COMPLETE, 43)
    expect(await told(account, VERSION_2, 42)).toMatchObject({ status: 'refused', reasons: ['older-run'], writes: '' })
  })
})

test('a deployment that another run made is watched to its end', async () => {
  await inService(nativeScenarios['native-hook-fails'], async (account) => {
    await releaseAndDie(account)
    expect(await told(account, { operation: 'watch', 'deployment-id': 'active' }, 43)).toMatchObject({
      status: 'rolled-back',
      production: 'web:1',
      writes: '',
    })
  })
})

test('a deployment is found by its id and by its ARN, and only one of the service', async () => {
  await inService(nativeBase, async (account) => {
    const id = await releaseAndDie(account)
    const arn = (cluster: string) => `arn:aws:ecs:us-east-1:123456789012:service-deployment/${cluster}/web/${id}`
    const watch = async (deploymentId: string) => {
      const { status, reasons } = await told(account, { operation: 'watch', 'deployment-id': deploymentId }, 43)
      return [status, ...reasons]
    }
    expect(await watch(arn('other'))).toEqual(['refused', 'group-mismatch'])
    expect(await watch('A'.repeat(21))).toEqual(['refused', 'not-found'])
    expect(await watch('d-ABCDEF123')).toEqual(['refused', 'not-found'])
    expect(await watch(arn('demo'))).toEqual(['succeeded'])
    expect(await watch(id)).toEqual(['succeeded'])
  })
})

test('a run that is cancelled before production moves takes its deployment back, and leaves it be after that', async () => {
  const cancelled = async (afterSeconds: number) => {
    let seen: string[] = []
    await inService(nativeBase, async (account) => {
      const { release, outputs, writes } = await operate(
        account,
        {},
        {
          world: runNumber(42),
          prepare: ({ clock, abort }) => clock.atSecond(afterSeconds, abort),
        },
      )
      seen = [release.status ?? '', outputs['rollback-status'], writes.at(-1) ?? '']
    })
    return seen
  }
  expect(await cancelled(30)).toEqual(['cancelled', 'running', 'StopServiceDeployment'])
  expect(await cancelled(130)).toEqual(['cancelled', 'none', 'UpdateService'])
})

test('a plan writes nothing', async () => {
  await inService(nativeBase, async (account) => {
    expect(await told(account, { operation: 'plan' })).toMatchObject({ status: 'planned', writes: '' })
  })
})

test('inputs that only CodeDeploy could follow are refused, all at once', async () => {
  await inService(nativeBase, async (account) => {
    const { status, reasons, writes, release } = await told(account, {
      'codedeploy-application': 'shop',
      'codedeploy-deployment-group': 'web',
      alarms: 'other',
      'rollback-on': 'failure',
      'after-allow-test-traffic-hook': 'vlidate',
    })
    expect({ status, reasons, writes }).toEqual({
      status: 'refused',
      reasons: ['invalid-input', 'invalid-input', 'invalid-input', 'not-found'],
      writes: '',
    })
    expect(release.problems.at(-1)?.sentence).toMatch(
      /names 'vlidate', but service 'web' runs 'validate' at POST_TEST_TRAFFIC_SHIFT/,
    )
  })
})

test('a release is refused before any write when somebody has changed the weights of the production rule', async () => {
  await inService(nativeScenarios['native-mixed-traffic'], async (account) => {
    const { status, reasons, writes, release } = await told(account, {})
    expect({ status, reasons, writes }).toEqual({ status: 'refused', reasons: ['mixed-traffic'], writes: '' })
    expect(release.problems[0]?.sentence).toMatch(
      /ECS would mix both versions without an error\. Give '[^']+' all of the weight/,
    )
  })
})

test('a release that an alarm took back names the alarm, and shows how its deployment ended', async () => {
  await inService(nativeScenarios['native-alarm'], async (account) => {
    const { summary } = await operate(account, {}, { world: runNumber(42) })
    expect(summary).toMatch(/alarm web-5xx went off with 10 % of production traffic shifted\. /)
    expect(summary).toContain('by ECS: ROLLBACK_SUCCESSFUL')
  })
})
