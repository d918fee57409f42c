import type {
  Cluster,
  DescribeClustersRequest,
  DescribeClustersResponse,
  ListServicesRequest,
  ListServicesResponse,
} from '@aws-sdk/client-ecs'
import type { Account } from '../model/account.ts'
import { countTasks } from '../model/task-set.ts'
import { clusterArn, nameIn, serviceArn } from '../names.ts'
import { AwsError } from '../protocol/aws-error.ts'
import { type Operation, reads, type Wire } from '../protocol/operation.ts'
import { ecsSchema } from '../protocol/schema.ts'
import type { ServiceSeed } from '../scenario.ts'
import { capacityOf } from './capacity.ts'
import { requireCluster, servicesIn } from './cluster-lookup.ts'
import { pageOf, pageSize } from './page.ts'

/** Source: ECS API Reference, DescribeClusters. */
const MAX_CLUSTERS = 100

/** Source: ECS API Reference, ListServices. */
const SERVICES_ON_A_PAGE = 10

/** Services that were deleted are not listed (documented). */
const listServices = reads<ListServicesRequest, ListServicesResponse>(
  ecsSchema('ListServices'),
  (input, account, atMs) => {
    const cluster = requireCluster(account, input.cluster)
    const { launchType, schedulingStrategy = 'REPLICA', resourceManagementType = 'CUSTOMER' } = input
    const isAsked = schedulingStrategy === 'REPLICA' && resourceManagementType === 'CUSTOMER'
    const arns = (isAsked ? servicesIn(account, cluster, atMs) : [])
      .filter(({ service }) => service.seed.status !== 'INACTIVE')
      .filter(({ service }) => launchType === undefined || hasLaunchType(service.seed, launchType))
      .map(({ service }) => serviceArn(account.world, cluster, service.seed.name))
    const size = pageSize(input.maxResults, SERVICES_ON_A_PAGE)
    const { entries, nextToken } = pageOf(arns, input.nextToken, size, 'InvalidParameterException')
    return { serviceArns: entries, ...(nextToken && { nextToken }) }
  },
)

/** A cluster that does not exist is a failure inside a good answer (documented). */
const describeClusters = reads<DescribeClustersRequest, DescribeClustersResponse>(
  ecsSchema('DescribeClusters'),
  (input, account, atMs) => {
    const names = input.clusters?.length ? input.clusters.map(nameIn) : ['default']
    if (names.length > MAX_CLUSTERS) {
      throw new AwsError('InvalidParameterException', `The clusters list may have at most ${MAX_CLUSTERS} entries.`)
    }
    const isThere = (name: string) => account.world.clusters.includes(name)
    return {
      clusters: names.filter(isThere).map((name) => view(account, name, atMs)),
      failures: names
        .filter((name) => !isThere(name))
        .map((name) => ({ arn: clusterArn(account.world, name), reason: 'MISSING' })),
    }
  },
)

export const clusterOperations: Operation[] = [describeClusters, listServices]

function hasLaunchType(seed: ServiceSeed, launchType: string): boolean {
  const capacity = capacityOf(seed)
  return 'launchType' in capacity && capacity.launchType === launchType
}

function view(account: Account, name: string, atMs: number): Wire<Cluster> {
  const services = servicesIn(account, name, atMs).map(({ service }) => service)
  const counts = services.flatMap(({ taskSets }) => taskSets.map((taskSet) => countTasks(taskSet, atMs)))
  return {
    clusterArn: clusterArn(account.world, name),
    clusterName: name,
    status: 'ACTIVE',
    registeredContainerInstancesCount: 0,
    runningTasksCount: counts.reduce((sum, { running }) => sum + running, 0),
    pendingTasksCount: counts.reduce((sum, { pending }) => sum + pending, 0),
    activeServicesCount: services.filter(({ seed }) => seed.status === 'ACTIVE').length,
    statistics: [],
    tags: [],
    settings: [],
    capacityProviders: providersOf(services.map(({ seed }) => seed)),
    defaultCapacityProviderStrategy: [],
  }
}

/** Those that its services use; Fargate's are there for every cluster that has one of them. */
function providersOf(seeds: ServiceSeed[]): string[] {
  return [
    ...new Set(seeds.flatMap(({ capacityProviders = [] }) => capacityProviders.map((one) => one.capacityProvider))),
  ]
}
