import type { CreateDeploymentInput, DeploymentInfo } from '@aws-sdk/client-codedeploy'
import { CallError } from '../aws/attempts.ts'
import { type CodeDeploy, getDeployment, getDeploymentGroup } from '../aws/code-deploy.ts'
import { listDeploymentsSince } from '../aws/code-deploy-lists.ts'

/**
 * `already has an active Deployment 'd-…'`, and the wording of before 2022, `is already deploying deployment 'd-…'`.
 * Observed, not documented.
 */
const ACTIVE_DEPLOYMENT = /(?:already has an active|is already deploying)(?: deployment)? '(d-[A-Z0-9]+)'/i

/** What a look for our own deployment found. */
export interface Look {
  /** Its id. */
  own: string | undefined
  /** A read that failed, so that it may be there all the same. */
  trouble: CallError | undefined
  /** The list does not show a deployment that is there, so that it may not show ours either. */
  isBehind: boolean
}

/** What was there before a deployment was asked for, which can therefore not be it. */
export interface KnownBefore {
  ids: readonly string[]
  /** When the newest of them was created, by CodeDeploy's clock. */
  newestCreatedAtMs: number | undefined
}

/** The deployment that keeps the group busy, as the refusal of CreateDeployment names it. */
export function blockerIn({ serviceError }: CallError): string | undefined {
  return serviceError.code === 'DeploymentLimitExceeded' ? ACTIVE_DEPLOYMENT.exec(serviceError.message)?.[1] : undefined
}

/**
 * Looks for the deployment that a request has made although its answer was lost: same description, which names the
 * workflow run, and same AppSpec. It is looked for in the list, which may be behind, and by what the group names as its
 * last deployment, or as the rollback of ours. A step before this one may have made one like it: the newest counts, and
 * none that was there before.
 * @param named a deployment that CodeDeploy named, which may not be listed yet
 */
export async function findOwn(
  aws: CodeDeploy,
  request: CreateDeploymentInput,
  earlier: KnownBefore,
  named: string | undefined,
): Promise<Look> {
  const { listed, last } = await newDeployments(aws, request, earlier)
  const isNew = (id: string | undefined): id is string => id !== undefined && !earlier.ids.includes(id)
  const pointedAt = [named, last instanceof CallError ? undefined : last].filter(isNew)
  const candidates = new Set([...pointedAt, ...(listed instanceof CallError ? [] : listed.filter(isNew))])
  let trouble = troubleOf(listed, last, pointedAt.length > 0)
  let own: { id: string; createdAtMs: number } | undefined
  // A set also hands out what is added to it on the way.
  for (const id of candidates) {
    try {
      const info = await getDeployment(aws, id)
      const rollbackOf = info.rollbackInfo?.rollbackTriggeringDeploymentId
      if (isNew(rollbackOf)) candidates.add(rollbackOf)
      const createdAtMs = info.createTime?.getTime() ?? Number.POSITIVE_INFINITY
      const isLater = createdAtMs > (earlier.newestCreatedAtMs ?? -1)
      if (isLater && isMadeBy(request, info) && createdAtMs >= (own?.createdAtMs ?? 0)) own = { id, createdAtMs }
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      trouble ??= error
    }
  }
  const isBehind = !(listed instanceof CallError) && pointedAt.some((id) => !listed.includes(id))
  return { own: own?.id, trouble, isBehind }
}

/** What the list shows and what the group names as its last deployment, or why either cannot be read. */
async function newDeployments(
  aws: CodeDeploy,
  { applicationName = '', deploymentGroupName = '' }: CreateDeploymentInput,
  earlier: KnownBefore,
): Promise<{ listed: string[] | CallError; last: string | undefined | CallError }> {
  // By CodeDeploy's own clock only: one of a runner that is ahead would hide ours. Where there was none before, all are new.
  const { newestCreatedAtMs } = earlier
  const listed = await orCallError(listDeploymentsSince(aws, applicationName, deploymentGroupName, newestCreatedAtMs))
  const group = await orCallError(getDeploymentGroup(aws, applicationName, deploymentGroupName))
  return { listed, last: group instanceof CallError ? group : group.lastAttemptedDeployment?.deploymentId }
}

/**
 * Why ours may be there although neither shows it. Where the list cannot be read, the group says whether there is
 * anything new at all; but before one that is new there may have been ours.
 */
function troubleOf(
  listed: string[] | CallError,
  last: string | undefined | CallError,
  isSomethingNew: boolean,
): CallError | undefined {
  if (!(listed instanceof CallError)) return last instanceof CallError ? last : undefined
  return last instanceof CallError || isSomethingNew ? listed : undefined
}

async function orCallError<Answer>(answer: Promise<Answer>): Promise<Answer | CallError> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof CallError) return error
    throw error
  }
}

function isMadeBy({ description, revision }: CreateDeploymentInput, info: DeploymentInfo): boolean {
  const sameText = info.revision?.appSpecContent?.sha256 === revision?.appSpecContent?.sha256
  return info.description === description && sameText
}
