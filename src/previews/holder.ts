import type { Occupant } from '../group/occupant.ts'
import type { Maker } from '../service/maker.ts'
import type { ResolvedService } from '../service/service.ts'
import { isSameRepository, isSameWorkflow, type MarkedRepository, type Marker } from '../workflow-run/marker.ts'

/** Who has a lane. */
export interface Holder {
  /** Of the deployment that is under way in it or made what it runs; undefined when it names no run. */
  marker: Marker | undefined
  deploymentId: string
  /** When that deployment was created; milliseconds since 1970. */
  sinceMs: number | undefined
  isDeploying: boolean
  /** The lane runs no tasks: it was freed, or is being taken or freed at this moment. */
  runsNothing: boolean
}

/**
 * Whose a lane is: of the pull request whose deployment is under way in it, else of the one whose deployment made its
 * PRIMARY task set. One that no pull request was released to is nobody's.
 * @param maker the deployment that made the PRIMARY task set; undefined when it cannot be read
 */
export function holderOf(
  { desiredCount, primary }: ResolvedService,
  occupant: Occupant | undefined,
  maker: Maker | undefined,
): Holder | undefined {
  if (occupant !== undefined) {
    const { id: deploymentId, marker, snapshot } = occupant
    return { marker, deploymentId, sinceMs: snapshot.createdAtMs, isDeploying: true, runsNothing: false }
  }
  const { deploymentId } = primary
  if (deploymentId === undefined) return undefined
  const marker = maker?.marker
  // What cannot be read may be of anybody.
  if (maker !== undefined && (marker === undefined || marker.pullRequest === '')) return undefined
  return { marker, deploymentId, sinceMs: maker?.createdAtMs, isDeploying: false, runsNothing: desiredCount === 0 }
}

/** Held by this pull request of this repository. */
export function isHeldBy(holder: Holder | undefined, own: MarkedRepository & Pick<Marker, 'pullRequest'>): boolean {
  const marker = holder?.marker
  if (marker === undefined || own.pullRequest === '') return false
  return isSameRepository(own, marker) && marker.pullRequest === own.pullRequest
}

/**
 * Of two runs for one pull request, whether the first came later. Of one run the later attempt. Numbers are counted for
 * each workflow; the ids of runs grow from one to the next whichever workflow it is (observed, not documented).
 */
export function isLater(one: Marker, other: Marker): boolean {
  if (one.runId === other.runId) return one.runAttempt > other.runAttempt
  if (isSameWorkflow(one, other)) return one.runNumber > other.runNumber
  return BigInt(one.runId) > BigInt(other.runId)
}
