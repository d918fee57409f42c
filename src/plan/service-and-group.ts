import type { DeploymentGroupInfo, DeploymentInfo } from '@aws-sdk/client-codedeploy'
import { getDeploymentConfig, getDeploymentGroup } from '../aws/code-deploy.ts'
import { describeService } from '../aws/ecs.ts'
import { describeServiceError, type ServiceError } from '../aws/service-error.ts'
import type { Inputs } from '../inputs/inputs.ts'
import { invalidInput, type Problem } from '../problem.ts'
import { answerProblems } from '../service/address.ts'
import { type DeploymentGroup, groupProblems, readDeploymentGroup } from '../service/deployment-group.ts'
import { findGroup } from '../service/find-group.ts'
import { type ResolvedService, resolveService } from '../service/service.ts'
import { readTrafficShift, shiftByName, type TrafficShift } from '../service/traffic-shift.ts'
import { inSentence } from '../text/untrusted.ts'
import type { World } from '../world.ts'
import type { Findings } from './findings.ts'

/** The service that the inputs name; undefined with problems added. */
export async function readService(
  inputs: Inputs,
  world: World,
  findings: Findings,
): Promise<ResolvedService | undefined> {
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
  if (service === undefined) return undefined
  const contradictions = answerProblems(inputs, service)
  findings.add(...contradictions)
  return contradictions.length > 0 ? undefined : service
}

/** Only a lane is known by its tags; nobody else needs to be allowed to read them. */
function tagsFor({ operation }: Inputs): 'TAGS'[] {
  return operation === 'preview' ? ['TAGS'] : []
}

/** The group when the inputs name it fully: then it can be checked even when the service is wrong. */
export async function readNamedGroup(
  { application, deploymentGroup }: Inputs,
  world: World,
  findings: Findings,
): Promise<DeploymentGroupInfo | undefined> {
  if (application === undefined || deploymentGroup === undefined) return undefined
  const explain = ({ code }: ServiceError) => {
    if (code === 'ApplicationDoesNotExist') {
      return notFound(
        `CodeDeploy application '${inSentence(application, 100)}' was not found. Check 'codedeploy-application' and the region.`,
      )
    }
    if (code !== 'DeploymentGroupDoesNotExist') return undefined
    return notFound(
      `Deployment group '${inSentence(deploymentGroup, 100)}' was not found in application '${inSentence(application, 100)}'. Check 'codedeploy-deployment-group'.`,
    )
  }
  return await findings.answerOf(getDeploymentGroup(world, application, deploymentGroup), explain)
}

/** The group that the inputs name, else the one that is found; undefined with problems added. */
export async function resolveGroup(
  inputs: Inputs,
  world: World,
  service: ResolvedService,
  named: DeploymentGroupInfo | undefined,
  maker: Promise<DeploymentInfo | undefined>,
  findings: Findings,
): Promise<DeploymentGroup | undefined> {
  const isNamed = inputs.application !== undefined && inputs.deploymentGroup !== undefined
  const found = isNamed ? named : await findings.answerOf(findGroup(world, service, inputs, await maker))
  if (found === undefined) return undefined
  if ('sentence' in found) {
    findings.add(found)
    return undefined
  }
  findings.add(...groupProblems(found, service))
  return readDeploymentGroup(found)
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
