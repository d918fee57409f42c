import type { DeploymentInfo, RevisionLocation } from '@aws-sdk/client-codedeploy'
import { readBackAppSpec } from '../app-spec/sent-app-spec.ts'
import { CallError } from '../aws/attempts.ts'
import { callProblem } from '../aws/call-problem.ts'
import { getAppSpec, getDeployment } from '../aws/code-deploy.ts'
import { listSucceededDeployments } from '../aws/code-deploy-lists.ts'
import { describeTaskDefinition } from '../aws/ecs.ts'
import { describeServiceError, type ServiceError } from '../aws/service-error.ts'
import type { Problem } from '../problem.ts'
import type { ResolvedService } from '../service/service.ts'
import { andList, count } from '../text/words.ts'
import { parseMarker } from '../workflow-run/marker.ts'
import type { World } from '../world.ts'
import type { Findings } from './findings.ts'
import { newestOf, someAtOnce } from './newest-deployments.ts'
import type { Place } from './place.ts'

/** A deployment that succeeded, some time ago. */
export interface PastDeployment {
  id: string
  /** Milliseconds since 1970. */
  createdAtMs: number
  /** ARN of the revision it shipped, or `family:revision`; undefined when that could not be seen. */
  taskDefinitionArn: string | undefined
  /** `Properties` of its AppSpec beside the task definition and the load balancer; undefined: not read. */
  properties?: object | undefined
  /** By which CodeDeploy keeps its AppSpec; undefined: it does not. */
  appSpecSha256?: string | undefined
  /** Why its revision could not be seen. */
  unseen?: Problem
  /** It went back to what was before, by CodeDeploy or by this action. */
  isRollback: boolean
}

/** What production goes back to. */
export interface RollbackTarget {
  arn: string
  /** As its AppSpec had them; undefined: that could not be read. */
  properties: object | undefined
}

/** How many deployments are looked at, newest first: each takes two reads. */
const MAX_LOOKED_AT = 100

/** What is known of the deployments of a group that succeeded. */
interface Past {
  deployments: PastDeployment[]
  /** So many more were not looked at. */
  olderCount: number
}

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

/**
 * The revision to go back to: the best whose revision is ACTIVE. Undefined with problems added; what had to be left out
 * is a warning.
 */
export async function findCodeDeployRollbackTarget(
  place: Place,
  world: World,
  findings: Findings,
): Promise<RollbackTarget | undefined> {
  const past = await findings.answerOf(readPast(world, place), (error) => {
    if (error.kind !== 'denied') return undefined
    const sentence = `${describeServiceError('codedeploy:ListDeployments', error)} Or name the revision to go back to with 'task-definition'.`
    return { reason: 'denied', sentence }
  })
  if (past === undefined) return undefined
  const unseen: PastDeployment[] = []
  for (const earlier of earlierThan(place.service.primary.taskDefinitionArn, past.deployments)) {
    if (earlier.taskDefinitionArn === undefined) {
      unseen.push(earlier)
      continue
    }
    const described = await findings.answerOf(describeTaskDefinition(world, earlier.taskDefinitionArn), ({ kind }) =>
      kind === 'answered' ? 'ignore' : undefined,
    )
    if (described?.isActive === true) {
      const leftOut = unseen.length === 1 ? 'It is left out.' : 'They are left out.'
      if (unseen.length > 0) findings.warnings.push(`${unseenSentence(unseen)} ${leftOut}`)
      return { arn: described.arn, properties: await propertiesOf(earlier, place.group, world, findings) }
    }
    if (findings.problems.length > 0) return undefined
  }
  findings.add(nothingFound(place.group, past))
  return undefined
}

/** That there is nothing to go back to, or that it could not be seen. */
function nothingFound({ name }: Place['group'], { deployments, olderCount }: Past): Problem {
  const unseen = deployments.filter(({ unseen: why }) => why !== undefined)
  const advice = "Name the revision with 'task-definition'."
  if (unseen.length > 0) {
    const sentence = `What to go back to could not be seen in deployment group '${name}'. ${unseenSentence(unseen)} ${advice}`
    const whys = new Set(unseen.map(({ unseen: why }) => why?.reason))
    const reason = (['denied', 'unreachable'] as const).find((one) => whys.has(one)) ?? 'not-found'
    return { reason, sentence }
  }
  const among =
    olderCount === 0 ? '' : ` (the newest ${deployments.length} were looked at, ${olderCount} more were not)`
  const sentence = `There is nothing to go back to: no deployment of group '${name}' succeeded before the one that first shipped what serves now, with a revision that is still ACTIVE${among}. ${advice}`
  return notFound(sentence)
}

/** Which deployments have shipped a revision that is not known, and why it is not. */
function unseenSentence(unseen: readonly PastDeployment[]): string {
  const ids = unseen.slice(0, 3).map(({ id }) => id)
  const others = unseen.length - ids.length
  const which = others === 0 ? andList(ids) : `${ids.join(', ')} and ${count(others, 'other')}`
  const whys = new Set(unseen.map(({ unseen: why }) => why?.sentence))
  return `Which revision ${which} shipped is not known: ${[...whys].slice(0, 2).join(' ')}`
}

/** Those that succeeded, the one that made what serves, which may not have ended yet, and the first of all. @throws CallError */
async function readPast(world: World, { service, group }: Pick<Place, 'service' | 'group'>): Promise<Past> {
  const succeeded = await listSucceededDeployments(world, group.application, group.name)
  const tell = async (id: string): Promise<Told> => tellOf(id, await getDeployment(world, id))
  const newest = await newestOf(succeeded, MAX_LOOKED_AT, tell)
  const maker = service.primary.deploymentId
  if (maker !== undefined && !newest.some(({ id }) => id === maker)) newest.push(await tell(maker))
  const deployments = await someAtOnce(newest, (told) => withRevision(told, service, group.application, world))
  // A service is made with a task set that no deployment has shipped; while it is still there it can be gone back to.
  for (const { deploymentId, taskDefinitionArn } of service.taskSets) {
    if (deploymentId === undefined) {
      // It was made with what the service says itself, which an AppSpec without properties asks for.
      deployments.push({ id: 'the first', createdAtMs: 0, taskDefinitionArn, isRollback: false, properties: {} })
    }
  }
  return { deployments, olderCount: Math.max(0, succeeded.length - MAX_LOOKED_AT) }
}

/** A deployment without what it takes another read to know. */
interface Told extends Omit<PastDeployment, 'taskDefinitionArn' | 'unseen'> {
  revision: RevisionLocation | undefined
}

function tellOf(id: string, { createTime, creator, rollbackInfo, description, revision }: DeploymentInfo): Told {
  return {
    id,
    createdAtMs: createTime?.getTime() ?? 0,
    isRollback:
      creator === 'codeDeployRollback' ||
      rollbackInfo?.rollbackTriggeringDeploymentId !== undefined ||
      parseMarker(description)?.operation === 'rollback',
    revision,
  }
}

/** The revision of the task set that it made, while that is there, else the one that its AppSpec names. @throws CallError */
async function withRevision(
  { revision, ...told }: Told,
  { taskSets }: ResolvedService,
  application: string,
  world: World,
): Promise<PastDeployment> {
  const ofTaskSet = taskSets.find(({ deploymentId }) => deploymentId === told.id)?.taskDefinitionArn
  const sha256 = revision?.appSpecContent?.sha256
  if (ofTaskSet !== undefined) return { ...told, taskDefinitionArn: ofTaskSet, appSpecSha256: sha256 }
  const none = { ...told, taskDefinitionArn: undefined }
  if (sha256 === undefined) return { ...none, unseen: notFound('CodeDeploy does not keep its AppSpec.') }
  try {
    const { taskDefinition, file } = readBackAppSpec(await getAppSpec(world, application, sha256))
    if (taskDefinition === undefined) return { ...none, unseen: notFound('Its AppSpec names no task definition.') }
    return { ...told, taskDefinitionArn: taskDefinition, properties: file?.otherProperties }
  } catch (error) {
    if (!(error instanceof CallError) || !isUnreadable(error.serviceError)) throw error
    return { ...none, unseen: callProblem(error) }
  }
}

/** How its task set ran, as its AppSpec said; undefined with a warning where that cannot be read. */
async function propertiesOf(
  { id, properties, appSpecSha256 }: PastDeployment,
  { application }: Place['group'],
  world: World,
  findings: Findings,
): Promise<object | undefined> {
  if (properties !== undefined || appSpecSha256 === undefined) return properties
  const content = await findings.answerOf(getAppSpec(world, application, appSpecSha256), (error) => {
    findings.warnings.push(
      `The AppSpec of ${id}, which is gone back to, could not be read (codedeploy:GetApplicationRevision, ${error.code}), so the tasks run on the capacity and in the network of those that serve now.`,
    )
    return 'ignore'
  })
  return content === undefined ? undefined : readBackAppSpec(content).file?.otherProperties
}

function notFound(sentence: string): Problem {
  return { reason: 'not-found', sentence }
}

/** The AppSpec is not there, or not for us; anything else says nothing about it. */
function isUnreadable({ kind, code }: ServiceError): boolean {
  return kind === 'answered' || kind === 'denied' || code === 'MalformedAnswer'
}
