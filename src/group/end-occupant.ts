import type { CallError } from '../aws/attempts.ts'
import { type CodeDeploy, continueDeployment, stopDeployment } from '../aws/code-deploy.ts'
import type { Ecs } from '../aws/ecs.ts'
import { stopServiceDeployment } from '../aws/service-deployments.ts'
import { deploymentArn } from '../ecs-native/ids.ts'
import type { ResolvedService } from '../service/service.ts'
import type { RoomStep } from './room-policy.ts'

/** Asks for a deployment that is in the way to be ended. Changes AWS. @throws CallError */
export async function endOccupant(
  aws: CodeDeploy & Ecs,
  service: ResolvedService,
  id: string,
  step: Exclude<RoomStep, 'wait' | 'refuse'>,
): Promise<void> {
  if (service.controller === 'ECS') await stopServiceDeployment(aws, deploymentArn(service, id))
  else if (step === 'stop') await stopDeployment(aws, id, true)
  else await continueDeployment(aws, id, 'TERMINATION_WAIT')
}

/** A deployment has ended or cannot be asked for this, which the next look shows. */
const TOO_LATE = new Set([
  'DeploymentAlreadyCompleted',
  'DeploymentIsNotInReadyState',
  'UnsupportedActionForDeploymentType',
  'Conflict',
  'ServiceDeploymentNotFound',
])

/** Whether the request came too late. */
export function isTooLate({ serviceError }: CallError): boolean {
  const isOver = serviceError.code === 'InvalidParameter' && /terminal state/i.test(serviceError.message)
  return isOver || TOO_LATE.has(serviceError.code)
}
