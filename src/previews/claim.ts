import type { ParsedInputs } from '../inputs/inputs.ts'
import type { Problem } from '../problem.ts'
import { Progress } from '../release/progress.ts'
import { release } from '../release/release.ts'
import type { ReleaseWorld } from '../release/release-world.ts'
import type { Release } from '../release-state.ts'
import { TAKEN } from '../report/previews.ts'
import { inSentence } from '../text/untrusted.ts'
import type { Marker } from '../workflow-run/marker.ts'
import { freedLane } from './freed-lane.ts'
import { isHeldBy } from './holder.ts'
import { type Lane, lookAgain, lookAtLanes, objectionTo } from './lane.ts'
import { candidateFor, type LaneChoice } from './lane-choice.ts'
import { problemsIn } from './problems.ts'
import { runTasks } from './tasks.ts'
import { tidyUp } from './tidy-up.ts'
import { departures } from './why-unneeded.ts'
import { describeHolder, laneReadings } from './words.ts'
import { yieldIfTaken } from './yield-if-taken.ts'

/** Whose preview is to be put on a lane. */
export interface Claim {
  parsed: ParsedInputs
  own: Marker
  world: ReleaseWorld
}

/**
 * Puts a pull request on its own lane, else on a free one, else on one whose pull request no longer needs it. CodeDeploy's
 * one deployment for each group is the lock: when somebody else gets a lane first, all are looked at again. With none to
 * have the input `on-no-lane` says whether that is a failure. Changes AWS.
 * @param first the lanes as they were looked at
 */
export async function claim(claiming: Claim, first: readonly Lane[]): Promise<Release> {
  const { parsed, own, world } = claiming
  const leaving = departures(own, parsed.inputs.previewIdleMs, world)
  const taken = new Set<string>()
  for (let lanes = first; ; ) {
    const candidate = await candidateFor(lanes, own, taken, leaving)
    if (candidate === undefined) {
      const status = parsed.inputs.onNoLane === 'fail' ? 'refused' : 'unchanged'
      return end(status, claiming, lanes, [noLaneProblem(lanes, own, world.clock.now())])
    }
    world.log.line(candidateLine(candidate, own))
    const ended = await releaseTo(candidate, lanes, claiming)
    const wasTaken = ended.status === 'refused' && ended.problems[0]?.reason === 'busy' && !world.signal.aborted
    if (!wasTaken) return ended
    const { name } = candidate.lane
    try {
      lanes = await lookAtLanes(lanes, world)
    } catch (error) {
      return end('refused', claiming, lanes, problemsIn(error))
    }
    if (lanes.some((lane) => lane.name === name && isHeldBy(lane.holder, own))) return ended
    taken.add(name)
    world.log.line(`Lane ${name} was taken first by somebody else; looking at the lanes again.`)
  }
}

/** An ordinary release to the lane, which runs its tasks from right before the deployment is created. Changes AWS. */
async function releaseTo(
  candidate: LaneChoice,
  lanes: readonly Lane[],
  { parsed, own, world }: Claim,
): Promise<Release> {
  const { lane } = candidate
  const { cluster, name, desiredCount } = lane
  const preview = {
    task: 'claim',
    pullRequest: own.pullRequest,
    taking: undefined,
    lanes: laneReadings(lanes, world.clock.now(), new Map([[name, TAKEN]])),
  } as const
  let primaryId = lane.service.primary.id
  let ranBefore: number | undefined
  async function beforeWrites(progress: Progress): Promise<Problem | undefined> {
    try {
      const now = await lookAtLanes(lanes, world)
      const problem = whyNotNow(candidate, now, own, world.clock.now())
      if (problem !== undefined) return problem
      const asNow = now.find((one) => one.name === name) ?? (await lookAgain(lane, world))
      primaryId = asNow.service.primary.id
      // From the first look on it runs what this run asked for.
      ranBefore ??= asNow.service.desiredCount
      // Nothing is taken for a run that is cancelled, which its start notices next.
      if (world.signal.aborted) return undefined
      const isOwn = isHeldBy(asNow.holder, own)
      const taking = isOwn ? undefined : { cluster, name, desiredCount, primaryId, ranBefore }
      progress.learn({ preview: { ...preview, taking } })
      await runTasks(asNow, world)
      return undefined
    } catch (error) {
      return problemsIn(error)[0]
    }
  }
  const terms = {
    preview,
    objection: () => objectionTo(lane, world),
    beforeWrites,
    afterStart: async (id: string, progress: Progress) =>
      !(await yieldIfTaken({ lane, primaryId, id, own, world, progress })),
  }
  const ended = await release({ ...parsed, inputs: lane.inputs }, world, terms)
  const tidied = await tidyUp(ended, lanes, own, world)
  const before = lane.holder?.runsNothing === true ? undefined : lane.holder
  const freed = freedLane(lane, before, candidate.whyGone ?? 'a later release took its place', lanes)
  const { status, adopted } = tidied
  if (status === 'succeeded' && adopted === undefined && freed !== undefined) world.onLaneFreed(freed)
  return tidied
}

/** Whose the lane is, read right before it is taken. */
function whyNotNow({ lane }: LaneChoice, now: readonly Lane[], own: Marker, nowMs: number): Problem | undefined {
  const holder = now.find(({ name }) => name === lane.name)?.holder
  if (isHeldBy(holder, own)) return undefined
  const elsewhere = now.find((other) => isHeldBy(other.holder, own))
  if (elsewhere !== undefined) {
    const sentence = `Another run has put pull request ${own.pullRequest} on lane ${elsewhere.name} meanwhile.`
    return { reason: 'busy', sentence }
  }
  const isAsBefore = holder === undefined || holder.deploymentId === lane.holder?.deploymentId
  if (isAsBefore && holder?.isDeploying !== true) return undefined
  return { reason: 'busy', sentence: `Lane ${lane.name} was taken meanwhile: ${describeHolder(holder, nowMs)}.` }
}

function end(
  status: 'refused' | 'unchanged',
  { parsed, own, world }: Claim,
  lanes: readonly Lane[],
  problems: readonly Problem[],
): Release {
  const progress = Progress.begin(parsed.inputs, world)
  const readings = laneReadings(lanes, world.clock.now())
  const preview = { task: 'claim', pullRequest: own.pullRequest, taking: undefined, lanes: readings } as const
  return progress.end(status, { problems, preview })
}

function candidateLine({ lane, isNew, whyGone }: LaneChoice, own: Marker): string {
  const whose = `pull request ${own.pullRequest}`
  if (!isNew) return `Lane ${lane.name} is of ${whose} already; it is released again.`
  return `Lane ${lane.name} is taken for ${whose}: ${whyGone ?? 'it is free'}.`
}

function noLaneProblem(lanes: readonly Lane[], own: Marker, nowMs: number): Problem {
  const holders = lanes.map(({ name, holder }) => `${name}: ${describeHolder(holder, nowMs)}`).join('; ')
  return {
    reason: 'no-lane',
    sentence: `No lane is free for pull request ${own.pullRequest}. ${inSentence(holders, 2_000)}. Close one of these pull requests, wait until one is closed or idle ('preview-hours'), or add a lane to 'preview-services'; the next push, or running this job again, looks again.`,
  }
}
