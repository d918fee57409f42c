import type { RollbackEvent } from '../inputs/choices.ts'
import type { LifecycleHook } from '../inputs/hooks.ts'
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

export type EventStatus = 'pending' | 'running' | 'succeeded' | 'failed' | 'skipped' | 'unknown'

/** One reading of a deployment, in our words. Times in milliseconds since 1970 are by CodeDeploy's clock. */
export interface Snapshot {
  deploymentId: string
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
  /** The service's own word for the status. */
  statusWord: string
  createdAtMs: number | undefined
  startedAtMs: number | undefined
  endedAtMs: number | undefined
  /** Once it has ended: when it was last read before that; absent when it had ended by the first reading. */
  wasOpenAt?: Moment
  /** Why it ended, in CodeDeploy's words. */
  error: { code: string; message: string } | undefined
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
  /** What CodeDeploy tells about a failed hook; often nothing. */
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
  // Before Install the replacement is not listed, and the original serves everything.
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

/** No status leaves these. Source: CodeDeploy API Reference, DeploymentInfo. */
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

/** Which function runs at which event. */
export type Hooks = Partial<Record<LifecycleHook, string>>

/** The hook function of an event, if it has one. */
export function hookOf(hooks: Hooks, eventName: string): string | undefined {
  const entry = Object.entries(hooks).find(([event]) => event === eventName)
  return entry?.[1]
}

/** When the last event so far ended. */
export function lastEventEndMs({ events }: Pick<Snapshot, 'events'>): number | undefined {
  const ends = events.map(({ endedAtMs }) => endedAtMs).filter((endMs) => endMs !== undefined)
  return ends.length === 0 ? undefined : Math.max(...ends)
}

/**
 * When a reading that says `Ready` has its wait begin: with the event that still runs, else with the end of the last one.
 * Source: CodeDeploy User Guide, "Ready" (validation tests are executed during the wait). That CodeDeploy's clock counts
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

/**
 * `Ready`, and no event running. CodeDeploy may show `Ready` before AfterAllowTestTraffic has finished, so an event before the shift that still has to run counts as not ready.
 */
export function isWaitingForPromotion(snapshot: Snapshot): boolean {
  const next = snapshot.events.findIndex(({ name }) => name === 'BeforeAllowTraffic')
  const before = next < 0 ? snapshot.events : snapshot.events.slice(0, next)
  return snapshot.status === 'ready' && before.every(({ status }) => status === 'succeeded' || status === 'skipped')
}

/** The last event before `Ready` runs, and the deployment does not show `Ready` yet. */
export function isAtTestHook(snapshot: Snapshot): boolean {
  return snapshot.status === 'running' && runningEvent(snapshot)?.name === 'AfterAllowTestTraffic'
}

/**
 * It waits at `Ready` or is at its test hook, which CodeDeploy may show as `Ready` or as running; no event that comes
 * after has begun, so that production has not moved.
 */
export function isBeforeProduction(snapshot: Snapshot): boolean {
  const next = snapshot.events.findIndex(({ name }) => name === 'BeforeAllowTraffic')
  const ahead = next < 0 ? [] : snapshot.events.slice(next)
  const isAhead = ahead.every(({ status }) => status === 'pending' || status === 'skipped')
  return (snapshot.status === 'ready' || isAtTestHook(snapshot)) && isAhead && !productionMoved(snapshot)
}
