import type { ServiceDeployment } from '@aws-sdk/client-ecs'
import { describeService, type Ecs } from '../aws/ecs.ts'
import { describeServiceDeployments, describeServiceRevisions } from '../aws/service-deployments.ts'
import type { ResolvedService } from '../service/service.ts'
import { idOf, taskSetIdOf } from './ids.ts'
import { listNewest } from './own-deployment.ts'

/** A share of production, by the revision that has it. */
export interface RevisionShare {
  /** `ecs-svc/N`. */
  id: string
  taskDefinitionArn: string
  percent: number
}

/**
 * Shares of production by a newer deployment of the service, which decides them from when it begins on: what the older
 * one asked for is told on as it was. `none`: there is no newer one, or it has not begun; `unseen`: there is one, and what
 * it has done is not told yet.
 * @param known ids (`ecs-svc/N`) of the revisions that the deployment is about, as far as they are known
 * @throws CallError
 */
export async function readNewerShares(
  aws: Ecs,
  service: ResolvedService,
  deploymentId: string,
  known: readonly string[],
): Promise<readonly RevisionShare[] | 'none' | 'unseen'> {
  // ECS makes the revision of the newest deployment PRIMARY at once, and after a rollback the one before it (observed).
  const entries = (await describeService(aws, service.clusterName, service.arn)).service?.deployments ?? []
  const primary = entries.find(({ status }) => status === 'PRIMARY')?.id
  if (primary === undefined) return 'unseen'
  if (known.includes(primary)) return 'none'
  const listed = await listNewest(aws, service)
  const place = listed.findIndex(({ serviceDeploymentArn = '' }) => idOf(serviceDeploymentArn) === deploymentId)
  const older = listed[place]
  if (older?.targetServiceRevisionArn !== undefined && taskSetIdOf(older.targetServiceRevisionArn) === primary) {
    return 'none'
  }
  const newer = listed.slice(0, place < 0 ? listed.length : place)
  if (newer.length === 0) return 'unseen'
  const begun = newer.filter(({ startedAt }) => startedAt !== undefined)
  if (begun.length === 0) return 'none'
  const arns = begun.flatMap(({ serviceDeploymentArn }) => serviceDeploymentArn ?? [])
  const told = (await describeServiceDeployments(aws, arns.slice(0, MOST))).find((one) => sharesOf(one).length > 0)
  return told === undefined ? 'unseen' : await withDefinitions(aws, sharesOf(told))
}

/** How many newer deployments are looked at: one that ended before it shifted anything may tell nothing. */
const MOST = 3

function sharesOf(deployment: ServiceDeployment): { arn: string; percent: number }[] {
  const { sourceServiceRevisions: sources = [], targetServiceRevision: target } = deployment
  return [...sources, ...(target === undefined ? [] : [target])].flatMap(
    ({ arn, requestedProductionTrafficWeight: percent = 0 }) =>
      arn === undefined || percent === 0 ? [] : [{ arn, percent }],
  )
}

async function withDefinitions(
  aws: Ecs,
  shares: readonly { arn: string; percent: number }[],
): Promise<readonly RevisionShare[] | 'unseen'> {
  const revisions = await describeServiceRevisions(
    aws,
    shares.map(({ arn }) => arn),
  )
  const definitions = new Map(revisions.map((one) => [one.serviceRevisionArn, one.taskDefinition]))
  const named = shares.flatMap(({ arn, percent }): RevisionShare[] => {
    const taskDefinitionArn = definitions.get(arn)
    return taskDefinitionArn === undefined ? [] : [{ id: taskSetIdOf(arn), taskDefinitionArn, percent }]
  })
  return named.length < shares.length ? 'unseen' : named
}
