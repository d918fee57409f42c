import type { DeploymentInfo } from '@aws-sdk/client-codedeploy'
import { describe, expect, test } from '@jest/globals'
import { CallError } from '../../src/aws/attempts.ts'
import type { CodeDeploy } from '../../src/aws/code-deploy.ts'
import { blockerIn, findOwn, type KnownBefore, type Look } from '../../src/code-deploy/own-deployment.ts'
import { fakeCodeDeploy, REQUEST } from '../support/fake-code-deploy.ts'
import { T0 } from '../support/snapshots.ts'

const BEFORE: KnownBefore = { ids: ['d-BEFORE'], newestCreatedAtMs: T0 }

/** A deployment made so many seconds after the one that was there before. */
function made(second: number, change: Partial<DeploymentInfo> = {}): DeploymentInfo {
  return {
    status: 'InProgress',
    description: REQUEST.description,
    revision: { revisionType: 'AppSpecContent', appSpecContent: { sha256: 'aaa' } },
    createTime: new Date(T0 + second * 1000),
    ...change,
  }
}

const FOREIGN = made(20, { description: 'by hand' })
const ROLLBACK = made(30, { description: '', rollbackInfo: { rollbackTriggeringDeploymentId: 'd-OWN' } })

interface Account {
  listed?: string[] | 'denied' | 'throttled'
  last?: string | 'denied'
  deployments?: Record<string, DeploymentInfo | 'denied'>
  named?: string
}

function awsOf({ listed = [], last, deployments = {} }: Account): CodeDeploy {
  return fakeCodeDeploy((operation, input) => {
    if (operation === 'ListDeployments') return typeof listed === 'string' ? listed : { deployments: listed }
    if (operation === 'GetDeploymentGroup') {
      if (last === 'denied') return 'denied'
      return { deploymentGroupInfo: last === undefined ? {} : { lastAttemptedDeployment: { deploymentId: last } } }
    }
    const info = deployments[String(input['deploymentId'])]
    if (info === undefined) return 'DeploymentDoesNotExistException'
    return info === 'denied' ? 'denied' : { deploymentInfo: info }
  })
}

const NOT_THERE: Look = { own: undefined, trouble: undefined, isBehind: false }
const UNSEEN = { own: undefined, trouble: expect.any(CallError), isBehind: false }

describe('the deployment that a lost request has made', () => {
  test.each<[string, Account, Partial<Look> | Record<string, unknown>]>([
    ['is found in the list', { listed: ['d-OWN'], deployments: { 'd-OWN': made(10) } }, { own: 'd-OWN' }],
    ['is found as the last of the group', { last: 'd-OWN', deployments: { 'd-OWN': made(10) } }, { own: 'd-OWN' }],
    ['is found where CodeDeploy names it', { named: 'd-OWN', deployments: { 'd-OWN': made(10) } }, { own: 'd-OWN' }],
    [
      'is found by the rollback that the group names',
      { last: 'd-BACK', deployments: { 'd-OWN': made(10), 'd-BACK': ROLLBACK } },
      { own: 'd-OWN' },
    ],
    [
      'is the newest of several alike',
      { listed: ['d-A', 'd-B', 'd-C'], deployments: { 'd-A': made(10), 'd-B': made(12), 'd-C': made(11) } },
      { own: 'd-B' },
    ],
    [
      'is found although CodeDeploy does not tell when it was created',
      { listed: ['d-OWN'], deployments: { 'd-OWN': made(10, { createTime: undefined }) } },
      { own: 'd-OWN' },
    ],
    [
      'is found although another read fails',
      { listed: ['d-X', 'd-OWN'], last: 'denied', deployments: { 'd-X': 'denied', 'd-OWN': made(10) } },
      { own: 'd-OWN' },
    ],
    ['is not one that was there before', { listed: ['d-BEFORE'], deployments: { 'd-BEFORE': made(10) } }, NOT_THERE],
    ['is not older than what was there before', { listed: ['d-A'], deployments: { 'd-A': made(0) } }, NOT_THERE],
    ['is not one of somebody else', { listed: ['d-A'], last: 'd-A', deployments: { 'd-A': FOREIGN } }, NOT_THERE],
    [
      'is not one with another AppSpec',
      {
        listed: ['d-A'],
        deployments: { 'd-A': made(10, { revision: { appSpecContent: { sha256: 'bbb' } } }) },
      },
      NOT_THERE,
    ],
    ['is not there when nothing is', {}, NOT_THERE],
    ['is not there when the list is denied and the group has nothing new', { listed: 'denied' }, NOT_THERE],
    ['is not there when only what was before is named', { listed: 'denied', last: 'd-BEFORE' }, NOT_THERE],
    ['may be there when neither can be read', { listed: 'denied', last: 'denied' }, UNSEEN],
    ['may be there when the list fails for a passing reason too', { listed: 'throttled', last: 'denied' }, UNSEEN],
    ['may be there when the group cannot be read, since the list may be behind', { last: 'denied' }, UNSEEN],
    ['may be there when one that is new cannot be read', { listed: ['d-A'], deployments: { 'd-A': 'denied' } }, UNSEEN],
    [
      'may be there before one of somebody else when the list is denied',
      { listed: 'denied', last: 'd-A', deployments: { 'd-A': FOREIGN } },
      UNSEEN,
    ],
    [
      'may be there when the list does not show the last one of somebody else',
      { last: 'd-A', deployments: { 'd-A': FOREIGN } },
      { own: undefined, trouble: undefined, isBehind: true },
    ],
    [
      'may be there when the list does not show the one that CodeDeploy names',
      { named: 'd-A', deployments: { 'd-A': FOREIGN } },
      { own: undefined, trouble: undefined, isBehind: true },
    ],
  ])('%s', async (_what, account, expected) => {
    expect(await findOwn(awsOf(account), REQUEST, BEFORE, account.named)).toMatchObject(expected)
  })
})

test.each([
  [{ ids: ['d-BEFORE'], newestCreatedAtMs: T0 }, T0],
  [{ ids: [], newestCreatedAtMs: undefined }, undefined],
])(
  'the list is asked for what came since the last one before, by the clock of CodeDeploy, and for all where there was none: no clock of a runner hides ours (%j)',
  async (earlier, sinceMs) => {
    let start: unknown
    const aws = fakeCodeDeploy((operation, input) => {
      if (operation !== 'ListDeployments') return { deploymentGroupInfo: {} }
      start = (input['createTimeRange'] as { start: Date } | undefined)?.start.getTime()
      return { deployments: [] }
    })
    await findOwn(aws, REQUEST, earlier, undefined)
    expect(start).toBe(sinceMs)
  },
)

test.each([
  ["The Deployment Group 'g' already has an active Deployment 'd-ABC123XYZ'", 'DeploymentLimitExceeded', 'd-ABC123XYZ'],
  ["Deployment Group 'g' is already deploying deployment 'd-ABC123XYZ'.", 'DeploymentLimitExceeded', 'd-ABC123XYZ'],
  ['The limit is reached', 'DeploymentLimitExceeded', undefined],
  ["already has an active Deployment 'd-ABC123XYZ'", 'InvalidRole', undefined],
])('the deployment in the way is read from the refusal: %s (%s)', (message, code, expected) => {
  const error = { kind: 'answered', code, message, notAccepted: true } as const
  expect(blockerIn(new CallError('codedeploy:CreateDeployment', error, undefined))).toBe(expected)
})
