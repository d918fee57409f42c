import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { nextLookMs, type PaceFacts } from '../../src/follow/pace.ts'
import type { Phase } from '../../src/follow/phase.ts'
import type { TrafficShift } from '../../src/service/traffic-shift.ts'
import { snapshot, taskSets } from '../support/snapshots.ts'

const CANARY: TrafficShift = { kind: 'canary', durationMs: 300_000, stepPercent: 10, stepMs: 300_000 }
const LINEAR: TrafficShift = { kind: 'linear', durationMs: 540_000, stepPercent: 10, stepMs: 60_000 }

function lookIn(phase: Phase, change: Partial<PaceFacts> = {}): number {
  return nextLookMs({
    snapshot: undefined,
    phase,
    inPhaseMs: 0,
    shift: CANARY,
    terminationWaitMs: 3_600_000,
    failedReads: 0,
    random: 0.5,
    ...change,
  })
}

describe('looks again', () => {
  test('soon after the deployment was created', () => {
    expect(lookIn({ kind: 'provisioning' })).toBe(2_000)
  })

  test('less often while tasks still have to start, more often once all of them run', () => {
    const starting = snapshot('SRPPPPPP', { taskSets: taskSets(0, { running: 1 }) })
    const allRun = snapshot('SRPPPPPP', { taskSets: taskSets(0) })
    expect(lookIn({ kind: 'provisioning' }, { snapshot: starting })).toBe(12_000)
    expect(lookIn({ kind: 'provisioning' }, { snapshot: allRun })).toBe(5_000)
  })

  test('less and less often while a hook is silent', () => {
    const hook: Phase = { kind: 'hook', event: 'AfterAllowTestTraffic', hookFunction: 'f' }
    const waits = [0, 120_000, 600_000, 1_800_000].map((inPhaseMs) => lookIn(hook, { inPhaseMs }))
    expect(waits).toEqual([3_000, 5_000, 10_000, 20_000])
  })

  test('right after the canary interval, and every 15 s before', () => {
    expect(lookIn({ kind: 'shift' }, { inPhaseMs: 1_000 })).toBe(15_000)
    expect(lookIn({ kind: 'shift' }, { inPhaseMs: 297_000 })).toBe(4_000)
    expect(lookIn({ kind: 'shift' }, { inPhaseMs: 301_000 })).toBe(2_000)
  })

  test('right after each step of a linear shift', () => {
    expect(lookIn({ kind: 'shift' }, { inPhaseMs: 55_000, shift: LINEAR })).toBe(6_000)
    expect(lookIn({ kind: 'shift' }, { inPhaseMs: 115_000, shift: LINEAR })).toBe(6_000)
  })

  test('every 30 s in a termination wait, and right after its end', () => {
    expect(lookIn({ kind: 'termination' }, { inPhaseMs: 60_000 })).toBe(30_000)
    expect(lookIn({ kind: 'termination' }, { inPhaseMs: 3_595_000 })).toBe(6_000)
  })

  test('twice as late after each failed read, up to a minute', () => {
    const waits = [1, 2, 3, 4, 5, 20].map((failedReads) => lookIn({ kind: 'between' }, { failedReads }))
    expect(waits).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000])
  })
})

test('never looks again at once and never waits longer than a minute and a tenth', () => {
  const kinds = ['provisioning', 'ready', 'shift', 'between', 'termination', 'ended'] as const
  fc.assert(
    fc.property(
      fc.constantFrom(...kinds),
      fc.double({ min: 0, max: 1e9, noNaN: true }),
      fc.nat(50),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (kind, inPhaseMs, failedReads, random) => {
        const waitMs = lookIn({ kind }, { inPhaseMs, failedReads, random })
        expect(waitMs).toBeGreaterThanOrEqual(900)
        expect(waitMs).toBeLessThanOrEqual(66_000)
      },
    ),
  )
})

const HOOK: Phase = { kind: 'hook', event: 'AfterAllowTestTraffic', hookFunction: 'f' }
const STEPLESS: TrafficShift = { kind: 'linear', durationMs: 60_000, stepPercent: 100, stepMs: 0 }

test.each<[string, Phase, number, number, number]>([
  ['before there is a replacement', { kind: 'provisioning' }, 10_000, 2_000, 5_000],
  ['a hook that has just been called', HOOK, 60_000, 3_000, 5_000],
  ['a hook that is silent', HOOK, 300_000, 5_000, 10_000],
  ['a hook that is silent for long', HOOK, 900_000, 10_000, 20_000],
  ['between events', { kind: 'between' }, 20_000, 2_000, 5_000],
  ['a deployment whose events cannot be seen', { kind: 'unseen' }, 20_000, 2_000, 10_000],
  ['such a deployment that goes on for long', { kind: 'unseen' }, 1_200_000, 10_000, 30_000],
  ['a shift that should be over', { kind: 'shift' }, 330_000, 2_000, 5_000],
  ['a termination wait that should be over', { kind: 'termination' }, 3_630_000, 2_000, 5_000],
])('%s is looked at less often from exactly its limit on', (_name, phase, limitMs, beforeMs, fromThenMs) => {
  expect(lookIn(phase, { inPhaseMs: limitMs - 1 })).toBe(beforeMs)
  expect(lookIn(phase, { inPhaseMs: limitMs })).toBe(fromThenMs)
})

test.each<[Phase['kind'], number]>([
  ['ready', 10_000],
  ['ended', 2_000],
  ['rollback', 2_000],
])('in phase %s the time between two looks is always the same', (kind, waitMs) => {
  for (const inPhaseMs of [0, 3_600_000]) expect(lookIn({ kind } as Phase, { inPhaseMs })).toBe(waitMs)
})

test('a replacement that is to have no task yet counts as one that still has to start', () => {
  const none = snapshot('SRPPPPPP', { taskSets: taskSets(0, { running: 0, desired: 0 }) })
  expect(lookIn({ kind: 'provisioning' }, { snapshot: none })).toBe(12_000)
})

test('a linear shift without steps is due once, at its end', () => {
  expect(lookIn({ kind: 'shift' }, { inPhaseMs: 55_000, shift: STEPLESS })).toBe(6_000)
})

test('looks are spread by a tenth to either side', () => {
  const waits = [0, 0.5, 1].map((random) => lookIn({ kind: 'ready' }, { random }))
  expect(waits).toEqual([9_000, 10_000, 11_000])
})
