import type {
  DescribeServicesRequest,
  DescribeServicesResponse,
  DescribeTaskSetsRequest,
  DescribeTaskSetsResponse,
  Deployment as NativeDeployment,
  Service as ServiceView,
} from '@aws-sdk/client-ecs'
import { taskSetIdOf } from '../identity.ts'
import type { Account } from '../model/account.ts'
import type { Service } from '../model/lane.ts'
import { countTasks } from '../model/task-set.ts'
import { clusterArn, nameIn, roleArn, serviceArn, targetGroupArn, taskDefinitionArn } from '../names.ts'
import { AwsError } from '../protocol/aws-error.ts'
import { type Operation, reads, type Wire, wireTime } from '../protocol/operation.ts'
import { ecsSchema } from '../protocol/schema.ts'
import { capacityOf, isOnFargate } from './capacity.ts'
import { findService, type LaneWithService, requireCluster, requireService } from './cluster-lookup.ts'
import { nativeMembers } from './native-service-view.ts'
import { serviceEvents } from './service-events.ts'
import { otherLoadBalancers, SERVICE_NETWORK, taskSetView } from './task-set-view.ts'

/** The role of ECS's own, which every service behind a load balancer shows (observed). */
const SERVICE_LINKED_ROLE = 'aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS'

/** Source: ECS API Reference, DescribeServices. */
const MAX_SERVICES = 10

/** A service that does not exist is a failure inside a good answer (documented). */
const describeServices = reads<DescribeServicesRequest, DescribeServicesResponse>(
  ecsSchema('DescribeServices'),
  (input, account, atMs) => {
    const cluster = requireCluster(account, input.cluster)
    const references = input.services ?? []
    if (references.length === 0) throw new AwsError('InvalidParameterException', 'Services cannot be empty.')
    if (references.length > MAX_SERVICES) {
      throw new AwsError('InvalidParameterException', `The services list may have at most ${MAX_SERVICES} entries.`)
    }
    const services: Wire<ServiceView>[] = []
    const failures: { arn: string; reason: string }[] = []
    for (const reference of references) {
      const found = findService(account, cluster, reference, atMs)
      if (found) services.push(serviceView(account, found, atMs, input.include?.includes('TAGS') ?? false))
      else failures.push({ arn: serviceArn(account.world, cluster, nameIn(reference)), reason: 'MISSING' })
    }
    return { services, failures }
  },
)

const describeTaskSets = reads<DescribeTaskSetsRequest, DescribeTaskSetsResponse>(
  ecsSchema('DescribeTaskSets'),
  (input, account, atMs) => {
    const cluster = requireCluster(account, input.cluster)
    const { service } = requireService(account, cluster, input.service, atMs)
    if (service.seed.status !== 'ACTIVE') throw new AwsError('ServiceNotActiveException', 'Service was not ACTIVE.')
    const wanted = input.taskSets?.map((reference) => `ecs-svc/${nameIn(reference).replace('ecs-svc/', '')}`)
    const found = service.taskSets.filter((taskSet) => !wanted || wanted.includes(taskSet.id))
    const missing = (wanted ?? []).filter((id) => !found.some((taskSet) => taskSet.id === id))
    return {
      taskSets: found.map((taskSet) => taskSetView(account.world, service, taskSet, atMs)),
      failures: missing.map((id) => ({ arn: id, reason: 'MISSING' })),
    }
  },
)

export const serviceOperations: Operation[] = [describeServices, describeTaskSets]

export function serviceView(
  account: Account,
  { lane, service }: LaneWithService,
  atMs: number,
  withTags: boolean,
  asked: 'described' | 'updated' = 'described',
): Wire<ServiceView> {
  const { world } = account
  const { seed } = service
  const counts = service.taskSets.map((taskSet) => countTasks(taskSet, atMs))
  const native = seed.controller !== 'CODE_DEPLOY'
  const primary = service.taskSets.find((taskSet) => taskSet.status === 'PRIMARY')
  return {
    serviceArn: serviceArn(world, seed.cluster, seed.name),
    serviceName: seed.name,
    clusterArn: clusterArn(world, seed.cluster),
    status: seed.status,
    desiredCount: service.desiredCount,
    runningCount: native ? service.desiredCount : counts.reduce((sum, count) => sum + count.running, 0),
    pendingCount: counts.reduce((sum, count) => sum + count.pending, 0),
    ...capacityOf(seed),
    ...(isOnFargate(seed) && { platformVersion: seed.platformVersion ?? 'LATEST', platformFamily: 'Linux' }),
    taskDefinition: primary?.taskDefinitionArn ?? seededDefinition(account, service),
    deploymentController: { type: seed.controller },
    deployments: seed.controller === 'ECS' ? [nativeDeployment(account, service)] : [],
    deploymentConfiguration: {
      maximumPercent: 200,
      minimumHealthyPercent: 100,
      ...(seed.nativeStrategy && { strategy: seed.nativeStrategy }),
    },
    schedulingStrategy: 'REPLICA',
    healthCheckGracePeriodSeconds: 0,
    loadBalancers: [
      ...otherLoadBalancers(world, seed),
      {
        targetGroupArn: targetGroupArn(world, seed.name, 0),
        containerName: seed.containerName,
        containerPort: seed.containerPort,
      },
    ],
    serviceRegistries: [],
    roleArn: roleArn(world, SERVICE_LINKED_ROLE),
    networkConfiguration: SERVICE_NETWORK,
    placementConstraints: [],
    placementStrategy: [],
    ...(!native && { taskSets: service.taskSets.map((taskSet) => taskSetView(world, service, taskSet, atMs)) }),
    events: serviceEvents(account.rules, service, atMs),
    createdAt: wireTime(service.createdMs),
    createdBy: roleArn(world, 'admin'),
    enableECSManagedTags: false,
    propagateTags: 'NONE',
    enableExecuteCommand: false,
    ...service.settings,
    tags: withTags ? (seed.tags ?? []) : [],
    ...nativeMembers(account, lane, atMs, asked),
  }
}

function seededDefinition(account: Account, { seed }: Service): string {
  const [family = '', revision] = seed.taskDefinition.split(':')
  return taskDefinitionArn(account.world, family, Number(revision))
}

/** A service that ECS itself deploys shows its one finished deployment. */
function nativeDeployment(account: Account, service: Service): Wire<NativeDeployment> {
  return {
    id: taskSetIdOf(...account.rules.idSeed, 'native deployment', service.seed.cluster, service.seed.name),
    status: 'PRIMARY',
    taskDefinition: seededDefinition(account, service),
    desiredCount: service.desiredCount,
    pendingCount: 0,
    runningCount: service.desiredCount,
    failedTasks: 0,
    createdAt: wireTime(service.createdMs),
    updatedAt: wireTime(service.createdMs),
    ...capacityOf(service.seed),
    rolloutState: 'COMPLETED',
  }
}
