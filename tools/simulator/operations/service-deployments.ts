import type {
  ContinueServiceDeploymentRequest,
  ContinueServiceDeploymentResponse,
  DescribeServiceDeploymentsRequest,
  DescribeServiceDeploymentsResponse,
  ListServiceDeploymentsRequest,
  ListServiceDeploymentsResponse,
  ServiceDeploymentBrief,
  StopServiceDeploymentRequest,
  StopServiceDeploymentResponse,
} from '@aws-sdk/client-ecs'
import type { Account } from '../model/account.ts'
import type { Lane } from '../model/lane.ts'
import { findServiceDeployment } from '../model/native/native-service.ts'
import { isOngoing, type ServiceDeployment } from '../model/native/service-deployment.ts'
import { clusterArn, isOfPlace, serviceArn, serviceKey } from '../names.ts'
import { serviceDeploymentArn, serviceRevisionArn } from '../native/names.ts'
import { AwsError } from '../protocol/aws-error.ts'
import { type Operation, reads, type Wire, writes } from '../protocol/operation.ts'
import { ecsSchema } from '../protocol/schema.ts'
import { requireCluster, requireService } from './cluster-lookup.ts'
import { deploymentView, timesOf } from './native-deployment-view.ts'
import { pageOf, pageSize } from './page.ts'

/** Source: ECS API Reference, ListServiceDeployments. */
const ON_A_PAGE = 20

/** Source: ECS API Reference, DescribeServiceDeployments. */
const MOST_ARNS = 20

/** A deployment is not in the list at once (observed); it is described as soon as there is one. */
const listServiceDeployments = reads<ListServiceDeploymentsRequest, ListServiceDeploymentsResponse>(
  ecsSchema('ListServiceDeployments'),
  (input, account, atMs) => {
    const cluster = requireCluster(account, input.cluster)
    const { lane } = requireService(account, cluster, input.service, atMs)
    const { timingsMs, assumptions } = account.rules.native
    const { after = 0, before = Number.POSITIVE_INFINITY } = input.createdAt ?? {}
    const listed = (lane.native?.deployments ?? [])
      .filter(({ createdMs }) => createdMs + timingsMs.listLag <= atMs)
      .filter(({ createdMs }) => createdMs / 1000 >= after && createdMs / 1000 <= before)
      .filter(({ status }) => !input.status?.length || input.status.includes(status))
    const ordered = assumptions.serviceDeploymentOrder === 'newest-first' ? listed.reverse() : listed
    const size = pageSize(input.maxResults, ON_A_PAGE)
    const { entries, nextToken } = pageOf(ordered, input.nextToken, size, 'InvalidParameterException')
    return {
      serviceDeployments: entries.map((deployment) => briefOf(account, lane, deployment)),
      ...(nextToken && { nextToken }),
    }
  },
)

const describeServiceDeployments = reads<DescribeServiceDeploymentsRequest, DescribeServiceDeploymentsResponse>(
  ecsSchema('DescribeServiceDeployments'),
  (input, account, atMs) => {
    const arns = input.serviceDeploymentArns ?? []
    if (arns.length === 0) throw refused('Service deployment ARNs cannot be empty.')
    if (arns.length > MOST_ARNS) throw refused(`The list of service deployments may have at most ${MOST_ARNS} entries.`)
    const found = arns.map((arn) => ({ arn, ...findDeployment(account, arn, atMs) }))
    return {
      serviceDeployments: found.flatMap(({ lane, deployment }) =>
        lane && deployment ? [deploymentView(account, lane, deployment, atMs)] : [],
      ),
      failures: found.flatMap(({ arn, deployment }) => (deployment ? [] : [{ arn, reason: 'MISSING' }])),
    }
  },
)

const stopServiceDeployment = writes<StopServiceDeploymentRequest, StopServiceDeploymentResponse>(
  ecsSchema('StopServiceDeployment'),
  (input, account, atMs) => {
    const { lane, deployment } = requireDeployment(account, input.serviceDeploymentArn, atMs)
    const { stopType = 'ROLLBACK' } = input
    const { assumptions } = account.rules.native
    if (stopType !== 'ROLLBACK' && stopType !== 'ABORT') throw refused(`Invalid stopType: ${stopType}`)
    if (stopType === 'ABORT' && assumptions.abort === 'refused') throw refused('stopType ABORT is not supported.')
    if (!isOngoing(deployment)) throw new AwsError(assumptions.stopOfTerminal, STOP_OF_TERMINAL)
    if (
      deployment.stage === 'CLEAN_UP' &&
      deployment.status === 'IN_PROGRESS' &&
      assumptions.stopInCleanUp === 'refused'
    ) {
      throw new AwsError('ConflictException', 'Stopping a service deployment is not allowed in stage CLEAN_UP.')
    }
    account.record(lane.key, { kind: 'native-stopped', atMs, id: deployment.id, type: stopType })
    return { serviceDeploymentArn: input.serviceDeploymentArn }
  },
)

/** Made like the sentence of ContinueServiceDeployment (assumed). */
const STOP_OF_TERMINAL = 'Stopping a service deployment is not allowed for service deployment in terminal states.'

/** Source of the texts: Developer Guide, troubleshooting of blue/green deployments; that of the code: assumed. */
const continueServiceDeployment = writes<ContinueServiceDeploymentRequest, ContinueServiceDeploymentResponse>(
  ecsSchema('ContinueServiceDeployment'),
  (input, account, atMs) => {
    const { lane, deployment } = requireDeployment(account, input.serviceDeploymentArn, atMs)
    const { hookId = '', action = 'CONTINUE' } = input
    if (action !== 'CONTINUE' && action !== 'ROLLBACK') throw refused(`Invalid action: ${action}`)
    if (!isOngoing(deployment)) {
      throw refused('Continuing a service deployment is not allowed for service deployment in terminal states.')
    }
    if (!/^ecs-[a-z]+-[\w-]+$/.test(hookId)) {
      throw refused('Invalid hookId: hookId must follow the format: ecs-{hookType}-{id}')
    }
    const hook = deployment.hooks.find((one) => one.hookId === hookId)
    if (hook?.status !== 'AWAITING_ACTION' || deployment.status !== 'IN_PROGRESS') {
      throw refused('Provided hookId is either completed, unavailable, or not associated with the given Resource ARN')
    }
    account.record(lane.key, { kind: 'native-continued', atMs, id: deployment.id, hookId, action })
    return { serviceDeploymentArn: input.serviceDeploymentArn }
  },
)

export const serviceDeploymentOperations: Operation[] = [
  listServiceDeployments,
  describeServiceDeployments,
  stopServiceDeployment,
  continueServiceDeployment,
]

function requireDeployment(
  account: Account,
  arn: string | undefined,
  atMs: number,
): { lane: Lane; deployment: ServiceDeployment } {
  if (!arn) throw refused('Service deployment ARN cannot be blank.')
  const { lane, deployment } = findDeployment(account, arn, atMs)
  if (!lane || !deployment) {
    throw new AwsError('ServiceDeploymentNotFoundException', 'The service deployment does not exist.')
  }
  return { lane, deployment }
}

function findDeployment(
  account: Account,
  arn: string,
  atMs: number,
): { lane?: Lane | undefined; deployment?: ServiceDeployment | undefined } {
  const [, cluster, service, id] =
    /^arn:[^:]+:ecs:[^:]+:\d{12}:service-deployment\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(arn) ?? []
  if (cluster === undefined || service === undefined || id === undefined) {
    throw refused(`Invalid service deployment ARN: ${arn}`)
  }
  if (!isOfPlace(arn, account.world)) return {}
  const lane = account.lane(serviceKey(cluster, service), atMs)
  return { lane, deployment: lane && findServiceDeployment(lane, id) }
}

function briefOf({ world }: Account, lane: Lane, deployment: ServiceDeployment): Wire<ServiceDeploymentBrief> {
  const { cluster = '', name = '' } = lane.service?.seed ?? {}
  const { stoppedAt, ...times } = { stoppedAt: undefined, ...timesOf(deployment) }
  return {
    serviceDeploymentArn: serviceDeploymentArn(world, cluster, name, deployment.id),
    serviceArn: serviceArn(world, cluster, name),
    clusterArn: clusterArn(world, cluster),
    ...times,
    targetServiceRevisionArn: serviceRevisionArn(world, cluster, name, deployment.revision),
    status: deployment.status,
    ...(deployment.statusReason !== undefined && { statusReason: deployment.statusReason }),
  }
}

function refused(message: string): AwsError {
  return new AwsError('InvalidParameterException', message)
}
