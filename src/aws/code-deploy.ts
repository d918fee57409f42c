import {
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
  StopDeploymentCommand,
} from '@aws-sdk/client-codedeploy'
import { type Attempts, attempt, attemptOnce, attemptOnward, attemptWrite } from './attempts.ts'
import { malformed } from './malformed.ts'
import { bounded, keepDate, wellAnswered } from './raw-json.ts'

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
    const command = bounded(new GetApplicationRevisionCommand({ applicationName, revision }))
    const content = (await aws.codeDeploy.send(command, { abortSignal })).revision?.appSpecContent?.content
    if (!content) throw malformed('no AppSpec')
    return content
  })
}

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
    aws.codeDeploy.send(bounded(new ContinueDeploymentCommand({ deploymentId, deploymentWaitType })), {
      abortSignal,
    }),
  )
}
