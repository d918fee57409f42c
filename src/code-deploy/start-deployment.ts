import type { CreateDeploymentInput } from '@aws-sdk/client-codedeploy'
import { CallError, isPassing } from '../aws/attempts.ts'
import { type CodeDeploy, createDeployment } from '../aws/code-deploy.ts'
import { MaybeStartedError, OvertakenError } from '../follow/release-engine.ts'
import { blockerIn, findOwn, type KnownBefore, type Look } from './own-deployment.ts'

/** How often a request whose answer was lost is sent again. */
const MAX_ROUNDS = 3

/**
 * How long to wait before each look for a deployment whose answer was lost, in milliseconds. How soon a deployment shows
 * is not documented, so it is looked for several times; the last ones are for looks that could not see everything.
 */
const LOOK_AFTER_MS = [2_000, 4_000, 8_000, 16_000, 30_000]

/** It is not there when nothing has shown for so long to looks that could see everything, in milliseconds. */
const SHOWS_WITHIN_MS = 14_000

/**
 * Starts a deployment once, also when the answer is lost: CreateDeployment has no idempotency token, so before it is
 * sent again the deployment is looked for by its description, which names the workflow run. Changes AWS.
 * @param earlier what was there before
 * @param onAnswerLost told once, before it is looked for
 * @returns the deployment's id
 * @throws CallError when surely nothing was started
 * @throws MaybeStartedError
 * @throws OvertakenError when CodeDeploy says that the group is busy
 */
export async function startDeployment(
  aws: CodeDeploy,
  request: CreateDeploymentInput,
  earlier: KnownBefore,
  onAnswerLost: (error: CallError) => void,
): Promise<string> {
  let lost: CallError | undefined
  for (let round = 1; ; round++) {
    const sent = await send(aws, request)
    if (typeof sent === 'string') return sent
    if (lost === undefined && isPassing(sent.serviceError) && !sent.serviceError.notAccepted) {
      lost = sent
      onAnswerLost(lost)
    }
    if (lost === undefined) {
      const isBusy = sent.serviceError.code === 'DeploymentLimitExceeded'
      throw isBusy ? new OvertakenError(blockerIn(sent), sent) : sent
    }

    const { own, trouble, isBehind } = await lookForOwn(aws, request, earlier, sent)
    if (own !== undefined) return own
    // Unless the look could see everything, the deployment may be there, and may even have ended already.
    if (trouble !== undefined || isBehind) throw new MaybeStartedError(lost, trouble ?? sent)
    // A busy group may be busy with our own, which then shows when it is looked for again.
    const mayChange = isPassing(sent.serviceError) || sent.serviceError.code === 'DeploymentLimitExceeded'
    if (round >= MAX_ROUNDS || !mayChange || aws.signal?.aborted === true) {
      throw new MaybeStartedError(lost, sent)
    }
  }
}

async function send(aws: CodeDeploy, request: CreateDeploymentInput): Promise<string | CallError> {
  try {
    return await createDeployment(aws, request)
  } catch (error) {
    if (error instanceof CallError) return error
    throw error
  }
}

/** Looks until it is found or surely not there. Not even a cancelled run leaves before it has looked. */
async function lookForOwn(
  aws: CodeDeploy,
  request: CreateDeploymentInput,
  earlier: KnownBefore,
  sent: CallError,
): Promise<Look> {
  let look: Look = { own: undefined, trouble: undefined, isBehind: false }
  let waitedMs = 0
  for (const waitMs of LOOK_AFTER_MS) {
    await aws.clock.sleep(waitMs)
    waitedMs += waitMs
    look = await findOwn(aws, request, earlier, blockerIn(sent))
    const { own, trouble, isBehind } = look
    const isHopeless = trouble !== undefined && !isPassing(trouble.serviceError)
    const isSurelyNot = trouble === undefined && !isBehind && waitedMs >= SHOWS_WITHIN_MS
    if (own !== undefined || isHopeless || isSurelyNot || aws.signal?.aborted === true) break
  }
  return look
}
