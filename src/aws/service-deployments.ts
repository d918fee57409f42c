import {
  ContinueServiceDeploymentCommand,
  type DeploymentLifecycleHookAction,
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  ListServiceDeploymentsCommand,
  type ServiceDeployment,
  type ServiceDeploymentBrief,
  type ServiceDeploymentStatus,
  type ServiceRevision,
  StopServiceDeploymentCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import { attempt, attemptOnce, attemptOnward, attemptWrite, CallError } from './attempts.ts'
import type { Ecs } from './ecs.ts'
import { malformed } from './malformed.ts'
import { allPages } from './pages.ts'
import { wellAnswered } from './raw-json.ts'

/**
 * Statuses of a service deployment that is not over.
 * Source: ECS Developer Guide, "View service history using Amazon ECS service deployments".
 */
export const ACTIVE_STATUSES: readonly ServiceDeploymentStatus[] = [
  'PENDING',
  'IN_PROGRESS',
  'STOP_REQUESTED',
  'ROLLBACK_REQUESTED',
  'ROLLBACK_IN_PROGRESS',
]

/** Source: ECS API Reference, ListServiceDeployments. */
const ON_A_PAGE = 100

/** Deployments of one service that are read at most; ECS keeps them for 90 days. */
const MAX_DEPLOYMENTS = 20_000

/** Which deployments of a service are wanted; absent: all that ECS still has. */
export interface DeploymentFilter {
  statuses?: readonly ServiceDeploymentStatus[]
  /** Milliseconds since 1970, by the clock of ECS. */
  createdAfterMs?: number
  /** So many of the newest. */
  most?: number
}

/**
 * Deployments that ECS itself makes of a service, newest first. The list lags: a deployment is not in it at once
 * (observed). Its order is not documented, so that it ends early only where it is seen to begin with the newest.
 * @param service name or ARN
 * @throws CallError; code `ServiceNotFound` when there is no such service
 */
export async function listServiceDeployments(
  aws: Ecs,
  cluster: string,
  service: string,
  { statuses, createdAfterMs, most = Number.POSITIVE_INFINITY }: DeploymentFilter = {},
): Promise<ServiceDeploymentBrief[]> {
  const filter = {
    ...(statuses && { status: [...statuses] }),
    ...(createdAfterMs !== undefined && { createdAt: { after: new Date(createdAfterMs) } }),
  }
  const operation = 'ecs:ListServiceDeployments'
  const read = async (nextToken: { nextToken?: string }) => {
    const answer = await attempt(aws, operation, (abortSignal) => {
      const command = new ListServiceDeploymentsCommand({
        cluster,
        service,
        maxResults: ON_A_PAGE,
        ...filter,
        ...nextToken,
      })
      return aws.ecs.send(wellAnswered(command), { abortSignal })
    })
    return { items: answer.serviceDeployments, nextToken: answer.nextToken }
  }
  const isEnough = (items: readonly ServiceDeploymentBrief[]) => items.length >= most && isNewestFirst(items)
  const listed = await allPages(operation, MAX_DEPLOYMENTS, read, isEnough)
  return listed
    .filter(({ serviceDeploymentArn = '' }) => serviceDeploymentArn !== '')
    .sort((one, other) => createdMs(other) - createdMs(one))
    .slice(0, most)
}

function isNewestFirst(items: readonly ServiceDeploymentBrief[]): boolean {
  const times = items.map(createdMs)
  const [first = 0] = times
  return first > (times.at(-1) ?? 0) && times.every((time, at) => time <= (times[at - 1] ?? time))
}

/** One that does not tell when it was created counts as the oldest. */
function createdMs({ createdAt }: ServiceDeploymentBrief): number {
  return createdAt?.getTime() ?? 0
}

/** Deployments that are described in one call. Source: ECS API Reference, DescribeServiceDeployments. */
const DEPLOYMENTS_A_CALL = 20

/** Hooks of one stage are ten functions and ten pauses at most. Source: ECS Developer Guide, "Pause hooks". */
const MAX_HOOKS = 1_000

/** @throws CallError; code `ServiceDeploymentNotFound` when there is none */
export async function describeServiceDeployment(aws: Ecs, arn: string): Promise<ServiceDeployment> {
  const [deployment] = await describeServiceDeployments(aws, [arn])
  if (deployment !== undefined) return deployment
  const message = 'The service deployment does not exist (MISSING).'
  const serviceError = { kind: 'answered', code: 'ServiceDeploymentNotFound', message, notAccepted: true } as const
  throw new CallError(DESCRIBE, serviceError, undefined)
}

const DESCRIBE = 'ecs:DescribeServiceDeployments'

/** Those that there are, in the order of `arns`. @throws CallError */
export async function describeServiceDeployments(aws: Ecs, arns: readonly string[]): Promise<ServiceDeployment[]> {
  const found: ServiceDeployment[] = []
  for (const serviceDeploymentArns of chunksOf(arns, DEPLOYMENTS_A_CALL)) {
    const { serviceDeployments = [] } = await attempt(aws, DESCRIBE, async (abortSignal) => {
      const command = wellAnswered(new DescribeServiceDeploymentsCommand({ serviceDeploymentArns }))
      const answer = await aws.ecs.send(command, { abortSignal })
      if (answer.serviceDeployments === undefined && answer.failures === undefined) throw malformed('no deployments')
      for (const one of answer.serviceDeployments ?? []) requireDeployment(one)
      return answer
    })
    found.push(...serviceDeployments)
  }
  const order = (one: ServiceDeployment) => arns.indexOf(one.serviceDeploymentArn ?? '')
  return found.sort((one, other) => order(one) - order(other))
}

function requireDeployment({ serviceDeploymentArn, status, lifecycleHookDetails = [] }: ServiceDeployment): void {
  if (serviceDeploymentArn === undefined || status === undefined) throw malformed('no status')
  if (lifecycleHookDetails.length > MAX_HOOKS) throw malformed(`${lifecycleHookDetails.length} hooks`)
}

/** Source: ECS API Reference, DescribeServiceRevisions. */
const REVISIONS_A_CALL = 20

/** Revisions of a service; one that is not there is left out. @throws CallError */
export async function describeServiceRevisions(aws: Ecs, arns: readonly string[]): Promise<ServiceRevision[]> {
  const found: ServiceRevision[] = []
  for (const serviceRevisionArns of chunksOf(arns, REVISIONS_A_CALL)) {
    const { serviceRevisions = [] } = await attempt(aws, 'ecs:DescribeServiceRevisions', async (abortSignal) => {
      const command = wellAnswered(new DescribeServiceRevisionsCommand({ serviceRevisionArns }))
      const answer = await aws.ecs.send(command, { abortSignal })
      if (answer.serviceRevisions === undefined && answer.failures === undefined) throw malformed('no revisions')
      return answer
    })
    found.push(...serviceRevisions)
  }
  return found
}

function chunksOf(arns: readonly string[], size: number): string[][] {
  return Array.from({ length: Math.ceil(arns.length / size) }, (_, at) => arns.slice(at * size, (at + 1) * size))
}

/** What an UpdateService that deploys asks for; it changes no other member of the service. */
export interface TaskDefinitionUpdate {
  /** ARN of the revision. */
  taskDefinition: string
  /** Without it nothing is deployed when the service has this revision already. Source: ECS API Reference. */
  forceNewDeployment: boolean
}

/** `ecs-svc/N`. Observed, not documented. */
const DEPLOYMENT_ENTRY = /^ecs-svc\/[\w-]{1,100}$/

/**
 * Has ECS deploy a revision: changes AWS. There is no idempotency token, so it is sent again only when it surely was not
 * accepted.
 * @returns id of the service's PRIMARY deployment in the answer, which is the new one unless nothing was to be deployed
 * @throws CallError
 */
export async function updateTaskDefinition(
  aws: Ecs,
  cluster: string,
  service: string,
  { taskDefinition, forceNewDeployment }: TaskDefinitionUpdate,
): Promise<string> {
  return await attemptOnce(aws, 'ecs:UpdateService', async (abortSignal) => {
    const command = new UpdateServiceCommand({
      cluster,
      service,
      taskDefinition,
      ...(forceNewDeployment && { forceNewDeployment }),
    })
    const { service: updated } = await aws.ecs.send(wellAnswered(command), { abortSignal })
    const id = updated?.deployments?.find(({ status }) => status === 'PRIMARY')?.id ?? ''
    if (!DEPLOYMENT_ENTRY.test(id)) throw malformed('no PRIMARY deployment')
    return id
  })
}

/**
 * Stops a deployment and rolls it back: changes AWS. Asking twice is harmless, also while it rolls back.
 * Source: ECS Developer Guide, "Stopping Amazon ECS service deployments".
 * @throws CallError; code `Conflict` when it has ended (assumed)
 */
export async function stopServiceDeployment(aws: Ecs, arn: string): Promise<void> {
  await attemptWrite(aws, 'ecs:StopServiceDeployment', (abortSignal) => {
    const command = new StopServiceDeploymentCommand({ serviceDeploymentArn: arn, stopType: 'ROLLBACK' })
    return aws.ecs.send(wellAnswered(command), { abortSignal })
  })
}

/**
 * Answers a pause of a deployment: changes AWS. Asking twice is refused, not carried out twice, because an id is that of
 * one wait. Source: ECS Developer Guide, "Continuing Amazon ECS service deployments".
 * @param hookId of the pause, as the deployment is described now
 * @throws CallError; code `InvalidParameter` (assumed) when the pause is over, the deployment too, or the id is none
 */
export async function continueServiceDeployment(
  aws: Ecs,
  arn: string,
  hookId: string,
  action: DeploymentLifecycleHookAction,
): Promise<void> {
  // What takes a release back is sent by a cancelled run too.
  const send = action === 'CONTINUE' ? attemptOnward : attemptWrite
  await send(aws, 'ecs:ContinueServiceDeployment', (abortSignal) => {
    const command = new ContinueServiceDeploymentCommand({ serviceDeploymentArn: arn, hookId, action })
    return aws.ecs.send(wellAnswered(command), { abortSignal })
  })
}
