import { describe, expect, test } from '@jest/globals'
import type { InputName } from '../../src/inputs/names.ts'
import type { Operation } from '../../src/inputs/operation.ts'
import { SIMULATION_START_MS } from '../../tools/simulator/clock.ts'
import type { HookPlan, Scenario } from '../../tools/simulator/scenario.ts'
import { operate } from '../support/operations.ts'
import { runNumber } from '../support/others.ts'
import { pullRequest } from '../support/preview-events.ts'
import { preview } from '../support/previews.ts'
import { inOneAccount, type SimulatedAccount } from '../support/simulated-release.ts'
import type { Stack } from '../support/stack.ts'
import { type Grant, grants, type RoleSession, sessionOf, trusted } from '../support/stack-roles.ts'
import { scenarioOf } from '../support/stack-scenario.ts'
import { lanesStack, releaseStack } from '../support/stacks.ts'

type Inputs = Partial<Record<InputName, string>>

/** One whose releases wait at Ready for an approval, and one whose releases do not. */
const held = releaseStack({ ReadyWaitMinutes: 60 })
const unheld = releaseStack()
const lanes = lanesStack()

const HERE: Inputs = { cluster: 'prod', service: 'web', image: '' }
const HOOKED: Inputs = { 'after-allow-test-traffic-hook': 'CodeDeployHook_validate' }
const NEW: Inputs = { ...HERE, ...HOOKED, image: 'registry.example/web:1.1.0' }
const TO_READY: Inputs = { ...NEW, 'wait-for': 'test-traffic' }
const ACTIVE: Inputs = { ...HERE, 'deployment-id': 'active' }
const LINES = [1, 2, 3].map((lane) => `preview-${lane}=http://${lane}.preview.example.org`).join('\n')

const FAILS: HookPlan = { answer: 'Failed', afterSeconds: 20, log: ['It answered 500.'] }

/** What somebody who may do everything has done before. */
type Scene = 'idle' | 'begun' | 'at ready' | 'long promoted'

async function set(scene: Scene, account: SimulatedAccount, inputs: Inputs = TO_READY): Promise<void> {
  if (scene === 'idle') return
  await operate(account, scene === 'begun' ? { ...inputs, 'wait-for': 'nothing' } : inputs)
  if (scene !== 'long promoted') return
  await operate(account, { ...ACTIVE, operation: 'promote' })
  await account.clock.sleep(2 * 3_600_000)
}

/** What the run of a pull request does: shows it, or frees its lane when it is closed. */
async function show(account: SimulatedAccount, inputs: Inputs, action: 'opened' | 'closed' = 'opened') {
  const hook = { 'after-allow-test-traffic-hook': 'CodeDeployHook_preview' }
  const asked = { cluster: 'previews', 'preview-services': LINES, ...hook, ...inputs }
  return await preview(account, pullRequest({ number: 12, action, run: action === 'opened' ? 112 : 113 }), {
    inputs: asked,
  })
}

async function work({ account }: RoleSession, operation: Operation, inputs: Inputs, abortAfterSeconds?: number) {
  if (operation === 'preview') return await show(account, inputs)
  const { clock } = account
  return await operate(
    account,
    { ...inputs, operation },
    {
      world: runNumber(43),
      prepare: ({ abort }) => {
        const nowSeconds = (clock.now() - SIMULATION_START_MS) / 1000
        if (abortAfterSeconds !== undefined) clock.atSecond(nowSeconds + abortAfterSeconds, abort)
      },
    },
  )
}

/** `web:2 100%`: what users meet, whatever anybody reports. */
function productionOf({ simulator }: SimulatedAccount): string {
  const service = simulator.lane('prod:web')?.service
  return (service?.taskSets ?? [])
    .map(({ taskDefinitionArn, targetGroup }) => [
      taskDefinitionArn.split('/').at(-1),
      service?.production[targetGroup],
    ])
    .filter(([, percent]) => percent !== 0)
    .map(([name, percent]) => `${name} ${percent}%`)
    .join(', ')
}

interface Try {
  operation: Operation
  scene: Scene
  inputs: Inputs
  /** The status with which it has done what it is for. */
  reaches: string
}

const TRIES: Record<string, Try> = {
  plan: { operation: 'plan', scene: 'idle', inputs: TO_READY, reaches: 'planned' },
  watch: {
    operation: 'watch',
    scene: 'begun',
    inputs: { ...ACTIVE, 'wait-for': 'test-traffic' },
    reaches: 'awaiting-promotion',
  },
  stop: { operation: 'stop', scene: 'at ready', inputs: ACTIVE, reaches: 'stopped' },
  'rollback of what is being deployed': {
    operation: 'rollback',
    scene: 'at ready',
    inputs: HERE,
    reaches: 'succeeded',
  },
  'release up to Ready': { operation: 'release', scene: 'idle', inputs: TO_READY, reaches: 'awaiting-promotion' },
  promote: { operation: 'promote', scene: 'at ready', inputs: ACTIVE, reaches: 'succeeded' },
  'rollback to an earlier revision': {
    operation: 'rollback',
    scene: 'long promoted',
    inputs: { ...HERE, 'task-definition': 'web:1' },
    reaches: 'succeeded',
  },
  preview: { operation: 'preview', scene: 'idle', inputs: {}, reaches: 'succeeded' },
}

/** What can be done with these grants in the account of a stack. */
async function possible(stack: Stack, holding: readonly Grant[], tries = TRIES): Promise<string[]> {
  const done: string[] = []
  for (const [name, { operation, scene, inputs, reaches }] of Object.entries(tries)) {
    await inOneAccount(scenarioOf(stack), async (account) => {
      await set(scene, account)
      const { outputs } = await work(sessionOf(account, stack, holding), operation, inputs)
      if (outputs.status === reaches) done.push(name)
    })
  }
  return done
}

describe('in a stack whose releases wait for an approval', () => {
  const takesBack = 'stop, rollback of what is being deployed'
  test.each([
    ['PlanRole', 'plan, watch'],
    ['ReleaseRole', `plan, watch, ${takesBack}, release up to Ready`],
    ['WatchRole', 'plan, watch'],
    ['StopRole', `plan, watch, ${takesBack}`],
    ['PromoteRole', `plan, watch, ${takesBack}, promote`],
    ['RollbackRole', `plan, watch, ${takesBack}, promote, rollback to an earlier revision`],
    ['PushRole', ''],
  ])('%s can do nothing but: %s', async (role, expected) => {
    expect((await possible(held, grants(held, role))).join(', ')).toBe(expected)
  })

  test.each(['PreviewRole', 'PushRole'])('%s of the preview lanes can do nothing', async (role) => {
    expect(await possible(held, grants(lanes, role))).toEqual([])
  })

  test('only jobs of an environment can bring anything to production', () => {
    const opensTheGate = ['codedeploy:ContinueDeployment', 'codedeploy:UpdateDeploymentGroup']
    const stack = releaseStack({ ReadyWaitMinutes: 60, RollbackEnvironment: 'on-call', ReleaseTags: 'v*' })
    const roles = [...stack.ofType('AWS::IAM::Role').keys()].filter((role) => role.match(/^[A-Z][a-z]+Role$/))
    const risky = roles.filter((role) => grants(stack, role).some(({ action }) => opensTheGate.includes(action)))
    expect(risky).toEqual(['PromoteRole', 'RollbackRole'])
    expect(trusted(stack, 'PromoteRole')).toEqual(['repo:example/shop:environment:production'])
    expect(trusted(stack, 'RollbackRole')).toEqual([
      'repo:example/shop:environment:production',
      'repo:example/shop:environment:on-call',
    ])
  })

  test('a job of the branch moves no production with any role that it can take, whatever it asks for', () =>
    inOneAccount(scenarioOf(held), async (account) => {
      const roles = ['PlanRole', 'ReleaseRole', 'WatchRole', 'StopRole', 'PromoteRole', 'RollbackRole', 'PushRole']
      const mine = roles.filter((role) => trusted(held, role).includes('repo:example/shop:ref:refs/heads/main'))
      expect(mine).toEqual(['PlanRole', 'ReleaseRole', 'WatchRole', 'StopRole', 'PushRole'])
      const session = sessionOf(
        account,
        held,
        mine.flatMap((role) => grants(held, role)),
      )
      await work(session, 'release', TO_READY)
      for (const operation of ['promote', 'watch'] as const) {
        await work(session, operation, { ...ACTIVE, 'wait-for': 'production-traffic' })
        expect(productionOf(account)).toBe('web:1 100%')
      }
      for (const inputs of [{ 'on-active-deployment': 'replace' }, { 'task-definition': 'web:2', image: '' }]) {
        await work(session, 'release', { ...NEW, 'auto-promote': 'true', ...inputs })
        expect(productionOf(account)).toBe('web:1 100%')
      }
      await work(session, 'rollback', { ...HERE, 'task-definition': 'web:2', alarms: 'none' })
      expect(productionOf(account)).toBe('web:1 100%')
      expect([...session.refused].sort()).toEqual(['codedeploy:ContinueDeployment', 'codedeploy:UpdateDeploymentGroup'])
    }))
})

test('in a stack without an approval the role of a release can also go back to an earlier revision', async () => {
  const { 'rollback to an earlier revision': later } = TRIES
  const tries = { later: { ...later, scene: 'idle' } as Try }
  expect(await possible(unheld, grants(unheld, 'ReleaseRole'), tries)).toEqual(['later'])
  expect(await possible(unheld, grants(unheld, 'StopRole'), tries)).toEqual([])
})

test('on the preview lanes PreviewRole can show a pull request, and no role of release.yaml can', async () => {
  const { preview: shown } = TRIES
  const tries = { preview: shown as Try }
  expect(await possible(lanes, grants(lanes, 'PreviewRole'), tries)).toEqual(['preview'])
  for (const role of ['PlanRole', 'ReleaseRole', 'WatchRole', 'StopRole', 'PromoteRole', 'RollbackRole']) {
    expect(await possible(lanes, grants(held, role), tries)).toEqual([])
  }
})

interface Shift {
  stack?: Stack
  scene?: Scene
  before?: Inputs
  inputs: Inputs
  scenario?: Partial<Scenario>
  /** How long after it begun; default 100 s, before its hook. */
  afterSeconds?: number
  alarm?: boolean
  abortAfterSeconds?: number
}

const HOOK_FAILS = { hookPlans: { CodeDeployHook_validate: FAILS, CodeDeployHook_preview: FAILS } }
const HOOK_IS_SILENT = { hookPlans: {} }
const NEVER_HEALTHY = { replacement: { ...scenarioOf(unheld).replacement, health: 'never' } as const }

/** Days on which an operation meets everything that it asks AWS for. */
const DAYS: Record<string, Shift[]> = {
  plan: [{ scene: 'begun', inputs: NEW }],
  release: [
    { inputs: NEW },
    { stack: held, inputs: TO_READY },
    { inputs: NEW, scenario: HOOK_FAILS },
    { inputs: NEW, scenario: NEVER_HEALTHY },
  ],
  watch: [
    { scene: 'begun', inputs: ACTIVE, scenario: HOOK_FAILS },
    { scene: 'begun', inputs: ACTIVE, scenario: NEVER_HEALTHY },
  ],
  stop: [
    { stack: held, scene: 'at ready', inputs: ACTIVE },
    { scene: 'begun', inputs: ACTIVE, scenario: HOOK_IS_SILENT, afterSeconds: 300 },
  ],
  promote: [
    { stack: held, scene: 'at ready', inputs: ACTIVE },
    { stack: held, scene: 'at ready', inputs: ACTIVE, abortAfterSeconds: 60 },
    {
      stack: held,
      scene: 'at ready',
      before: {
        ...TO_READY,
        'after-allow-test-traffic-hook': '',
        'after-allow-traffic-hook': 'CodeDeployHook_validate',
      },
      inputs: ACTIVE,
      scenario: HOOK_FAILS,
    },
  ],
  rollback: [
    { scene: 'begun', inputs: HERE, scenario: HOOK_IS_SILENT, afterSeconds: 300 },
    { stack: held, scene: 'long promoted', inputs: { ...HERE, 'task-definition': 'web:1' }, alarm: true },
    { inputs: { ...HERE, 'task-definition': 'web:1' }, scenario: NEVER_HEALTHY },
  ],
  preview: [
    { stack: lanes, inputs: {} },
    { stack: lanes, inputs: {}, scenario: HOOK_FAILS },
    { stack: lanes, inputs: {}, scenario: NEVER_HEALTHY },
  ],
}

test.each(Object.entries(DAYS))(
  'the role of %s is refused nothing that it asks for, and has nothing that it does not use',
  async (operation, days) => {
    const role = `${operation.charAt(0).toUpperCase()}${operation.slice(1)}Role`
    const used = new Set<string>()
    let holding: readonly Grant[] = []
    for (const {
      stack = unheld,
      scene = 'idle',
      before,
      inputs,
      scenario = {},
      afterSeconds = 100,
      alarm,
      abortAfterSeconds,
    } of days) {
      holding = grants(stack, role)
      await inOneAccount(withTags({ ...scenarioOf(stack), ...scenario }), async (account) => {
        await set(scene, account, before)
        if (scene === 'begun') await account.clock.sleep(afterSeconds * 1000)
        if (alarm) account.simulator.setAlarm('web-5xx', 'ALARM')
        const session = sessionOf(account, stack, holding)
        await work(session, operation as Operation, inputs, abortAfterSeconds)
        expect([...session.refused]).toEqual([])
        if (operation === 'preview') await show(session.account, {}, 'closed')
        for (const action of session.used) used.add(action)
      })
    }
    const unused = [...new Set(holding.map(({ action }) => action))].filter(
      (action) => !used.has(action) && action !== MAY_BE_ASKED_FOR,
    )
    expect(unused).toEqual([])
  },
)

/** Assumed: AWS may ask for it when DescribeServices is to give tags as well. */
const MAY_BE_ASKED_FOR = 'ecs:ListTagsForResource'

/** Task definitions whose tags a release carries over. */
function withTags(scenario: Scenario): Scenario {
  const tags = [{ key: 'team', value: 'shop' }]
  const taskDefinitions = scenario.world.taskDefinitions.map((definition) => ({ ...definition, tags }))
  return { ...scenario, world: { ...scenario.world, taskDefinitions } }
}
