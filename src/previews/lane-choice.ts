import type { Marker } from '../workflow-run/marker.ts'
import { isHeldBy, isLater } from './holder.ts'
import type { Lane } from './lane.ts'
import type { Departures } from './why-unneeded.ts'

/** The lane that a pull request is put on next. */
export interface LaneChoice {
  lane: Lane
  /** It is not this pull request's yet. */
  isNew: boolean
  /** Why its holder no longer needs it; undefined when it is its own or free. */
  whyGone: string | undefined
}

/**
 * The pull request's own lane, of two the later release's; else a free one; else the one that stood longest of those
 * whose pull requests no longer need theirs. Undefined when there is none.
 * @param taken names of lanes that somebody else got first
 */
export async function candidateFor(
  lanes: readonly Lane[],
  own: Marker,
  taken: ReadonlySet<string>,
  leaving: Departures,
): Promise<LaneChoice | undefined> {
  const [ours] = lanes.filter(({ holder }) => isHeldBy(holder, own)).sort(laterFirst)
  if (ours !== undefined) return { lane: ours, isNew: false, whyGone: undefined }
  const oldestFirst = lanes
    .filter(({ name }) => !taken.has(name))
    .sort((one, other) => (one.holder?.sinceMs ?? 0) - (other.holder?.sinceMs ?? 0))
  let leftAlone: LaneChoice | undefined
  for (const lane of oldestFirst) {
    const { holder } = lane
    if (holder === undefined) return { lane, isNew: true, whyGone: undefined }
    if (holder.isDeploying) continue
    const standing = await leaving.whyUnneeded(holder, lanes)
    const isGone = typeof standing === 'object'
    // A lane with a desired count of 0 may be about to be taken: it counts as free only where nothing better is known.
    if (holder.runsNothing && standing !== 'needed') return { lane, isNew: true, whyGone: undefined }
    if (isGone) leftAlone ??= { lane, isNew: true, whyGone: standing.gone }
  }
  return leftAlone
}

function laterFirst(one: Lane, other: Lane): number {
  const [left, right] = [one.holder?.marker, other.holder?.marker]
  if (left === undefined || right === undefined) return 0
  return isLater(left, right) ? -1 : isLater(right, left) ? 1 : 0
}
