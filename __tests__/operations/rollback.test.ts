import { describe, expect, test } from '@jest/globals'
import { earlierThan } from '../../src/plan/rollback-target.ts'
import type { Assumptions } from '../../tools/simulator/assumptions.ts'
import { SIMULATION_START_MS } from '../../tools/simulator/clock.ts'
import type { Fault, Scenario } from '../../tools/simulator/scenario.ts'
import { baseScenario, scenarios, withGroup } from '../../tools/simulator/scenarios.ts'
import { DENIED } from '../support/faults.ts'
import { operate, releaseAndDie } from '../support/operations.ts'
import { deployByOther, runNumber } from '../support/others.ts'
import { inOneAccount, type SimulatedAccount } from '../support/simulated-release.ts'
import { withWallSet } from '../support/virtual-clock.ts'

const ROLLBACK = { operation: 'rollback' } as const
const HELD: Scenario = {
  ...baseScenario,
  world: withGroup(baseScenario.world, { ready: { action: 'STOP_DEPLOYMENT', waitMinutes: 60 } }),
}
const pressed = (number: number) => ({ world: runNumber(number) })

/** web:2 was released an hour ago. */
async function releasedBefore(account: SimulatedAccount): Promise<void> {
  const inputs = { image: 'registry.example/web:1.0.9', 'auto-promote': 'true' }
  const { outputs } = await operate(account, inputs, pressed(41))
  expect(outputs).toMatchObject({ status: 'succeeded', 'task-definition': 'web:2' })
  await account.clock.sleep(3_600_000)
}

async function releaseBad(account: SimulatedAccount, seconds: number): Promise<string> {
  const id = await releaseAndDie(account, { 'auto-promote': 'true' })
  await account.clock.sleep(seconds * 1000)
  return id
}

describe('operation: rollback', () => {
  test.each([
    ['during the shift', 150],
    ['during the termination wait', 500],
  ])('stops a deployment of any run with rollback, pressed %s', (_name, seconds) =>
    inOneAccount(baseScenario, async (account) => {
      await releasedBefore(account)
      const id = await releaseBad(account, seconds)
      const { outputs, writes, summary, annotation } = await operate(account, ROLLBACK, pressed(50))
      expect(writes).toEqual(['StopDeployment'])
      expect(annotation).toBeUndefined()
      expect(outputs).toMatchObject({ status: 'succeeded', 'codedeploy-deployment-id': id, production: 'web:2' })
      expect(summary).toContain('## ✅ Rolled back: demo/web 1.1.0 → 1.0.9\n')
      const again = await operate(account, ROLLBACK, pressed(51))
      expect(again).toMatchObject({ outputs: { status: 'succeeded', production: 'web:2' }, writes: [] })
      expect(again.release.warnings).toEqual([expect.stringContaining('ago already')])
      await account.clock.sleep(300_000)
      const later = await operate(account, ROLLBACK, pressed(52))
      expect(later).toMatchObject({ outputs: { status: 'refused', reason: 'not-found' }, writes: [] })
    }),
  )

  test.each([
    ['before anything of it runs', 1],
    ['before the shift', 60],
  ])('stops a deployment with rollback %s; pressed again it says that what serves has served all along', (_, seconds) =>
    inOneAccount(baseScenario, async (account) => {
      await releasedBefore(account)
      await releaseBad(account, seconds)
      const first = await operate(account, ROLLBACK, pressed(50))
      expect(first).toMatchObject({ outputs: { status: 'succeeded', production: 'web:2' }, writes: ['StopDeployment'] })
      const again = await operate(account, ROLLBACK, pressed(51))
      expect(again).toMatchObject({ outputs: { status: 'refused', reason: 'not-found' }, writes: [] })
      expect(again.annotation?.message).toMatch(
        /^Deployment d-\w+ was stopped .* ago, before it moved production, so web:2 has served all along, .* press again after 2026-08-08 [\d:]+Z\./,
      )
    }),
  )

  test('says that the revision that is named is not deployed by stopping what is active', () =>
    inOneAccount(baseScenario, async (account) => {
      await releasedBefore(account)
      const id = await releaseBad(account, 150)
      const named = { ...ROLLBACK, 'task-definition': 'web:1' }
      const { outputs, release } = await operate(account, named, pressed(50))
      expect(outputs).toMatchObject({ status: 'succeeded', production: 'web:2' })
      expect(release.warnings).toEqual([
        `Deployment ${id} is active. Stopping it brings back web:2, not web:1 of 'task-definition'; press again when this is over to deploy that.`,
      ])
      expect(await operate(account, named, pressed(51))).toMatchObject({ outputs: { production: 'web:1' } })
    }))

  test.each([
    ['stopped during the shift', baseScenario, 150],
    ['deployed anew where nothing is kept', scenarios['no-hooks'], 4_000],
  ])('pressed twice it goes back once, %s; a named revision is deployed at once', (_name, scenario, seconds) =>
    inOneAccount(scenario, async (account) => {
      await releasedBefore(account)
      await operate(account, { image: 'registry.example/web:1.0.8' }, pressed(42))
      await account.clock.sleep(3_600_000)
      await releaseBad(account, seconds)
      const first = await operate(account, ROLLBACK, pressed(50))
      expect(first.outputs).toMatchObject({ status: 'succeeded', production: 'web:3' })
      const again = await operate(account, ROLLBACK, pressed(51))
      expect(again).toMatchObject({ outputs: { status: 'succeeded', production: 'web:3' }, writes: [] })
      const named = await operate(account, { ...ROLLBACK, 'task-definition': 'web:1' }, pressed(52))
      expect(named).toMatchObject({ outputs: { status: 'succeeded', production: 'web:1' } })
      await account.clock.sleep(3_600_000)
    }),
  )

  test('a revision that is named is deployed also while the rollback before it waits for its termination', () =>
    inOneAccount(baseScenario, async (account) => {
      await releasedBefore(account)
      await releaseBad(account, 4_000)
      const first = await operate(account, ROLLBACK, pressed(50))
      expect(first.outputs).toMatchObject({ status: 'succeeded', production: 'web:2' })
      const same = await operate(account, { ...ROLLBACK, 'task-definition': 'web:2' }, pressed(51))
      expect(same).toMatchObject({ outputs: { status: 'succeeded', production: 'web:2' }, writes: [] })
      const { outputs, writes } = await operate(account, { ...ROLLBACK, 'task-definition': 'web:1' }, pressed(52))
      expect(outputs).toMatchObject({ status: 'succeeded', production: 'web:1' })
      expect(writes).toEqual(['ContinueDeployment', 'CreateDeployment'])
    }))

  test('pressed again five minutes later it goes further back', () =>
    inOneAccount(baseScenario, async (account) => {
      await releasedBefore(account)
      await operate(account, { image: 'registry.example/web:1.0.8' }, pressed(42))
      await account.clock.sleep(3_600_000)
      await releaseBad(account, 150)
      await operate(account, ROLLBACK, pressed(50))
      await account.clock.sleep(300_000)
      const later = await operate(account, ROLLBACK, pressed(51))
      expect(later).toMatchObject({
        outputs: { status: 'succeeded', production: 'web:2' },
        writes: ['CreateDeployment'],
      })
    }))

  test('pressed after CodeDeploy has gone back from the shift by itself it leaves production there', () =>
    inOneAccount(baseScenario, async (account) => {
      await releasedBefore(account)
      await operate(account, { image: 'registry.example/web:1.0.8' }, pressed(42))
      await account.clock.sleep(3_600_000)
      await releaseBad(account, 150)
      account.simulator.setAlarm('web-5xx', 'ALARM')
      await account.clock.sleep(60_000)
      const { outputs, writes, annotation } = await operate(account, ROLLBACK, pressed(50))
      expect(outputs).toMatchObject({ status: 'succeeded', production: 'web:3' })
      expect(writes).toEqual([])
      expect(annotation).toBeUndefined()
    }))

  test('pressed after CodeDeploy has rolled a repair back by itself it takes away what serves', () =>
    inOneAccount(scenarios['hook-fails'], async (account) => {
      await releasedBefore(account)
      await operate(account, { image: 'registry.example/web:1.0.8' }, pressed(42))
      await account.clock.sleep(3_600_000)
      const hook = { 'after-allow-test-traffic-hook': 'CodeDeployHook_validate' }
      const repair = await operate(account, { image: 'registry.example/web:1.1.0', ...hook }, pressed(43))
      expect(repair.outputs).toMatchObject({ status: 'rolled-back', production: 'web:3' })
      const { outputs, writes } = await operate(account, ROLLBACK, pressed(50))
      expect(outputs).toMatchObject({ status: 'succeeded', production: 'web:2' })
      expect(writes).toEqual(['CreateDeployment'])
    }))

  test('deploys the revision before, at once and without hooks, an hour later, and stays there', () =>
    inOneAccount(baseScenario, async (account) => {
      await releasedBefore(account)
      await releaseBad(account, 4_000)
      const hook = { 'after-allow-test-traffic-hook': 'CodeDeployHook_validate' }
      const { outputs, writes, release, summary } = await operate(account, { ...ROLLBACK, ...hook }, pressed(50))
      expect(writes).toEqual(['CreateDeployment'])
      expect(outputs).toMatchObject({ status: 'succeeded', 'task-definition': 'web:2', production: 'web:2' })
      expect(outputs['hook-results']).toBe('[]')
      expect(release.plan?.deploymentConfig).toBe('CodeDeployDefault.ECSAllAtOnce')
      expect(summary).toContain('brought demo/web back to web:2')
      const meanwhile = await operate(account, ROLLBACK, pressed(51))
      expect(meanwhile).toMatchObject({ outputs: { status: 'succeeded', production: 'web:2' }, writes: [] })
      await account.clock.sleep(3_600_000)
      const later = await operate(account, ROLLBACK, pressed(52))
      expect(later).toMatchObject({ outputs: { status: 'refused', reason: 'not-found' }, writes: [] })
    }))

  test('leaves out a deployment whose AppSpec is not there any more', () =>
    inOneAccount(baseScenario, async (account) => {
      await releasedBefore(account)
      await operate(account, { image: 'registry.example/web:1.0.8' }, pressed(42))
      await account.clock.sleep(3_600_000)
      await releaseBad(account, 4_000)
      const gone = { code: 'RevisionDoesNotExistException', message: 'Gone', httpStatus: 400 }
      const prepare = ({ simulator }: Pick<SimulatedAccount, 'simulator'>) =>
        simulator.addFault({ operation: 'GetApplicationRevision', count: 1, kind: { type: 'error', ...gone } })
      const { outputs, writes, release } = await operate(account, ROLLBACK, { ...pressed(50), prepare })
      expect(writes).toEqual(['CreateDeployment'])
      expect(outputs).toMatchObject({ status: 'succeeded', production: 'web:2' })
      expect(release.warnings).toEqual([
        expect.stringMatching(/^Which revision d-\w+ shipped is not known: .*RevisionDoesNotExist.* It is left out\.$/),
      ])
    }))

  test('deploys the revision that is named, and keeps hooks and shift with keep-strategy', () =>
    inOneAccount(baseScenario, async (account) => {
      await releasedBefore(account)
      const asked = { 'task-definition': 'web:1', 'keep-strategy': 'true' }
      const hook = { 'after-allow-test-traffic-hook': 'CodeDeployHook_validate' }
      const { outputs, release } = await operate(account, { ...ROLLBACK, ...asked, ...hook }, pressed(50))
      expect(outputs).toMatchObject({ status: 'succeeded', production: 'web:1' })
      expect(outputs['hook-results']).toContain('"result":"succeeded"')
      expect(release.plan?.deploymentConfig).toBe('CodeDeployDefault.ECSCanary10Percent5Minutes')
    }))

  test('continues its own deployment where the group waits at Ready, and stops one that waits there', () =>
    inOneAccount(HELD, async (account) => {
      await releasedBefore(account)
      await deployByOther(account, 400)
      const stopped = await operate(account, ROLLBACK, pressed(50))
      expect(stopped).toMatchObject({
        outputs: { status: 'succeeded', production: 'web:2' },
        writes: ['StopDeployment'],
      })
      const named = await operate(account, { ...ROLLBACK, 'task-definition': 'web:1' }, pressed(51))
      expect(named.writes).toEqual(['CreateDeployment', 'ContinueDeployment'])
      expect(named.outputs).toMatchObject({ status: 'succeeded', production: 'web:1' })
    }))

  test.each([
    ['20 min ahead', 20],
    ['3 h behind', -180],
  ])(
    'pressed again on a runner whose clock is %s it stays, and pressed an hour later it goes further',
    (_, byMinutes) =>
      inOneAccount(baseScenario, async (account) => {
        await releasedBefore(account)
        const second = { image: 'registry.example/web:1.0.10', 'auto-promote': 'true' }
        expect((await operate(account, second, pressed(42))).outputs['task-definition']).toBe('web:3')
        await account.clock.sleep(3_600_000)
        await releaseBad(account, 150)
        const clock = withWallSet(account.clock, { atSecond: 0, byMinutes })
        const press = (number: number) => operate(account, ROLLBACK, { world: { ...runNumber(number), clock } })
        expect((await press(50)).outputs).toMatchObject({ status: 'succeeded', production: 'web:3' })
        await account.clock.sleep(120_000)
        const again = await press(51)
        expect(again).toMatchObject({ outputs: { status: 'succeeded', production: 'web:3' }, writes: [] })
        expect(again.release.warnings).toEqual([
          expect.stringMatching(/Production was brought back [23] min( \d+ s)? ago/),
        ])
        await account.clock.sleep(3_600_000)
        const later = await press(52)
        expect(later).toMatchObject({ outputs: { status: 'succeeded', production: 'web:2' } })
        expect(later.writes).toContain('CreateDeployment')
      }),
  )

  test('deploys without alarms when a firing one stops it', () =>
    inOneAccount(
      { ...baseScenario, alarms: [{ name: 'web-5xx', after: { event: 'AfterAllowTraffic', seconds: 800 } }] },
      async (account) => {
        await releasedBefore(account)
        const { outputs, writes, log } = await operate(
          account,
          { ...ROLLBACK, 'task-definition': 'web:1' },
          pressed(50),
        )
        expect(writes).toEqual(['CreateDeployment', 'CreateDeployment'])
        expect(outputs).toMatchObject({ status: 'succeeded', production: 'web:1' })
        expect(log.join('\n')).toContain('Deploying once more with alarms off')
      },
    ))

  test('does not switch off the alarms that the user has named, when one of them stops it', () =>
    inOneAccount(baseScenario, async (account) => {
      await releasedBefore(account)
      account.simulator.setAlarm('web-latency', 'ALARM')
      const named = { ...ROLLBACK, 'task-definition': 'web:1', alarms: 'web-latency' }
      const { outputs, writes, calls } = await operate(account, named, pressed(50))
      expect(writes).toEqual(['CreateDeployment'])
      expect(calls.find(({ operation }) => operation === 'CreateDeployment')?.input).toMatchObject({
        overrideAlarmConfiguration: { enabled: true, alarms: [{ name: 'web-latency' }] },
      })
      expect(outputs.status).not.toBe('succeeded')
      expect(outputs.production).toBe('web:2')
    }))

  test('names what is missing when alarms may not be turned off, and says before that AWS will ask for it', () =>
    inOneAccount(baseScenario, async (account) => {
      await releasedBefore(account)
      account.simulator.setAlarm('web-5xx', 'ALARM')
      const { simulator, clock } = account
      const seconds = (clock.now() - SIMULATION_START_MS) / 1000
      simulator.addFault({ operation: 'CreateDeployment', fromSeconds: seconds + 1, kind: DENIED })
      const named = { ...ROLLBACK, 'task-definition': 'web:1' }
      const { outputs, log, annotation } = await operate(account, named, pressed(50))
      expect(outputs).toMatchObject({ status: 'refused', reason: 'denied' })
      expect(log.join('\n')).toMatch(/Deploying once more with alarms off.*codedeploy:UpdateDeploymentGroup/)
      expect(annotation?.message).toMatch(
        /^An alarm of deployment group 'DgpECS-demo-web' is firing and stopped the rollback d-\w+\. codedeploy:CreateDeployment was denied .* Production was not changed\.$/,
      )
      expect(simulator.lane('demo:web')?.service?.taskSets).toHaveLength(1)
    }))

  test('knows no order of runs: an older one may go back', () =>
    inOneAccount(baseScenario, async (account) => {
      await releasedBefore(account)
      await releaseBad(account, 4_000)
      const { outputs } = await operate(account, ROLLBACK, pressed(1))
      expect(outputs).toMatchObject({ status: 'succeeded', production: 'web:2' })
    }))

  test('ends the wait and deploys the revision before when the stop is not accepted any more', () =>
    inOneAccount(
      {
        ...baseScenario,
        faults: [
          {
            operation: 'StopDeployment',
            kind: {
              type: 'error',
              code: 'UnsupportedActionForDeploymentTypeException',
              message: 'Too late',
              httpStatus: 400,
            },
          },
        ],
      },
      async (account) => {
        await releasedBefore(account)
        await releaseBad(account, 500)
        const { outputs, writes } = await operate(account, ROLLBACK, pressed(50))
        expect(writes.at(-1)).toBe('CreateDeployment')
        expect(writes).toContain('ContinueDeployment')
        expect(outputs).toMatchObject({ status: 'succeeded', production: 'web:2' })
      },
    ))

  test('never goes back to what a named revision took the place of', () =>
    inOneAccount(baseScenario, async (account) => {
      await releaseBad(account, 4_000)
      const named = await operate(account, { ...ROLLBACK, 'task-definition': 'web:1' }, pressed(50))
      expect(named.outputs).toMatchObject({ status: 'succeeded', production: 'web:1' })
      await account.clock.sleep(3_600_000)
      const later = await operate(account, ROLLBACK, pressed(51))
      expect(later).toMatchObject({ outputs: { status: 'refused', reason: 'not-found' }, writes: [] })
    }))

  test('is refused without a write when there is nothing to go back to', () =>
    inOneAccount(baseScenario, async (account) => {
      const { outputs, writes } = await operate(account, ROLLBACK)
      expect(outputs).toMatchObject({ status: 'refused', reason: 'not-found' })
      expect(writes).toEqual([])
    }))
})

describe('a rollback whose past cannot be seen whole', () => {
  const gone = { code: 'RevisionDoesNotExistException', message: 'The revision could not be found', httpStatus: 400 }

  test.each<[string, Fault['kind'], string, RegExp]>([
    ['are not there any more', { type: 'error', ...gone }, 'not-found', /RevisionDoesNotExist/],
    ['come with nothing in them', { type: 'malformed', how: 'empty' }, 'unreachable', /GetApplicationRevision/],
    ['may not be read', DENIED, 'denied', /codedeploy:GetApplicationRevision was denied .* Allow /],
  ])('is refused with what could not be read when the AppSpecs %s', (_name, kind, reason, why) =>
    inOneAccount(baseScenario, async (account) => {
      await releasedBefore(account)
      await releaseBad(account, 4_000)
      const prepare = ({ simulator }: Pick<SimulatedAccount, 'simulator'>) =>
        simulator.addFault({ operation: 'GetApplicationRevision', kind })
      const { outputs, writes, annotation } = await operate(account, ROLLBACK, { ...pressed(50), prepare })
      expect(outputs).toMatchObject({ status: 'refused', reason })
      expect(writes).toEqual([])
      expect(annotation?.message).toMatch(
        /What to go back to could not be seen in deployment group 'DgpECS-demo-web'\. Which revision d-\w+ shipped is not known: /,
      )
      expect(annotation?.message).toMatch(why)
      expect(annotation?.message).toContain("Name the revision with 'task-definition'.")
      expect(annotation?.message).not.toContain('succeeded before')
    }),
  )

  test('is carried out all the same when the revision is named', () =>
    inOneAccount(baseScenario, async (account) => {
      await releasedBefore(account)
      await releaseBad(account, 4_000)
      const prepare = ({ simulator }: Pick<SimulatedAccount, 'simulator'>) =>
        simulator.addFault({ operation: 'GetApplicationRevision', kind: { type: 'error', ...gone } })
      const named = { ...ROLLBACK, 'task-definition': 'web:2' }
      const { outputs } = await operate(account, named, { ...pressed(50), prepare })
      expect(outputs).toMatchObject({ status: 'succeeded', production: 'web:2' })
    }))

  test('leads to the revision of the task set that is still there, when the stop of the very first release is refused', () =>
    inOneAccount(baseScenario, async (account) => {
      await releaseBad(account, 500)
      const late = { code: 'UnsupportedActionForDeploymentTypeException', message: 'Too late', httpStatus: 400 }
      const prepare = ({ simulator }: Pick<SimulatedAccount, 'simulator'>) =>
        simulator.addFault({ operation: 'StopDeployment', kind: { type: 'error', ...late } })
      const { outputs } = await operate(account, ROLLBACK, { ...pressed(50), prepare })
      expect(outputs).toMatchObject({ status: 'succeeded', production: 'web:1' })
    }))
})

test.each(['newest-first', 'oldest-first'] as const)(
  'of more than 100 deployments that are listed %s a rollback goes back to the revision before',
  (listOrder) =>
    inOneAccount(manyRevisions(listOrder), async (account) => {
      for (let revision = 2; revision <= 105; revision++) {
        await deployByOther(account, 60, { revision: `web:${revision}` })
      }
      await account.clock.sleep(3_600_000)
      const { outputs, writes } = await operate(account, ROLLBACK, pressed(50))
      expect(outputs).toMatchObject({
        status: 'succeeded',
        'previous-task-definition': 'web:105',
        production: 'web:104',
      })
      expect(writes).toEqual(['CreateDeployment'])
    }),
)

/** `web:1` to `web:105`, and deployments that take seconds. */
function manyRevisions(listOrder: Assumptions['listOrder']): Scenario {
  const group = { ready: { action: 'CONTINUE_DEPLOYMENT', waitMinutes: 0 }, terminationWaitMinutes: 0 } as const
  const world = withGroup(baseScenario.world, { ...group, deploymentConfig: 'CodeDeployDefault.ECSAllAtOnce' })
  const [first] = world.taskDefinitions
  if (first === undefined) throw new Error('The world has no task definition.')
  const taskDefinitions = Array.from({ length: 105 }, (_, index) => ({ ...first, revision: index + 1 }))
  const timings = { created: 1, install: 5, drain: 1, stopLag: 1 }
  return { ...baseScenario, world: { ...world, taskDefinitions }, timings, assumptions: { listOrder } }
}

describe('what to go back to', () => {
  const past = (id: string, createdAtMs: number, taskDefinitionArn: string, isRollback = false) => ({
    id,
    createdAtMs,
    taskDefinitionArn,
    isRollback,
  })
  const A = past('A', 1, 'web:1')
  const B = past('B', 2, 'web:2')
  const C = past('C', 3, 'web:3')

  test.each([
    ['the one before', 'web:3', [A, B, C], ['B', 'A']],
    ['older than what a rollback went back to', 'web:2', [A, B, C, past('R', 4, 'web:2', true)], ['A']],
    ['older than the first of several that shipped it', 'web:2', [A, B, C, past('D', 5, 'web:2')], ['A']],
    ['no rollback', 'web:3', [A, past('R', 2, 'web:0', true), C], ['A']],
    ['older than the first that shipped it by another name', 'x/web:2', [A, B, C, past('D', 5, 'x/web:2')], ['A']],
    ['nothing when only a rollback is known to have shipped it', 'web:1', [B, past('R', 4, 'web:1', true)], []],
    ['nothing when nothing is older', 'web:1', [A, B], []],
    ['nothing when nobody deployed what serves', 'web:9', [A, B], []],
  ])('is %s', (_name, primary, history, ids) => {
    expect(earlierThan(primary, history).map(({ id }) => id)).toEqual(ids)
  })
})
