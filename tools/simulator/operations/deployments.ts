import type {
  BatchGetDeploymentsInput,
  BatchGetDeploymentsOutput,
  GetDeploymentInput,
  GetDeploymentOutput,
  ListDeploymentsInput,
  ListDeploymentsOutput,
} from '@aws-sdk/client-codedeploy'
import type { Account } from '../model/account.ts'
import type { Deployment } from '../model/deployment.ts'
import { findDeployment } from '../model/lane.ts'
import { AwsError } from '../protocol/aws-error.ts'
import { type Operation, reads, type Wire } from '../protocol/operation.ts'
import { codeDeploySchema } from '../protocol/schema.ts'
import { deploymentView } from './deployment-view.ts'
import {
  laneOfGroup,
  requireApplication,
  requireDeployment,
  requireDeploymentId,
  requireGroup,
} from './group-lookup.ts'
import { pageOf } from './page.ts'

/** Source: CodeDeploy API Reference, BatchGetDeployments. */
const MAX_DEPLOYMENTS_IN_BATCH = 25

const DAY_MS = 24 * 3_600_000

const STATUSES = ['Created', 'Queued', 'InProgress', 'Baking', 'Succeeded', 'Failed', 'Stopped', 'Ready']

const getDeployment = reads<GetDeploymentInput, GetDeploymentOutput>(
  codeDeploySchema('GetDeployment'),
  (input, account, atMs) => {
    const { lane, deployment } = requireDeployment(account, input.deploymentId, atMs)
    return { deploymentInfo: deploymentView(account.world, lane, deployment) }
  },
)

/** Deployments that do not exist are left out (assumed). */
const batchGetDeployments = reads<BatchGetDeploymentsInput, BatchGetDeploymentsOutput>(
  codeDeploySchema('BatchGetDeployments'),
  (input, account, atMs) => {
    const ids = input.deploymentIds ?? []
    if (ids.length === 0) throw new AwsError('DeploymentIdRequiredException', 'At least one deployment ID is required')
    if (ids.length > MAX_DEPLOYMENTS_IN_BATCH) {
      throw new AwsError('BatchLimitExceededException', `The maximum number of IDs is ${MAX_DEPLOYMENTS_IN_BATCH}`)
    }
    for (const id of ids) requireDeploymentId(id)
    const deploymentsInfo = ids.flatMap((id) => {
      const lane = account.laneOfDeployment(id, atMs)
      const deployment = lane && findDeployment(lane, id)
      return deployment ? [deploymentView(account.world, lane, deployment)] : []
    })
    return { deploymentsInfo }
  },
)

/** Newest first (assumed), rollbacks included (observed). None of them was started by something with an external id. */
const listDeployments = reads<ListDeploymentsInput, ListDeploymentsOutput>(
  codeDeploySchema('ListDeployments'),
  (input, account, atMs) => {
    const deployments = deploymentsIn(account, input, atMs)
    const statuses = input.includeOnlyStatuses ?? []
    const bad = statuses.find((status) => !STATUSES.includes(status))
    if (bad !== undefined) throw new AwsError('InvalidDeploymentStatusException', `Invalid deployment status: ${bad}`)
    const { listOrder, listedForDays, listLagSeconds } = account.assumptions
    const { start, end } = input.createTimeRange ?? {}
    if (start !== undefined && end !== undefined && start > end) {
      throw new AwsError('InvalidTimeRangeException', 'The start of the time range is after its end')
    }
    const ids = deployments
      .filter(() => input.externalId === undefined)
      .filter(({ status }) => statuses.length === 0 || statuses.includes(status))
      .filter(
        ({ createdMs }) =>
          (start === undefined || createdMs >= start * 1000) && (end === undefined || createdMs <= end * 1000),
      )
      .filter(({ createdMs }) => createdMs + listLagSeconds * 1000 <= atMs)
      .filter(({ completedMs }) => completedMs === undefined || completedMs + listedForDays * DAY_MS > atMs)
      .sort((one, other) => other.createdMs - one.createdMs)
      .map(({ id }) => id)
    if (listOrder === 'oldest-first') ids.reverse()
    const page = pageOf(ids, input.nextToken, account.assumptions.listPageSize)
    return { deployments: page.entries, ...(page.nextToken && { nextToken: page.nextToken }) }
  },
)

export const deploymentOperations: Operation[] = [getDeployment, batchGetDeployments, listDeployments]

/** Application and group are given both or not at all (documented). Newest first within a group. */
function deploymentsIn(account: Account, input: Wire<ListDeploymentsInput>, atMs: number): Deployment[] {
  if (input.applicationName === undefined && input.deploymentGroupName === undefined) {
    return account.laneKeys.flatMap((key) => account.lane(key, atMs)?.deployments.toReversed() ?? [])
  }
  const application = requireApplication(account, input.applicationName)
  const group = requireGroup(application, input.deploymentGroupName)
  return laneOfGroup(account, group, atMs).deployments.toReversed()
}
