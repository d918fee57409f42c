import { replacementOf, replacementTraffic } from '../follow/snapshot.ts'
import type { Release } from '../release-state.ts'

/** How many tasks run of those that should. */
export interface TaskCounts {
  running: number
  desired: number
}

/**
 * A release that succeeded with fewer tasks than it should have, all of production on them, when tasks were seen to stop
 * or none runs at all. Tasks that are missing because the service grows just then are none of that.
 */
export function shortOfTasks({ status, snapshot, taskStops }: Release): TaskCounts | undefined {
  const replacement = replacementOf(snapshot)
  if (status !== 'succeeded' || snapshot === undefined || replacement === undefined) return undefined
  const hasProduction = replacement.state === 'primary' || replacementTraffic(snapshot) === 100
  const { running, desired } = replacement
  if (!hasProduction || running >= desired || (running > 0 && taskStops.length === 0)) return undefined
  return { running, desired }
}
