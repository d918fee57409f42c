import type { Service, ServiceDeploymentBrief } from '@aws-sdk/client-ecs'
import { CallError } from '../aws/attempts.ts'
import { describeService, type Ecs } from '../aws/ecs.ts'
import { describeServiceRevisions, listServiceDeployments } from '../aws/service-deployments.ts'
import type { ResolvedService } from '../service/service.ts'
import { idOf, revisionNumberOf } from './ids.ts'

/** What was there before a deployment was asked for, which can therefore not be it. */
export interface KnownBefore {
  /** `ecs-svc/N` of the PRIMARY entry. */
  newestRevision: string
  /** Ids of the deployments that there were. */
  ids: readonly string[]
}

/** What a look for our own deployment found. */
export interface Look {
  /** Its id. */
  own: string | undefined
  /** It was asked for: the service has a revision for it, whether or not the list shows the deployment yet. */
  revision: string | undefined
  /** A read that failed, so that it may be there all the same. */
  trouble: CallError | undefined
}

/** How many of a service's newest deployments are looked at. */
const NEWEST = 20

/** The newest deployments of a service, newest first; the list lags. @throws CallError */
export async function listNewest(aws: Ecs, { clusterName, arn }: ResolvedService): Promise<ServiceDeploymentBrief[]> {
  return await listServiceDeployments(aws, clusterName, arn, { most: NEWEST })
}

/**
 * The deployment whose target is this revision: the number of an entry of the service is the end of the ARN of the target
 * (observed). Undefined while the list does not show it.
 * @throws CallError
 */
export async function findByRevision(aws: Ecs, service: ResolvedService, entry: string): Promise<string | undefined> {
  const number = revisionNumberOf(entry)
  const found = (await listNewest(aws, service)).find(
    ({ targetServiceRevisionArn = '' }) => revisionNumberOf(targetServiceRevisionArn) === number,
  )
  return found?.serviceDeploymentArn === undefined ? undefined : idOf(found.serviceDeploymentArn)
}

/**
 * Looks for the deployment that a request has made although its answer was lost: by an entry of the service that was not
 * there before and runs the same task definition; and, because an entry is gone soon after a rollback (observed), by the
 * revisions of the deployments that are new in the list.
 */
export async function findOwn(
  aws: Ecs,
  service: ResolvedService,
  taskDefinitionArn: string,
  before: KnownBefore,
): Promise<Look> {
  try {
    const answer = await describeService(aws, service.clusterName, service.arn)
    const entry = ownEntry(answer.service, taskDefinitionArn, before)
    if (entry !== undefined) {
      return { own: await findByRevision(aws, service, entry), revision: entry, trouble: undefined }
    }
    return { ...(await findByTaskDefinition(aws, service, taskDefinitionArn, before)), trouble: undefined }
  } catch (error) {
    if (!(error instanceof CallError)) throw error
    return { own: undefined, revision: undefined, trouble: error }
  }
}

/** PRIMARY where that is ours, else one that has been replaced since. */
function ownEntry(
  service: Service | undefined,
  taskDefinitionArn: string,
  { newestRevision }: KnownBefore,
): string | undefined {
  const entries = service?.deployments ?? []
  const earliestMs = entries.find(({ id }) => id === newestRevision)?.createdAt?.getTime() ?? 0
  const own = entries.filter(
    ({ id, taskDefinition, createdAt }) =>
      id !== newestRevision &&
      taskDefinition === taskDefinitionArn &&
      (createdAt?.getTime() ?? earliestMs) >= earliestMs,
  )
  return (own.find(({ status }) => status === 'PRIMARY') ?? own[0])?.id
}

async function findByTaskDefinition(
  aws: Ecs,
  service: ResolvedService,
  taskDefinitionArn: string,
  { newestRevision, ids }: KnownBefore,
): Promise<Pick<Look, 'own' | 'revision'>> {
  const known = revisionNumberOf(newestRevision)
  const listed = await listNewest(aws, service)
  const fresh = untilKnown(listed, known).filter(
    ({ serviceDeploymentArn = '' }) => !ids.includes(idOf(serviceDeploymentArn)),
  )
  const targets = fresh.flatMap(({ targetServiceRevisionArn }) => targetServiceRevisionArn ?? [])
  const revisions = targets.length === 0 ? [] : await describeServiceRevisions(aws, targets)
  const ours = new Set(
    revisions.flatMap(({ serviceRevisionArn, taskDefinition }) =>
      taskDefinition === taskDefinitionArn ? (serviceRevisionArn ?? []) : [],
    ),
  )
  const own = fresh.find(({ targetServiceRevisionArn = '' }) => ours.has(targetServiceRevisionArn))
  if (own?.serviceDeploymentArn === undefined) return { own: undefined, revision: undefined }
  return { own: idOf(own.serviceDeploymentArn), revision: own.targetServiceRevisionArn }
}

/** Those that are newer than the deployment of the revision that was newest. */
function untilKnown(listed: readonly ServiceDeploymentBrief[], number: string): ServiceDeploymentBrief[] {
  const at = listed.findIndex(
    ({ targetServiceRevisionArn = '' }) => revisionNumberOf(targetServiceRevisionArn) === number,
  )
  return listed.slice(0, at < 0 ? listed.length : at)
}
