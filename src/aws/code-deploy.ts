import {
  BatchGetDeploymentGroupsCommand,
  type CodeDeployClient,
  ContinueDeploymentCommand,
  CreateDeploymentCommand,
  type CreateDeploymentInput,
  type DeploymentConfigInfo,
  type DeploymentGroupInfo,
  type DeploymentInfo,
  type DeploymentTarget,
  type DeploymentWaitType,
  GetApplicationRevisionCommand,
  GetDeploymentCommand,
  GetDeploymentConfigCommand,
  GetDeploymentGroupCommand,
  GetDeploymentTargetCommand,
  ListApplicationsCommand,
  ListDeploymentGroupsCommand,
  ListDeploymentsCommand,
  type ListDeploymentsInput,
  StopDeploymentCommand,
} from '@aws-sdk/client-codedeploy'
import { type Attempts, attempt, attemptOnce, attemptOnward, attemptWrite } from './attempts.ts'
import { malformed } from './malformed.ts'
import { wellAnswered } from './raw-json.ts'

/** What calls to CodeDeploy are made with. */
export interface CodeDeploy extends Attempts {
  codeDeploy: CodeDeployClient
}

/** @throws CallError; code `DeploymentDoesNotExist` */
export async function getDeployment(aws: CodeDeploy, deploymentId: string): Promise<DeploymentInfo> {
  return await attempt(aws, 'codedeploy:GetDeployment', async (abortSignal) => {
    const { deploymentInfo } = await aws.codeDeploy.send(wellAnswered(new GetDeploymentCommand({ deploymentId })), {
      abortSignal,
    })
    if (deploymentInfo?.status === undefined) throw malformed('no status')
    return deploymentInfo
  })
}

/**
 * The deployment's only target, an ECS service.
 * @param targetId `cluster:service`, both by name (source: API Reference, ECSTarget)
 * @throws CallError; codes `DeploymentNotStarted` and `DeploymentTargetDoesNotExist` while there is none yet
 */
export async function getDeploymentTarget(
  aws: CodeDeploy,
  deploymentId: string,
  targetId: string,
): Promise<DeploymentTarget> {
  return await attempt(aws, 'codedeploy:GetDeploymentTarget', async (abortSignal) => {
    const command = wellAnswered(new GetDeploymentTargetCommand({ deploymentId, targetId }))
    const { deploymentTarget } = await aws.codeDeploy.send(command, { abortSignal })
    if (deploymentTarget?.ecsTarget === undefined) throw malformed('no target')
    return deploymentTarget
  })
}

/** @throws CallError; codes `ApplicationDoesNotExist`, `DeploymentGroupDoesNotExist` */
export async function getDeploymentGroup(
  aws: CodeDeploy,
  applicationName: string,
  deploymentGroupName: string,
): Promise<DeploymentGroupInfo> {
  return await attempt(aws, 'codedeploy:GetDeploymentGroup', async (abortSignal) => {
    const command = wellAnswered(new GetDeploymentGroupCommand({ applicationName, deploymentGroupName }))
    const { deploymentGroupInfo } = await aws.codeDeploy.send(command, { abortSignal })
    if (deploymentGroupInfo === undefined) throw malformed('no deployment group')
    return deploymentGroupInfo
  })
}

/** @throws CallError; code `DeploymentConfigDoesNotExist` */
export async function getDeploymentConfig(
  aws: CodeDeploy,
  deploymentConfigName: string,
): Promise<DeploymentConfigInfo> {
  return await attempt(aws, 'codedeploy:GetDeploymentConfig', async (abortSignal) => {
    const command = wellAnswered(new GetDeploymentConfigCommand({ deploymentConfigName }))
    const { deploymentConfigInfo } = await aws.codeDeploy.send(command, { abortSignal })
    if (deploymentConfigInfo === undefined) throw malformed('no configuration')
    return deploymentConfigInfo
  })
}

/**
 * The text of an AppSpec that was deployed, by its sum. Source: observed, not documented.
 * @throws CallError; code `RevisionDoesNotExist`
 */
export async function getAppSpec(aws: CodeDeploy, applicationName: string, sha256: string): Promise<string> {
  return await attempt(aws, 'codedeploy:GetApplicationRevision', async (abortSignal) => {
    const revision = { revisionType: 'AppSpecContent', appSpecContent: { sha256 } } as const
    const command = new GetApplicationRevisionCommand({ applicationName, revision })
    const content = (await aws.codeDeploy.send(command, { abortSignal })).revision?.appSpecContent?.content
    if (!content) throw malformed('no AppSpec')
    return content
  })
}

/** Ids of deployments of the group that have not ended. @throws CallError */
export async function listActiveDeployments(aws: CodeDeploy, application: string, group: string): Promise<string[]> {
  return await listDeployments(aws, application, group, {
    includeOnlyStatuses: ['Created', 'Queued', 'InProgress', 'Baking', 'Ready'],
  })
}

/** Ids of deployments of the group that succeeded, in an order that is not documented. @throws CallError */
export async function listSucceededDeployments(aws: CodeDeploy, application: string, group: string): Promise<string[]> {
  return await listDeployments(aws, application, group, { includeOnlyStatuses: ['Succeeded'] })
}

/**
 * Ids of deployments of the group that were created since.
 * @param sinceMs milliseconds since 1970
 * @throws CallError
 */
export async function listDeploymentsSince(
  aws: CodeDeploy,
  application: string,
  group: string,
  sinceMs: number,
): Promise<string[]> {
  return await listDeployments(aws, application, group, { createTimeRange: { start: new Date(sinceMs) } })
}

async function listDeployments(
  aws: CodeDeploy,
  applicationName: string,
  deploymentGroupName: string,
  filter: Pick<ListDeploymentsInput, 'includeOnlyStatuses' | 'createTimeRange'>,
): Promise<string[]> {
  return await allPages(async (nextToken) => {
    const answer = await attempt(aws, 'codedeploy:ListDeployments', (abortSignal) => {
      const command = wellAnswered(
        new ListDeploymentsCommand({ applicationName, deploymentGroupName, ...filter, ...nextToken }),
      )
      return aws.codeDeploy.send(command, { abortSignal })
    })
    return { items: answer.deployments, nextToken: answer.nextToken }
  })
}

/** Names of all applications of the account in the region. @throws CallError */
export async function listApplications(aws: CodeDeploy): Promise<string[]> {
  return await allPages(async (nextToken) => {
    const answer = await attempt(aws, 'codedeploy:ListApplications', (abortSignal) => {
      const command = wellAnswered(new ListApplicationsCommand({ ...nextToken }))
      return aws.codeDeploy.send(command, { abortSignal })
    })
    return { items: answer.applications, nextToken: answer.nextToken }
  })
}

/** Every deployment group of an application, as GetDeploymentGroup would answer it. @throws CallError */
export async function describeDeploymentGroups(
  aws: CodeDeploy,
  applicationName: string,
): Promise<DeploymentGroupInfo[]> {
  const names = await allPages(async (nextToken) => {
    const answer = await attempt(aws, 'codedeploy:ListDeploymentGroups', (abortSignal) => {
      const command = wellAnswered(new ListDeploymentGroupsCommand({ applicationName, ...nextToken }))
      return aws.codeDeploy.send(command, { abortSignal })
    })
    return { items: answer.deploymentGroups, nextToken: answer.nextToken }
  })
  const groups: DeploymentGroupInfo[] = []
  for (let index = 0; index < names.length; index += MAX_GROUPS_PER_CALL) {
    const deploymentGroupNames = names.slice(index, index + MAX_GROUPS_PER_CALL)
    const answer = await attempt(aws, 'codedeploy:BatchGetDeploymentGroups', (abortSignal) => {
      const command = wellAnswered(new BatchGetDeploymentGroupsCommand({ applicationName, deploymentGroupNames }))
      return aws.codeDeploy.send(command, { abortSignal })
    })
    groups.push(...(answer.deploymentGroupsInfo ?? []))
  }
  return groups
}

/** Source: API Reference, BatchGetDeploymentGroups: 100 names a call. */
const MAX_GROUPS_PER_CALL = 100

/** What the id of a deployment is made of. Observed, not documented. */
const DEPLOYMENT_ID = /^d-[\w-]{1,100}$/

/**
 * Starts a deployment: changes AWS. There is no idempotency token, so it is sent again only when it surely was not
 * accepted.
 * @returns the deployment's id
 * @throws CallError; code `DeploymentLimitExceeded` when the group has an active deployment
 */
export async function createDeployment(aws: CodeDeploy, request: CreateDeploymentInput): Promise<string> {
  return await attemptOnce(aws, 'codedeploy:CreateDeployment', async (abortSignal) => {
    const { deploymentId } = await aws.codeDeploy.send(wellAnswered(new CreateDeploymentCommand(request)), {
      abortSignal,
    })
    if (!deploymentId || !DEPLOYMENT_ID.test(deploymentId)) throw malformed('no id of the deployment')
    return deploymentId
  })
}

/**
 * Stops a deployment, rolling it back even when its group does not ask for that: changes AWS. Asking twice is harmless.
 * @throws CallError; code `DeploymentAlreadyCompleted` when it has ended
 */
export async function stopDeployment(aws: CodeDeploy, deploymentId: string, rollback: boolean): Promise<void> {
  await attemptWrite(aws, 'codedeploy:StopDeployment', (abortSignal) =>
    aws.codeDeploy.send(wellAnswered(new StopDeploymentCommand({ deploymentId, autoRollbackEnabled: rollback })), {
      abortSignal,
    }),
  )
}

/**
 * Ends a wait of a deployment: that at `Ready`, so that it shifts production, or that before the original task set is
 * terminated. Changes AWS. Asking twice is refused, not carried out twice.
 * @throws CallError; code `DeploymentIsNotInReadyState`
 */
export async function continueDeployment(
  aws: CodeDeploy,
  deploymentId: string,
  deploymentWaitType: DeploymentWaitType = 'READY_WAIT',
): Promise<void> {
  await attemptOnward(aws, 'codedeploy:ContinueDeployment', (abortSignal) =>
    aws.codeDeploy.send(new ContinueDeploymentCommand({ deploymentId, deploymentWaitType }), {
      abortSignal,
    }),
  )
}

interface Page {
  items: string[] | undefined
  nextToken: string | undefined
}

/** Ends at the page without a token; an empty token and one that comes again end too. */
async function allPages(read: (nextToken: { nextToken?: string }) => Promise<Page>): Promise<string[]> {
  const items: string[] = []
  let token: { nextToken?: string } = {}
  do {
    const page = await read(token)
    items.push(...(page.items ?? []))
    const { nextToken = '' } = page
    token = nextToken === '' || nextToken === token.nextToken ? {} : { nextToken }
  } while (token.nextToken !== undefined)
  return items
}
