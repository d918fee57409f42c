import type {
  Deployment,
  DeploymentConfiguration,
  LoadBalancer,
  ServiceCurrentRevisionSummary,
  Service as ServiceView,
} from '@aws-sdk/client-ecs'
import type { Account } from '../model/account.ts'
import type { Lane, Service } from '../model/lane.ts'
import {
  countTasksOf,
  findRevision,
  livingRevisions,
  type NativeService,
  ongoingDeployments,
  type Revision,
} from '../model/native/native-service.ts'
import type { ServiceDeployment } from '../model/native/service-deployment.ts'
import { INFRASTRUCTURE_ROLE } from '../model/native/stage-run.ts'
import { roleArn } from '../names.ts'
import {
  ruleArn,
  serviceDeploymentArn,
  serviceRevisionArn,
  targetGroupsOf,
  taskSetOfRevision,
} from '../native/names.ts'
import { type Wire, wireTime } from '../protocol/operation.ts'

/** What DescribeServices and UpdateService show of a service that ECS deploys, beside what every service has. */
export function nativeMembers(
  account: Account,
  lane: Lane,
  atMs: number,
  asked: 'described' | 'updated',
): Partial<Wire<ServiceView>> {
  const { native, service } = lane
  if (!native || !service) return {}
  const { world } = account
  const { cluster, name } = service.seed
  const living = livingRevisions(lane, atMs)
  const primary = findRevision(lane, native.primary)
  const entries = [...(primary ? [primary] : []), ...living.filter((one) => one !== primary).reverse()]
  const counts = living.map(({ number }) => countTasksOf(lane, number, atMs))
  const current = currentDeployment(account, lane, atMs, asked)
  return {
    runningCount: counts.reduce((sum, { running }) => sum + running, 0),
    pendingCount: counts.reduce((sum, { pending }) => sum + pending, 0),
    ...(primary && { taskDefinition: primary.taskDefinitionArn }),
    deployments: entries.map((revision) => classicDeployment(lane, native, revision, atMs)),
    deploymentConfiguration: shownConfiguration(account, native.config),
    loadBalancers: nativeLoadBalancers(account, service, native),
    taskSets: [],
    currentServiceRevisions: entries.map(({ number, requested }): Wire<ServiceCurrentRevisionSummary> => {
      const { running, pending } = countTasksOf(lane, number, atMs)
      return {
        arn: serviceRevisionArn(world, cluster, name, number),
        requestedTaskCount: requested,
        runningTaskCount: running,
        pendingTaskCount: pending,
      }
    }),
    ...(current && { currentServiceDeployment: serviceDeploymentArn(world, cluster, name, current.id) }),
  }
}

/** Where and when it is shown is assumed; it was absent from an answer of UpdateService (observed). */
function currentDeployment(
  { rules }: Account,
  lane: Lane,
  atMs: number,
  asked: 'described' | 'updated',
): ServiceDeployment | undefined {
  const { currentServiceDeployment: shown } = rules.native.assumptions
  const newest = ongoingDeployments(lane).at(-1)
  if (!newest || shown === 'never') return undefined
  if (shown === 'always') return newest
  const isListed = newest.createdMs + rules.native.timingsMs.listLag <= atMs
  return asked === 'described' && isListed ? newest : undefined
}

/** As it was read through an older model a PAUSE hook had its stages only (observed once). */
function shownConfiguration({ rules }: Account, config: DeploymentConfiguration): Wire<DeploymentConfiguration> {
  const { lifecycleHooks: hooks } = config
  if (!hooks || rules.native.assumptions.pauseHookDescribed === 'whole') return config as Wire<DeploymentConfiguration>
  const shown = hooks.map((hook) => (hook.targetType === 'PAUSE' ? { lifecycleStages: hook.lifecycleStages } : hook))
  return { ...config, lifecycleHooks: shown } as Wire<DeploymentConfiguration>
}

/** `targetGroupArn` is what was configured, whichever of the two is live (documented). */
export function nativeLoadBalancers(
  { world }: Account,
  { seed }: Service,
  native: NativeService,
): Wire<LoadBalancer>[] {
  const { loadBalancer, testRule } = native
  if (loadBalancer === 'none') return []
  const { name, containerName, containerPort } = seed
  const [targetGroupArn, alternateTargetGroupArn] = targetGroupsOf(world, name)
  return [
    {
      targetGroupArn,
      containerName,
      containerPort,
      advancedConfiguration: {
        alternateTargetGroupArn,
        productionListenerRule: ruleArn(world, name, 'production', loadBalancer),
        ...(testRule && { testListenerRule: ruleArn(world, name, 'test', loadBalancer) }),
        roleArn: roleArn(world, INFRASTRUCTURE_ROLE),
      },
    },
  ]
}

function classicDeployment(lane: Lane, native: NativeService, revision: Revision, atMs: number): Wire<Deployment> {
  const { number, requested, failedTasks, createdMs, taskDefinitionArn } = revision
  const id = taskSetOfRevision(number)
  const { running, pending } = countTasksOf(lane, number, atMs)
  const own = native.deployments.find((deployment) => deployment.revision === number)
  return {
    id,
    status: number === native.primary ? 'PRIMARY' : 'ACTIVE',
    taskDefinition: taskDefinitionArn,
    desiredCount: requested,
    pendingCount: pending,
    runningCount: running,
    failedTasks,
    createdAt: wireTime(createdMs),
    updatedAt: wireTime(own?.updatedMs ?? createdMs),
    launchType: 'FARGATE',
    platformVersion: '1.4.0',
    platformFamily: 'Linux',
    ...rolloutOf(id, own),
  }
}

/** Texts of the first two: observed; that a failed one says why: assumed. */
function rolloutOf(id: string, own: ServiceDeployment | undefined): Partial<Wire<Deployment>> {
  switch (own?.status) {
    case undefined:
    case 'SUCCESSFUL':
      return { rolloutState: 'COMPLETED', rolloutStateReason: `ECS deployment ${id} completed.` }
    case 'STOPPED':
    case 'ROLLBACK_SUCCESSFUL':
    case 'ROLLBACK_FAILED':
      return { rolloutState: 'FAILED', rolloutStateReason: own.statusReason }
    default:
      return { rolloutState: 'IN_PROGRESS', rolloutStateReason: `ECS deployment ${id} in progress.` }
  }
}
