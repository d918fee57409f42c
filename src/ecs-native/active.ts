import type { Service, ServiceDeployment } from '@aws-sdk/client-ecs'
import type { Ecs } from '../aws/ecs.ts'
import { ACTIVE_STATUSES, describeServiceDeployment, listServiceDeployments } from '../aws/service-deployments.ts'
import type { ResolvedService } from '../service/service.ts'
import { idOf, revisionNumberOf } from './ids.ts'

/** The deployments of a service that run, newest first. @throws CallError */
export async function readActive(aws: Ecs, service: ResolvedService): Promise<ServiceDeployment[]> {
  const listed = await listServiceDeployments(aws, service.clusterName, service.arn, { statuses: ACTIVE_STATUSES })
  return await Promise.all(
    listed.map(({ serviceDeploymentArn = '' }) => describeServiceDeployment(aws, serviceDeploymentArn)),
  )
}

/** What serves production. */
export interface Serving {
  /** Of the revision: `ecs-svc/N`. */
  id: string
  taskDefinitionArn: string
  /** The deployment that made it, where it is still listed. */
  deploymentId: string | undefined
}

/** The revision that serves production: the only one, or the one that was there before the newest. @throws CallError */
export async function readServing(
  aws: Ecs,
  { serviceArn = '', clusterArn = '', deployments = [] }: Service,
): Promise<Serving> {
  const serving = deployments.find(({ status }) => status !== 'PRIMARY') ?? deployments[0]
  const id = serving?.id ?? ''
  const listed = await listServiceDeployments(aws, clusterArn, serviceArn, { most: 20 })
  const maker = listed.find(
    ({ targetServiceRevisionArn = '' }) => `ecs-svc/${revisionNumberOf(targetServiceRevisionArn)}` === id,
  )
  const arn = maker?.serviceDeploymentArn
  return {
    id,
    taskDefinitionArn: serving?.taskDefinition ?? '',
    deploymentId: arn === undefined ? undefined : idOf(arn),
  }
}
