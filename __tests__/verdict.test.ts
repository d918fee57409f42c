import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import type { Outcome } from '../src/follow/following.ts'
import type { CutShort, Rollback } from '../src/follow/rollback.ts'
import type { Settlement } from '../src/follow/settlement.ts'
import type { Snapshot } from '../src/follow/snapshot.ts'
import { OPERATIONS } from '../src/inputs/operation.ts'
import { REFUSAL_REASONS } from '../src/problem.ts'
import { exitCodeOf, type Status, verdictOf } from '../src/verdict.ts'
import { snapshot, taskSets } from './support/snapshots.ts'

const ALARM = { code: 'ALARM_ACTIVE', message: '' }
const FAILED = snapshot('SSSSFKKK', { status: 'failed' })
const STOPPED = snapshot('SSSSSSFK', { status: 'stopped', error: { code: 'MANUAL_STOP', message: '' } })
const BY_ALARM = snapshot('SSSSSSFK', { status: 'stopped', error: ALARM })
const NOT_CONTINUED = snapshot('SSSSSKKK', {
  status: 'stopped',
  error: { code: 'NEW_CODE', message: 'The deployment timed out while waiting for a notification to continue.' },
})
const SHIFTED = snapshot('SSSSSSSS')
const RUNNING = snapshot('SRPPPPPP')
const PHASE = { kind: 'provisioning' } as const
const ERROR = { kind: 'expired', code: 'ExpiredToken', message: '', notAccepted: true } as const

const outcomes = {
  reached: { kind: 'finish-line', snapshot: SHIFTED },
  failed: { kind: 'ended', snapshot: FAILED },
  stopped: { kind: 'ended', snapshot: STOPPED },
  alarm: { kind: 'ended', snapshot: BY_ALARM },
  notContinued: { kind: 'ended', snapshot: NOT_CONTINUED },
  timedOut: { kind: 'timed-out', snapshot: RUNNING, phase: PHASE, afterMs: 1 },
  cancelled: { kind: 'cancelled', snapshot: RUNNING },
  givenUp: { kind: 'given-up', snapshot: RUNNING, reason: 'tasks stop' },
  lostSight: { kind: 'lost-sight', snapshot: RUNNING, error: ERROR, operation: 'codedeploy:GetDeployment' },
} as const satisfies Record<string, Outcome>

function settled(status: Rollback['status'], last: Snapshot | undefined, cutShort?: CutShort): Settlement {
  const rollback = {
    status,
    deploymentId: 'd-ROLLBACK1',
    snapshot: undefined,
    wasDue: true,
    lookedForMs: 0,
    message: '',
  }
  return { snapshot: last, rollback, stop: undefined, notStoppedBecause: undefined, cutShort }
}

test.each([
  ['reached', 'none', SHIFTED, 'succeeded'],
  ['failed', 'none', FAILED, 'failed'],
  ['failed', 'succeeded', FAILED, 'rolled-back'],
  ['failed', 'failed', FAILED, 'rollback-failed'],
  ['failed', 'running', FAILED, 'unknown'],
  ['failed', 'unknown', FAILED, 'unknown'],
  ['alarm', 'none', BY_ALARM, 'failed'],
  ['alarm', 'succeeded', BY_ALARM, 'rolled-back'],
  ['notContinued', 'none', NOT_CONTINUED, 'failed'],
  ['stopped', 'none', STOPPED, 'stopped'],
  ['stopped', 'succeeded', STOPPED, 'rolled-back'],
  ['timedOut', 'none', RUNNING, 'timed-out'],
  ['cancelled', 'running', RUNNING, 'cancelled'],
  ['cancelled', 'failed', RUNNING, 'rollback-failed'],
  ['givenUp', 'succeeded', STOPPED, 'rolled-back'],
  ['givenUp', 'none', STOPPED, 'stopped'],
  ['givenUp', 'none', RUNNING, 'unknown'],
  ['lostSight', 'unknown', RUNNING, 'unknown'],
  ['lostSight', 'failed', RUNNING, 'rollback-failed'],
] as const)('an outcome %s with a rollback %s ends as expected', (outcome, rollback, last, status) => {
  expect(verdictOf(outcomes[outcome], settled(rollback, last))).toBe(status)
})

test.each([
  ['failed', 'unknown', FAILED, 'cancelled', 'cancelled'],
  ['failed', 'running', FAILED, 'cancelled', 'cancelled'],
  ['failed', 'running', FAILED, 'timed-out', 'timed-out'],
  ['failed', 'unknown', FAILED, 'lost-sight', 'unknown'],
  ['failed', 'failed', FAILED, 'lost-sight', 'rollback-failed'],
  ['givenUp', 'running', RUNNING, 'timed-out', 'timed-out'],
  ['givenUp', 'running', RUNNING, 'cancelled', 'cancelled'],
  ['givenUp', 'unknown', RUNNING, 'lost-sight', 'unknown'],
  ['timedOut', 'running', RUNNING, 'cancelled', 'cancelled'],
  ['cancelled', 'unknown', RUNNING, 'lost-sight', 'unknown'],
] as const)(
  'an outcome %s with a rollback %s that was cut short ends as its cause says',
  (outcome, rollback, last, cut, status) => {
    expect(verdictOf(outcomes[outcome], settled(rollback, last, cut))).toBe(status)
  },
)

describe('operation: stop', () => {
  const SPLIT = { ...STOPPED, taskSets: taskSets(10) }
  const ASKED = { kind: 'stop-asked', snapshot: RUNNING } as const satisfies Outcome

  function stopped(status: Rollback['status'], last: Snapshot | undefined, change: Partial<Settlement> = {}): Status {
    return verdictOf(ASKED, { ...settled(status, last), stop: { refusal: undefined }, ...change })
  }

  test.each([
    ['its rollback succeeded', 'succeeded', SPLIT, 'stopped'],
    ['there was nothing to roll back', 'none', STOPPED, 'stopped'],
    ['no rollback followed, and a replacement may have production', 'none', SPLIT, 'failed'],
    [
      'no rollback followed, and what there is could not be seen',
      'none',
      { ...STOPPED, eventsAreStale: true },
      'failed',
    ],
    ['its rollback failed', 'failed', SPLIT, 'rollback-failed'],
    ['its rollback still runs', 'running', SPLIT, 'unknown'],
    ['what became of its rollback is not known', 'unknown', SPLIT, 'unknown'],
    ['it still runs', 'none', RUNNING, 'unknown'],
    ['it was never seen', 'none', undefined, 'unknown'],
    ['it had succeeded before', 'none', { ...SHIFTED, status: 'succeeded' }, 'refused'],
  ] as const)('of a deployment that was told to stop, when %s', (_name, rollback, last, status) => {
    expect(stopped(rollback, last)).toBe(status)
  })

  test.each([
    ['goes on', 'none', RUNNING, 'refused'],
    ['failed by itself', 'none', FAILED, 'failed'],
    ['failed by itself and was rolled back', 'succeeded', FAILED, 'rolled-back'],
    ['was stopped by somebody else without a rollback', 'none', SPLIT, 'failed'],
    ['was stopped by somebody else before there was a replacement', 'none', STOPPED, 'stopped'],
    ['was stopped by somebody else with a rollback', 'succeeded', SPLIT, 'rolled-back'],
  ] as const)('a stop that CodeDeploy did not accept, of a deployment that %s', (_name, rollback, last, status) => {
    expect(stopped(rollback, last, { stop: { refusal: 'AccessDenied: text' } })).toBe(status)
  })

  test.each([
    ['cancelled', 'cancelled'],
    ['timed-out', 'timed-out'],
    ['lost-sight', 'unknown'],
  ] as const)('a stop that was cut short because it was %s ends as %s', (cutShort, status) => {
    expect(stopped('running', RUNNING, { cutShort })).toBe(status)
  })
})

test('a deployment that waits at Ready when the finish line is reached awaits its promotion', () => {
  const held = snapshot('SSSSSPPP', { status: 'ready' })
  expect(verdictOf({ kind: 'finish-line', snapshot: held }, settled('none', held))).toBe('awaiting-promotion')
})

test('what succeeded although it was to be stopped has succeeded, unless the stop itself was the operation', () => {
  const done = { ...SHIFTED, status: 'succeeded' } as const
  expect(verdictOf(outcomes.givenUp, settled('none', done))).toBe('succeeded')
})

const CODES: Record<Status, 0 | 1> = {
  succeeded: 0,
  'awaiting-promotion': 0,
  started: 0,
  unchanged: 0,
  planned: 0,
  refused: 1,
  failed: 1,
  'rolled-back': 1,
  'rollback-failed': 1,
  stopped: 1,
  'timed-out': 1,
  cancelled: 1,
  unknown: 1,
}

test.each(Object.entries(CODES) as [Status, 0 | 1][])('a step that ends as %s exits with %s', (status, code) => {
  for (const operation of OPERATIONS) {
    const isGoal = status === 'stopped' && operation === 'stop'
    expect([operation, exitCodeOf(status, operation)]).toEqual([operation, isGoal ? 0 : code])
  }
  expect(exitCodeOf(status)).toBe(code)
})

test('the README explains every reason of a refusal, and no other, in the same order', () => {
  const table = readFileSync('README.md', 'utf8').split('| `reason` | Why nothing was deployed |')[1]?.split('\n\n')[0]
  const documented = [...(table ?? '').matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, reason]) => reason)
  expect(documented).toEqual([...REFUSAL_REASONS])
})
