import { CallError, isPassing } from '../aws/attempts.ts'
import type { RollbackEvent } from '../inputs/choices.ts'
import { elapsedMs, type Moment, momentOf } from '../time/clock.ts'
import { until } from '../time/race.ts'
import { ROLLBACK_BUDGET_MS } from './budget.ts'
import { isRollbackDue, mayRollBack } from './ending.ts'
import { follow } from './follow.ts'
import { type Following, type Outcome, untilTheEnd } from './following.ts'
import type { ReleaseEngine } from './release-engine.ts'
import type { Snapshot } from './snapshot.ts'

/** What became of the rollback of a deployment. */
export interface Rollback {
  /** `running`: asked for, and not over when we last looked. */
  status: 'none' | 'running' | 'succeeded' | 'failed' | 'unknown'
  deploymentId: string | undefined
  /** The last reading of the rollback deployment. */
  snapshot: Snapshot | undefined
  /** The settings, or a stop of ours, ask for one after an end like this. */
  wasDue: boolean
  /** How long it was looked for before `none` was said, in milliseconds. */
  lookedForMs: number
  /** What the service says about why there is none or why it failed; empty when it says nothing. */
  message: string
}

/** What ended the settling of a release before everything was at rest. */
export type CutShort = 'cancelled' | 'timed-out' | 'lost-sight'

export const NO_ROLLBACK: Rollback = {
  status: 'none',
  deploymentId: undefined,
  snapshot: undefined,
  wasDue: false,
  lookedForMs: 0,
  message: '',
}

/**
 * How long a rollback is looked for, in milliseconds. Observed: it shows within a second of the end; how long that can
 * take is not documented, so one that is due gets the time of a rollback.
 */
const MAY_SHOW_WITHIN_MS = 120_000

/** The same where no replacement was started, and after an end that is long ago. */
const SHOWS_AT_ONCE_WITHIN_MS = 30_000

/** How soon to look for the rollback again: a tenth of the time so far, within these limits. In milliseconds. */
const LOOK_SOON_MS = 1_500
const LOOK_LATER_MS = 15_000

/** When it is first told that the rollback has not shown yet, and how often after that, in milliseconds. */
const TELL_AFTER_MS = 30_000
const TELL_AGAIN_MS = 300_000

/** A deployment that ended without success, with its last reading and what became of its rollback. */
export interface SettledEnd {
  snapshot: Snapshot
  rollback: Rollback
  cutShort: CutShort | undefined
}

/** What may have asked for a rollback. */
export interface RollbackReasons {
  /** What rolls the deployment back, when the deployment itself does not tell. */
  rollbackOn: readonly RollbackEvent[]
  /** A stop of ours that asks for a rollback was accepted. */
  isAsked?: boolean
}

/** Finds the rollback of a deployment that ended without success and follows it to its own end. */
export async function settleRollback(
  engine: ReleaseEngine,
  ended: Snapshot,
  following: Following,
  { rollbackOn, isAsked = false }: RollbackReasons,
): Promise<SettledEnd> {
  const asked: readonly RollbackEvent[] = isAsked ? ['stop'] : []
  const wasDue = isRollbackDue(ended, [...(ended.rollbackOn ?? rollbackOn), ...asked])
  const mayFollow = wasDue || mayRollBack(ended)
  const limitMs = mayFollow ? searchLimitMs(ended, wasDue, momentOf(following.clock)) : 0
  const { snapshot, cutShort, lookedForMs } = await lookForRollback(engine, ended, following, limitMs)
  if (snapshot.rollback !== undefined) {
    const followed = await followRollback(engine, snapshot, following, wasDue)
    return { snapshot, ...followed }
  }
  const status = cutShort !== undefined && mayFollow ? 'unknown' : 'none'
  return { snapshot, rollback: { ...NO_ROLLBACK, status, wasDue, lookedForMs }, cutShort }
}

/** How long to look for a rollback that may follow. What has passed since the end counts. */
function searchLimitMs(ended: Snapshot, wasDue: boolean, now: Moment): number {
  const hasReplacement = ended.eventsAreStale || ended.taskSets.some(({ role }) => role === 'replacement')
  if (!hasReplacement) return SHOWS_AT_ONCE_WITHIN_MS
  const limitMs = wasDue ? ROLLBACK_BUDGET_MS : MAY_SHOW_WITHIN_MS
  // By the service's clock and ours, which may be apart: at most since the deployment was last seen to go on.
  const byClocksMs = Math.max(0, now.atMs - (ended.endedAtMs ?? now.atMs))
  const sinceEndMs = ended.wasOpenAt === undefined ? byClocksMs : Math.min(byClocksMs, elapsedMs(ended.wasOpenAt, now))
  return Math.max(SHOWS_AT_ONCE_WITHIN_MS, limitMs - sinceEndMs)
}

/**
 * At least one more reading; more of them, less and less often, while a rollback may still show.
 * @param limitMs how long it may take to show
 * @returns `cutShort` when the last word was not read
 */
async function lookForRollback(
  engine: ReleaseEngine,
  ended: Snapshot,
  { clock, signal, reading: trouble, onHeartbeat, untilMs = Number.POSITIVE_INFINITY }: Following,
  limitMs: number,
): Promise<Pick<SettledEnd, 'snapshot' | 'cutShort'> & { lookedForMs: number }> {
  const startMs = clock.monotonicMs()
  let snapshot = ended
  let lastReadMs = startMs
  let tellAtMs = TELL_AFTER_MS
  for (;;) {
    const sinceMs = clock.monotonicMs() - startMs
    const leftMs = untilMs - clock.monotonicMs()
    if (leftMs <= 0) return { snapshot, cutShort: 'timed-out', lookedForMs: sinceMs }
    const restMs = Math.max(LOOK_SOON_MS, Math.min(LOOK_LATER_MS, sinceMs / 10))
    const lastMs = limitMs > sinceMs ? limitMs - sinceMs : restMs
    await clock.sleep(Math.min(restMs, leftMs, lastMs), signal)
    let wasRead = false
    try {
      const seen = signal.aborted ? undefined : await until(signal, engine.observe(ended.deploymentId, snapshot))
      if (seen === undefined) return { snapshot, cutShort: 'cancelled', lookedForMs: clock.monotonicMs() - startMs }
      snapshot = seen
      wasRead = true
      lastReadMs = clock.monotonicMs()
      trouble.recovered()
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      if (!isPassing(error.serviceError)) return { snapshot, cutShort: 'lost-sight', lookedForMs: sinceMs }
      trouble.failed(error)
    }
    const lookedForMs = clock.monotonicMs() - startMs
    if (snapshot.rollback !== undefined) return { snapshot, cutShort: undefined, lookedForMs }
    if (lookedForMs >= limitMs) return { snapshot, cutShort: wasRead ? undefined : 'lost-sight', lookedForMs }
    if (lookedForMs >= tellAtMs) {
      const sinceLastReadMs = clock.monotonicMs() - lastReadMs
      onHeartbeat({ phase: { kind: 'rollback' }, inPhaseMs: lookedForMs, atMostMs: limitMs, snapshot, sinceLastReadMs })
      tellAtMs = lookedForMs + TELL_AGAIN_MS
    }
  }
}

const STATUS_AFTER: Record<Outcome['kind'], Rollback['status']> = {
  'finish-line': 'succeeded',
  ended: 'failed',
  'timed-out': 'running',
  cancelled: 'running',
  'given-up': 'running',
  'stop-asked': 'running',
  'lost-sight': 'unknown',
}

async function followRollback(
  engine: ReleaseEngine,
  { rollback: pointer }: Snapshot,
  following: Following,
  wasDue: boolean,
): Promise<Pick<SettledEnd, 'rollback' | 'cutShort'>> {
  const { deploymentId, message } = pointer ?? { deploymentId: undefined, message: '' }
  if (deploymentId === undefined) {
    // A message without an id says that there can be no rollback. Source: API Reference, RollbackInfo.
    const status = wasDue && message !== '' ? 'failed' : 'none'
    return { rollback: { ...NO_ROLLBACK, status, wasDue, message }, cutShort: undefined }
  }
  const { kind, snapshot } = await follow(engine, deploymentId, untilTheEnd(following, ROLLBACK_BUDGET_MS))
  const said = snapshot?.error?.message ?? ''
  return {
    rollback: { ...NO_ROLLBACK, status: STATUS_AFTER[kind], deploymentId, snapshot, wasDue, message: said },
    cutShort: cutShortBy(kind),
  }
}

/** What ended a wait before the deployment itself did. */
export function cutShortBy(kind: Outcome['kind']): CutShort | undefined {
  return kind === 'cancelled' || kind === 'timed-out' || kind === 'lost-sight' ? kind : undefined
}
