import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  type ECSClient,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  type Service,
  type Task,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import { definitionFromAnswer, type TaskDefinition } from '../task-definition/definition.ts'
import { isJsonObject, type JsonObject } from '../text/document.ts'
import { MARKER_TAG } from '../workflow-run/marker.ts'
import { type Attempts, attempt, attemptOnce, attemptWrite } from './attempts.ts'
import { malformed } from './malformed.ts'
import { keepRaw, sendRaw, wellAnswered } from './raw-json.ts'

/** What calls to ECS are made with. */
export interface Ecs extends Attempts {
  ecs: ECSClient
}

/** What DescribeServices answered for one service. */
export interface ServiceAnswer {
  service: Service | undefined
  /** Why there is none, e.g. `MISSING`. */
  failureReason: string | undefined
}

/**
 * One service with its task sets; ECS answers 200 with a failure when there is none.
 * @param service name or ARN
 * @param include `TAGS`: with its tags
 * @throws CallError; code `ClusterNotFound` when the cluster is unknown
 */
export async function describeService(
  aws: Ecs,
  cluster: string,
  service: string,
  include: 'TAGS'[] = [],
): Promise<ServiceAnswer> {
  return await attempt(aws, 'ecs:DescribeServices', async (abortSignal) => {
    const command = wellAnswered(
      new DescribeServicesCommand({ cluster, services: [service], ...(include.length > 0 && { include }) }),
    )
    const { services, failures } = await aws.ecs.send(command, { abortSignal })
    const [found] = services ?? []
    const [failure] = failures ?? []
    if (found === undefined && failure === undefined) throw malformed('neither the service nor a failure')
    return { service: found, failureReason: failure?.reason }
  })
}

/**
 * Sets how many tasks a service runs: changes AWS. Under CODE_DEPLOY this is one of the few things that UpdateService may
 * change. Source: ECS API Reference, UpdateService.
 * @throws CallError
 */
export async function setDesiredCount(aws: Ecs, cluster: string, service: string, desiredCount: number): Promise<void> {
  await attemptWrite(aws, 'ecs:UpdateService', async (abortSignal) => {
    const command = wellAnswered(new UpdateServiceCommand({ cluster, service, desiredCount }))
    const { service: updated } = await aws.ecs.send(command, { abortSignal })
    if (updated?.desiredCount !== desiredCount) throw malformed('another desired count')
  })
}

/** A registered revision. */
export interface DescribedDefinition {
  arn: string
  family: string
  revision: number
  isActive: boolean
  /** What would register it again. */
  definition: TaskDefinition
  /** What the tag says by which this action marks its revisions; undefined when there is none. */
  markerTag: string | undefined
  notes: string[]
}

/**
 * A revision by family (its newest ACTIVE one), `family:revision` or ARN, taken from the raw answer so that members
 * newer than our SDK survive.
 * @throws CallError; code `Client` when there is no such revision
 */
export async function describeTaskDefinition(aws: Ecs, taskDefinition: string): Promise<DescribedDefinition> {
  let raw: unknown
  const answer = await attempt(aws, 'ecs:DescribeTaskDefinition', async (abortSignal) => {
    const command = wellAnswered(new DescribeTaskDefinitionCommand({ taskDefinition, include: ['TAGS'] }))
    keepRaw(command, (body) => {
      raw = body
    })
    const { taskDefinition: found } = await aws.ecs.send(command, { abortSignal })
    const isWhole = isJsonObject(raw) && isJsonObject(raw['taskDefinition']) && found?.taskDefinitionArn !== undefined
    if (!isWhole) throw malformed('no task definition')
    return found
  })
  const described = isJsonObject(raw) && isJsonObject(raw['taskDefinition']) ? raw['taskDefinition'] : {}
  const { tags, markerTag } = withoutMarker(isJsonObject(raw) ? raw['tags'] : undefined)
  const { definition, notes } = definitionFromAnswer(described, tags)
  return {
    arn: answer.taskDefinitionArn ?? '',
    family: answer.family ?? '',
    revision: answer.revision ?? 0,
    isActive: answer.status === 'ACTIVE',
    definition,
    markerTag,
    notes,
  }
}

/** A marker is of the run that registered the revision, so it is no part of what would register it again. */
function withoutMarker(tags: unknown): { tags: unknown; markerTag: string | undefined } {
  if (!Array.isArray(tags)) return { tags, markerTag: undefined }
  const isMarker = (tag: unknown): tag is JsonObject => isJsonObject(tag) && tag['key'] === MARKER_TAG
  const value = tags.find(isMarker)?.['value']
  return { tags: tags.filter((tag) => !isMarker(tag)), markerTag: typeof value === 'string' ? value : undefined }
}

/** Source: ECS API Reference, RegisterTaskDefinition: name, and a number of the revision. */
const REVISION_ARN = /^arn:[\w-]+:ecs:[\w-]*:\d*:task-definition\/[\w-]+:\d+$/

/**
 * Registers a new revision: changes AWS. Not idempotent: a second call makes a second revision.
 * @returns the ARN of the revision
 * @throws CallError
 */
export async function registerTaskDefinition(aws: Ecs, definition: TaskDefinition): Promise<string> {
  return await attemptOnce(aws, 'ecs:RegisterTaskDefinition', async (abortSignal) => {
    // The input only satisfies the SDK's types: what is sent is the definition itself.
    const command = wellAnswered(
      new RegisterTaskDefinitionCommand({
        family: String(definition['family']),
        containerDefinitions: [],
      }),
    )
    sendRaw(command, definition)
    const { taskDefinition: registered } = await aws.ecs.send(command, { abortSignal })
    const arn = registered?.taskDefinitionArn ?? ''
    if (!REVISION_ARN.test(arn)) throw malformed('no ARN of the revision')
    return arn
  })
}

/** A task that has stopped, and why, in the words of ECS. */
export interface StoppedTask {
  arn: string
  /** Id of the task set that started it. */
  startedBy: string
  /** Milliseconds since 1970. */
  stoppedAtMs: number
  stopCode: string
  reason: string
  containers: { name: string; reason: string; exitCode: number | undefined }[]
}

/**
 * Tasks of the service that stopped lately; ECS keeps them for about an hour.
 * Source: ECS API Reference, ListTasks.
 * @throws CallError
 */
export async function describeStoppedTasks(aws: Ecs, cluster: string, service: string): Promise<StoppedTask[]> {
  const { taskArns } = await attempt(aws, 'ecs:ListTasks', (abortSignal) =>
    aws.ecs.send(wellAnswered(new ListTasksCommand({ cluster, serviceName: service, desiredStatus: 'STOPPED' })), {
      abortSignal,
    }),
  )
  if (taskArns === undefined || taskArns.length === 0) return []
  const { tasks } = await attempt(aws, 'ecs:DescribeTasks', (abortSignal) =>
    aws.ecs.send(wellAnswered(new DescribeTasksCommand({ cluster, tasks: taskArns.slice(0, 100) })), { abortSignal }),
  )
  return (tasks ?? [])
    .filter((task) => task.stoppedAt !== undefined || task.lastStatus === 'STOPPED')
    .map(readStoppedTask)
}

function readStoppedTask(task: Task): StoppedTask {
  return {
    arn: task.taskArn ?? '',
    startedBy: task.startedBy ?? '',
    stoppedAtMs: task.stoppedAt?.getTime() ?? 0,
    stopCode: task.stopCode ?? '',
    reason: task.stoppedReason ?? '',
    containers: (task.containers ?? []).map(({ name, reason, exitCode }) => ({
      name: name ?? '',
      reason: reason ?? '',
      exitCode,
    })),
  }
}
