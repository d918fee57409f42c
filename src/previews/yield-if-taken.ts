import { freeGroup } from '../release/free-group.ts'
import type { Progress } from '../release/progress.ts'
import type { Marker } from '../workflow-run/marker.ts'
import type { World } from '../world.ts'
import { settlingRoom } from './free.ts'
import { type Lane, lookAgain } from './lane.ts'
import { problemsIn } from './problems.ts'
import { runTasks } from './tasks.ts'

interface Question {
  lane: Lane
  /** The task set that was PRIMARY when the lane was looked at right before the deployment was created. */
  primaryId: string
  /** The deployment that was created. */
  id: string
  own: Marker
  world: World
  progress: Progress
}

/**
 * Between the last look at a lane and the creation of the deployment a whole other one may have run in it. Then what it
 * released stays: ours is stopped with rollback while production is not on it. Else the lane is made sure to run its
 * tasks. Changes AWS.
 * @returns whether the lane was left to somebody else; `progress` has ended then
 */
export async function yieldIfTaken({ lane, primaryId, id, own, world, progress }: Question): Promise<boolean> {
  try {
    const { service, occupant } = await lookAgain(lane, world)
    const wasTaken = service.primary.id !== primaryId && service.primary.deploymentId !== id
    if (!wasTaken || occupant?.id !== id || occupant.stage !== 'unshifted') {
      // A sweep that looked before there was a deployment may have let it run none. One that looks from now on sees it.
      await runTasks(lane, world)
      return false
    }
    world.log.line(`Lane ${lane.name} was released by somebody else right before; leaving it to them.`)
    const room = settlingRoom({ ...lane, service }, own, world)
    if (!(await freeGroup(room, occupant, false, world, progress))) return true
    const sentence = `Lane ${lane.name} was taken by somebody else right before, so deployment ${id} was stopped with rollback.`
    progress.end('refused', { problems: [{ reason: 'busy', sentence }] })
    return true
  } catch (error) {
    const [problem] = problemsIn(error)
    progress.warn(`Whether the lane was free until now could not be seen: ${problem?.sentence}`)
    return false
  }
}
