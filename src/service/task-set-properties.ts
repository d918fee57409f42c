import type { NetworkConfiguration, Service, TaskSet } from '@aws-sdk/client-ecs'

/**
 * What an AppSpec says of how its task set runs, in the words of an AppSpec. A deployment whose AppSpec leaves one out
 * takes the service's own, or the newest platform version.
 * Source: CodeDeploy User Guide, "AppSpec 'resources' section (Amazon ECS and AWS Lambda deployments only)".
 */
export interface TaskSetProperties {
  PlatformVersion?: string
  NetworkConfiguration?: object
  CapacityProviderStrategy?: object[]
}

/** What `LATEST` stands for on Linux and on Windows. Source: ECS Developer Guide, "Fargate platform versions". */
const LATEST_VERSIONS = new Set(['LATEST', '1.4.0', '1.0.0'])

/**
 * What an AppSpec must say so that the next task set runs as this one does; nothing where leaving it out comes to the
 * same. Lists are sorted, so that the same settings make the same AppSpec.
 */
export function propertiesToKeep(service: Service, taskSet: TaskSet): TaskSetProperties {
  const { platformVersion = '' } = taskSet
  const isLatest = (service.platformVersion ?? 'LATEST') === 'LATEST' && LATEST_VERSIONS.has(platformVersion)
  const network = networkOf(taskSet.networkConfiguration)
  const strategy = strategyOf(taskSet)
  return {
    ...(platformVersion === '' || isLatest ? {} : { PlatformVersion: platformVersion }),
    ...(network === undefined || isSame(network, networkOf(service.networkConfiguration))
      ? {}
      : { NetworkConfiguration: network }),
    ...(strategy === undefined || isSame(strategy, strategyOf(service)) ? {} : { CapacityProviderStrategy: strategy }),
  }
}

/** An AppSpec must give all three or none. */
function networkOf(configuration: NetworkConfiguration | undefined): object | undefined {
  const { subnets, securityGroups, assignPublicIp } = configuration?.awsvpcConfiguration ?? {}
  if (subnets === undefined || securityGroups === undefined) return undefined
  return {
    AwsvpcConfiguration: {
      Subnets: subnets.toSorted(),
      SecurityGroups: securityGroups.toSorted(),
      AssignPublicIp: assignPublicIp ?? 'DISABLED',
    },
  }
}

function strategyOf({ capacityProviderStrategy = [] }: Service | TaskSet): object[] | undefined {
  if (capacityProviderStrategy.length === 0) return undefined
  return capacityProviderStrategy
    .map(({ capacityProvider = '', base = 0, weight = 0 }) => ({
      CapacityProvider: capacityProvider,
      Base: base,
      Weight: weight,
    }))
    .sort((one, other) => (one.CapacityProvider < other.CapacityProvider ? -1 : 1))
}

function isSame(one: object, other: object | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
