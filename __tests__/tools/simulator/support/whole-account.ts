import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs'
import { ElasticLoadBalancingV2 } from '@aws-sdk/client-elastic-load-balancing-v2'
import { Lambda } from '@aws-sdk/client-lambda'
import { STS } from '@aws-sdk/client-sts'
import type { Scenario } from '../../../../tools/simulator/scenario.ts'
import { clientConfig, type Rehearsal, withRehearsal } from './rehearsal.ts'

/** The services beside CodeDeploy and ECS. */
export interface OtherServices {
  sts: STS
  lambda: Lambda
  logs: CloudWatchLogs
  elb: ElasticLoadBalancingV2
}

/** Plays a rehearsal with a client for every service that is simulated. */
export function withWholeAccount(
  scenario: Scenario,
  play: (account: Rehearsal & OtherServices) => Promise<void>,
): Promise<void> {
  return withRehearsal(scenario, (rehearsal) =>
    withOtherServices(rehearsal.simulator.url, (others) => play({ ...rehearsal, ...others })),
  )
}

export async function withOtherServices(url: string, play: (services: OtherServices) => Promise<void>): Promise<void> {
  const config = clientConfig(url)
  const services = {
    sts: new STS(config),
    lambda: new Lambda(config),
    logs: new CloudWatchLogs(config),
    elb: new ElasticLoadBalancingV2(config),
  }
  try {
    await play(services)
  } finally {
    for (const service of Object.values(services)) service.destroy()
  }
}
