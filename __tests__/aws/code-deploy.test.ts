import { describe, expect, test } from '@jest/globals'
import { CallError } from '../../src/aws/attempts.ts'
import {
  continueDeployment,
  createDeployment,
  getDeployment,
  getDeploymentConfig,
  getDeploymentGroup,
  getDeploymentTarget,
  stopDeployment,
} from '../../src/aws/code-deploy.ts'
import {
  describeDeploymentGroups,
  listActiveDeployments,
  listApplications,
  listDeploymentsSince,
} from '../../src/aws/code-deploy-lists.ts'
import type { Scenario } from '../../tools/simulator/scenario.ts'
import { baseScenario, withGroup } from '../../tools/simulator/scenarios.ts'
import { groupSeed, type SimulatedAws, withAws } from '../support/simulated-aws.ts'
import { appSpec } from '../tools/simulator/support/revision.ts'

const APPLICATION = 'AppECS-demo-web'
const GROUP = 'DgpECS-demo-web'

const create = ({ aws }: SimulatedAws) =>
  createDeployment(aws, {
    applicationName: APPLICATION,
    deploymentGroupName: GROUP,
    description: 'test',
    revision: { revisionType: 'AppSpecContent', appSpecContent: { content: appSpec('web:1') } },
  })

const codeOf = (code: string) => ({ serviceError: { kind: 'answered', code } })

describe('a deployment', () => {
  test('is created, read, and has a target once it has started', () =>
    withAws(baseScenario, async (simulated) => {
      const { aws, clock } = simulated
      const id = await create(simulated)
      expect(id).toMatch(/^d-[A-Z0-9]{9}$/)
      await expect(getDeploymentTarget(aws, id, 'demo:web')).rejects.toMatchObject(codeOf('DeploymentNotStarted'))
      await clock.sleep(10_000)
      expect(await getDeployment(aws, id)).toMatchObject({
        deploymentId: id,
        status: 'InProgress',
        description: 'test',
      })
      expect((await getDeploymentTarget(aws, id, 'demo:web')).ecsTarget?.lifecycleEvents?.[0]).toMatchObject({
        lifecycleEventName: 'BeforeInstall',
      })
    }))

  test('a deployment that is not there is an error with its code', () =>
    withAws(baseScenario, async ({ aws }) => {
      await expect(getDeployment(aws, 'd-NOWHERE00')).rejects.toMatchObject(codeOf('DeploymentDoesNotExist'))
    }))

  test('is refused while another one is active', () =>
    withAws(baseScenario, async (simulated) => {
      await create(simulated)
      const second = create(simulated)
      await expect(second).rejects.toBeInstanceOf(CallError)
      await expect(second).rejects.toMatchObject(codeOf('DeploymentLimitExceeded'))
    }))

  test('is created again after throttling', () =>
    withAws(
      {
        ...baseScenario,
        faults: [
          {
            operation: 'CreateDeployment',
            count: 2,
            kind: { type: 'error', code: 'ThrottlingException', message: 'Rate exceeded', httpStatus: 400 },
          },
        ],
      },
      async (simulated) => {
        await create(simulated)
        expect(simulated.asked()).toEqual(['CreateDeployment', 'CreateDeployment', 'CreateDeployment'])
      },
    ))

  test('is created once when the answer is lost, and the error says that this is not known', () =>
    withAws(
      { ...baseScenario, faults: [{ operation: 'CreateDeployment', count: 1, kind: { type: 'drop-after-accept' } }] },
      async (simulated) => {
        await expect(create(simulated)).rejects.toMatchObject({
          operation: 'codedeploy:CreateDeployment',
          serviceError: { kind: 'network', notAccepted: false },
        })
        expect(simulated.asked()).toEqual(['CreateDeployment'])
        expect(await listActiveDeployments(simulated.aws, APPLICATION, GROUP)).toHaveLength(1)
      },
    ))

  test.each([true, false])('is stopped with rollback %s, and asking again is harmless until it has ended', (rollback) =>
    withAws(baseScenario, async (simulated) => {
      const { aws, clock, simulator } = simulated
      const id = await create(simulated)
      await clock.sleep(30_000)
      await stopDeployment(aws, id, rollback)
      await stopDeployment(aws, id, rollback)
      expect(simulator.calls.at(-1)?.input).toEqual({ deploymentId: id, autoRollbackEnabled: rollback })
      await clock.sleep(60_000)
      const { status, rollbackInfo } = await getDeployment(aws, id)
      expect({ status, isRolledBack: rollbackInfo?.rollbackDeploymentId !== undefined }).toEqual({
        status: 'Stopped',
        isRolledBack: rollback,
      })
      await expect(stopDeployment(aws, id, rollback)).rejects.toMatchObject(codeOf('DeploymentAlreadyCompleted'))
    }),
  )

  test('is continued at Ready only', () =>
    withAws(
      {
        ...baseScenario,
        world: withGroup(baseScenario.world, { ready: { action: 'STOP_DEPLOYMENT', waitMinutes: 60 } }),
      },
      async (simulated) => {
        const { aws, clock } = simulated
        const id = await create(simulated)
        await expect(continueDeployment(aws, id)).rejects.toMatchObject(codeOf('DeploymentIsNotInReadyState'))
        await clock.sleep(600_000)
        expect((await getDeployment(aws, id)).status).toBe('Ready')
        await continueDeployment(aws, id)
        await clock.sleep(60_000)
        expect((await getDeployment(aws, id)).status).toBe('InProgress')
      },
    ))
})

describe('lists of deployments', () => {
  test('are whole, over as many pages as they have', () =>
    withAws({ ...baseScenario, assumptions: { listPageSize: 1 } }, async (simulated) => {
      const { aws, clock, asked } = simulated
      const startMs = clock.now()
      const first = await create(simulated)
      await clock.sleep(3_600_000)
      const secondMs = clock.now()
      const second = await create(simulated)
      expect(await listActiveDeployments(aws, APPLICATION, GROUP)).toEqual([second])
      expect(await listDeploymentsSince(aws, APPLICATION, GROUP, startMs)).toEqual([second, first])
      expect(await listDeploymentsSince(aws, APPLICATION, GROUP, secondMs)).toEqual([second])
      expect(await listDeploymentsSince(aws, APPLICATION, GROUP, clock.now() + 1_000)).toEqual([])
      expect(asked().filter((operation) => operation === 'ListDeployments')).toHaveLength(5)
    }))
})

const GROUPS = Array.from({ length: 101 }, (_, index) => `group-${String(index).padStart(3, '0')}`)

const MANY: Scenario = {
  ...baseScenario,
  world: {
    ...baseScenario.world,
    applications: [
      ...baseScenario.world.applications,
      { name: 'many', computePlatform: 'ECS', groups: GROUPS.map((name) => groupSeed({ name, service: name })) },
      { name: 'empty', computePlatform: 'ECS', groups: [] },
    ],
  },
}

describe('applications, groups and configurations', () => {
  test('are listed over as many pages as they have', () =>
    withAws({ ...MANY, assumptions: { listPageSize: 2 } }, async ({ aws }) => {
      expect(await listApplications(aws)).toEqual([APPLICATION, 'many', 'empty'])
    }))

  test('are described a hundred groups at a time', () =>
    withAws(MANY, async ({ aws, asked }) => {
      const groups = await describeDeploymentGroups(aws, 'many')
      expect(groups.map(({ deploymentGroupName }) => deploymentGroupName)).toEqual(GROUPS)
      expect(asked().filter((operation) => operation === 'BatchGetDeploymentGroups')).toHaveLength(2)
    }))

  test('are not asked for when an application has no group', () =>
    withAws(MANY, async ({ aws, asked }) => {
      expect(await describeDeploymentGroups(aws, 'empty')).toEqual([])
      expect(asked()).toEqual(['ListDeploymentGroups'])
    }))

  test('are read by name', () =>
    withAws(baseScenario, async ({ aws }) => {
      expect(await getDeploymentGroup(aws, APPLICATION, GROUP)).toMatchObject({
        applicationName: APPLICATION,
        deploymentGroupName: GROUP,
        computePlatform: 'ECS',
      })
      expect(await getDeploymentConfig(aws, 'CodeDeployDefault.ECSCanary10Percent5Minutes')).toMatchObject({
        computePlatform: 'ECS',
        trafficRoutingConfig: { type: 'TimeBasedCanary' },
      })
    }))

  test('applications, groups and configurations that are not there are errors with their codes', () =>
    withAws(baseScenario, async ({ aws }) => {
      await expect(getDeploymentGroup(aws, 'nowhere', GROUP)).rejects.toMatchObject(codeOf('ApplicationDoesNotExist'))
      await expect(getDeploymentGroup(aws, APPLICATION, 'none')).rejects.toMatchObject(
        codeOf('DeploymentGroupDoesNotExist'),
      )
      await expect(getDeploymentConfig(aws, 'none')).rejects.toMatchObject(codeOf('DeploymentConfigDoesNotExist'))
      await expect(describeDeploymentGroups(aws, 'nowhere')).rejects.toMatchObject(codeOf('ApplicationDoesNotExist'))
    }))
})
