import type { Problem } from '../problem.ts'
import { Progress } from '../release/progress.ts'
import type { ReleaseWorld } from '../release/release-world.ts'
import { mayHaveStarted, type Release } from '../release-state.ts'
import { FREED, TAKEN_BY_OTHERS } from '../report/previews.ts'
import type { Marker } from '../workflow-run/marker.ts'
import type { World } from '../world.ts'
import { type Freeing, freeLane } from './free.ts'
import { freedLane } from './freed-lane.ts'
import { isHeldBy, isLater } from './holder.ts'
import { type Lane, type LanePlace, lookAgain, lookAtLanes } from './lane.ts'
import { problemsIn } from './problems.ts'
import { runNothing, runTasks } from './tasks.ts'

/**
 * What is left to do for a lane once the release to it has ended: one that was taken for nothing is given back, one that
 * serves the pull request runs its tasks, and a pull request that was closed or put on another lane meanwhile has none
 * here. What cannot be done is left to the sweep. Changes AWS.
 * @param lanes all of them
 */
export async function tidyUp(
  ended: Release,
  lanes: readonly Lane[],
  own: Marker,
  world: ReleaseWorld,
): Promise<Release> {
  const progress = new Progress(ended, world)
  try {
    if (ended.status !== 'succeeded') {
      const { preview } = ended
      const isBack = (await giveBack(ended, world)) && preview !== undefined
      return isBack ? progress.learn({ preview: { ...preview, taking: undefined } }) : ended
    }
    const now = await lookAtLanes(lanes, world)
    const lane = now.find(({ service }) => service.arn === ended.service?.arn)
    if (lane === undefined || world.signal.aborted) return ended
    if ((await world.isPullRequestClosed(own.pullRequest)) === true) return await leave(lane, own, world, progress)
    return await keepOne(lane, now, own, world, progress)
  } catch (error) {
    const [problem] = problemsIn(error)
    progress.warn(`Whether the lane is as it should be could not be seen: ${problem?.sentence}`)
    return progress.release
  }
}

/** The same when the step that took the lane is gone; what cannot be done is left to the sweep. Changes AWS. */
export async function giveBackLane(ended: Release, world: World): Promise<void> {
  try {
    if (ended.status !== 'succeeded') await giveBack(ended, world)
  } catch (error) {
    const [problem] = problemsIn(error)
    world.log.line(`Whether the lane is free again could not be seen: ${problem?.sentence}`)
  }
}

/**
 * A lane that was taken for a release that came to nothing runs no tasks again. One that showed another pull request
 * shows it still: whether that one needs it is for the sweep to say. Changes AWS.
 * @returns whether nothing is left to do
 * @throws CallError
 */
async function giveBack(ended: Release, world: World): Promise<boolean> {
  const { preview, group, deploymentId, settlement } = ended
  const taking = preview?.taking
  if (taking === undefined || taking.ranBefore > 0 || group === undefined) return true
  if (mayHaveStarted(ended)) return false
  const isSettled = deploymentId === undefined || (settlement !== undefined && settlement.cutShort === undefined)
  const place: LanePlace = { ...taking, group }
  const { service, ...now } = await lookAgain(place, world)
  const isAsBefore = service.primary.id === taking.primaryId && now.occupant === undefined
  if (!isSettled) return false
  if (!isAsBefore || service.desiredCount === 0) return true
  await runNothing({ ...place, service }, world)
  world.log.line(`Lane ${taking.name} is free again: it runs no tasks any more.`)
  return true
}

const LEFT: Record<Freeing, string> = {
  freed: 'the lane was freed again',
  'of-others': 'somebody else has taken the lane since',
  stuck: 'the lane is left to the sweep',
}

/** The pull request was closed while its preview was being made, too early for the run of that event to see it. */
async function leave(lane: Lane, own: Marker, world: ReleaseWorld, progress: Progress): Promise<Release> {
  const freeing = await freeQuietly(lane, own, `pull request ${own.pullRequest} is closed`, world)
  progress.warn(`Pull request ${own.pullRequest} was closed meanwhile; ${LEFT[freeing]}.`)
  const { preview } = progress.release
  if (freeing === 'stuck' || preview === undefined) return progress.release
  const became = freeing === 'freed' ? `${FREED}pull request ${own.pullRequest} is closed` : TAKEN_BY_OTHERS
  const lanes = preview.lanes.map((one) => (one.name === lane.name ? { ...one, became } : one))
  progress.learn({ preview: { ...preview, lanes }, testUrl: undefined, production: undefined })
  return progress.release
}

/**
 * Two runs for one pull request may have taken a lane each: the later run keeps its own. Of one run the lane that is
 * listed first. Both sides come to the same.
 */
async function keepOne(
  lane: Lane,
  now: readonly Lane[],
  own: Marker,
  world: ReleaseWorld,
  progress: Progress,
): Promise<Release> {
  for (const other of now) {
    const marker = other.holder?.marker
    if (other === lane || marker === undefined || !isHeldBy(other.holder, own)) continue
    const isOlder = isLater(own, marker) || (!isLater(marker, own) && now.indexOf(lane) < now.indexOf(other))
    if (!isOlder) {
      await freeQuietly(lane, own, 'a newer run took another lane', world)
      return progress.end('refused', { problems: [otherLaneProblem(lane, other, own)], testUrl: undefined })
    }
    if ((await freeQuietly(other, own, `it is on lane ${lane.name} now`, world)) === 'freed') {
      progress.warn(`An older run had put pull request ${own.pullRequest} on lane ${other.name}, which was freed.`)
    }
  }
  await runTasks(lane, world)
  return progress.release
}

function otherLaneProblem(lane: Lane, other: Lane, { pullRequest }: Marker): Problem {
  const sentence = `A newer run has put pull request ${pullRequest} on lane ${other.name} (${other.url}), so lane ${lane.name}, which this run had taken, was freed again.`
  return { reason: 'older-run', sentence }
}

/** What stands in the way is no verdict on the release. */
async function freeQuietly(lane: Lane, own: Marker, why: string, world: ReleaseWorld): Promise<Freeing> {
  const aside = Progress.begin(lane.inputs, { ...world, onRelease: () => {} })
  const freeing = await freeLane(lane, own, world, aside)
  const freed = freeing === 'freed' ? freedLane(lane, lane.holder, why, []) : undefined
  if (freed !== undefined) world.onLaneFreed(freed)
  return freeing
}
