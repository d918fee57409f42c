import { describeService } from '../aws/ecs.ts'
import { findOccupant } from '../group/find-occupant.ts'
import type { Occupant } from '../group/occupant.ts'
import type { Inputs, ParsedInputs } from '../inputs/inputs.ts'
import { clusterOf } from '../inputs/parse-inputs.ts'
import type { Findings } from '../plan/findings.ts'
import type { Identity } from '../plan/identity.ts'
import { findPlace } from '../plan/place.ts'
import { type Problem, RefusedError } from '../problem.ts'
import type { DeploymentGroup } from '../service/deployment-group.ts'
import { readMaker } from '../service/find-group.ts'
import type { Maker } from '../service/maker.ts'
import { type ResolvedService, resolveService } from '../service/service.ts'
import type { World } from '../world.ts'
import { type Holder, holderOf } from './holder.ts'
import { problemsIn } from './problems.ts'
import { laneProblems, readTags } from './tags.ts'

/** Where a lane is. */
export interface LanePlace {
  /** Name or ARN. */
  cluster: string
  /** Name of the service. */
  name: string
  group: DeploymentGroup
  /** How many tasks it runs while somebody has it. */
  desiredCount: number
}

/** A service made for previews, as it was when it was looked at. */
export interface Lane extends LanePlace, Occupation {
  url: string
  /** What a release to it takes. */
  inputs: Inputs
}

/** What is in a lane. */
export interface Occupation {
  service: ResolvedService
  /** The deployment that is under way in it. */
  occupant: Occupant | undefined
  /** Undefined: it is free. */
  holder: Holder | undefined
}

/**
 * Every lane with who has it, with reads only; undefined with problems added. A service that is not tagged as a lane is a
 * problem: no other is ever claimed, stopped or scaled to nothing.
 */
export async function readLanes(
  { inputs, ...rest }: ParsedInputs,
  world: World,
  identity: Promise<Identity>,
  findings: Findings,
): Promise<Lane[] | undefined> {
  const lanes = await Promise.all(
    inputsOfLanes(inputs).map((laneInputs) => readLane({ ...rest, inputs: laneInputs }, world, identity, findings)),
  )
  const found = lanes.filter((lane) => lane !== undefined)
  return found.length === lanes.length ? found : undefined
}

/** What a release to each of the lanes takes. */
export function inputsOfLanes(inputs: Inputs): Inputs[] {
  return inputs.previewServices.map(({ service, url }) => {
    const cluster = clusterOf(inputs.cluster, service)
    return { ...inputs, service, cluster, testUrl: url, onActiveDeployment: 'replace' }
  })
}

/**
 * How the lane is now.
 * @throws CallError
 * @throws RefusedError when the service is not there any more, or is a lane no longer
 */
export async function lookAgain<At extends LanePlace>(lane: At, world: World): Promise<At & Occupation> {
  const service = await laneService(lane, world)
  return { ...lane, service, ...(await readHolder(service, lane.group, world)) }
}

/** How those of the lanes are now that still are lanes. @throws CallError @throws RefusedError as `lookAgain` */
export async function lookAtLanes(lanes: readonly Lane[], world: World): Promise<Lane[]> {
  const seen = await Promise.all(lanes.map(async (lane) => ({ lane, service: await serviceNow(lane, world) })))
  const still = seen.filter(({ service }) => laneProblems(service).length === 0)
  return await Promise.all(
    still.map(async ({ lane, service }) => ({ ...lane, service, ...(await readHolder(service, lane.group, world)) })),
  )
}

/**
 * The service of a lane, read right before it is changed: a tag that was taken off meanwhile means that it is somebody's
 * by now.
 * @throws CallError
 * @throws RefusedError when it is not there any more, or is a lane no longer
 */
export async function laneService(lane: LanePlace, world: World): Promise<ResolvedService> {
  const service = await serviceNow(lane, world)
  const problems = laneProblems(service)
  if (problems.length > 0) throw new RefusedError(problems)
  return service
}

/** Why a lane may not be changed after all. */
export async function objectionTo(lane: LanePlace, world: World): Promise<Problem | undefined> {
  try {
    await laneService(lane, world)
    return undefined
  } catch (error) {
    return problemsIn(error)[0]
  }
}

/** The service, whether or not it still is a lane. @throws CallError @throws RefusedError when it is not there any more */
export async function serviceNow({ cluster, name }: LanePlace, world: World): Promise<ResolvedService> {
  const { service, problems } = resolveService(cluster, name, await describeService(world, cluster, name, ['TAGS']))
  if (service === undefined) throw new RefusedError(problems)
  return service
}

async function readLane(
  parsed: ParsedInputs,
  world: World,
  identity: Promise<Identity>,
  findings: Findings,
): Promise<Lane | undefined> {
  const { service, group } = await findPlace(parsed, world, identity, findings)
  if (service === undefined) return undefined
  const { problems, desiredCount } = readTags(service)
  findings.add(...problems)
  if (group === undefined || problems.length > 0) return undefined
  const held = await findings.answerOf(readHolder(service, group, world))
  if (held === undefined) return undefined
  const { cluster, testUrl: url = '' } = parsed.inputs
  return { cluster, name: service.name, group, desiredCount, url, inputs: parsed.inputs, service, ...held }
}

export async function readHolder(
  service: ResolvedService,
  group: DeploymentGroup,
  world: World,
): Promise<Pick<Occupation, 'occupant' | 'holder'>> {
  const suspects = [group.lastDeployment?.id, service.primary.deploymentId].filter((id) => id !== undefined)
  const facts = { service, group, autoPromote: false, suspects, stopped: new Set<string>(), onListDenied: () => {} }
  const [occupant, maker] = await Promise.all<[Promise<Occupant | undefined>, Promise<Maker | undefined>]>([
    findOccupant(world, facts),
    readMaker(world, service),
  ])
  return { occupant, holder: holderOf(service, occupant, maker) }
}
