import type { CallError } from '../aws/attempts.ts'
import type { ServiceError } from '../aws/service-error.ts'
import type { FinishLine } from '../inputs/choices.ts'
import type { TrafficShift } from '../service/traffic-shift.ts'
import type { Clock } from '../time/clock.ts'
import type { Budget } from './budget.ts'
import type { Outage, OutageNews } from './outage.ts'
import type { Phase } from './phase.ts'
import type { Hooks, Snapshot } from './snapshot.ts'
import type { TimelineEntry } from './timeline.ts'

/** How following a deployment ended. */
export type Outcome =
  | { kind: 'finish-line'; snapshot: Snapshot }
  /** It has ended without reaching the finish line. */
  | { kind: 'ended'; snapshot: Snapshot }
  /** Our budget is spent; the deployment goes on. */
  | { kind: 'timed-out'; snapshot: Snapshot | undefined; phase: Phase; afterMs: number }
  /** The workflow run was cancelled. */
  | { kind: 'cancelled'; snapshot: Snapshot | undefined }
  /** Following further is pointless, for this reason; the deployment goes on. */
  | { kind: 'given-up'; snapshot: Snapshot; reason: string }
  /** It was not followed: this action was asked to stop it. */
  | { kind: 'stop-asked'; snapshot: Snapshot }
  /** Nothing can be read any more; the deployment may go on. */
  | { kind: 'lost-sight'; snapshot: Snapshot | undefined; error: ServiceError; operation: string }

/** What a silent wait is waiting for, told every few minutes. Durations in milliseconds. */
export interface Heartbeat {
  phase: Phase
  inPhaseMs: number
  atMostMs: number
  snapshot: Snapshot | undefined
  sinceLastReadMs: number
}

export interface Following {
  clock: Clock
  signal: AbortSignal
  random(): number
  finishLine: Exclude<FinishLine, 'nothing'>
  budget: Budget
  /** When to stop in any case, by the monotonic clock; absent: as the budget says. */
  untilMs?: number
  hooks: Hooks
  shift: TrafficShift
  terminationWaitMs: number
  /** Continue by ourselves a deployment that waits at `Ready`. */
  autoPromote: boolean
  /** Have the original task set terminated as soon as every event is done. */
  endsTerminationWait?: boolean
  onEntry(entry: TimelineEntry): void
  onSnapshot(snapshot: Snapshot): void
  /** Every change that a reading showed has been handed on. */
  onTold?(): void
  onHeartbeat(heartbeat: Heartbeat): void
  /** The function of a hook cannot be running any more, and has not reported. Told once for each lifecycle event. */
  onHookOverdue?(hook: Extract<Phase, { kind: 'hook' }>, snapshot: Snapshot): Promise<void>
  /** Readings of deployments that fail: one trouble for a deployment, the end of it and its rollback. */
  reading: Outage
  /** What asks for something to be changed began to fail, or is answered again. */
  onRequestTrouble(trouble: OutageNews): void
  /** The deployment waits at `Ready`, and we may not continue it. Told once. */
  onPromotionDenied(error: CallError, wait: 'ready' | 'termination'): void
  /** It waits at `Ready`, and whether its test hook has passed cannot be seen, so it is not continued. Told at each look. */
  onPromotionUnsure?(): void
  /** Our request to stop the deployment with rollback was accepted. */
  onStopAccepted(): void
  /** Looks deeper after each reading; a text ends the wait with it as the reason. */
  reasonToGiveUp(snapshot: Snapshot): Promise<string | undefined>
}

/** Follows to the deployment's own end with one limit, whatever the release was waiting for. */
export function untilTheEnd(following: Following, limitMs: number): Following {
  const budget: Budget = { totalMs: limitMs, overallMs: limitMs, phaseMs: () => limitMs }
  return {
    ...following,
    finishLine: 'completion',
    budget,
    autoPromote: false,
    endsTerminationWait: false,
    reasonToGiveUp: async () => undefined,
  }
}
