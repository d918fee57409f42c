import type {
  DescribeTasksRequest,
  DescribeTasksResponse,
  ListTasksRequest,
  ListTasksResponse,
  Task as TaskView,
} from '@aws-sdk/client-ecs'
import { hexOf, ipAddressOf, uuidOf } from '../identity.ts'
import type { Account } from '../model/account.ts'
import type { Service } from '../model/lane.ts'
import { stateOf } from '../model/one-off-tasks.ts'
import { replacementPlan } from '../model/replacement-plan.ts'
import { type Task, tasksOf } from '../model/task.ts'
import { containersOf } from '../model/task-definitions.ts'
import { clusterArn, nameIn, taskArn } from '../names.ts'
import { AwsError } from '../protocol/aws-error.ts'
import { type Operation, reads, type Wire, wireTime } from '../protocol/operation.ts'
import { ecsSchema } from '../protocol/schema.ts'
import type { ReplacementPlan } from '../scenario.ts'
import { capacityOfTask, isOnFargate } from './capacity.ts'
import { requireCluster, requireService, servicesIn } from './cluster-lookup.ts'
import { taskView as oneOffTaskView } from './one-off-tasks.ts'
import { MAX_RESULTS, pageOf, pageSize } from './page.ts'
import { platformVersionOf } from './task-set-view.ts'

/** Tasks that are to run (the default, pending ones included), or those that stopped within the hour (documented). */
const listTasks = reads<ListTasksRequest, ListTasksResponse>(ecsSchema('ListTasks'), (input, account, atMs) => {
  const cluster = requireCluster(account, input.cluster)
  const services = input.serviceName
    ? [requireService(account, cluster, input.serviceName, atMs)]
    : servicesIn(account, cluster, atMs)
  const wantsStopped = input.desiredStatus === 'STOPPED'
  const isAsked = (isStopped: boolean, startedBy: unknown, taskDefinitionArn: string) =>
    isStopped === wantsStopped &&
    (!input.startedBy || startedBy === input.startedBy) &&
    (!input.family || nameIn(taskDefinitionArn).split(':')[0] === input.family)
  const ofServices = services
    .flatMap(({ service }) => tasksIn(service, atMs))
    .filter((task) => isAsked(task.stoppedMs !== undefined, task.taskSet.id, task.taskSet.taskDefinitionArn))
  const others = (input.serviceName ? [] : account.oneOffTasks.shown(cluster, atMs)).filter((task) =>
    isAsked(stateOf(task, atMs).desiredStatus === 'STOPPED', task.request['startedBy'], task.taskDefinitionArn),
  )
  const arns = [...ofServices, ...others].map((task) => taskArn(account.world, cluster, task.id))
  const size = pageSize(input.maxResults, MAX_RESULTS)
  const { entries, nextToken } = pageOf(arns, input.nextToken, size, 'InvalidParameterException')
  return { taskArns: entries, ...(nextToken && { nextToken }) }
})

const describeTasks = reads<DescribeTasksRequest, DescribeTasksResponse>(
  ecsSchema('DescribeTasks'),
  (input, account, atMs) => {
    const cluster = requireCluster(account, input.cluster)
    const ids = (input.tasks ?? []).map(nameIn)
    if (ids.length === 0) throw new AwsError('InvalidParameterException', 'Tasks cannot be empty.')
    if (ids.length > MAX_RESULTS) {
      throw new AwsError('InvalidParameterException', `The tasks list may have at most ${MAX_RESULTS} entries.`)
    }
    const ofServices = servicesIn(account, cluster, atMs).flatMap(({ service }) =>
      tasksIn(service, atMs)
        .filter((task) => ids.includes(task.id))
        .map((task) => taskView(account, service, task, atMs)),
    )
    const others = account.oneOffTasks
      .shown(cluster, atMs)
      .filter((task) => ids.includes(task.id))
      .map((task) => oneOffTaskView(account, task, atMs))
    const tasks = [...ofServices, ...others]
    const missing = ids.filter((id) => !tasks.some((task) => task.taskArn?.endsWith(`/${id}`)))
    return {
      tasks,
      failures: missing.map((id) => ({ arn: taskArn(account.world, cluster, id), reason: 'MISSING' })),
    }
  },
)

export const taskOperations: Operation[] = [listTasks, describeTasks]

function tasksIn(service: Service, atMs: number): Task[] {
  return tasksOf([...service.goneTaskSets, ...service.taskSets], atMs)
}

/** `startedBy` is the task set and `group` the service (observed). Health is that of containers with a health check (documented). */
function taskView(account: Account, service: Service, task: Task, atMs: number): Wire<TaskView> {
  const { cluster, name } = service.seed
  const plan = replacementPlan(account.rules.scenario, service.seed)
  const lastStatus = task.stoppedMs !== undefined ? 'STOPPED' : task.runningMs !== undefined ? 'RUNNING' : 'PENDING'
  const definition = account.taskDefinitions.find(task.taskSet.taskDefinitionArn, atMs)?.definition ?? {}
  const { cpu, memory } = definition as { cpu?: string; memory?: string }
  const containers = containerViews(account, task, lastStatus, cluster, definition, plan)
  return {
    taskArn: taskArn(account.world, cluster, task.id),
    clusterArn: clusterArn(account.world, cluster),
    taskDefinitionArn: task.taskSet.taskDefinitionArn,
    group: `service:${name}`,
    startedBy: task.taskSet.id,
    ...capacityOfTask(service.seed, task.taskSet.capacityProviderStrategy),
    ...(isOnFargate(service.seed, task.taskSet.capacityProviderStrategy) && {
      platformVersion: platformVersionOf(task.taskSet),
      platformFamily: 'Linux',
    }),
    desiredStatus: task.stoppedMs === undefined ? 'RUNNING' : 'STOPPED',
    lastStatus,
    healthStatus: containers.some((container) => container.healthStatus === 'HEALTHY') ? 'HEALTHY' : 'UNKNOWN',
    connectivity: 'CONNECTED',
    availabilityZone: `${account.world.region}a`,
    ...(cpu !== undefined && { cpu }),
    ...(memory !== undefined && { memory }),
    createdAt: wireTime(task.createdMs),
    ...startOf(task),
    ...stopOf(task, plan),
    containers,
    enableExecuteCommand: false,
    version: 1,
    tags: [],
  }
}

/** When it connected and its images were pulled: a quarter and three quarters of its way up (assumed). */
function startOf({ createdMs, runningMs }: Task): Partial<Wire<TaskView>> {
  if (runningMs === undefined) return {}
  const onTheWay = (part: number) => wireTime(createdMs + Math.round((runningMs - createdMs) * part))
  return {
    connectivityAt: onTheWay(0.25),
    pullStartedAt: onTheWay(0.25),
    pullStoppedAt: onTheWay(0.75),
    startedAt: wireTime(runningMs),
  }
}

function stopOf(task: Task, { stopped }: ReplacementPlan): Partial<Wire<TaskView>> {
  if (task.stoppedMs === undefined) return {}
  const { stopCode, stoppedReason } = stopped
  const times = {
    stoppingAt: wireTime(task.stoppedMs),
    ...(task.runningMs !== undefined && { executionStoppedAt: wireTime(task.stoppedMs) }),
    stoppedAt: wireTime(task.stoppedMs),
  }
  if (task.stoppedBy === 'itself') {
    return { ...times, stopCode: stopCode as Wire<TaskView>['stopCode'], stoppedReason: ofTask(stoppedReason, task) }
  }
  const reason = `Scaling activity initiated by (taskSet ${task.taskSet.id})`
  return { ...times, stopCode: 'ServiceSchedulerInitiated', stoppedReason: reason }
}

/** Ids of tasks, and of the requests that failed for them, are other ones for each task (observed); `{task}` and `{uuid}` ask for them. */
function ofTask(reason: string, task: Task): string {
  return reason
    .replaceAll('{task}', task.id)
    .replaceAll('{uuid}', uuidOf('stop', task.id))
    .replace(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, (id) => uuidOf('in a reason', id, task.id))
    .replace(/\b[0-9a-f]{32}\b/g, task.id)
}

function containerViews(
  account: Account,
  task: Task,
  lastStatus: string,
  cluster: string,
  definition: Readonly<Record<string, unknown>>,
  { stopped }: ReplacementPlan,
): NonNullable<Wire<TaskView>['containers']> {
  const { containerReason, exitCode } = stopped
  return containersOf(definition).map(({ name, image, healthCheck }) => ({
    containerArn: `${taskArn(account.world, cluster, task.id).replace(':task/', ':container/')}/${hexOf(12, task.id, name ?? '')}`,
    taskArn: taskArn(account.world, cluster, task.id),
    name,
    image,
    lastStatus,
    ...(task.stoppedBy === 'itself' && containerReason !== undefined && { reason: ofTask(containerReason, task) }),
    ...(task.stoppedBy === 'itself' && exitCode !== undefined && { exitCode }),
    networkInterfaces: [{ attachmentId: uuidOf('attachment', task.id), privateIpv4Address: ipAddressOf(task.id).ip }],
    healthStatus: healthCheck && lastStatus === 'RUNNING' && !task.crashes ? 'HEALTHY' : 'UNKNOWN',
  }))
}
