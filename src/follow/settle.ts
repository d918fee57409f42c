import { momentOf } from '../time/clock.ts'
import { delayed } from '../time/race.ts'
import { follow } from './follow.ts'
import { type Following, type Outcome, untilTheEnd } from './following.ts'
import { lookOnceMore, untilConsistent } from './look-once-more.ts'
import type { ReleaseEngine } from './release-engine.ts'
import { type CutShort, cutShortBy, NO_ROLLBACK, type RollbackReasons, settleRollback } from './rollback.ts'
import type { EarlyEndPolicy, Settlement } from './settlement.ts'
import { hasEnded, isBeforeProduction, isCurrent, lastReadAt, productionMoved, type Snapshot } from './snapshot.ts'
import { StopRequest } from './stop-request.ts'

/** How long a stop may take until the deployment has ended, in milliseconds. */
const STOP_BUDGET_MS = 10 * 60_000

const AT_REST = { rollback: NO_ROLLBACK, stop: undefined, notStoppedBecause: undefined, cutShort: undefined }

/**
 * Brings a release to rest: stops what is to be stopped, finds the rollback of a deployment that ended badly and
 * follows that deployment to its own end. Changes AWS only after `given-up` and `stop-asked`, and after `cancelled` and
 * `timed-out` when asked to; production that has moved is taken back by `stop-asked` alone, and nothing is stopped
 * unseen.
 */
export async function settle(
  engine: ReleaseEngine,
  deploymentId: string,
  outcome: Outcome,
  following: Following,
  policy: EarlyEndPolicy,
): Promise<Settlement> {
  const { clock, signal } = following
  const isCancelled = outcome.kind === 'cancelled'
  // What is being settled when the run is cancelled goes on for as long as a cancelled step does.
  const late = isCancelled ? clock.deadline(policy.windDownMs) : delayed(clock, signal, policy.windDownMs)
  const timed = { ...following, signal: late.signal }
  try {
    const settling = isCancelled ? following : timed
    const settlement = await settleLeftover(engine, deploymentId, outcome, settling, policy)
    if (settlement.snapshot === undefined) return settlement
    return { ...settlement, snapshot: await untilConsistent(engine, settlement.snapshot, timed) }
  } finally {
    late.cancel()
  }
}

async function settleLeftover(
  engine: ReleaseEngine,
  deploymentId: string,
  outcome: Outcome,
  following: Following,
  policy: EarlyEndPolicy,
): Promise<Settlement> {
  const { snapshot } = outcome
  switch (outcome.kind) {
    case 'finish-line':
      return { ...AT_REST, snapshot }
    case 'lost-sight':
      return { ...AT_REST, snapshot, rollback: { ...NO_ROLLBACK, status: 'unknown' }, cutShort: 'lost-sight' }
    case 'ended':
      return { ...AT_REST, ...(await settleRollback(engine, outcome.snapshot, following, reasonsOf(policy))) }
    case 'given-up':
      return await stopAndSettle(engine, outcome.snapshot, following, policy)
    case 'stop-asked':
      return await stopAndSettle(engine, outcome.snapshot, following, policy, 'as-asked')
    case 'timed-out':
      if (policy.onTimeout === 'leave') return await leave(engine, deploymentId, snapshot, following, policy)
      return await partWithRollback(engine, deploymentId, snapshot, following, policy)
    case 'cancelled': {
      const untilMs = following.clock.monotonicMs() + policy.windDownMs
      const windingDown = { ...following, signal: new AbortController().signal, untilMs }
      const part = policy.onCancel === 'leave' ? leave : partWithRollback
      return await part(engine, deploymentId, snapshot, windingDown, policy)
    }
  }
}

/** What may have asked for a rollback before this step asks for anything. */
function reasonsOf({ rollbackOn, wasStopAccepted = false }: EarlyEndPolicy): RollbackReasons {
  return { rollbackOn, isAsked: wasStopAccepted }
}

/** Leaves a deployment as it is; where the last reading of it is no longer what is now, with another one. */
async function leave(
  engine: ReleaseEngine,
  deploymentId: string,
  before: Snapshot | undefined,
  following: Following,
  policy: EarlyEndPolicy,
): Promise<Settlement> {
  const isKnown = before !== undefined && isCurrent(lastReadAt(before), momentOf(following.clock))
  const snapshot = isKnown ? before : await lookOnceMore(engine, deploymentId, before, following)
  if (snapshot === undefined) return unseen(before, following)
  if (hasEnded(snapshot)) return await settleEnd(engine, snapshot, following, reasonsOf(policy))
  return { ...AT_REST, snapshot }
}

/** Nothing is known of what became of it since it was read before. */
function unseen(before: Snapshot | undefined, { signal, untilMs }: Following): Settlement {
  const rollback = { ...NO_ROLLBACK, status: 'unknown' } as const
  // A cancelled step has no time for more, and its post step looks on.
  const cutShort = signal.aborted ? 'cancelled' : untilMs === undefined ? 'lost-sight' : 'timed-out'
  return { ...AT_REST, snapshot: before, rollback, cutShort }
}

/** Stops a deployment with rollback unless a fresh look says that it is too late for that. */
async function partWithRollback(
  engine: ReleaseEngine,
  deploymentId: string,
  before: Snapshot | undefined,
  following: Following,
  policy: EarlyEndPolicy,
): Promise<Settlement> {
  const { wasStopped = false, wasStopAccepted = false, onlyAtReady = false } = policy
  const snapshot = await lookOnceMore(engine, deploymentId, before, following)
  if (snapshot === undefined) return { ...unseen(before, following), notStoppedBecause: 'unseen' }
  if (hasEnded(snapshot)) return await settleEnd(engine, snapshot, following, reasonsOf(policy))
  if (productionMoved(snapshot) && !wasStopped) return { ...AT_REST, snapshot, notStoppedBecause: 'moved' }
  const isMeant = !onlyAtReady || wasStopAccepted || isBeforeProduction(snapshot)
  if (!isMeant) return { ...AT_REST, snapshot, notStoppedBecause: 'not-at-ready' }
  return await stopAndSettle(engine, snapshot, following, policy, wasStopped ? 'as-asked' : undefined)
}

async function stopAndSettle(
  engine: ReleaseEngine,
  snapshot: Snapshot,
  following: Following,
  policy: EarlyEndPolicy,
  asAsked?: 'as-asked',
): Promise<Settlement> {
  const { deploymentId } = snapshot
  const stop = new StopRequest(engine, deploymentId, following)
  await stop.send()
  const waiting: Following = {
    ...untilTheEnd(following, STOP_BUDGET_MS),
    reasonToGiveUp: async (seen) => {
      if (mayStopNow(seen, policy, asAsked)) await stop.sendAgainIfWorthwhile()
      return asAsked !== undefined && stop.isRefusedForGood ? 'the stop was not accepted' : undefined
    },
  }
  const end = await follow(engine, deploymentId, waiting, snapshot)
  const { refusal, problem } = stop
  if (end.kind === 'given-up') return { ...AT_REST, snapshot: end.snapshot, stop: { refusal, problem } }
  const cutShort = cutShortOf(end, following)
  if (cutShort === undefined && end.snapshot !== undefined) {
    const isRefused = refusal !== undefined && !stop.hasEnded(end.snapshot)
    const reasons = isRefused ? reasonsOf(policy) : { ...reasonsOf(policy), isAsked: true }
    const settled = await settleEnd(engine, end.snapshot, following, reasons)
    return { ...settled, stop: { refusal: isRefused ? refusal : undefined } }
  }
  const wasDue = refusal === undefined
  const status = cutShort === 'lost-sight' ? 'unknown' : wasDue ? 'running' : 'none'
  return {
    ...AT_REST,
    snapshot: end.snapshot ?? snapshot,
    rollback: { ...NO_ROLLBACK, status, wasDue },
    stop: { refusal, problem },
    cutShort,
  }
}

/** What ended the wait for a stop to take effect; time that passed without a reading is sight that was lost. */
function cutShortOf({ kind, snapshot }: Outcome, { clock, untilMs }: Following): CutShort | undefined {
  const cutShort = cutShortBy(kind)
  const isSeen = snapshot !== undefined && isCurrent(lastReadAt(snapshot), momentOf(clock))
  return cutShort === 'timed-out' && untilMs === undefined && !isSeen ? 'lost-sight' : cutShort
}

/** Whether a stop that has failed is still wanted of a deployment that is like this by now. */
function mayStopNow(seen: Snapshot, { onlyAtReady = false }: EarlyEndPolicy, asAsked: 'as-asked' | undefined): boolean {
  if (asAsked === undefined) return !productionMoved(seen)
  return !onlyAtReady || isBeforeProduction(seen)
}

/** A deployment that succeeded while it was to be stopped is at rest too. */
async function settleEnd(
  engine: ReleaseEngine,
  snapshot: Snapshot,
  following: Following,
  reasons: RollbackReasons,
): Promise<Settlement> {
  if (snapshot.status === 'succeeded') return { ...AT_REST, snapshot }
  return { ...AT_REST, ...(await settleRollback(engine, snapshot, following, reasons)) }
}
