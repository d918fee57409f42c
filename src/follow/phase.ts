import { stepOf } from '../lifecycle/step.ts'
import { eventAt, type Hooks, hasEnded, hookOf, isDone, runningEvent, type Snapshot } from './snapshot.ts'

/** What a deployment is waiting for, as far as one reading tells. */
export type Phase =
  /** The replacement is being started and becoming healthy. */
  | { kind: 'provisioning' }
  /** A hook function has been called and has not answered. */
  | { kind: 'hook'; event: string; hookFunction: string }
  /** It waits for somebody to continue it. */
  | { kind: 'ready' }
  /** Production traffic is being shifted. */
  | { kind: 'shift' }
  /** Between events, or in one that takes a moment. */
  | { kind: 'between' }
  /** The deployment goes on, and its events cannot be seen. */
  | { kind: 'unseen' }
  /** Everything is done; the original task set waits for its termination. */
  | { kind: 'termination' }
  | { kind: 'ended' }
  /** It has ended, and its rollback has not shown yet; `hasBegun`: it is that rollback, whose events are not told. */
  | { kind: 'rollback'; hasBegun?: true }

/** Longest run of a Lambda function, in milliseconds. Source: Lambda Developer Guide, "Lambda quotas". */
const LONGEST_RUN_MS = 15 * 60_000

/**
 * A hook that has not reported although the function that was called cannot be running any more. Something else may still
 * report for it.
 */
export function isOverdue(phase: Phase, inPhaseMs: number): phase is Extract<Phase, { kind: 'hook' }> {
  return phase.kind === 'hook' && inPhaseMs >= LONGEST_RUN_MS
}

/** The phase a deployment is in. */
export function phaseOf(snapshot: Snapshot | undefined, hooks: Hooks): Phase {
  if (snapshot === undefined) return { kind: 'provisioning' }
  if (hasEnded(snapshot)) return { kind: 'ended' }
  if (snapshot.isRollback) return { kind: 'rollback', hasBegun: true }
  if (snapshot.status === 'ready') return { kind: 'ready' }
  if (snapshot.eventsAreDone) return { kind: 'termination' }
  if (snapshot.eventsAreStale) return { kind: 'unseen' }
  const running = runningEvent(snapshot)
  const hookFunction = running === undefined ? undefined : hookOf(hooks, running.name)
  if (running !== undefined && hookFunction !== undefined) return { kind: 'hook', event: running.name, hookFunction }
  if (running !== undefined && stepOf(running.name) === 'shift') return { kind: 'shift' }
  const scaleUp = eventAt(snapshot, 'scale-up')
  return scaleUp !== undefined && isDone(scaleUp) ? { kind: 'between' } : { kind: 'provisioning' }
}

/** Whether two readings are in the same phase: a hook is a phase of its own. */
export function isSamePhase(left: Phase, right: Phase): boolean {
  return left.kind === right.kind && (left.kind !== 'hook' || right.kind !== 'hook' || left.event === right.event)
}
