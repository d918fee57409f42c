import { expect, test } from '@jest/globals'
import type { InputName } from '../../src/inputs/names.ts'
import type { Scenario } from '../../tools/simulator/scenario.ts'
import { operate } from '../support/operations.ts'
import { runNumber } from '../support/others.ts'
import { inOneAccount, type SimulatedAccount } from '../support/simulated-release.ts'
import { type Grant, grants, sessionOf } from '../support/stack-roles.ts'
import { scenarioOf } from '../support/stack-scenario.ts'
import { nativeStack } from '../support/stacks.ts'

type Inputs = Partial<Record<InputName, string>>

const HERE: Inputs = { cluster: 'prod', service: 'web' }
const ACTIVE: Inputs = { ...HERE, 'deployment-id': 'active' }
const NEW: Inputs = { ...HERE, image: 'registry.example/web:1.1.0' }
const STARTED: Inputs = { ...NEW, 'wait-for': 'nothing' }
const TO_PAUSE: Inputs = { ...NEW, 'wait-for': 'test-traffic' }

const PLAIN = nativeStack()
const PAUSED = nativeStack({ PauseMinutes: 60 })

const FAILS: Partial<Scenario> = {
  hookPlans: { CodeDeployHook_validate: { answer: 'Failed', afterSeconds: 5, log: ['It answered 500.'] } },
}
/** The function takes longer than it takes to look. */
const FAILS_LATE: Partial<Scenario> = {
  hookPlans: { CodeDeployHook_validate: { answer: 'Failed', afterSeconds: 120, log: ['It answered 500.'] } },
}
const NEVER_HEALTHY: Partial<Scenario> = {
  replacement: { ...scenarioOf(PLAIN).replacement, health: 'never' },
}

/** Someone with every right, as the scene of a day is set. */
async function asOwner(account: SimulatedAccount, inputs: Inputs): Promise<string> {
  return (await operate(account, inputs, { world: runNumber(41) })).release.status ?? ''
}

interface Day {
  stack?: typeof PLAIN
  scenario?: Partial<Scenario>
  /** What there was before. */
  before?: Inputs[]
  /** How long after that it is, in seconds. */
  afterSeconds?: number
  inputs: Inputs
  /** After so many seconds of it the run is cancelled. */
  abortAfterSeconds?: number
  status: string
}

/** Days on which an operation meets everything that it asks AWS for. */
const DAYS: Record<string, Day[]> = {
  plan: [
    { inputs: NEW, status: 'planned' },
    { before: [STARTED], inputs: NEW, status: 'planned' },
  ],
  release: [
    { inputs: NEW, status: 'succeeded' },
    { stack: PAUSED, inputs: TO_PAUSE, status: 'awaiting-promotion' },
    { inputs: NEW, scenario: FAILS, status: 'rolled-back' },
    { inputs: NEW, scenario: NEVER_HEALTHY, status: 'rolled-back' },
    {
      stack: PAUSED,
      before: [TO_PAUSE],
      inputs: { ...TO_PAUSE, image: 'registry.example/web:1.2.0', 'on-active-deployment': 'replace' },
      status: 'awaiting-promotion',
    },
  ],
  watch: [
    { before: [STARTED], inputs: ACTIVE, scenario: FAILS, status: 'rolled-back' },
    { before: [STARTED], inputs: ACTIVE, scenario: NEVER_HEALTHY, status: 'rolled-back' },
  ],
  stop: [
    { stack: PAUSED, before: [TO_PAUSE], inputs: ACTIVE, status: 'stopped' },
    { before: [STARTED], afterSeconds: 100, inputs: ACTIVE, scenario: FAILS_LATE, status: 'stopped' },
  ],
  promote: [
    { stack: PAUSED, before: [TO_PAUSE], inputs: ACTIVE, status: 'succeeded' },
    {
      stack: PAUSED,
      before: [STARTED],
      afterSeconds: 100,
      inputs: ACTIVE,
      scenario: FAILS_LATE,
      status: 'rolled-back',
    },
    {
      stack: PAUSED,
      before: [STARTED],
      afterSeconds: 100,
      inputs: ACTIVE,
      scenario: FAILS_LATE,
      abortAfterSeconds: 8,
      status: 'cancelled',
    },
  ],
  rollback: [
    { stack: PAUSED, inputs: { ...HERE, 'task-definition': 'web:1' }, status: 'succeeded' },
    { before: [NEW], inputs: HERE, status: 'succeeded' },
    {
      before: [{ ...NEW, 'wait-for': 'completion' }],
      inputs: { ...HERE, 'task-definition': 'web:1' },
      status: 'succeeded',
    },
    { inputs: { ...HERE, 'task-definition': 'web:1' }, scenario: FAILS, status: 'rolled-back' },
    { inputs: { ...HERE, 'task-definition': 'web:1' }, scenario: NEVER_HEALTHY, status: 'rolled-back' },
  ],
}

test.each(Object.entries(DAYS))(
  'the role of %s in native.yaml is refused nothing that the operation asks for, and has nothing that it does not use',
  async (operation, days) => {
    const role = `${operation.charAt(0).toUpperCase()}${operation.slice(1)}Role`
    const used = new Set<string>()
    let held: readonly Grant[] = []
    for (const { stack = PLAIN, scenario = {}, before = [], afterSeconds = 0, ...day } of days) {
      const { inputs, abortAfterSeconds, status } = day
      held = grants(stack, role)
      await inOneAccount({ ...scenarioOf(stack), ...scenario }, async (account) => {
        for (const earlier of before) await asOwner(account, earlier)
        await account.clock.sleep(afterSeconds * 1000)
        const session = sessionOf(account, stack, held)
        const { release } = await operate(
          session.account,
          { ...inputs, operation },
          {
            world: runNumber(42),
            prepare: ({ clock, abort }) => {
              if (abortAfterSeconds !== undefined) clock.atSecond(clock.monotonicMs() / 1000 + abortAfterSeconds, abort)
            },
          },
        )
        expect([release.status, release.problems, [...session.refused]]).toEqual([status, [], []])
        for (const action of session.used) used.add(action)
      })
    }
    expect([...new Set(held.map(({ action }) => action))].filter((action) => !used.has(action))).toEqual([])
  },
)
