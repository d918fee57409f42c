import type { ServiceDeployment } from '@aws-sdk/client-ecs'
import { parseArn } from '../aws/arn.ts'
import { CallError } from '../aws/attempts.ts'
import { describeTaskDefinition, type Ecs } from '../aws/ecs.ts'
import {
  describeServiceDeployment,
  describeServiceRevisions,
  listServiceDeployments,
} from '../aws/service-deployments.ts'
import { deploymentArn, idOf } from '../ecs-native/ids.ts'
import type { Problem } from '../problem.ts'
import { inSentence } from '../text/untrusted.ts'
import { isOwn, parseMarkerTag } from '../workflow-run/marker.ts'
import { findEcsOccupant } from './ecs-occupant.ts'
import { type Absent, type MeantQuestion, noneMeant, placeOf } from './meant-deployment.ts'

/** How many of the newest deployments are looked at for one of our own. */
const MAX_LOOKED_AT = 5

/**
 * Decides which deployment of the service is meant, as for CodeDeploy: the one that is named; else the active one, if it
 * is our own or any is asked for; else the last one of our own.
 * @returns its id
 * @throws CallError
 */
export async function findEcsMeant(aws: Ecs, question: MeantQuestion): Promise<string | Absent | Problem> {
  const { asked, own, service, group, onListDenied } = question
  if (asked !== undefined && asked !== 'active') return await namedDeployment(aws, asked, question)
  const facts = { service, group, autoPromote: false, suspects: [], stopped: new Set<string>(), onListDenied }
  const occupant = await findEcsOccupant(aws, facts)
  if (occupant !== undefined && (asked === 'active' || isOwn(own, occupant.marker))) return occupant.id
  if (asked === 'active') return { absent: notFound(`No deployment of ${placeOf(question)} is active.`) }
  const newest = await listServiceDeployments(aws, service.clusterName, service.arn, { most: MAX_LOOKED_AT })
  for (const { serviceDeploymentArn = '', targetServiceRevisionArn } of newest) {
    const [revision] =
      targetServiceRevisionArn === undefined ? [] : await describeServiceRevisions(aws, [targetServiceRevisionArn])
    if (revision?.taskDefinition === undefined) continue
    const { markerTag } = await describeTaskDefinition(aws, revision.taskDefinition)
    if (isOwn(own, parseMarkerTag(markerTag))) return idOf(serviceDeploymentArn)
  }
  return { absent: noneMeant(question, occupant, aws.clock.now()) }
}

async function namedDeployment(aws: Ecs, asked: string, question: MeantQuestion): Promise<string | Problem> {
  const { service } = question
  const arn = parseArn(asked) === undefined ? deploymentArn(service, asked) : asked
  const other = ofOtherService(arn, question)
  if (other !== undefined) return other
  try {
    const { serviceDeploymentArn = arn }: ServiceDeployment = await describeServiceDeployment(aws, arn)
    return idOf(serviceDeploymentArn)
  } catch (error) {
    const isUnknown = error instanceof CallError && /NotFound|InvalidParameter|MISSING/.test(error.serviceError.code)
    if (!isUnknown) throw error
    return notFound(`Deployment ${inSentence(asked, 300)} was not found. Check 'deployment-id' and the region.`)
  }
}

function ofOtherService(arn: string, { service, group }: MeantQuestion): Problem | undefined {
  const [, cluster, name] = parseArn(arn)?.resource.split('/') ?? []
  if (cluster === service.clusterName && name === service.name) return undefined
  const sentence = `Deployment ${inSentence(arn, 300)} is not of ${placeOf({ service, group })}. Check 'deployment-id' and 'service'.`
  return { reason: 'group-mismatch', sentence }
}

function notFound(sentence: string): Problem {
  return { reason: 'not-found', sentence }
}
