import type { ServiceDeploymentBrief } from '@aws-sdk/client-ecs'
import { describeTaskDefinition, type Ecs } from '../aws/ecs.ts'
import { describeServiceRevisions, listServiceDeployments } from '../aws/service-deployments.ts'
import { describeServiceError } from '../aws/service-error.ts'
import { idOf } from '../ecs-native/ids.ts'
import type { ResolvedService } from '../service/service.ts'
import type { World } from '../world.ts'
import type { Findings } from './findings.ts'
import type { Place } from './place.ts'
import { JUST_NOW_MS, type RecentRollback } from './recent-rollback.ts'
import { earlierThan, type PastDeployment, type RollbackTarget } from './rollback-target.ts'

/** How many deployments are looked at, newest first. ECS keeps those of 90 days. */
const MAX_LOOKED_AT = 100

/** So many revisions are read in one call. Source: ECS API Reference, DescribeServiceRevisions. */
const REVISIONS_AT_ONCE = 20

/**
 * The revision to go back to: that of the newest deployment that succeeded before the first one that shipped what serves
 * now, and that is still ACTIVE. Undefined with problems added.
 */
export async function findEcsRollbackTarget(
  { service }: Place,
  world: World,
  findings: Findings,
): Promise<RollbackTarget | undefined> {
  const past = await findings.answerOf(readPast(world, service), (error) => {
    if (error.kind !== 'denied') return undefined
    const sentence = `${describeServiceError('ecs:ListServiceDeployments', error)} Or name the revision to go back to with 'task-definition'.`
    return { reason: 'denied', sentence }
  })
  if (past === undefined) return undefined
  for (const { taskDefinitionArn } of earlierThan(service.primary.taskDefinitionArn, past)) {
    if (taskDefinitionArn === undefined) continue
    const described = await findings.answerOf(describeTaskDefinition(world, taskDefinitionArn), ({ kind }) =>
      kind === 'answered' ? 'ignore' : undefined,
    )
    if (described?.isActive === true) return { arn: described.arn, properties: undefined }
    if (findings.problems.length > 0) return undefined
  }
  const sentence = `There is nothing to go back to: ECS lists no deployment of service '${service.clusterName}/${service.name}' that succeeded before the one that first shipped what serves now, with a revision that is still ACTIVE (it keeps deployments for 90 days). Name the revision with 'task-definition'.`
  findings.add({ reason: 'not-found', sentence })
  return undefined
}

/** Those that succeeded, and those that no longer run but left what serves. @throws CallError */
async function readPast(aws: Ecs, service: ResolvedService): Promise<PastDeployment[]> {
  const statuses = ['SUCCESSFUL' as const]
  const listed = await listServiceDeployments(aws, service.clusterName, service.arn, { statuses, most: MAX_LOOKED_AT })
  const shipped = await definitionsOf(aws, listed)
  return listed.map(({ serviceDeploymentArn = '', createdAt, targetServiceRevisionArn = '' }) => ({
    id: idOf(serviceDeploymentArn),
    createdAtMs: createdAt?.getTime() ?? 0,
    taskDefinitionArn: shipped.get(targetServiceRevisionArn),
    isRollback: false,
  }))
}

async function definitionsOf(aws: Ecs, listed: readonly ServiceDeploymentBrief[]): Promise<Map<string, string>> {
  const arns = listed.flatMap(({ targetServiceRevisionArn }) => targetServiceRevisionArn ?? [])
  const shipped = new Map<string, string>()
  for (let from = 0; from < arns.length; from += REVISIONS_AT_ONCE) {
    for (const revision of await describeServiceRevisions(aws, arns.slice(from, from + REVISIONS_AT_ONCE))) {
      const { serviceRevisionArn = '', taskDefinition } = revision
      if (taskDefinition !== undefined) shipped.set(serviceRevisionArn, taskDefinition)
    }
  }
  return shipped
}

/**
 * Whether the last thing that happened to the service is that production was brought back, a moment ago: a deployment
 * that was rolled back after production had begun to move or because somebody asked for it, or one that shipped again
 * what an older one had shipped.
 * @throws CallError
 */
export async function findEcsRecentRollback(
  aws: Ecs,
  { service }: Pick<Place, 'service'>,
): Promise<RecentRollback | undefined> {
  const listed = await listServiceDeployments(aws, service.clusterName, service.arn, { most: REVISIONS_AT_ONCE })
  const [last, ...older] = listed
  const endedAtMs = (last?.finishedAt ?? last?.createdAt)?.getTime()
  if (last === undefined || endedAtMs === undefined) return undefined
  const agoMs = Math.max(0, aws.clock.now() - endedAtMs)
  if (agoMs >= JUST_NOW_MS) return undefined
  const id = idOf(last.serviceDeploymentArn ?? '')
  if (last.status === 'ROLLBACK_SUCCESSFUL') {
    return isByItself(last.statusReason) ? undefined : { id, goesBack: false, neverMoved: false, endedAtMs, agoMs }
  }
  if (last.status !== 'SUCCESSFUL') return undefined
  const goesBack = await shipsAgain(aws, last, older)
  return goesBack ? { id, goesBack, neverMoved: false, endedAtMs, agoMs } : undefined
}

/**
 * Whether a deployment that runs brings back what an older one had shipped. Its revision is one that was there, so that
 * the tag tells who made that, and not who goes back.
 * @throws CallError
 */
export async function isEcsGoingBack(aws: Ecs, { service }: Pick<Place, 'service'>, id: string): Promise<boolean> {
  const listed = await listServiceDeployments(aws, service.clusterName, service.arn, { most: REVISIONS_AT_ONCE })
  const at = listed.findIndex(({ serviceDeploymentArn = '' }) => idOf(serviceDeploymentArn) === id)
  const one = listed[at]
  return one !== undefined && (await shipsAgain(aws, one, listed.slice(at + 1)))
}

/** Whether it ships what a deployment before the last good one had shipped. @param older newest first */
async function shipsAgain(
  aws: Ecs,
  one: ServiceDeploymentBrief,
  older: readonly ServiceDeploymentBrief[],
): Promise<boolean> {
  const shipped = await definitionsOf(aws, [one, ...older])
  const its = shipped.get(one.targetServiceRevisionArn ?? '')
  const before = older
    .filter(({ status }) => status === 'SUCCESSFUL')
    .map(({ targetServiceRevisionArn = '' }) => shipped.get(targetServiceRevisionArn))
  return its !== undefined && before[0] !== its && before.includes(its)
}

/** It failed by itself before anybody met it: it may have been the repair of what serves. */
function isByItself(reason = ''): boolean {
  return /lifecycle hook|circuit breaker|networking/i.test(reason)
}
