import {
  BatchGetDeploymentGroupsCommand,
  type DeploymentGroupInfo,
  type DeploymentStatus,
  ListApplicationsCommand,
  ListDeploymentGroupsCommand,
  ListDeploymentsCommand,
  type ListDeploymentsInput,
} from '@aws-sdk/client-codedeploy'
import { attempt } from './attempts.ts'
import type { CodeDeploy } from './code-deploy.ts'
import { allPages } from './pages.ts'
import { wellAnswered } from './raw-json.ts'

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

/** Names and past deployments that are read at most; an account may have 10,000 applications (CodeDeploy quotas). */
const MAX_NAMES = 20_000

/** Deployments of one group that are active, or as young as a release, at most; there is one at a time. */
const MAX_LATE = 1_000
