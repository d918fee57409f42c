import { CallError, isPassing } from '../aws/attempts.ts'
import type { Ecs } from '../aws/ecs.ts'
import { ACTIVE_STATUSES, updateTaskDefinition } from '../aws/service-deployments.ts'
import { MaybeStartedError, OvertakenError } from '../follow/release-engine.ts'
import type { ResolvedService } from '../service/service.ts'
import { idOf } from './ids.ts'
import { findByRevision, findOwn, type KnownBefore, type Look, listNewest } from './own-deployment.ts'

/** What a deployment is asked for with. */
export interface StartRequest {
  service: ResolvedService
  taskDefinitionArn: string
  /** `ecs-svc/N` of the PRIMARY entry before; empty when it is not known. */
  newestRevision: string
  /** The answer of UpdateService was lost: the deployment is looked for. Told once. */
  onAnswerLost(error: CallError): void
}

/** ECS took the update and found nothing to deploy in it. */
export class NothingStartedError extends Error {
  constructor(taskDefinitionArn: string) {
    super(`UpdateService started no deployment of ${taskDefinitionArn}: ECS found nothing in it that it has to deploy`)
    this.name = 'NothingStartedError'
  }
}

/** How often a request whose answer was lost is sent again. */
const MAX_ROUNDS = 3

/** How long to wait before each look for a deployment whose answer was lost, in milliseconds. */
const LOOK_AFTER_MS = [2_000, 4_000, 8_000, 16_000, 30_000]

/** It is not there when nothing has shown for so long to looks that could see everything, in milliseconds. */
const SHOWS_WITHIN_MS = 14_000

/**
 * How long to wait before each look for the id of a deployment that there is, in milliseconds. The list lags by seconds
 * (observed); by how much at most is not documented.
 */
const LIST_AFTER_MS = [1_500, 1_500, 3_000, 5_000, 5_000, 10_000, 15_000, 20_000, 30_000, 30_000]

/** For so long a cancelled run looks for the id of its deployment, in milliseconds. */
const LISTED_WHEN_CANCELLED_MS = 3_000

/**
 * Starts a deployment once, also when the answer is lost: UpdateService has no idempotency token, so before it is sent
 * again the deployment is looked for. ECS takes a second update while a deployment runs, and ends that (assumed), so right
 * before the first none may be active. Changes AWS.
 * @returns the deployment's id
 * @throws CallError when surely nothing was started
 * @throws MaybeStartedError
 * @throws NothingStartedError
 * @throws OvertakenError when another deployment is active
 */
export async function startDeployment(aws: Ecs, request: StartRequest): Promise<string> {
  const before = { newestRevision: request.newestRevision, ids: await idsUnlessBusy(aws, request.service) }
  let lost: CallError | undefined
  for (let round = 1; ; round++) {
    const sent = await send(aws, request)
    if (typeof sent === 'string') return await idOfEntry(aws, request, sent)
    if (lost === undefined && isPassing(sent.serviceError) && !sent.serviceError.notAccepted) {
      lost = sent
      request.onAnswerLost(lost)
    }
    if (lost === undefined) throw sent

    const { own, revision, trouble } = await lookForOwn(aws, request, before)
    if (own !== undefined) return own
    if (revision !== undefined) return await idOfEntry(aws, request, revision)
    // Unless the look could see everything, the deployment may be there, and may even have ended already.
    if (trouble !== undefined) throw new MaybeStartedError(lost, trouble)
    if (round >= MAX_ROUNDS || !isPassing(sent.serviceError) || aws.signal?.aborted === true) {
      throw new MaybeStartedError(lost, sent)
    }
    const late = await lookBeforeRepeat(aws, request, before, lost)
    if (late !== undefined) return late
  }
}

/** What is active by now may be ours after all. @returns its id; undefined when the request may be sent again */
async function lookBeforeRepeat(
  aws: Ecs,
  request: StartRequest,
  before: KnownBefore,
  lost: CallError,
): Promise<string | undefined> {
  try {
    await idsUnlessBusy(aws, request.service)
    return undefined
  } catch (error) {
    if (error instanceof CallError) throw new MaybeStartedError(lost, error)
    if (!(error instanceof OvertakenError)) throw error
    const { own, trouble } = await findOwn(aws, request.service, request.taskDefinitionArn, before)
    if (trouble !== undefined) throw new MaybeStartedError(lost, trouble)
    if (own === undefined) throw error
    return own
  }
}

/** Ids of the deployments there are. @throws OvertakenError when one of them is active */
async function idsUnlessBusy(aws: Ecs, service: ResolvedService): Promise<string[]> {
  const listed = await listNewest(aws, service)
  const active = listed.find(({ status }) => status !== undefined && ACTIVE_STATUSES.includes(status))
  if (active !== undefined) throw new OvertakenError(idOf(active.serviceDeploymentArn ?? ''), undefined)
  return listed.map(({ serviceDeploymentArn = '' }) => idOf(serviceDeploymentArn))
}

async function send(aws: Ecs, { service, taskDefinitionArn }: StartRequest): Promise<string | CallError> {
  // What the service has already is deployed again only by force. Source: ECS API Reference, UpdateService.
  const forceNewDeployment = taskDefinitionArn === service.primary.taskDefinitionArn
  try {
    const update = { taskDefinition: taskDefinitionArn, forceNewDeployment }
    return await updateTaskDefinition(aws, service.clusterName, service.arn, update)
  } catch (error) {
    if (error instanceof CallError) return error
    throw error
  }
}

/** The id of the deployment that an entry of the service, or the ARN of a revision, is of; never the newest of the list. */
async function idOfEntry(
  aws: Ecs,
  { service, taskDefinitionArn, newestRevision }: StartRequest,
  entry: string,
): Promise<string> {
  if (entry === newestRevision) throw new NothingStartedError(taskDefinitionArn)
  let trouble: CallError | undefined
  let waitedMs = 0
  // Not even a cancelled run leaves before it has looked: its deployment is there.
  for (const waitMs of LIST_AFTER_MS) {
    await aws.clock.sleep(waitMs)
    waitedMs += waitMs
    try {
      const own = await findByRevision(aws, service, entry)
      if (own !== undefined) return own
      trouble = undefined
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      trouble = error
      if (!isPassing(error.serviceError)) break
    }
    if (aws.signal?.aborted === true && waitedMs >= LISTED_WHEN_CANCELLED_MS) break
  }
  const unlisted = trouble ?? notListed(entry)
  throw new MaybeStartedError(unlisted, unlisted)
}

function notListed(entry: string): CallError {
  const message = `UpdateService has started ${entry}, but the list does not show its service deployment.`
  const serviceError = { kind: 'answered', code: 'NotListed', message, notAccepted: true } as const
  return new CallError('ecs:ListServiceDeployments', serviceError, undefined)
}

/** Looks until it is found or surely not there. Not even a cancelled run leaves before it has looked. */
async function lookForOwn(aws: Ecs, { service, taskDefinitionArn }: StartRequest, before: KnownBefore): Promise<Look> {
  let look: Look = { own: undefined, revision: undefined, trouble: undefined }
  let waitedMs = 0
  for (const waitMs of LOOK_AFTER_MS) {
    await aws.clock.sleep(waitMs)
    waitedMs += waitMs
    look = await findOwn(aws, service, taskDefinitionArn, before)
    const { own, revision, trouble } = look
    const isFound = own !== undefined || revision !== undefined
    const isHopeless = trouble !== undefined && !isPassing(trouble.serviceError)
    const isSurelyNot = trouble === undefined && waitedMs >= SHOWS_WITHIN_MS
    if (isFound || isHopeless || isSurelyNot || aws.signal?.aborted === true) break
  }
  return look
}
