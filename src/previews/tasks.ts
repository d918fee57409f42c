import { setDesiredCount } from '../aws/ecs.ts'
import { RefusedError } from '../problem.ts'
import { count } from '../text/words.ts'
import type { World } from '../world.ts'
import { type LanePlace, laneService, type Occupation, readHolder, serviceNow } from './lane.ts'
import { laneProblems } from './tags.ts'

type SeenLane = LanePlace & Pick<Occupation, 'service'>

/**
 * Lets a lane run no tasks. When somebody took it since it was looked at, also between that look and the write, it runs
 * them again, for they need its tasks; one whose tag was taken off in that moment runs what it ran before. Changes AWS.
 * @param lane as it was looked at right before
 * @throws CallError
 * @throws RefusedError when it is a lane no longer
 */
export async function runNothing(lane: SeenLane, world: World): Promise<void> {
  const { cluster, name, desiredCount } = lane
  const ranBefore = (await laneService(lane, world)).desiredCount
  await setDesiredCount(world, cluster, name, 0)
  const service = await serviceNow(lane, world)
  const problems = laneProblems(service)
  if (problems.length > 0) {
    if (ranBefore > 0) await setDesiredCount(world, cluster, name, ranBefore)
    throw new RefusedError(problems)
  }
  const now = { service, ...(await readHolder(service, lane.group, world)) }
  if (wasTaken(lane, now)) await setDesiredCount(world, cluster, name, desiredCount)
}

/**
 * Lets a lane that somebody has run its tasks. Changes AWS.
 * @throws CallError
 * @throws RefusedError when it is a lane no longer
 */
export async function runTasks(lane: LanePlace, world: World): Promise<void> {
  const { cluster, name, desiredCount } = lane
  const runs = (await laneService(lane, world)).desiredCount
  if (runs === desiredCount) return
  await setDesiredCount(world, cluster, name, desiredCount)
  world.log.line(`Lane ${name} is to run ${count(desiredCount, 'task')}; it ran ${runs}.`)
}

/** Something is being released to it, or has been, since it was looked at. */
function wasTaken(before: SeenLane, now: Occupation): boolean {
  return now.occupant !== undefined || now.service.primary.deploymentId !== before.service.primary.deploymentId
}
