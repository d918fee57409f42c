import type { DeploymentStatus, Snapshot } from '../follow/snapshot.ts'
import { inSentence } from '../text/untrusted.ts'
import { commonMembers, type EcsReading } from './reading.ts'

const STATUSES: Readonly<Record<string, DeploymentStatus>> = {
  ROLLBACK_REQUESTED: 'running',
  ROLLBACK_IN_PROGRESS: 'running',
  ROLLBACK_SUCCESSFUL: 'succeeded',
  ROLLBACK_FAILED: 'failed',
}

/**
 * The rollback of a deployment, which ECS makes in the same one. It has no stages of its own; the original is the side
 * that it goes back to, as in the deployment. Why it failed is what ECS says at its end.
 */
export function readRollback(reading: EcsReading, before: Snapshot | undefined): Snapshot {
  const { deployment, readAt } = reading
  const { rollback, finishedAt, stoppedAt, statusReason = '', status: word = '' } = deployment
  const status = (Object.hasOwn(STATUSES, word) ? STATUSES[word] : undefined) ?? 'unknown'
  const begunAtMs = rollback?.startedAt?.getTime() ?? before?.startedAtMs
  const isOver = status === 'succeeded' || status === 'failed'
  const firstSeenMs = before?.endedAtMs ?? readAt.atMs
  return {
    ...commonMembers(reading),
    isRollback: true,
    status,
    createdAtMs: begunAtMs,
    startedAtMs: begunAtMs,
    endedAtMs: isOver ? ((finishedAt ?? stoppedAt)?.getTime() ?? firstSeenMs) : undefined,
    error: undefined,
    ...(status === 'failed' && {
      error: { code: '', message: inSentence(statusReason, 1_000) },
      endReason: 'failure' as const,
    }),
    rollbackOn: [],
    rollback: undefined,
    events: [],
    eventsAreDone: status === 'succeeded',
  }
}
