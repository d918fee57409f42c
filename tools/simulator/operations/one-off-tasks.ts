import type { RunTaskRequest, RunTaskResponse, StopTaskRequest, StopTaskResponse, Task } from '@aws-sdk/client-ecs'
import { hexOf, ipAddressOf, uuidOf } from '../identity.ts'
import type { Account } from '../model/account.ts'
import { compatibilitiesOf } from '../model/definition-defaults.ts'
import { type OneOffState, type OneOffTask, stateOf } from '../model/one-off-tasks.ts'
import { tasksOf } from '../model/task.ts'
import {
  type ContainerOutline,
  containersOf,
  isActive,
  type TaskDefinitionRevision,
} from '../model/task-definitions.ts'
import { clusterArn, nameIn, taskArn } from '../names.ts'
import { AwsError, NotSimulated } from '../protocol/aws-error.ts'
import { type Operation, type Wire, wireTime, writes } from '../protocol/operation.ts'
import { ecsSchema } from '../protocol/schema.ts'
import { requireCluster, servicesIn } from './cluster-lookup.ts'

type Request = Wire<RunTaskRequest>

/** Source: ECS API Reference, RunTask. */
const MAX_COUNT = 10
const MAX_STARTED_BY = 128
const CLIENT_TOKEN = /^[\x21-\x7e]{1,64}$/

/** What is given of a strategy or a network is not looked into: there is room for every task. */
const runTask = writes<RunTaskRequest, RunTaskResponse>(ecsSchema('RunTask'), (input, account, atMs) => {
  const cluster = requireCluster(account, input.cluster)
  checkMembers(input)
  const { clientToken, ...request } = input
  const known = clientToken === undefined ? [] : account.oneOffTasks.byToken(cluster, clientToken, atMs)
  if (known.length > 0) {
    if (!isSame(request, known[0]?.request)) throw conflict(account, known)
    return { tasks: known.map((task) => taskView(account, task, atMs)), failures: [] }
  }
  const revision = requireRevision(account, input.taskDefinition, atMs)
  checkAgainst(input, revision)
  const tasks: OneOffTask[] = []
  const failures: { arn: string; reason: string }[] = []
  for (let i = 0; i < (input.count ?? 1); i++) {
    const plan = account.oneOffTasks.takePlan()
    if (plan.failure !== undefined) {
      failures.push({ arn: clusterArn(account.world, cluster), reason: plan.failure })
      continue
    }
    const mainContainer = mainOf(input, containersOf(revision.definition))
    const { arn: taskDefinitionArn } = revision
    const task = { cluster, taskDefinitionArn, request, clientToken, mainContainer, plan, createdMs: atMs }
    tasks.push(account.oneOffTasks.start(task))
  }
  return { tasks: tasks.map((task) => taskView(account, task, atMs)), failures }
})

const stopTask = writes<StopTaskRequest, StopTaskResponse>(ecsSchema('StopTask'), (input, account, atMs) => {
  const cluster = requireCluster(account, input.cluster)
  const id = nameIn(input.task ?? '')
  const task = account.oneOffTasks.shown(cluster, atMs).find((one) => one.id === id)
  if (task === undefined) {
    if (isOfService(account, cluster, id, atMs)) {
      throw new NotSimulated('InvalidParameterException', 'The simulator does not stop a task of a service')
    }
    throw refused('The referenced task was not found.')
  }
  account.oneOffTasks.stop(task, atMs, input.reason || 'Task stopped by user')
  return { task: taskView(account, task, atMs) }
})

export const oneOffTaskOperations: Operation[] = [runTask, stopTask]

function isOfService(account: Account, cluster: string, id: string, atMs: number): boolean {
  return servicesIn(account, cluster, atMs).some(({ service }) =>
    tasksOf([...service.goneTaskSets, ...service.taskSets], atMs).some((task) => task.id === id),
  )
}

function conflict({ world }: Account, known: readonly OneOffTask[]): AwsError {
  const message = 'The clientToken is already in use with a different RunTask request.'
  const resourceIds = known.map(({ cluster, id }) => taskArn(world, cluster, id))
  return new AwsError('ConflictException', message, 400, { resourceIds })
}

/** Texts: of the first two observed, of the others assumed. */
function checkMembers(input: Request): void {
  if (input.launchType !== undefined && input.capacityProviderStrategy !== undefined) {
    throw refused(
      'Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.',
    )
  }
  const { count = 1, clientToken, startedBy = '', propagateTags } = input
  if (count < 1 || count > MAX_COUNT) throw refused(`Count must be from 1 to ${MAX_COUNT}.`)
  if (clientToken !== undefined && !CLIENT_TOKEN.test(clientToken)) throw refused('Invalid client token.')
  if (startedBy.length > MAX_STARTED_BY) throw refused('startedBy must not be longer than 128 characters.')
  if (propagateTags === 'SERVICE') throw refused('Invalid value for propagateTags: SERVICE.')
}

function requireRevision({ taskDefinitions }: Account, reference: string | undefined, atMs: number) {
  const found = reference ? taskDefinitions.find(reference, atMs) : undefined
  if (!found) throw new AwsError('ClientException', 'TaskDefinition not found.')
  if (!isActive(found, atMs)) throw new AwsError('ClientException', 'TaskDefinition is inactive')
  return found
}

/** Texts observed. */
function checkAgainst(input: Request, { definition }: TaskDefinitionRevision): void {
  const isAwsvpc = definition['networkMode'] === 'awsvpc'
  if (isAwsvpc && !input.networkConfiguration?.awsvpcConfiguration?.subnets?.length) {
    throw refused("Network Configuration must be provided when networkMode 'awsvpc' is specified.")
  }
  if (!isAwsvpc && input.networkConfiguration !== undefined) {
    throw refused('Network Configuration is not valid for the given networkMode of this task definition.')
  }
  if (input.launchType === 'FARGATE' && !compatibilitiesOf(definition).includes('FARGATE')) {
    throw refused('Task definition does not support launch_type FARGATE.')
  }
  const names = containersOf(definition).map(({ name }) => name)
  for (const { name } of input.overrides?.containerOverrides ?? []) {
    if (!names.includes(name)) {
      throw refused(`Override for container named ${name} is not a container in the TaskDefinition.`)
    }
  }
}

function mainOf({ overrides }: Request, containers: readonly ContainerOutline[]): string {
  const named = overrides?.containerOverrides?.[0]?.name
  return named ?? containers.find(({ essential = true }) => essential)?.name ?? containers[0]?.name ?? ''
}

/** Whether two requests ask for the same, in whatever order their members come. */
function isSame(one: unknown, other: unknown): boolean {
  return canonical(one) === canonical(other)
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? ''
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  return `{${members
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, member]) => `${name}:${canonical(member)}`)
    .join(',')}}`
}

/** `group` is the family (documented). */
export function taskView(account: Account, task: OneOffTask, atMs: number): Wire<Task> {
  const { world } = account
  const request = task.request as Request
  const state = stateOf(task, atMs)
  const definition = account.taskDefinitions.find(task.taskDefinitionArn, atMs)?.definition ?? {}
  const { cpu, memory } = definition as { cpu?: string; memory?: string }
  const isOnFargate = compatibilitiesOf(definition).includes('FARGATE') && request.launchType !== 'EC2'
  const provider = request.capacityProviderStrategy?.[0]?.capacityProvider
  return {
    taskArn: taskArn(world, task.cluster, task.id),
    clusterArn: clusterArn(world, task.cluster),
    taskDefinitionArn: task.taskDefinitionArn,
    group: request.group ?? `family:${nameIn(task.taskDefinitionArn).split(':')[0]}`,
    ...(request.startedBy !== undefined && { startedBy: request.startedBy }),
    launchType: request.launchType ?? (isOnFargate ? 'FARGATE' : 'EC2'),
    ...(provider !== undefined && { capacityProviderName: provider }),
    ...(isOnFargate && { platformVersion: request.platformVersion ?? '1.4.0', platformFamily: 'Linux' }),
    desiredStatus: state.desiredStatus,
    lastStatus: state.lastStatus,
    healthStatus: 'UNKNOWN',
    connectivity: 'CONNECTED',
    availabilityZone: `${world.region}a`,
    ...(cpu !== undefined && { cpu }),
    ...(memory !== undefined && { memory }),
    createdAt: wireTime(task.createdMs),
    ...timesOf(state),
    ...(state.stopCode !== undefined && { stopCode: state.stopCode as NonNullable<Wire<Task>['stopCode']> }),
    ...(state.stoppedReason !== undefined && { stoppedReason: state.stoppedReason }),
    containers: containersOf(definition).map((container) => containerView(account, task, state, container)),
    overrides: { containerOverrides: [], inferenceAcceleratorOverrides: [], ...request.overrides },
    enableExecuteCommand: request.enableExecuteCommand ?? false,
    version: 1,
    tags: request.tags ?? [],
    attachments: [],
    attributes: [],
  }
}

function timesOf({ runningMs, stoppingMs, endedMs, stoppedMs }: OneOffState): Partial<Wire<Task>> {
  return {
    ...(runningMs !== undefined && {
      connectivityAt: wireTime(runningMs),
      pullStartedAt: wireTime(runningMs),
      pullStoppedAt: wireTime(runningMs),
      startedAt: wireTime(runningMs),
    }),
    ...(stoppingMs !== undefined && { stoppingAt: wireTime(stoppingMs) }),
    ...(endedMs !== undefined && runningMs !== undefined && { executionStoppedAt: wireTime(endedMs) }),
    ...(stoppedMs !== undefined && { stoppedAt: wireTime(stoppedMs) }),
  }
}

/** A container that still runs when the main one has ended is killed (documented that it is stopped, assumed its code). */
const KILLED = 137

function containerView(
  { world }: Account,
  task: OneOffTask,
  { exitCode, lastStatus, runningMs }: OneOffState,
  { name = '', image, essential = true }: ContainerOutline,
): NonNullable<Wire<Task>['containers']>[number] {
  const arn = taskArn(world, task.cluster, task.id)
  const isMain = name === task.mainContainer
  const code = exitCode === undefined || isMain || !essential ? exitCode : KILLED
  const reason = isMain && runningMs === undefined ? task.plan.failsToStart?.containerReason : undefined
  return {
    containerArn: `${arn.replace(':task/', ':container/')}/${hexOf(12, task.id, name)}`,
    taskArn: arn,
    name,
    ...(image !== undefined && { image }),
    lastStatus: lastStatus === 'PROVISIONING' ? 'PENDING' : lastStatus === 'DEPROVISIONING' ? 'STOPPED' : lastStatus,
    ...(code !== undefined && { exitCode: code }),
    ...(reason !== undefined && lastStatus === 'STOPPED' && { reason }),
    networkInterfaces: [{ attachmentId: uuidOf('attachment', task.id), privateIpv4Address: ipAddressOf(task.id).ip }],
    healthStatus: 'UNKNOWN',
  }
}

function refused(message: string): AwsError {
  return new AwsError('InvalidParameterException', message)
}
