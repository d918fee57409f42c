import { readShipped } from '../app-spec/shipped.ts'
import { CallError } from '../aws/attempts.ts'
import { getAppSpec, getDeployment, listSucceededDeployments } from '../aws/code-deploy.ts'
import { describeTaskDefinition } from '../aws/ecs.ts'
import type { Problem } from '../errors.ts'
import { parseMarker } from '../marker.ts'
import type { World } from '../world.ts'
import type { Place } from './attach.ts'
import type { Findings } from './findings.ts'

/** A deployment that succeeded, some time ago. */
export interface PastDeployment {
  id: string
  /** Milliseconds since 1970. */
  createdAtMs: number
  /** ARN of the revision it shipped, or `family:revision`; undefined when that could not be seen. */
  taskDefinitionArn: string | undefined
  /** It went back to what was before, by CodeDeploy or by this action. */
  isRollback: boolean
}

/** How many deployments are looked at, newest first: each takes two reads. */
const MAX_LOOKED_AT = 100

/** So many at a time: whoever goes back is in a hurry, and AWS limits requests. */
const AT_ONCE = 8

/**
 * The deployments to whose revision production can go back, the best first: succeeded, no rollbacks, and older than the
 * first that shipped what serves now. A rollback therefore never leads back to what it took away, and from a revision
 * that only rollbacks are known to have shipped there is no way back: when it first served cannot be seen.
 */
export function earlierThan(primaryArn: string, past: readonly PastDeployment[]): PastDeployment[] {
  const newestFirst = past.toSorted((left, right) => right.createdAtMs - left.createdAtMs)
  const first = newestFirst.findLast(({ taskDefinitionArn: arn }) => arn !== undefined && isSame(arn, primaryArn))
  if (first === undefined || first.isRollback) return []
  return newestFirst.filter(({ isRollback, createdAtMs }) => !isRollback && createdAtMs < first.createdAtMs)
}

/** An AppSpec that others wrote may name `family:revision` alone. */
function isSame(shipped: string, arn: string): boolean {
  return shipped === arn || arn.endsWith(`/${shipped}`)
}

/** The revision to go back to: the best whose revision is ACTIVE. Undefined with problems added. */
export async function findRollbackTarget(
  { service, group }: Place,
  world: World,
  findings: Findings,
): Promise<string | undefined> {
  const primaryArn = service.primary.taskDefinitionArn
  const past = await findings.answerOf(readPast(world, { service, group }))
  if (past === undefined) return undefined
  for (const { taskDefinitionArn } of earlierThan(primaryArn, past)) {
    if (taskDefinitionArn === undefined) continue
    const described = await findings.answerOf(describeTaskDefinition(world, taskDefinitionArn), ({ kind }) =>
      kind === 'answered' ? 'ignore' : undefined,
    )
    if (described?.isActive === true) return described.arn
    if (findings.problems.length > 0) return undefined
  }
  const nothing: Problem = {
    reason: 'not-found',
    sentence: `There is nothing to go back to: no deployment of group '${group.name}' succeeded before the one that first shipped what serves now, with a revision that is still ACTIVE. Name the revision with 'task-definition'.`,
  }
  findings.add(nothing)
  return undefined
}

/** Those that succeeded, and the one that made what serves, which may not have ended yet. @throws CallError */
async function readPast(world: World, place: Pick<Place, 'service' | 'group'>): Promise<PastDeployment[]> {
  const { service, group } = place
  const succeeded = (await listSucceededDeployments(world, group.application, group.name)).slice(0, MAX_LOOKED_AT)
  const ids = [...new Set([...succeeded, service.primary.deploymentId].filter((one) => one !== undefined))]
  const past: PastDeployment[] = []
  while (ids.length > 0) {
    const some = ids.splice(0, AT_ONCE).map((id) => readOne(world, place, id))
    past.push(...(await Promise.all(some)))
  }
  return past
}

async function readOne(
  world: World,
  { service, group }: Pick<Place, 'service' | 'group'>,
  id: string,
): Promise<PastDeployment> {
  const { createTime, creator, rollbackInfo, description, revision } = await getDeployment(world, id)
  const madePrimary = id === service.primary.deploymentId
  const sha256 = revision?.appSpecContent?.sha256
  const content = madePrimary ? undefined : await readAppSpec(world, group.application, sha256)
  const shipped = content === undefined ? undefined : readShipped(content).taskDefinition
  return {
    id,
    createdAtMs: createTime?.getTime() ?? 0,
    taskDefinitionArn: madePrimary ? service.primary.taskDefinitionArn : shipped,
    isRollback:
      creator === 'codeDeployRollback' ||
      rollbackInfo?.rollbackTriggeringDeploymentId !== undefined ||
      parseMarker(description)?.operation === 'rollback',
  }
}

/** Undefined when there is none: of a deployment that was made some other way, or that is too long ago. @throws CallError */
async function readAppSpec(world: World, application: string, sha256: string | undefined): Promise<string | undefined> {
  if (sha256 === undefined) return undefined
  try {
    return await getAppSpec(world, application, sha256)
  } catch (error) {
    if (error instanceof CallError && error.serviceError.kind === 'answered') return undefined
    throw error
  }
}
