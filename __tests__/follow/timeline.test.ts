import { describe, expect, test } from '@jest/globals'
import { changesBetween } from '../../src/follow/timeline.ts'
import { at, snapshot, T0, taskSets } from '../support/snapshots.ts'

const READ = T0 + 60_000

test('tells a first reading as everything that has happened, by time', () => {
  const told = changesBetween(undefined, snapshot('SRPPPPPP'), READ)
  expect(told.map((entry) => (entry.kind === 'event' ? `${entry.name} ${entry.status}` : entry.kind))).toEqual([
    'status',
    'BeforeInstall succeeded',
    'Install running',
  ])
})

test('tells nothing when nothing changed', () => {
  const same = snapshot('SSSSRPPP', { taskSets: taskSets(0) })
  expect(changesBetween(same, { ...same, statusReadAt: at(60) }, READ)).toEqual([])
})

test("takes times and durations from CodeDeploy's clock alone", () => {
  const [entry] = changesBetween(snapshot('SRPPPPPP'), snapshot('SSPPPPPP'), READ)
  expect(entry).toMatchObject({ kind: 'event', name: 'Install', atMs: T0 + 2_000, durationMs: 1_000 })
})

test.each(['startedAtMs', 'endedAtMs'] as const)('tells no duration of an event without %s', (unknown) => {
  const after = snapshot('SSPPPPPP')
  const events = after.events.map((event) => ({ ...event, [unknown]: undefined }))
  const [entry] = changesBetween(snapshot('SRPPPPPP'), { ...after, events }, READ)
  expect(entry).toMatchObject({ name: 'Install', status: 'succeeded', durationMs: undefined })
})

test('tells events that came and went between two readings', () => {
  const told = changesBetween(snapshot('SSPPPPPP'), snapshot('SSSSRPPP'), READ)
  expect(told.map((entry) => (entry.kind === 'event' ? `${entry.name} ${entry.status}` : entry.kind))).toEqual([
    'AfterInstall succeeded',
    'AllowTestTraffic succeeded',
    'AfterAllowTestTraffic running',
  ])
})

test('leaves out events that were skipped', () => {
  const ended = snapshot('SSSSFKKK', { status: 'failed', statusWord: 'Failed', endedAtMs: T0 + 5_000 })
  const told = changesBetween(snapshot('SSSSRPPP'), ended, READ)
  expect(told.map(({ kind }) => kind)).toEqual(['event', 'status'])
})

test('dates the first step of a shift at the start of AllowTraffic, and the last at its end', () => {
  const before = snapshot('SSSSSSPP', { taskSets: taskSets(0) })
  const shifting = snapshot('SSSSSSRP', { taskSets: taskSets(10) })
  const shifted = snapshot('SSSSSSSR', { taskSets: taskSets(100) })
  expect(changesBetween(before, shifting, READ)).toContainEqual({
    kind: 'traffic',
    deploymentId: 'd-ORIGINAL1',
    atMs: T0 + 6_000,
    replacementPercent: 10,
  })
  expect(changesBetween(shifting, shifted, READ)).toContainEqual(
    expect.objectContaining({ kind: 'traffic', atMs: T0 + 7_000, replacementPercent: 100 }),
  )
})

test('dates a step in the middle of a shift by the reading', () => {
  const ten = snapshot('SSSSSSRP', { taskSets: taskSets(10) })
  const twenty = snapshot('SSSSSSRP', { taskSets: taskSets(20) })
  expect(changesBetween(ten, twenty, READ)).toEqual([
    { kind: 'traffic', deploymentId: 'd-ORIGINAL1', atMs: READ, replacementPercent: 20 },
  ])
})

describe('of a deployment that has ended', () => {
  const ENDED = { status: 'stopped', statusWord: 'Stopped', endedAtMs: T0 + 7_000 } as const

  test('a share that was reached before is dated by the end at the latest', () => {
    const ten = snapshot('SSSSSSRP', { taskSets: taskSets(10) })
    const twenty = snapshot('SSSSSSFK', { ...ENDED, taskSets: taskSets(20) })
    expect(changesBetween(ten, twenty, READ).map(({ kind, atMs }) => [kind, atMs - T0])).toEqual([
      ['traffic', 7_000],
      ['event', 7_000],
      ['status', 7_000],
    ])
  })

  test('tasks that are missing before a rollback has begun are dated by the end at the latest', () => {
    const ten = snapshot('SSSSSSRP', { taskSets: taskSets(10) })
    const short = snapshot('SSSSSSFK', { ...ENDED, taskSets: taskSets(10, { running: 1 }) })
    expect(changesBetween(ten, short, READ)).toContainEqual({
      kind: 'tasks',
      deploymentId: 'd-ORIGINAL1',
      atMs: T0 + 7_000,
      running: 1,
      desired: 2,
    })
  })

  test('what the rollback did with traffic and tasks since is left to the rollback', () => {
    const ten = snapshot('SSSSSSRP', { taskSets: taskSets(10) })
    const back = snapshot('SSSSSSFK', { ...ENDED, taskSets: taskSets(0, { running: 1 }) })
    expect(changesBetween(ten, back, READ).map(({ kind }) => kind)).toEqual(['event', 'status'])
  })
})

test('shows a status that this version does not know once', () => {
  const strange = snapshot('SRPPPPPP', { status: 'unknown', statusWord: 'Percolating' })
  const told = changesBetween(snapshot('SRPPPPPP'), strange, READ)
  expect(told).toEqual([
    { kind: 'status', deploymentId: 'd-ORIGINAL1', atMs: READ, status: 'unknown', statusWord: 'Percolating' },
  ])
  expect(changesBetween(strange, strange, READ)).toEqual([])
})

test('tells when replacement tasks start to run, and not when they are drained', () => {
  const none = snapshot('SRPPPPPP', { taskSets: taskSets(0, { running: 0 }) })
  const one = snapshot('SRPPPPPP', { taskSets: taskSets(0, { running: 1 }) })
  const drained = snapshot('SRPPPPPP', { taskSets: taskSets(0, { running: 0, desired: 0, state: 'draining' }) })
  expect(changesBetween(none, one, READ)).toEqual([
    { kind: 'tasks', deploymentId: 'd-ORIGINAL1', atMs: READ, running: 1, desired: 2 },
  ])
  expect(changesBetween(one, drained, READ)).toEqual([])
})
