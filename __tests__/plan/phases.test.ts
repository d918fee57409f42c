import { describe, expect, test } from '@jest/globals'
import type { Budget } from '../../src/follow/budget.ts'
import type { Phase } from '../../src/follow/phase.ts'
import type { FinishLine } from '../../src/inputs/choices.ts'
import { describeExpiry } from '../../src/plan/credential-expiry.ts'
import { expectedPhases } from '../../src/plan/phases.ts'
import type { ReleasePlan } from '../../src/plan/plan.ts'

const MINUTE_MS = 60_000

/** A limit for each kind of phase that no other has. */
const LIMITS: Partial<Record<Phase['kind'], number>> = {
  provisioning: 61,
  hook: 62,
  ready: 63,
  shift: 64,
  termination: 65,
}
const budget: Budget = {
  totalMs: 120 * MINUTE_MS,
  overallMs: undefined,
  phaseMs: ({ kind }) => (LIMITS[kind] ?? 0) * MINUTE_MS,
}

type Parts = Pick<ReleasePlan, 'budget' | 'hooks' | 'shift' | 'group'>

function planOf({ hooks = {}, shiftMinutes = 9, holdsAtReady = false, terminationMinutes = 5 } = {}): Parts {
  const shift = { kind: 'linear', durationMs: shiftMinutes * MINUTE_MS }
  const group = { holdsAtReady, terminationWaitMs: terminationMinutes * MINUTE_MS }
  return { budget, hooks, shift, group } as unknown as Parts
}

const HOOKS = { AfterAllowTestTraffic: 'validate', AfterAllowTraffic: 'confirm' }

describe('what a release goes through', () => {
  test.each<[FinishLine, string[]]>([
    ['test-traffic', ['Install', 'AfterAllowTestTraffic']],
    ['production-traffic', ['Install', 'AfterAllowTestTraffic', 'Ready', 'AllowTraffic', 'AfterAllowTraffic']],
    [
      'completion',
      ['Install', 'AfterAllowTestTraffic', 'Ready', 'AllowTraffic', 'AfterAllowTraffic', 'Termination wait'],
    ],
  ])('up to %s is, in order, %j', (waitFor, names) => {
    const phases = expectedPhases(planOf({ hooks: HOOKS, holdsAtReady: true }), { waitFor })
    expect(phases.map(({ name }) => name)).toEqual(names)
  })

  test('waits at Ready only where the group holds it there', () => {
    const phases = expectedPhases(planOf(), { waitFor: 'production-traffic' })
    expect(phases.map(({ name }) => name)).toEqual(['Install', 'AllowTraffic'])
  })

  test('has the usual duration and the limit of each part', () => {
    const plan = planOf({ hooks: HOOKS, holdsAtReady: true, shiftMinutes: 12, terminationMinutes: 30 })
    const minutes = expectedPhases(plan, { waitFor: 'completion' }).map(({ usualMs, atMostMs }) => [
      usualMs / MINUTE_MS,
      atMostMs / MINUTE_MS,
    ])
    expect(minutes).toEqual([
      [10, 61],
      [5, 62],
      [0, 63],
      [12, 64],
      [5, 62],
      [30, 65],
    ])
  })
})

describe('credentials that nobody renews', () => {
  const NOW_MS = Date.UTC(2026, 7, 8, 12)
  const inMinutes = (minutes: number) => NOW_MS + minutes * MINUTE_MS
  // Usually 10 min of Install and 9 of the shift.
  const said = (
    ends: number | 'not-told' | undefined,
    change: Partial<ReleasePlan> = {},
    waitFor: FinishLine = 'production-traffic',
  ) => describeExpiry({ ...planOf(), isUnchanged: false, ...change }, { waitFor }, ends, NOW_MS)

  test.each([
    ['a moment before the usual end', inMinutes(19) - 1, 'warning'],
    ['at the usual end', inMinutes(19), 'note'],
    ['a moment before the latest end', inMinutes(120) - 1, 'note'],
    ['at the latest end', inMinutes(120), undefined],
    ['never', undefined, undefined],
  ])('credentials that end %s: %s', (_, ends, kind) => {
    expect(said(ends)?.kind).toBe(kind)
  })

  test('credentials that end too early are reported with the time of their end and with both ways out', () => {
    const text = said(inMinutes(5))?.text
    expect(text).toMatch(/^The credentials end at 12:05:00Z, and a release like this takes about 19 min/)
    expect(text).toContain("'role-to-assume'")
    expect(text).toContain("'role-duration-seconds'")
  })

  test.each([
    [50, undefined],
    [51, 'warning'],
  ])('credentials that may end after an hour: a shift of %d min is worth %s', (shiftMinutes, kind) => {
    expect(said('not-told', planOf({ shiftMinutes }))?.kind).toBe(kind)
  })

  test('the end of credentials is not mentioned where nothing is waited for', () => {
    expect(said(inMinutes(1), {}, 'nothing')).toBeUndefined()
    expect(said(inMinutes(1), { isUnchanged: true })).toBeUndefined()
  })

  test('credentials are never expected for longer than the step waits', () => {
    const short = { ...budget, totalMs: 15 * MINUTE_MS }
    expect(said(inMinutes(16), { budget: short })).toBeUndefined()
    expect(said(inMinutes(14), { budget: short })?.text).toContain('about 15 min')
  })
})
