import { endingOf } from './follow/ending.ts'
import type { Outcome } from './follow/following.ts'
import type { Settlement } from './follow/settlement.ts'
import { hasEnded } from './follow/snapshot.ts'
import type { Operation } from './inputs/operation.ts'

/** What a release came to: the output `status`. */
export type Status =
  | 'succeeded'
  | 'awaiting-promotion'
  | 'started'
  | 'unchanged'
  | 'planned'
  | 'refused'
  | 'failed'
  | 'rolled-back'
  | 'rollback-failed'
  | 'stopped'
  | 'timed-out'
  | 'cancelled'
  | 'unknown'

/** The exit code of the step for each status. */
const EXIT_CODES: Record<Status, 0 | 1> = {
  succeeded: 0,
  'awaiting-promotion': 0,
  started: 0,
  unchanged: 0,
  planned: 0,
  refused: 1,
  failed: 1,
  'rolled-back': 1,
  'rollback-failed': 1,
  stopped: 1,
  'timed-out': 1,
  cancelled: 1,
  unknown: 1,
}

/** @param operation what was asked for: to stop is what a stop is for */
export function exitCodeOf(status: Status, operation: Operation = 'release'): 0 | 1 {
  return status === 'stopped' && operation === 'stop' ? 0 : EXIT_CODES[status]
}

/**
 * The verdict on a deployment that was followed; the first that applies. A success is only what was seen to have
 * reached the finish line, never what is left over.
 */
export function verdictOf(outcome: Outcome, settlement: Settlement): Status {
  const { rollback, snapshot, cutShort } = settlement
  if (rollback.status === 'failed') return 'rollback-failed'
  if (outcome.kind === 'lost-sight' || cutShort === 'lost-sight') return 'unknown'
  if (outcome.kind === 'cancelled' || cutShort === 'cancelled') return 'cancelled'
  if (outcome.kind === 'timed-out' || cutShort === 'timed-out') return 'timed-out'
  if (rollback.status === 'unknown') return 'unknown'
  if (outcome.kind === 'stop-asked') {
    const verdict = stopVerdict(settlement)
    if (verdict !== undefined) return verdict
  }
  if (rollback.status === 'succeeded') return 'rolled-back'
  if (rollback.status === 'running') return 'unknown'
  if (outcome.kind === 'finish-line') return outcome.snapshot.status === 'ready' ? 'awaiting-promotion' : 'succeeded'
  if (snapshot?.status === 'succeeded') return 'succeeded'
  if (snapshot === undefined || !hasEnded(snapshot)) return 'unknown'
  return endingOf(snapshot) === 'stop-request' ? 'stopped' : 'failed'
}

/** The verdict on a deployment that was to be stopped; undefined when it ended badly by itself before that. */
function stopVerdict({ rollback, snapshot, stop }: Settlement): Status | undefined {
  const isOver = snapshot !== undefined && hasEnded(snapshot)
  if (snapshot?.status === 'succeeded') return 'refused'
  const wasStoppedByOther = isOver && rollback.status === 'none' && endingOf(snapshot) === 'stop-request'
  if (stop?.refusal !== undefined && !wasStoppedByOther) return isOver ? undefined : 'refused'
  if (rollback.status === 'running' || !isOver) return 'unknown'
  return isTakenBack({ rollback, snapshot }) ? 'stopped' : 'failed'
}

/** After a stop: a rollback took production back, or nothing was there that could have had any of it. */
export function isTakenBack({ rollback, snapshot }: Pick<Settlement, 'rollback' | 'snapshot'>): boolean {
  const isUntouched = snapshot?.eventsAreStale === false && snapshot.taskSets.every(({ role }) => role === 'original')
  return rollback.status === 'succeeded' || isUntouched
}
