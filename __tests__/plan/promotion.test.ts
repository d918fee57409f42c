import { describe, expect, test } from '@jest/globals'
import type { DescribedDefinition } from '../../src/aws/ecs.ts'
import { wordsOf } from '../../src/engines/words.ts'
import type { Snapshot } from '../../src/follow/snapshot.ts'
import type { ContainerImage } from '../../src/inputs/container-lines.ts'
import { isBesideReady, notAtReadyProblem, otherImageProblems, promotionStep } from '../../src/plan/promotion.ts'
import { events, snapshot, T0, taskSets } from '../support/snapshots.ts'

const WORDS = wordsOf('CODE_DEPLOY')

const HOLDS = { holdsAtReady: true, readyWaitMs: 1_800_000 }
const GOES_ON = { holdsAtReady: false, readyWaitMs: 0 }
const READY = { status: 'ready', statusWord: 'Ready' } as const
const ENDED_MS = T0 + 60_000
const BLIND: Partial<Snapshot> = { eventsAreStale: true, eventsReadAt: undefined }

const step = (now: Snapshot, group = HOLDS) => {
  const told = promotionStep(now, group, WORDS)
  return typeof told === 'string' ? told : told.reason
}

describe('a promotion of a deployment', () => {
  test.each<[string, Snapshot, typeof HOLDS, string]>([
    ['that waits at Ready continues it', snapshot('SSSSSPPP', READY), HOLDS, 'continue'],
    [
      'that waits at Ready continues it whatever its group says by now',
      snapshot('SSSSSPPP', READY),
      GOES_ON,
      'continue',
    ],
    [
      'that shows Ready and whose events cannot be seen continues it',
      snapshot('', { ...READY, ...BLIND }),
      HOLDS,
      'continue',
    ],
    ['that shows Ready while its test hook runs waits for the hook', snapshot('SSSSRPPP', READY), HOLDS, 'wait'],
    ['whose test hook runs before Ready is shown waits for it', snapshot('SSSSRPPP'), HOLDS, 'wait'],
    ['whose test hook runs and that will not wait after it is refused', snapshot('SSSSRPPP'), GOES_ON, 'not-held'],
    ['that is being installed is refused', snapshot('SRPPPPPP'), HOLDS, 'not-held'],
    ['that has not begun is refused', snapshot('', { status: 'created', statusWord: 'Created' }), HOLDS, 'not-held'],
    ['that is between its last event before Ready and Ready is refused', snapshot('SSSSSPPP'), HOLDS, 'not-held'],
    ['that was continued already follows it', snapshot('SSSSSRPP'), HOLDS, 'follow'],
    ['that shifts already follows it', snapshot('SSSSSSRP'), HOLDS, 'follow'],
    ['whose later events are skipped is refused', snapshot('SSSSSKKK'), HOLDS, 'not-held'],
    [
      'whose production is on the replacement, its events unseen, follows it',
      snapshot('', { ...BLIND, taskSets: taskSets(100) }),
      HOLDS,
      'follow',
    ],
    ['that has succeeded follows it', snapshot('SSSSSSSS', { status: 'succeeded' }), HOLDS, 'follow'],
    ['that has failed is refused', snapshot('SSSSFKKK', { status: 'failed' }), HOLDS, 'not-held'],
  ])('%s', (_name, now, group, expected) => {
    expect(step(now, group)).toBe(expected)
  })

  test('promoting a deployment that nobody continued in time is refused with how long it waited and when it was stopped', () => {
    const error = { code: 'TIMEOUT', message: '' }
    const now = snapshot('SSSSSKKK', { status: 'stopped', statusWord: 'Stopped', endedAtMs: ENDED_MS, error })
    expect(promotionStep(now, HOLDS, WORDS)).toEqual({
      reason: 'not-held',
      sentence: expect.stringMatching(
        /^Nobody continued deployment d-ORIGINAL1 within 30 min: CodeDeploy stopped it at .*12:01:00Z; start a new release\.$/,
      ),
    })
  })

  test('promoting a deployment that has ended is refused with how and when, where that is known', () => {
    const failed = { status: 'failed', statusWord: 'Failed' } as const
    expect(promotionStep(snapshot('SSSSFKKK', { ...failed, endedAtMs: ENDED_MS }), HOLDS, WORDS)).toMatchObject({
      sentence: expect.stringMatching(/^Deployment d-ORIGINAL1 has ended \(Failed at .*12:01:00Z\), so it cannot be/),
    })
    expect(promotionStep(snapshot('SSSSFKKK', failed), HOLDS, WORDS)).toMatchObject({
      sentence: 'Deployment d-ORIGINAL1 has ended (Failed), so it cannot be continued; start a new release.',
    })
  })

  test('promoting a deployment that is elsewhere is refused with the event that runs', () => {
    expect(promotionStep(snapshot('SRPPPPPP'), HOLDS, WORDS)).toEqual({
      reason: 'not-held',
      sentence:
        'Deployment d-ORIGINAL1 does not wait at Ready (it is InProgress at Install), so it cannot be continued now.',
    })
  })
})

describe('a stop with only-at-ready', () => {
  test.each<[string, Snapshot, typeof HOLDS, boolean]>([
    ['takes back one that waits at Ready', snapshot('SSSSSPPP', READY), HOLDS, true],
    ['takes back one that shows Ready while its test hook runs', snapshot('SSSSRPPP', READY), HOLDS, true],
    ['takes back one whose test hook runs before Ready is shown', snapshot('SSSSRPPP'), HOLDS, true],
    ['takes back one that shows Ready and whose test hook has failed', snapshot('SSSSFPPP', READY), HOLDS, true],
    [
      'takes back one that shows Ready and whose events cannot be seen',
      snapshot('', { ...READY, ...BLIND }),
      HOLDS,
      true,
    ],
    ['leaves one whose test hook runs and that goes on by itself', snapshot('SSSSRPPP'), GOES_ON, false],
    ['leaves one that is being installed', snapshot('SRPPPPPP'), HOLDS, false],
    ['leaves one that was continued', snapshot('SSSSSRPP'), HOLDS, false],
    ['leaves one that was continued and still shows Ready', snapshot('SSSSSRPP', READY), HOLDS, false],
    [
      'leaves one that shows Ready with production on it',
      snapshot('SSSSSPPP', { ...READY, taskSets: taskSets(100) }),
      HOLDS,
      false,
    ],
    ['leaves one whose production has moved', snapshot('SSSSSSSS', { taskSets: taskSets(100) }), HOLDS, false],
    ['leaves one whose events cannot be seen and that does not show Ready', snapshot('', BLIND), HOLDS, false],
  ])('%s', (_name, now, group, isTaken) => {
    expect(notAtReadyProblem(now, group, WORDS) === undefined).toBe(isTaken)
  })

  test('says where the deployment is that it leaves', () => {
    expect(notAtReadyProblem(snapshot('SSSSSSRP'), HOLDS, WORDS)).toEqual({
      reason: 'not-held',
      sentence:
        "Deployment d-ORIGINAL1 does not wait at Ready (it is InProgress at AllowTraffic), so it was not stopped ('only-at-ready').",
    })
  })
})

test.each<[string, Snapshot, boolean]>([
  ['whose events before Ready are done and none after them has begun', snapshot('SSSSSPPP'), true],
  ['whose events before Ready were partly skipped', snapshot('SSSSKPPP'), true],
  ['whose test hook runs', snapshot('SSSSRPPP'), false],
  ['that has gone on', snapshot('SSSSSRPP'), false],
  ['that shows Ready', snapshot('SSSSSPPP', READY), false],
  ['of which nothing is seen', snapshot(''), false],
  ['that has no event before Ready', snapshot('', { events: events('PPPPPPPP').slice(5) }), false],
])('a deployment %s is beside Ready or not', (_name, now, expected) => {
  expect(isBesideReady(now)).toBe(expected)
})

describe('what was approved', () => {
  const shipped = {
    definition: {
      containerDefinitions: [
        { name: 'web', image: 'registry.example/web:2' },
        { name: 'log', image: 'log:1' },
      ],
    },
  } as unknown as DescribedDefinition
  const problems = (expected: ContainerImage[], definition: DescribedDefinition | undefined = shipped) =>
    otherImageProblems(expected, 'web', definition, 'd-1').map(({ sentence }) => sentence)

  test('is what the deployment ships when every image is the same to the letter', () => {
    const same = [
      { container: undefined, image: 'registry.example/web:2' },
      { container: 'log', image: 'log:1' },
    ]
    expect(problems(same as ContainerImage[])).toEqual([])
    expect(problems([])).toEqual([])
  })

  test.each<[string, { container?: string; image: string }, DescribedDefinition | undefined, string]>([
    ['another tag', { image: 'registry.example/web:3' }, shipped, "it ships 'registry.example/web:2'"],
    [
      'the image of another container',
      { container: 'log', image: 'registry.example/web:2' },
      shipped,
      "it ships 'log:1'",
    ],
    ['a container that is not there', { container: 'db', image: 'db:1' }, shipped, "it ships no container 'db'"],
  ])('is not what the deployment ships when that is %s', (_name, expected, definition, found) => {
    expect(problems([expected as ContainerImage], definition)).toEqual([
      `Deployment d-1 is not what was approved: 'expect-image' is '${expected.image}', and ${found}.`,
    ])
  })

  test('is never what a deployment ships whose task definition could not be read', () => {
    const told = otherImageProblems([{ image: 'registry.example/web:2' } as ContainerImage], 'web', undefined, 'd-1')
    expect(told).toEqual([
      {
        reason: 'other-image',
        sentence: `Deployment d-1 is not what was approved: 'expect-image' is 'registry.example/web:2', and what it ships could not be read.`,
      },
    ])
  })
})
