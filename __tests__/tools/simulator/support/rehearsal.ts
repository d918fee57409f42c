import { CodeDeploy, type DeploymentInfo, type ECSTarget } from '@aws-sdk/client-codedeploy'
import { ECS, type Service } from '@aws-sdk/client-ecs'
import { expect } from '@jest/globals'
import { manualClock, SIMULATION_START_MS } from '../../../../tools/simulator/clock.ts'
import type { Scenario } from '../../../../tools/simulator/scenario.ts'
import { type Simulator, startSimulator } from '../../../../tools/simulator/simulator.ts'
import { appSpec, WEB_2 } from './revision.ts'

export const APPLICATION = 'AppECS-demo-web'
export const GROUP = 'DgpECS-demo-web'
export const HOOK = 'CodeDeployHook_validate'

/** A simulated account on a clock that stands still, with the real SDK clients in front of it. */
export interface Rehearsal {
  simulator: Simulator
  codeDeploy: CodeDeploy
  ecs: ECS
  /** Lines that the simulator would have written to standard error. */
  complaints: string[]
  /** Moves the clock to so many seconds after the start. */
  to(seconds: number): void
  /** Registers the next revision, first `web:2`, and deploys it; resolves to the deployment id. */
  release(hooks?: Record<string, string>): Promise<string>
  create(appSpecContent: string): Promise<string>
  deployment(id: string): Promise<DeploymentInfo>
  target(id: string): Promise<ECSTarget>
  service(): Promise<Service>
  /** What CodeDeploy shows of a deployment, with a letter for each event: `InProgress InProgress SSSSSSRP 90/10`. */
  row(id: string): Promise<string>
  /** What ECS shows of each task set: `PRIMARY web:1 2+0/2 STEADY_STATE` (running, pending, desired). */
  taskSets(): Promise<string[]>
}

const LETTERS: Record<string, string> = { Succeeded: 'S', InProgress: 'R', Pending: 'P', Failed: 'F', Skipped: 'K' }

export async function withRehearsal(scenario: Scenario, play: (rehearsal: Rehearsal) => Promise<void>): Promise<void> {
  const clock = manualClock()
  const complaints: string[] = []
  const simulator = await startSimulator({ scenario, clock, complain: (line) => complaints.push(line) })
  const codeDeploy = new CodeDeploy(clientConfig(simulator.url))
  const ecs = new ECS(clientConfig(simulator.url))

  async function deployment(id: string): Promise<DeploymentInfo> {
    return (await codeDeploy.getDeployment({ deploymentId: id })).deploymentInfo ?? {}
  }

  async function target(id: string): Promise<ECSTarget> {
    const answer = await codeDeploy.getDeploymentTarget({ deploymentId: id, targetId: 'demo:web' })
    return answer.deploymentTarget?.ecsTarget ?? {}
  }

  async function service(): Promise<Service> {
    return (await ecs.describeServices({ cluster: 'demo', services: ['web'] })).services?.[0] ?? {}
  }

  async function create(content: string): Promise<string> {
    const { deploymentId = '' } = await codeDeploy.createDeployment({
      applicationName: APPLICATION,
      deploymentGroupName: GROUP,
      revision: { revisionType: 'AppSpecContent', appSpecContent: { content } },
    })
    return deploymentId
  }

  try {
    await play({
      simulator,
      codeDeploy,
      ecs,
      complaints,
      deployment,
      target,
      service,
      create,
      to: (seconds) => clock.advance(seconds - (clock.now() - SIMULATION_START_MS) / 1000),
      release: async (hooks = { AfterAllowTestTraffic: HOOK }) => {
        const { taskDefinition } = await ecs.registerTaskDefinition(WEB_2)
        return create(appSpec(`web:${taskDefinition?.revision}`, hooks))
      },
      row: async (id) => {
        const { status } = await deployment(id)
        return target(id).then(
          (shown) => `${status} ${shown.status} ${lettersOf(shown)} ${weightsOf(shown)}`,
          (error: Error) => `${status} ${error.name}`,
        )
      },
      taskSets: async () => ((await service()).taskSets ?? []).map(describeTaskSet),
    })
  } finally {
    codeDeploy.destroy()
    ecs.destroy()
    await simulator.close()
  }
}

/** Reads a deployment at each of these moments, in seconds since the start, and compares its row. */
export async function expectCourse({ row, to }: Rehearsal, id: string, course: [number, string][]): Promise<void> {
  for (const [at, expected] of course) {
    to(at)
    expect([at, await row(id)]).toEqual([at, expected])
  }
}

export function clientConfig(url: string) {
  return { endpoint: url, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } }
}

function lettersOf({ lifecycleEvents = [] }: ECSTarget): string {
  return lifecycleEvents.map(({ status = '' }) => LETTERS[status] ?? '?').join('')
}

/** Original/replacement; a task set that is not shown has no traffic. */
function weightsOf({ taskSetsInfo = [] }: ECSTarget): string {
  const weight = (label: string) => taskSetsInfo.find((shown) => shown.taskSetLabel === label)?.trafficWeight ?? 0
  return `${weight('Blue')}/${weight('Green')}`
}

function describeTaskSet(taskSet: NonNullable<Service['taskSets']>[number]): string {
  const { status, taskDefinition, runningCount, pendingCount, computedDesiredCount, stabilityStatus } = taskSet
  const revision = taskDefinition?.split('/')[1]
  return `${status} ${revision} ${runningCount}+${pendingCount}/${computedDesiredCount} ${stabilityStatus}`
}
