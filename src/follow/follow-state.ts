import type { Following } from './following.ts'
import { Outage } from './outage.ts'
import { isSamePhase, type Phase, phaseOf } from './phase.ts'
import type { Snapshot } from './snapshot.ts'

/** What the loop remembers from one look to the next. Times by the monotonic clock. */
export interface FollowState {
  snapshot: Snapshot | undefined
  startedAtMs: number
  lastReadMs: number
  /** When a change or a heartbeat was last told. */
  lastToldMs: number
  failedReads: number
  phase: Phase
  phaseSinceMs: number
  /** False once we were told that we may not. */
  mayPromote: boolean
  promoteAtMs: number
  promoting: Outage
  /** The lifecycle event of which it was told that its hook cannot be running any more. */
  overdueEvent: string | undefined
  /** False once the termination wait was ended, or we were told that we may not. */
  mayEndWait: boolean
}

export function newFollowState({ clock, onRequestTrouble }: Following, before: Snapshot | undefined): FollowState {
  const nowMs = clock.monotonicMs()
  return {
    snapshot: before,
    startedAtMs: nowMs,
    lastReadMs: nowMs,
    lastToldMs: nowMs,
    failedReads: 0,
    phase: { kind: 'provisioning' },
    phaseSinceMs: nowMs,
    mayPromote: true,
    promoteAtMs: nowMs,
    promoting: new Outage(onRequestTrouble),
    overdueEvent: undefined,
    mayEndWait: true,
  }
}

export interface Waiting {
  sinceStartMs: number
  inPhaseMs: number
  /** Until the budget ends. */
  remainingMs: number
}

/** Where in its budget the wait is; notices when the deployment has come to another phase. */
export function waitingIn(
  state: FollowState,
  { clock, budget, hooks, untilMs = Number.POSITIVE_INFINITY }: Following,
): Waiting {
  const nowMs = clock.monotonicMs()
  const phase = phaseOf(state.snapshot, hooks)
  if (!isSamePhase(state.phase, phase)) state.phaseSinceMs = nowMs
  state.phase = phase
  const sinceStartMs = nowMs - state.startedAtMs
  const inPhaseMs = nowMs - state.phaseSinceMs
  const budgetMs = budget.overallMs === undefined ? budget.phaseMs(phase) - inPhaseMs : budget.overallMs - sinceStartMs
  return { sinceStartMs, inPhaseMs, remainingMs: Math.min(budgetMs, untilMs - nowMs) }
}
