import type {
  BatchGetDeploymentTargetsInput,
  BatchGetDeploymentTargetsOutput,
  DeploymentTarget,
  GetDeploymentTargetInput,
  GetDeploymentTargetOutput,
  ListDeploymentTargetsInput,
  ListDeploymentTargetsOutput,
} from '@aws-sdk/client-codedeploy'
import type { Account } from '../model/account.ts'
import { isOver } from '../model/deployment.ts'
import { findDeployment } from '../model/lane.ts'
import { AwsError } from '../protocol/aws-error.ts'
import { type Operation, reads, type Wire } from '../protocol/operation.ts'
import { codeDeploySchema } from '../protocol/schema.ts'
import { type FoundDeployment, requireDeployment } from './group-lookup.ts'
import { pageOf } from './page.ts'
import { targetView } from './target-view.ts'

const TARGET_STATUSES = ['Failed', 'InProgress', 'Pending', 'Ready', 'Skipped', 'Succeeded', 'Unknown']

const listDeploymentTargets = reads<ListDeploymentTargetsInput, ListDeploymentTargetsOutput>(
  codeDeploySchema('ListDeploymentTargets'),
  (input, account, atMs) => {
    const { lane, deployment } = requireStarted(account, input.deploymentId, atMs)
    const wanted = wantedStatuses(input.targetFilters)
    const { targetStatus } = deployment
    const isListed = targetStatus !== undefined && (!wanted || wanted.includes(targetStatus))
    const { entries } = pageOf(isListed ? [lane.key] : [], input.nextToken, account.assumptions.listPageSize)
    return { targetIds: entries }
  },
)

const getDeploymentTarget = reads<GetDeploymentTargetInput, GetDeploymentTargetOutput>(
  codeDeploySchema('GetDeploymentTarget'),
  (input, account, atMs) => {
    const found = requireStarted(account, input.deploymentId, atMs)
    return { deploymentTarget: requireTarget(account, found, input.targetId, atMs) }
  },
)

/** A list for ECS holds exactly one target (documented). */
const batchGetDeploymentTargets = reads<BatchGetDeploymentTargetsInput, BatchGetDeploymentTargetsOutput>(
  codeDeploySchema('BatchGetDeploymentTargets'),
  (input, account, atMs) => {
    const found = requireStarted(account, input.deploymentId, atMs)
    const ids = input.targetIds ?? []
    if (ids.length === 0)
      throw new AwsError('DeploymentTargetIdRequiredException', 'A deployment target ID is required')
    if (ids.length > 1) {
      throw new AwsError('DeploymentTargetListSizeExceededException', 'An ECS deployment has exactly one target')
    }
    return { deploymentTargets: [requireTarget(account, found, ids[0], atMs)] }
  },
)

export const deploymentTargetOperations: Operation[] = [
  listDeploymentTargets,
  getDeploymentTarget,
  batchGetDeploymentTargets,
]

/** As long as the deployment is only created there is nothing to show (documented; how long is assumed). */
function requireStarted(account: Account, id: string | undefined, atMs: number): FoundDeployment {
  const found = requireDeployment(account, id, atMs)
  const { status, createdMs } = found.deployment
  const opensMs = createdMs + account.rules.timingsMs.notStarted
  if (status === 'Created' || status === 'Queued' || (!isOver(found.deployment) && atMs < opensMs)) {
    throw new AwsError('DeploymentNotStartedException', `The deployment ${id} has not started`)
  }
  return found
}

/** `cluster:service` (documented). A deployment that never started has no target (assumed). */
function requireTarget(
  account: Account,
  { lane, deployment }: FoundDeployment,
  id: string | undefined,
  atMs: number,
): Wire<DeploymentTarget> {
  if (!id) throw new AwsError('DeploymentTargetIdRequiredException', 'A deployment target ID is required')
  if (!id.includes(':')) throw new AwsError('InvalidDeploymentTargetIdException', `Invalid deployment target ID: ${id}`)
  const past = account.laneOfTarget(lane.key, atMs)
  const shown = past && findDeployment(past, deployment.id)
  if (id !== lane.key || past === undefined || shown?.targetStatus === undefined) {
    throw new AwsError('DeploymentTargetDoesNotExistException', `The deployment target ${id} does not exist`)
  }
  return targetView(account.world, account.assumptions, past, shown, atMs - account.rules.timingsMs.targetLag)
}

/** Both task sets belong to the one target, so a label leaves nothing out (assumed). */
function checkLabels(labels: readonly string[]): void {
  const bad = labels.find((label) => label !== 'Blue' && label !== 'Green')
  if (bad !== undefined) throw new AwsError('InvalidInstanceTypeException', `Invalid target label: ${bad}`)
}

function wantedStatuses(filters: Wire<ListDeploymentTargetsInput>['targetFilters']): string[] | undefined {
  let wanted: string[] | undefined
  for (const [name, values] of Object.entries(filters ?? {})) {
    if (name !== 'TargetStatus' && name !== 'ServerInstanceLabel') {
      throw new AwsError('InvalidTargetFilterNameException', `Invalid target filter name: ${name}`)
    }
    if (name === 'TargetStatus') wanted = values
    else checkLabels(values)
  }
  const bad = wanted?.find((status) => !TARGET_STATUSES.includes(status))
  if (bad !== undefined) throw new AwsError('InvalidInstanceStatusException', `Invalid target status: ${bad}`)
  return wanted
}
