import type { ServiceDeployment, ServiceRevisionSummary } from '@aws-sdk/client-ecs'
import type { TaskSetReading } from '../follow/snapshot.ts'
import { ECS_STAGES, type EcsStage } from '../lifecycle/step.ts'
import { taskSetIdOf } from './ids.ts'
import { awaitingPauses } from './pauses.ts'

/** Percent of production that is to be on the replacement; undefined where nothing is shifted, or it is not told. */
export function targetWeight({ targetServiceRevision }: ServiceDeployment): number | undefined {
  return targetServiceRevision?.requestedProductionTrafficWeight
}

/**
 * The stage that a deployment is in. What is told while a step of a shift waits, and before production, is not documented:
 * as long as a part of production is on each side, it is the shift; and a stage before that, at which nothing waits for
 * somebody by the deployment's own settings, is the one before production.
 */
export function stageOf(deployment: ServiceDeployment): EcsStage | undefined {
  const told = ECS_STAGES.find((stage) => stage === deployment.lifecycleStage)
  const weight = targetWeight(deployment)
  if (told === undefined) return undefined
  const isShared = weight !== undefined && weight > 0 && weight < 100
  if (isShared && isAfter(told, 'PRODUCTION_TRAFFIC_SHIFT')) return 'PRODUCTION_TRAFFIC_SHIFT'
  if (told !== 'POST_TEST_TRAFFIC_SHIFT') return told
  const waits = awaitingPauses(deployment).length > 0
  const waitsBeforeStep = waits && !pausesAt(deployment, told) && pausesAt(deployment, 'PRE_PRODUCTION_TRAFFIC_SHIFT')
  return isShared || waitsBeforeStep ? 'PRE_PRODUCTION_TRAFFIC_SHIFT' : told
}

/** Whether a stage comes after another one. */
export function isAfter(stage: EcsStage, other: EcsStage): boolean {
  return ECS_STAGES.indexOf(stage) > ECS_STAGES.indexOf(other)
}

/** A hook without a target is a pause (observed). */
function pausesAt({ deploymentConfiguration }: ServiceDeployment, stage: EcsStage): boolean {
  return (deploymentConfiguration?.lifecycleHooks ?? []).some(
    ({ targetType, hookTargetArn, lifecycleStages = [] }) =>
      (targetType === 'PAUSE' || hookTargetArn === undefined) && lifecycleStages.some((one) => one === stage),
  )
}

/** All of production is on the replacement; where nothing is shifted, by the stage. */
export function isShifted(deployment: ServiceDeployment, stage: EcsStage | undefined): boolean {
  const weight = targetWeight(deployment)
  if (weight !== undefined) return weight === 100
  return stage !== undefined && isAfter(stage, 'PRODUCTION_TRAFFIC_SHIFT')
}

/**
 * The revisions of a deployment as task sets: where it came from is the original, where it goes the replacement, which is
 * not there before it starts.
 */
export function taskSetsOf(deployment: ServiceDeployment, stage: EcsStage | undefined): TaskSetReading[] {
  const { sourceServiceRevisions: sources = [], targetServiceRevision: target } = deployment
  const hasMoved = deployment.status === 'SUCCESSFUL' || isShifted(deployment, stage)
  const originals = sources.map((source) => taskSetOf(source, 'original', !hasMoved))
  const hasStarted =
    target !== undefined && (!isEmpty(target) || (stage !== undefined && isAfter(stage, 'PRE_SCALE_UP')))
  return hasStarted ? [...originals, taskSetOf(target, 'replacement', hasMoved)] : originals
}

function isEmpty({
  requestedTaskCount,
  runningTaskCount,
  pendingTaskCount,
  ...weights
}: ServiceRevisionSummary): boolean {
  const { requestedProductionTrafficWeight: production = 0 } = weights
  return !requestedTaskCount && !runningTaskCount && !pendingTaskCount && production === 0
}

/** @param serves whether it is its side that has production */
function taskSetOf(revision: ServiceRevisionSummary, role: TaskSetReading['role'], serves: boolean): TaskSetReading {
  const { requestedTaskCount: desired = 0, requestedProductionTrafficWeight: production } = revision
  const { requestedTestTrafficWeight: test } = revision
  const isUnwanted = desired === 0 && (production ?? 0) === 0
  return {
    id: taskSetIdOf(revision.arn ?? ''),
    role,
    running: revision.runningTaskCount ?? 0,
    pending: revision.pendingTaskCount ?? 0,
    desired,
    trafficPercent: production,
    ...(test !== undefined && { testPercent: test }),
    state: serves && production !== 0 ? 'primary' : isUnwanted ? 'draining' : 'active',
  }
}
