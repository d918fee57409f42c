import { CallError, isPassing } from '../aws/attempts.ts'
import type { ServiceError } from '../aws/service-error.ts'
import type { FinishLine } from '../inputs/choices.ts'
import type { TrafficShift } from '../service/traffic-shift.ts'
import type { Clock } from '../time/clock.ts'
import { until } from '../time/race.ts'
import type { Budget } from './budget.ts'
import { Outage, type OutageNews } from './outage.ts'
import { nextLookMs } from './pace.ts'
import { isSamePhase, type Phase, phaseOf } from './phase.ts'
import { type Hooks, hasEnded, isWaitingForPromotion, type Snapshot } from './snapshot.ts'
import { changesBetween, type TimelineEntry } from './timeline.ts'

/*
 *   ReleaseEngine.observe ──► snapshot ──► timeline   what changed since the last look, for the log
 *       ▲                        ├───────► phase ──► budget   how long this may take
 *       │ pace: when to look     └───────► finish line, end, cancel, budget spent ──► Outcome
 *       └──────────────────────────────────┘ none of them: look again
 *
 * What became of a deployment after an Outcome, its stop and its rollback: `settle`, `stop-request`, `rollback`.
 */

/** A way to release: what the poll loop and the operations need of it. Every function may throw CallError. */
export interface ReleaseEngine {
  /** Starts a deployment of the revision and returns its id. Changes AWS. */
  start(taskDefinitionArn: string): Promise<string>
  /** The deployment of this revision that was started and whose id was lost, if there is one. */
  findStarted(taskDefinitionArn: string): Promise<string | undefined>
  /**
   * Reads a deployment, or only its status.
   * @param before the last reading of the same one, of which what cannot have changed is kept
   */
  observe(deploymentId: string, before: Snapshot | undefined, statusOnly?: 'status-only'): Promise<Snapshot>
  /** Asks for a deployment to be stopped. Changes AWS. */
  stop(deploymentId: string, options: { rollback: boolean }): Promise<void>
  /** Lets a deployment that waits at `Ready` shift production. Changes AWS. */
  promote(deploymentId: string): Promise<void>
  /** Has the original task set terminated now, once production has moved. Changes AWS. */
  endTerminationWait(deploymentId: string): Promise<void>
}

/** How following a deployment ended. */
export type Outcome =
  | { kind: 'finish-line'; snapshot: Snapshot }
  /** CodeDeploy ended it without reaching the finish line. */
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
  /** Readings of deployments that fail: one trouble for a deployment, the end of it and its rollback. */
  reading: Outage
  /** What asks for something to be changed began to fail, or is answered again. */
  onRequestTrouble(trouble: OutageNews): void
  /** The deployment waits at `Ready`, and we may not continue it. Told once. */
  onPromotionDenied(error: CallError, wait: 'ready' | 'termination'): void
  /** It waits at `Ready`, and whether its test hook has passed cannot be seen, so it is not continued. Told at each look. */
  onPromotionUnsure?(): void
  /** CodeDeploy has taken our request to stop the deployment with rollback. */
  onStopAccepted(): void
  /** Looks deeper after each reading; a text ends the wait with it as the reason. */
  reasonToGiveUp(snapshot: Snapshot): Promise<string | undefined>
}

/** Silence after which the log says what is being waited for, in milliseconds. */
const HEARTBEAT_MS = 300_000

/** How soon a deployment is continued again when that failed for a passing reason, in milliseconds. */
const PROMOTE_AGAIN_MS = 10_000

/** It went on before we asked, or by a request of ours whose answer was lost: the next look shows. */
const NO_LONGER_READY = new Set(['DeploymentIsNotInReadyState', 'DeploymentAlreadyCompleted'])

/** What the loop remembers from one look to the next. Times by the monotonic clock. */
interface Watch {
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
  /** False once the termination wait was ended, or we were told that we may not. */
  mayEndWait: boolean
}

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
  const watch = newWatch(following, before)
  const outcome = await followFrom(watch, engine, deploymentId, following)
  const isFact = outcome.kind === 'finish-line' || outcome.kind === 'ended'
  return following.signal.aborted && !isFact ? { kind: 'cancelled', snapshot: watch.snapshot } : outcome
}

async function followFrom(
  watch: Watch,
  engine: ReleaseEngine,
  deploymentId: string,
  following: Following,
): Promise<Outcome> {
  while (!following.signal.aborted) {
    const outcome = await look(engine, deploymentId, watch, following)
    if (outcome !== undefined) return outcome
    if (following.signal.aborted) break

    const waiting = waitingIn(watch, following)
    if (waiting.remainingMs <= 0) {
      const last = await lastLook(engine, deploymentId, watch, following)
      if (last !== undefined) return last
      return { kind: 'timed-out', snapshot: watch.snapshot, phase: watch.phase, afterMs: waiting.sinceStartMs }
    }
    tellIfSilent(watch, waiting, following)
    const restMs = nextLookMs({
      snapshot: watch.snapshot,
      phase: watch.phase,
      inPhaseMs: waiting.inPhaseMs,
      shift: following.shift,
      terminationWaitMs: following.terminationWaitMs,
      failedReads: watch.failedReads,
      random: following.random(),
    })
    await following.clock.sleep(Math.min(restMs, waiting.remainingMs), following.signal)
  }
  return { kind: 'cancelled', snapshot: watch.snapshot }
}

function newWatch({ clock, onRequestTrouble }: Following, before: Snapshot | undefined): Watch {
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
    mayEndWait: true,
  }
}

/** One reading, told; an outcome when it ends the wait. */
async function look(
  engine: ReleaseEngine,
  deploymentId: string,
  watch: Watch,
  following: Following,
): Promise<Outcome | undefined> {
  const { signal } = following
  try {
    const before = watch.snapshot
    const snapshot = await until(signal, engine.observe(deploymentId, before))
    if (snapshot === undefined) return undefined
    watch.snapshot = snapshot
    watch.lastReadMs = following.clock.monotonicMs()
    if (tell(before, snapshot, following)) watch.lastToldMs = watch.lastReadMs
    // Told after what was missed meanwhile, which is older.
    following.reading.recovered()
    watch.failedReads = 0

    const outcome = outcomeOf(snapshot, following)
    if (outcome !== undefined) return outcome
    const reason = await until(signal, following.reasonToGiveUp(snapshot))
    if (reason !== undefined) return { kind: 'given-up', snapshot, reason }
    // Nothing is asked for any more that takes the release further.
    if (signal.aborted) return undefined
    if (!isWaitingForPromotion(snapshot)) watch.promoting.recovered()
    else if (following.autoPromote && watch.mayPromote && following.clock.monotonicMs() >= watch.promoteAtMs) {
      if (isTestable(snapshot, following.hooks)) await until(signal, promote(engine, deploymentId, watch, following))
      else following.onPromotionUnsure?.()
    }
    if (!signal.aborted && following.endsTerminationWait === true && watch.mayEndWait && snapshot.eventsAreDone) {
      await until(signal, endTerminationWait(engine, deploymentId, watch, following))
    }
  } catch (error) {
    if (!(error instanceof CallError)) throw error
    if (!mayRideOut(error.serviceError)) {
      return { kind: 'lost-sight', snapshot: watch.snapshot, error: error.serviceError, operation: error.operation }
    }
    following.reading.failed(error)
    watch.failedReads += 1
  }
  return undefined
}

/** Lets the deployment go on; one that we may not continue is followed all the same, because somebody else may. */
async function promote(engine: ReleaseEngine, deploymentId: string, watch: Watch, following: Following): Promise<void> {
  try {
    await engine.promote(deploymentId)
    watch.promoting.recovered()
  } catch (error) {
    if (!(error instanceof CallError)) throw error
    const { kind, code } = error.serviceError
    if (kind === 'denied') {
      watch.mayPromote = false
      following.onPromotionDenied(error, 'ready')
      return
    }
    if (!mayRideOut(error.serviceError)) throw error
    if (NO_LONGER_READY.has(code)) return
    watch.promoting.failed(error)
    watch.promoteAtMs = following.clock.monotonicMs() + PROMOTE_AGAIN_MS * Math.min(6, watch.promoting.failures)
  }
}

/** Ends the wait before the original is terminated; where we may not, it is waited for. */
async function endTerminationWait(
  engine: ReleaseEngine,
  deploymentId: string,
  watch: Watch,
  following: Following,
): Promise<void> {
  try {
    await engine.endTerminationWait(deploymentId)
    watch.mayEndWait = false
  } catch (error) {
    if (!(error instanceof CallError)) throw error
    if (error.serviceError.kind === 'denied') {
      watch.mayEndWait = false
      following.onPromotionDenied(error, 'termination')
      return
    }
    // Too early, too late or not for the moment: the next look shows which.
    if (!mayRideOut(error.serviceError)) throw error
  }
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
  watch: Watch,
  following: Following,
): Promise<Outcome | undefined> {
  const hasNoTime = following.untilMs !== undefined && following.clock.monotonicMs() >= following.untilMs
  if (watch.failedReads === 0 || hasNoTime) return undefined
  try {
    const before = watch.snapshot
    const snapshot = await until(following.signal, engine.observe(deploymentId, before, 'status-only'))
    if (snapshot === undefined) return undefined
    watch.snapshot = snapshot
    tell(before, snapshot, following)
    return outcomeOf(snapshot, following)
  } catch (error) {
    if (!(error instanceof CallError)) throw error
    return undefined
  }
}

interface Waiting {
  sinceStartMs: number
  inPhaseMs: number
  /** Until the budget ends. */
  remainingMs: number
}

/** Where in its budget the wait is; notices when the deployment has come to another phase. */
function waitingIn(watch: Watch, { clock, budget, hooks, untilMs = Number.POSITIVE_INFINITY }: Following): Waiting {
  const nowMs = clock.monotonicMs()
  const phase = phaseOf(watch.snapshot, hooks)
  if (!isSamePhase(watch.phase, phase)) watch.phaseSinceMs = nowMs
  watch.phase = phase
  const sinceStartMs = nowMs - watch.startedAtMs
  const inPhaseMs = nowMs - watch.phaseSinceMs
  const budgetMs = budget.overallMs === undefined ? budget.phaseMs(phase) - inPhaseMs : budget.overallMs - sinceStartMs
  return { sinceStartMs, inPhaseMs, remainingMs: Math.min(budgetMs, untilMs - nowMs) }
}

function tellIfSilent(watch: Watch, { inPhaseMs, remainingMs }: Waiting, { clock, onHeartbeat }: Following): void {
  const nowMs = clock.monotonicMs()
  if (nowMs - watch.lastToldMs < HEARTBEAT_MS) return
  const { phase, snapshot } = watch
  onHeartbeat({
    phase,
    inPhaseMs,
    atMostMs: inPhaseMs + remainingMs,
    snapshot,
    sinceLastReadMs: nowMs - watch.lastReadMs,
  })
  watch.lastToldMs = nowMs
}

/** The outcome a reading decides by itself, if it does. */
export function outcomeOf(
  snapshot: Snapshot,
  { finishLine, hooks }: Pick<Following, 'finishLine' | 'hooks'>,
): Outcome | undefined {
  if (snapshot.status === 'succeeded') return { kind: 'finish-line', snapshot }
  if (hasEnded(snapshot)) return { kind: 'ended', snapshot }
  if (finishLine === 'test-traffic' && isTestable(snapshot, hooks)) return { kind: 'finish-line', snapshot }
  if (finishLine !== 'completion' && snapshot.eventsAreDone) return { kind: 'finish-line', snapshot }
  return undefined
}

/** It waits at `Ready`, and its test hook has passed; where events cannot be seen, only if there is no such hook. */
function isTestable(snapshot: Snapshot, hooks: Hooks): boolean {
  return isWaitingForPromotion(snapshot) && (!snapshot.eventsAreStale || hooks.AfterAllowTestTraffic === undefined)
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

/** A failed read is not a verdict, except when no later one can succeed. */
function mayRideOut(error: ServiceError): boolean {
  return isPassing(error) || error.kind === 'answered'
}
