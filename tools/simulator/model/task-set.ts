import type { TargetGroupIndex } from '../names.ts'
import type { AppSpec } from './app-spec.ts'

/** A group of tasks of one revision behind one target group: what CodeDeploy swaps. */
export interface TaskSet {
  /** `ecs-svc/` and digits. */
  id: string
  /** The deployment that made it; the first task set of a service has none (observed). */
  deploymentId: string | undefined
  taskDefinitionArn: string
  targetGroup: TargetGroupIndex
  containerName: string
  containerPort: number
  status: 'PRIMARY' | 'ACTIVE' | 'DRAINING'
  createdMs: number
  updatedMs: number
  /** Since when it is in a steady state; undefined before it ever was. */
  steadyMs: number | undefined
  /** One for each task that it is to keep running. */
  slots: readonly Slot[]
  /** Whatever task of it starts stops again. */
  crashes: boolean
  /** What the AppSpec set for it; otherwise it has what the service has. */
  platformVersion: string | undefined
  networkConfiguration: AppSpec['networkConfiguration']
  capacityProviderStrategy: AppSpec['capacityProviderStrategy']
  /** When a drained one disappears. */
  goneMs: number | undefined
}

/** One task that is to run: replaced each time it stops, until the slot itself is closed. */
export interface Slot {
  number: number
  fromMs: number
  /** When its first task runs. */
  runningMs: number
  /** ECS finds no place for it: no task of it is ever started. */
  unplaced?: true
  /** It starts and stops again, for ever: no task of it gets healthy. */
  flapping: boolean
  untilMs: number | undefined
  /** Why its task stopped, when the slot was closed by something else than the scheduler. */
  died: boolean
}

/** `count` slots opened at `fromMs`. Their tasks come up one after the other, all before `readyMs` (assumed). */
export function openSlots(count: number, fromMs: number, readyMs: number, flapping: boolean, first = 0): Slot[] {
  const length = readyMs - fromMs
  return Array.from({ length: count }, (_, i) => ({
    number: first + i,
    fromMs,
    runningMs: flapping
      ? fromMs + FLAP_HALF_MS * (1 + (i % 2))
      : fromMs + Math.round(length * (0.5 + (0.25 * i) / Math.max(1, count - 1))),
    flapping,
    untilMs: undefined,
    died: false,
  }))
}

/** A flapping task is pending for this long and then runs for as long before it stops; every other slot starts one
 * such time later (assumed). */
export const FLAP_HALF_MS = 30_000

/** Stopped tasks are listed for at least one hour. Source: ECS API Reference, ListTasks. */
export const STOPPED_TASKS_KEPT_MS = 3_600_000

export function closeSlots(taskSet: TaskSet, atMs: number, died = false): TaskSet {
  const slots = taskSet.slots.map((slot) => (slot.untilMs === undefined ? { ...slot, untilMs: atMs, died } : slot))
  return { ...taskSet, slots, updatedMs: atMs }
}

/** The task set with so many tasks to run; new ones come up by `readyMs`. */
export function resize(taskSet: TaskSet, count: number, atMs: number, readyMs: number): TaskSet {
  const open = taskSet.slots.filter((slot) => slot.untilMs === undefined)
  const surplus = new Set(open.slice(count))
  const kept = taskSet.slots.map((slot) => (surplus.has(slot) ? { ...slot, untilMs: atMs } : slot))
  const missing = Math.max(0, count - open.length)
  const added = openSlots(missing, atMs, readyMs, taskSet.crashes, taskSet.slots.length)
  return { ...taskSet, slots: [...kept, ...added], updatedMs: atMs }
}

/** Scaled to nothing and on its way out, as CodeDeploy leaves the task set that lost. */
export function drain(taskSet: TaskSet, atMs: number, drainMs: number): TaskSet {
  return { ...closeSlots(taskSet, atMs), status: 'DRAINING', goneMs: atMs + drainMs }
}

export interface TaskCounts {
  desired: number
  running: number
  pending: number
}

export function countTasks(taskSet: TaskSet, atMs: number): TaskCounts {
  const counts = { desired: 0, running: 0, pending: 0 }
  for (const slot of taskSet.slots) {
    if (slot.untilMs !== undefined && slot.untilMs <= atMs) continue
    counts.desired++
    if (slot.unplaced) continue
    if (isRunning(slot, atMs)) counts.running++
    else counts.pending++
  }
  return counts
}

function isRunning(slot: Slot, atMs: number): boolean {
  return atMs >= slot.runningMs && (!slot.flapping || (atMs - slot.runningMs) % (2 * FLAP_HALF_MS) < FLAP_HALF_MS)
}

/** All tasks that are wanted are there and healthy. Source: ECS API Reference, TaskSet `stabilityStatus`. */
export function isSteady(taskSet: TaskSet, atMs: number): boolean {
  const counts = countTasks(taskSet, atMs)
  return taskSet.steadyMs !== undefined && counts.pending === 0 && counts.running === counts.desired
}
