import { shortName } from '../aws/arn.ts'
import type { ResolvedService } from '../service/service.ts'

/*
 * A service deployment of ECS is told by the last part of its ARN, 21 characters (observed), as CodeDeploy's is by its id.
 * A rollback is a state of the same deployment; it gets an id of its own here, so that it can be followed like any other.
 */

type ServicePlace = Pick<ResolvedService, 'partition' | 'region' | 'account' | 'clusterName' | 'name'>

const ROLLBACK = '/rollback'

/** ARN of a deployment of the service, also by the id of its rollback. Source: ECS API Reference, ServiceDeployment. */
export function deploymentArn(service: ServicePlace, id: string): string {
  return arnOf(service, 'service-deployment', ofRollback(id) ?? id)
}

/** ARN of a revision of the service. Source: ECS API Reference, ServiceRevision. */
export function revisionArn(service: ServicePlace, number: string): string {
  return arnOf(service, 'service-revision', number)
}

function arnOf({ partition, region, account, clusterName, name }: ServicePlace, kind: string, id: string): string {
  return `arn:${partition}:ecs:${region}:${account}:${kind}/${clusterName}/${name}/${id}`
}

/** Id of a deployment: the last part of its ARN, or what is an id already. */
export function idOf(arnOrId: string): string {
  return shortName(ofRollback(arnOrId) ?? arnOrId)
}

/** `N` of the ARN of a revision, and of `ecs-svc/N`, which both end in it (observed). */
export function revisionNumberOf(arn: string): string {
  return shortName(arn)
}

/** `ecs-svc/N`: what ECS calls the tasks of a revision, and the entry of it among the service's deployments (observed). */
export function taskSetIdOf(revisionArn: string): string {
  return `ecs-svc/${revisionNumberOf(revisionArn)}`
}

/** Id of the rollback of a deployment. */
export function rollbackIdOf(id: string): string {
  return `${id}${ROLLBACK}`
}

/** Id of the deployment whose rollback has this id; undefined when it is none. */
export function ofRollback(id: string): string | undefined {
  return id.endsWith(ROLLBACK) ? id.slice(0, -ROLLBACK.length) : undefined
}
