import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { SIMULATION_START_MS } from '../../../tools/simulator/clock.ts'
import { hookExecutionIdOf, sha256Of } from '../../../tools/simulator/identity.ts'
import { Account } from '../../../tools/simulator/model/account.ts'
import { parseAppSpec } from '../../../tools/simulator/model/app-spec.ts'
import type { DeploymentOrder } from '../../../tools/simulator/model/deployment.ts'
import type { Fact } from '../../../tools/simulator/model/fact.ts'
import { rulesOf } from '../../../tools/simulator/model/rules.ts'
import type { Scenario } from '../../../tools/simulator/scenario.ts'
import { scenarios } from '../../../tools/simulator/scenarios.ts'
import { appSpec } from './support/revision.ts'

const KEY = 'demo:web'
const HOUR = 3_600_000

const content = appSpec('web:1', { AfterAllowTestTraffic: 'CodeDeployHook_validate' })
const order: DeploymentOrder = {
  configName: 'CodeDeployDefault.ECSCanary10Percent5Minutes',
  routing: { type: 'TimeBasedCanary', percentage: 10, intervalMinutes: 5 },
  description: undefined,
  revision: { type: 'AppSpecContent', content, sha256: sha256Of(content) },
  isFound: true,
  appSpec: parseAppSpec(content),
  rollbackOn: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'],
  alarms: ['web-5xx'],
  overrideAlarms: undefined,
}

interface Intervention {
  ms: number
  what: 'stop' | 'stop and roll back' | 'alarm' | 'alarm off' | 'scale'
}

/** Plays a deployment and what somebody does while it runs, and looks at the lane at these moments too. */
function play(scenario: Scenario, done: Intervention[], looksMs: number[]): Account {
  const account = new Account(rulesOf(scenario, SIMULATION_START_MS))
  account.record(KEY, created())
  const moments = [...done, ...looksMs.map((ms) => ({ ms, what: undefined }))]
  for (const { ms, what } of moments.sort((one, other) => one.ms - other.ms)) {
    const atMs = SIMULATION_START_MS + ms
    if (what) intervene(account, what, atMs)
    account.lane(KEY, atMs)
  }
  return account
}

/** Only what the API would let through. */
function intervene(account: Account, what: Intervention['what'], atMs: number): void {
  const latest = account.lane(KEY, atMs)?.deployments.at(-1)
  const isRunning = latest?.completedMs === undefined && latest?.kind === 'release' && !latest.stop
  if (what === 'scale') account.record(KEY, { kind: 'desired-count-set', atMs, desiredCount: 3 })
  else if (what === 'alarm') account.record(KEY, { kind: 'alarm-set', atMs, name: 'web-5xx', state: 'ALARM' })
  else if (what === 'alarm off') account.record(KEY, { kind: 'alarm-set', atMs, name: 'web-5xx', state: 'OK' })
  else if (isRunning) account.record(KEY, { kind: 'stop-requested', atMs, rollback: what === 'stop and roll back' })
}

function created(): Fact {
  return { kind: 'deployment-created', atMs: SIMULATION_START_MS, deploymentId: 'd-AAAAAAAAA', order }
}

const scenarioNames = fc.constantFrom(...(Object.keys(scenarios) as (keyof typeof scenarios)[]))
const looks = fc.array(fc.integer({ min: 0, max: 2 * HOUR }), { maxLength: 40 })

const interventions = fc.array(
  fc.record({
    ms: fc.integer({ min: 1, max: 900_000 }),
    what: fc.constantFrom<Intervention['what'][]>('stop', 'stop and roll back', 'alarm', 'alarm off', 'scale'),
  }),
  { maxLength: 3 },
)

test('a lane is the same however often and whenever somebody looked at it', () => {
  fc.assert(
    fc.property(scenarioNames, interventions, looks, (name, done, looksMs) => {
      const once = play(scenarios[name], done, [])
      const often = play(scenarios[name], done, looksMs)
      const endMs = SIMULATION_START_MS + 2 * HOUR
      expect(often.lane(KEY, endMs)).toEqual(once.lane(KEY, endMs))
    }),
    { numRuns: 150 },
  )
})

test('what is due next is known without looking at any other moment', () => {
  const account = new Account(rulesOf(scenarios.success, SIMULATION_START_MS))
  expect(account.nextDueMs()).toBeUndefined()
  account.record(KEY, created())
  const due: number[] = []
  for (let dueMs = account.nextDueMs(); dueMs !== undefined; dueMs = account.nextDueMs()) {
    due.push((dueMs - SIMULATION_START_MS) / 1000)
    account.lane(KEY, dueMs)
  }
  expect(due).toEqual([
    3, 3.2, 3.45, 123.45, 123.7, 124.2, 124.45, 125.15, 125.4, 145.4, 145.65, 146.25, 146.5, 446.5, 447.2, 447.45,
    448.15, 748.15, 778.15,
  ])
})

test('an answer to a hook counts from the moment at which it came', () => {
  const account = play({ ...scenarios.success, hookPlans: {} }, [], [])
  const executionId = hookExecutionIdOf('d-AAAAAAAAA', 'AfterAllowTestTraffic')
  const atMs = SIMULATION_START_MS + 130_000
  account.record(KEY, { kind: 'hook-answered', atMs, executionId, status: 'Succeeded' })
  const lane = account.lane(KEY, SIMULATION_START_MS + HOUR)
  expect(lane?.deployments[0]?.events[4]).toMatchObject({ status: 'Succeeded', endMs: atMs })
})

test('a world in which two deployment groups share a service is refused', () => {
  const { world } = scenarios.success
  const applications = [
    ...world.applications,
    { ...world.applications[0], name: 'other' } as (typeof world.applications)[0],
  ]
  expect(() => new Account(rulesOf({ ...scenarios.success, world: { ...world, applications } }, 0))).toThrow(
    'Service demo:web has two deployment groups in this world; AWS allows one.',
  )
})
