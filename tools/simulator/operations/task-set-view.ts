import type { LoadBalancer, TaskSet as TaskSetView } from '@aws-sdk/client-ecs'
import type { Service } from '../model/lane.ts'
import { countTasks, isSteady, type TaskSet } from '../model/task-set.ts'
import { clusterArn, namedTargetGroupArn, serviceArn, targetGroupArn, taskSetArn } from '../names.ts'
import { type Wire, wireTime } from '../protocol/operation.ts'
import type { ServiceSeed, World } from '../scenario.ts'
import { capacityOf, isOnFargate } from './capacity.ts'

/** A task set as ECS shows it. Source: ECS API Reference, TaskSet. */
export function taskSetView(world: World, service: Service, taskSet: TaskSet, atMs: number): Wire<TaskSetView> {
  const { cluster, name } = service.seed
  const counts = countTasks(taskSet, atMs)
  return {
    id: taskSet.id,
    taskSetArn: taskSetArn(world, cluster, name, taskSet.id),
    serviceArn: serviceArn(world, cluster, name),
    clusterArn: clusterArn(world, cluster),
    ...(taskSet.deploymentId !== undefined && { startedBy: 'CODE_DEPLOY', externalId: taskSet.deploymentId }),
    status: taskSet.status,
    taskDefinition: taskSet.taskDefinitionArn,
    computedDesiredCount: counts.desired,
    pendingCount: counts.pending,
    runningCount: counts.running,
    createdAt: wireTime(taskSet.createdMs),
    updatedAt: wireTime(taskSet.updatedMs),
    ...capacityOf(service.seed, taskSet.capacityProviderStrategy),
    ...(isOnFargate(service.seed, taskSet.capacityProviderStrategy) && {
      platformVersion: platformVersionOf(taskSet),
      platformFamily: 'Linux',
    }),
    networkConfiguration: networkConfigurationOf(taskSet),
    loadBalancers: [
      ...otherLoadBalancers(world, service.seed),
      {
        targetGroupArn: targetGroupArn(world, name, taskSet.targetGroup),
        containerName: taskSet.containerName,
        containerPort: taskSet.containerPort,
      },
    ],
    serviceRegistries: [],
    scale: { value: taskSet.status === 'DRAINING' ? 0 : 100, unit: 'PERCENT' },
    stabilityStatus: isSteady(taskSet, atMs) ? 'STEADY_STATE' : 'STABILIZING',
    stabilityStatusAt: wireTime(taskSet.steadyMs ?? taskSet.updatedMs),
    tags: [],
  }
}

/** Listed before the one that deployments move (assumed). */
export function otherLoadBalancers(world: World, { otherLoadBalancers = [] }: ServiceSeed): Wire<LoadBalancer>[] {
  return otherLoadBalancers.map(({ targetGroup, ...container }) => ({
    targetGroupArn: namedTargetGroupArn(world, targetGroup),
    ...container,
  }))
}

/** What every seeded service has, and a task set too unless its AppSpec says otherwise. */
export const SERVICE_NETWORK: NonNullable<TaskSet['networkConfiguration']> = {
  awsvpcConfiguration: {
    subnets: ['subnet-0a1', 'subnet-0b2'],
    securityGroups: ['sg-0c3'],
    assignPublicIp: 'DISABLED',
  },
}

function networkConfigurationOf(taskSet: TaskSet): NonNullable<TaskSet['networkConfiguration']> {
  return taskSet.networkConfiguration ?? SERVICE_NETWORK
}

/** `LATEST` is shown as the version that it stands for (observed). */
export function platformVersionOf(taskSet: TaskSet): string {
  return taskSet.platformVersion === undefined || taskSet.platformVersion === 'LATEST'
    ? '1.4.0'
    : taskSet.platformVersion
}
