import { describe, expect, test } from '@jest/globals'
import type { Release } from '../../src/release-state.ts'
import { savedWhen } from '../../src/step/saved-when.ts'
import { newRelease } from '../support/releases.ts'
import { at, snapshot, T0 } from '../support/snapshots.ts'

const REVISION = { arn: 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:2', isNew: true }
const STARTED: Release = newRelease({ taskDefinition: REVISION, deploymentId: 'd-ORIGINAL1' })
const NOT_SENT = { creationSentAtMs: undefined } as const
const STATUS = { kind: 'status', atMs: T0, deploymentId: 'd-ORIGINAL1', statusWord: 'Created' } as const
const LANE = { cluster: 'demo', name: 'web-pr-1', desiredCount: 0, primaryId: 'ecs-svc/1', ranBefore: 0 }
const PREVIEW = { task: 'claim', pullRequest: '12', taking: undefined, lanes: [] } as const

describe('what the post step needs to go on', () => {
  test.each<[string, Release, Partial<Release>]>([
    ['the revision that is to be deployed', newRelease(), { taskDefinition: REVISION }],
    ['that a revision may have been registered', newRelease(), { lostRevisionOf: 'web' }],
    ['that CreateDeployment is about to be sent', newRelease(), { taskDefinition: REVISION, creationSentAtMs: T0 }],
    ['that CreateDeployment was refused', newRelease({ taskDefinition: REVISION, creationSentAtMs: T0 }), NOT_SENT],
    ['the deployment', newRelease({ taskDefinition: REVISION }), { deploymentId: 'd-ORIGINAL1' }],
    ['the deployment of an earlier job', newRelease(), { deploymentId: 'd-ORIGINAL1', madeEarlier: true }],
    ['a change of the deployment', STARTED, { timeline: [STATUS as never] }],
    ['that following it has ended', STARTED, { outcome: { kind: 'cancelled', snapshot: undefined } }],
    ['that CodeDeploy has taken our stop', STARTED, { stopAccepted: true }],
    ['where everything stands at the end', STARTED, { settlement: {} as never }],
    ['why tasks stop', STARTED, { taskStops: ['out of memory'] }],
    ['that a lane is being taken', newRelease({ preview: PREVIEW }), { preview: { ...PREVIEW, taking: LANE } }],
    [
      'that a deployment of somebody else was stopped to make room',
      newRelease({ waits: [{ deploymentId: 'd-OTHER', step: 'wait', startedAt: at(0), endedAt: undefined }] }),
      { waits: [{ deploymentId: 'd-OTHER', step: 'stop', startedAt: at(0), endedAt: undefined }] },
    ],
    [
      'that the termination wait of somebody else was ended to make room',
      newRelease(),
      { waits: [{ deploymentId: 'd-OTHER', step: 'end-termination-wait', startedAt: at(0), endedAt: undefined }] },
    ],
  ])('is saved as soon as it is known: %s', (_what, before, news) => {
    expect(savedWhen(before, { ...before, ...news }, false)).toBe(true)
  })
})

describe('what the post step can do without', () => {
  test.each<[string, Release, Partial<Release>]>([
    ['a reading without a change', STARTED, { snapshot: snapshot('SRPPPPPP') }],
    ['what serves production, which it reads again', STARTED, { production: {} as never }],
    ['who the calls are made as', STARTED, { caller: { account: '1', arn: 'a' } as never }],
    ['nothing new', STARTED, {}],
  ])('waits for the next change: %s', (_what, before, news) => {
    expect(savedWhen(before, { ...before, ...news }, false)).toBe(false)
  })

  test.each<[string, Partial<Release>]>([
    ['the checks have passed', { plan: {} as never }],
    ['a deployment of somebody else is waited for', { waits: [{ deploymentId: 'd-OTHER', step: 'wait' } as never] }],
    ['something is to be warned of', { warnings: ['something'] }],
  ])('is not saved at all before anything was changed: %s', (_what, news) => {
    expect(savedWhen(newRelease(), newRelease(news), false)).toBe(false)
  })
})

test('a planned release of which GitHub is told is saved before anything was changed', () => {
  const planned = newRelease({ plan: {} as never })
  expect(savedWhen(newRelease(), planned, true)).toBe(true)
  expect(savedWhen(undefined, newRelease(), true)).toBe(false)
})

test('the first that is told of a release is saved when it has written already', () => {
  expect(savedWhen(undefined, STARTED, false)).toBe(true)
})
