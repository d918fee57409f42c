import type {
  ContainerImage,
  DescribeServiceRevisionsRequest,
  DescribeServiceRevisionsResponse,
  ServiceRevision as RevisionView,
} from '@aws-sdk/client-ecs'
import { hexOf } from '../identity.ts'
import type { Account } from '../model/account.ts'
import type { Lane } from '../model/lane.ts'
import { findRevision, type Revision } from '../model/native/native-service.ts'
import { containersOf } from '../model/task-definitions.ts'
import { clusterArn, isOfPlace, serviceArn, serviceKey, targetGroupArn } from '../names.ts'
import { ruleArn, serviceRevisionArn } from '../native/names.ts'
import { AwsError } from '../protocol/aws-error.ts'
import { type Operation, reads, type Wire, wireTime } from '../protocol/operation.ts'
import { ecsSchema } from '../protocol/schema.ts'
import { nativeLoadBalancers } from './native-service-view.ts'
import { SERVICE_NETWORK } from './task-set-view.ts'

/** Source: ECS API Reference, DescribeServiceRevisions. */
const MOST_ARNS = 20

const describeServiceRevisions = reads<DescribeServiceRevisionsRequest, DescribeServiceRevisionsResponse>(
  ecsSchema('DescribeServiceRevisions'),
  (input, account, atMs) => {
    const arns = input.serviceRevisionArns ?? []
    if (arns.length === 0) throw refused('Service revision ARNs cannot be empty.')
    if (arns.length > MOST_ARNS) throw refused(`The list of service revisions may have at most ${MOST_ARNS} entries.`)
    const found = arns.map((arn) => ({ arn, view: find(account, arn, atMs) }))
    return {
      serviceRevisions: found.flatMap(({ view }) => (view ? [view] : [])),
      failures: found.flatMap(({ arn, view }) => (view ? [] : [{ arn, reason: 'MISSING' }])),
    }
  },
)

export const serviceRevisionOperations: Operation[] = [describeServiceRevisions]

function find(account: Account, arn: string, atMs: number): Wire<RevisionView> | undefined {
  const [, cluster, service, number] =
    /^arn:[^:]+:ecs:[^:]+:\d{12}:service-revision\/([^/]+)\/([^/]+)\/(\d+)$/.exec(arn) ?? []
  if (cluster === undefined || service === undefined || number === undefined) {
    throw refused(`Invalid service revision ARN: ${arn}`)
  }
  if (!isOfPlace(arn, account.world)) return undefined
  const lane = account.lane(serviceKey(cluster, service), atMs)
  const revision = lane && findRevision(lane, number)
  return lane && revision && view(account, lane, revision, atMs)
}

/** `resolvedConfiguration` says which target group it really uses (documented). Source: ECS API Reference, ServiceRevision. */
function view(account: Account, { service, native }: Lane, revision: Revision, atMs: number): Wire<RevisionView> {
  const { world } = account
  if (!service || !native) return {}
  const { cluster, name } = service.seed
  const { loadBalancer } = native
  const definition = account.taskDefinitions.find(revision.taskDefinitionArn, atMs)?.definition ?? {}
  return {
    serviceRevisionArn: serviceRevisionArn(world, cluster, name, revision.number),
    serviceArn: serviceArn(world, cluster, name),
    clusterArn: clusterArn(world, cluster),
    taskDefinition: revision.taskDefinitionArn,
    launchType: 'FARGATE',
    platformVersion: '1.4.0',
    platformFamily: 'Linux',
    loadBalancers: nativeLoadBalancers(account, service, native),
    networkConfiguration: SERVICE_NETWORK as NonNullable<Wire<RevisionView>['networkConfiguration']>,
    containerImages: containersOf(definition).map(
      ({ name: containerName, image }): Wire<ContainerImage> => ({
        containerName,
        imageDigest: `sha256:${hexOf(64, 'image', image ?? '')}`,
        image,
      }),
    ),
    guardDutyEnabled: false,
    createdAt: wireTime(revision.createdMs),
    ...(loadBalancer !== 'none' && {
      resolvedConfiguration: {
        loadBalancers: [
          {
            targetGroupArn: targetGroupArn(world, name, revision.targetGroup),
            productionListenerRule: ruleArn(world, name, 'production', loadBalancer),
          },
        ],
      },
    }),
  }
}

function refused(message: string): AwsError {
  return new AwsError('InvalidParameterException', message)
}
