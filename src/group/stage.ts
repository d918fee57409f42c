import { eventAt, hasEnded, isWaitingForPromotion, replacementTraffic, type Snapshot } from '../follow/snapshot.ts'

/** How far a deployment that keeps a group busy has come, as far as making room for another one cares. */
export type Stage =
  /** Production has surely not moved. */
  | 'unshifted'
  /** Production has begun to move, or may have: it could not be seen. */
  | 'shifting'
  /** It waits at `Ready` until somebody continues it. */
  | 'held'
  /** Production has moved and every event is done; the original task set waits for its termination. */
  | 'shifted'
  /** It is a rollback, or it has ended and its rollback is about to show. */
  | 'rolling-back'

/** What of a deployment tells its stage. */
export interface StageFacts {
  snapshot: Snapshot
  /** Its target was read, or CodeDeploy has not made one yet. Else lifecycle events and traffic are not known. */
  isSeen: boolean
  isRollback: boolean
  /** Its task set is PRIMARY, says ECS. */
  isPrimary: boolean
  /** At `Ready` it waits for a person, and nobody is about to continue it. */
  isHeldAtReady: boolean
}

/** The stage of a deployment that has not ended; undefined when it has. */
export function stageOf({ snapshot, isSeen, isRollback, isPrimary, isHeldAtReady }: StageFacts): Stage | undefined {
  if (hasEnded(snapshot)) return undefined
  if (isRollback) return 'rolling-back'
  if (snapshot.status === 'ready') {
    return isHeldAtReady && isWaitingForPromotion(snapshot) ? 'held' : 'unshifted'
  }
  if (snapshot.eventsAreDone || isPrimary) return 'shifted'
  const shift = eventAt(snapshot, 'shift')
  const hasBegun = shift !== undefined && shift.status !== 'pending'
  return !isSeen || hasBegun || (replacementTraffic(snapshot) ?? 0) > 0 ? 'shifting' : 'unshifted'
}
