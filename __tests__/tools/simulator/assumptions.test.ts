import { expect, test } from '@jest/globals'
import { DEFAULT_ASSUMPTIONS } from '../../../tools/simulator/assumptions.ts'
import { targetGroupName } from '../../../tools/simulator/names.ts'
import type { Assumptions, GroupSeed, Scenario, Timings } from '../../../tools/simulator/scenario.ts'
import { baseScenario, scenarios, withGroup } from '../../../tools/simulator/scenarios.ts'
import { DirectAccount } from './support/account.ts'
import { APPLICATION, GROUP, HOOK, type Rehearsal, withRehearsal } from './support/rehearsal.ts'
import { appSpec } from './support/revision.ts'

/** One switch: what is seen with it as it is, and what with it the other way. */
interface Flip {
  scenario?: Scenario
  to: unknown
  see(rehearsal: Rehearsal, scenario: Scenario): Promise<unknown>
  here: unknown
  there: unknown
}

const HOLDS = inGroup({ ready: { action: 'STOP_DEPLOYMENT', waitMinutes: 60 } })
const SILENT = { ...baseScenario, hookPlans: {} }

/** Every switch is in this table, or it does not compile. */
const flips: Record<keyof Assumptions, Flip> = {
  appSpecMaxBytes: {
    to: 100,
    see: ({ create }) => outcome(create(appSpec('web:1'))),
    here: 'accepted',
    there: 'InvalidRevisionException',
  },
  appSpecKeys: {
    to: 'documented',
    see: ({ create, ...more }) => courseOf(more, create(appSpec('web:1').replace('"Resources"', '"resources"')), 10),
    here: 'InProgress InProgress SRPPPPPP 100/0',
    there: 'Failed DeploymentTargetDoesNotExistException',
  },
  wrongSha256: {
    to: 'ignored',
    see: ({ codeDeploy }) =>
      outcome(
        codeDeploy.createDeployment({
          applicationName: APPLICATION,
          deploymentGroupName: GROUP,
          revision: {
            revisionType: 'AppSpecContent',
            appSpecContent: { content: appSpec('web:1'), sha256: '0'.repeat(64) },
          },
        }),
      ),
    here: 'InvalidRevisionException',
    there: 'accepted',
  },
  descriptionMaxLength: {
    to: 512,
    see: ({ codeDeploy }) =>
      outcome(
        codeDeploy.createDeployment({
          applicationName: APPLICATION,
          deploymentGroupName: GROUP,
          revision: { revisionType: 'AppSpecContent', appSpecContent: { content: appSpec('web:1') } },
          description: 'a'.repeat(512),
        }),
      ),
    here: 'DescriptionTooLongException',
    there: 'accepted',
  },
  qualifiedHook: {
    to: 'refused',
    see: ({ release, ...more }) =>
      courseOf(
        more,
        release({ BeforeAllowTraffic: `arn:aws:lambda:us-east-1:123456789012:function:${HOOK}:live` }),
        150,
      ),
    here: 'InProgress InProgress SSSSSSRP 90/10',
    there: 'Failed Failed SSSSSFKK 100/0',
  },
  hookTimeoutCode: { scenario: SILENT, to: 'HOOK_EXECUTION_FAILURE', ...errorCodeAt(3726, 'TIMEOUT') },
  installTimeoutCode: { scenario: scenarios['never-healthy'], to: 'ECS_UPDATE_ERROR', ...errorCodeAt(3604, 'TIMEOUT') },
  brokenAppSpecCode: {
    scenario: scenarios['bad-appspec'],
    to: 'INTERNAL_ERROR',
    ...errorCodeAt(4, 'INVALID_REVISION'),
  },
  readyTimeoutCode: { scenario: HOLDS, to: 'MANUAL_STOP', ...errorCodeAt(3746, 'TIMEOUT') },
  listenerErrorCode: {
    scenario: { ...baseScenario, listenerEdited: true },
    to: 'INTERNAL_ERROR',
    ...errorCodeAt(5, 'ELASTIC_LOAD_BALANCING_INVALID'),
  },
  stopMessage: {
    to: '',
    see: async (rehearsal) => (await stoppedAt(rehearsal, 200)).errorInformation,
    here: { code: 'MANUAL_STOP', message: 'The deployment was stopped by a user.' },
    there: undefined,
  },
  stoppedTarget: {
    to: 'Skipped',
    see: async (rehearsal) => rehearsal.row((await stoppedAt(rehearsal, 200)).deploymentId ?? ''),
    here: 'Stopped Failed SSSSSSFK 100/0',
    there: 'Stopped Skipped SSSSSSFK 100/0',
  },
  queuedShown: {
    to: true,
    see: (rehearsal) => statusesAt(rehearsal, [1, 2, 4]),
    here: ['Created', 'Created', 'InProgress'],
    there: ['Created', 'Queued', 'InProgress'],
  },
  bakingShown: {
    to: true,
    see: (rehearsal) => statusesAt(rehearsal, [448, 500, 749]),
    here: ['InProgress', 'InProgress', 'Succeeded'],
    there: ['InProgress', 'Baking', 'Succeeded'],
  },
  readyShown: {
    scenario: HOLDS,
    to: 'after-test-hook',
    see: (rehearsal) => statusesAt(rehearsal, [130, 150]),
    here: ['Ready', 'Ready'],
    there: ['InProgress', 'Ready'],
  },
  readyTimeoutRollsBack: { scenario: HOLDS, to: true, ...rolledBackAt(3750) },
  rollbackWithoutReplacement: {
    scenario: scenarios['hook-fails'],
    to: true,
    ...rolledBackAt(30, { BeforeInstall: HOOK }),
  },
  rollbackEvents: {
    scenario: scenarios['hook-fails'],
    to: 'production-traffic',
    see: (rehearsal) => rollbackRow(rehearsal, 150),
    here: 'Succeeded Succeeded SSSSSSSS 100/0',
    there: 'Succeeded Succeeded SSS 100/0',
  },
  testListenerAfterRollback: {
    scenario: baseScenario,
    to: 'replacement',
    see: async (_, scenario) => {
      const direct = new DirectAccount(scenario)
      direct.create(appSpec('web:1'))
      direct.at(1000)
      direct.create(appSpec('web:1', { AfterAllowTestTraffic: 'CodeDeployHook_gone' }))
      return targetGroupName('web', direct.at(1150).service?.test ?? 0)
    },
    here: 'web-tg-2',
    there: 'web-tg-1',
  },
  lastSuccessful: {
    scenario: scenarios['hook-fails'],
    to: 'releases-only',
    see: async ({ release, codeDeploy, to }) => {
      await release()
      to(150)
      const answer = await codeDeploy.getDeploymentGroup({ applicationName: APPLICATION, deploymentGroupName: GROUP })
      return answer.deploymentGroupInfo?.lastSuccessfulDeployment?.status
    },
    here: 'Succeeded',
    there: undefined,
  },
  hookDiagnostics: {
    scenario: scenarios['hook-fails'],
    to: true,
    see: async ({ release, target, to }) => {
      const id = await release()
      to(146)
      return (await target(id)).lifecycleEvents?.[4]?.diagnostics?.errorCode
    },
    here: undefined,
    there: 'UnknownError',
  },
  hookErrorFails: {
    scenario: { ...baseScenario, hookPlans: { [HOOK]: { answer: 'throws', afterSeconds: 2, log: [] } } },
    to: true,
    see: ({ release, ...more }) => courseOf(more, release(), 128),
    here: 'InProgress InProgress SSSSRPPP 100/0',
    there: 'Failed Failed SSSSFKKK 100/0',
  },
  alarmActiveAtStart: {
    to: 'as-any-alarm',
    see: async ({ release, row, simulator, to }) => {
      simulator.setAlarm('web-5xx', 'ALARM')
      const id = await release()
      to(10)
      const early = await row(id)
      to(18)
      return [early, await row(id)]
    },
    here: ['Stopped Failed FKKKKKKK 100/0', 'Stopped Failed FKKKKKKK 100/0'],
    there: ['InProgress InProgress SRPPPPPP 100/0', 'Stopped Failed SFKKKKKK 100/0'],
  },
  stopInTerminationWait: {
    to: 'refused',
    see: (rehearsal) => outcome(stoppedAt(rehearsal, 500)),
    here: 'accepted',
    there: 'DeploymentAlreadyCompletedException',
  },
  stopAnswer: {
    to: 'Succeeded',
    see: async ({ release, codeDeploy, to }) => {
      const deploymentId = await release()
      to(200)
      return (await codeDeploy.stopDeployment({ deploymentId })).status
    },
    here: 'Pending',
    there: 'Succeeded',
  },
  stopWithoutRollback: {
    to: 'ignored',
    see: async (rehearsal) => (await stoppedAt(rehearsal, 200, false)).rollbackInfo !== undefined,
    here: false,
    there: true,
  },
  stopOfRollback: {
    scenario: { ...scenarios['hook-fails'], timings: { rollbackRun: 60 } },
    to: 'accepted',
    see: async ({ release, deployment, codeDeploy, row, to }) => {
      const id = await release()
      to(147)
      const deploymentId = (await deployment(id)).rollbackInfo?.rollbackDeploymentId ?? ''
      const answer = await outcome(codeDeploy.stopDeployment({ deploymentId }))
      to(300)
      return [answer, await row(deploymentId)]
    },
    here: ['UnsupportedActionForDeploymentTypeException', 'Succeeded Succeeded SSSSSSSS 100/0'],
    there: ['accepted', 'Stopped Failed FKKKKKKK 100/0'],
  },
  leftover: {
    scenario: scenarios['hook-fails-no-rollback'],
    to: 'kept',
    see: async ({ release, taskSets, to }) => {
      await release()
      to(200)
      await release()
      to(210)
      return (await taskSets()).map((shown) => shown.split(' ').slice(0, 2).join(' '))
    },
    here: ['PRIMARY web:1', 'ACTIVE web:3'],
    there: ['PRIMARY web:1', 'ACTIVE web:2', 'ACTIVE web:3'],
  },
  linearRemainder: {
    scenario: linear(30),
    to: 'in-last-step',
    see: async ({ release, target, to }) => {
      const id = await release()
      const weights: unknown[] = []
      for (const at of [150, 210, 270, 330]) {
        to(at)
        weights.push((await target(id)).taskSetsInfo?.[1]?.trafficWeight)
      }
      return weights
    },
    here: [30, 60, 90, 100],
    there: [30, 60, 100, 100],
  },
  emptyInstall: {
    scenario: withDesiredCount(0),
    to: 'at-once',
    see: ({ release, ...more }) => courseOf(more, release(), 4),
    here: 'InProgress InProgress SRPPPPPP 100/0',
    there: 'InProgress InProgress SSRPPPPP 100/0',
  },
  listOrder: {
    scenario: scenarios['hook-fails'],
    to: 'oldest-first',
    see: async ({ release, codeDeploy, to }) => {
      const id = await release()
      to(200)
      return (await codeDeploy.listDeployments({})).deployments?.indexOf(id)
    },
    here: 1,
    there: 0,
  },
  listPageSize: {
    scenario: scenarios['hook-fails'],
    to: 1,
    see: async ({ release, codeDeploy, to }) => {
      await release()
      to(200)
      return (await codeDeploy.listDeployments({})).deployments?.length
    },
    here: 2,
    there: 1,
  },
  listedForDays: {
    to: 30,
    see: async ({ release, codeDeploy, to }) => {
      const deploymentId = await release()
      to(31 * 24 * 3600)
      const { deployments } = await codeDeploy.listDeployments({})
      return [deployments?.length, await outcome(codeDeploy.getDeployment({ deploymentId }))]
    },
    here: [1, 'accepted'],
    there: [0, 'accepted'],
  },
  listLagSeconds: {
    to: 45,
    see: async ({ release, codeDeploy, to }) => {
      const deploymentId = await release()
      const listed = async () => (await codeDeploy.listDeployments({})).deployments?.length
      to(44)
      const before = await listed()
      const { deploymentGroupInfo } = await codeDeploy.getDeploymentGroup({
        applicationName: APPLICATION,
        deploymentGroupName: GROUP,
      })
      const isNamed = deploymentGroupInfo?.lastAttemptedDeployment?.deploymentId === deploymentId
      to(45)
      return [before, isNamed, await listed()]
    },
    here: [1, true, 1],
    there: [0, true, 1],
  },
}

test.each(Object.entries(flips) as [keyof Assumptions, Flip][])('%s can be flipped', async (name, flip) => {
  const { scenario = baseScenario, to, see, here, there } = flip
  const seenWith = async (assumptions: Partial<Assumptions>) => {
    let seen: unknown
    const assumed = { ...scenario, assumptions }
    await withRehearsal(assumed, async (rehearsal) => {
      seen = await see(rehearsal, assumed)
    })
    return seen
  }
  expect(await seenWith({})).toEqual(here)
  expect(await seenWith({ [name]: to })).toEqual(there)
  expect(DEFAULT_ASSUMPTIONS[name]).not.toEqual(to)
})

test('a rollback can show no event at all, and takes its time', () => {
  const scenario = { ...scenarios['hook-fails'], assumptions: { rollbackEvents: 'none' as const } }
  return withRehearsal(scenario, async (rehearsal) => {
    expect(await rollbackRow(rehearsal, 148.9)).toBe('InProgress InProgress  100/0')
    expect(await rollbackRow(rehearsal, 149)).toBe('Succeeded Succeeded  100/0')
  })
})

test('target calls can be refused for longer than a deployment is shown as Created', () => {
  const timings: Partial<Timings> = { notStarted: 20 }
  return withRehearsal({ ...baseScenario, timings }, async ({ release, row, to }) => {
    const id = await release()
    to(19.9)
    expect(await row(id)).toBe('InProgress DeploymentNotStartedException')
    to(20)
    expect(await row(id)).toBe('InProgress InProgress SRPPPPPP 100/0')
  })
})

function inGroup(change: Partial<GroupSeed>): Scenario {
  return { ...baseScenario, world: withGroup(baseScenario.world, change) }
}

function linear(percentage: number): Scenario {
  const routing = { type: 'TimeBasedLinear', percentage, intervalMinutes: 1 } as const
  const world = withGroup(baseScenario.world, { deploymentConfig: 'linear' })
  return {
    ...baseScenario,
    world: { ...world, deploymentConfigs: [{ name: 'linear', computePlatform: 'ECS', routing }] },
  }
}

function withDesiredCount(desiredCount: number): Scenario {
  const services = baseScenario.world.services.map((seed) => ({ ...seed, desiredCount }))
  return { ...baseScenario, world: { ...baseScenario.world, services } }
}

/** The code of the error with which the release has ended by then. */
function errorCodeAt(seconds: number, usual: string): Pick<Flip, 'see' | 'here' | 'there'> {
  return {
    see: async ({ release, deployment, to }) => {
      const id = await release()
      to(seconds)
      const { code } = (await deployment(id)).errorInformation ?? {}
      return code === usual ? 'as usual' : code && 'as told'
    },
    here: 'as usual',
    there: 'as told',
  }
}

function rolledBackAt(seconds: number, hooks?: Record<string, string>): Pick<Flip, 'see' | 'here' | 'there'> {
  return {
    see: async (rehearsal) => {
      const id = await rehearsal.release(hooks)
      rehearsal.to(seconds)
      const { rollbackInfo } = await rehearsal.deployment(id)
      if (!rollbackInfo) return 'not rolled back'
      return rehearsal.row(rollbackInfo.rollbackDeploymentId ?? '')
    },
    here: 'not rolled back',
    there: 'Succeeded Succeeded SSSSSSSS 100/0',
  }
}

async function rollbackRow({ codeDeploy, release, row, to, simulator }: Rehearsal, seconds: number): Promise<string> {
  if (!simulator.calls.some((call) => call.operation === 'CreateDeployment')) await release()
  to(seconds)
  return row((await codeDeploy.listDeployments({})).deployments?.[0] ?? '')
}

async function courseOf({ row, to }: Pick<Rehearsal, 'row' | 'to'>, created: Promise<string>, seconds: number) {
  const id = await created
  to(seconds)
  return row(id)
}

async function statusesAt({ release, deployment, to }: Rehearsal, moments: number[]): Promise<unknown[]> {
  const id = await release()
  const statuses: unknown[] = []
  for (const at of moments) {
    to(at)
    statuses.push((await deployment(id)).status)
  }
  return statuses
}

/** Stopped then, and looked at ten seconds later. */
async function stoppedAt({ release, codeDeploy, deployment, to }: Rehearsal, seconds: number, rollback?: boolean) {
  const deploymentId = await release()
  to(seconds)
  await codeDeploy.stopDeployment({ deploymentId, autoRollbackEnabled: rollback })
  to(seconds + 10)
  return deployment(deploymentId)
}

async function outcome(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'accepted',
    (error: Error) => error.name,
  )
}
