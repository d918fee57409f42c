import { expect, test } from '@jest/globals'
import { pullRequest, scheduled } from '../support/preview-events.ts'
import { laneOwners, preview, rightBefore, scenarioWithLanes } from '../support/previews.ts'
import { inOneAccount, type SimulatedAccount } from '../support/simulated-release.ts'

const ONE = { lanes: 1 }

async function laneIs(account: SimulatedAccount, pullRequest: string, desiredCount: number): Promise<void> {
  expect(await laneOwners(account, 1)).toEqual([
    expect.objectContaining({ pullRequest, desiredCount, isDeploying: false }),
  ])
}

test('a whole other preview right before the deployment is created keeps its lane', () =>
  inOneAccount(scenarioWithLanes(1), async (account) => {
    const other = async () =>
      expect((await preview(account, pullRequest({ number: 8 }), ONE)).outputs.status).toBe('succeeded')
    const { outputs, log } = await preview(account, pullRequest({ number: 7 }), {
      ...ONE,
      prepare: rightBefore('CreateDeployment', other),
    })
    expect(outputs).toMatchObject({ status: 'unchanged', reason: 'no-lane' })
    expect(log).toContain('Lane web-preview-1 was released by somebody else right before; leaving it to them.')
    await laneIs(account, '8', 1)
  }))

test('a lane that another pull request took since the sweep looked is not freed', () =>
  inOneAccount(scenarioWithLanes(1), async (account) => {
    await preview(account, pullRequest({ number: 7 }), ONE)
    let isOver = false
    const isPullRequestClosed = async (number: string) => {
      if (!isOver) {
        isOver = true
        await preview(account, { ...pullRequest({ number: 8 }), isPullRequestClosed }, ONE)
      }
      return number === '7'
    }
    const { outputs, summary } = await preview(account, { ...scheduled(), isPullRequestClosed }, ONE)
    expect(outputs).toMatchObject({ status: 'unchanged' })
    expect(summary).toContain('taken by somebody else meanwhile')
    await laneIs(account, '8', 1)
  }))

test('a lane that another pull request took right before it is freed has its tasks again', () =>
  inOneAccount(scenarioWithLanes(1), async (account) => {
    await preview(account, pullRequest({ number: 7 }), ONE)
    const isPullRequestClosed = async (number: string) => number === '7'
    const other = () => preview(account, { ...pullRequest({ number: 8 }), isPullRequestClosed }, ONE)
    await preview(
      account,
      { ...scheduled(), isPullRequestClosed },
      { ...ONE, prepare: rightBefore('UpdateService', other) },
    )
    await laneIs(account, '8', 1)
  }))

test('the deployment of another pull request is never stopped to make room', () =>
  inOneAccount(scenarioWithLanes(1), async (account) => {
    let others: ReturnType<typeof preview> | undefined
    const begin = async () => {
      others = preview(account, pullRequest({ number: 8 }), ONE)
      const hasBegun = () => account.simulator.calls.some(({ operation }) => operation === 'CreateDeployment')
      while (!hasBegun()) await new Promise((resolve) => setTimeout(resolve, 5))
    }
    const { outputs, calls } = await preview(account, pullRequest({ number: 7 }), {
      ...ONE,
      prepare: rightBefore('CreateDeployment', begin),
    })
    expect(outputs).toMatchObject({ status: 'unchanged', reason: 'no-lane' })
    expect(calls.filter(({ operation }) => operation === 'StopDeployment')).toEqual([])
    expect((await others)?.outputs).toMatchObject({ status: 'succeeded' })
    await laneIs(account, '8', 1)
  }))

test('a lane that a sweep frees right before the deployment is created runs its tasks for it', () =>
  inOneAccount(scenarioWithLanes(1), async (account) => {
    const sweep = async () => {
      expect((await preview(account, scheduled(), ONE)).outputs.status).toBe('succeeded')
    }
    const { calls, outputs } = await preview(account, pullRequest({ number: 7 }), {
      ...ONE,
      prepare: rightBefore('CreateDeployment', sweep),
    })
    expect(outputs).toMatchObject({ status: 'succeeded' })
    const writes = calls.filter(({ writes }) => writes)
    expect(writes.map(({ operation }) => operation)).toEqual([
      'UpdateService',
      'RegisterTaskDefinition',
      'UpdateService',
      'CreateDeployment',
      'UpdateService',
    ])
    // Not only when it has ended: its hooks ask its tasks.
    expect((writes[4]?.atMs ?? 0) - (writes[3]?.atMs ?? 0)).toBeLessThan(5_000)
    await laneIs(account, '7', 1)
  }))
