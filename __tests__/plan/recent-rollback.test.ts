import type { DeploymentInfo, TargetStatus } from '@aws-sdk/client-codedeploy'
import { expect, test } from '@jest/globals'
import { findCodeDeployRecentRollback } from '../../src/plan/recent-rollback.ts'
import { deployments, groupOf, handCodeDeploy, ServiceFailure, serviceOf } from '../support/group-parts.ts'
import { EVENT_NAMES, T0 } from '../support/snapshots.ts'
import { virtualClock } from '../support/virtual-clock.ts'

const FIVE_MINUTES_MS = 300_000
const ENDED = { startTime: new Date(T0), completeTime: new Date(T0) }
const ROLLBACK_MARKER = '[ecs-release repo=example/shop wf=back.yml run=7.1 n=7 job=back op=rollback]'
const MANUAL = { errorInformation: { code: 'MANUAL_STOP' as const, message: 'stopped' } }
const HOOK = { errorInformation: { code: 'HOOK_EXECUTION_FAILURE' as const, message: 'failed' } }
const BY_TWO = { rollbackInfo: { rollbackDeploymentId: 'd-2' } }
const OF_ONE = { rollbackInfo: { rollbackTriggeringDeploymentId: 'd-1' } }

const STATUSES: Record<string, string> = { S: 'Succeeded', F: 'Failed', K: 'Skipped' }

interface Situation {
  infos: Record<string, DeploymentInfo>
  /** The events of `d-1`; undefined: its target may not be read. */
  events?: string | undefined
  last?: string | undefined
  /** The deployment that made what serves. */
  maker?: string
  afterMs?: number
}

async function recent({ infos, events, last = 'd-1', maker = 'd-MAKER0001', afterMs = 0 }: Situation) {
  const aws = handCodeDeploy(virtualClock(1, T0 + afterMs), {
    GetDeployment: deployments(infos),
    GetDeploymentTarget: () => {
      if (events === undefined) throw new ServiceFailure('AccessDeniedException')
      const lifecycleEvents = [...events].map((letter, index) => ({
        lifecycleEventName: EVENT_NAMES[index],
        status: STATUSES[letter] as never,
      }))
      const ecsTarget = { lifecycleEvents, status: 'Failed' as TargetStatus, taskSetsInfo: [] }
      return { deploymentTarget: { deploymentTargetType: 'ECSTarget', ecsTarget } }
    },
  })
  const primary = { ...serviceOf().primary, deploymentId: maker }
  const lastDeployment = last === '' ? undefined : { id: last, createdAtMs: T0 }
  return await findCodeDeployRecentRollback(aws, {
    service: serviceOf({ primary }),
    group: groupOf({ lastDeployment }),
  })
}

const failed = (change: DeploymentInfo = {}): DeploymentInfo => ({
  status: 'Failed',
  ...ENDED,
  ...BY_TWO,
  ...HOOK,
  ...change,
})
const stopped = (change: DeploymentInfo = {}) => failed({ status: 'Stopped', ...MANUAL, ...change })
const rolledBack = (change: DeploymentInfo = {}): DeploymentInfo => ({
  status: 'Succeeded',
  ...ENDED,
  ...OF_ONE,
  ...change,
})
const BACK = rolledBack()

const MOVED = { id: 'd-1', goesBack: false, neverMoved: false, endedAtMs: T0, agoMs: 0 }
const WENT_BACK = { id: 'd-1', goesBack: true, neverMoved: false, endedAtMs: T0, agoMs: 0 }
const BY_US: DeploymentInfo = { status: 'Succeeded', ...ENDED, description: ROLLBACK_MARKER }

test.each<[string, Situation, object | undefined]>([
  ['nothing was ever deployed', { infos: {}, last: '' }, undefined],
  [
    'the last deployment has succeeded',
    { infos: { 'd-1': { status: 'Succeeded', ...ENDED } }, maker: 'd-1' },
    undefined,
  ],
  ['this action went back and that serves', { infos: { 'd-1': BY_US }, maker: 'd-1' }, WENT_BACK],
  ['this action went back and something else serves', { infos: { 'd-1': BY_US } }, undefined],
  [
    'this action is still going back',
    { infos: { 'd-1': { ...BY_US, status: 'InProgress' } }, maker: 'd-1' },
    undefined,
  ],
  [
    'it failed after the shift and was rolled back',
    { infos: { 'd-1': failed(), 'd-2': BACK }, events: 'SSSSSSSF' },
    MOVED,
  ],
  [
    'it failed in the shift and was rolled back',
    { infos: { 'd-1': failed(), 'd-2': BACK }, events: 'SSSSSSFK' },
    MOVED,
  ],
  [
    'it failed before the shift and was rolled back',
    { infos: { 'd-1': failed(), 'd-2': BACK }, events: 'SSSSFKKK' },
    undefined,
  ],
  [
    'it was stopped in the shift and rolled back',
    { infos: { 'd-1': stopped(), 'd-2': BACK }, events: 'SSSSSSFK' },
    MOVED,
  ],
  [
    'it was stopped before the shift and rolled back',
    { infos: { 'd-1': stopped(), 'd-2': BACK }, events: 'SFKKKKKK' },
    { ...MOVED, neverMoved: true },
  ],
  ['it was stopped and where it was cannot be seen', { infos: { 'd-1': stopped(), 'd-2': BACK } }, MOVED],
  [
    'the rollback is the last one of the group',
    { infos: { 'd-1': failed(), 'd-2': BACK }, events: 'SSSSSSSF', last: 'd-2' },
    MOVED,
  ],
  [
    'the rollback has failed',
    { infos: { 'd-1': stopped(), 'd-2': rolledBack({ status: 'Failed' }) }, events: 'SSSSSSFK' },
    undefined,
  ],
  [
    'what was stopped serves',
    { infos: { 'd-1': stopped(), 'd-2': BACK }, events: 'SSSSSSFK', maker: 'd-1' },
    undefined,
  ],
  [
    'it was stopped before anything of it ran, without a rollback',
    { infos: { 'd-1': { status: 'Stopped', ...MANUAL, completeTime: new Date(T0) } }, events: '' },
    { ...MOVED, neverMoved: true },
  ],
  [
    'it was stopped later, without a rollback',
    { infos: { 'd-1': { status: 'Stopped', ...ENDED, ...MANUAL } }, events: 'SSSSSSFK' },
    undefined,
  ],
])('whether production was brought back a moment ago, when %s', async (_name, situation, expected) => {
  expect(await recent(situation)).toEqual(expected)
})

test('a rollback answers for whoever presses again for five minutes, from its own end', async () => {
  const endedMs = 60_000
  const infos = { 'd-1': failed(), 'd-2': rolledBack({ completeTime: new Date(T0 + endedMs) }) }
  const at = async (afterMs: number) => await recent({ infos, events: 'SSSSSSSF', afterMs })
  expect(await at(endedMs + FIVE_MINUTES_MS - 1)).toEqual({
    ...MOVED,
    endedAtMs: T0 + endedMs,
    agoMs: FIVE_MINUTES_MS - 1,
  })
  expect(await at(endedMs + FIVE_MINUTES_MS)).toBeUndefined()
})
