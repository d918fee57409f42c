import { expect, test } from '@jest/globals'
import type { EventReading } from '../../src/follow/snapshot.ts'
import type { Release } from '../../src/release-state.ts'
import { renderGantt } from '../../src/report/gantt.ts'
import { snapshot, T0 } from '../support/snapshots.ts'

/** A release of which only what a picture needs is known. */
function gantt(change: Partial<Release>): string {
  return renderGantt({ deploymentId: 'd-A1B2C3D4E', ...change } as Release)
}

const event = (name: string, status: EventReading['status'], fromS?: number, toS?: number): EventReading => ({
  name,
  status,
  startedAtMs: fromS === undefined ? undefined : T0 + fromS * 1000,
  endedAtMs: toS === undefined ? undefined : T0 + toS * 1000,
  diagnostics: undefined,
})

/** Lines of bars, each as label, tag, from and to. */
function barsOf(picture: string): string[][] {
  return [...picture.matchAll(/^ {2}(.*) :(\w+), (\S+), (\S+)$/gm)].map(([, ...parts]) => parts)
}

test('there is no picture before anything has a time', () => {
  expect(gantt({ snapshot: undefined })).toBe('')
  expect(gantt({ snapshot: snapshot('PPPPPPPP') })).toBe('')
})

test('events that have begun are bars in UTC, tagged by how they fare', () => {
  const events = [
    event('BeforeInstall', 'succeeded', 0, 1),
    event('Install', 'failed', 1.2, 124.9),
    event('AfterInstall', 'running', 125),
    event('AllowTestTraffic', 'pending'),
  ]
  expect(gantt({ snapshot: snapshot('', { events }) })).toBe(
    [
      '```mermaid',
      'gantt',
      '  title Deployment d-A1B2C3D4E (UTC)',
      '  dateFormat YYYY-MM-DDTHH:mm:ss',
      '  axisFormat %H:%M:%S',
      '  todayMarker off',
      '  section Lifecycle events',
      '  BeforeInstall :done, 2026-08-08T12:00:00, 2026-08-08T12:00:01',
      '  Install :crit, 2026-08-08T12:00:01, 2026-08-08T12:02:04',
      '  AfterInstall :active, 2026-08-08T12:02:05, 2026-08-08T12:02:06',
      '```',
    ].join('\n'),
  )
})

test.each([
  [0, 0],
  [0.9, 1],
  [0.999, 1.001],
  [5, 4],
])('a bar from second %d to second %d is at least a second long', (fromS, toS) => {
  const [[, , from = '', to = ''] = []] = barsOf(
    gantt({ snapshot: snapshot('', { events: [event('A', 'succeeded', fromS, toS)] }) }),
  )
  expect(Date.parse(to) - Date.parse(from)).toBeGreaterThanOrEqual(1_000)
})

test('shows how long the original is kept, and the rollback', () => {
  const kept = gantt({
    status: 'succeeded',
    snapshot: snapshot('SSSSSSSS'),
    group: { terminationWaitMs: 300_000 } as NonNullable<Release['group']>,
  })
  expect(kept).toContain('  section Original\n  kept for rollback :active, 2026-08-08T12:00:08, 2026-08-08T12:05:08')
  const rollback = snapshot('', {
    deploymentId: 'd-ROLLBACK1',
    status: 'failed',
    createdAtMs: T0 + 60_000,
    endedAtMs: T0 + 90_000,
  })
  const settlement = { rollback: { snapshot: rollback } } as NonNullable<Release['settlement']>
  expect(gantt({ status: 'rollback-failed', snapshot: snapshot('SF'), settlement })).toContain(
    '  section Rollback\n  d-ROLLBACK1 :crit, 2026-08-08T12:01:00, 2026-08-08T12:01:30',
  )
})

test('shows a rollback that is not over as running', () => {
  const rollback = snapshot('', { deploymentId: 'd-ROLLBACK1', status: 'running', createdAtMs: T0 })
  const settlement = { rollback: { snapshot: rollback } } as NonNullable<Release['settlement']>
  expect(gantt({ snapshot: snapshot('SF'), settlement })).toContain('d-ROLLBACK1 :active')
})

test('a label is one line and ends nothing, whatever CodeDeploy calls an event', () => {
  const name = 'Install :crit; #35;\n```\n<b>x</b>%%{init}%%'
  const picture = gantt({ snapshot: snapshot('', { events: [event(name, 'succeeded', 0, 1)] }) })
  expect(picture.split('\n')).toHaveLength(9)
  expect(picture.match(/```/g)).toHaveLength(2)
  const [[label = ''] = []] = barsOf(picture)
  expect(label).not.toMatch(/[:;#<>%`{}]/)
  expect(label).toContain('Install')
})

test('a bar has a label even when its event has no name in our letters', () => {
  const events = [event('', 'succeeded', 0, 1), event('安装', 'succeeded', 1, 2)]
  expect(barsOf(gantt({ snapshot: snapshot('', { events }) })).map(([label = '']) => /\w/.test(label))).toEqual([
    true,
    true,
  ])
})

test('a picture has 100 bars at most, however many events there are', () => {
  const events = Array.from({ length: 20_000 }, (_, index) => event(`E${index}`, 'succeeded', index, index + 1))
  expect(barsOf(gantt({ snapshot: snapshot('', { events }) }))).toHaveLength(100)
})
