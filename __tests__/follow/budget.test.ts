import { describe, expect, test } from '@jest/globals'
import { budgetFor, finishOf } from '../../src/follow/budget.ts'
import type { EcsDeployments } from '../../src/service/ecs-deployments.ts'
import type { TrafficShift } from '../../src/service/traffic-shift.ts'

const MINUTE_MS = 60_000
const LINEAR: TrafficShift = { kind: 'linear', durationMs: 9 * MINUTE_MS, stepPercent: 10, stepMs: MINUTE_MS }
const GROUP = { holdsAtReady: false, readyWaitMs: 0, terminationWaitMs: 60 * MINUTE_MS }
const FACTS = { waitForMs: undefined, waitsForTermination: false, group: GROUP, shift: LINEAR, hooks: {} }

test("gives each phase CodeDeploy's own limit and five minutes more", () => {
  const budget = budgetFor({ ...FACTS, hooks: { AfterAllowTestTraffic: 'f', AfterAllowTraffic: 'g' } })
  expect(budget.overallMs).toBeUndefined()
  expect(budget.phaseMs({ kind: 'provisioning' })).toBe(65 * MINUTE_MS)
  expect(budget.phaseMs({ kind: 'hook', event: 'AfterAllowTraffic', hookFunction: 'g' })).toBe(65 * MINUTE_MS)
  expect(budget.phaseMs({ kind: 'shift' })).toBe(14 * MINUTE_MS)
  expect(budget.totalMs).toBe((65 + 2 * 65 + 14) * MINUTE_MS)
})

test('counts the termination wait only when it is waited for', () => {
  expect(budgetFor(FACTS).totalMs).toBe((65 + 14) * MINUTE_MS)
  expect(budgetFor({ ...FACTS, waitsForTermination: true }).totalMs).toBe((65 + 14 + 65) * MINUTE_MS)
})

test("adds the group's waits to wait-for-minutes", () => {
  const group = { ...GROUP, holdsAtReady: true, readyWaitMs: 30 * MINUTE_MS }
  const budget = budgetFor({ ...FACTS, waitForMs: 20 * MINUTE_MS, waitsForTermination: true, group })
  expect(budget.overallMs).toBe((20 + 30 + 60) * MINUTE_MS)
  expect(budget.totalMs).toBe(budget.overallMs)
})

test('is a number for a group that says nothing about its waits', () => {
  const group = { holdsAtReady: false, readyWaitMs: 0, terminationWaitMs: undefined }
  expect(budgetFor({ ...FACTS, group, waitsForTermination: true }).totalMs).toBe((65 + 14 + 5) * MINUTE_MS)
})

test.each([
  ['no hook', {}, 0],
  ['one hook', { AfterInstall: 'f' }, 1],
  ['two hooks of one function', { AfterInstall: 'f', AfterAllowTraffic: 'f' }, 2],
  [
    'five hooks',
    {
      BeforeInstall: 'a',
      AfterInstall: 'b',
      AfterAllowTestTraffic: 'c',
      BeforeAllowTraffic: 'd',
      AfterAllowTraffic: 'e',
    },
    5,
  ],
])('gives each hook a limit of its own: %s', (_name, hooks, count) => {
  const budget = budgetFor({ ...FACTS, hooks })
  expect(budget.totalMs).toBe((65 + 14 + count * 65) * MINUTE_MS)
  expect(budget.phaseMs({ kind: 'unseen' })).toBe((65 + count * 65 + 14 + 60 + 5) * MINUTE_MS)
})

test('counts only the hooks before Ready when it ends there', () => {
  const hooks = { AfterInstall: 'a', AfterAllowTestTraffic: 'b', BeforeAllowTraffic: 'c', AfterAllowTraffic: 'd' }
  expect(budgetFor({ ...FACTS, hooks, endsAtReady: true }).totalMs).toBe((65 + 2 * 65) * MINUTE_MS)
})

test('gives each wait what the group is set to and what CodeDeploy may take beyond it', () => {
  const group = { holdsAtReady: true, readyWaitMs: 30 * MINUTE_MS, terminationWaitMs: 60 * MINUTE_MS }
  const budget = budgetFor({ ...FACTS, group, waitsForTermination: true })
  expect(budget.phaseMs({ kind: 'ready' })).toBe(35 * MINUTE_MS)
  expect(budget.phaseMs({ kind: 'termination' })).toBe(65 * MINUTE_MS)
  expect(budget.phaseMs({ kind: 'between' })).toBe(10 * MINUTE_MS)
  expect(budget.phaseMs({ kind: 'rollback' })).toBe(15 * MINUTE_MS)
  expect(budget.phaseMs({ kind: 'ended' })).toBe(0)
  expect(budget.phaseMs({ kind: 'unseen' })).toBe((65 + 30 + 14 + 60 + 5) * MINUTE_MS)
  expect(budget.totalMs).toBe((65 + 35 + 14 + 65) * MINUTE_MS)
  expect(budgetFor({ ...FACTS, group }).phaseMs({ kind: 'termination' })).toBe(5 * MINUTE_MS)
})

test('waits at Ready only where the group holds there or has a wait', () => {
  const total = (holdsAtReady: boolean, readyWaitMs: number) =>
    budgetFor({ ...FACTS, group: { ...GROUP, holdsAtReady, readyWaitMs } }).totalMs
  expect(total(false, 0)).toBe((65 + 14) * MINUTE_MS)
  expect(total(true, 0)).toBe((65 + 5 + 14) * MINUTE_MS)
  expect(total(false, 10 * MINUTE_MS)).toBe((65 + 15 + 14) * MINUTE_MS)
})

test('wait-for-minutes alone counts up to Ready', () => {
  const group = { ...GROUP, holdsAtReady: true, readyWaitMs: 30 * MINUTE_MS }
  expect(budgetFor({ ...FACTS, waitForMs: 20 * MINUTE_MS, group, endsAtReady: true }).overallMs).toBe(20 * MINUTE_MS)
})

test.each([
  ['production-traffic', { waitsForTermination: false, endsAtReady: false }],
  ['completion', { waitsForTermination: true, endsAtReady: false }],
  ['test-traffic', { waitsForTermination: false, endsAtReady: true }],
] as const)('finish line %s means for the budget what it waits for', (finishLine, expected) => {
  expect(finishOf(finishLine)).toEqual(expected)
})

describe('where ECS itself deploys', () => {
  const ECS: EcsDeployments = {
    strategy: 'LINEAR',
    shift: { kind: 'linear', durationMs: 0, stepPercent: 25, stepMs: 0 },
    functions: [],
    pauses: [],
    productionRule: undefined,
    testRule: undefined,
    targetGroups: [],
    circuitBreaker: undefined,
    alarmsRollBack: undefined,
  }
  const of = (ecs: Partial<EcsDeployments>, change: object = {}) =>
    budgetFor({ ...FACTS, group: { ...GROUP, ecs: { ...ECS, ...ecs } }, ...change })

  test('each step of a shift has time of its own, and more behind a network load balancer', () => {
    expect(of({}).phaseMs({ kind: 'shift' })).toBe((14 + 10 * 2) * MINUTE_MS)
    const network = of({}, { group: { ...GROUP, ecs: ECS, isBehindNetwork: true } })
    expect(network.phaseMs({ kind: 'shift' })).toBe((14 + 10 * 12) * MINUTE_MS)
    expect(network.phaseMs({ kind: 'between' })).toBe(20 * MINUTE_MS)
  })

  test('a function at the shift has as long as hook and shift together, one before each step a limit of its own', () => {
    const hooks = { PRODUCTION_TRAFFIC_SHIFT: 'f' }
    const phase = { kind: 'hook', event: 'PRODUCTION_TRAFFIC_SHIFT', hookFunction: 'f' } as const
    expect(of({}, { hooks }).phaseMs(phase)).toBe((65 + 34) * MINUTE_MS)
    const before = of({}, { hooks: { PRE_PRODUCTION_TRAFFIC_SHIFT: 'f' } })
    expect(before.phaseMs({ kind: 'shift' })).toBe((34 + 65) * MINUTE_MS)
  })

  test('every pause is counted, one before production at each step', () => {
    const pause = { timeoutMs: 30 * MINUTE_MS, onTimeout: 'ROLLBACK' as const }
    const budget = of({
      pauses: [
        { ...pause, stages: ['POST_TEST_TRAFFIC_SHIFT'] },
        { ...pause, stages: ['PRE_PRODUCTION_TRAFFIC_SHIFT'], timeoutMs: 60 * MINUTE_MS },
      ],
    })
    expect(budget.phaseMs({ kind: 'ready' })).toBe(65 * MINUTE_MS)
    expect(budget.totalMs).toBe((65 + 34 + 30 + 10 * 60 + 5) * MINUTE_MS)
  })
})
