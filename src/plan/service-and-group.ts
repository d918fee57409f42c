import type { DeploymentGroupInfo } from '@aws-sdk/client-codedeploy'
import type { Service } from '@aws-sdk/client-ecs'
import { getDeploymentConfig, getDeploymentGroup } from '../aws/code-deploy.ts'
import { describeService } from '../aws/ecs.ts'
import { describeServiceError, type ServiceError } from '../aws/service-error.ts'
import { readServing, type Serving } from '../ecs-native/active.ts'
import type { Inputs } from '../inputs/inputs.ts'
import { invalidInput, type Problem } from '../problem.ts'
import { answerProblems } from '../service/address.ts'
import { type DeploymentGroup, groupProblems, readDeploymentGroup } from '../service/deployment-group.ts'
import { findGroup } from '../service/find-group.ts'
import type { Maker } from '../service/maker.ts'
import { type ResolvedService, resolveService } from '../service/service.ts'
import { readTrafficShift, shiftByName, type TrafficShift } from '../service/traffic-shift.ts'
import { inSentence } from '../text/untrusted.ts'
import type { World } from '../world.ts'
import { Findings } from './findings.ts'

/** A service, and how ECS tells it. */
export interface ServiceReading {
  service: ResolvedService
  told: Service
  /** Under ECS: what serves; undefined when that is not told. */
  serving?: Serving
}

/** The service that the inputs name; undefined with problems added. */
export async function readService(
  inputs: Inputs,
  world: World,
  findings: Findings,
): Promise<ServiceReading | undefined> {
  const answer = await findings.answerOf(
    describeService(world, inputs.cluster, inputs.service, tagsFor(inputs)),
    ({ code }) =>
      code === 'ClusterNotFound'
        ? notFound(`Cluster '${inSentence(inputs.cluster, 300)}' was not found. Check 'cluster' and the region.`)
        : undefined,
  )
  if (answer === undefined) return undefined
  const { service, problems } = resolveService(inputs.cluster, inputs.service, answer)
  findings.add(...problems)
  if (service === undefined || answer.service === undefined) return undefined
  const contradictions = answerProblems(inputs, service)
  findings.add(...contradictions)
  if (contradictions.length > 0) return undefined
  const told = answer.service
  return service.controller === 'ECS' ? await withServing(service, told, world, findings) : { service, told }
}

/** Which revision serves takes other reads when ECS itself deploys. */
async function withServing(
  service: ResolvedService,
  told: Service,
  world: World,
  findings: Findings,
): Promise<ServiceReading | undefined> {
  const before = findings.problems.length
  const serving = await findings.answerOf(readServing(world, told))
  if (findings.problems.length > before) return undefined
  // Where nothing tells, it is what the service itself tells.
  if (serving === undefined) return { service, told }
  const { id, taskDefinitionArn, deploymentId } = serving
  const primary = { ...service.primary, id, taskDefinitionArn, deploymentId }
  return { service: { ...service, primary }, told, serving }
}

/** Only a lane is known by its tags; nobody else needs to be allowed to read them. */
function tagsFor({ operation }: Inputs): 'TAGS'[] {
  return operation === 'preview' ? ['TAGS'] : []
}

/**
 * The group when the inputs name it fully, so that it is read beside the service; a problem when it is not there.
 * Undefined: not named, or with problems added.
 */
export async function readNamedGroup(
  { application, deploymentGroup }: Inputs,
  world: World,
  findings: Findings,
): Promise<DeploymentGroupInfo | Problem | undefined> {
  if (application === undefined || deploymentGroup === undefined) return undefined
  let missing: Problem | undefined
  const explain = ({ code }: ServiceError) => {
    if (code === 'ApplicationDoesNotExist') {
      missing = notFound(
        `CodeDeploy application '${inSentence(application, 100)}' was not found. Check 'codedeploy-application' and the region.`,
      )
    } else if (code === 'DeploymentGroupDoesNotExist') {
      missing = notFound(
        `Deployment group '${inSentence(deploymentGroup, 100)}' was not found in application '${inSentence(application, 100)}'. Check 'codedeploy-deployment-group'.`,
      )
    }
    return missing === undefined ? undefined : 'ignore'
  }
  const found = await findings.answerOf(getDeploymentGroup(world, application, deploymentGroup), explain)
  return found ?? missing
}

/** That the named group is not there, where it is not known for which service it was meant. */
export function addIfMissing(named: DeploymentGroupInfo | Problem | undefined, findings: Findings): void {
  if (named !== undefined && 'sentence' in named) findings.add(named)
}

/** The group that the inputs name, else the one that is found; undefined with problems added. */
export async function resolveGroup(
  inputs: Inputs,
  world: World,
  service: ResolvedService,
  named: DeploymentGroupInfo | Problem | undefined,
  maker: Promise<Maker | undefined>,
  findings: Findings,
): Promise<DeploymentGroup | undefined> {
  const isNamed = inputs.application !== undefined && inputs.deploymentGroup !== undefined
  const found = isNamed ? named : await findings.answerOf(findGroup(world, service, inputs, await maker))
  if (found === undefined) return undefined
  const problems = 'sentence' in found ? [found] : groupProblems(found, service)
  if (problems.length > 0) {
    const other = await otherGroup(inputs, world, service, await maker)
    findings.add(...problems.map(({ reason, sentence }) => ({ reason, sentence: `${sentence}${other}` })))
  }
  return 'sentence' in found ? undefined : readDeploymentGroup(found)
}

/** The group that would have been found without the inputs, for the end of a sentence about the one that they name. */
async function otherGroup(
  { application, deploymentGroup }: Inputs,
  world: World,
  service: ResolvedService,
  maker: Maker | undefined,
): Promise<string> {
  if (application === undefined && deploymentGroup === undefined) return ''
  const none = { application: undefined, deploymentGroup: undefined }
  const call = findGroup(world, service, none, maker)
  const found = await new Findings().answerOf(call, () => 'ignore')
  if (found === undefined || 'sentence' in found) return ''
  const name = inSentence(found.deploymentGroupName ?? '', 100)
  const its = inSentence(found.applicationName ?? '', 100)
  return ` '${service.clusterName}/${service.name}' is released by deployment group '${name}' of application '${its}', which is found by itself when neither input is given.`
}

/** How a deployment configuration shifts traffic; undefined when none is named, or with problems added. */
export async function readShift(
  deploymentConfig: string | undefined,
  world: World,
  findings: Findings,
): Promise<TrafficShift | undefined> {
  if (deploymentConfig === undefined) return undefined
  const name = inSentence(deploymentConfig, 100)
  let byName: TrafficShift | undefined
  const config = await findings.answerOf(getDeploymentConfig(world, deploymentConfig), (error) => {
    if (error.kind === 'denied') {
      byName = shiftByName(deploymentConfig)
      findings.warnings.push(shiftUnseen(byName, name, error))
      return 'ignore'
    }
    return error.code === 'DeploymentConfigDoesNotExist' || error.code === 'InvalidDeploymentConfigName'
      ? notFound(
          `Deployment configuration '${name}' was not found. Check 'codedeploy-deployment-config' and the region.`,
        )
      : undefined
  })
  if (byName !== undefined) return byName
  if (config === undefined) return undefined
  if (config.computePlatform === undefined || config.computePlatform === 'ECS') return readTrafficShift(config)
  findings.add(
    invalidInput(`Deployment configuration '${name}' is for ${inSentence(config.computePlatform, 60)}, not for ECS.`),
  )
  return undefined
}

function shiftUnseen({ kind }: TrafficShift, name: string, error: ServiceError): string {
  const instead = kind === 'unknown' ? 'how long traffic shifts is not known' : 'its name says how traffic shifts'
  return `Deployment configuration '${name}' could not be seen, ${instead}. ${describeServiceError('codedeploy:GetDeploymentConfig', error)}`
}

function notFound(sentence: string): Problem {
  return { reason: 'not-found', sentence }
}
