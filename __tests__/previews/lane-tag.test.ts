import { expect, test } from '@jest/globals'
import type { Release } from '../../src/release-state.ts'
import type { World } from '../../src/world.ts'
import type { Scenario } from '../../tools/simulator/scenario.ts'
import { pullRequest, scheduled } from '../support/preview-events.ts'
import { laneStates, preview, scenarioWithLanes } from '../support/previews.ts'
import { inOneAccount, type SimulatedRelease, type Staging } from '../support/simulated-release.ts'

/** Somebody makes a service of their own of the lane. */
function takeTagOff({ world }: Scenario, name = 'web-preview-1'): void {
  const service = world.services.find((one) => one.name === name)
  service?.tags?.splice(0)
}

/** Does something right before each request of this operation is sent. */
function before(operation: string, act: () => void): (staging: Staging) => void {
  return ({ ecs, codeDeploy }) => {
    for (const client of [ecs, codeDeploy]) {
      const stack: { add: (...parts: never[]) => void } = client.middlewareStack as never
      const middleware =
        (next: (args: unknown) => Promise<unknown>, context: { commandName: string }) => async (args: unknown) => {
          if (context.commandName === `${operation}Command`) act()
          return await next(args)
        }
      stack.add(middleware as never, { step: 'initialize', name: 'before' } as never)
    }
  }
}

function withTerminationWait({ world, ...rest }: Scenario, terminationWaitMinutes: number): Scenario {
  const applications = world.applications.map((application) => ({
    ...application,
    groups: application.groups.map((group) => ({ ...group, terminationWaitMinutes })),
  }))
  return { ...rest, world: { ...world, applications } }
}

function diesOnceCreated({ deploymentId }: Release): void {
  if (deploymentId !== undefined) throw new Error('the runner was lost')
}

const CLOSED = { action: 'closed', run: 130 } as const

function expectUntouched({ outputs, writes, annotation }: SimulatedRelease): void {
  expect(outputs).toMatchObject({ status: 'refused', reason: 'not-a-lane' })
  expect(annotation?.message).toContain("Service 'demo/web-preview-1' is not a lane for previews")
  expect(writes).toEqual([])
}

test('a claim writes nothing when the tag of the lane is taken off after the lanes were looked at', async () => {
  const scenario = scenarioWithLanes(1)
  await inOneAccount(scenario, async (account) => {
    const prepare = before('DescribeTaskDefinition', () => takeTagOff(scenario))
    expectUntouched(await preview(account, pullRequest({ number: 7 }), { lanes: 1, prepare }))
    expect(await laneStates(account, 1)).toEqual(['0 of web:1'])
  })
})

test('a claim goes on when another lane is one no longer', async () => {
  const scenario = scenarioWithLanes(2)
  await inOneAccount(scenario, async (account) => {
    const prepare = before('DescribeTaskDefinition', () => takeTagOff(scenario, 'web-preview-2'))
    const { outputs } = await preview(account, pullRequest({ number: 7 }), { prepare })
    expect(outputs).toMatchObject({ status: 'succeeded', 'test-url': 'https://p1.example.org' })
  })
})

test.each<[string, Pick<World, 'event' | 'run'>]>([
  ['the run of a closed pull request', pullRequest({ number: 7, ...CLOSED })],
  ['the sweep', scheduled()],
])('%s lets a service run its tasks when its tag is taken off after the lanes were looked at', async (_who, run) => {
  const scenario = scenarioWithLanes(1)
  await inOneAccount(scenario, async (account) => {
    await preview(account, pullRequest({ number: 7 }), { lanes: 1 })
    const isPullRequestClosed = async () => {
      takeTagOff(scenario)
      return true
    }
    expectUntouched(await preview(account, { ...run, isPullRequestClosed }, { lanes: 1 }))
    expect(await laneStates(account, 1)).toEqual(['1 of web:2'])
  })
})

test.each([
  ['stop the deployment', 20],
  ['end the termination wait of the deployment', 200],
])(
  'a run of a closed pull request does not %s of a service whose tag is taken off right before',
  async (_what, seconds) => {
    const scenario = withTerminationWait(scenarioWithLanes(1), 30)
    await inOneAccount(scenario, async (account) => {
      const dying = { ...pullRequest({ number: 7 }), onRelease: diesOnceCreated }
      await expect(preview(account, dying, { lanes: 1 })).rejects.toThrow('the runner was lost')
      await account.clock.sleep(seconds * 1000)
      let isAsked = false
      let looked = 0
      const isPullRequestClosed = async () => {
        isAsked = true
        return true
      }
      const prepare = before('ListDeployments', () => {
        if (isAsked) looked += 1
        if (looked === 2) takeTagOff(scenario)
      })
      const world = { ...pullRequest({ number: 7, ...CLOSED }), isPullRequestClosed }
      expectUntouched(await preview(account, world, { lanes: 1, prepare }))
    })
  },
)

test('a service whose tag is taken off in the moment in which it is scaled to 0 runs again what it ran', async () => {
  const scenario = scenarioWithLanes(1)
  await inOneAccount(scenario, async (account) => {
    await preview(account, pullRequest({ number: 7 }), { lanes: 1 })
    const world = { ...pullRequest({ number: 7, ...CLOSED }), isPullRequestClosed: async () => true }
    const prepare = before('UpdateService', () => takeTagOff(scenario))
    const { outputs, writes } = await preview(account, world, { lanes: 1, prepare })
    expect(outputs).toMatchObject({ status: 'refused', reason: 'not-a-lane' })
    expect(writes).toEqual(['UpdateService', 'UpdateService'])
    expect(await laneStates(account, 1)).toEqual(['1 of web:2'])
  })
})
