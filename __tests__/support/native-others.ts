import {
  ContinueServiceDeploymentCommand,
  DescribeServiceDeploymentsCommand,
  ECSClient,
  ListServiceDeploymentsCommand,
  StopServiceDeploymentCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import type { RecordedCall } from '../../tools/simulator/recorded-call.ts'
import type { Scenario, TaskDefinitionSeed } from '../../tools/simulator/scenario.ts'
import type { Simulator } from '../../tools/simulator/simulator.ts'
import { DirectTransport, unsigned } from './direct-transport.ts'

/** What somebody else does to a service that ECS deploys while a release of it runs. */
export type OthersAct = 'stops' | 'aborts' | 'continues' | 'answers with a rollback' | 'deploys' | 'deploys again'

export interface OthersPlan {
  /** After the start. */
  atSecond: number
  does: OthersAct
}

/** A revision that only somebody else deploys. */
export const BY_HAND = 'by-hand:1'

const PLACE = { cluster: 'demo', service: 'web' }
const ONGOING = ['PENDING', 'IN_PROGRESS', 'STOP_REQUESTED', 'ROLLBACK_REQUESTED', 'ROLLBACK_IN_PROGRESS'] as const

/** The scenario with a revision in it for somebody else to deploy. */
export function withRevisionByHand(scenario: Scenario): Scenario {
  const { world } = scenario
  const byHand = world.taskDefinitions.map(
    ({ definition, ...seed }): TaskDefinitionSeed => ({ ...seed, definition: { ...definition, family: 'by-hand' } }),
  )
  return { ...scenario, world: { ...world, taskDefinitions: [...world.taskDefinitions, ...byHand] } }
}

/** Somebody beside the release in the same account, whose calls are known as theirs. */
export class SomebodyElse {
  readonly #ecs: ECSClient
  readonly #theirs = new Set<RecordedCall>()
  /** How often they had ECS deploy once more what it had newest. */
  deployedAgain = 0

  constructor(simulator: Simulator) {
    const answer: Simulator['answer'] = async (request, protocol) => {
      const { length } = simulator.calls
      const answered = simulator.answer(request, protocol)
      // A request is recorded before its answer is waited for.
      const call = simulator.calls[length]
      if (call !== undefined) this.#theirs.add(call)
      return await answered
    }
    this.#ecs = new ECSClient({
      region: 'us-east-1',
      endpoint: simulator.url,
      credentials: { accessKeyId: 'AKIAOTHER', secretAccessKey: 'other' },
      maxAttempts: 1,
      requestHandler: new DirectTransport({ answer }),
      signer: unsigned('AKIAOTHER'),
    })
  }

  made(call: RecordedCall): boolean {
    return this.#theirs.has(call)
  }

  /** Nothing comes of what is refused. */
  async does(act: OthersAct): Promise<void> {
    try {
      await this.#do(act)
    } catch (error) {
      if (!(error instanceof Error && '$metadata' in error) && !isCut(error)) throw error
    }
  }

  async #do(act: OthersAct): Promise<void> {
    if (act === 'deploys' || act === 'deploys again') {
      const what = act === 'deploys' ? { taskDefinition: BY_HAND } : { forceNewDeployment: true }
      await this.#ecs.send(new UpdateServiceCommand({ ...PLACE, ...what }))
      if (act === 'deploys again') this.deployedAgain += 1
      return
    }
    const { serviceDeployments = [] } = await this.#ecs.send(
      new ListServiceDeploymentsCommand({ ...PLACE, status: [...ONGOING] }),
    )
    const [arn] = serviceDeployments.flatMap(({ serviceDeploymentArn }) => serviceDeploymentArn ?? [])
    if (arn === undefined) return
    if (act === 'stops' || act === 'aborts') {
      const stopType = act === 'stops' ? 'ROLLBACK' : 'ABORT'
      await this.#ecs.send(new StopServiceDeploymentCommand({ serviceDeploymentArn: arn, stopType }))
      return
    }
    const described = await this.#ecs.send(new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [arn] }))
    const hooks = described.serviceDeployments?.[0]?.lifecycleHookDetails ?? []
    const pause = hooks.find(({ status }) => status === 'AWAITING_ACTION')
    if (pause?.hookId === undefined) return
    const action = act === 'continues' ? 'CONTINUE' : 'ROLLBACK'
    await this.#ecs.send(
      new ContinueServiceDeploymentCommand({ serviceDeploymentArn: arn, hookId: pause.hookId, action }),
    )
  }

  close(): void {
    this.#ecs.destroy()
  }
}

function isCut(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ECONNRESET'
}
