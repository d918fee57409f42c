import type {
  BatchGetDeploymentGroupsInput,
  BatchGetDeploymentGroupsOutput,
  DeploymentGroupInfo,
  GetDeploymentGroupInput,
  GetDeploymentGroupOutput,
  LastDeploymentInfo,
  ListDeploymentGroupsInput,
  ListDeploymentGroupsOutput,
} from '@aws-sdk/client-codedeploy'
import { uuidOf } from '../identity.ts'
import type { Account } from '../model/account.ts'
import type { Deployment } from '../model/deployment.ts'
import { roleArn, SERVICE_ROLE } from '../names.ts'
import { AwsError } from '../protocol/aws-error.ts'
import { type Operation, reads, type Wire, wireTime } from '../protocol/operation.ts'
import { codeDeploySchema } from '../protocol/schema.ts'
import type { ApplicationSeed, GroupSeed } from '../scenario.ts'
import { laneOfGroup, requireApplication, requireGroup, requireGroupName } from './group-lookup.ts'
import { groupSettings } from './group-settings.ts'
import { pageOf } from './page.ts'
import { revisionView } from './revision.ts'

/** Source: CodeDeploy API Reference, BatchGetDeploymentGroups. */
const MAX_GROUPS_IN_BATCH = 100

const getDeploymentGroup = reads<GetDeploymentGroupInput, GetDeploymentGroupOutput>(
  codeDeploySchema('GetDeploymentGroup'),
  (input, account, atMs) => {
    const application = requireApplication(account, input.applicationName)
    const group = requireGroup(application, input.deploymentGroupName)
    return { deploymentGroupInfo: describe(account, application, group, atMs) }
  },
)

/** Groups that do not exist are left out and named in `errorMessage` (assumed). */
const batchGetDeploymentGroups = reads<BatchGetDeploymentGroupsInput, BatchGetDeploymentGroupsOutput>(
  codeDeploySchema('BatchGetDeploymentGroups'),
  (input, account, atMs) => {
    const application = requireApplication(account, input.applicationName)
    const names = input.deploymentGroupNames ?? []
    if (names.length === 0) requireGroup(application, undefined)
    if (names.length > MAX_GROUPS_IN_BATCH) {
      throw new AwsError('BatchLimitExceededException', `The maximum number of names is ${MAX_GROUPS_IN_BATCH}`)
    }
    for (const name of names) requireGroupName(name)
    const groups = application.groups.filter((group) => names.includes(group.name))
    const missing = names.filter((name) => !groups.some((group) => group.name === name))
    return {
      deploymentGroupsInfo: groups.map((group) => describe(account, application, group, atMs)),
      ...(missing.length > 0 && { errorMessage: `No Deployment Group found for name: ${missing.join(', ')}` }),
    }
  },
)

const listDeploymentGroups = reads<ListDeploymentGroupsInput, ListDeploymentGroupsOutput>(
  codeDeploySchema('ListDeploymentGroups'),
  (input, account) => {
    const application = requireApplication(account, input.applicationName)
    const names = application.groups.map((group) => group.name)
    const { entries, nextToken } = pageOf(names, input.nextToken, account.assumptions.listPageSize)
    return { applicationName: application.name, deploymentGroups: entries, ...(nextToken && { nextToken }) }
  },
)

export const deploymentGroupOperations: Operation[] = [
  getDeploymentGroup,
  batchGetDeploymentGroups,
  listDeploymentGroups,
]

function describe(
  account: Account,
  application: ApplicationSeed,
  group: GroupSeed,
  atMs: number,
): Wire<DeploymentGroupInfo> {
  const { deployments } = laneOfGroup(account, group, atMs)
  const attempted = deployments.at(-1)
  const counts = account.assumptions.lastSuccessful
  const successful = deployments.findLast(
    ({ status, kind }) => status === 'Succeeded' && (counts === 'any' || kind === 'release'),
  )
  return {
    applicationName: application.name,
    deploymentGroupId: uuidOf(...account.rules.idSeed, 'deployment group', application.name, group.name),
    deploymentGroupName: group.name,
    deploymentConfigName: group.deploymentConfig,
    serviceRoleArn: roleArn(account.world, SERVICE_ROLE),
    computePlatform: application.computePlatform,
    ecsServices: [{ serviceName: group.service, clusterName: group.cluster }],
    ...groupSettings(account.world, group),
    autoRollbackConfiguration: { enabled: group.rollbackOn.length > 0, events: [...group.rollbackOn] },
    // Without alarms there is no such member (observed).
    ...(group.alarms.length > 0 && {
      alarmConfiguration: {
        enabled: true,
        ignorePollAlarmFailure: group.ignoresAlarmTrouble ?? false,
        alarms: group.alarms.map((name) => ({ name })),
      },
    }),
    ...(successful && {
      targetRevision: revisionView(successful.order.revision),
      lastSuccessfulDeployment: lastDeployment(successful),
    }),
    ...(attempted && { lastAttemptedDeployment: lastDeployment(attempted) }),
    ec2TagFilters: [],
    onPremisesInstanceTagFilters: [],
    autoScalingGroups: [],
    triggerConfigurations: [],
    outdatedInstancesStrategy: 'UPDATE',
    terminationHookEnabled: false,
  }
}

function lastDeployment(deployment: Deployment): Wire<LastDeploymentInfo> {
  return {
    deploymentId: deployment.id,
    status: deployment.status,
    createTime: wireTime(deployment.createdMs),
    ...(deployment.completedMs !== undefined && { endTime: wireTime(deployment.completedMs) }),
  }
}
