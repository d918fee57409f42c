import type { DeploymentGroupInfo, DeploymentInfo } from '@aws-sdk/client-codedeploy'
import { CallError } from '../aws/attempts.ts'
import { type CodeDeploy, getDeployment, getDeploymentGroup } from '../aws/code-deploy.ts'
import { describeDeploymentGroups, listApplications } from '../aws/code-deploy-lists.ts'
import { describeServiceError } from '../aws/service-error.ts'
import type { Problem } from '../problem.ts'
import { inSentence } from '../text/untrusted.ts'
import { groupTargets } from './deployment-group.ts'
import { type Maker, makerOf } from './maker.ts'
import type { ResolvedService } from './service.ts'

/** What the user said about where the group is. */
export interface GroupNames {
  application: string | undefined
  deploymentGroup: string | undefined
}

/** The ECS console cuts the cluster's and the service's name to this many characters in the names it makes. Observed. */
const MAX_CONSOLE_NAME_PART = 46

/**
 * Finds the deployment group of a service when the inputs do not name both its application and itself: that of the
 * deployment that made the PRIMARY task set, else the names the console gives, else a search through the account.
 * @param maker the deployment that made the PRIMARY task set, if there is one and it may be read
 * @returns the group, or the problem that it cannot be found
 * @throws CallError when AWS cannot be reached at all
 */
export async function findGroup(
  aws: CodeDeploy,
  service: ResolvedService,
  names: GroupNames,
  maker: Maker | undefined,
): Promise<DeploymentGroupInfo | Problem> {
  const denials: CallError[] = []
  const onDenied = (error: CallError) => void denials.push(error)
  const likely = [namesOfLastRelease(maker, names), consoleNames(service, names)]
  for (const guess of likely) {
    if (guess === undefined) continue
    const call = getDeploymentGroup(aws, guess.application, guess.deploymentGroup)
    const info = await orElse<DeploymentGroupInfo | undefined>(call, undefined, onDenied)
    if (info !== undefined && groupTargets(info, service)) return info
  }
  return await searchGroup(aws, service, names, denials)
}

/** The deployment that made the PRIMARY task set; undefined when none did or it may not be read. @throws CallError */
export async function readMaker(aws: CodeDeploy, { primary }: ResolvedService): Promise<Maker | undefined> {
  const { deploymentId } = primary
  if (deploymentId === undefined) return undefined
  const info = await orElse<DeploymentInfo | undefined>(getDeployment(aws, deploymentId), undefined, () => {})
  return info && makerOf(info)
}

function namesOfLastRelease(maker: Maker | undefined, names: GroupNames) {
  if (maker?.group === undefined) return undefined
  const { application, deploymentGroup } = maker.group
  const agrees =
    (names.application ?? application) === application && (names.deploymentGroup ?? deploymentGroup) === deploymentGroup
  return agrees ? { application, deploymentGroup } : undefined
}

function consoleNames({ clusterName, name }: ResolvedService, names: GroupNames) {
  const parts = `${clusterName.slice(0, MAX_CONSOLE_NAME_PART)}-${name.slice(0, MAX_CONSOLE_NAME_PART)}`
  return {
    application: names.application ?? `AppECS-${parts}`,
    deploymentGroup: names.deploymentGroup ?? `DgpECS-${parts}`,
  }
}

async function searchGroup(
  aws: CodeDeploy,
  service: ResolvedService,
  names: GroupNames,
  denials: readonly CallError[],
): Promise<DeploymentGroupInfo | Problem> {
  const label = `'${service.clusterName}/${service.name}'`
  const advice = `Set 'codedeploy-application' and 'codedeploy-deployment-group'.`
  try {
    const applications = names.application === undefined ? await listApplications(aws) : [names.application]
    for (const application of applications) {
      const groups = await groupsOf(aws, application, names)
      const found = groups.find(
        (info) =>
          groupTargets(info, service) &&
          (names.deploymentGroup ?? info.deploymentGroupName) === info.deploymentGroupName,
      )
      if (found !== undefined) return found
    }
  } catch (error) {
    if (!(error instanceof CallError)) throw error
    const { kind, code } = error.serviceError
    if (kind === 'denied') {
      const [first = error] = denials.filter(({ operation }) => operation === 'codedeploy:GetDeploymentGroup')
      const missed = first === error ? 'has no usual name' : 'could not be read by its usual name'
      const why = describeServiceError(first.operation, first.serviceError)
      const sentence = `The deployment group of ${label} ${missed}, and searching for it was denied (${error.operation}). ${advice} ${why}`
      return { reason: 'denied', sentence }
    }
    if (code !== 'ApplicationDoesNotExist') throw error
    return {
      reason: 'not-found',
      sentence: `CodeDeploy application '${inSentence(names.application ?? '', 100)}' was not found. Check 'codedeploy-application' and the region.`,
    }
  }
  const named = names.deploymentGroup === undefined ? '' : ` named '${inSentence(names.deploymentGroup, 100)}'`
  return { reason: 'not-found', sentence: `No CodeDeploy deployment group${named} releases ${label}. ${advice}` }
}

/** An application that is deleted while the search goes on has no groups. */
async function groupsOf(aws: CodeDeploy, application: string, names: GroupNames): Promise<DeploymentGroupInfo[]> {
  try {
    return await describeDeploymentGroups(aws, application)
  } catch (error) {
    const isGone = error instanceof CallError && error.serviceError.code === 'ApplicationDoesNotExist'
    if (isGone && names.application === undefined) return []
    throw error
  }
}

/** A guess that is wrong or may not be looked at is no error: the next way is tried. */
async function orElse<Answer>(
  call: Promise<Answer>,
  otherwise: Answer,
  onDenied: (error: CallError) => void,
): Promise<Answer> {
  try {
    return await call
  } catch (error) {
    if (!(error instanceof CallError)) throw error
    if (error.serviceError.kind === 'denied') onDenied(error)
    if (error.serviceError.kind === 'answered' || error.serviceError.kind === 'denied') return otherwise
    throw error
  }
}
