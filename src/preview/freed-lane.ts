import type { Holder } from './holder.ts'
import type { Lane } from './lane.ts'

/** A lane that a pull request has no more, for telling it where people look for its preview. */
export interface FreedLane {
  /** Number of the pull request. */
  pullRequest: string
  /** `owner/name`, or a numeric id. */
  repository: string
  /** The deployment that had put it there. */
  deploymentId: string
  region: string
  name: string
  url: string
  /** E.g. `pull request 12 is closed`. */
  why: string
}

/** Undefined when nobody's pull request had it. */
export function freedLane(
  lane: Pick<Lane, 'name' | 'url' | 'service'>,
  holder: Holder | undefined,
  why: string,
): FreedLane | undefined {
  const { marker, deploymentId } = holder ?? {}
  if (marker === undefined || marker.pullRequest === '' || deploymentId === undefined) return undefined
  const { pullRequest, repository } = marker
  return { pullRequest, repository, deploymentId, region: lane.service.region, name: lane.name, url: lane.url, why }
}
