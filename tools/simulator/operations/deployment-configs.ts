import type {
  DeploymentConfigInfo,
  GetDeploymentConfigInput,
  GetDeploymentConfigOutput,
} from '@aws-sdk/client-codedeploy'
import { uuidOf } from '../identity.ts'
import type { Account } from '../model/account.ts'
import { SEED_AGE_MS } from '../model/lane.ts'
import { AwsError } from '../protocol/aws-error.ts'
import { type Operation, reads, type Wire, wireTime } from '../protocol/operation.ts'
import { codeDeploySchema } from '../protocol/schema.ts'
import type { DeploymentConfigSeed, TrafficRouting } from '../scenario.ts'

const canary = (percentage: number, intervalMinutes: number) =>
  ({ type: 'TimeBasedCanary', percentage, intervalMinutes }) as const
const linear = (percentage: number, intervalMinutes: number) =>
  ({ type: 'TimeBasedLinear', percentage, intervalMinutes }) as const

/**
 * Configurations that every account has: all five for ECS, and those of the other platforms that a caller is likely to
 * take by mistake. Source: CodeDeploy User Guide, "Working with deployment configurations".
 */
export const PREDEFINED_CONFIGS: DeploymentConfigSeed[] = [
  config('ECSAllAtOnce', 'ECS', { type: 'AllAtOnce' }),
  config('ECSLinear10PercentEvery1Minutes', 'ECS', linear(10, 1)),
  config('ECSLinear10PercentEvery3Minutes', 'ECS', linear(10, 3)),
  config('ECSCanary10Percent5Minutes', 'ECS', canary(10, 5)),
  config('ECSCanary10Percent15Minutes', 'ECS', canary(10, 15)),
  config('LambdaAllAtOnce', 'Lambda', { type: 'AllAtOnce' }),
  config('LambdaCanary10Percent5Minutes', 'Lambda', canary(10, 5)),
  config('LambdaLinear10PercentEvery1Minute', 'Lambda', linear(10, 1)),
  config('AllAtOnce', 'Server', { type: 'AllAtOnce' }),
  config('HalfAtATime', 'Server', { type: 'AllAtOnce' }),
  config('OneAtATime', 'Server', { type: 'AllAtOnce' }),
]

function config(
  name: string,
  computePlatform: DeploymentConfigSeed['computePlatform'],
  routing: TrafficRouting,
): DeploymentConfigSeed {
  return { name: `CodeDeployDefault.${name}`, computePlatform, routing }
}

export function requireDeploymentConfig(account: Account, name: string | undefined): DeploymentConfigSeed {
  if (!name) throw new AwsError('DeploymentConfigNameRequiredException', 'Deployment configuration name is required')
  if (!/^[A-Za-z0-9._+=,@-]{1,100}$/.test(name)) {
    throw new AwsError('InvalidDeploymentConfigNameException', `Invalid deployment configuration name: ${name}`)
  }
  const found = [...PREDEFINED_CONFIGS, ...account.world.deploymentConfigs].find((known) => known.name === name)
  if (!found) {
    throw new AwsError('DeploymentConfigDoesNotExistException', `No Deployment Configuration found for name: ${name}`)
  }
  return found
}

const getDeploymentConfig = reads<GetDeploymentConfigInput, GetDeploymentConfigOutput>(
  codeDeploySchema('GetDeploymentConfig'),
  (input, account) => {
    const { name, computePlatform, routing } = requireDeploymentConfig(account, input.deploymentConfigName)
    return {
      deploymentConfigInfo: {
        deploymentConfigId: uuidOf('deployment config', name),
        deploymentConfigName: name,
        computePlatform,
        createTime: wireTime(account.rules.startMs - SEED_AGE_MS),
        ...(computePlatform !== 'Server' && { trafficRoutingConfig: routingView(routing) }),
      },
    }
  },
)

export const deploymentConfigOperations: Operation[] = [getDeploymentConfig]

function routingView(routing: TrafficRouting): Wire<DeploymentConfigInfo>['trafficRoutingConfig'] {
  switch (routing.type) {
    case 'AllAtOnce':
      return { type: 'AllAtOnce' }
    case 'TimeBasedCanary':
      return {
        type: 'TimeBasedCanary',
        timeBasedCanary: { canaryPercentage: routing.percentage, canaryInterval: routing.intervalMinutes },
      }
    case 'TimeBasedLinear':
      return {
        type: 'TimeBasedLinear',
        timeBasedLinear: { linearPercentage: routing.percentage, linearInterval: routing.intervalMinutes },
      }
  }
}
