import { revisionName } from '../aws/arn.ts'
import { eventAt, hasEnded, replacementOf, replacementTraffic } from '../follow/snapshot.ts'
import { hasPassed } from '../follow/timeline.ts'
import type { Release, TestListener } from '../release-state.ts'
import type { Moment } from '../time/clock.ts'
import { faultOf } from './fault.ts'
import { originalRevision, releasedRevision } from './labels.ts'

/** The largest share of production that the replacement was seen to have, in percent. */
export function peakTraffic({ timeline, deploymentId, snapshot, outcome }: Release): number {
  const told = timeline
    .filter((entry) => entry.deploymentId === deploymentId)
    .map((entry) => (entry.kind === 'traffic' ? entry.replacementPercent : 0))
  // Of a deployment that is stopped, the first reading is all that tells how far it had come.
  const read = [snapshot, outcome?.snapshot].map((one) => (one?.eventsAreDone ? 100 : (replacementTraffic(one) ?? 0)))
  return Math.max(0, ...told, ...read)
}

/**
 * Production surely stayed on the original: the deployment ended by itself or was stopped, not taken over by a newer one, and its events as they were then show that the shift
 * never began. While it runs nothing is sure, and without events nothing is known.
 */
export function neverShifted(release: Release): boolean {
  const { snapshot } = release
  if (snapshot === undefined || !hasEnded(snapshot) || snapshot.eventsAreStale || peakTraffic(release) > 0) return false
  if (snapshot.status === 'succeeded' || faultOf(release, snapshot).kind === 'superseded') return false
  const shift = eventAt(snapshot, 'shift')
  if (shift === undefined) return snapshot.taskSets.every(({ role }) => role === 'original')
  return shift.status === 'pending' || shift.status === 'skipped'
}

/** Percent of production on the replacement now; undefined when it was not seen. */
export function trafficNow(release: Release): number | undefined {
  const { production, snapshot, status } = release
  if (production?.isOutdated === false) return production.percent
  if (neverShifted(release)) return 0
  const isOld = snapshot?.eventsAreStale === true && isBefore(snapshot.trafficReadAt, snapshot.statusReadAt)
  return status === undefined && !isOld ? replacementTraffic(snapshot) : undefined
}

function isBefore(moment: Moment | undefined, other: Moment): boolean {
  return moment === undefined || moment.monotonicMs < other.monotonicMs
}

/** `web:42`, or `web:41 90% / web:42 10%`; empty when it was not seen. The output `production`. */
export function productionText(release: Release): string {
  const { production, service } = release
  if (production?.isOutdated === false) return sharesText(production.revisions)
  return neverShifted(release) && service !== undefined ? revisionName(service.primary.taskDefinitionArn) : ''
}

/** What served production when it was last seen, and when that was; undefined when that is now, or it never was. */
export function productionLastSeen({ production }: Release): { text: string; atMs: number } | undefined {
  if (production?.isOutdated !== true || production.revisions.length === 0) return undefined
  return { text: sharesText(production.revisions), atMs: production.readAtMs }
}

function sharesText(revisions: readonly { name: string; percent: number }[]): string {
  if (revisions.length === 1) return revisions[0]?.name ?? ''
  return revisions.map(({ name, percent }) => `${name} ${Math.round(percent * 10) / 10}%`).join(' / ')
}

/**
 * What the test listener reaches: as it was read, else by the lifecycle events; undefined when neither tells. Before
 * test traffic has moved, and after a rollback, it may as well reach nothing (observed), so without a reading the original is
 * never assumed.
 */
export function testTraffic({ group, snapshot, settlement, testListener }: Release): TestListener['reaches'] {
  if (testListener !== undefined) return testListener.reaches
  if (group?.hasTestListener !== true || snapshot === undefined) return undefined
  const isMoved = (replacementOf(snapshot)?.testPercent ?? 100) === 100 && hasPassed(eventAt(snapshot, 'test-shift'))
  const isStillSo = !hasEnded(snapshot) || settlement?.rollback.status === 'none'
  return isMoved && isStillSo ? 'replacement' : undefined
}

/** `The test listener reaches the original (web:1)`, where that was read; empty when it was not. */
export function testListenerText(release: Release): string {
  const { testListener } = release
  switch (testListener?.reaches) {
    case 'original':
      return `The test listener reaches the original${inBrackets(originalRevision(release))}`
    case 'replacement':
      return `The test listener reaches the replacement${inBrackets(releasedRevision(release))}`
    case 'empty':
      return `The test listener reaches the empty target group${testListener?.isHttp === true ? ' (503)' : ''}`
    case undefined:
      return ''
  }
}

function inBrackets(name: string): string {
  return name === '' ? '' : ` (${name})`
}
