import { CallError } from '../aws/attempts.ts'
import type { Ecs } from '../aws/ecs.ts'
import {
  ACTIVE_STATUSES,
  continueServiceDeployment,
  describeServiceDeployment,
  stopServiceDeployment,
} from '../aws/service-deployments.ts'
import type { ReleaseEngine } from '../follow/release-engine.ts'
import type { ResolvedService } from '../service/service.ts'
import { DeploymentObserver } from './deployment-observer.ts'
import { deploymentArn } from './ids.ts'
import { findByRevision, findOwn } from './own-deployment.ts'
import { awaitingPauses } from './pauses.ts'
import { notHeld, REFUSALS } from './refusals.ts'
import { startDeployment } from './start-deployment.ts'

/** What one release through ECS's own deployments is made with. */
export interface EcsRelease {
  /** As it was before the release began. */
  service: ResolvedService
  /** `ecs-svc/N` of its PRIMARY entry then; empty when it is not known. */
  newestRevision: string
  /** Ids of deployments that there were then, where they are known. */
  earlier?: readonly string[]
  /** The answer of UpdateService was lost: the deployment is looked for. Told once. */
  onAnswerLost(error: CallError): void
}

/**
 * The release engine that works through ECS's own deployments: strategy BLUE_GREEN, LINEAR or CANARY. A release is one
 * UpdateService, which changes the task definition and nothing else of the service.
 */
export function ecsEngine(aws: Ecs, release: EcsRelease): ReleaseEngine {
  const { service, newestRevision, earlier = [], onAnswerLost } = release
  const observer = new DeploymentObserver(aws, service)
  return {
    start: (taskDefinitionArn) => startDeployment(aws, { service, taskDefinitionArn, newestRevision, onAnswerLost }),
    findStarted: async (taskDefinitionArn) => {
      const look = await findOwn(aws, service, taskDefinitionArn, { newestRevision, ids: earlier })
      if (look.own === undefined && look.trouble !== undefined) throw look.trouble
      return look.own ?? (look.revision === undefined ? undefined : await findByRevision(aws, service, look.revision))
    },
    stop: (deploymentId) => stop(aws, deploymentArn(service, deploymentId)),
    promote: (deploymentId) => promote(aws, deploymentArn(service, deploymentId)),
    // Nothing ends the bake time early.
    endTerminationWait: undefined,
    ...REFUSALS,
    observe: (deploymentId, before) => observer.observe(deploymentId, before),
  }
}

/** Stops it, which rolls it back; where that is refused and it waits at a pause, by the answer to that. Changes AWS. */
async function stop(aws: Ecs, arn: string): Promise<void> {
  try {
    await stopServiceDeployment(aws, arn)
  } catch (error) {
    const isRefused =
      error instanceof CallError &&
      ['denied', 'answered'].includes(error.serviceError.kind) &&
      !REFUSALS.saysEnded(error)
    if (!isRefused || !(await rollBackAtPause(aws, arn))) throw error
  }
}

/** @returns whether it waited at a pause that could be answered */
async function rollBackAtPause(aws: Ecs, arn: string): Promise<boolean> {
  try {
    const [pause] = awaitingPauses(await describeServiceDeployment(aws, arn))
    if (pause?.hookId === undefined) return false
    await continueServiceDeployment(aws, arn, pause.hookId, 'ROLLBACK')
    return true
  } catch (error) {
    // Why it could not be stopped is what is told.
    if (error instanceof CallError) return false
    throw error
  }
}

/** Continues every pause at which it waits now; an id is of one wait only, so it is read right before. Changes AWS. */
async function promote(aws: Ecs, arn: string): Promise<void> {
  const deployment = await describeServiceDeployment(aws, arn)
  const hookIds = awaitingPauses(deployment).flatMap(({ hookId }) => hookId ?? [])
  if (hookIds.length === 0) {
    throw notHeld(deployment.status !== undefined && !ACTIVE_STATUSES.includes(deployment.status))
  }
  for (const hookId of hookIds) await continueServiceDeployment(aws, arn, hookId, 'CONTINUE')
}
