import type { DeploymentTarget, ECSTaskSet, LifecycleEvent as LifecycleEventView } from '@aws-sdk/client-codedeploy'
import type { Deployment } from '../model/deployment.ts'
import type { Lane, Service } from '../model/lane.ts'
import type { LifecycleEvent } from '../model/lifecycle.ts'
import { countTasks, type TaskSet } from '../model/task-set.ts'
import { serviceArn, targetGroupName } from '../names.ts'
import { type Wire, wireTime } from '../protocol/operation.ts'
import type { Assumptions, World } from '../scenario.ts'

/** The one target of an ECS deployment. */
export function targetView(
  world: World,
  assumptions: Assumptions,
  lane: Lane,
  deployment: Deployment,
  atMs: number,
): Wire<DeploymentTarget> {
  const { service } = lane
  return {
    deploymentTargetType: 'ECSTarget',
    ecsTarget: {
      deploymentId: deployment.id,
      targetId: lane.key,
      targetArn: service && serviceArn(world, service.seed.cluster, service.seed.name),
      lastUpdatedAt: wireTime(deployment.updatedMs),
      lifecycleEvents: deployment.events.map((event) => eventView(event, assumptions)),
      status: deployment.targetStatus,
      taskSetsInfo: service ? taskSetViews(service, deployment, atMs) : [],
    },
  }
}

function eventView(event: LifecycleEvent, assumptions: Assumptions): Wire<LifecycleEventView> {
  const hasDiagnostics = assumptions.hookDiagnostics && event.hook !== undefined && event.status === 'Failed'
  return {
    lifecycleEventName: event.name,
    ...(event.startMs !== undefined && { startTime: wireTime(event.startMs) }),
    ...(event.endMs !== undefined && { endTime: wireTime(event.endMs) }),
    status: event.status,
    ...(hasDiagnostics && { diagnostics: { errorCode: 'UnknownError', scriptName: '', message: '', logTail: '' } }),
  }
}

/** Those of the deployment's two task sets that still exist; the replacement is not there before Install. */
function taskSetViews(service: Service, deployment: Deployment, atMs: number): Wire<ECSTaskSet>[] {
  return service.taskSets.flatMap((taskSet) => {
    if (taskSet.id === deployment.originalTaskSet) return [taskSetView(service, taskSet, 'Blue', atMs)]
    return taskSet.id === deployment.replacementTaskSet ? [taskSetView(service, taskSet, 'Green', atMs)] : []
  })
}

function taskSetView(service: Service, taskSet: TaskSet, label: 'Blue' | 'Green', atMs: number): Wire<ECSTaskSet> {
  const counts = countTasks(taskSet, atMs)
  return {
    identifer: taskSet.id,
    desiredCount: counts.desired,
    pendingCount: counts.pending,
    runningCount: counts.running,
    status: taskSet.status,
    trafficWeight: service.production[taskSet.targetGroup],
    targetGroup: { name: targetGroupName(service.seed.name, taskSet.targetGroup) },
    taskSetLabel: label,
  }
}
