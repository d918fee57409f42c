import { CallError } from '../aws/attempts.ts'
import type { ReleaseEngine } from '../follow/release-engine.ts'

/*
 * What ECS means when it refuses to stop or to continue a deployment. Source of the texts: ECS Developer Guide,
 * "Troubleshooting Amazon ECS blue/green deployments"; which code comes with which is not documented.
 */

/** `Continuing a service deployment is not allowed for service deployment in terminal states.`, and one like it. */
const IS_OVER = /\bterminal state/i

/** `Provided hookId is either completed, unavailable, or not associated …`, `Invalid hookId: …`. */
const IS_NOT_HELD = /\bhookId\b/i

/** Code of `notHeld`. */
const NOT_HELD = 'NotAwaitingAction'

export const REFUSALS: Pick<ReleaseEngine, 'saysEnded' | 'saysNotWaiting'> = {
  // ConflictException is listed for stopping alone; one that speaks of the stage is of a deployment that goes on.
  saysEnded: ({ serviceError: { code, message } }) =>
    IS_OVER.test(message) || (code === 'Conflict' && !/\bstages?\b/i.test(message)),
  saysNotWaiting: ({ serviceError: { code, message } }) =>
    code === NOT_HELD || (code === 'InvalidParameter' && IS_NOT_HELD.test(message)),
}

/** Nothing was continued, because the deployment was just seen not to wait, or to be over. */
export function notHeld(isOver: boolean): CallError {
  const message = isOver
    ? 'The service deployment is in a terminal state, so nothing was continued.'
    : 'No pause of the service deployment awaits an action, so nothing was continued.'
  const serviceError = { kind: 'answered', code: NOT_HELD, message, notAccepted: true } as const
  return new CallError('ecs:ContinueServiceDeployment', serviceError, undefined)
}
