import { describe, expect, test } from '@jest/globals'
import { CallError } from '../../src/aws/attempts.ts'
import { REFUSALS } from '../../src/code-deploy/refusals.ts'
import { type Following, type Outcome, untilTheEnd } from '../../src/follow/following.ts'
import { Outage } from '../../src/follow/outage.ts'
import type { ReleaseEngine } from '../../src/follow/release-engine.ts'
import { settle } from '../../src/follow/settle.ts'
import type { EarlyEndPolicy } from '../../src/follow/settlement.ts'
import type { Snapshot } from '../../src/follow/snapshot.ts'
import { snapshot, taskSets } from '../support/snapshots.ts'
import { virtualClock } from '../support/virtual-clock.ts'

const WIND_DOWN_MS = 6_000
const NEVER = new Promise<never>(() => {})
const RUNNING = snapshot('SRPPPPPP', { taskSets: taskSets(0) })
const STOPPED = snapshot('SSFKKKKK', { status: 'stopped', statusWord: 'Stopped', taskSets: taskSets(0) })
const TIMED_OUT: Outcome = { kind: 'timed-out', snapshot: RUNNING, phase: { kind: 'provisioning' }, afterMs: 60_000 }

function throttled(): CallError {
  const serviceError = { kind: 'throttled', code: 'ThrottlingException', message: '', notAccepted: true } as const
  return new CallError('codedeploy:GetDeployment', serviceError, undefined)
}

/** Settles a release that is cancelled after 2 s; the engine answers what `observe` says at each second. */
async function settledWith(observe: (second: number) => Snapshot | Promise<never>, outcome: Outcome) {
  const clock = virtualClock()
  const cancellation = new AbortController()
  clock.atSecond(2, () => cancellation.abort())
  const stops: number[] = []
  const second = () => clock.monotonicMs() / 1000
  const engine: ReleaseEngine = {
    start: () => Promise.reject(new Error('not part of settling')),
    findStarted: () => Promise.reject(new Error('not part of settling')),
    promote: () => Promise.reject(new Error('not part of settling')),
    endTerminationWait: () => Promise.reject(new Error('not part of settling')),
    observe: async () => await observe(second()),
    stop: async () => void stops.push(second()),
    ...REFUSALS,
  }
  const following: Following = untilTheEnd(
    {
      clock,
      signal: cancellation.signal,
      random: () => 0.5,
      finishLine: 'production-traffic',
      budget: { totalMs: 0, overallMs: undefined, phaseMs: () => 0 },
      hooks: {},
      shift: { kind: 'all-at-once', durationMs: 0, stepPercent: 100, stepMs: 0 },
      terminationWaitMs: 0,
      autoPromote: false,
      onEntry: () => {},
      onSnapshot: () => {},
      onHeartbeat: () => {},
      reading: new Outage(() => {}),
      onRequestTrouble: () => {},
      onPromotionDenied: () => {},
      onStopAccepted: () => {},
      reasonToGiveUp: async () => undefined,
    },
    3_600_000,
  )
  const policy: EarlyEndPolicy = {
    onCancel: 'rollback',
    onTimeout: 'rollback',
    rollbackOn: ['failure'],
    windDownMs: WIND_DOWN_MS,
  }
  // A read that hangs makes nobody sleep, and time would stand still.
  void clock.sleep(60_000)
  const settlement = await settle(engine, 'd-ORIGINAL1', outcome, following, policy)
  return { settlement, stops, endedAtSecond: second() }
}

describe('a release that is cancelled while it is being brought to rest', () => {
  test('is stopped all the same when the look before the stop succeeds after the cancel', async () => {
    const { stops } = await settledWith((second) => {
      if (second < 3) throw throttled()
      return RUNNING
    }, TIMED_OUT)
    expect(stops).toHaveLength(1)
  })

  test('ends when a cancelled step has to, although every look fails', async () => {
    const { settlement, stops, endedAtSecond } = await settledWith(() => {
      throw throttled()
    }, TIMED_OUT)
    expect(settlement).toMatchObject({ notStoppedBecause: 'unseen' })
    expect(stops).toEqual([])
    expect(endedAtSecond).toBeLessThanOrEqual(8)
  })

  test('ends when a cancelled step has to, although a look never answers', async () => {
    const { settlement, endedAtSecond } = await settledWith(() => NEVER, TIMED_OUT)
    expect(settlement).toMatchObject({ notStoppedBecause: 'unseen' })
    expect(endedAtSecond).toBe(8)
  })

  test('is still told with its rollback when that shows in the time that is left', async () => {
    const rollback = { deploymentId: 'd-ROLLBACK1', message: '' }
    const { settlement } = await settledWith((second) => (second < 5 ? STOPPED : { ...STOPPED, rollback }), {
      kind: 'ended',
      snapshot: STOPPED,
    })
    expect(settlement.rollback.deploymentId).toBe('d-ROLLBACK1')
  })
})
