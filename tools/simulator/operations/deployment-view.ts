import type { DeploymentInfo } from '@aws-sdk/client-codedeploy'
import type { Deployment } from '../model/deployment.ts'
import { findDeployment, type Lane } from '../model/lane.ts'
import { type Wire, wireTime } from '../protocol/operation.ts'
import type { World } from '../scenario.ts'
import { groupSettings } from './group-settings.ts'
import { revisionView } from './revision.ts'

/** `deploymentInfo` of GetDeployment. It never contains lifecycle events; those belong to the target (documented). */
export function deploymentView(world: World, lane: Lane, deployment: Deployment): Wire<DeploymentInfo> {
  const { order } = deployment
  const group = lane.group?.seed
  return {
    applicationName: lane.group?.application,
    deploymentGroupName: group?.name,
    deploymentConfigName: order.configName,
    deploymentId: deployment.id,
    revision: revisionView(order.revision),
    status: deployment.status,
    ...(deployment.error && { errorInformation: deployment.error as Wire<DeploymentInfo>['errorInformation'] }),
    createTime: wireTime(deployment.createdMs),
    ...(deployment.startedMs !== undefined && { startTime: wireTime(deployment.startedMs) }),
    ...(deployment.completedMs !== undefined && {
      completeTime: wireTime(deployment.completedMs),
      deploymentOverview: overview(deployment),
    }),
    ...(order.description !== undefined && { description: order.description }),
    creator: deployment.kind === 'rollback' ? 'codeDeployRollback' : 'user',
    ignoreApplicationStopFailures: false,
    autoRollbackConfiguration: { enabled: order.rollbackOn.length > 0, events: [...order.rollbackOn] },
    updateOutdatedInstancesOnly: false,
    ...rollbackInfo(lane, deployment),
    instanceTerminationWaitTimeStarted: false,
    ...(group && groupSettings(world, group)),
    fileExistsBehavior: 'DISALLOW',
    deploymentStatusMessages: [],
    computePlatform: 'ECS',
    ...(order.overrideAlarms && {
      overrideAlarmConfiguration: {
        enabled: order.overrideAlarms.enabled,
        ignorePollAlarmFailure: order.overrideAlarms.ignorePollAlarmFailure,
        alarms: order.overrideAlarms.names.map((name) => ({ name })),
      },
    }),
  }
}

/** Only after the end, and it counts the one target of an ECS deployment (observed). */
function overview(deployment: Deployment): Wire<DeploymentInfo>['deploymentOverview'] {
  const succeeded = deployment.status === 'Succeeded' ? 1 : 0
  return { Pending: 0, InProgress: 0, Succeeded: succeeded, Failed: 1 - succeeded, Skipped: 0, Ready: 0 }
}

/** Appears together with the rollback, a moment after the end (observed). */
function rollbackInfo(lane: Lane, deployment: Deployment): Pick<Wire<DeploymentInfo>, 'rollbackInfo'> {
  if (deployment.rollbackOf !== undefined) {
    return {
      rollbackInfo: {
        rollbackTriggeringDeploymentId: deployment.rollbackOf,
        rollbackMessage: `Deployment ${deployment.id} is triggered to roll back deployment ${deployment.rollbackOf}.`,
      },
    }
  }
  const rollback = deployment.rollback && findDeployment(lane, deployment.rollback.id)
  if (!rollback) return {}
  return {
    rollbackInfo: {
      rollbackDeploymentId: rollback.id,
      rollbackMessage: `Deployment ${deployment.id} terminated. Automatic rollback is triggered with a DeploymentId ${rollback.id}.`,
    },
  }
}
