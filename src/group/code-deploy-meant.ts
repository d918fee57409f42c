import type { DeploymentInfo } from '@aws-sdk/client-codedeploy'
import { CallError } from '../aws/attempts.ts'
import { type CodeDeploy, getDeployment } from '../aws/code-deploy.ts'
import type { Problem } from '../problem.ts'
import type { DeploymentGroup } from '../service/deployment-group.ts'
import { inSentence } from '../text/untrusted.ts'
import { isOwn, type Marker, parseMarker } from '../workflow-run/marker.ts'
import { findCodeDeployOccupant } from './code-deploy-occupant.ts'
import { type Absent, type MeantQuestion, noneMeant } from './meant-deployment.ts'

/** The deployment that an operation is about. */
export interface MeantDeployment {
  id: string
  info: DeploymentInfo
}

/**
 * Decides which deployment of the group is meant, never one of somebody else unless it is asked for: the one that is
 * named; else the active one, if it is our own or any is asked for; else the last one of our own, which has ended. A
 * rollback stands for the deployment that it undoes.
 * @throws CallError
 */
export async function findCodeDeployMeant(
  aws: CodeDeploy,
  question: MeantQuestion,
): Promise<MeantDeployment | Absent | Problem> {
  const { asked, own, service, group } = question
  if (asked !== undefined && asked !== 'active') return await namedDeployment(aws, asked, group)

  const earlier = [group.lastDeployment?.id, service.primary.deploymentId].filter((id) => id !== undefined)
  const { onListDenied } = question
  const facts = { service, group, autoPromote: false, suspects: earlier, stopped: new Set<string>(), onListDenied }
  const occupant = await findCodeDeployOccupant(aws, facts)
  if (occupant !== undefined && (asked === 'active' || isOwn(own, occupant.marker))) {
    const id = occupant.rollbackOf ?? occupant.id
    return { id, info: await getDeployment(aws, id) }
  }
  if (asked === 'active') return { absent: notFound(`No deployment is active in deployment group '${group.name}'.`) }
  const last = await lastOwn(aws, earlier, own)
  return last ?? { absent: noneMeant(question, occupant, aws.clock.now()) }
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

function notFound(sentence: string): Problem {
  return { reason: 'not-found', sentence }
}
