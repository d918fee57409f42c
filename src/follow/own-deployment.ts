import type { CreateDeploymentInput, DeploymentInfo } from '@aws-sdk/client-codedeploy'
import { CallError } from '../aws/attempts.ts'
import { type CodeDeploy, getDeployment, getDeploymentGroup, listDeploymentsSince } from '../aws/code-deploy.ts'

/** How far the clocks of runner and CodeDeploy may be apart, in milliseconds. */
const CLOCK_DRIFT_MS = 5 * 60_000

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
}

/** What was there before a deployment was asked for, which can therefore not be it. */
export interface Earlier {
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
 * workflow run, and same AppSpec. A step before this one may have made one like it: the newest counts, and none that
 * was there before.
 * @param firstSentMs when the request was first sent, by our clock
 * @param named a deployment that CodeDeploy named, which may not be listed yet
 */
export async function findOwn(
  aws: CodeDeploy,
  request: CreateDeploymentInput,
  firstSentMs: number,
  earlier: Earlier,
  named: string | undefined,
): Promise<Look> {
  const listed = await idsSince(aws, request, firstSentMs - CLOCK_DRIFT_MS, earlier)
  let { trouble } = listed
  let own: { id: string; createdAtMs: number } | undefined
  const ids = new Set([...(named === undefined ? [] : [named]), ...listed.ids])
  for (const id of [...ids].filter((one) => !earlier.ids.includes(one))) {
    try {
      const info = await getDeployment(aws, id)
      const createdAtMs = info.createTime?.getTime() ?? Number.POSITIVE_INFINITY
      const isNew = createdAtMs > (earlier.newestCreatedAtMs ?? -1)
      if (isNew && isMadeBy(request, info) && createdAtMs >= (own?.createdAtMs ?? 0)) own = { id, createdAtMs }
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      trouble ??= error
    }
  }
  return { own: own?.id, trouble }
}

/** Where the list cannot be read, the group still names the last deployment that was started in it. */
async function idsSince(
  aws: CodeDeploy,
  { applicationName = '', deploymentGroupName = '' }: CreateDeploymentInput,
  sinceMs: number,
  earlier: Earlier,
): Promise<{ ids: string[]; trouble: CallError | undefined }> {
  try {
    return { ids: await listDeploymentsSince(aws, applicationName, deploymentGroupName, sinceMs), trouble: undefined }
  } catch (error) {
    if (!(error instanceof CallError)) throw error
    const last = await lastAttempted(aws, applicationName, deploymentGroupName)
    if (last === 'unseen') return { ids: [], trouble: error }
    // Before one that is new there may have been ours, unless it is ours.
    const isNew = last !== undefined && !earlier.ids.includes(last)
    return isNew ? { ids: [last], trouble: error } : { ids: [], trouble: undefined }
  }
}

async function lastAttempted(
  aws: CodeDeploy,
  application: string,
  group: string,
): Promise<string | undefined | 'unseen'> {
  try {
    return (await getDeploymentGroup(aws, application, group)).lastAttemptedDeployment?.deploymentId
  } catch (error) {
    if (!(error instanceof CallError)) throw error
    return 'unseen'
  }
}

function isMadeBy({ description, revision }: CreateDeploymentInput, info: DeploymentInfo): boolean {
  const sameText = info.revision?.appSpecContent?.sha256 === revision?.appSpecContent?.sha256
  return info.description === description && sameText
}
