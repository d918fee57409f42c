import { expect, test } from '@jest/globals'
import type { Release } from '../../src/release-state.ts'
import { renderAfterword } from '../../src/report/afterword.ts'
import { alert, heading } from '../../src/report/summary-alert.ts'
import { boxOf } from '../support/markdown.ts'
import {
  endedNatively,
  endedRelease,
  nativeRelease,
  nativeRollback,
  nativeSnapshot,
  settledWith,
} from '../support/native-releases.ts'
import { T0, taskSets } from '../support/snapshots.ts'

const AT_TEST = ['POST_TEST_TRAFFIC_SHIFT', 'failed'] as const
const FAILED = endedNatively(AT_TEST, 'A hook failed.')
const MOVED = nativeSnapshot(['BAKE_TIME', 'running'], { eventsAreDone: true, taskSets: taskSets(100) })
const SHORT = taskSets(100).map((one) => ({ ...one, running: 0, desired: 2 }))

const onReplacement = (percent: number): Release['production'] => ({
  percent,
  revisions: [{ name: percent === 0 ? 'web:1' : 'web:2', percent: 100 }],
  readAtMs: T0,
  isOutdated: false,
  primary: undefined,
})

test.each<[string, Release, string, string]>([
  ['goes on', nativeRelease(), '', 'NOTE'],
  ['went well', nativeRelease({ status: 'succeeded', snapshot: MOVED }), '✅ ', 'TIP'],
  ['waits for somebody', nativeRelease({ status: 'awaiting-promotion', snapshot: MOVED }), '✅ ', 'WARNING'],
  ['was refused', nativeRelease({ status: 'refused', deploymentId: undefined }), '❌ ', 'WARNING'],
  ['was rolled back', endedRelease(FAILED), '❌ ', 'WARNING'],
  [
    'failed with production untouched',
    endedRelease(FAILED, { status: 'failed', settlement: settledWith(FAILED), production: onReplacement(0) }),
    '❌ ',
    'WARNING',
  ],
  [
    'failed with production on the replacement',
    endedRelease(FAILED, { status: 'failed', settlement: settledWith(FAILED), production: onReplacement(10) }),
    '❌ ',
    'CAUTION',
  ],
  [
    'could not be rolled back',
    endedRelease(FAILED, { status: 'rollback-failed', settlement: settledWith(FAILED, nativeRollback('failed')) }),
    '❌ ',
    'CAUTION',
  ],
  ['runs no tasks', nativeRelease({ status: 'succeeded', snapshot: { ...MOVED, taskSets: SHORT } }), '❌ ', 'CAUTION'],
  ['was lost sight of', nativeRelease({ status: 'unknown', snapshot: MOVED }), '❌ ', 'WARNING'],
])('the sign of the heading and the colour of the box say how a release ended that %s', (_, release, sign, colour) => {
  expect(/^## ((?:✅|❌) )?/.exec(heading(release))?.[1] ?? '').toBe(sign)
  expect(boxOf(alert(release)).colour).toBe(colour)
})

test('of several things that are wrong the box says how many, and that nothing was deployed', () => {
  const problems = ['One.', 'Two.'].map((sentence) => ({ reason: 'invalid-input' as const, sentence }))
  const { paragraphs } = boxOf(alert(nativeRelease({ status: 'refused', deploymentId: undefined, problems })))
  expect(paragraphs.slice(0, 2)).toEqual([
    expect.stringMatching(/^\*\*Nothing was deployed\./),
    '2 things are wrong; they are listed below.',
  ])
})

test('what goes into a workflow and what is run in a shell is code, and what is an address is a link', () => {
  const { paragraphs } = boxOf(
    alert(nativeRelease({ status: 'unknown', snapshot: MOVED, testUrl: 'https://test.example.org' })),
  )
  expect(paragraphs.join('\n')).toMatch(/`aws ecs describe-service-deployments [^`]+` or \[in the console\]\(https:/)
  const held = { ...MOVED, status: 'ready' as const, heldAt: 'POST_TEST_TRAFFIC_SHIFT' }
  const waiting = alert(
    nativeRelease({ status: 'awaiting-promotion', snapshot: held, testUrl: 'https://test.example.org' }),
  )
  expect(waiting).toContain('`operation: promote`')
  expect(waiting).toMatch(/\[https:<!-- -->\/\/test\.example\.org\]\(https:\/\/test\.example\.org\)/)
})

test('the post step adds a box of three lines at most: what became of the release, why, what to do', () => {
  const markdown = renderAfterword(endedRelease(FAILED, { status: 'cancelled', stopAccepted: true }))
  const { colour, paragraphs } = boxOf(markdown)
  expect(colour).toBe('WARNING')
  expect(paragraphs[0]).toMatch(/^\*\*After this step had ended: ❌ Cancelled\.\*\* Production /)
  expect(paragraphs[1]).toMatch(/^The workflow run was cancelled; deployment .* was stopped\./)
  expect(paragraphs.length).toBeLessThanOrEqual(3)
  expect(markdown).not.toMatch(/^#|<table>|<details>/m)
})
