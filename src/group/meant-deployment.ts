import type { DeploymentInfo } from '@aws-sdk/client-codedeploy'
import { CallError } from '../aws/attempts.ts'
import { type CodeDeploy, getDeployment } from '../aws/code-deploy.ts'
import type { Problem } from '../problem.ts'
import type { DeploymentGroup } from '../service/deployment-group.ts'
import type { ResolvedService } from '../service/service.ts'
import { inSentence } from '../text/untrusted.ts'
import { isOwn, type Marker, parseMarker } from '../workflow-run/marker.ts'
import { describeOccupant } from './busy-problem.ts'
import { findOccupant, type Occupant } from './occupant.ts'

/** The deployment that an operation is about. */
export interface MeantDeployment {
  id: string
  info: DeploymentInfo
}

/** There is none; why that may stop an operation. */
export interface Absent {
  absent: Problem
}

export interface MeantQuestion {
  /** The input `deployment-id`: an id, or the word `active`. Undefined: only one of our own. */
  asked: string | undefined
  own: Marker
  service: ResolvedService
  group: DeploymentGroup
  onListDenied(error: CallError): void
}

/**
 * Decides which deployment of the group is meant, never one of somebody else unless it is asked for: the one that is
 * named; else the active one, if it is our own or any is asked for; else the last one of our own, which has ended. A
 * rollback stands for the deployment that it undoes.
 * @throws CallError
 */
export async function findMeant(aws: CodeDeploy, question: MeantQuestion): Promise<MeantDeployment | Absent | Problem> {
  const { asked, own, service, group } = question
  if (asked !== undefined && asked !== 'active') return await namedDeployment(aws, asked, group)

  const earlier = [group.lastDeployment?.id, service.primary.deploymentId].filter((id) => id !== undefined)
  const { onListDenied } = question
  const facts = { service, group, autoPromote: false, suspects: earlier, stopped: new Set<string>(), onListDenied }
  const occupant = await findOccupant(aws, facts)
  if (occupant !== undefined && (asked === 'active' || isOwn(own, occupant.marker))) {
    const id = occupant.rollbackOf ?? occupant.id
    return { id, info: await getDeployment(aws, id) }
  }
  if (asked === 'active') return { absent: notFound(`No deployment is active in deployment group '${group.name}'.`) }
  const last = await lastOwn(aws, earlier, own)
  return last ?? { absent: notFound(noneOfOurs(occupant, own, group, aws.clock.now())) }
}

async function namedDeployment(
  aws: CodeDeploy,
  id: string,
  group: DeploymentGroup,
): Promise<MeantDeployment | Problem> {
  try {
    const info = await getDeployment(aws, id)
    if (info.applicationName === group.application && info.deploymentGroupName === group.name) return { id, info }
    const where = inSentence(`${info.applicationName ?? ''} / ${info.deploymentGroupName ?? ''}`, 210)
    const sentence = `Deployment ${id} is of ${where}, not of ${group.application} / ${group.name}. Check 'deployment-id' and 'service'.`
    return { reason: 'group-mismatch', sentence }
  } catch (error) {
    const isUnknown =
      error instanceof CallError && /^(DeploymentDoesNotExist|InvalidDeploymentId)$/.test(error.serviceError.code)
    if (!isUnknown) throw error
    return notFound(`Deployment ${id} was not found. Check 'deployment-id' and the region.`)
  }
}

/** The newest of these that is our own. */
async function lastOwn(aws: CodeDeploy, ids: readonly string[], own: Marker): Promise<MeantDeployment | undefined> {
  for (const id of new Set(ids)) {
    const meant = await undoneOrItself(aws, id)
    if (isOwn(own, parseMarker(meant.info.description))) return meant
  }
  return undefined
}

async function undoneOrItself(aws: CodeDeploy, id: string): Promise<MeantDeployment> {
  const info = await getDeployment(aws, id)
  const undone = info.rollbackInfo?.rollbackTriggeringDeploymentId
  return undone === undefined ? { id, info } : { id: undone, info: await getDeployment(aws, undone) }
}

function noneOfOurs(occupant: Occupant | undefined, own: Marker, group: DeploymentGroup, nowMs: number): string {
  const whose = own.pullRequest === '' ? 'this run' : `pull request ${own.pullRequest}`
  const there =
    occupant === undefined
      ? 'none is active.'
      : `${describeOccupant(occupant, nowMs)} is active and not touched without being named.`
  return `No deployment of ${whose} was found in deployment group '${group.name}'; ${there} Set 'deployment-id' to an id or to 'active'.`
}

function notFound(sentence: string): Problem {
  return { reason: 'not-found', sentence }
}
