import type { DeploymentInfo } from '@aws-sdk/client-codedeploy'
import { describeService } from '../aws/ecs.ts'
import { type Problem, RefusedError } from '../errors.ts'
import { findOccupant, type Occupant } from '../group/occupant.ts'
import { clusterOf, type Inputs, type ParsedInputs } from '../inputs/inputs.ts'
import { findPlace } from '../plan/attach.ts'
import type { Findings } from '../plan/findings.ts'
import type { Identity } from '../plan/identity.ts'
import type { DeploymentGroup } from '../service/deployment-group.ts'
import { readMaker } from '../service/find-group.ts'
import { type ResolvedService, resolveService } from '../service/service.ts'
import { inSentence } from '../untrusted.ts'
import type { World } from '../world.ts'
import { type Holder, holderOf } from './holder.ts'

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

const LANE_TAG = 'preview-lane'
const COUNT_TAG = 'preview-desired-count'

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

/** How the lane is now. @throws CallError @throws RefusedError when the service is not there any more */
export async function lookAgain<At extends LanePlace>(lane: At, world: World): Promise<At & Occupation> {
  const { cluster, name, group } = lane
  const { service, problems } = resolveService(cluster, name, await describeService(world, cluster, name))
  if (service === undefined) throw new RefusedError(problems)
  return { ...lane, service, ...(await readHolder(service, group, world)) }
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

async function readHolder(
  service: ResolvedService,
  group: DeploymentGroup,
  world: World,
): Promise<Pick<Occupation, 'occupant' | 'holder'>> {
  const suspects = [group.lastDeployment?.id, service.primary.deploymentId].filter((id) => id !== undefined)
  const facts = { service, group, autoPromote: false, suspects, stopped: new Set<string>(), onListDenied: () => {} }
  const [occupant, maker] = await Promise.all<[Promise<Occupant | undefined>, Promise<DeploymentInfo | undefined>]>([
    findOccupant(world, facts),
    readMaker(world, service),
  ])
  return { occupant, holder: holderOf(service, occupant, maker) }
}

function readTags({ name, clusterName, tags }: ResolvedService): { problems: Problem[]; desiredCount: number } {
  if (tags[LANE_TAG] !== 'true') {
    const sentence = `Service '${clusterName}/${name}' is not a lane for previews: it has no tag '${LANE_TAG}' with the value 'true', so nothing of it is touched. Check 'preview-services'.`
    return { problems: [{ reason: 'not-a-lane', sentence }], desiredCount: 0 }
  }
  const count = tags[COUNT_TAG] ?? '1'
  if (/^[1-9]\d{0,3}$/.test(count)) return { problems: [], desiredCount: Number(count) }
  const sentence = `Tag '${COUNT_TAG}' of service '${clusterName}/${name}' must be a whole number from 1 to 9999; it is '${inSentence(count, 60)}'.`
  return { problems: [{ reason: 'not-a-lane', sentence }], desiredCount: 0 }
}
