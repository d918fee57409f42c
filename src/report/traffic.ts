import { replacementTraffic } from '../follow/snapshot.ts'
import type { Release } from '../release-state.ts'
import { rollbackOf } from '../release-state.ts'

/** The largest share of production that the replacement was seen to have, in percent. */
export function peakTraffic(release: Release): number {
  const seen = release.timeline
    .filter((entry) => entry.deploymentId === release.deploymentId)
    .map((entry) => (entry.kind === 'traffic' ? entry.replacementPercent : 0))
  return Math.max(0, ...seen)
}

/** Production surely stayed on the original: the shift never began. */
export function neverShifted(release: Release): boolean {
  const shift = release.snapshot?.events.find(({ name }) => name === 'AllowTraffic')
  const began = shift !== undefined && shift.status !== 'pending' && shift.status !== 'skipped'
  return release.snapshot !== undefined && !began && peakTraffic(release) === 0
}

/** Percent of production on the replacement now; undefined when it was not seen. */
export function trafficNow(release: Release): number | undefined {
  const seen = replacementTraffic(rollbackOf(release)?.snapshot) ?? replacementTraffic(release.snapshot)
  return seen ?? (neverShifted(release) ? 0 : undefined)
}

/** What the test listener reaches; undefined when there is no test listener or it was not seen. */
export function testTraffic(release: Release): 'original' | 'replacement' | undefined {
  if (release.group?.hasTestListener !== true || release.snapshot === undefined) return undefined
  if (rollbackOf(release)?.status === 'succeeded') return 'original'
  const shifted = release.snapshot.events.find(({ name }) => name === 'AllowTestTraffic')?.status === 'succeeded'
  return shifted ? 'replacement' : 'original'
}
