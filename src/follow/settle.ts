import { CallError } from '../aws/attempts.ts'
import type { RollbackEvent } from '../inputs/inputs.ts'
import { type Budget, ROLLBACK_BUDGET_MS } from './budget.ts'
import { isRollbackDue } from './ending.ts'
import { type Following, follow, type Outcome, type ReleaseEngine } from './follow.ts'
import { hasEnded, type Snapshot } from './snapshot.ts'

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

/** Where everything stands once a release is over. */
export interface Settlement {
  /** The last reading of the deployment. */
  snapshot: Snapshot | undefined
  rollback: Rollback
  /** We asked CodeDeploy to stop the deployment; its refusal, if it refused. */
  stop: { refusal: string | undefined } | undefined
}

const NO_ROLLBACK: Rollback = {
  status: 'none',
  deploymentId: undefined,
  snapshot: undefined,
  wasDue: false,
  message: '',
}

/** Observed: the pointer to the rollback shows up to a second after the end. Looked for this long, in milliseconds. */
const ROLLBACK_APPEARS_WITHIN_MS = 30_000

/** How long a stop may take until the deployment has ended, in milliseconds. */
const STOP_BUDGET_MS = 10 * 60_000

/** How soon to look for the rollback again, in milliseconds. */
const LOOK_FOR_ROLLBACK_MS = 1_500

/**
 * Brings a release to rest: stops what is to be stopped, finds the rollback of a deployment that ended badly and
 * follows that deployment to its own end. Changes AWS only after `given-up` and `cancelled`; production that is fully
 * shifted is never undone.
 * @param rollbackOn what rolls the deployment back, when the deployment itself does not tell
 */
export async function settle(
  engine: ReleaseEngine,
  deploymentId: string,
  outcome: Outcome,
  following: Following,
  rollbackOn: readonly RollbackEvent[],
): Promise<Settlement> {
  const { snapshot } = outcome
  switch (outcome.kind) {
    case 'finish-line':
    case 'timed-out':
      return { snapshot, rollback: NO_ROLLBACK, stop: undefined }
    case 'lost-sight':
      return { snapshot, rollback: { ...NO_ROLLBACK, status: 'unknown' }, stop: undefined }
    case 'cancelled':
      return await stopOnly(engine, deploymentId, snapshot)
    case 'given-up': {
      const stop = { refusal: await stopRefusal(engine, deploymentId) }
      const end = await follow(engine, deploymentId, untilTheEnd(following, STOP_BUDGET_MS), snapshot)
      const dueOn = stop.refusal === undefined ? (['stop', ...rollbackOn] as const) : rollbackOn
      return { ...(await settleEnded(engine, end, following, dueOn)), stop }
    }
    case 'ended':
      return { ...(await settleEnded(engine, outcome, following, rollbackOn)), stop: undefined }
  }
}

async function settleEnded(
  engine: ReleaseEngine,
  { kind, snapshot }: Outcome,
  following: Following,
  rollbackOn: readonly RollbackEvent[],
): Promise<Omit<Settlement, 'stop'>> {
  if (kind === 'lost-sight') return { snapshot, rollback: { ...NO_ROLLBACK, status: 'unknown' } }
  if (snapshot === undefined || !hasEnded(snapshot) || snapshot.status === 'succeeded') {
    return { snapshot, rollback: NO_ROLLBACK }
  }
  const wasDue = isRollbackDue(snapshot, [...rollbackOn, ...(snapshot.rollbackOn ?? [])])
  const last = await lookForRollback(engine, snapshot, following, wasDue)
  return { snapshot: last, rollback: await followRollback(engine, last, following, wasDue) }
}

/** At least one more reading; more of them while a rollback is due and none has shown. */
async function lookForRollback(
  engine: ReleaseEngine,
  ended: Snapshot,
  { clock, signal }: Following,
  wasDue: boolean,
): Promise<Snapshot> {
  const untilMs = clock.now() + (wasDue ? ROLLBACK_APPEARS_WITHIN_MS : 0)
  let last = ended
  do {
    await clock.sleep(LOOK_FOR_ROLLBACK_MS, signal)
    try {
      last = await engine.observe(ended.deploymentId, last)
    } catch (error) {
      if (!(error instanceof CallError)) throw error
    }
  } while (last.rollback === undefined && clock.now() < untilMs && !signal.aborted)
  return last
}

async function followRollback(
  engine: ReleaseEngine,
  { rollback }: Snapshot,
  following: Following,
  wasDue: boolean,
): Promise<Rollback> {
  const { deploymentId, message } = rollback ?? { deploymentId: undefined, message: '' }
  if (deploymentId === undefined) {
    // A message without an id is CodeDeploy saying that it cannot roll back. Source: API Reference, RollbackInfo.
    const status = wasDue && message !== '' ? 'failed' : 'none'
    return { ...NO_ROLLBACK, status, wasDue, message }
  }
  const { kind, snapshot } = await follow(engine, deploymentId, untilTheEnd(following, ROLLBACK_BUDGET_MS))
  const statuses: Record<Outcome['kind'], Rollback['status']> = {
    'finish-line': 'succeeded',
    ended: 'failed',
    'timed-out': 'running',
    cancelled: 'running',
    'given-up': 'running',
    'lost-sight': 'unknown',
  }
  return { status: statuses[kind], deploymentId, snapshot, wasDue, message: snapshot?.error?.message ?? '' }
}

/** A cancelled step has seconds left: it asks for the stop and does not wait for what becomes of it. */
async function stopOnly(
  engine: ReleaseEngine,
  deploymentId: string,
  snapshot: Snapshot | undefined,
): Promise<Settlement> {
  if (snapshot?.isShifted === true) return { snapshot, rollback: NO_ROLLBACK, stop: undefined }
  const refusal = await stopRefusal(engine, deploymentId)
  const rollback: Rollback = refusal === undefined ? { ...NO_ROLLBACK, status: 'running', wasDue: true } : NO_ROLLBACK
  return { snapshot, rollback, stop: { refusal } }
}

/** Asks for a stop with rollback. @returns why it was refused, in the service's words; undefined when it was accepted */
async function stopRefusal(engine: ReleaseEngine, deploymentId: string): Promise<string | undefined> {
  try {
    await engine.stop(deploymentId, { rollback: true })
    return undefined
  } catch (error) {
    if (!(error instanceof CallError)) throw error
    return `${error.serviceError.code}: ${error.serviceError.message}`
  }
}

/** Follows to the deployment's own end with one limit, whatever the release was waiting for. */
function untilTheEnd(following: Following, limitMs: number): Following {
  const budget: Budget = { totalMs: limitMs, overallMs: limitMs, phaseMs: () => limitMs }
  return {
    ...following,
    finishLine: 'completion',
    budget,
    autoPromote: false,
    reasonToGiveUp: async () => undefined,
  }
}
