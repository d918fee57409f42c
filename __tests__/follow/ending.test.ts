import { expect, test } from '@jest/globals'
import { endingOf, isRollbackDue, mayRollBack } from '../../src/follow/ending.ts'
import type { EndReason } from '../../src/follow/snapshot.ts'
import type { RollbackEvent } from '../../src/inputs/choices.ts'
import { snapshot } from '../support/snapshots.ts'

const NOT_CONTINUED =
  'The deployment timed out while waiting for a notification to continue. This time out period is 5.'

/** Status, code, message; what that means, what makes a rollback due, and whether one may follow all the same. */
const ENDS: [string, string, string, EndReason, RollbackEvent[], boolean][] = [
  ['failed', 'HOOK_EXECUTION_FAILURE', 'a hook', 'failure', ['failure'], false],
  ['failed', 'TIMEOUT', NOT_CONTINUED, 'failure', ['failure'], false],
  ['failed', '', '', 'failure', ['failure'], false],
  ['failed', 'ALARM_ACTIVE', 'an alarm', 'alarm', ['alarm'], false],
  ['stopped', 'ALARM_ACTIVE', 'an alarm', 'alarm', ['alarm'], false],
  ['stopped', 'MANUAL_STOP', 'a person', 'stop-request', ['stop'], true],
  ['stopped', '', '', 'stop-request', ['stop'], true],
  ['stopped', 'A_NEW_CODE', 'a new text', 'stop-request', ['stop'], true],
  ['stopped', 'TIMEOUT', '', 'ready-wait-over', [], true],
  ['stopped', 'A_NEW_CODE', NOT_CONTINUED, 'ready-wait-over', [], true],
]

test.each(ENDS)('%s with code "%s" and text "%s" is told as %s', (status, code, message, ending, dueOn, mayFollow) => {
  const ended = snapshot('SSSSFKKK', { status: status as 'failed' | 'stopped', error: { code, message } })
  expect(endingOf(ended)).toBe(ending)
  for (const event of ['failure', 'alarm', 'stop'] as const) {
    expect([event, isRollbackDue(ended, [event])]).toEqual([event, dueOn.includes(event)])
  }
  expect(isRollbackDue(ended, [])).toBe(false)
  expect(mayRollBack(ended)).toBe(mayFollow)
})

test('an end without any error is a failure or a stop, by its status', () => {
  expect(endingOf(snapshot('SSSSFKKK', { status: 'failed' }))).toBe('failure')
  expect(endingOf(snapshot('SSSSFKKK', { status: 'stopped' }))).toBe('stop-request')
})
