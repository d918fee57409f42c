import type { RollbackEvent } from '../inputs/choices.ts'
import { type LifecycleStep, stepOf } from '../lifecycle/step.ts'
import { elapsedMs, type Moment } from '../time/clock.ts'

/** Where a deployment is. `unknown` is a status newer than this version: it counts as still running. */
export type DeploymentStatus =
  | 'created'
  | 'queued'
  | 'running'
  | 'ready'
  | 'succeeded'
  | 'failed'
  | 'stopped'
  | 'unknown'

/** Who or what ended a deployment that did not succeed. */
export type EndReason = 'failure' | 'alarm' | 'stop-request' | 'ready-wait-over'

/** `unseen`: it has passed between two looks, where only the current one is told. */
export type EventStatus = 'pending' | 'running' | 'succeeded' | 'failed' | 'skipped' | 'unseen' | 'unknown'

/** One reading of a deployment, in our words. Times in milliseconds since 1970 are by the service's clock. */
export interface Snapshot {
  deploymentId: string
  /** It is the rollback of a deployment that tells no events of its own. */
  isRollback?: true
  /** When the status was read; the rest may be newer. */
  statusReadAt: Moment
  /** The events were not read this time: they are as they were last seen, and task sets are as ECS tells them. */
  eventsAreStale: boolean
  /** The events were read, but do not go with the end of the deployment: they are told as blind ones are. */
  isBehind?: boolean
  /** When the events were read; undefined when they never were. */
  eventsReadAt: Moment | undefined
  /** When the shares of production were read; undefined when they never were. */
  trafficReadAt: Moment | undefined
  status: DeploymentStatus
  /** Since when it waits at `Ready`, as far as was seen; undefined when it does not. */
  readySinceMs: number | undefined
  /** The event at which it waits for somebody, where that may be any; absent: before production. */
  heldAt?: string
  /** Until when it waits there, by the service's clock, and what happens then; absent where that is not told. */
  heldUntil?: { atMs: number; onTimeout: 'ROLLBACK' | 'CONTINUE' }
  /** The service's own word for the status. */
  statusWord: string
  createdAtMs: number | undefined
  startedAtMs: number | undefined
  endedAtMs: number | undefined
  /** Once it has ended: when it was last read before that; absent when it had ended by the first reading. */
  wasOpenAt?: Moment
  /** Why it ended, in the service's words. */
  error: { code: string; message: string } | undefined
  /** Who or what ended it; absent: not told, so that it is its status that says. */
  endReason?: EndReason
  /** Names of the alarms that went off, where they are told beside the error. */
  firingAlarms?: readonly string[]
  /** What rolls this deployment back; undefined when it was not told. */
  rollbackOn: readonly RollbackEvent[] | undefined
  rollback: { deploymentId: string | undefined; message: string } | undefined
  /** In the order in which they run; empty while there is nothing to see yet. */
  events: EventReading[]
  /** Every lifecycle event is done and production is shifted, although the deployment may go on. */
  eventsAreDone: boolean
  taskSets: TaskSetReading[]
}

export interface EventReading {
  name: string
  status: EventStatus
  startedAtMs: number | undefined
  endedAtMs: number | undefined
  /** What the service tells about a failed hook; often nothing. */
  diagnostics: string | undefined
}

/** One of the two task sets of a deployment. */
export interface TaskSetReading {
  id: string
  role: 'original' | 'replacement'
  running: number
  pending: number
  desired: number
  /** Percent of production traffic, 0 to 100; undefined when it could not be seen. */
  trafficPercent: number | undefined
  /** Percent of test traffic, where that is told. */
  testPercent?: number
  /** `primary` serves production, `active` does not (yet or any more), `draining` is being taken down. */
  state: 'primary' | 'active' | 'draining' | 'unknown'
}

/** The replacement task set; undefined when there is none yet, or it was not seen. */
export function replacementOf(snapshot: Pick<Snapshot, 'taskSets'> | undefined): TaskSetReading | undefined {
  return snapshot?.taskSets.find(({ role }) => role === 'replacement')
}

/** Percent of production on the replacement; undefined when it was not seen. */
export function replacementTraffic(snapshot: Snapshot | undefined): number | undefined {
  const { taskSets = [] } = snapshot ?? {}
  const replacement = replacementOf(snapshot)
  if (replacement !== undefined) return replacement.trafficPercent
  // Before it starts the replacement is not listed, and the original serves everything.
  return taskSets.some(({ role, trafficPercent }) => role === 'original' && trafficPercent !== undefined)
    ? 0
    : undefined
}

/**
 * All of production is on the replacement, as far as this reading tells, whether or not its last hook has passed. Only
 * a person who asks for it takes that back.
 */
export function productionMoved(snapshot: Snapshot): boolean {
  const replacement = replacementOf(snapshot)
  return snapshot.eventsAreDone || replacement?.trafficPercent === 100 || replacement?.state === 'primary'
}

/** How old a reading may be to be told as what is now, in milliseconds. */
const CURRENT_FOR_MS = 5_000

/** Whether what was read then may be told as what is now. */
export function isCurrent(readAt: Moment, now: Moment): boolean {
  return elapsedMs(readAt, now) <= CURRENT_FOR_MS
}

/** When anything of it was read last: while its target says that it runs, the status is read less often. */
export function lastReadAt({ statusReadAt, eventsAreStale, eventsReadAt }: Snapshot): Moment {
  if (eventsAreStale || eventsReadAt === undefined) return statusReadAt
  return elapsedMs(statusReadAt, eventsReadAt) > 0 ? eventsReadAt : statusReadAt
}

/**
 * Whether the events of a reading are how they are, or how they ended, rather than how they once were.
 * @param now undefined while the deployment is being followed
 */
export function areEventsKnown(snapshot: Snapshot, now: Moment | undefined): boolean {
  const { eventsAreStale, eventsReadAt } = snapshot
  if (eventsAreStale || eventsReadAt === undefined) return false
  return hasEnded(snapshot) || now === undefined || isCurrent(eventsReadAt, now)
}

/** No status leaves these. Source: API References, the statuses of a deployment. */
export function hasEnded(snapshot: Snapshot): boolean {
  return snapshot.status === 'succeeded' || snapshot.status === 'failed' || snapshot.status === 'stopped'
}

/** The event that runs now, if any. */
export function runningEvent(snapshot: Snapshot): EventReading | undefined {
  return snapshot.events.find(({ status }) => status === 'running')
}

/** The event at which the deployment ended badly, if it got that far. */
export function failedEvent(snapshot: Snapshot): EventReading | undefined {
  return snapshot.events.find(({ status }) => status === 'failed')
}

/** Which function runs at which event; several are divided by a comma and a space. */
export type Hooks = Readonly<Record<string, string>>

/** The functions of an event. */
export function functionsIn(hook: string | undefined): string[] {
  return hook === undefined || hook === '' ? [] : hook.split(', ')
}

/** The hook function of an event, if it has one. */
export function hookOf(hooks: Hooks, eventName: string): string | undefined {
  const entry = Object.entries(hooks).find(([event]) => event === eventName)
  return entry?.[1]
}

/** The hook function of a step, if it has one. */
export function hookAt(hooks: Hooks, step: LifecycleStep): string | undefined {
  const entry = Object.entries(hooks).find(([event]) => stepOf(event) === step)
  return entry?.[1]
}

/** The event of a step, if the deployment has one. */
export function eventAt(snapshot: Pick<Snapshot, 'events'> | undefined, step: LifecycleStep): EventReading | undefined {
  return snapshot?.events.find(({ name }) => stepOf(name) === step)
}

/** When the last event so far ended. */
export function lastEventEndMs({ events }: Pick<Snapshot, 'events'>): number | undefined {
  const ends = events.map(({ endedAtMs }) => endedAtMs).filter((endMs) => endMs !== undefined)
  return ends.length === 0 ? undefined : Math.max(...ends)
}

/**
 * When a reading that says `Ready` has its wait begin: with the event that still runs, else with the end of the last one.
 * Source: User Guide, "Ready" (validation tests are executed during the wait). That the service's clock counts
 * from the start of the event is assumed; no earlier start is possible, so that no deadline is told too late.
 */
export function readySinceMs(reading: Pick<Snapshot, 'status' | 'events' | 'statusReadAt'>): number | undefined {
  if (reading.status !== 'ready') return undefined
  const running = reading.events.find(({ status }) => status === 'running')
  return running?.startedAtMs ?? lastEventEndMs(reading) ?? reading.statusReadAt.atMs
}

/** The reading with its `Ready` counted from the first one before it that said so. */
export function keepReadySince(snapshot: Snapshot, before: Snapshot | undefined): Snapshot {
  if (snapshot.status !== 'ready' || before?.readySinceMs === undefined) return snapshot
  return { ...snapshot, readySinceMs: before.readySinceMs }
}

/** The reading of a deployment that has ended, with when it had not; the end is later, whatever the clocks say. */
export function keepOpenAt(snapshot: Snapshot, before: Snapshot | undefined): Snapshot {
  if (before === undefined || !hasEnded(snapshot)) return snapshot
  const wasOpenAt = hasEnded(before) ? before.wasOpenAt : lastReadAt(before)
  return wasOpenAt === undefined ? snapshot : { ...snapshot, wasOpenAt }
}

/** The events until production moves, and those from there on. */
export function eventsByProduction({ events }: Pick<Snapshot, 'events'>): {
  before: EventReading[]
  after: EventReading[]
} {
  const next = events.findIndex(({ name }) => stepOf(name) === 'before-shift')
  return next < 0 ? { before: [...events], after: [] } : { before: events.slice(0, next), after: events.slice(next) }
}

/** The event is over and did not fail. */
export function isDone({ status }: Pick<EventReading, 'status'>): boolean {
  return status === 'succeeded' || status === 'skipped' || status === 'unseen'
}

/** The event has not begun. */
export function isAhead({ status }: Pick<EventReading, 'status'>): boolean {
  return status === 'pending' || status === 'skipped'
}

/**
 * It waits for somebody, and no event is running. A deployment may show as ready before its test hook has finished, so an
 * event before the one at which it waits that still has to run counts as not ready.
 */
export function isWaitingForPromotion(snapshot: Snapshot): boolean {
  if (snapshot.status !== 'ready') return false
  const { heldAt, events } = snapshot
  const held = events.findIndex(({ name }) => name === heldAt)
  return (held < 0 ? eventsByProduction(snapshot).before : events.slice(0, held + 1)).every(isDone)
}

/** The last event before the deployment waits for somebody runs, and it does not show as ready yet. */
export function isAtTestHook(snapshot: Snapshot): boolean {
  const running = runningEvent(snapshot)
  return snapshot.status === 'running' && running !== undefined && stepOf(running.name) === 'after-test-shift'
}

/**
 * It waits for somebody or is at its test hook, which may show as ready or as running; no event that comes after has
 * begun, so that production has not moved.
 */
export function isBeforeProduction(snapshot: Snapshot): boolean {
  // The event at which it waits itself is done but for that.
  const after = eventsByProduction(snapshot).after.filter(({ name }) => name !== snapshot.heldAt)
  return (snapshot.status === 'ready' || isAtTestHook(snapshot)) && after.every(isAhead) && !productionMoved(snapshot)
}
