import { CallError } from '../aws/attempts.ts'
import { until } from '../time/race.ts'
import { endTerminationWait, promote } from './continue.ts'
import { isSurelyHeld, outcomeOf } from './finish-line.ts'
import { type FollowState, newFollowState, type Waiting, waitingIn } from './follow-state.ts'
import type { Following, Outcome } from './following.ts'
import { mayRideOut } from './outage.ts'
import { nextLookMs } from './pace.ts'
import { isOverdue } from './phase.ts'
import type { ReleaseEngine } from './release-engine.ts'
import { isWaitingForPromotion, type Snapshot } from './snapshot.ts'
import { changesBetween } from './timeline.ts'

/*
 *   ReleaseEngine.observe ──► snapshot ──► timeline   what changed since the last look, for the log
 *       ▲                        ├───────► phase ──► budget   how long this may take
 *       │ pace: when to look     └───────► finish line, end, cancel, budget spent ──► Outcome
 *       └──────────────────────────────────┘ none of them: look again
 *
 * What became of a deployment after an Outcome, its stop and its rollback: `settle`, `stop-request`, `rollback`.
 */

/** Silence after which the log says what is being waited for, in milliseconds. */
const HEARTBEAT_MS = 300_000

/** The same while only the service's own limit is left to wait for. */
const OVERDUE_HEARTBEAT_MS = 900_000

/**
 * Follows a deployment to the finish line, to its own end, or until something else ends the wait. A cancel comes before
 * every other reason of ours to end it.
 * @param before the last reading of it that has been told, when it was followed before
 */
export async function follow(
  engine: ReleaseEngine,
  deploymentId: string,
  following: Following,
  before?: Snapshot,
): Promise<Outcome> {
  const state = newFollowState(following, before)
  const outcome = await followFrom(state, engine, deploymentId, following)
  const isFact = outcome.kind === 'finish-line' || outcome.kind === 'ended'
  return following.signal.aborted && !isFact ? { kind: 'cancelled', snapshot: state.snapshot } : outcome
}

async function followFrom(
  state: FollowState,
  engine: ReleaseEngine,
  deploymentId: string,
  following: Following,
): Promise<Outcome> {
  while (!following.signal.aborted) {
    const outcome = await look(engine, deploymentId, state, following)
    if (outcome !== undefined) return outcome
    if (following.signal.aborted) break

    const waiting = waitingIn(state, following)
    if (waiting.remainingMs <= 0) {
      const last = await lastLook(engine, deploymentId, state, following)
      if (last !== undefined) return last
      return { kind: 'timed-out', snapshot: state.snapshot, phase: state.phase, afterMs: waiting.sinceStartMs }
    }
    await tellIfOverdue(state, waiting, following)
    tellIfSilent(state, waiting, following)
    const restMs = nextLookMs({
      snapshot: state.snapshot,
      phase: state.phase,
      inPhaseMs: waiting.inPhaseMs,
      shift: following.shift,
      terminationWaitMs: following.terminationWaitMs,
      failedReads: state.failedReads,
      random: following.random(),
    })
    await following.clock.sleep(Math.min(restMs, waiting.remainingMs), following.signal)
  }
  return { kind: 'cancelled', snapshot: state.snapshot }
}

/** One reading, told; an outcome when it ends the wait. */
async function look(
  engine: ReleaseEngine,
  deploymentId: string,
  state: FollowState,
  following: Following,
): Promise<Outcome | undefined> {
  const { signal } = following
  try {
    const before = state.snapshot
    const snapshot = await until(signal, engine.observe(deploymentId, before))
    if (snapshot === undefined) return undefined
    state.snapshot = snapshot
    state.lastReadMs = following.clock.monotonicMs()
    if (tell(before, snapshot, following)) state.lastToldMs = state.lastReadMs
    // Told after what was missed meanwhile, which is older.
    following.reading.recovered()
    state.failedReads = 0

    const outcome = outcomeOf(snapshot, following)
    if (outcome !== undefined) return outcome
    const reason = await until(signal, following.reasonToGiveUp(snapshot))
    if (reason !== undefined) return { kind: 'given-up', snapshot, reason }
    // Nothing is asked for any more that takes the release further.
    if (signal.aborted) return undefined
    if (!isWaitingForPromotion(snapshot)) state.promoting.recovered()
    else if (following.autoPromote && state.mayPromote && following.clock.monotonicMs() >= state.promoteAtMs) {
      if (isSurelyHeld(snapshot, following.hooks)) await until(signal, promote(engine, deploymentId, state, following))
      else following.onPromotionUnsure?.()
    }
    if (!signal.aborted && following.endsTerminationWait === true && state.mayEndWait && snapshot.eventsAreDone) {
      await until(signal, endTerminationWait(engine, deploymentId, state, following))
    }
  } catch (error) {
    if (!(error instanceof CallError)) throw error
    if (!mayRideOut(error.serviceError)) {
      return { kind: 'lost-sight', snapshot: state.snapshot, error: error.serviceError, operation: error.operation }
    }
    following.reading.failed(error)
    state.failedReads += 1
  }
  return undefined
}

/** Hands a reading on, with what has changed. @returns whether anything has */
export function tell(before: Snapshot | undefined, snapshot: Snapshot, following: Following): boolean {
  following.onSnapshot(snapshot)
  const entries = changesBetween(before, snapshot, following.clock.now())
  for (const entry of entries) following.onEntry(entry)
  following.onTold?.()
  return entries.length > 0
}

/** Before a wait is given up whose looks fail: the status alone may be there to be read, and decide it. */
async function lastLook(
  engine: ReleaseEngine,
  deploymentId: string,
  state: FollowState,
  following: Following,
): Promise<Outcome | undefined> {
  const hasNoTime = following.untilMs !== undefined && following.clock.monotonicMs() >= following.untilMs
  if (state.failedReads === 0 || hasNoTime) return undefined
  try {
    const before = state.snapshot
    const snapshot = await until(following.signal, engine.observe(deploymentId, before, 'status-only'))
    if (snapshot === undefined) return undefined
    state.snapshot = snapshot
    tell(before, snapshot, following)
    return outcomeOf(snapshot, following)
  } catch (error) {
    if (!(error instanceof CallError)) throw error
    return undefined
  }
}

/** Once its function cannot be running any more, why a hook has not reported can be seen, and need not be waited for. */
async function tellIfOverdue(state: FollowState, { inPhaseMs }: Waiting, following: Following): Promise<void> {
  const { phase, snapshot } = state
  if (snapshot === undefined || !isOverdue(phase, inPhaseMs) || state.overdueEvent === phase.event) return
  state.overdueEvent = phase.event
  state.lastToldMs = following.clock.monotonicMs()
  await until(following.signal, following.onHookOverdue?.(phase, snapshot) ?? Promise.resolve())
}

function tellIfSilent(
  state: FollowState,
  { inPhaseMs, remainingMs }: Waiting,
  { clock, onHeartbeat }: Following,
): void {
  const nowMs = clock.monotonicMs()
  const { phase, snapshot } = state
  const everyMs = isOverdue(phase, inPhaseMs) ? OVERDUE_HEARTBEAT_MS : HEARTBEAT_MS
  if (nowMs - state.lastToldMs < everyMs) return
  onHeartbeat({
    phase,
    inPhaseMs,
    atMostMs: inPhaseMs + remainingMs,
    snapshot,
    sinceLastReadMs: nowMs - state.lastReadMs,
  })
  state.lastToldMs = nowMs
}
