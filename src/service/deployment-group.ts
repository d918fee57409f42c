import type {
  AlarmConfiguration,
  AutoRollbackConfiguration,
  AutoRollbackEvent,
  BlueGreenDeploymentConfiguration,
  DeploymentGroupInfo,
} from '@aws-sdk/client-codedeploy'
import { parseArn, shortName } from '../aws/arn.ts'
import type { RollbackEvent } from '../inputs/choices.ts'
import type { Problem } from '../problem.ts'
import { inSentence } from '../text/untrusted.ts'
import type { EcsDeployments } from './ecs-deployments.ts'
import type { ResolvedService } from './service.ts'

/** The waits that a group asks for, each of its deployments with those of its own time; in milliseconds. */
export interface GroupWaits {
  /** Waits at `Ready` for somebody to continue the deployment, and stops it when nobody did. */
  holdsAtReady: boolean
  /** How long it may wait at `Ready`; what the wait means without a hold is not documented. */
  readyWaitMs: number
  /** How long the original task set is kept after the shift; undefined when it is kept for good. */
  terminationWaitMs: number | undefined
}

/**
 * How deployments of a service are made: its deployment group, or what the service says itself, which then has neither
 * application nor group.
 */
export interface DeploymentGroup extends GroupWaits {
  /** Present when ECS itself deploys. */
  ecs?: EcsDeployments
  application: string
  name: string
  /** Name of the deployment configuration it uses unless told otherwise. */
  deploymentConfig: string | undefined
  hasTestListener: boolean
  /** ARN of the test listener. */
  testListener: string | undefined
  /** Production is behind a network load balancer, which shares no traffic. */
  isBehindNetwork: boolean
  /** Names of the two target groups between which traffic moves. */
  targetGroups: string[]
  /** Empty when automatic rollback is off. */
  rollbackOn: RollbackEvent[]
  /** Names of the alarms that stop a deployment. */
  alarms: string[]
  /** A deployment goes on while the state of its alarms cannot be read. */
  ignoresAlarmTrouble: boolean
  /** The last deployment that was started in the group; its time is CodeDeploy's, in milliseconds since 1970. */
  lastDeployment: { id: string; createdAtMs: number | undefined } | undefined
}

/** AWS's words for what rolls back, in ours. */
const ROLLBACK_EVENTS: Record<AutoRollbackEvent, RollbackEvent> = {
  DEPLOYMENT_FAILURE: 'failure',
  DEPLOYMENT_STOP_ON_ALARM: 'alarm',
  DEPLOYMENT_STOP_ON_REQUEST: 'stop',
}

const MINUTE_MS = 60_000

/** Narrows GetDeploymentGroup's answer. Members that are absent mean that the group has no such thing. */
export function readDeploymentGroup(info: DeploymentGroupInfo): DeploymentGroup {
  const pair = info.loadBalancerInfo?.targetGroupPairInfoList?.[0]
  const last = info.lastAttemptedDeployment
  return {
    application: info.applicationName ?? '',
    name: info.deploymentGroupName ?? '',
    deploymentConfig: info.deploymentConfigName,
    hasTestListener: (pair?.testTrafficRoute?.listenerArns ?? []).length > 0,
    testListener: pair?.testTrafficRoute?.listenerArns?.[0],
    isBehindNetwork: (pair?.prodTrafficRoute?.listenerArns ?? []).some(isOfNetwork),
    targetGroups: (pair?.targetGroups ?? []).flatMap(({ name }) => (name === undefined ? [] : [name])),
    ...readWaits(info.blueGreenDeploymentConfiguration),
    rollbackOn: readRollbackOn(info.autoRollbackConfiguration),
    alarms: readAlarms(info.alarmConfiguration),
    ignoresAlarmTrouble: info.alarmConfiguration?.ignorePollAlarmFailure === true,
    lastDeployment:
      last?.deploymentId === undefined ? undefined : { id: last.deploymentId, createdAtMs: last.createTime?.getTime() },
  }
}

/** Its resource begins with the kind of the load balancer. Source: Service Authorization Reference, ELB V2. */
function isOfNetwork(listenerArn: string): boolean {
  return parseArn(listenerArn)?.resource.startsWith('listener/net/') ?? false
}

/** The waits that a group, or one of its deployments, is set to. */
export function readWaits(configuration: BlueGreenDeploymentConfiguration | undefined): GroupWaits {
  const ready = configuration?.deploymentReadyOption
  const termination = configuration?.terminateBlueInstancesOnDeploymentSuccess
  return {
    holdsAtReady: ready?.actionOnTimeout === 'STOP_DEPLOYMENT',
    readyWaitMs: (ready?.waitTimeInMinutes ?? 0) * MINUTE_MS,
    terminationWaitMs:
      termination?.action === 'KEEP_ALIVE' ? undefined : (termination?.terminationWaitTimeInMinutes ?? 0) * MINUTE_MS,
  }
}

/** What rolls back, in our words; events that are new to us are left out. */
export function readRollbackOn(configuration: AutoRollbackConfiguration | undefined): RollbackEvent[] {
  if (configuration?.enabled !== true) return []
  return (configuration.events ?? []).flatMap((event) =>
    Object.hasOwn(ROLLBACK_EVENTS, event) ? ROLLBACK_EVENTS[event] : [],
  )
}

/** Names of the alarms that stop a deployment; none when they are off. */
export function readAlarms(configuration: AlarmConfiguration | undefined): string[] {
  if (configuration?.enabled !== true) return []
  return (configuration.alarms ?? []).flatMap(({ name }) => (name === undefined ? [] : [name]))
}

/** Why the group cannot release the service; empty when it can. */
export function groupProblems(info: DeploymentGroupInfo, service: ResolvedService): Problem[] {
  const label = `Deployment group '${inSentence(info.deploymentGroupName ?? '', 100)}' of application '${inSentence(info.applicationName ?? '', 100)}'`
  if (info.computePlatform !== 'ECS') {
    return [mismatch(`${label} is for ${inSentence(info.computePlatform ?? 'another platform', 60)}, not for ECS.`)]
  }
  if (groupTargets(info, service)) return []
  const targets = (info.ecsServices ?? [])
    .map(({ clusterName, serviceName }) => `'${shortName(clusterName ?? '')}/${shortName(serviceName ?? '')}'`)
    .join(', ')
  const wanted = `'${service.clusterName}/${service.name}'`
  if (targets === '') return [mismatch(`${label} names no service, so it cannot release ${wanted}.`)]
  return [mismatch(`${label} releases ${inSentence(targets, 300)}, not ${wanted}.`)]
}

/** Whether the group is for this service. CodeDeploy lets a group name services and clusters by name or ARN. */
export function groupTargets(info: DeploymentGroupInfo, service: { clusterName: string; name: string }): boolean {
  return (info.ecsServices ?? []).some(
    ({ clusterName, serviceName }) =>
      shortName(serviceName ?? '') === service.name && shortName(clusterName ?? 'default') === service.clusterName,
  )
}

function mismatch(sentence: string): Problem {
  return { reason: 'group-mismatch', sentence }
}
