import {
  type DeploymentLifecycleHookAction,
  ECS,
  type Service,
  type ServiceDeployment,
  type StopServiceDeploymentStopType,
  type UpdateServiceRequest,
} from '@aws-sdk/client-ecs'
import { ElasticLoadBalancingV2 } from '@aws-sdk/client-elastic-load-balancing-v2'
import { expect } from '@jest/globals'
import { manualClock, SIMULATION_START_MS } from '../../../../../tools/simulator/clock.ts'
import type { Scenario } from '../../../../../tools/simulator/scenario.ts'
import { type Simulator, startSimulator } from '../../../../../tools/simulator/simulator.ts'
import { clientConfig } from '../../support/rehearsal.ts'
import { WEB_2 } from '../../support/revision.ts'

export const START_MS = SIMULATION_START_MS

/** A simulated account with a service that ECS deploys, on a clock that stands still, with the real SDK in front. */
export interface NativeRehearsal {
  simulator: Simulator
  ecs: ECS
  elb: ElasticLoadBalancingV2
  complaints: string[]
  /** Moves the clock to so many seconds after the start. */
  to(seconds: number): void
  update(input: Omit<UpdateServiceRequest, 'cluster' | 'service'>): Promise<Service>
  /** Registers the next revision, first `web:2`, and updates the service to it; resolves to the ARN of the deployment. */
  release(): Promise<string>
  /** ARN of the service deployment whose target has the number of this service's PRIMARY deployment, past every lag. */
  arnOf(service: Service): string
  deployment(arn: string): Promise<ServiceDeployment>
  service(): Promise<Service>
  /** `IN_PROGRESS POST_TEST_TRAFFIC_SHIFT 100/0 0/100`: status, stage, production and test weights of the rules. */
  row(arn: string): Promise<string>
  /** Each hook that is shown: `PAUSE AWAITING_ACTION`. */
  hooks(arn: string): Promise<string[]>
  stop(arn: string, stopType?: StopServiceDeploymentStopType): Promise<unknown>
  proceed(arn: string, hookId: string | undefined, action?: DeploymentLifecycleHookAction): Promise<unknown>
  /** Messages of the service's events, oldest first. */
  events(): Promise<string[]>
}

export async function withNativeRehearsal(
  scenario: Scenario,
  play: (rehearsal: NativeRehearsal) => Promise<void>,
): Promise<void> {
  const clock = manualClock()
  const complaints: string[] = []
  const simulator = await startSimulator({ scenario, clock, complain: (line) => complaints.push(line) })
  const ecs = new ECS(clientConfig(simulator.url))
  const elb = new ElasticLoadBalancingV2(clientConfig(simulator.url))
  const place = { cluster: 'demo', service: 'web' }

  async function service(): Promise<Service> {
    return (await ecs.describeServices({ cluster: 'demo', services: ['web'] })).services?.[0] ?? {}
  }

  function arnOf({ deployments = [], serviceArn = '' }: Service): string {
    const number = deployments.find(({ status }) => status === 'PRIMARY')?.id?.split('/')[1]
    const found = simulator.lane('demo:web')?.native?.deployments.find(({ revision }) => revision === number)
    return `${serviceArn.replace(':service/', ':service-deployment/')}/${found?.id}`
  }

  async function deployment(arn: string): Promise<ServiceDeployment> {
    const { serviceDeployments } = await ecs.describeServiceDeployments({ serviceDeploymentArns: [arn] })
    return serviceDeployments?.[0] ?? {}
  }

  async function weights(rule: string | undefined): Promise<string> {
    if (rule === undefined) return '-'
    const { Rules } = await elb.describeRules({ RuleArns: [rule] })
    const groups = Rules?.[0]?.Actions?.[0]?.ForwardConfig?.TargetGroups ?? []
    return groups.map(({ Weight }) => Weight).join('/')
  }

  async function update(input: Omit<UpdateServiceRequest, 'cluster' | 'service'>): Promise<Service> {
    return (await ecs.updateService({ ...place, ...input })).service ?? {}
  }

  try {
    await play({
      simulator,
      ecs,
      elb,
      complaints,
      arnOf,
      deployment,
      service,
      update,
      to: (seconds) => clock.advance(seconds - (clock.now() - SIMULATION_START_MS) / 1000),
      release: async () => {
        const { taskDefinition } = await ecs.registerTaskDefinition(WEB_2)
        return arnOf(await update({ taskDefinition: taskDefinition?.taskDefinitionArn }))
      },
      row: async (arn) => {
        const { status, lifecycleStage = '-' } = await deployment(arn)
        const { productionListenerRule, testListenerRule } =
          (await service()).loadBalancers?.[0]?.advancedConfiguration ?? {}
        const rules = [await weights(productionListenerRule), await weights(testListenerRule)]
        return [status, lifecycleStage, ...rules].join(' ')
      },
      hooks: async (arn) =>
        ((await deployment(arn)).lifecycleHookDetails ?? []).map((hook) => `${hook.targetType} ${hook.status}`),
      stop: (arn, stopType) => ecs.stopServiceDeployment({ serviceDeploymentArn: arn, ...(stopType && { stopType }) }),
      proceed: (arn, hookId, action) =>
        ecs.continueServiceDeployment({ serviceDeploymentArn: arn, hookId, ...(action && { action }) }),
      events: async () => ((await service()).events ?? []).map(({ message = '' }) => message).reverse(),
    })
  } finally {
    ecs.destroy()
    elb.destroy()
    await simulator.close()
  }
}

/**
 * Looks at a deployment at each of these moments, in seconds since the start, and a tenth of a second before each: until
 * then it is what it was.
 */
export async function expectCourse(rehearsal: NativeRehearsal, arn: string, course: [number, string][]): Promise<void> {
  let before: string | undefined
  for (const [at, expected] of course) {
    if (before !== undefined) {
      rehearsal.to(at - 0.05)
      expect([at - 0.05, await rehearsal.row(arn)]).toEqual([at - 0.05, before])
    }
    rehearsal.to(at)
    expect([at, await rehearsal.row(arn)]).toEqual([at, expected])
    before = expected
  }
}
