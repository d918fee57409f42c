import { describe, expect, test } from '@jest/globals'
import { CallError } from '../../src/aws/attempts.ts'
import { startDeployment } from '../../src/code-deploy/start-deployment.ts'
import { MaybeStartedError, OvertakenError } from '../../src/follow/release-engine.ts'
import { type FakeAnswer, fakeCodeDeploy, REQUEST } from '../support/fake-code-deploy.ts'
import { T0 } from '../support/snapshots.ts'
import { virtualClock } from '../support/virtual-clock.ts'

const CREATED = { deploymentId: 'd-OWN123456' }
const BUSY = 'DeploymentLimitExceededException'

interface Story {
  /** What CreateDeployment is answered, one after the other; the last for all that follow. */
  answers: FakeAnswer[]
  /** From which second on the group names our deployment, and from which one the list shows it. */
  namedAt?: number
  listedAt?: number
  /** The group names a deployment of somebody else, which the list does not show. */
  isListBehind?: boolean
  /** What reads are answered instead. */
  reads?: FakeAnswer
  /** When the run is cancelled. */
  cancelledAt?: number
}

/** How it ended, after how many seconds, and how often CreateDeployment was sent. */
async function play({ answers, namedAt = Infinity, listedAt = Infinity, isListBehind, reads, cancelledAt }: Story) {
  const clock = virtualClock()
  const startMs = clock.now()
  const second = () => (clock.now() - startMs) / 1000
  const cancellation = new AbortController()
  if (cancelledAt !== undefined) clock.atSecond(cancelledAt, () => cancellation.abort())
  const sentAt: number[] = []
  let lostAnswers = 0
  const aws = fakeCodeDeploy(
    (operation, input) => {
      if (operation === 'CreateDeployment') {
        sentAt.push(second())
        return answers[Math.min(sentAt.length, answers.length) - 1] ?? 'lost'
      }
      if (reads !== undefined) return reads
      if (operation === 'ListDeployments') return { deployments: second() >= listedAt ? ['d-OWN123456'] : [] }
      if (operation === 'GetDeploymentGroup') {
        if (isListBehind) return { deploymentGroupInfo: { lastAttemptedDeployment: { deploymentId: 'd-OTHER0001' } } }
        const last = second() >= namedAt ? { lastAttemptedDeployment: { deploymentId: 'd-OWN123456' } } : {}
        return { deploymentGroupInfo: last }
      }
      const isOther = input['deploymentId'] === 'd-OTHER0001'
      const description = isOther ? 'by hand' : REQUEST.description
      return { deploymentInfo: { status: 'Created', ...REQUEST, description, createTime: new Date(T0 + 1000) } }
    },
    { clock, signal: cancellation.signal },
  )
  const earlier = { ids: [], newestCreatedAtMs: undefined }
  const onAnswerLost = () => {
    lostAnswers += 1
  }
  const end = await startDeployment(aws, REQUEST, earlier, onAnswerLost).catch((error: unknown) => error)
  const why = end instanceof MaybeStartedError ? [end.lost, end.last].map(({ serviceError }) => serviceError.code) : []
  return { end: nameOf(end), seconds: second(), sentAt, lostAnswers, why }
}

function nameOf(end: unknown): unknown {
  if (end instanceof MaybeStartedError) return 'maybe started'
  if (end instanceof OvertakenError) return 'overtaken'
  return end instanceof CallError ? end.serviceError.code : end
}

describe('a deployment is started once', () => {
  test.each<[string, Story, object]>([
    ['and answered', { answers: [CREATED] }, { end: 'd-OWN123456', seconds: 0, sentAt: [0], lostAnswers: 0 }],
    [
      'and surely not started when it is refused',
      { answers: ['InvalidRoleException'] },
      { end: 'InvalidRole', seconds: 0, sentAt: [0], lostAnswers: 0 },
    ],
    [
      'and surely not started when the group is busy',
      { answers: [BUSY] },
      { end: 'overtaken', seconds: 0, sentAt: [0], lostAnswers: 0 },
    ],
    [
      'and surely not started when it is throttled',
      { answers: ['throttled'] },
      { end: 'Throttling', seconds: 0, sentAt: [0], lostAnswers: 0 },
    ],
    [
      'and found after its answer was lost',
      { answers: ['lost'], namedAt: 0 },
      { end: 'd-OWN123456', seconds: 2, sentAt: [0], lostAnswers: 1 },
    ],
    [
      'and found when it shows after ten seconds',
      { answers: ['lost'], namedAt: 10 },
      { end: 'd-OWN123456', seconds: 14, sentAt: [0], lostAnswers: 1 },
    ],
    [
      'and found in the list alone',
      { answers: ['lost'], listedAt: 5 },
      { end: 'd-OWN123456', seconds: 6, sentAt: [0], lostAnswers: 1 },
    ],
    [
      'and sent again when nothing has shown for 14 s',
      { answers: ['lost', CREATED] },
      { end: 'd-OWN123456', seconds: 14, sentAt: [0, 14], lostAnswers: 1 },
    ],
    [
      'and found when what is sent again is refused because of it',
      { answers: ['lost', BUSY], namedAt: 15 },
      { end: 'd-OWN123456', seconds: 16, sentAt: [0, 14], lostAnswers: 1 },
    ],
    [
      'and perhaps started when three answers are lost',
      { answers: ['lost'] },
      { end: 'maybe started', seconds: 42, sentAt: [0, 14, 28], lostAnswers: 1 },
    ],
    [
      'and perhaps started when what is sent again is refused for good',
      { answers: ['lost', 'InvalidRoleException'] },
      { end: 'maybe started', seconds: 28, sentAt: [0, 14], lostAnswers: 1 },
    ],
    [
      'and perhaps started, after one look, when reads are denied',
      { answers: ['lost'], reads: 'denied' },
      { end: 'maybe started', seconds: 2, sentAt: [0], lostAnswers: 1 },
    ],
    [
      'and perhaps started, after a minute of looks, when reads are throttled',
      { answers: ['lost'], reads: 'throttled' },
      { end: 'maybe started', seconds: 60, sentAt: [0], lostAnswers: 1 },
    ],
    [
      'and sent a third time when the second is throttled',
      { answers: ['lost', 'throttled', CREATED] },
      { end: 'd-OWN123456', seconds: 28, sentAt: [0, 14, 28], lostAnswers: 1 },
    ],
    [
      'and perhaps started when the group stays busy with what cannot be found',
      { answers: ['lost', BUSY] },
      { end: 'maybe started', seconds: 42, sentAt: [0, 14, 28], lostAnswers: 1 },
    ],
    [
      'and perhaps started, after a minute of looks at a list that is behind',
      { answers: ['lost'], isListBehind: true },
      { end: 'maybe started', seconds: 60, sentAt: [0], lostAnswers: 1 },
    ],
    [
      'and found when the answer is lost of a run that is cancelled, which looks once',
      { answers: ['lost'], namedAt: 0, cancelledAt: 1 },
      { end: 'd-OWN123456', seconds: 2, sentAt: [0], lostAnswers: 1 },
    ],
    [
      'and perhaps started, after one look more, when the run is cancelled',
      { answers: ['lost'], cancelledAt: 1 },
      { end: 'maybe started', seconds: 2, sentAt: [0], lostAnswers: 1 },
    ],
  ])('%s', async (_what, story, expected) => {
    expect(await play(story)).toMatchObject(expected)
  })
})

test.each<[string, Story, string[]]>([
  ['the read that was denied', { answers: ['lost'], reads: 'denied' }, ['TimeoutError', 'AccessDenied']],
  [
    'the refusal of what was sent again',
    { answers: ['lost', 'InvalidRoleException'] },
    ['TimeoutError', 'InvalidRole'],
  ],
  ['the last answer that was lost', { answers: ['lost'] }, ['TimeoutError', 'TimeoutError']],
  [
    'the answer that was lost, where the list is behind',
    { answers: ['lost'], isListBehind: true },
    ['TimeoutError', 'TimeoutError'],
  ],
])(
  'that a deployment may have started is told with the answer that was lost and with %s',
  async (_what, story, why) => {
    expect((await play(story)).why).toEqual(why)
  },
)
