import type { Inputs } from '../inputs/inputs.ts'
import { Progress } from '../release/progress.ts'
import type { ReleaseWorld } from '../release/release-world.ts'
import type { Release } from '../release-state.ts'
import { FREED, TAKEN_BY_OTHERS } from '../report/previews.ts'
import type { Marker } from '../workflow-run/marker.ts'
import { freeLane } from './free.ts'
import { freedLane } from './freed-lane.ts'
import { isHeldBy } from './holder.ts'
import type { Lane } from './lane.ts'
import { departures } from './why-unneeded.ts'
import { laneReadings } from './words.ts'

/** Lanes that are to be freed, and of whom. */
interface Departure {
  lane: Lane
  /** Undefined: of nobody. */
  whose: Marker | undefined
  why: string
}

/** Frees every lane that runs tasks although nobody holds it, or whose pull request no longer needs it. Changes AWS. */
export async function sweep(
  lanes: readonly Lane[],
  inputs: Inputs,
  own: Marker,
  world: ReleaseWorld,
): Promise<Release> {
  const leaving = departures(own, inputs.previewIdleMs, world)
  const found: Departure[] = []
  for (const lane of lanes) {
    const { holder, service } = lane
    if (holder === undefined && service.desiredCount > 0 && service.primary.deploymentId === undefined) {
      // A run that was lost right after it had taken the lane has left it so.
      found.push({ lane, whose: undefined, why: 'it ran tasks for nobody' })
    }
    if (holder?.marker === undefined || holder.runsNothing) continue
    const standing = await leaving.whyUnneeded(holder, lanes)
    if (typeof standing === 'object') found.push({ lane, whose: holder.marker, why: standing.gone })
  }
  return await freeAll(found, lanes, { task: 'sweep', pullRequest: '' }, inputs, world)
}

/** Frees the lanes of a pull request that was closed. Changes AWS. */
export async function freeOwn(
  lanes: readonly Lane[],
  inputs: Inputs,
  own: Marker,
  world: ReleaseWorld,
): Promise<Release> {
  const { pullRequest } = own
  if ((await world.isPullRequestClosed(pullRequest)) === false) {
    world.log.line(`Pull request ${pullRequest} is open again, so its lane is kept.`)
    return await freeAll([], lanes, { task: 'free', pullRequest }, inputs, world)
  }
  const why = `pull request ${pullRequest} is closed`
  const found = lanes
    .filter(({ holder }) => isHeldBy(holder, own) && holder?.runsNothing === false)
    .map((lane) => ({ lane, whose: own, why }))
  return await freeAll(found, lanes, { task: 'free', pullRequest }, inputs, world)
}

async function freeAll(
  found: readonly Departure[],
  lanes: readonly Lane[],
  preview: { task: 'free' | 'sweep'; pullRequest: string },
  inputs: Inputs,
  world: ReleaseWorld,
): Promise<Release> {
  const progress = Progress.begin(inputs, world)
  const became = new Map<string, string>()
  const nowMs = world.clock.now()
  const tell = () =>
    progress.learn({ preview: { ...preview, taking: undefined, lanes: laneReadings(lanes, nowMs, became) } })
  tell()
  const stuck: Release[] = []
  const others = lanes.filter((lane) => !found.some((one) => one.lane === lane))
  for (const { lane, whose, why } of found) {
    if (world.signal.aborted) return progress.end('cancelled')
    world.log.line(`Lane ${lane.name} is freed: ${why}.`)
    const aside = Progress.begin(lane.inputs, { ...world, onRelease: () => {} })
    const freeing = await freeLane(lane, whose, world, aside)
    became.set(lane.name, { freed: `${FREED}${why}`, 'of-others': TAKEN_BY_OTHERS, stuck: 'not freed' }[freeing])
    if (freeing === 'stuck') stuck.push(aside.release)
    const freed = freeing === 'freed' ? freedLane(lane, lane.holder, why, others) : undefined
    if (freed !== undefined) world.onLaneFreed(freed)
    tell()
  }
  if (stuck.length > 0) {
    const wasCancelled = stuck.some(({ status }) => status === 'cancelled')
    return progress.end(wasCancelled ? 'cancelled' : 'refused', { problems: stuck.flatMap(({ problems }) => problems) })
  }
  return progress.end([...became.values()].some((end) => end.startsWith(FREED)) ? 'succeeded' : 'unchanged')
}
