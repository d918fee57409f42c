import { GetDeploymentCommand } from '@aws-sdk/client-codedeploy'
import { DescribeServicesCommand } from '@aws-sdk/client-ecs'
import type { InputName } from '../../src/inputs/names.ts'
import type { ReleaseWorld } from '../../src/release/release-world.ts'
import { previewWorld } from '../../tools/simulator/preview-world.ts'
import type { HookPlan, Scenario } from '../../tools/simulator/scenario.ts'
import { baseScenario } from '../../tools/simulator/scenarios.ts'
import { laneLines } from './preview-events.ts'
import { expectValidReport } from './report-schema.ts'
import {
  clientsFor,
  type SimulatedAccount,
  type SimulatedRelease,
  type Staging,
  simulateRelease,
} from './simulated-release.ts'

export function scenarioWithLanes(count: number): Scenario {
  const world = previewWorld(count)
  const refuse = { name: 'CodeDeployHook_refuse' }
  const refuses: HookPlan = { answer: 'Failed', afterSeconds: 20, log: [] }
  const hookPlans = { ...baseScenario.hookPlans, [refuse.name]: refuses }
  return { ...baseScenario, name: 'lanes', world: { ...world, functions: [...world.functions, refuse] }, hookPlans }
}

type Options = Partial<Parameters<typeof simulateRelease>[0]> & {
  lanes?: number
  inputs?: Partial<Record<InputName, string>>
}

/** One run of `operation: preview` in an account that goes on after it. */
export async function preview(
  account: SimulatedAccount,
  world: Partial<ReleaseWorld>,
  { lanes = 2, inputs = {}, ...options }: Options = {},
): Promise<SimulatedRelease> {
  const result = await simulateRelease({
    ...options,
    scenario: baseScenario,
    account,
    inputs: {
      service: '',
      operation: 'preview',
      'preview-services': laneLines(lanes),
      image: `registry.example/web:pr-${world.run?.pullRequest || 0}`,
      ...inputs,
    },
    world,
  })
  expectValidReport(result.release)
  return result
}

/** A whole other run happens right before the first request of an operation is sent. */
export function rightBefore(operation: string, happens: () => Promise<unknown>) {
  let isOver = false
  return ({ ecs, codeDeploy }: Staging) => {
    for (const { middlewareStack } of [ecs, codeDeploy]) {
      const stack: { add(middleware: unknown, options: unknown): void } = middlewareStack
      stack.add(
        (next: (args: unknown) => unknown, { commandName }: { commandName?: string }) =>
          async (args: unknown) => {
            if (commandName === `${operation}Command` && !isOver) {
              isOver = true
              await happens()
            }
            return await next(args)
          },
        { step: 'initialize' },
      )
    }
  }
}

/** What a lane is at a moment, as ECS and CodeDeploy tell it. */
export interface LaneOwner {
  lane: string
  /** Of whose deployment it runs the revision; empty: of nobody's. */
  pullRequest: string
  /** `family:revision` of its PRIMARY task set. */
  revision: string
  desiredCount: number
  isDeploying: boolean
}

/** Read beside the action, with the SDK. */
export async function laneOwners({ simulator }: SimulatedAccount, lanes: number): Promise<LaneOwner[]> {
  const { ecs, codeDeploy } = clientsFor(simulator)
  const names = Array.from({ length: lanes }, (_, index) => `web-preview-${index + 1}`)
  const { services = [] } = await ecs.send(new DescribeServicesCommand({ cluster: 'demo', services: names }))
  const owners = services.map(async ({ serviceName = '', desiredCount = -1, taskSets = [] }): Promise<LaneOwner> => {
    const primary = taskSets.find(({ status }) => status === 'PRIMARY')
    const deploymentId = primary?.externalId
    const made = deploymentId && (await codeDeploy.send(new GetDeploymentCommand({ deploymentId })))
    const description = made ? made.deploymentInfo?.description : ''
    return {
      lane: serviceName,
      pullRequest: /pr=(\d+)/.exec(description ?? '')?.[1] ?? '',
      revision: primary?.taskDefinition?.split('/').at(-1) ?? '',
      desiredCount,
      isDeploying: taskSets.some(({ status }) => status === 'ACTIVE'),
    }
  })
  const read = await Promise.all(owners)
  ecs.destroy()
  codeDeploy.destroy()
  return read
}

/** `1 of web:2` for each lane. */
export async function laneStates(account: SimulatedAccount, lanes = 2): Promise<string[]> {
  return (await laneOwners(account, lanes)).map(({ desiredCount, revision }) => `${desiredCount} of ${revision}`)
}
