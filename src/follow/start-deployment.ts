import type { CreateDeploymentInput } from '@aws-sdk/client-codedeploy'
import { CallError, isPassing } from '../aws/attempts.ts'
import { type CodeDeploy, createDeployment, getDeployment, listDeploymentsSince } from '../aws/code-deploy.ts'

/** How far the clocks of runner and CodeDeploy may be apart, in milliseconds. */
const CLOCK_DRIFT_MS = 5 * 60_000

/** How long a deployment may take to show in ListDeployments, in milliseconds. Assumed. */
const SHOWS_WITHIN_MS = 2_000

/** How often a request whose answer was lost is looked for and sent again. */
const MAX_ROUNDS = 3

/**
 * Starts a deployment once, also when the answer is lost: CreateDeployment has no idempotency token, so before it is
 * sent again the deployment is looked for by its description, which names the workflow run. Changes AWS.
 * @returns the deployment's id
 * @throws CallError; when its kind is passing, whether there is a deployment is not known
 */
export async function startDeployment(aws: CodeDeploy, request: CreateDeploymentInput): Promise<string> {
  const sinceMs = aws.clock.now() - CLOCK_DRIFT_MS
  let answerWasLost = false
  for (let round = 1; ; round++) {
    try {
      return await createDeployment(aws, request)
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      const isOurOwn = answerWasLost && error.serviceError.code === 'DeploymentLimitExceeded'
      const isLost = isPassing(error.serviceError) && !error.serviceError.notAccepted
      if (!isOurOwn && !isLost) throw error
      answerWasLost = true
      await aws.clock.sleep(SHOWS_WITHIN_MS)
      const own = await findOwn(aws, request, sinceMs)
      if (own !== undefined) return own
      if (round >= MAX_ROUNDS) throw error
    }
  }
}

/** The deployment that this request started since then, if it did. */
export async function findOwn(
  aws: CodeDeploy,
  request: CreateDeploymentInput,
  sinceMs: number,
): Promise<string | undefined> {
  const { applicationName = '', deploymentGroupName = '', description, revision } = request
  for (const id of await listDeploymentsSince(aws, applicationName, deploymentGroupName, sinceMs)) {
    const info = await getDeployment(aws, id)
    const sameText = info.revision?.appSpecContent?.sha256 === revision?.appSpecContent?.sha256
    if (info.description === description && sameText) return id
  }
  return undefined
}
