import { setDesiredCount } from '../aws/ecs.ts'
import { count } from '../report/words.ts'
import type { World } from '../world.ts'
import { type LanePlace, lookAgain, type Occupation } from './lane.ts'

type SeenLane = LanePlace & Pick<Occupation, 'service'>

/**
 * Lets a lane run no tasks. When somebody took it since it was looked at, also between that look and the write, it runs
 * them again, for they need its tasks. Changes AWS.
 * @param lane as it was looked at right before
 * @throws CallError
 */
export async function runNothing(lane: SeenLane, world: World): Promise<void> {
  const { cluster, name, desiredCount } = lane
  await setDesiredCount(world, cluster, name, 0)
  if (wasTaken(lane, await lookAgain(lane, world))) await setDesiredCount(world, cluster, name, desiredCount)
}

/** Lets a lane that somebody has run its tasks. Changes AWS. @throws CallError */
export async function runTasks({ service, cluster, name, desiredCount }: SeenLane, world: World): Promise<void> {
  if (service.desiredCount === desiredCount) return
  await setDesiredCount(world, cluster, name, desiredCount)
  world.log.line(`Lane ${name} is to run ${count(desiredCount, 'task')}; it ran ${service.desiredCount}.`)
}

/** Something is being released to it, or has been, since it was looked at. */
function wasTaken(before: SeenLane, now: Occupation): boolean {
  return now.occupant !== undefined || now.service.primary.deploymentId !== before.service.primary.deploymentId
}
