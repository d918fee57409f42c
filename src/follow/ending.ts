import type { RollbackEvent } from '../inputs/choices.ts'
import type { EndReason, Snapshot } from './snapshot.ts'

/** Who or what ended a deployment that did not succeed. */
export function endingOf({ endReason, status }: Pick<Snapshot, 'endReason' | 'status'>): EndReason {
  return endReason ?? (status === 'failed' ? 'failure' : 'stop-request')
}

const DUE_ON: Record<EndReason, readonly RollbackEvent[]> = {
  failure: ['failure'],
  alarm: ['alarm'],
  'stop-request': ['stop'],
  // Which setting covers it is not documented, so none makes it due.
  'ready-wait-over': [],
}

/** Whether the settings ask for a rollback after an end like this. */
export function isRollbackDue(snapshot: Snapshot, rollbackOn: readonly RollbackEvent[]): boolean {
  return DUE_ON[endingOf(snapshot)].some((event) => rollbackOn.includes(event))
}

/**
 * Whether a rollback may follow although no setting surely asks for one: a stop may ask for its own, and after a wait for
 * somebody that is over it is not documented.
 */
export function mayRollBack(snapshot: Snapshot): boolean {
  const ending = endingOf(snapshot)
  return ending === 'stop-request' || ending === 'ready-wait-over'
}
