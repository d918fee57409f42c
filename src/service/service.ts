import type { LoadBalancer, Service, TaskSet } from '@aws-sdk/client-ecs'
import { parseArn, shortName } from '../aws/arn.ts'
import type { ServiceAnswer } from '../aws/ecs.ts'
import type { Problem } from '../problem.ts'
import { inSentence } from '../text/untrusted.ts'
import type { Strategy } from './ecs-deployments.ts'
import { propertiesToKeep, type TaskSetProperties } from './task-set-properties.ts'

/** Who deploys a service: its deployment controller, in the words of ECS. */
export type Controller = 'CODE_DEPLOY' | 'ECS'

/** A service that can be released, as it is now. */
export interface ResolvedService {
  controller: Controller
  arn: string
  partition: string
  region: string
  account: string
  name: string
  clusterName: string
  desiredCount: number
  /** Empty unless they were asked for. */
  tags: Readonly<Record<string, string>>
  /** What the load balancer of the service points at. */
  container: { name: string; port: number }
  /** What its other load balancers point at; which of all CodeDeploy moves cannot be seen of the service. */
  otherContainers: { name: string; port: number }[]
  /** Under ECS: id of the newest revision of the service, which need not serve. */
  newestRevision?: string
  /** The task set that serves production; under ECS the service revision, by its id `ecs-svc/N`. */
  primary: {
    id: string
    taskDefinitionArn: string
    /** The deployment that made it; undefined for the first task set of a service, and where it is not told. */
    deploymentId: string | undefined
    /** What an AppSpec says so that the next task set runs as this one does. */
    properties: TaskSetProperties
  }
  taskSets: ServiceTaskSet[]
  events: ServiceEvent[]
}

/** A task set as ECS tells it. */
export interface ServiceTaskSet {
  id: string
  taskDefinitionArn: string
  deploymentId: string | undefined
  status: string
  running: number
  pending: number
  desired: number
}

/** The service, or everything that speaks against releasing it. */
export type ServiceResolution = { service: ResolvedService; problems: [] } | { service: undefined; problems: Problem[] }

/** What ECS tells about a service as time goes on; at most the last hundred are kept. */
export interface ServiceEvent {
  id: string
  message: string
}

/** The events of a service, newest first. */
export function serviceEvents({ service }: ServiceAnswer): ServiceEvent[] {
  return (service?.events ?? []).map(({ id, message }) => ({ id: id ?? '', message: message ?? '' }))
}

/**
 * Whether a service event tells of trouble with placing, starting or keeping tasks.
 * Source: ECS Developer Guide, "Amazon ECS service event messages"; that trouble has these words is observed.
 */
export function isTrouble({ message }: ServiceEvent): boolean {
  return /\b(unable|unhealthy|fail\w*|error|throttled|exceed\w*|insufficient)\b/i.test(withoutNames(message))
}

/** Names stand in brackets: `(service web, taskSet …)`, `(target-group …)`. */
function withoutNames(message: string): string {
  return message.replace(/\((?:service|taskSet|target-group|elb|instance|task|port)\b[^()]*\)/g, '')
}

/** Narrows the answer of DescribeServices to a service that CodeDeploy or ECS itself can release blue/green. */
export function resolveService(cluster: string, name: string, answer: ServiceAnswer): ServiceResolution {
  const { service } = answer
  if (service?.serviceArn === undefined) {
    const reason = inSentence(answer.failureReason ?? 'MISSING', 60)
    return refused([
      {
        reason: 'not-found',
        sentence: `Service '${inSentence(name, 300)}' was not found in cluster '${inSentence(cluster, 300)}' (${reason}). Check 'service', 'cluster' and the region.`,
      },
    ])
  }
  const problems = whyNotReleasable(service)
  const arn = parseArn(service.serviceArn)
  const controller = controllerOf(service)
  const isEcs = controller === 'ECS'
  const primary = isEcs ? servingRevision(service) : service.taskSets?.find(({ status }) => status === 'PRIMARY')
  const loadBalancer = primary?.loadBalancers?.[0] ?? service.loadBalancers?.[0]
  if (arn === undefined)
    problems.push(unsupported(`${label(service)} has an ARN that cannot be read, '${inSentence(service.serviceArn)}'.`))
  if (arn === undefined || problems.length > 0) return refused(problems)
  const id = primary?.id
  const taskDefinitionArn = primary?.taskDefinition
  const { containerName, containerPort } = loadBalancer ?? {}
  if (id === undefined || taskDefinitionArn === undefined) {
    return refused([
      unsupported(
        `${label(service)} has no ${isEcs ? 'deployment' : 'PRIMARY task set'}, so there is nothing to shift traffic from.`,
      ),
    ])
  }
  const hasTraffic = containerName !== undefined && containerPort !== undefined
  // Without a load balancer ECS shifts nothing, and everything else is the same.
  if (!hasTraffic && !isEcs) {
    return refused([unsupported(`${label(service)} has no load balancer, which a blue/green release needs.`)])
  }
  return {
    problems: [],
    service: {
      controller,
      arn: service.serviceArn,
      partition: arn.partition,
      region: arn.region,
      account: arn.account,
      name: service.serviceName ?? shortName(service.serviceArn),
      clusterName: shortName(service.clusterArn ?? cluster),
      desiredCount: service.desiredCount ?? 0,
      tags: Object.fromEntries((service.tags ?? []).map(({ key = '', value = '' }) => [key, value])),
      container: { name: containerName ?? '', port: containerPort ?? 0 },
      otherContainers: otherContainersOf(primary?.loadBalancers ?? service.loadBalancers ?? []),
      primary: {
        id,
        taskDefinitionArn,
        deploymentId: primary?.externalId,
        properties: isEcs ? {} : propertiesToKeep(service, primary ?? {}),
      },
      ...(isEcs && { newestRevision: service.deployments?.find(({ status }) => status === 'PRIMARY')?.id ?? '' }),
      taskSets: (service.taskSets ?? []).map(readTaskSet),
      events: serviceEvents(answer),
    },
  }
}

function otherContainersOf([first, ...others]: LoadBalancer[]): ResolvedService['otherContainers'] {
  return others
    .filter((one) => one.containerName !== first?.containerName || one.containerPort !== first?.containerPort)
    .map(({ containerName = '', containerPort = 0 }) => ({ name: containerName, port: containerPort }))
}

/** The service as it was before a deployment that may serve by now, as long as its original task set is there. */
export function beforeDeployment(service: ResolvedService, deploymentId: string): ResolvedService {
  const original = service.taskSets.find(
    (taskSet) => taskSet.deploymentId !== deploymentId && taskSet.status !== 'DRAINING',
  )
  if (service.primary.deploymentId !== deploymentId || original === undefined) return service
  const { id, taskDefinitionArn } = original
  return { ...service, primary: { ...service.primary, id, taskDefinitionArn, deploymentId: original.deploymentId } }
}

/**
 * Id of the task set that a deployment is to replace, or has replaced. Undefined once it is gone: what serves now is what
 * the deployment made, by its `externalId`.
 */
export function originalTaskSetOf({ primary }: ResolvedService, deploymentId: string): string | undefined {
  return primary.deploymentId === deploymentId ? undefined : primary.id
}

/** One task set, with empty text where ECS says nothing. */
export function readTaskSet(taskSet: TaskSet): ServiceTaskSet {
  return {
    id: taskSet.id ?? '',
    taskDefinitionArn: taskSet.taskDefinition ?? '',
    deploymentId: taskSet.externalId,
    status: taskSet.status ?? '',
    running: taskSet.runningCount ?? 0,
    pending: taskSet.pendingCount ?? 0,
    desired: taskSet.computedDesiredCount ?? 0,
  }
}

function controllerOf({ deploymentController }: Service): Controller {
  return deploymentController?.type === 'CODE_DEPLOY' ? 'CODE_DEPLOY' : 'ECS'
}

/**
 * The revision that serves, as far as the service tells: the only one, or the one that was there before the newest. While
 * a deployment runs the newest is PRIMARY from its first moment (observed).
 */
function servingRevision({ deployments = [] }: Service): TaskSet | undefined {
  const serving = deployments.find(({ status }) => status !== 'PRIMARY') ?? deployments[0]
  return serving && { id: serving.id, taskDefinition: serving.taskDefinition }
}

function isStrategy(word: string | undefined): word is Strategy {
  return word === 'BLUE_GREEN' || word === 'LINEAR' || word === 'CANARY'
}

function whyNotReleasable(service: Service): Problem[] {
  const problems: Problem[] = []
  if (service.status !== 'ACTIVE') {
    const status = inSentence(service.status ?? 'unknown', 60)
    problems.push(unsupported(`${label(service)} is ${status}; only an ACTIVE service can be released.`))
  }
  const controller = service.deploymentController?.type ?? 'ECS'
  if (controller === 'CODE_DEPLOY') return problems
  const { strategy = 'ROLLING' } = service.deploymentConfiguration ?? {}
  if (controller === 'ECS' && isStrategy(strategy)) return problems
  if (controller === 'ECS') {
    const sentence = `${label(service)} is deployed by ECS with the strategy ${inSentence(strategy, 60)}, which replaces tasks in place. Set its strategy to BLUE_GREEN, LINEAR or CANARY, or use aws-actions/amazon-ecs-deploy-task-definition.`
    return [...problems, unsupported(sentence)]
  }
  problems.push(
    unsupported(
      `${label(service)} has the deployment controller ${inSentence(controller, 60)}, neither CODE_DEPLOY nor ECS, so this action cannot release it.`,
    ),
  )
  return problems
}

function label(service: Service): string {
  return `Service '${inSentence(service.serviceName ?? '', 255)}'`
}

function unsupported(sentence: string): Problem {
  return { reason: 'unsupported-service', sentence }
}

function refused(problems: Problem[]): ServiceResolution {
  return { service: undefined, problems }
}
