import { hasEnded, isWaitingForPromotion, type Snapshot } from '../follow/snapshot.ts'
import { elapsedMs, type Moment } from '../time/clock.ts'

type State = 'ended' | 'waiting' | 'other'

interface Sighting {
  state: State
  /** When it was first seen like this. */
  since: Moment
  last: Moment
  /** When it was last seen otherwise; undefined when it never was. */
  before: Moment | undefined
}

/**
 * How deployments were seen from one look to the next, by our monotonic clock: how long one has waited at `Ready`, or
 * been over, is bounded by that, however far the runner's wall clock is from CodeDeploy's.
 */
export class Sightings {
  readonly #seen = new Map<string, Sighting>()

  see(snapshot: Snapshot): void {
    const { deploymentId, statusReadAt } = snapshot
    const state = stateOf(snapshot)
    const known = this.#seen.get(deploymentId)
    const isSame = known?.state === state
    this.#seen.set(deploymentId, {
      state,
      since: isSame ? known.since : statusReadAt,
      last: statusReadAt,
      before: isSame ? known.before : known?.last,
    })
  }

  /**
   * For how long a deployment that was just seen has been like this, in milliseconds.
   * @param sinceMs since when by CodeDeploy's clock, in milliseconds since 1970
   */
  ageMs({ deploymentId, statusReadAt: now }: Snapshot, sinceMs: number): number {
    const { since, before } = this.#seen.get(deploymentId) ?? { since: now, before: undefined }
    const atLeastMs = elapsedMs(since, now)
    const atMostMs = before === undefined ? Number.POSITIVE_INFINITY : elapsedMs(before, now)
    return Math.min(atMostMs, Math.max(atLeastMs, now.atMs - sinceMs))
  }
}

function stateOf(snapshot: Snapshot): State {
  if (hasEnded(snapshot)) return 'ended'
  return isWaitingForPromotion(snapshot) ? 'waiting' : 'other'
}
