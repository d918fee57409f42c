import { eventAt, hasEnded, type Snapshot } from '../follow/snapshot.ts'
import type { Release } from '../release-state.ts'

/** Until when a deployment that waits for somebody can be continued; milliseconds since 1970. */
export function promoteByMs({ status, snapshot, group }: Release): number | undefined {
  if (status !== 'awaiting-promotion' || snapshot === undefined) return undefined
  if (snapshot.heldUntil !== undefined) return snapshot.heldUntil.atMs
  if (snapshot.readySinceMs === undefined || group === undefined) return undefined
  return snapshot.readySinceMs + group.readyWaitMs
}

/** Since when only the end of the original is waited for; milliseconds since 1970, undefined before that. */
export function keptSinceMs(snapshot: Snapshot | undefined): number | undefined {
  const bake = eventAt(snapshot, 'bake')
  return bake === undefined ? snapshot?.events.at(-1)?.endedAtMs : bake.startedAtMs
}

/** Until when the original task set is kept, as far as settings tell; milliseconds since 1970. */
export function originalKeptUntilMs({ snapshot, group, status }: Release): number | undefined {
  if (status !== 'succeeded' || snapshot === undefined || hasEnded(snapshot)) return undefined
  const sinceMs = keptSinceMs(snapshot)
  const waitMs = group?.terminationWaitMs
  return sinceMs === undefined || waitMs === undefined ? undefined : sinceMs + waitMs
}
