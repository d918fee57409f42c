import { expect, test } from '@jest/globals'
import type { Outcome } from '../src/follow/follow.ts'
import type { CutShort, Rollback } from '../src/follow/rollback.ts'
import type { Settlement } from '../src/follow/settle.ts'
import type { Snapshot } from '../src/follow/snapshot.ts'
import { exitCodeOf, verdictOf } from '../src/verdict.ts'
import { snapshot } from './support/snapshots.ts'

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
  return { snapshot: last, rollback, stop: undefined, spared: undefined, cutShort }
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
  'an outcome %s with a rollback %s that was cut short ends as expected',
  (outcome, rollback, last, cut, status) => {
    expect(verdictOf(outcomes[outcome], settled(rollback, last, cut))).toBe(status)
  },
)

test('only what reached its goal exits with 0', () => {
  const statuses = [
    'failed',
    'rolled-back',
    'rollback-failed',
    'stopped',
    'timed-out',
    'cancelled',
    'unknown',
    'refused',
  ]
  for (const status of statuses as Parameters<typeof exitCodeOf>[0][]) expect(exitCodeOf(status)).toBe(1)
  for (const status of ['succeeded', 'started', 'unchanged'] as const) expect(exitCodeOf(status)).toBe(0)
})
