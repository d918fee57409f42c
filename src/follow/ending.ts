import type { RollbackEvent } from '../inputs/choices.ts'
import type { Snapshot } from './snapshot.ts'

/** Who or what ended a deployment that did not succeed. */
export type EndReason = 'failure' | 'alarm' | 'stop-request' | 'ready-wait-over'

/**
 * Reads the ending from status, code and text. An alarm and a ready wait that ran out show as `Stopped`, like a request
 * (observed; User Guide, "Troubleshoot Amazon ECS deployments"). The code of the latter is not known, so its text helps.
 */
export function endingOf(snapshot: Snapshot): EndReason {
  const { code = '', message = '' } = snapshot.error ?? {}
  if (code === 'ALARM_ACTIVE') return 'alarm'
  if (snapshot.status === 'failed') return 'failure'
  return code === 'TIMEOUT' || message.includes('notification to continue') ? 'ready-wait-over' : 'stop-request'
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
 * Whether a rollback may follow although no setting surely asks for one: a stop may ask for its own (CodeDeploy API
 * Reference, StopDeployment, `autoRollbackEnabled`), and after a ready wait it is not documented.
 */
export function mayRollBack(snapshot: Snapshot): boolean {
  const ending = endingOf(snapshot)
  return ending === 'stop-request' || ending === 'ready-wait-over'
}
