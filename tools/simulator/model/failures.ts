import { uuidOf } from '../identity.ts'
import type { Failure } from './lifecycle.ts'

/**
 * What CodeDeploy writes when a deployment ends badly. Texts are documented ("Troubleshoot Amazon ECS deployment
 * issues") or observed, unless marked; a code passed in is one of the open points in README.md.
 */

export const HOOK_FAILED: Failure = {
  code: 'HOOK_EXECUTION_FAILURE',
  message: 'The deployment failed because one or more of the lifecycle event validation functions failed.',
}

export const UNHEALTHY: Failure = {
  code: 'ECS_UPDATE_ERROR',
  message: 'CodeDeploy detected that the replacement task set is unhealthy.',
}

/** Whether there is an error at all is assumed, and its text. */
export function stoppedByUser(message: string): Failure | undefined {
  return message === '' ? undefined : { code: 'MANUAL_STOP', message }
}

/** Somebody changed the production listener between deployments, which fails before there is a replacement (observed). */
export function listenerEdited(code: string, listener: string): Failure {
  const message = `The ELB could not be updated due to the following error: Primary taskset target group must be behind listener ${listener}`
  return { code, message }
}

/** The text is observed; when it comes, and its code, are assumed. */
export const NO_GRADUAL_SHIFT: Failure = {
  code: 'ELASTIC_LOAD_BALANCING_INVALID',
  message:
    'Only ALB supports gradual traffic routing, use AllAtOnce Traffic routing instead when you create/update Deployment group',
}

/** The text is assumed. */
export function serviceUnusable(name: string): Failure {
  return {
    code: 'INVALID_ECS_SERVICE',
    message: `The Amazon ECS service ${name} cannot be deployed to: it does not exist, is not ACTIVE, or is not controlled by CodeDeploy.`,
  }
}

export function hookTimedOut(code: string): Failure {
  return {
    code,
    message:
      'The deployment timed out while waiting for a status callback. CodeDeploy expects a status callback within one ' +
      'hour after a deployment hook is invoked.',
  }
}

export function installTimedOut(code: string): Failure {
  return {
    code,
    message:
      'The deployment timed out while waiting for the replacement task set to become healthy. This time out period ' +
      'is 60 minutes.',
  }
}

export function readyTimedOut(code: string, minutes: number): Failure {
  return {
    code,
    message: `The deployment timed out while waiting for a notification to continue. This time out period is ${minutes} minutes.`,
  }
}

export function appSpecBroken(code: string): Failure {
  return {
    code,
    message:
      'The deployment failed because the AppSpec file that specifies the deployment configuration is missing or has ' +
      'an invalid configuration. The input AppSpec file is a not well-formed yaml. The template cannot be parsed.',
  }
}

/** Nothing is in S3 but what the world puts there. */
export function appSpecNotFound(code: string): Failure {
  return { code, message: 'An AppSpec file is required, but could not be found in the revision' }
}

export function refusedByEcs(reason: string, requestId: string): Failure {
  return {
    code: 'ECS_UPDATE_ERROR',
    message:
      `The ECS service cannot be updated due to an unexpected error: ${reason} (Service: AmazonECS; Status Code: 400; ` +
      `Error Code: InvalidParameterException; Request ID: ${requestId}; Proxy: null). Check your ECS service status.`,
  }
}

/** What made it fail is ours; the frame is ECS's. */
export function rollbackRefused(rollbackId: string): Failure {
  return refusedByEcs('The rollback was made to fail.', uuidOf('refusal', rollbackId))
}

export function hookNotInvocable(role: string): Failure {
  return {
    code: 'IAM_ROLE_PERMISSIONS',
    message: `The IAM role ${role} does not give you permission to perform operations in the following AWS service: AWSLambda.`,
  }
}
