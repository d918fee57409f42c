import { CallError, isPassing } from '../aws/attempts.ts'
import type { RollbackEvent } from '../inputs/choices.ts'
import { ROLLBACK_BUDGET_MS } from './budget.ts'
import { endingOf, isRollbackDue } from './ending.ts'
import { type Following, follow, type Outcome, type ReleaseEngine, untilTheEnd } from './follow.ts'
import type { Snapshot } from './snapshot.ts'
import { Trouble } from './trouble.ts'

/** What became of the rollback of a deployment. */
export interface Rollback {
  /** `running`: asked for, and not over when we last looked. */
  status: 'none' | 'running' | 'succeeded' | 'failed' | 'unknown'
  deploymentId: string | undefined
  /** The last reading of the rollback deployment. */
  snapshot: Snapshot | undefined
  /** The settings ask for one after an end like this. */
  wasDue: boolean
  /** What CodeDeploy says about why there is none or why it failed; empty when it says nothing. */
  message: string
}

/** What ended the settling of a release before everything was at rest. */
export type CutShort = 'cancelled' | 'timed-out' | 'lost-sight'

export const NO_ROLLBACK: Rollback = {
  status: 'none',
  deploymentId: undefined,
  snapshot: undefined,
  wasDue: false,
  message: '',
}

/** Observed: the pointer to the rollback shows up to a second after the end. Looked for this long, in milliseconds. */
const ROLLBACK_APPEARS_WITHIN_MS = 30_000

/** How soon to look for the rollback again, in milliseconds. */
const LOOK_FOR_ROLLBACK_MS = 1_500

/** A deployment that ended without success, with its last reading and what became of its rollback. */
export interface SettledEnd {
  snapshot: Snapshot
  rollback: Rollback
  cutShort: CutShort | undefined
}

/**
 * Finds the rollback of a deployment that ended without success and follows it to its own end.
 * @param rollbackOn what rolls the deployment back, when the deployment itself does not tell
 */
export async function settleRollback(
  engine: ReleaseEngine,
  ended: Snapshot,
  following: Following,
  rollbackOn: readonly RollbackEvent[],
): Promise<SettledEnd> {
  const wasDue = isRollbackDue(ended, [...rollbackOn, ...(ended.rollbackOn ?? [])])
  const search = await lookForRollback(engine, ended, following, wasDue)
  const { snapshot, cutShort } = search
  if (snapshot.rollback !== undefined) {
    const followed = await followRollback(engine, snapshot, following, wasDue)
    return { snapshot, ...followed }
  }
  const status = cutShort !== undefined && wasDue ? 'unknown' : 'none'
  return { snapshot, rollback: { ...NO_ROLLBACK, status, wasDue }, cutShort }
}

/**
 * At least one more reading; more of them while a rollback may still show. A stop may have asked for a rollback that no
 * setting asks for. Source: CodeDeploy API Reference, StopDeployment, `autoRollbackEnabled`.
 * @returns `cutShort` when the last word was not read
 */
async function lookForRollback(
  engine: ReleaseEngine,
  ended: Snapshot,
  { clock, signal, onReadTrouble, untilMs = Number.POSITIVE_INFINITY }: Following,
  wasDue: boolean,
): Promise<Pick<SettledEnd, 'snapshot' | 'cutShort'>> {
  const mayFollow = wasDue || endingOf(ended) === 'stop-request'
  const giveUpMs = clock.now() + (mayFollow ? ROLLBACK_APPEARS_WITHIN_MS : 0)
  const trouble = new Trouble(onReadTrouble)
  let snapshot = ended
  for (;;) {
    const leftMs = untilMs - clock.now()
    if (leftMs <= 0) return { snapshot, cutShort: 'timed-out' }
    await clock.sleep(Math.min(LOOK_FOR_ROLLBACK_MS, leftMs), signal)
    if (signal.aborted) return { snapshot, cutShort: 'cancelled' }
    let wasRead = false
    try {
      snapshot = await engine.observe(ended.deploymentId, snapshot)
      wasRead = true
      trouble.answered()
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      if (!isPassing(error.serviceError)) return { snapshot, cutShort: 'lost-sight' }
      trouble.failedWith(error)
    }
    if (snapshot.rollback !== undefined) return { snapshot, cutShort: undefined }
    if (clock.now() >= giveUpMs) return { snapshot, cutShort: wasRead ? undefined : 'lost-sight' }
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
    // A message without an id is CodeDeploy saying that it cannot roll back. Source: API Reference, RollbackInfo.
    const status = wasDue && message !== '' ? 'failed' : 'none'
    return { rollback: { ...NO_ROLLBACK, status, wasDue, message }, cutShort: undefined }
  }
  const { kind, snapshot } = await follow(engine, deploymentId, untilTheEnd(following, ROLLBACK_BUDGET_MS))
  const said = snapshot?.error?.message ?? ''
  return {
    rollback: { status: STATUS_AFTER[kind], deploymentId, snapshot, wasDue, message: said },
    cutShort: cutShortBy(kind),
  }
}

/** What ended a wait before the deployment itself did. */
export function cutShortBy(kind: Outcome['kind']): CutShort | undefined {
  return kind === 'cancelled' || kind === 'timed-out' || kind === 'lost-sight' ? kind : undefined
}
