import type { DeploymentConfiguration } from '@aws-sdk/client-ecs'
import type { TargetGroupIndex } from '../../names.ts'
import { taskSetOfRevision } from '../../native/names.ts'
import { changeTaskSet, findTaskSet, type Lane } from '../lane.ts'
import { countTasks, type TaskCounts, type TaskSet } from '../task-set.ts'
import { isOngoing, type ServiceDeployment } from './service-deployment.ts'

/** What ECS keeps of a service that it deploys itself. Its tasks are task sets of the lane, one for each revision. */
export interface NativeService {
  config: DeploymentConfiguration
  loadBalancer: 'application' | 'network' | 'none'
  testRule: boolean
  /** Somebody has deleted the rules. */
  rulesDeleted: boolean
  /** How many of the course's edits of rules were made. */
  editsMade: number
  /** Every revision there ever was, oldest first. */
  revisions: readonly Revision[]
  /** Oldest first. */
  deployments: readonly ServiceDeployment[]
  /** Number of the revision whose classic deployment is PRIMARY. */
  primary: string
}

export interface Revision {
  number: string
  taskDefinitionArn: string
  targetGroup: TargetGroupIndex
  createdMs: number
  /** Tasks that are wanted of it. */
  requested: number
  /** It is to have tasks, as many as the service wants, which may be none. */
  kept: boolean
  failedTasks: number
}

export function changeNative(lane: Lane, change: Partial<NativeService>): Lane {
  return lane.native ? { ...lane, native: { ...lane.native, ...change } } : lane
}

export function findServiceDeployment(lane: Lane, id: string): ServiceDeployment | undefined {
  return lane.native?.deployments.find((deployment) => deployment.id === id)
}

/** The lane with one deployment changed, at this moment. */
export function changeServiceDeployment(
  lane: Lane,
  id: string,
  atMs: number,
  change: Partial<ServiceDeployment>,
): Lane {
  const deployments = lane.native?.deployments.map((deployment) =>
    deployment.id === id ? { ...deployment, ...change, updatedMs: atMs } : deployment,
  )
  return changeNative(lane, { deployments: deployments ?? [] })
}

export function ongoingDeployments(lane: Lane): ServiceDeployment[] {
  return lane.native?.deployments.filter(isOngoing) ?? []
}

export function findRevision(lane: Lane, number: string | undefined): Revision | undefined {
  return lane.native?.revisions.find((revision) => revision.number === number)
}

export function changeRevision(lane: Lane, number: string | undefined, change: Partial<Revision>): Lane {
  const revisions = lane.native?.revisions.map((revision) =>
    revision.number === number ? { ...revision, ...change } : revision,
  )
  return changeNative(lane, { revisions: revisions ?? [] })
}

export function taskSetOf(lane: Lane, number: string | undefined): TaskSet | undefined {
  return number === undefined ? undefined : findTaskSet(lane, taskSetOfRevision(number))
}

export function changeTasksOf(lane: Lane, number: string, change: (taskSet: TaskSet) => TaskSet): Lane {
  return changeTaskSet(lane, taskSetOfRevision(number), change)
}

export function countTasksOf(lane: Lane, number: string, atMs: number): TaskCounts {
  const taskSet = taskSetOf(lane, number)
  return taskSet ? countTasks(taskSet, atMs) : { desired: 0, running: 0, pending: 0 }
}

/** Revisions that are to have tasks, or have some still. */
export function livingRevisions(lane: Lane, atMs: number): Revision[] {
  const revisions = lane.native?.revisions ?? []
  return revisions.filter(({ number, kept }) => kept || countTasksOf(lane, number, atMs).desired > 0)
}
