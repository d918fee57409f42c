import { revisionName } from '../aws/arn.ts'
import { CallError } from '../aws/attempts.ts'
import { describeService, type Ecs } from '../aws/ecs.ts'
import { describeServiceDeployment } from '../aws/service-deployments.ts'
import { shareByPrimary, taskSetsWithoutTarget } from '../code-deploy/code-deploy-snapshot.ts'
import { readSnapshot as readEcsSnapshot } from '../ecs-native/ecs-snapshot.ts'
import { deploymentArn } from '../ecs-native/ids.ts'
import { readNewerShares } from '../ecs-native/newer-shares.ts'
import { hasEnded, isCurrent, replacementTraffic, type Snapshot } from '../follow/snapshot.ts'
import type { Production } from '../release-state.ts'
import { originalTaskSetOf, type ResolvedService, readTaskSet } from '../service/service.ts'
import { momentOf } from '../time/clock.ts'
import { within } from '../time/race.ts'

/** Which revisions the two sides of a deployment run. */
export interface Sides {
  deploymentId: string
  original: string
  /** Undefined when there is no replacement yet. */
  replacement: string | undefined
}

/**
 * Looks what serves production: by the weights of the deployment when they have just been read, else by ECS, which tells the
 * shares except during a shift, else as it was last seen.
 * @param snapshot the newest reading, of whichever of the two deployments moved traffic last
 * @param mayHaveMoved traffic may have moved since, however new the reading is
 * @param withinMs how long asking ECS may take; undefined when there is time
 */
export async function readProduction(
  aws: Ecs,
  service: ResolvedService,
  sides: Sides,
  snapshot: Snapshot | undefined,
  { mayHaveMoved, withinMs }: { mayHaveMoved: boolean; withinMs: number | undefined },
): Promise<Production> {
  const readAt = snapshot?.trafficReadAt
  const percent = replacementTraffic(snapshot)
  const isKnown = percent !== undefined && readAt !== undefined
  const seen = {
    percent,
    revisions: productionByWeight(sides, snapshot),
    readAtMs: readAt?.atMs ?? 0,
    primary: undefined,
  }
  const isNow = isKnown && !mayHaveMoved && isCurrent(readAt, momentOf(aws.clock))
  const isOver = service.controller === 'ECS' && snapshot !== undefined && hasEnded(snapshot)
  if (isNow && !isOver) return { ...seen, isOutdated: false }

  const asked = isOver
    ? readAfterEnd(aws, service, sides, snapshot, isNow ? seen : undefined)
    : service.controller === 'ECS'
      ? readFromDeployment(aws, service, sides)
      : readFromEcs(aws, service, sides)
  const now =
    (withinMs === undefined ? await asked : await within(aws.clock, withinMs, async () => await asked)) ?? NOTHING_SEEN
  if (now.percent !== undefined) return { ...now, isOutdated: false }
  return isKnown ? { ...seen, primary: now.primary, isOutdated: true } : { ...now, isOutdated: true }
}

const NOTHING_SEEN = { percent: undefined, revisions: [], readAtMs: 0, primary: undefined }

async function readFromEcs(aws: Ecs, service: ResolvedService, sides: Sides): Promise<Omit<Production, 'isOutdated'>> {
  try {
    const answer = await describeService(aws, service.clusterName, service.arn)
    const readAtMs = aws.clock.now()
    const known = (answer.service?.taskSets ?? []).map(readTaskSet)
    const primary = known.find(({ status }) => status === 'PRIMARY')
    if (primary === undefined) return NOTHING_SEEN
    const name = revisionName(primary.taskDefinitionArn)
    const percent = shareByPrimary(
      taskSetsWithoutTarget(known, sides.deploymentId, originalTaskSetOf(service, sides.deploymentId)),
    )
    if (percent === undefined) return { ...NOTHING_SEEN, primary: { name, readAtMs } }
    return { percent, revisions: [{ name, percent: 100 }], readAtMs, primary: undefined }
  } catch (error) {
    if (!(error instanceof CallError)) throw error
    return NOTHING_SEEN
  }
}

/** Shares of production by the weights of the deployment, which its rollback has changed too. */
async function readFromDeployment(
  aws: Ecs,
  service: ResolvedService,
  sides: Sides,
): Promise<Omit<Production, 'isOutdated'>> {
  try {
    const deployment = await describeServiceDeployment(aws, deploymentArn(service, sides.deploymentId))
    const readAt = momentOf(aws.clock)
    const snapshot = readEcsSnapshot({ deploymentId: sides.deploymentId, deployment, readAt }, undefined)
    const revisions = productionByWeight(sides, snapshot)
    return { percent: replacementTraffic(snapshot), revisions, readAtMs: readAt.atMs, primary: undefined }
  } catch (error) {
    if (!(error instanceof CallError)) throw error
    return NOTHING_SEEN
  }
}

/**
 * What a deployment of ECS left, unless a newer one has taken over since.
 * @param seen what has just been read of it; undefined when that is to be read again
 */
async function readAfterEnd(
  aws: Ecs,
  service: ResolvedService,
  sides: Sides,
  { taskSets }: Snapshot,
  seen: Omit<Production, 'isOutdated'> | undefined,
): Promise<Omit<Production, 'isOutdated'>> {
  try {
    const known = taskSets.map(({ id }) => id)
    const newer = await readNewerShares(aws, service, sides.deploymentId, known)
    if (newer === 'none') return seen ?? (await readFromDeployment(aws, service, sides))
    if (newer === 'unseen') return NOTHING_SEEN
    const replacement = taskSets.find(({ role }) => role === 'replacement')?.id
    const percent = newer.find(({ id }) => id === replacement)?.percent ?? 0
    const shares = newer.map((share) => ({ name: revisionName(share.taskDefinitionArn), percent: share.percent }))
    return { percent, revisions: byName(shares), readAtMs: aws.clock.now(), primary: undefined }
  } catch (error) {
    if (!(error instanceof CallError)) throw error
    return NOTHING_SEEN
  }
}

/** Shares of production by the weights of a reading; both sides may run the same revision. */
function productionByWeight(sides: Sides, snapshot: Snapshot | undefined): Production['revisions'] {
  return byName(
    (snapshot?.taskSets ?? []).flatMap(({ role, trafficPercent: percent, state }) => {
      const arn = role === 'original' ? sides.original : sides.replacement
      if (arn === undefined || percent === undefined || percent === 0 || state === 'draining') return []
      return [{ name: revisionName(arn), percent }]
    }),
  )
}

/** The shares of each revision together, the largest first. */
function byName(shares: Production['revisions']): Production['revisions'] {
  const sums = new Map<string, number>()
  for (const { name, percent } of shares) sums.set(name, (sums.get(name) ?? 0) + percent)
  return [...sums].map(([name, percent]) => ({ name, percent })).sort((left, right) => right.percent - left.percent)
}
