import { CallError } from '../aws/attempts.ts'
import type { FollowState } from './follow-state.ts'
import type { Following } from './following.ts'
import { mayRideOut } from './outage.ts'
import type { ReleaseEngine } from './release-engine.ts'

/** How soon a deployment is continued again when that failed for a passing reason, in milliseconds. */
const PROMOTE_AGAIN_MS = 10_000

/** Lets the deployment go on; one that we may not continue is followed all the same, because somebody else may. */
export async function promote(
  engine: ReleaseEngine,
  deploymentId: string,
  state: FollowState,
  following: Following,
): Promise<void> {
  try {
    await engine.promote(deploymentId)
    state.promoting.recovered()
  } catch (error) {
    if (!(error instanceof CallError)) throw error
    if (error.serviceError.kind === 'denied') {
      state.mayPromote = false
      following.onPromotionDenied(error, 'ready')
      return
    }
    if (!mayRideOut(error.serviceError)) throw error
    // It went on before we asked, or by a request of ours whose answer was lost: the next look shows.
    if (engine.saysNotWaiting(error) || engine.saysEnded(error)) return
    state.promoting.failed(error)
    state.promoteAtMs = following.clock.monotonicMs() + PROMOTE_AGAIN_MS * Math.min(6, state.promoting.failures)
  }
}

/** Ends the wait before the original is terminated; where we may not, it is waited for. */
export async function endTerminationWait(
  engine: ReleaseEngine,
  deploymentId: string,
  state: FollowState,
  following: Following,
): Promise<void> {
  try {
    await engine.endTerminationWait?.(deploymentId)
    state.mayEndWait = false
  } catch (error) {
    if (!(error instanceof CallError)) throw error
    if (error.serviceError.kind === 'denied') {
      state.mayEndWait = false
      following.onPromotionDenied(error, 'termination')
      return
    }
    // Too early, too late or not for the moment: the next look shows which.
    if (!mayRideOut(error.serviceError)) throw error
  }
}
