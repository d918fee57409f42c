import { taskSetOfRevision } from '../../native/names.ts'
import { changeService, type Lane, logServiceEvent, removeTaskSet } from '../lane.ts'
import type { Rules } from '../rules.ts'
import { closeSlots, drain, type Slot, type TaskSet } from '../task-set.ts'
import {
  changeRevision,
  changeServiceDeployment,
  changeTasksOf,
  findRevision,
  findServiceDeployment,
  taskSetOf,
} from './native-service.ts'

/** A task that stops right after it started runs for this long (assumed). */
const RUNS_MS = 1000

/** Source: Developer Guide, "Amazon ECS service throttle logic"; how often is assumed. */
export const COMPLAINS_EVERY_MS = 60_000

/** Tasks of a revision come up one after the other, the last of them at `readyMs` (assumed). */
export function startTasks(
  lane: Lane,
  deploymentId: string | undefined,
  number: string,
  atMs: number,
  readyMs: number,
): Lane {
  const revision = findRevision(lane, number)
  const { service } = lane
  if (!revision || !service) return lane
  const { containerName, containerPort } = service.seed
  const taskSet: TaskSet = {
    id: taskSetOfRevision(number),
    deploymentId,
    taskDefinitionArn: revision.taskDefinitionArn,
    targetGroup: revision.targetGroup,
    containerName,
    containerPort,
    status: 'ACTIVE',
    createdMs: atMs,
    updatedMs: atMs,
    steadyMs: undefined,
    slots: slotsBy(service.desiredCount, atMs, readyMs),
    crashes: false,
    platformVersion: undefined,
    networkConfiguration: undefined,
    capacityProviderStrategy: undefined,
    goneMs: undefined,
  }
  const started = changeService(lane, { taskSets: [...service.taskSets, taskSet] })
  return changeRevision(started, number, { requested: service.desiredCount, kept: true })
}

function slotsBy(count: number, fromMs: number, readyMs: number, first = 0): Slot[] {
  return Array.from({ length: count }, (_, i) => ({
    number: first + i,
    fromMs,
    runningMs: fromMs + Math.round(((readyMs - fromMs) * (i + 1)) / count),
    flapping: false,
    untilMs: undefined,
    died: false,
  }))
}

/** The tasks that a revision lost on its way out are started again. */
export function startAgain(lane: Lane, number: string, atMs: number, readyMs: number): Lane {
  const desiredCount = lane.service?.desiredCount ?? 0
  const wanted = changeRevision(lane, number, { requested: desiredCount, kept: true })
  return changeTasksOf(wanted, number, (taskSet) => ({
    ...closeSlots(taskSet, atMs),
    slots: [...closeSlots(taskSet, atMs).slots, ...slotsBy(desiredCount, atMs, readyMs, taskSet.slots.length)],
    steadyMs: undefined,
  }))
}

/** No task of the revision is wanted any more; those that it has go on until `stopTasks`. */
export function giveUpTasks(lane: Lane, number: string, atMs: number): Lane {
  const running = taskSetOf(lane, number)?.slots.filter(({ untilMs }) => untilMs === undefined).length ?? 0
  const unwanted = changeRevision(lane, number, { requested: 0, kept: false })
  if (running === 0) return unwanted
  return logServiceEvent(
    unwanted,
    atMs,
    `has begun draining connections on ${running} tasks.`,
    taskSetOfRevision(number),
  )
}

export function stopTasks(lane: Lane, rules: Rules, number: string, atMs: number): Lane {
  const { drain: drainMs } = rules.timingsMs
  const drained = changeTasksOf(lane, number, (taskSet) =>
    taskSet.goneMs === undefined ? drain(taskSet, atMs, drainMs) : taskSet,
  )
  return changeRevision(drained, number, { requested: 0, kept: false })
}

/** A task set that has drained is taken away. */
export function forgetTasks(lane: Lane, taskSetId: string, atMs: number): Lane {
  return removeTaskSet(lane, taskSetId, atMs)
}

export function becomeSteady(lane: Lane, number: string | undefined, atMs: number): Lane {
  if (number === undefined) return lane
  return changeTasksOf(lane, number, (taskSet) => ({ ...taskSet, steadyMs: taskSet.steadyMs ?? atMs, updatedMs: atMs }))
}

/** From now on the tasks of the target stop, one at a time; those that replace them do too. */
export function beginFailing(lane: Lane, rules: Rules, id: string, atMs: number): Lane {
  const deployment = findServiceDeployment(lane, id)
  if (!deployment) return lane
  const { taskFailure } = rules.native.timingsMs
  const unsteady = changeTasksOf(lane, deployment.revision, (taskSet) => {
    const open = taskSet.slots.filter(({ untilMs }) => untilMs === undefined)
    const slots = taskSet.slots.map((slot) => {
      const isUp = slot.runningMs <= atMs
      if (slot.untilMs !== undefined || isUp) return slot
      return { ...slot, runningMs: atMs + taskFailure * (open.indexOf(slot) + 1) - RUNS_MS }
    })
    return { ...taskSet, slots, steadyMs: undefined }
  })
  const failing = { nextMs: atMs + taskFailure, complainMs: atMs + COMPLAINS_EVERY_MS }
  return changeServiceDeployment(unsteady, id, atMs, { failing, failsMs: undefined })
}

/** The oldest task of the revision stops by itself, and another one is started for it. */
export function failOneTask(lane: Lane, rules: Rules, number: string, atMs: number): Lane {
  const { taskFailure } = rules.native.timingsMs
  const failed = changeTasksOf(lane, number, (taskSet) => {
    const open = taskSet.slots.filter(({ untilMs }) => untilMs === undefined)
    const [oldest] = open
    if (!oldest) return taskSet
    const kept = taskSet.slots
      .filter(({ untilMs }) => untilMs === undefined || untilMs + KEPT_MS > atMs)
      .map((slot) => (slot === oldest ? { ...slot, untilMs: atMs, died: true } : slot))
    const next: Slot = {
      number: Math.max(...taskSet.slots.map((slot) => slot.number)) + 1,
      fromMs: atMs,
      runningMs: atMs + taskFailure * open.length - Math.min(RUNS_MS, taskFailure),
      flapping: false,
      untilMs: undefined,
      died: false,
    }
    return { ...taskSet, slots: [...kept, next], updatedMs: atMs }
  })
  const failedTasks = (findRevision(lane, number)?.failedTasks ?? 0) + 1
  return changeRevision(failed, number, { failedTasks })
}

/** Stopped tasks are listed for an hour. Source: ECS API Reference, ListTasks. */
const KEPT_MS = 3_600_000

/** What still fails when nobody counts any more goes on failing by itself. */
export function failForEver(lane: Lane, number: string, atMs: number): Lane {
  return changeTasksOf(lane, number, (taskSet) => {
    const slots = taskSet.slots.map((slot) => {
      if (slot.untilMs !== undefined) return slot
      return { ...slot, fromMs: atMs, runningMs: atMs + COMPLAINS_EVERY_MS / 2, flapping: true, number: slot.number }
    })
    return { ...taskSet, slots, crashes: true }
  })
}

/** Every revision that has tasks has so many from now on (assumed: all of them, also while both run). */
export function scaleNative(lane: Lane, rules: Rules, desiredCount: number, atMs: number): Lane {
  const scaled = changeService(lane, { desiredCount })
  return (scaled.native?.revisions ?? []).reduce((one, { number, kept: isKept }) => {
    const taskSet = taskSetOf(one, number)
    if (!taskSet || !isKept) return one
    const open = taskSet.slots.filter(({ untilMs }) => untilMs === undefined)
    const surplus = new Set(open.slice(desiredCount))
    const readyMs = atMs + rules.native.timingsMs.scaleUp
    const kept = taskSet.slots.map((slot) => (surplus.has(slot) ? { ...slot, untilMs: atMs } : slot))
    const first = Math.max(-1, ...taskSet.slots.map((slot) => slot.number)) + 1
    const slots = [...kept, ...slotsBy(Math.max(0, desiredCount - open.length), atMs, readyMs, first)]
    const changed = changeTasksOf(one, number, (before) => ({ ...before, slots, updatedMs: atMs }))
    return changeRevision(changed, number, { requested: desiredCount })
  }, scaled)
}
