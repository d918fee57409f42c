import { duration } from '../text/words.ts'
import { isSameRepository, type Marker } from '../workflow-run/marker.ts'
import type { World } from '../world.ts'
import { type Holder, isHeldBy, isLater } from './holder.ts'
import type { Lane } from './lane.ts'

/** Why a holder no longer needs its lane, e.g. `pull request 12 is closed`; that it does; or that nobody could say. */
export type Standing = { gone: string } | 'needed' | 'unknown'

/** Tells whether holders need their lanes still, asking GitHub once for each pull request. */
export interface Departures {
  whyUnneeded(holder: Holder, lanes: readonly Lane[]): Promise<Standing>
}

/** @param own whose repository GitHub can be asked about @param idleMs how long a lane may stand without a release */
export function departures(own: Marker, idleMs: number, world: World): Departures {
  const answers = new Map<string, Promise<boolean | undefined>>()
  const isClosed = (number: string) => {
    const answer = answers.get(number) ?? world.isPullRequestClosed(number)
    answers.set(number, answer)
    return answer
  }
  return {
    whyUnneeded: async (holder, lanes) => {
      const { marker, sinceMs, isDeploying } = holder
      if (marker === undefined && !isDeploying) return 'unknown'
      if (marker === undefined || marker.pullRequest === '') return 'needed'
      const whose = `pull request ${marker.pullRequest}`
      const isOurs = isSameRepository(own, marker)
      const closed = isOurs ? await isClosed(marker.pullRequest) : undefined
      if (closed === true) return { gone: `${whose} is closed` }
      if (isDeploying) return 'needed'
      const later = laterLane(marker, lanes)
      if (later !== undefined) return { gone: `${whose} is on lane ${later.name} now` }
      const ageMs = sinceMs === undefined ? 0 : world.clock.now() - sinceMs
      if (ageMs > idleMs) return { gone: `${whose} has not been released for ${duration(ageMs)}` }
      return closed === undefined ? 'unknown' : 'needed'
    },
  }
}

/** The lane on which a later run has put the same pull request. */
function laterLane(marker: Marker, lanes: readonly Lane[]): Lane | undefined {
  return lanes.find(
    ({ holder }) => holder?.marker !== undefined && isHeldBy(holder, marker) && isLater(holder.marker, marker),
  )
}
