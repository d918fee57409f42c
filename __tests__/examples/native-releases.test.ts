import { join } from 'node:path'
import {
  ContinueServiceDeploymentCommand,
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  type ECSClient,
  ListServiceDeploymentsCommand,
  RegisterTaskDefinitionCommand,
  type ServiceDeployment,
  StopServiceDeploymentCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import { describe, expect, test } from '@jest/globals'
import { scaledClock } from '../../tools/simulator/clock.ts'
import type { Scenario } from '../../tools/simulator/scenario.ts'
import { startSimulator } from '../../tools/simulator/simulator.ts'
import { clientsFor, inOneAccount, type SimulatedAccount } from '../support/simulated-release.ts'
import type { Stack } from '../support/stack.ts'
import { grants, type RoleSession, sessionOf } from '../support/stack-roles.ts'
import { scenarioOf } from '../support/stack-scenario.ts'
import { nativeStack } from '../support/stacks.ts'
import { until } from '../tools/simulator/support/live-rehearsal.ts'

const HERE = { cluster: 'prod', service: 'web' }

function roleOf(operation: string): string {
  return `${operation.charAt(0).toUpperCase()}${operation.slice(1)}Role`
}

/** What became of a new revision: the end of its deployment, or the pause at which it waits. */
interface Course {
  arn: string
  deployment: ServiceDeployment
  /** `SCALE_UP`, …: as far as somebody who looks every 15 s sees them. */
  stages: string[]
}

/** What brings a new revision of the service out, with a role of the stack. */
type Way = (session: RoleSession) => Promise<Course>

/** By hand: the running definition with another image, and UpdateService. */
const byUpdateService: Way = async ({ account }) => {
  const { ecs } = clientsFor(account.simulator)
  const { services } = await ecs.send(new DescribeServicesCommand({ ...HERE, services: ['web'] }))
  const current = { taskDefinition: services?.[0]?.taskDefinition }
  const { taskDefinition: running } = await ecs.send(new DescribeTaskDefinitionCommand(current))
  const { family, taskRoleArn, executionRoleArn, containerDefinitions = [] } = running ?? {}
  const { taskDefinition } = await ecs.send(
    new RegisterTaskDefinitionCommand({
      family,
      taskRoleArn,
      executionRoleArn,
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      containerDefinitions: containerDefinitions.map((one) => ({ ...one, image: 'registry.example/web:1.1.0' })),
    }),
  )
  const updated = await ecs.send(
    new UpdateServiceCommand({ ...HERE, taskDefinition: taskDefinition?.taskDefinitionArn }),
  )
  const [primary] = updated.service?.deployments ?? []
  const number = primary?.id?.split('/')[1] ?? ''
  return await follow(account, ecs, await arnOf(account, ecs, number))
}

/** A release of the action is one more row: `operate` in the session's account, and the course of its deployment. */
const WAYS: [string, Way][] = [['UpdateService', byUpdateService]]

/** The list does not show a deployment at once. */
async function arnOf({ clock }: SimulatedAccount, ecs: ECSClient, revision: string): Promise<string> {
  for (;;) {
    const { serviceDeployments = [] } = await ecs.send(new ListServiceDeploymentsCommand(HERE))
    const found = serviceDeployments.find(({ targetServiceRevisionArn }) =>
      targetServiceRevisionArn?.endsWith(`/${revision}`),
    )
    if (found?.serviceDeploymentArn !== undefined) return found.serviceDeploymentArn
    await clock.sleep(1_000)
  }
}

async function follow({ clock }: SimulatedAccount, ecs: ECSClient, arn: string): Promise<Course> {
  const stages = new Set<string>()
  for (;;) {
    const deployment = await read(ecs, arn)
    if (deployment.lifecycleStage !== undefined) stages.add(deployment.lifecycleStage)
    const isPaused = deployment.lifecycleHookDetails?.some(({ status }) => status === 'AWAITING_ACTION') ?? false
    const runsOthers = deployment.lifecycleHookDetails?.some(({ status }) => status === 'IN_PROGRESS') ?? false
    const isOver = /^(SUCCESSFUL|STOPPED|ROLLBACK_SUCCESSFUL|ROLLBACK_FAILED)$/.test(deployment.status ?? '')
    if (isOver || (isPaused && !runsOthers)) return { arn, deployment, stages: [...stages] }
    await clock.sleep(15_000)
  }
}

async function read(ecs: ECSClient, arn: string): Promise<ServiceDeployment> {
  const { serviceDeployments } = await ecs.send(new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [arn] }))
  return serviceDeployments?.[0] ?? {}
}

/** `web:2`: what a service revision runs. */
async function definitionOf({ simulator }: SimulatedAccount, revision: string | undefined): Promise<string> {
  const asked = new DescribeServiceRevisionsCommand({ serviceRevisionArns: [revision ?? ''] })
  const { serviceRevisions } = await clientsFor(simulator).ecs.send(asked)
  return serviceRevisions?.[0]?.taskDefinition?.split('/')[1] ?? ''
}

/** Calls of functions by the newest deployment: `POST_TEST_TRAFFIC_SHIFT CodeDeployHook_validate`. */
function invocations({ simulator }: SimulatedAccount): string[] {
  const deployment = simulator.lane('prod:web')?.native?.deployments.at(-1)
  return (deployment?.invocations ?? []).map(({ event, functionName }) => `${event.lifecycleStage} ${functionName}`)
}

/** A stack's account as one of its roles sees it. */
function as(operation: string, account: SimulatedAccount, stack: Stack): RoleSession {
  return sessionOf(account, stack, grants(stack, roleOf(operation)))
}

describe.each(WAYS)('native.yaml, released by %s', (_, way) => {
  const CALLED = ['POST_TEST_TRAFFIC_SHIFT CodeDeployHook_validate']

  test.each([{}, { Strategy: 'CANARY' }, { Strategy: 'LINEAR', StepPercent: 25, StepMinutes: 2 }])(
    'succeeds with the role of a release, and the function is called: %j',
    (given) => {
      const stack = nativeStack(given)
      return inOneAccount(scenarioOf(stack), async (account) => {
        const session = as('release', account, stack)
        const { deployment, stages } = await way(session)
        expect([...session.refused]).toEqual([])
        expect(deployment).toMatchObject({ status: 'SUCCESSFUL' })
        expect(await definitionOf(account, deployment.targetServiceRevision?.arn)).toBe('web:2')
        expect(stages).toEqual(expect.arrayContaining(['SCALE_UP', 'PRODUCTION_TRAFFIC_SHIFT', 'BAKE_TIME']))
        expect(invocations(account)).toEqual(CALLED)
      })
    },
  )

  test('is rolled back when the function fails', () => {
    const stack = nativeStack()
    const fails = { answer: 'Failed' as const, afterSeconds: 5, log: ['It answered 500.'] }
    const scenario: Scenario = { ...scenarioOf(stack), hookPlans: { CodeDeployHook_validate: fails } }
    return inOneAccount(scenario, async (account) => {
      const { deployment } = await way(as('release', account, stack))
      expect(deployment.status).toBe('ROLLBACK_SUCCESSFUL')
      expect(deployment.statusReason).toContain('CodeDeployHook_validate returned FAILED status.')
    })
  })

  test('waits at its pause, which the role of a promotion ends and that of a release does not', () => {
    const stack = nativeStack({ PauseMinutes: 60 })
    return inOneAccount(scenarioOf(stack), async (account) => {
      const release = as('release', account, stack)
      const { arn, deployment } = await way(release)
      expect(deployment).toMatchObject({ status: 'IN_PROGRESS', lifecycleStage: 'POST_TEST_TRAFFIC_SHIFT' })
      expect(invocations(account)).toEqual(CALLED)
      const paused = deployment.lifecycleHookDetails?.find(({ targetType }) => targetType === 'PAUSE')
      const proceed = new ContinueServiceDeploymentCommand({ serviceDeploymentArn: arn, hookId: paused?.hookId })
      const refusal = clientsFor(release.account.simulator).ecs.send(proceed)
      await expect(refusal).rejects.toMatchObject({ name: 'AccessDeniedException' })
      const promotion = as('promote', account, stack)
      const { ecs } = clientsFor(promotion.account.simulator)
      await ecs.send(proceed)
      expect((await follow(promotion.account, ecs, arn)).deployment.status).toBe('SUCCESSFUL')
      expect([...promotion.refused]).toEqual([])
    })
  })

  test.each(['stop', 'promote', 'rollback', 'release'])('is taken back at its pause by the role of %s', (operation) => {
    const stack = nativeStack({ PauseMinutes: 60 })
    return inOneAccount(scenarioOf(stack), async (account) => {
      const { arn } = await way(as('release', account, stack))
      const { account: seen } = as(operation, account, stack)
      const { ecs } = clientsFor(seen.simulator)
      await ecs.send(new StopServiceDeploymentCommand({ serviceDeploymentArn: arn, stopType: 'ROLLBACK' }))
      const { deployment } = await follow(seen, ecs, arn)
      expect(deployment.status).toBe('ROLLBACK_SUCCESSFUL')
    })
  })

  test.each(['plan', 'watch'])('is followed and not touched by the role of %s', (operation) => {
    const stack = nativeStack({ PauseMinutes: 60 })
    return inOneAccount(scenarioOf(stack), async (account) => {
      const { arn } = await way(as('release', account, stack))
      const { ecs } = clientsFor(as(operation, account, stack).account.simulator)
      expect((await read(ecs, arn)).status).toBe('IN_PROGRESS')
      const stop = ecs.send(new StopServiceDeploymentCommand({ serviceDeploymentArn: arn }))
      await expect(stop).rejects.toMatchObject({ name: 'AccessDeniedException' })
    })
  })

  test('goes back to what it was with the role of a rollback', () => {
    const stack = nativeStack()
    return inOneAccount(scenarioOf(stack), async (account) => {
      await way(as('release', account, stack))
      const rollback = as('rollback', account, stack)
      const { ecs } = clientsFor(rollback.account.simulator)
      const { service } = await ecs.send(new UpdateServiceCommand({ ...HERE, taskDefinition: 'web:1' }))
      const number = service?.deployments?.[0]?.id?.split('/')[1] ?? ''
      const { deployment } = await follow(rollback.account, ecs, await arnOf(rollback.account, ecs, number))
      expect([...rollback.refused]).toEqual([])
      expect(deployment.status).toBe('SUCCESSFUL')
      expect(await definitionOf(account, deployment.targetServiceRevision?.arn)).toBe('web:1')
    })
  })
})

describe('the making of the stack of native.yaml', () => {
  /** The service has just been created, and its first deployment runs. */
  function beingMade(stack: Stack): Scenario {
    const scenario = scenarioOf(stack)
    const services = scenario.world.services.map((service) => ({
      ...service,
      ...(service.native && { native: { ...service.native, firstDeployment: true } }),
    }))
    return { ...scenario, world: { ...scenario.world, services } }
  }

  async function firstDeployment(account: SimulatedAccount): Promise<Course> {
    const { ecs } = clientsFor(account.simulator)
    const { services } = await ecs.send(new DescribeServicesCommand({ ...HERE, services: ['web'] }))
    const number = services?.[0]?.deployments?.[0]?.id?.split('/')[1] ?? ''
    return await follow(account, ecs, await arnOf(account, ecs, number))
  }

  test('ends by itself, the function called', () =>
    inOneAccount(beingMade(nativeStack()), async (account) => {
      expect((await firstDeployment(account)).deployment.status).toBe('SUCCESSFUL')
      expect(invocations(account)).toEqual(['POST_TEST_TRAFFIC_SHIFT CodeDeployHook_validate'])
    }))

  test('waits for somebody when it has a pause from the start', () =>
    inOneAccount(beingMade(nativeStack({ PauseMinutes: 60 })), async (account) => {
      const { deployment } = await firstDeployment(account)
      expect(deployment).toMatchObject({ status: 'IN_PROGRESS', lifecycleStage: 'POST_TEST_TRAFFIC_SHIFT' })
    }))
})

const SPEED = 20
const BRISK = { scaleUp: 2, testShift: 1, productionShift: 1, cleanUp: 1, rollbackScaleDown: 1, listLag: 0 }

/** The code that the template packages really runs, with listeners that really shift. */
test.each([
  [200, 'SUCCESSFUL', 'The replacement passed. Reporting Succeeded.'],
  [500, 'ROLLBACK_SUCCESSFUL', / answered 500; expected 200\. .* Reporting Failed\.$/],
])('the code of the template judges a replacement that answers %d: %s', async (answersWith, status, verdict) => {
  const stack = nativeStack({ BakeMinutes: 0 })
  const { Code, Handler } = stack.only('AWS::Lambda::Function')
  const file = `${String(Handler).split('.')[0]}.mjs`
  const folder = join(import.meta.dirname, '..', '..', 'examples', 'infrastructure', String(Code))
  const made = scenarioOf(stack)
  const scenario: Scenario = {
    ...made,
    native: { timings: BRISK },
    replacement: { ...made.replacement, answersWith },
    world: {
      ...made.world,
      services: made.world.services.map((service) => ({ ...service, serve: true })),
      functions: made.world.functions.map(({ name }) => ({ name, handlerFile: join(folder, file) })),
    },
  }
  const clock = scaledClock(SPEED)
  const simulator = await startSimulator({ scenario, clock, live: { speed: SPEED } })
  const { ecs } = clientsFor(simulator)
  try {
    await ecs.send(new UpdateServiceCommand({ ...HERE, forceNewDeployment: true }))
    await until(async () => {
      const { serviceDeployments } = await ecs.send(new ListServiceDeploymentsCommand(HERE))
      return serviceDeployments?.[0]?.status === status
    })
    expect(simulator.hookLogs.at(-1)?.text).toEqual(
      typeof verdict === 'string' ? verdict : expect.stringMatching(verdict),
    )
  } finally {
    ecs.destroy()
    await simulator.close()
  }
})
