import { expect, test } from '@jest/globals'
import type { TimelineEntry } from '../../src/follow/timeline.ts'
import type { Release } from '../../src/release-state.ts'
import { course } from '../../src/report/summary-course.ts'
import { nativeRelease, nativeSnapshot } from '../support/native-releases.ts'
import { T0, taskSets } from '../support/snapshots.ts'

const moved = (seconds: number, replacementPercent: number): TimelineEntry => ({
  kind: 'traffic',
  deploymentId: 'd',
  atMs: T0 + seconds * 1_000,
  replacementPercent,
})

/** A release of which these shares were seen, and this is what production has now. */
function releaseOf(told: TimelineEntry[], percent: number | undefined, change: Partial<Release> = {}): Release {
  const production: Release['production'] =
    percent === undefined ? undefined : { percent, revisions: [], readAtMs: T0, isOutdated: false, primary: undefined }
  const timeline = told.map((entry) => ({ ...entry, deploymentId: 'd' }))
  const snapshot = nativeSnapshot(['PRODUCTION_TRAFFIC_SHIFT', 'running'], { taskSets: taskSets(percent ?? 0) })
  return nativeRelease({ deploymentId: 'd', status: 'failed', snapshot, timeline, production, ...change })
}

const trafficOf = (release: Release) => /^\*\*Traffic on web:2:\*\* (.*)$/m.exec(course(release))?.[1]

test.each<[string, TimelineEntry[], number | undefined, string]>([
  ['a canary', [moved(0, 10), moved(300, 100)], 100, '0 % ── 10 % 5 min ── 100 %'],
  ['a shift all at once', [moved(0, 100)], 100, '0 % ── 100 %'],
  ['one that never began', [], 0, '0 % throughout'],
  ['one that was taken back', [moved(0, 10)], 0, '0 % ── 10 % ── 0 %'],
  ['a share that two deployments tell', [moved(0, 10), moved(60, 10)], 10, '0 % ── 10 %'],
  ['one that nobody saw the end of', [moved(0, 10)], undefined, '0 % ── 10 %; where it is now could not be seen'],
])('the shares of production are told in one line, each with how long it lasted: %s', (_, told, now, line) => {
  expect(trafficOf(releaseOf(told, now))).toBe(line)
})

test('of a shift in a hundred steps the first and the last are told', () => {
  const steps = Array.from({ length: 99 }, (_, index) => moved(index * 60, index + 1))
  const line = trafficOf(releaseOf([...steps, moved(99 * 60, 100)], 100)) ?? ''
  expect(line).toMatch(/^0 % ── 1 % 1 min ── .* ── … ── .* ── 100 %$/)
  expect(line.length).toBeLessThan(500)
})

test('the events are told in one line in their order, with the one that failed marked and those after it left out', () => {
  const snapshot = nativeSnapshot(['POST_TEST_TRAFFIC_SHIFT', 'failed'], { status: 'failed' })
  expect(course(releaseOf([], 0, { snapshot }))).toContain(
    'SCALE_UP 1 min → POST_SCALE_UP 1 min → TEST_TRAFFIC_SHIFT 1 min → ❌ **POST_TEST_TRAFFIC_SHIFT failed after 1 min**',
  )
})

test('nothing is told of a deployment that there is not', () => {
  expect(course(nativeRelease({ status: 'refused', snapshot: undefined }))).toBe('')
})
