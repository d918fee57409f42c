import { deploymentIdOf, taskSetIdOf } from '../identity.ts'
import { serviceKey, type TargetGroupIndex, taskDefinitionArn } from '../names.ts'
import type { GroupSeed, ServiceSeed, ServiceSettings } from '../scenario.ts'
import type { Deployment } from './deployment.ts'
import type { NativeService } from './native/native-service.ts'
import type { Rules } from './rules.ts'
import { closeSlots, openSlots, STOPPED_TASKS_KEPT_MS, type TaskSet } from './task-set.ts'
import type { Weights } from './traffic.ts'

/**
 * One ECS service, the deployment group that releases it, and every deployment made through that group. Nothing in
 * one lane depends on another, so each is brought up to date only when somebody looks at it. A lane is never changed:
 * every transition and every fact makes a new one.
 */
export interface Lane {
  /** Cluster and service, as in a target id. */
  key: string
  group: Group | undefined
  /** Undefined when the group names a service that does not exist. */
  service: Service | undefined
  /** Oldest first; only the newest can be running. */
  deployments: readonly Deployment[]
  /** What ECS keeps of a service that it deploys itself; undefined for any other. */
  native: NativeService | undefined
  alarms: readonly Alarm[]
  /** Names of planned alarms that will not go off any more. */
  spentAlarmPlans: readonly string[]
  /** Planned stops that were made, by their place in the scenario. */
  spentStopPlans: readonly number[]
}

export interface Group {
  application: string
  seed: GroupSeed
}

export interface Service {
  seed: ServiceSeed
  desiredCount: number
  /** What UpdateService has changed beside it. */
  settings: ServiceSettings
  createdMs: number
  taskSets: readonly TaskSet[]
  /** Drained task sets whose stopped tasks ECS still lists. */
  goneTaskSets: readonly TaskSet[]
  production: Weights
  /** Listeners that CodeDeploy has changed; until then each is as somebody made it, with one target group. */
  routed: { production: boolean; test: boolean }
  /** The target group that the test listener forwards to; undefined when there is no test listener. */
  test: TargetGroupIndex | undefined
  /** Oldest first, at most `MAX_SERVICE_EVENTS`. */
  events: readonly ServiceEvent[]
}

export interface ServiceEvent {
  atMs: number
  message: string
}

export interface Alarm {
  name: string
  /** In ALARM from here on; in the future while it is only planned. */
  sinceMs: number
}

/** Source: ECS API Reference, Service `events`. */
const MAX_SERVICE_EVENTS = 100

/** How old the seeded world is at the start. */
export const SEED_AGE_MS = 30 * 24 * 3_600_000

export function newLane(rules: Rules, seed: ServiceSeed | undefined, group: Group | undefined): Lane {
  const key = seed
    ? serviceKey(seed.cluster, seed.name)
    : serviceKey(group?.seed.cluster ?? '', group?.seed.service ?? '')
  const service = seed && newService(rules, seed, group?.seed.testListener ?? false)
  return {
    key,
    group,
    service,
    deployments: [],
    native: undefined,
    alarms: [],
    spentAlarmPlans: [],
    spentStopPlans: [],
  }
}

function newService(rules: Rules, seed: ServiceSeed, testListener: boolean): Service {
  const createdMs = rules.startMs - SEED_AGE_MS
  const taskSet = firstTaskSet(rules, seed, createdMs)
  return {
    seed,
    desiredCount: seed.desiredCount,
    settings: {},
    createdMs,
    taskSets: seed.controller === 'CODE_DEPLOY' ? [taskSet] : [],
    goneTaskSets: [],
    production: [100, 0],
    routed: { production: false, test: false },
    // The one that is empty until the first release (observed).
    test: testListener ? 1 : undefined,
    events: [
      { atMs: createdMs + rules.timingsMs.install, message: `(service ${seed.name}) has reached a steady state.` },
    ],
  }
}

function firstTaskSet(rules: Rules, seed: ServiceSeed, createdMs: number): TaskSet {
  const [family = '', revision] = seed.taskDefinition.split(':')
  const steadyMs = createdMs + rules.timingsMs.install
  return {
    id: taskSetIdOf(...rules.idSeed, 'first', seed.cluster, seed.name),
    deploymentId: undefined,
    taskDefinitionArn: taskDefinitionArn(rules.scenario.world, family, Number(revision)),
    targetGroup: 0,
    containerName: seed.containerName,
    containerPort: seed.containerPort,
    status: 'PRIMARY',
    createdMs,
    updatedMs: steadyMs,
    steadyMs,
    slots: openSlots(seed.desiredCount, createdMs, steadyMs, false),
    crashes: false,
    platformVersion: seed.platformVersion,
    networkConfiguration: undefined,
    capacityProviderStrategy: undefined,
    goneMs: undefined,
  }
}

export function latestDeployment(lane: Lane): Deployment | undefined {
  return lane.deployments.at(-1)
}

export function findDeployment(lane: Lane, id: string): Deployment | undefined {
  return lane.deployments.findLast((deployment) => deployment.id === id)
}

/** The id under which a deployment would be rolled back, known before there is such a rollback. */
export function rollbackIdOf(deploymentId: string): string {
  return deploymentIdOf('rollback of', deploymentId)
}

/** The lane with its newest deployment changed in these members, at this moment. */
export function changeDeployment(lane: Lane, atMs: number, change: Partial<Deployment>): Lane {
  const last = latestDeployment(lane)
  if (last === undefined) return lane
  return { ...lane, deployments: [...lane.deployments.slice(0, -1), { ...last, ...change, updatedMs: atMs }] }
}

/** The task set that serves production by rights. */
export function primaryTaskSet(lane: Lane): TaskSet | undefined {
  return lane.service?.taskSets.find((taskSet) => taskSet.status === 'PRIMARY')
}

export function changeService(lane: Lane, change: Partial<Service>): Lane {
  return lane.service ? { ...lane, service: { ...lane.service, ...change } } : lane
}

/** CodeDeploy points listeners elsewhere. */
export function route(lane: Lane, change: Partial<Pick<Service, 'production' | 'test'>>): Lane {
  if (!lane.service) return lane
  const { production, test } = lane.service.routed
  const routed = { production: production || 'production' in change, test: test || 'test' in change }
  return changeService(lane, { ...change, routed })
}

export function findTaskSet(lane: Lane, id: string | undefined): TaskSet | undefined {
  return id === undefined ? undefined : lane.service?.taskSets.find((taskSet) => taskSet.id === id)
}

export function changeTaskSet(lane: Lane, id: string | undefined, change: (taskSet: TaskSet) => TaskSet): Lane {
  if (!lane.service) return lane
  return changeService(lane, {
    taskSets: lane.service.taskSets.map((taskSet) => (taskSet.id === id ? change(taskSet) : taskSet)),
  })
}

/** Takes a task set away; its stopped tasks stay on record for as long as ECS shows them. */
export function removeTaskSet(lane: Lane, id: string, atMs: number): Lane {
  const gone = findTaskSet(lane, id)
  if (!lane.service || !gone) return lane
  return changeService(lane, {
    taskSets: lane.service.taskSets.filter((taskSet) => taskSet.id !== id),
    goneTaskSets: [
      ...lane.service.goneTaskSets.filter((old) => (old.goneMs ?? 0) + STOPPED_TASKS_KEPT_MS > atMs),
      { ...closeSlots(gone, atMs), goneMs: atMs },
    ],
  })
}

/** Each message begins with `(service NAME`, optionally with the task set (observed). */
export function logServiceEvent(lane: Lane, atMs: number, message: string, taskSetId?: string): Lane {
  if (!lane.service) return lane
  const about = taskSetId === undefined ? '' : `, taskSet ${taskSetId}`
  const event = { atMs, message: `(service ${lane.service.seed.name}${about}) ${message}` }
  return changeService(lane, { events: [...lane.service.events, event].slice(-MAX_SERVICE_EVENTS) })
}
