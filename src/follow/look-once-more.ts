import { CallError, isPassing } from '../aws/attempts.ts'
import { until, within } from '../time/race.ts'
import { tell } from './follow.ts'
import type { Following } from './following.ts'
import type { ReleaseEngine } from './release-engine.ts'
import type { Snapshot } from './snapshot.ts'

/** How soon to look again when the look before a deployment is stopped or left failed, at first and later, in milliseconds. */
const LOOK_AGAIN_MS = 1_000

const LOOK_AGAIN_LATER_MS = 5_000

/** How long that is tried where there is no other limit, in milliseconds. */
const LOOK_ONCE_MORE_MS = 60_000

/** How long the events of a deployment may be behind its end before they are told as contradicting it. Assumed. */
const CATCHES_UP_WITHIN_MS = 60_000

/** Reads again, for a while, what does not go with the end of the deployment. */
export async function untilConsistent(engine: ReleaseEngine, ended: Snapshot, following: Following): Promise<Snapshot> {
  const { clock, signal } = following
  const startMs = clock.monotonicMs()
  let snapshot = ended
  while (snapshot.isBehind === true && !signal.aborted && clock.monotonicMs() - startMs < CATCHES_UP_WITHIN_MS) {
    await clock.sleep(LOOK_AGAIN_LATER_MS, signal)
    if (signal.aborted) return snapshot
    try {
      const seen = await until(signal, engine.observe(ended.deploymentId, snapshot))
      if (seen === undefined) return snapshot
      tell(snapshot, seen, following)
      snapshot = seen
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      if (!isPassing(error.serviceError)) return snapshot
    }
  }
  return snapshot
}

/** A reading made now; undefined when there was none. */
export async function lookOnceMore(
  engine: ReleaseEngine,
  deploymentId: string,
  before: Snapshot | undefined,
  following: Following,
): Promise<Snapshot | undefined> {
  const { clock, signal, reading: trouble, untilMs } = following
  const startMs = clock.monotonicMs()
  const limitMs = untilMs === undefined ? LOOK_ONCE_MORE_MS : untilMs - startMs
  while (!signal.aborted) {
    const sinceMs = clock.monotonicMs() - startMs
    try {
      const reading = engine.observe(deploymentId, undefined)
      const snapshot = await within(clock, limitMs - sinceMs, () => until(signal, reading))
      if (snapshot === undefined) return undefined
      trouble.recovered()
      tell(before, snapshot, following)
      return snapshot
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      trouble.failed(error)
      const restMs = Math.min(LOOK_AGAIN_LATER_MS, Math.max(LOOK_AGAIN_MS, sinceMs / 4))
      if (sinceMs + restMs >= limitMs) return undefined
      await clock.sleep(restMs, signal)
    }
  }
  return undefined
}
