import type { DeploymentLifecycleHookDetail, ServiceDeployment } from '@aws-sdk/client-ecs'
import type { Snapshot } from '../follow/snapshot.ts'
import type { EcsStage } from '../lifecycle/step.ts'
import type { Moment } from '../time/clock.ts'

/** Pauses that wait for somebody now. Source: ECS Developer Guide, "Pause hooks". */
export function awaitingPauses({ lifecycleHookDetails = [] }: ServiceDeployment): DeploymentLifecycleHookDetail[] {
  return lifecycleHookDetails.filter(({ status }) => status === 'AWAITING_ACTION')
}

/** The pauses at which it waits, once every function beside them is done; empty while it goes on by itself. */
export function heldBy(deployment: ServiceDeployment): DeploymentLifecycleHookDetail[] {
  const { status, lifecycleHookDetails = [] } = deployment
  const isBusy = lifecycleHookDetails.some((hook) => hook.status === 'IN_PROGRESS')
  return status === 'IN_PROGRESS' && !isBusy ? awaitingPauses(deployment) : []
}

/**
 * Where a deployment waits, until when, and since when as far as was seen.
 * @param before the last reading, which may have been of another wait
 */
export function heldMembers(
  pauses: readonly DeploymentLifecycleHookDetail[],
  stage: EcsStage | undefined,
  readAt: Moment,
  before: Snapshot | undefined,
): Pick<Snapshot, 'readySinceMs' | 'statusWord' | 'heldAt' | 'heldUntil'> {
  const heldUntil = firstEnd(pauses)
  const isSame = before?.status === 'ready' && before.heldAt === stage && before.heldUntil?.atMs === heldUntil?.atMs
  return {
    readySinceMs: (isSame ? before.readySinceMs : undefined) ?? readAt.atMs,
    statusWord: 'AWAITING_ACTION',
    ...(stage !== undefined && { heldAt: stage }),
    ...(heldUntil && { heldUntil }),
  }
}

function firstEnd(pauses: readonly DeploymentLifecycleHookDetail[]): Snapshot['heldUntil'] {
  const [first] = pauses
    .flatMap(({ expiresAt, timeoutAction }) => (expiresAt ? [{ atMs: expiresAt.getTime(), timeoutAction }] : []))
    .sort((one, other) => one.atMs - other.atMs)
  return first && { atMs: first.atMs, onTimeout: first.timeoutAction === 'CONTINUE' ? 'CONTINUE' : 'ROLLBACK' }
}
