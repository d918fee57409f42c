import { hexOf } from '../identity.ts'
import { FLAP_HALF_MS, type Slot, STOPPED_TASKS_KEPT_MS, type TaskSet } from './task-set.ts'

/** One task of a task set, computed from the slot that it fills. */
export interface Task {
  /** 32 hexadecimal digits. */
  id: string
  taskSet: TaskSet
  createdMs: number
  /** Undefined while it is pending. */
  runningMs: number | undefined
  /** Undefined while it is wanted. */
  stoppedMs: number | undefined
  /** Why it stopped: by itself, or because nobody wanted it any more. */
  stoppedBy: 'itself' | 'scheduler' | undefined
  /** It stops by itself after a while, as the one before it did and the next one will. */
  crashes: boolean
}

/** Every task of these task sets that ECS still lists, oldest first. */
export function tasksOf(taskSets: readonly TaskSet[], atMs: number): Task[] {
  return tasksEver(taskSets, atMs)
    .filter((task) => task.stoppedMs === undefined || task.stoppedMs + STOPPED_TASKS_KEPT_MS > atMs)
    .sort((one, other) => one.createdMs - other.createdMs)
}

/** Every task that these task sets had; of those that crash again and again only the latest of each slot. */
export function tasksEver(taskSets: readonly TaskSet[], atMs: number): Task[] {
  return taskSets.flatMap((taskSet) => taskSet.slots.flatMap((slot) => tasksIn(taskSet, slot, atMs)))
}

const MAX_STARTS = STOPPED_TASKS_KEPT_MS / (2 * FLAP_HALF_MS) + 2

function tasksIn(taskSet: TaskSet, slot: Slot, atMs: number): Task[] {
  if (slot.unplaced) return []
  if (!slot.flapping) return [taskIn(taskSet, slot, 0, slot.fromMs, slot.runningMs, undefined, atMs)]
  const endMs = Math.min(atMs, slot.untilMs ?? atMs)
  const restarts = Math.max(0, Math.floor((endMs - slot.runningMs + FLAP_HALF_MS) / (2 * FLAP_HALF_MS)))
  const first = Math.max(0, restarts + 1 - MAX_STARTS)
  return Array.from({ length: restarts + 1 - first }, (_, offset) => {
    const i = first + offset
    const runningMs = slot.runningMs + 2 * FLAP_HALF_MS * i
    const createdMs = i === 0 ? slot.fromMs : runningMs - FLAP_HALF_MS
    return taskIn(taskSet, slot, i, createdMs, runningMs, runningMs + FLAP_HALF_MS, atMs)
  })
}

function taskIn(
  taskSet: TaskSet,
  slot: Slot,
  start: number,
  createdMs: number,
  runningMs: number,
  crashMs: number | undefined,
  atMs: number,
): Task {
  const closedMs = slot.untilMs ?? Number.POSITIVE_INFINITY
  const stoppedMs = Math.min(crashMs ?? Number.POSITIVE_INFINITY, closedMs)
  const hasStopped = stoppedMs <= atMs
  const stoppedByItself = stoppedMs !== closedMs || slot.died
  return {
    get id() {
      return hexOf(32, 'task', taskSet.id, slot.number, start)
    },
    taskSet,
    createdMs,
    runningMs: runningMs <= Math.min(atMs, stoppedMs) ? runningMs : undefined,
    stoppedMs: hasStopped ? stoppedMs : undefined,
    stoppedBy: hasStopped ? (stoppedByItself ? 'itself' : 'scheduler') : undefined,
    crashes: crashMs !== undefined,
  }
}
