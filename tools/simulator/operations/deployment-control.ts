import type {
  ContinueDeploymentInput,
  PutLifecycleEventHookExecutionStatusInput,
  PutLifecycleEventHookExecutionStatusOutput,
  StopDeploymentInput,
  StopDeploymentOutput,
} from '@aws-sdk/client-codedeploy'
import { type Deployment, isOver } from '../model/deployment.ts'
import { canBeStopped, stopDelayMs } from '../model/stop.ts'
import { AwsError } from '../protocol/aws-error.ts'
import { type Operation, type Wire, writes } from '../protocol/operation.ts'
import { codeDeploySchema } from '../protocol/schema.ts'
import { requireDeployment } from './group-lookup.ts'

/** Texts from generic API samples; those for ECS are not known. */
const STOPPING: Record<'Pending' | 'Succeeded', Wire<StopDeploymentOutput>> = {
  Pending: {
    status: 'Pending',
    statusMessage: 'Stopping Pending. Stopping to schedule commands in the deployment instances',
  },
  Succeeded: {
    status: 'Succeeded',
    statusMessage: 'No more commands will be scheduled for execution in the deployment instances',
  },
}

const stopDeployment = writes<StopDeploymentInput, StopDeploymentOutput>(
  codeDeploySchema('StopDeployment'),
  (input, account, atMs) => {
    const { lane, deployment } = requireDeployment(account, input.deploymentId, atMs)
    refuseIfOver(deployment)
    if (!canBeStopped(deployment, account.rules)) {
      if (deployment.kind === 'rollback') refuseKind('A rollback cannot be stopped')
      throw alreadyCompleted(deployment)
    }
    if (deployment.stop) return STOPPING.Succeeded
    const stopsAtOnce = stopDelayMs(lane, account.rules) === 0
    account.record(lane.key, { kind: 'stop-requested', atMs, rollback: input.autoRollbackEnabled })
    return stopsAtOnce ? STOPPING.Succeeded : STOPPING[account.assumptions.stopAnswer]
  },
)

/** Answers with an empty body (documented). */
const continueDeployment = writes<ContinueDeploymentInput, undefined>(
  codeDeploySchema('ContinueDeployment'),
  (input, account, atMs) => {
    const { lane, deployment } = requireDeployment(account, input.deploymentId, atMs)
    refuseIfOver(deployment)
    switch (input.deploymentWaitType ?? 'READY_WAIT') {
      case 'READY_WAIT':
        if (deployment.status !== 'Ready') throw notReady(deployment)
        account.record(lane.key, { kind: 'ready-continued', atMs })
        return undefined
      case 'TERMINATION_WAIT':
        if (deployment.terminationSinceMs === undefined) throw notReady(deployment)
        account.record(lane.key, { kind: 'termination-continued', atMs })
        return undefined
      default:
        throw new AwsError('InvalidDeploymentWaitTypeException', `Invalid wait type: ${input.deploymentWaitType}`)
    }
  },
)

/** Of the statuses that the model lists only two are accepted (documented). */
const putLifecycleEventHookExecutionStatus = writes<
  PutLifecycleEventHookExecutionStatusInput,
  PutLifecycleEventHookExecutionStatusOutput
>(codeDeploySchema('PutLifecycleEventHookExecutionStatus'), (input, account, atMs) => {
  const { lane, deployment } = requireDeployment(account, input.deploymentId, atMs)
  const { lifecycleEventHookExecutionId: executionId, status } = input
  if (status !== 'Succeeded' && status !== 'Failed') {
    const message = `Status must be Succeeded or Failed; got ${status}`
    throw new AwsError('InvalidLifecycleEventHookExecutionStatusException', message)
  }
  const event = deployment.events.find((known) => known.hook?.executionId === executionId)
  if (!event || executionId === undefined) {
    throw new AwsError(
      'InvalidLifecycleEventHookExecutionIdException',
      'The lifecycle event hook execution ID is invalid',
    )
  }
  if (event.status !== 'InProgress') {
    const message = `The lifecycle event ${event.name} of deployment ${deployment.id} has already completed`
    throw new AwsError('LifecycleEventAlreadyCompletedException', message)
  }
  account.record(lane.key, { kind: 'hook-answered', atMs, executionId, status })
  return { lifecycleEventHookExecutionId: executionId }
})

export const deploymentControlOperations: Operation[] = [
  stopDeployment,
  continueDeployment,
  putLifecycleEventHookExecutionStatus,
]

function refuseIfOver(deployment: Deployment): void {
  if (isOver(deployment)) throw alreadyCompleted(deployment)
}

function refuseKind(message: string): never {
  throw new AwsError('UnsupportedActionForDeploymentTypeException', message)
}

function alreadyCompleted(deployment: Deployment): AwsError {
  return new AwsError('DeploymentAlreadyCompletedException', `The deployment ${deployment.id} is already completed`)
}

function notReady(deployment: Deployment): AwsError {
  return new AwsError('DeploymentIsNotInReadyStateException', `The deployment ${deployment.id} is not in a ready state`)
}
