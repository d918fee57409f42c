import type { ServiceDeployment } from '@aws-sdk/client-ecs'
import { describe, expect, test } from '@jest/globals'
import { readSnapshot } from '../../src/ecs-native/ecs-snapshot.ts'
import { endReasonOf } from '../../src/ecs-native/end-reason.ts'
import { isWaitingForPromotion, replacementTraffic, type Snapshot } from '../../src/follow/snapshot.ts'
import type { Release } from '../../src/release-state.ts'
import { neverShifted } from '../../src/report/traffic.ts'
import { at, T0 } from '../support/snapshots.ts'

const ID = 'AbCdEfGhIjKlMnOpQrS42'
const ARN = `arn:aws:ecs:eu-central-1:111122223333:service-deployment/prod/web/${ID}`
const REVISION = 'arn:aws:ecs:eu-central-1:111122223333:service-revision/prod/web'

/** A deployment with so many percent of production and of test traffic on the target. */
function deployment(change: Partial<ServiceDeployment> = {}, production = 0, test = 0): ServiceDeployment {
  const counts = { requestedTaskCount: 2, runningTaskCount: 2, pendingTaskCount: 0 }
  return {
    serviceDeploymentArn: ARN,
    createdAt: new Date(T0),
    startedAt: new Date(T0 + 100),
    status: 'IN_PROGRESS',
    sourceServiceRevisions: [
      {
        ...counts,
        arn: `${REVISION}/41`,
        requestedProductionTrafficWeight: 100 - production,
        requestedTestTrafficWeight: 100 - test,
      },
    ],
    targetServiceRevision: {
      ...counts,
      arn: `${REVISION}/42`,
      requestedProductionTrafficWeight: production,
      requestedTestTrafficWeight: test,
    },
    deploymentConfiguration: { strategy: 'BLUE_GREEN' },
    ...change,
  }
}

/** Looks at these one after the other, ten seconds apart. */
function looks(...deployments: ServiceDeployment[]): Snapshot {
  let snapshot: Snapshot | undefined
  for (const [index, one] of deployments.entries()) {
    snapshot = readSnapshot({ deploymentId: ID, deployment: one, readAt: at(index * 10) }, snapshot)
  }
  if (snapshot === undefined) throw new Error('nothing to look at')
  return snapshot
}

function inStage(lifecycleStage: string | undefined, production = 0, change: Partial<ServiceDeployment> = {}) {
  return deployment({ lifecycleStage: lifecycleStage as never, ...change }, production)
}

const stages = ({ events }: Snapshot) =>
  events
    .filter(({ status }) => status !== 'pending' && status !== 'unseen')
    .map(({ name, status }) => `${name} ${status}`)

test('ids, counts, weights and times are those that ECS tells', () => {
  const lifecycleStage = 'POST_TEST_TRAFFIC_SHIFT'
  const reading = { deploymentId: ID, deployment: deployment({ lifecycleStage }, 10, 100), readAt: at(90) }
  expect(readSnapshot(reading, undefined)).toMatchObject({
    deploymentId: ID,
    status: 'running',
    statusWord: 'IN_PROGRESS',
    createdAtMs: T0,
    startedAtMs: T0 + 100,
    endedAtMs: undefined,
    eventsAreStale: false,
    trafficReadAt: at(90),
    rollbackOn: ['failure', 'stop'],
    taskSets: [
      { id: 'ecs-svc/41', role: 'original', trafficPercent: 90, testPercent: 0, state: 'primary', desired: 2 },
      { id: 'ecs-svc/42', role: 'replacement', trafficPercent: 10, testPercent: 100, state: 'active', running: 2 },
    ],
  })
})

describe('a deployment of which little is told', () => {
  test('is still running when its status is new, and has no stage that is new', () => {
    const odd = looks({ serviceDeploymentArn: ARN, status: 'REWINDING' as never, lifecycleStage: 'NEW_STAGE' as never })
    expect(odd).toMatchObject({ status: 'unknown', statusWord: 'REWINDING', taskSets: [], rollbackOn: undefined })
    expect(stages(odd)).toEqual([])
  })

  test('keeps the stages so far when another look tells none', () => {
    expect(stages(looks(inStage('SCALE_UP'), inStage(undefined), inStage('NEW_STAGE')))).toEqual(['SCALE_UP running'])
  })

  test('waits at a pause of which neither type nor end is told', () => {
    const paused = looks(
      inStage('POST_TEST_TRAFFIC_SHIFT', 0, { lifecycleHookDetails: [{ hookId: 'x', status: 'AWAITING_ACTION' }] }),
    )
    expect(paused).toMatchObject({ status: 'ready', heldAt: 'POST_TEST_TRAFFIC_SHIFT', readySinceMs: T0 })
    expect(paused.heldUntil).toBeUndefined()
    expect(isWaitingForPromotion(paused)).toBe(true)
  })

  test('text of ECS cannot be more than a line', () => {
    const statusReason = `because\n::error::of one or more active alarms. ${'x'.repeat(3_000)}`
    const ended = looks(deployment({ status: 'ROLLBACK_SUCCESSFUL', rollback: { reason: statusReason } }))
    expect(ended.error?.message).not.toContain('\n')
    expect(ended.error?.message.length).toBeLessThanOrEqual(1_001)
  })
})

describe('stages', () => {
  test('that passed between two looks are not seen, never skipped', () => {
    const { events } = looks(inStage('PRE_SCALE_UP'), inStage('TEST_TRAFFIC_SHIFT'))
    expect(events.map(({ name, status }) => `${name} ${status}`).slice(0, 5)).toEqual([
      'PRE_SCALE_UP succeeded',
      'SCALE_UP unseen',
      'POST_SCALE_UP unseen',
      'TEST_TRAFFIC_SHIFT running',
      'POST_TEST_TRAFFIC_SHIFT pending',
    ])
  })

  test('have the times at which they were first seen and seen to be left', () => {
    const { events } = looks(inStage('SCALE_UP'), inStage('SCALE_UP'), inStage('POST_SCALE_UP'))
    const scaleUp = events.find(({ name }) => name === 'SCALE_UP')
    expect(scaleUp).toMatchObject({ startedAtMs: at(0).atMs, endedAtMs: at(20).atMs })
  })

  test('that put a service in order are there only when they were seen', () => {
    expect(looks(inStage('PRE_SCALE_UP')).events[0]?.name).toBe('PRE_SCALE_UP')
    expect(stages(looks(inStage('RECONCILE_SERVICE'), inStage('SCALE_UP')))).toEqual([
      'RECONCILE_SERVICE succeeded',
      'SCALE_UP running',
    ])
  })

  test.each(['POST_PRODUCTION_TRAFFIC_SHIFT', 'BAKE_TIME', 'PRODUCTION_TRAFFIC_SHIFT', 'PRE_PRODUCTION_TRAFFIC_SHIFT'])(
    'are one shift as long as both sides have a part, although %s is told',
    (told) => {
      const shifting = looks(inStage('PRODUCTION_TRAFFIC_SHIFT', 10), inStage(told, 10))
      expect(stages(shifting)).toEqual(['PRODUCTION_TRAFFIC_SHIFT running'])
      expect(shifting.eventsAreDone).toBe(false)
    },
  )

  test('are all done in the bake time, once all of production has moved, or where nothing is shifted', () => {
    expect(looks(inStage('BAKE_TIME', 100)).eventsAreDone).toBe(true)
    expect(looks(inStage('POST_PRODUCTION_TRAFFIC_SHIFT', 100)).eventsAreDone).toBe(false)
    const headless = { lifecycleStage: 'BAKE_TIME', targetServiceRevision: { arn: `${REVISION}/42` } } as const
    expect(looks(deployment(headless)).eventsAreDone).toBe(true)
  })

  test('at which a step waits for somebody are done although the shift goes on', () => {
    const lifecycleHookDetails = [{ hookId: 'x', status: 'AWAITING_ACTION' as const }]
    const held = looks(
      inStage('PRE_PRODUCTION_TRAFFIC_SHIFT'),
      inStage('PRODUCTION_TRAFFIC_SHIFT', 25),
      inStage('PRE_PRODUCTION_TRAFFIC_SHIFT', 25, { lifecycleHookDetails }),
    )
    expect(held).toMatchObject({ status: 'ready', heldAt: 'PRE_PRODUCTION_TRAFFIC_SHIFT' })
    expect(stages(held)).toEqual(['PRE_PRODUCTION_TRAFFIC_SHIFT succeeded', 'PRODUCTION_TRAFFIC_SHIFT running'])
    expect(isWaitingForPromotion(held)).toBe(true)
  })
})

describe('a rollback', () => {
  const back = (reason: string, change: Partial<ServiceDeployment> = {}) =>
    deployment({ status: 'ROLLBACK_IN_PROGRESS', rollback: { reason, startedAt: new Date(T0 + 15_000) }, ...change })
  const ALARM = 'Service deployment rolled back because of one or more active alarms.'

  test('ends the deployment when it begins, and is one of its own', () => {
    const ended = looks(inStage('BAKE_TIME', 100), back(ALARM, { lifecycleStage: 'BAKE_TIME' }))
    expect(ended).toMatchObject({
      status: 'stopped',
      endReason: 'alarm',
      endedAtMs: T0 + 15_000,
      rollback: { deploymentId: `${ID}/rollback`, message: '' },
      error: { code: '', message: ALARM },
      eventsAreDone: true,
    })
    expect(stages(ended)).toEqual(['BAKE_TIME failed', 'CLEAN_UP skipped'])
  })

  test('changes nothing any more of how the deployment ended', () => {
    const done = back(ALARM, { status: 'ROLLBACK_SUCCESSFUL', lifecycleStage: 'TEST_TRAFFIC_SHIFT' })
    const ended = looks(inStage('BAKE_TIME', 100), back(ALARM, { lifecycleStage: 'BAKE_TIME' }), done)
    expect(stages(ended)).toEqual(['BAKE_TIME failed', 'CLEAN_UP skipped'])
  })

  test('is read by its own id', () => {
    const read = (change: Partial<ServiceDeployment>) =>
      readSnapshot({ deploymentId: `${ID}/rollback`, deployment: back(ALARM, change), readAt: at(20) }, undefined)
    expect(read({})).toMatchObject({ status: 'running', isRollback: true, startedAtMs: T0 + 15_000, events: [] })
    const finishedAt = new Date(T0 + 18_000)
    expect(read({ status: 'ROLLBACK_SUCCESSFUL', finishedAt })).toMatchObject({
      status: 'succeeded',
      endedAtMs: T0 + 18_000,
      error: undefined,
    })
    expect(read({ status: 'ROLLBACK_FAILED', statusReason: 'No rollback candidate.' })).toMatchObject({
      status: 'failed',
      endReason: 'failure',
      error: { code: '', message: 'No rollback candidate.' },
    })
    expect(read({ status: 'SUCCESSFUL' }).status).toBe('unknown')
  })

  test('that fails leaves the deployment with why that was to be rolled back, not with why it could not', () => {
    const failed = back(ALARM, { status: 'ROLLBACK_FAILED', statusReason: 'No rollback candidate.' })
    expect(looks(failed).error?.message).toBe(ALARM)
    const { rollback, ...untold } = failed
    expect(rollback).toBeDefined()
    expect(looks(untold)).toMatchObject({ endReason: 'failure', error: undefined })
  })

  test('claims nothing about production when it was first seen on its way back', () => {
    const release = (snapshot: Snapshot) => ({ snapshot, timeline: [], deploymentId: ID }) as unknown as Release
    const onTheWay = looks(back(ALARM, { lifecycleStage: 'TEST_TRAFFIC_SHIFT' }))
    expect(onTheWay.events.find(({ name }) => name === 'PRODUCTION_TRAFFIC_SHIFT')?.status).toBe('unknown')
    expect(neverShifted(release(onTheWay))).toBe(false)
    const early = looks(inStage('SCALE_UP'), back(ALARM, { lifecycleStage: 'SCALE_UP' }))
    expect(neverShifted(release(early))).toBe(true)
  })
})

test('a deployment that ECS left as it was gets no rollback any more', () => {
  const stoppedAt = new Date(T0 + 5_000)
  const alarms = { status: 'TRIGGERED' as const, triggeredAlarmNames: ['web-5xx'] }
  const ended = looks(
    inStage('PRODUCTION_TRAFFIC_SHIFT', 10),
    inStage('PRODUCTION_TRAFFIC_SHIFT', 10, { status: 'STOPPED', stoppedAt, alarms }),
  )
  expect(ended).toMatchObject({
    status: 'stopped',
    endReason: 'alarm',
    endedAtMs: T0 + 5_000,
    rollback: { deploymentId: undefined, message: '' },
    rollbackOn: [],
  })
  expect(replacementTraffic(ended)).toBe(10)
})

describe('who or what ended a deployment', () => {
  const because = (cause: string) => `Service deployment rolled back because ${cause}`
  const HOOK = 'arn:aws:lambda:eu-central-1:111122223333:function:stop-user-alarm'

  test.each([
    [because('of one or more active alarms.'), 'alarm'],
    [because('the circuit breaker threshold was exceeded.'), 'failure'],
    [
      because(`PRE_SCALE_UP lifecycle hook(s) failed. Lifecycle hook target ${HOOK} returned FAILED status.`),
      'failure',
    ],
    [because('TEST_TRAFFIC_SHIFT lifecycle hook(s) failed. User: arn:… is not authorized to perform: …'), 'failure'],
    [because('of invalid networking configuration. The target group ARN does not exist.'), 'failure'],
    [because('POST_TEST_TRAFFIC_SHIFT pause hook timed out.'), 'ready-wait-over'],
    [because('POST_TEST_TRAFFIC_SHIFT pause hook was rolled back.'), 'stop-request'],
    [because('it was stopped by a user.'), 'stop-request'],
    ['Stopped by user request.', 'stop-request'],
    ['A StopServiceDeployment request was received.', 'stop-request'],
    ['Service deployment stopped because it was replaced by a newer service deployment', 'stop-request'],
    [because('of something nobody has heard of.'), 'failure'],
  ])('is read from %s', (statusReason, expected) => {
    expect(endReasonOf({ status: 'ROLLBACK_SUCCESSFUL', statusReason })).toBe(expected)
    expect(endReasonOf({ status: 'ROLLBACK_IN_PROGRESS', rollback: { reason: statusReason } })).toBe(expected)
  })

  const hookDetails = (targetType: 'PAUSE' | 'AWS_LAMBDA', status: 'FAILED' | 'TIMED_OUT') => ({
    status: 'ROLLBACK_REQUESTED' as const,
    lifecycleHookDetails: [{ hookId: 'x', targetType, status }],
  })

  test.each<[string, ServiceDeployment, string]>([
    ['nothing at all', { status: 'ROLLBACK_REQUESTED' }, 'stop-request'],
    ['a function that failed', hookDetails('AWS_LAMBDA', 'FAILED'), 'failure'],
    ['a pause whose time is over', hookDetails('PAUSE', 'TIMED_OUT'), 'ready-wait-over'],
    ['a pause that was answered', hookDetails('PAUSE', 'FAILED'), 'stop-request'],
    ['an alarm', { status: 'ROLLBACK_REQUESTED', alarms: { status: 'TRIGGERED' } }, 'alarm'],
    ['a circuit breaker', { status: 'STOPPED', deploymentCircuitBreaker: { status: 'TRIGGERED' } }, 'failure'],
    ['an end that stays as it is', { status: 'STOPPED', statusReason: 'Something.' }, 'stop-request'],
    ['a rollback that failed', { status: 'ROLLBACK_FAILED', statusReason: 'No candidate.' }, 'failure'],
  ])('is read from %s where no text says it', (_, shown, expected) => {
    expect(endReasonOf(shown)).toBe(expected)
  })
})
