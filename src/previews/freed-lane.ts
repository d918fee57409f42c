import type { FreedLane } from '../release-state.ts'
import { type Holder, isHeldBy } from './holder.ts'
import type { Lane } from './lane.ts'

/**
 * Undefined when nobody's pull request had it.
 * @param holder who had it @param others lanes that stay as they are
 */
export function freedLane(
  { name, url, service }: Lane,
  holder: Holder | undefined,
  why: string,
  others: readonly Lane[],
): FreedLane | undefined {
  const { marker } = holder ?? {}
  if (holder === undefined || marker === undefined || marker.pullRequest === '') return undefined
  const { pullRequest } = marker
  const ids = [holder.deploymentId, service.primary.deploymentId].filter((id) => id !== undefined)
  const isElsewhere = others.some(
    (other) => other.name !== name && other.holder?.runsNothing === false && isHeldBy(other.holder, marker),
  )
  return {
    pullRequest,
    repository: marker,
    deploymentIds: [...new Set(ids)],
    isElsewhere,
    region: service.region,
    name,
    url,
    why,
  }
}
