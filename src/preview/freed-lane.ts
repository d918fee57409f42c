import { type Holder, isHeldBy } from './holder.ts'
import type { Lane } from './lane.ts'

/** A lane that a pull request has no more, for telling it where people look for its preview. */
export interface FreedLane {
  /** Number of the pull request. */
  pullRequest: string
  /** `owner/name`, or a numeric id. */
  repository: string
  /** The deployments that had put it there: of two the one that was under way, and the one before it. */
  deploymentIds: readonly string[]
  /** Another lane shows the pull request, so that where it is told is no news of this one. */
  isElsewhere: boolean
  region: string
  name: string
  url: string
  /** E.g. `pull request 12 is closed`. */
  why: string
}

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
  const { pullRequest, repository } = marker
  const ids = [holder.deploymentId, service.primary.deploymentId].filter((id) => id !== undefined)
  const isElsewhere = others.some(
    (other) => other.name !== name && other.holder?.runsNothing === false && isHeldBy(other.holder, marker),
  )
  return {
    pullRequest,
    repository,
    deploymentIds: [...new Set(ids)],
    isElsewhere,
    region: service.region,
    name,
    url,
    why,
  }
}
