import { expect, test } from '@jest/globals'
import { busyNow, busyProblem, describeOccupant } from '../../src/group/busy-problem.ts'
import type { Occupant } from '../../src/group/occupant.ts'
import type { WaitTerms } from '../../src/group/wait-terms.ts'
import { OWN, occupantOf, roomOf } from '../support/group-parts.ts'
import { at, snapshot, T0 } from '../support/snapshots.ts'

test.each<[string, Partial<Occupant>, string]>([
  ['somebody', {}, 'd-OTHER0001 (InProgress at Install, created 5 min ago by user)'],
  ['nobody that is told', { creator: '' }, 'd-OTHER0001 (InProgress at Install, created 5 min ago by unknown)'],
  [
    'with words',
    { description: 'by hand\u001b[2K' },
    "d-OTHER0001 (InProgress at Install, created 5 min ago by user, 'by hand')",
  ],
  [
    'a run, whose marker is not repeated',
    { marker: OWN, description: '[ecs-release …]' },
    'd-OTHER0001 (InProgress at Install, created 5 min ago by user, run 42 of release.yml in example/shop)',
  ],
  [
    'a run without a number, of a repository alone',
    { marker: { ...OWN, runNumber: 0, workflowFile: '' } },
    'd-OTHER0001 (InProgress at Install, created 5 min ago by user, run 1042 of example/shop)',
  ],
  [
    'a rollback',
    { rollbackOf: 'd-UNDONE001' },
    'd-OTHER0001 (InProgress at Install, created 5 min ago by user, which rolls back d-UNDONE001)',
  ],
  [
    'one that waits for its termination, at no event',
    { stage: 'shifted', snapshot: snapshot('SSSSSSSS') },
    'd-OTHER0001 (InProgress, its original task set waits for its termination, created 5 min ago by user)',
  ],
  [
    'one of unknown age',
    { snapshot: snapshot('', { createdAtMs: undefined, statusWord: 'Created' }) },
    'd-OTHER0001 (Created by user)',
  ],
  [
    'one that was created a moment later than now by the clock here',
    { snapshot: snapshot('', { createdAtMs: T0 + 301_000 }) },
    'd-OTHER0001 (InProgress, created 0.0 s ago by user)',
  ],
])('a deployment of %s is named', (_name, change, expected) => {
  expect(describeOccupant(occupantOf(change), T0 + 300_000)).toBe(expected)
})

const REPLACE = "set 'on-active-deployment: replace'"

test.each<[string, Partial<WaitTerms>, Partial<Occupant>, number, string]>([
  ['runs', {}, {}, 0, 'Try again when it has ended.'],
  [
    'runs, and the release does not wait',
    { policy: 'fail' },
    {},
    0,
    "Try again when it has ended, or set 'on-active-deployment' to 'wait' or 'replace'.",
  ],
  [
    'waits for its termination, and the release does not wait',
    { policy: 'fail' },
    { stage: 'shifted', freeAtMs: T0 + 60_000 },
    0,
    'It is free at 12:01:00Z. Try again',
  ],
  ['waits for a person', {}, { stage: 'held' }, 0, 'It waits at Ready for somebody to continue it'],
  [
    'waits for a person until',
    {},
    { stage: 'held', heldUntilMs: T0 + 3_600_000 },
    0,
    'It waits at Ready until 13:00:00Z for somebody',
  ],
  [
    'waits for a person until tomorrow',
    {},
    { stage: 'held', heldUntilMs: T0 + 86_400_000 },
    0,
    'until 2026-08-09 12:00:00Z for',
  ],
  ['was waited for', {}, {}, 600, 'This step has waited for 10 min, which is as long as the release itself may take.'],
  [
    'is free too late',
    {},
    { stage: 'shifted', freeAtMs: T0 + 1_200_000 },
    0,
    `It is free at 12:20:00Z, later than the 10 min that this step would wait. Try again then, or ${REPLACE} to end that termination wait.`,
  ],
  ['is kept for good', {}, { stage: 'shifted' }, 0, 'Try again when it has ended.'],
])('a release is refused with advice when the deployment %s', (_name, room, occupant, second, advice) => {
  const { reason, sentence } = busyProblem(occupantOf(occupant), roomOf(room), at(second))
  expect(reason).toBe('busy')
  expect(sentence).toMatch(
    /^Deployment group 'DgpECS-demo-web' is busy with d-OTHER0001 \(.*\) \(https:\/\/console\.aws\.amazon\.com\/\S*d-OTHER0001\S*\)\. /,
  )
  expect(sentence).toContain(advice)
})

test.each([
  ['wait', 'A release would wait for it.'],
  ['stop', 'A release would stop it with rollback first.'],
  ['end-termination-wait', 'A release would end its termination wait first, and with it its instant rollback.'],
  ['refuse', 'Try again when it has ended. A release would be refused now.'],
] as const)('a plan says what a release would do about it: %s', (step, end) => {
  const text = busyNow(step, occupantOf(), roomOf(), at(0))
  expect(text.startsWith("Deployment group 'DgpECS-demo-web' is busy with d-OTHER0001 (")).toBe(true)
  expect(text.endsWith(end)).toBe(true)
})
