import { describe, expect, test } from '@jest/globals'
import { nativeScenarios } from '../../tools/simulator/native/scenarios.ts'
import type { Fault, Scenario } from '../../tools/simulator/scenario.ts'
import { DENIED, fault, UNAVAILABLE } from '../support/faults.ts'
import { BY_HAND, SomebodyElse, withRevisionByHand } from '../support/native-others.ts'
import { operate, releaseAndDie } from '../support/operations.ts'
import { runNumber } from '../support/others.ts'
import { inOneAccount, type SimulatedAccount } from '../support/simulated-release.ts'

const CANARY = withRevisionByHand(nativeScenarios['native-canary'])

/** At this second of a canary release a tenth of production is on the replacement. */
const AT_TEN_PERCENT = 150
const BEFORE_THE_SHIFT = 40

async function deployedByHand(
  { simulator, clock }: SimulatedAccount,
  atSecond: number,
  play: () => Promise<void>,
): Promise<void> {
  const somebody = new SomebodyElse(simulator)
  clock.atSecond(atSecond, () => somebody.does('deploys'))
  await play()
  somebody.close()
}

/** A release that another deployment replaces at this second. */
async function replacedAt(atSecond: number, faults: Fault[] = []) {
  let told = { outputs: {}, message: '' } as { outputs: Record<string, string>; message: string }
  await inOneAccount({ ...CANARY, faults }, async (account) => {
    await deployedByHand(account, atSecond, async () => {
      const { outputs, annotation } = await operate(account, {})
      told = { outputs, message: annotation?.message ?? '' }
    })
  })
  return told
}

describe('when another deployment of ECS replaces the one that is followed', () => {
  test('production is what ECS has it serve for the newer one, not the shares at which the older one was left', async () => {
    const { outputs, message } = await replacedAt(AT_TEN_PERCENT)
    expect(outputs).toMatchObject({ status: 'stopped', production: 'web:1', 'replacement-traffic': '0' })
    expect(message).toMatch(/ Production runs web:1 \(read /)
    expect(message).not.toContain('still runs')
  })

  test('nothing is claimed of production when that cannot be read', async () => {
    for (const operation of ['DescribeServices', 'ListServiceDeployments']) {
      const { outputs, message } = await replacedAt(AT_TEN_PERCENT, [fault(operation, DENIED, 100_000, 20)])
      expect({ operation, production: outputs['production'], traffic: outputs['replacement-traffic'] }).toEqual({
        operation,
        production: '',
        traffic: '',
      })
      expect(message).toContain('What serves production could not be seen.')
    }
  })

  test('nobody says that production never left the original, which is up to the newer one', async () => {
    const { outputs, message } = await replacedAt(BEFORE_THE_SHIFT)
    expect(outputs).toMatchObject({ status: 'stopped', production: 'web:1', 'replacement-traffic': '0' })
    expect(message).not.toContain('never left the original')
  })

  test('production is what the newer one has brought, when the older one is looked at only then', async () => {
    const { outputs } = await replacedAt(BEFORE_THE_SHIFT, [
      fault('DescribeServiceDeployments', UNAVAILABLE, 200, BEFORE_THE_SHIFT),
    ])
    expect(outputs).toMatchObject({ status: 'stopped', production: BY_HAND, 'replacement-traffic': '0' })
  })
})

describe('a deployment of ECS that is no longer the newest', () => {
  const base: Scenario = withRevisionByHand(nativeScenarios.native)

  test('is watched to its end, and production is told as the newer one has it', async () => {
    await inOneAccount(base, async (account) => {
      const id = await releaseAndDie(account)
      await account.clock.sleep(1_000_000)
      await deployedByHand(account, 1_100, async () => {
        await account.clock.sleep(1_000_000)
        const { outputs } = await operate(
          account,
          { operation: 'watch', 'deployment-id': id },
          { world: runNumber(43) },
        )
        expect(outputs).toMatchObject({ status: 'succeeded', production: BY_HAND, 'replacement-traffic': '0' })
      })
    })
  })

  test('is seen by one read more to be the newest still', async () => {
    await inOneAccount(base, async (account) => {
      const { calls, outputs } = await operate(account, { 'wait-for': 'completion' })
      expect(outputs).toMatchObject({ status: 'succeeded', production: 'web:2' })
      const last = calls.slice(calls.findLastIndex(({ operation }) => operation === 'DescribeServiceDeployments'))
      expect(last.map(({ operation }) => operation)).toEqual(['DescribeServiceDeployments', 'DescribeServices'])
    })
  })
})
