import type { Service, ServiceDeployment, ServiceDeploymentBrief, ServiceRevisionSummary } from '@aws-sdk/client-ecs'
import { parseArn, shortName } from '../aws/arn.ts'
import type { Ecs } from '../aws/ecs.ts'
import {
  ACTIVE_STATUSES,
  describeServiceDeployments,
  describeServiceRevisions,
  listServiceDeployments,
} from '../aws/service-deployments.ts'
import type { ResolvedService } from '../service/service.ts'
import { idOf, revisionArn, revisionNumberOf, taskSetIdOf } from './ids.ts'
import { isShifted, stageOf } from './shares.ts'

/** The revision that has production, or most of it. */
export interface Serving {
  /** `ecs-svc/N`. */
  id: string
  taskDefinitionArn: string
  /** ARN of the one of its target groups that it really uses; undefined without a load balancer, or where it is not told. */
  targetGroupArn: string | undefined
  /** The deployment that made it; undefined when that is no longer listed, or there was none. */
  deploymentId: string | undefined
}

/** Deployments that are not over, newest first, as they are now. @throws CallError */
export async function readActive(
  aws: Ecs,
  { clusterName, arn }: Pick<ResolvedService, 'clusterName' | 'arn'>,
): Promise<ServiceDeployment[]> {
  const listed = await listServiceDeployments(aws, clusterName, arn, { statuses: ACTIVE_STATUSES })
  return await describeServiceDeployments(aws, arnsOf(listed))
}

/** How many of a service's newest deployments are looked at for the one that made what serves. */
const NEWEST = 100

/**
 * Which revision serves production now: while a deployment is active the one with most of the weights, else the one of
 * the PRIMARY entry, which ECS makes the new one as soon as a deployment begins (observed). Undefined when ECS tells none.
 * @param service as DescribeServices has just answered it
 * @throws CallError
 */
export async function readServing(aws: Ecs, service: Service): Promise<Serving | undefined> {
  const listed = await listServiceDeployments(aws, service.clusterArn ?? '', service.serviceArn ?? '', { most: NEWEST })
  const isActive = ({ status }: ServiceDeploymentBrief) => status !== undefined && ACTIVE_STATUSES.includes(status)
  const active = await describeServiceDeployments(aws, arnsOf(listed.filter(isActive)))
  const primary = service.deployments?.find(({ status }) => status === 'PRIMARY')
  const serving = active.map(servingIn).find((arn) => arn !== undefined) ?? entryArn(service, primary?.id)
  if (serving === undefined) return undefined

  const [revision] = await describeServiceRevisions(aws, [serving])
  const id = taskSetIdOf(serving)
  const taskDefinitionArn =
    revision?.taskDefinition ?? service.deployments?.find((one) => one.id === id)?.taskDefinition
  if (taskDefinitionArn === undefined) return undefined
  const number = revisionNumberOf(serving)
  const madeBy = listed.find(({ targetServiceRevisionArn: arn = '' }) => revisionNumberOf(arn) === number)
  return {
    id,
    taskDefinitionArn,
    targetGroupArn: revision?.resolvedConfiguration?.loadBalancers?.[0]?.targetGroupArn,
    deploymentId: madeBy?.serviceDeploymentArn === undefined ? undefined : idOf(madeBy.serviceDeploymentArn),
  }
}

/** ARN of the revision with most of production by the weights of a deployment, where it came from when both have half. */
function servingIn(deployment: ServiceDeployment): string | undefined {
  const { sourceServiceRevisions: sources = [], targetServiceRevision: target } = deployment
  const sides = target === undefined ? sources : [...sources, target]
  const [most] = sides.filter((side) => shareOf(side) > 0).sort((one, other) => shareOf(other) - shareOf(one))
  if (most !== undefined) return most.arn
  // Nothing is shifted, or it has not begun.
  return isShifted(deployment, stageOf(deployment)) ? target?.arn : sources[0]?.arn
}

function shareOf({ requestedProductionTrafficWeight: weight = 0 }: ServiceRevisionSummary): number {
  return weight
}

/** ARN of the revision of an entry of the service. */
function entryArn(service: Service, entry: string | undefined): string | undefined {
  if (entry === undefined) return undefined
  const number = revisionNumberOf(entry)
  const told = service.currentServiceRevisions?.find(({ arn = '' }) => revisionNumberOf(arn) === number)?.arn
  const arn = parseArn(service.serviceArn ?? '')
  if (told !== undefined || arn === undefined) return told
  const name = service.serviceName ?? shortName(arn.resource)
  return revisionArn({ ...arn, clusterName: shortName(service.clusterArn ?? 'default'), name }, number)
}

function arnsOf(listed: readonly ServiceDeploymentBrief[]): string[] {
  return listed.flatMap(({ serviceDeploymentArn }) => serviceDeploymentArn ?? [])
}
