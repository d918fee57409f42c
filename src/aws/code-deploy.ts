import {
  BatchGetDeploymentGroupsCommand,
  type CodeDeployClient,
  ContinueDeploymentCommand,
  CreateDeploymentCommand,
  type CreateDeploymentInput,
  type DeploymentConfigInfo,
  type DeploymentGroupInfo,
  type DeploymentInfo,
  type DeploymentStatus,
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
import { type Attempts, attempt, attemptOnce, attemptOnward, attemptWrite, CallError } from './attempts.ts'
import { malformed } from './malformed.ts'
import { keepDate, wellAnswered } from './raw-json.ts'
import { NotSentError, readServiceError } from './service-error.ts'

/** What calls to CodeDeploy are made with. */
export interface CodeDeploy extends Attempts {
  codeDeploy: CodeDeployClient
}

/** @throws CallError; code `DeploymentDoesNotExist` */
export async function getDeployment(aws: CodeDeploy, deploymentId: string): Promise<DeploymentInfo> {
  return (await getDatedDeployment(aws, deploymentId)).info
}

export interface DatedDeployment {
  info: DeploymentInfo
  /**
   * When it was answered by CodeDeploy's clock, which its times are from; by the runner's when the answer does not say.
   * Milliseconds since 1970, to the second.
   */
  answeredAtMs: number
}

/** @throws CallError; code `DeploymentDoesNotExist` */
export async function getDatedDeployment(aws: CodeDeploy, deploymentId: string): Promise<DatedDeployment> {
  return await attempt(aws, 'codedeploy:GetDeployment', async (abortSignal) => {
    const command = wellAnswered(new GetDeploymentCommand({ deploymentId }))
    let dateMs: number | undefined
    keepDate(command, (atMs) => {
      dateMs = atMs
    })
    const { deploymentInfo: info } = await aws.codeDeploy.send(command, { abortSignal })
    if (info?.status === undefined) throw malformed('no status')
    return { info, answeredAtMs: dateMs ?? aws.clock.now() }
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
    const events = deploymentTarget.ecsTarget.lifecycleEvents?.length ?? 0
    if (events > MAX_EVENTS) throw malformed(`${events} lifecycle events`)
    return deploymentTarget
  })
}

/** Lifecycle events of a target at most; CodeDeploy has 11 for ECS. Source: User Guide, AppSpec 'hooks' section. */
const MAX_EVENTS = 100

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
  const filter = { includeOnlyStatuses: ['Created', 'Queued', 'InProgress', 'Baking', 'Ready'] as DeploymentStatus[] }
  return await listDeployments(aws, application, group, filter, MAX_LATE)
}

/** Ids of deployments of the group that succeeded, in an order that is not documented. @throws CallError */
export async function listSucceededDeployments(aws: CodeDeploy, application: string, group: string): Promise<string[]> {
  return await listDeployments(aws, application, group, { includeOnlyStatuses: ['Succeeded'] }, MAX_NAMES)
}

/**
 * Ids of deployments of the group that were created since.
 * @param sinceMs milliseconds since 1970, by CodeDeploy's clock; undefined: of all
 * @throws CallError
 */
export async function listDeploymentsSince(
  aws: CodeDeploy,
  application: string,
  group: string,
  sinceMs: number | undefined,
): Promise<string[]> {
  const filter = sinceMs === undefined ? {} : { createTimeRange: { start: new Date(sinceMs) } }
  return await listDeployments(aws, application, group, filter, MAX_LATE)
}

async function listDeployments(
  aws: CodeDeploy,
  applicationName: string,
  deploymentGroupName: string,
  filter: Pick<ListDeploymentsInput, 'includeOnlyStatuses' | 'createTimeRange'>,
  maxIds: number,
): Promise<string[]> {
  return await allPages('codedeploy:ListDeployments', maxIds, async (nextToken) => {
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
  return await allPages('codedeploy:ListApplications', MAX_NAMES, async (nextToken) => {
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
  const names = await allPages('codedeploy:ListDeploymentGroups', MAX_NAMES, async (nextToken) => {
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

/** Names and past deployments that are read at most; an account may have 10,000 applications (CodeDeploy quotas). */
const MAX_NAMES = 20_000

/** Deployments of one group that are active, or as young as a release, at most; there is one at a time. */
const MAX_LATE = 1_000

/** Pages that are read at most, however little is on each. */
const MAX_PAGES = 200

/**
 * Everything on all pages: ends at the page without a token; an empty token and one that comes again end too.
 * @throws CallError when there is still another page after so many entries or pages
 */
async function allPages(
  operation: string,
  maxItems: number,
  read: (nextToken: { nextToken?: string }) => Promise<Page>,
): Promise<string[]> {
  const items: string[] = []
  let token: { nextToken?: string } = {}
  for (let pages = 1; ; pages++) {
    const page = await read(token)
    for (const item of page.items ?? []) items.push(item)
    const { nextToken = '' } = page
    const isLast = nextToken === '' || nextToken === token.nextToken
    if (items.length > maxItems || (!isLast && pages >= MAX_PAGES)) throw noEnd(operation, items.length, pages)
    if (isLast) return items
    token = { nextToken }
  }
}

function noEnd(operation: string, items: number, pages: number): CallError {
  const error = new NotSentError(
    `The list of ${operation} has no end that can be meant (pages: ${pages}, entries: ${items}); no further page was asked for.`,
  )
  return new CallError(operation, readServiceError(error), error)
}
