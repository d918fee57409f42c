import { stepOf } from '../lifecycle/step.ts'
import {
  type EventReading,
  type EventStatus,
  eventAt,
  replacementOf,
  replacementTraffic,
  type Snapshot,
} from './snapshot.ts'

/**
 * One change of a deployment. `atMs` is the service's time where it gives one, else that of the reading, but never after
 * the deployment's end.
 */
export type TimelineEntry =
  | { kind: 'status'; deploymentId: string; atMs: number; status: Snapshot['status']; statusWord: string }
  | {
      kind: 'event'
      deploymentId: string
      atMs: number
      name: string
      status: EventStatus
      durationMs: number | undefined
    }
  | { kind: 'traffic'; deploymentId: string; atMs: number; replacementPercent: number }
  | { kind: 'tasks'; deploymentId: string; atMs: number; running: number; desired: number }

/** Everything that changed from one reading of a deployment to the next, by time. */
export function changesBetween(before: Snapshot | undefined, after: Snapshot, readAtMs: number): TimelineEntry[] {
  const status = statusChange(before, after, readAtMs)
  const rest = [
    ...withTraffic(eventChanges(before, after, readAtMs), trafficChange(before, after, readAtMs)),
    ...taskChange(before, after, readAtMs),
  ]
  // The order at one and the same moment: a deployment begins before its events and ends after them.
  const changes = after.endedAtMs === undefined ? [...status, ...rest] : [...rest, ...status]
  return changes.sort((left, right) => left.atMs - right.atMs)
}

/** Traffic moves after its event has begun and before that is over. */
function withTraffic(events: TimelineEntry[], traffic: TimelineEntry[]): TimelineEntry[] {
  const index = events.findIndex((entry) => entry.kind === 'event' && stepOf(entry.name) === 'shift')
  const shift = events[index]
  const place = shift?.kind !== 'event' ? events.length : shift.status === 'running' ? index + 1 : index
  return events.toSpliced(place, 0, ...traffic)
}

function statusChange(before: Snapshot | undefined, after: Snapshot, readAtMs: number): TimelineEntry[] {
  if (before?.status === after.status && before.statusWord === after.statusWord) return []
  const { deploymentId, status, statusWord } = after
  return [{ kind: 'status', deploymentId, atMs: statusSinceMs(before, after) ?? readAtMs, status, statusWord }]
}

/** Since when a deployment has its status, where that is told. */
function statusSinceMs(before: Snapshot | undefined, after: Snapshot): number | undefined {
  if (after.endedAtMs !== undefined) return after.endedAtMs
  if (after.status === 'created') return after.createdAtMs
  const isFirstRun = before === undefined || before.status === 'created' || before.status === 'queued'
  return after.status === 'running' && isFirstRun ? after.startedAtMs : undefined
}

function eventChanges(before: Snapshot | undefined, after: Snapshot, readAtMs: number): TimelineEntry[] {
  const known = new Map(before?.events.map((event) => [event.name, event.status]))
  return after.events
    .filter(
      ({ name, status }) =>
        status !== 'pending' && status !== 'skipped' && status !== 'unseen' && known.get(name) !== status,
    )
    .map((event) => ({
      kind: 'event',
      deploymentId: after.deploymentId,
      atMs: event.endedAtMs ?? event.startedAtMs ?? readAtMs,
      name: event.name,
      status: event.status,
      durationMs: eventDurationMs(event),
    }))
}

/** The event has run, whether or not that was seen. */
export function hasPassed(event: Pick<EventReading, 'status'> | undefined): boolean {
  return event?.status === 'succeeded' || event?.status === 'unseen'
}

/** How long an event took, both ends by the service's clock; undefined while it runs. */
export function eventDurationMs({ startedAtMs, endedAtMs }: EventReading): number | undefined {
  return startedAtMs === undefined || endedAtMs === undefined ? undefined : endedAtMs - startedAtMs
}

function trafficChange(before: Snapshot | undefined, after: Snapshot, readAtMs: number): TimelineEntry[] {
  const percent = replacementTraffic(after)
  const percentBefore = replacementTraffic(before) ?? 0
  if (percent === undefined || percent === percentBefore) return []
  // What its rollback finds is what the deployment had.
  if (after.isRollback && before === undefined) return []
  // What a deployment that has ended loses is taken by its rollback, which is told on its own.
  if (after.endedAtMs !== undefined && percent < percentBefore) return []
  const atMs = shiftedAtMs(before, after) ?? Math.min(readAtMs, after.endedAtMs ?? readAtMs)
  return [{ kind: 'traffic', deploymentId: after.deploymentId, atMs, replacementPercent: percent }]
}

/**
 * When traffic moved, where the times of its event tell: the first step comes at its start and the last
 * before its end. Observed, not documented.
 */
function shiftedAtMs(before: Snapshot | undefined, after: Snapshot): number | undefined {
  const was = eventAt(before, 'shift')?.status
  const shift = eventAt(after, 'shift')
  if (shift?.status === 'succeeded') return shift.endedAtMs
  return shift?.status === 'running' && was !== 'running' ? shift.startedAtMs : undefined
}

function taskChange(before: Snapshot | undefined, after: Snapshot, readAtMs: number): TimelineEntry[] {
  const now = replacementOf(after)
  const then = replacementOf(before)
  if (now === undefined || now.state === 'draining' || after.isRollback) return []
  if (now.running === (then?.running ?? 0) && now.desired === then?.desired) return []
  const { running, desired } = now
  // What a deployment that has ended is short of may be its cause; what a rollback took from it is told on its own.
  const isTakenBack = (replacementTraffic(after) ?? 0) < (replacementTraffic(before) ?? 0)
  if (after.endedAtMs !== undefined && (running >= desired || isTakenBack)) return []
  const atMs = Math.min(readAtMs, after.endedAtMs ?? readAtMs)
  return [{ kind: 'tasks', deploymentId: after.deploymentId, atMs, running, desired }]
}
