import { sha256Of } from '../identity.ts'
import type { RollbackEvent } from '../scenario.ts'
import { type Deployment, newDeployment, type Revision } from './deployment.ts'
import {
  changeDeployment,
  changeService,
  changeTaskSet,
  findDeployment,
  findTaskSet,
  type Lane,
  latestDeployment,
  logServiceEvent,
  primaryTaskSet,
  rollbackIdOf,
  route,
} from './lane.ts'
import { type Failure, rollbackEvents } from './lifecycle.ts'
import type { Rules } from './rules.ts'
import { countTasks, drain, type TaskSet } from './task-set.ts'
import { weightsWith } from './traffic.ts'

type Cause = 'failure' | 'alarm' | 'stop' | 'ready-timeout'

/** How an end is shown, and which setting of `autoRollbackConfiguration` covers it (documented; alarm observed). */
const ENDINGS: Record<Cause, { status: 'Failed' | 'Stopped'; rollbackEvent: RollbackEvent }> = {
  failure: { status: 'Failed', rollbackEvent: 'DEPLOYMENT_FAILURE' },
  alarm: { status: 'Stopped', rollbackEvent: 'DEPLOYMENT_STOP_ON_ALARM' },
  stop: { status: 'Stopped', rollbackEvent: 'DEPLOYMENT_STOP_ON_REQUEST' },
  'ready-timeout': { status: 'Stopped', rollbackEvent: 'DEPLOYMENT_FAILURE' },
}

/**
 * The deployment is over without success: the running event fails, later ones are skipped, and nothing about traffic
 * changes. A rollback may follow as a deployment of its own, shortly after (observed: SNS capture of 2022).
 */
export function endDeployment(lane: Lane, rules: Rules, atMs: number, cause: Cause, error: Failure | undefined): Lane {
  const deployment = latestDeployment(lane)
  if (deployment === undefined) return lane
  const neverHadTarget = cause === 'failure' && deployment.startedMs === undefined
  const ended = changeDeployment(lane, atMs, {
    status: ENDINGS[cause].status,
    error,
    completedMs: atMs,
    nextEventMs: undefined,
    targetStatus: neverHadTarget ? undefined : cause === 'stop' ? rules.assumptions.stoppedTarget : 'Failed',
    originalTaskSet: deployment.originalTaskSet ?? primaryTaskSet(lane)?.id,
    events: deployment.events.map((event) => {
      if (event.status === 'InProgress') return { ...event, status: 'Failed', endMs: atMs, due: undefined }
      return event.status === 'Pending' ? { ...event, status: 'Skipped' } : event
    }),
  })
  if (!isRolledBack(lane, rules, deployment, cause)) return ended
  const rollback = { id: rollbackIdOf(deployment.id), atMs: atMs + rules.timingsMs.rollbackGap }
  return changeDeployment(ended, atMs, { rollback })
}

/** There is nothing to roll back before the replacement exists (documented: not at BeforeInstall; otherwise assumed). */
function isRolledBack(lane: Lane, { assumptions }: Rules, deployment: Deployment, cause: Cause): boolean {
  if (deployment.kind === 'rollback' || deployment.startedMs === undefined) return false
  if (!findTaskSet(lane, deployment.replacementTaskSet) && !assumptions.rollbackWithoutReplacement) return false
  if (cause === 'ready-timeout' && !assumptions.readyTimeoutRollsBack) return false
  const wish = cause === 'stop' ? deployment.stop?.rollback : undefined
  if (wish === true || (wish === false && assumptions.stopWithoutRollback === 'honoured')) return wish
  return deployment.order.rollbackOn.includes(ENDINGS[cause].rollbackEvent)
}

/** Every lifecycle event is done and the wait before the original is terminated is over. */
export function completeDeployment(lane: Lane, rules: Rules, atMs: number): Lane {
  const deployment = latestDeployment(lane)
  const done = changeDeployment(lane, atMs, { status: 'Succeeded', completedMs: atMs, targetStatus: 'Succeeded' })
  if (deployment === undefined || deployment.kind === 'rollback') return done
  return drainTaskSet(done, rules, atMs, deployment.originalTaskSet)
}

/** The rollback appears: its own deployment, all at once whatever the group says (observed). */
export function createRollback(lane: Lane, { assumptions }: Rules, atMs: number): Lane {
  const failed = latestDeployment(lane)
  if (failed === undefined || failed.rollback === undefined) return lane
  const rollback = newDeployment({
    id: failed.rollback.id,
    kind: 'rollback',
    createdMs: atMs,
    events: rollbackEvents(lane.group?.seed.testListener ?? false, assumptions.rollbackEvents),
    order: {
      ...failed.order,
      configName: 'CodeDeployDefault.ECSAllAtOnce',
      routing: { type: 'AllAtOnce' },
      description: undefined,
      revision: lastKnownGood(lane, failed),
      overrideAlarms: undefined,
    },
    originalTaskSet: failed.originalTaskSet,
    replacementTaskSet: failed.replacementTaskSet,
    testListenerBefore: failed.testListenerBefore,
    rollbackOf: failed.id,
  })
  return { ...lane, deployments: [...lane.deployments, rollback] }
}

/** Routing goes back to the original and the replacement is drained, as soon as the rollback runs (observed). */
export function rollBackTraffic(lane: Lane, rules: Rules, rollback: Deployment, atMs: number): Lane {
  const original = findTaskSet(lane, rollback.originalTaskSet)
  if (!lane.service || !original) return lane
  const goesBack = rules.assumptions.testListenerAfterRollback === 'former' && lane.service.test !== undefined
  const routed = route(lane, {
    production: weightsWith(original.targetGroup, 100),
    ...(goesBack && { test: rollback.testListenerBefore }),
  })
  const restored = makePrimary(routed, atMs, original.id)
  return drainTaskSet(restored, rules, atMs, rollback.replacementTaskSet)
}

/** The one task set that serves production by rights; whichever was PRIMARY becomes ACTIVE. */
export function makePrimary(lane: Lane, atMs: number, id: string | undefined): Lane {
  if (!lane.service) return lane
  return changeService(lane, { taskSets: lane.service.taskSets.map((taskSet) => promoted(taskSet, id, atMs)) })
}

function promoted(taskSet: TaskSet, primaryId: string | undefined, atMs: number): TaskSet {
  if (taskSet.id === primaryId) return { ...taskSet, status: 'PRIMARY', updatedMs: atMs }
  return taskSet.status === 'PRIMARY' ? { ...taskSet, status: 'ACTIVE', updatedMs: atMs } : taskSet
}

function drainTaskSet(lane: Lane, rules: Rules, atMs: number, id: string | undefined): Lane {
  const taskSet = findTaskSet(lane, id)
  if (!taskSet) return lane
  const tasks = countTasks(taskSet, atMs).running
  const drained = changeTaskSet(lane, id, (one) => drain(one, atMs, rules.timingsMs.drain))
  if (tasks === 0) return drained
  return logServiceEvent(drained, atMs, `has begun draining connections on ${tasks} tasks.`, id)
}

/** The revision that made the original task set. The first one of a service was not made by a deployment. */
function lastKnownGood(lane: Lane, failed: Deployment): Revision {
  const original = findTaskSet(lane, failed.originalTaskSet)
  const maker = original?.deploymentId === undefined ? undefined : findDeployment(lane, original.deploymentId)
  if (maker) return maker.order.revision
  const content = JSON.stringify({
    version: '0.0',
    Resources: [
      {
        TargetService: {
          Type: 'AWS::ECS::Service',
          Properties: {
            TaskDefinition: original?.taskDefinitionArn,
            LoadBalancerInfo: { ContainerName: original?.containerName, ContainerPort: original?.containerPort },
          },
        },
      },
    ],
  })
  return { type: 'AppSpecContent', content, sha256: sha256Of(content) }
}
