import type { Occupant } from '../group/occupant.ts'
import type { WaitTerms } from '../group/wait-terms.ts'
import { freeGroup } from '../release/free-group.ts'
import type { Progress } from '../release/progress.ts'
import { momentOf } from '../time/clock.ts'
import type { Marker } from '../workflow-run/marker.ts'
import type { World } from '../world.ts'
import { isHeldBy } from './holder.ts'
import { type Lane, lookAgain, objectionTo } from './lane.ts'
import { problemsIn } from './problems.ts'
import { runNothing } from './tasks.ts'

/** How long a deployment in a lane that is freed may take to end, its rollback included, in milliseconds. */
const SETTLES_WITHIN_MS = 30 * 60_000

/** What became of a lane that was to be freed; `stuck`: it could not be, and `progress` has ended. */
export type Freeing = 'freed' | 'of-others' | 'stuck'

/**
 * Frees a lane of a pull request: what is being deployed for it is stopped with rollback, then the lane runs no tasks.
 * Whose it is is read again right before and right after, so that a lane that somebody else took meanwhile is left as
 * they need it. Changes AWS.
 * @param whose the pull request that has it; undefined: nobody
 */
export async function freeLane(
  lane: Lane,
  whose: Marker | undefined,
  world: World,
  progress: Progress,
): Promise<Freeing> {
  try {
    const now = await lookAgain(lane, world)
    const isStill = whose === undefined ? now.holder === undefined : isHeldBy(now.holder, whose)
    if (!isStill) return 'of-others'
    const { occupant } = now
    const rested =
      occupant === undefined || whose === undefined ? now : await settle(now, occupant, whose, world, progress)
    if (rested === undefined) return 'stuck'
    // A claim that was undone leaves what ran before it, of whichever pull request that was.
    if (rested.occupant !== undefined) return 'of-others'
    await runNothing(rested, world)
    world.log.line(`Lane ${lane.name} is free: it runs no tasks any more.`)
    return 'freed'
  } catch (error) {
    progress.end('refused', { problems: problemsIn(error) })
    return 'stuck'
  }
}

/** The lane with nothing of this pull request being deployed any more; undefined when `progress` has ended. */
async function settle(
  lane: Lane,
  occupant: Occupant,
  whose: Marker,
  world: World,
  progress: Progress,
): Promise<Lane | undefined> {
  const isRoom = await freeGroup(settlingRoom(lane, whose, world), occupant, false, world, progress)
  return isRoom ? await lookAgain(lane, world) : undefined
}

/** Where a deployment of this pull request, and of nobody else, is brought to its end. */
export function settlingRoom(lane: Lane, whose: Marker, world: World): WaitTerms {
  const { service, group } = lane
  return {
    service,
    group,
    policy: 'replace',
    onlySamePullRequest: true,
    run: whose,
    since: momentOf(world.clock),
    patienceMs: SETTLES_WITHIN_MS,
    objection: () => objectionTo(lane, world),
  }
}
