import type {
  DeploymentConfiguration,
  DeploymentLifecycleHookDetail,
  ServiceDeployment as DeploymentView,
  ServiceRevisionSummary,
} from '@aws-sdk/client-ecs'
import type { Account } from '../model/account.ts'
import type { Lane } from '../model/lane.ts'
import { countTasksOf, findRevision } from '../model/native/native-service.ts'
import {
  type Hook,
  isOngoing,
  type MonitorStatus,
  type ServiceDeployment,
  type Stage,
} from '../model/native/service-deployment.ts'
import { clusterArn, serviceArn } from '../names.ts'
import { serviceDeploymentArn, serviceRevisionArn } from '../native/names.ts'
import { type Wire, wireTime } from '../protocol/operation.ts'

/** A deployment as ECS describes it. Source: ECS API Reference, ServiceDeployment. */
export function deploymentView(
  account: Account,
  lane: Lane,
  deployment: ServiceDeployment,
  atMs: number,
): Wire<DeploymentView> {
  const { world } = account
  const { cluster = '', name = '' } = lane.service?.seed ?? {}
  const revisionArn = (number: string) => serviceRevisionArn(world, cluster, name, number)
  const { rollback, statusReason, hooks, sources, revision, config } = deployment
  return {
    serviceDeploymentArn: serviceDeploymentArn(world, cluster, name, deployment.id),
    serviceArn: serviceArn(world, cluster, name),
    clusterArn: clusterArn(world, cluster),
    ...timesOf(deployment),
    updatedAt: wireTime(deployment.updatedMs),
    sourceServiceRevisions: sources.map((number) => summaryOf(account, lane, deployment, number, atMs)),
    targetServiceRevision: summaryOf(account, lane, deployment, revision, atMs),
    status: deployment.status,
    ...(statusReason !== undefined && { statusReason }),
    ...stageOf(account, deployment),
    ...(hooks.length > 0 && { lifecycleHookDetails: hooks.map(hookView) }),
    deploymentConfiguration: config as Wire<DeploymentConfiguration>,
    ...(rollback && {
      rollback: {
        reason: rollback.reason,
        startedAt: wireTime(rollback.startedMs),
        ...(rollback.revision !== undefined && { serviceRevisionArn: revisionArn(rollback.revision) }),
      },
    }),
    deploymentCircuitBreaker: {
      status: monitorStatus(deployment, deployment.breaker.status),
      failureCount: deployment.breaker.failures,
      threshold: deployment.breaker.threshold,
    },
    alarms: alarmsOf(deployment),
  }
}

/** Those that there are. */
export function timesOf({ createdMs, startedMs, finishedMs, stoppedMs }: ServiceDeployment) {
  return {
    createdAt: wireTime(createdMs),
    ...(startedMs !== undefined && { startedAt: wireTime(startedMs) }),
    ...(finishedMs !== undefined && { finishedAt: wireTime(finishedMs) }),
    ...(stoppedMs !== undefined && { stoppedAt: wireTime(stoppedMs) }),
  }
}

/** What is watched no more is complete, unless it was what ended the deployment (documented sample). */
function monitorStatus(deployment: ServiceDeployment, status: MonitorStatus): MonitorStatus {
  return status === 'MONITORING' && !isOngoing(deployment) ? 'MONITORING_COMPLETE' : status
}

function alarmsOf(deployment: ServiceDeployment): Wire<DeploymentView>['alarms'] {
  const { status, names, triggered } = deployment.alarms
  return {
    status: monitorStatus(deployment, status),
    ...(names.length > 0 && { alarmNames: [...names] }),
    ...(triggered.length > 0 && { triggeredAlarmNames: [...triggered] }),
  }
}

function stageOf(
  { rules }: Account,
  { stage, waits, status }: ServiceDeployment,
): Pick<Wire<DeploymentView>, 'lifecycleStage'> {
  const { assumptions } = rules.native
  const shown = waits ? assumptions.stageInStepWait : shownStage(stage, assumptions.preProductionShown)
  const isHidden = status === 'SUCCESSFUL' && assumptions.stageWhenDone === 'absent'
  if (shown === undefined || isHidden) return {}
  return { lifecycleStage: shown as Wire<DeploymentView>['lifecycleStage'] }
}

/** The enum does not have every stage; the string is answered all the same (assumed). */
function shownStage(stage: Stage | undefined, how: 'as-is' | 'as-post-test'): Stage | undefined {
  return stage === 'PRE_PRODUCTION_TRAFFIC_SHIFT' && how === 'as-post-test' ? 'POST_TEST_TRAFFIC_SHIFT' : stage
}

function hookView(hook: Hook): Wire<DeploymentLifecycleHookDetail> {
  return {
    hookId: hook.hookId,
    targetType: hook.type,
    ...(hook.targetArn !== undefined && { targetArn: hook.targetArn }),
    status: hook.status,
    expiresAt: wireTime(hook.expiresMs),
    timeoutAction: hook.timeoutAction,
  }
}

/** Weights are what the deployment asked for, whatever the rules say meanwhile (documented: requested). */
function summaryOf(
  account: Account,
  lane: Lane,
  deployment: ServiceDeployment,
  number: string,
  atMs: number,
): Wire<ServiceRevisionSummary> {
  const { world } = account
  const { cluster = '', name = '' } = lane.service?.seed ?? {}
  const { running, pending } = countTasksOf(lane, number, atMs)
  return {
    arn: serviceRevisionArn(world, cluster, name, number),
    requestedTaskCount: findRevision(lane, number)?.requested ?? 0,
    runningTaskCount: running,
    pendingTaskCount: pending,
    ...weightsOf(account, lane, deployment, number),
  }
}

function weightsOf(
  { rules }: Account,
  { native }: Lane,
  { revision, serving, production, test }: ServiceDeployment,
  number: string,
): Pick<Wire<ServiceRevisionSummary>, 'requestedTestTrafficWeight' | 'requestedProductionTrafficWeight'> {
  const { testWeightWithoutRule, weightsWithoutShift } = rules.native.assumptions
  if (native?.loadBalancer === 'none') return {}
  if (serving === undefined && weightsWithoutShift === 'absent') return {}
  const share = (percent: number) => (number === revision ? percent : number === serving ? 100 - percent : 0)
  return {
    ...(native?.testRule && { requestedTestTrafficWeight: share(test) }),
    ...(!native?.testRule && testWeightWithoutRule === 'zero' && { requestedTestTrafficWeight: 0 }),
    requestedProductionTrafficWeight: share(production),
  }
}
