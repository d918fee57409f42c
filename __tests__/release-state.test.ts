import { expect, test } from '@jest/globals'
import { NO_ROLLBACK } from '../src/follow/rollback.ts'
import { type Release, rollbackStatusOf } from '../src/release-state.ts'
import { newRelease } from './support/releases.ts'
import { snapshot } from './support/snapshots.ts'

const running = snapshot('SRPPPPPP')
const deploymentId = running.deploymentId
const settlement = {
  snapshot: running,
  rollback: NO_ROLLBACK,
  stop: undefined,
  notStoppedBecause: undefined,
  cutShort: undefined,
}

test.each<[string, Partial<Release>, string]>([
  ['that is unknown', { status: 'unknown', deploymentId }, 'unknown'],
  ['that was cancelled before its first write', { status: 'cancelled' }, 'none'],
  ['that was cancelled before CreateDeployment was answered', { status: 'cancelled', creationSentAtMs: 1 }, 'unknown'],
  [
    'that was cancelled, and whose step ended before the answer to its stop',
    { status: 'cancelled', deploymentId, outcome: { kind: 'cancelled', snapshot: running } },
    'unknown',
  ],
  [
    'that was cancelled and left as it was',
    { status: 'cancelled', deploymentId, outcome: { kind: 'cancelled', snapshot: running }, settlement },
    'none',
  ],
  ['that was refused', { status: 'refused' }, 'none'],
])('the rollback of a release %s is told as what was seen of it', (_, change, status) => {
  expect(rollbackStatusOf(newRelease(change))).toBe(status)
})
