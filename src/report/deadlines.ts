import { hasEnded } from '../follow/snapshot.ts'
import type { Release } from '../release-state.ts'

/** Until when a deployment at `Ready` can be continued; milliseconds since 1970. */
export function promoteByMs({ status, snapshot, group }: Release): number | undefined {
  if (status !== 'awaiting-promotion' || snapshot?.readySinceMs === undefined || group === undefined) return undefined
  return snapshot.readySinceMs + group.readyWaitMs
}

/** Until when the original task set is kept, as far as the group's setting tells; milliseconds since 1970. */
export function originalKeptUntilMs({ snapshot, group, status }: Release): number | undefined {
  if (status !== 'succeeded' || snapshot === undefined || hasEnded(snapshot)) return undefined
  const shiftedAtMs = snapshot.events.at(-1)?.endedAtMs
  const waitMs = group?.terminationWaitMs
  return shiftedAtMs === undefined || waitMs === undefined ? undefined : shiftedAtMs + waitMs
}
