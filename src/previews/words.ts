import type { LaneReading } from '../release-state.ts'
import { inSentence } from '../text/untrusted.ts'
import { duration } from '../text/words.ts'
import type { Holder } from './holder.ts'
import type { Lane } from './lane.ts'

/** `pull request 12 (d-…, 2 h ago)`; `free`; `free, last pull request 12 (…)`. */
export function describeHolder(holder: Holder | undefined, nowMs: number): string {
  if (holder === undefined) return 'free'
  const { marker, deploymentId, sinceMs, isDeploying } = holder
  const number = marker?.pullRequest ?? ''
  const who = number === '' ? 'somebody else' : `pull request ${number}${otherRepository(holder)}`
  const age = sinceMs === undefined ? '' : `, ${duration(Math.max(0, nowMs - sinceMs))} ago`
  return `${holder.runsNothing ? 'no tasks, last ' : ''}${who} (${deploymentId}${isDeploying ? ', being deployed' : ''}${age})`
}

function otherRepository({ marker }: Holder): string {
  return marker === undefined || marker.repository === '' ? '' : ` of ${inSentence(marker.repository, 100)}`
}

/** The lanes as they are told. @param became what this step did with some of them, by their names */
export function laneReadings(
  lanes: readonly Lane[],
  nowMs: number,
  became: ReadonlyMap<string, string> = new Map(),
): LaneReading[] {
  return lanes.map(({ name, url, holder }) => ({
    name,
    url,
    was: describeHolder(holder, nowMs),
    became: became.get(name) ?? '',
  }))
}
