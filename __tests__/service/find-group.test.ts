import { describe, expect, test } from '@jest/globals'
import { createDeployment } from '../../src/aws/code-deploy.ts'
import { describeService } from '../../src/aws/ecs.ts'
import { findGroup, type GroupNames, readMaker } from '../../src/service/find-group.ts'
import { type ResolvedService, resolveService } from '../../src/service/service.ts'
import type { ApplicationSeed, Fault, Scenario, World } from '../../tools/simulator/scenario.ts'
import { baseScenario } from '../../tools/simulator/scenarios.ts'
import { demoWorld } from '../../tools/simulator/world.ts'
import { groupSeed, type SimulatedAws, withAws } from '../support/simulated-aws.ts'
import { appSpec } from '../tools/simulator/support/revision.ts'

const NO_NAMES: GroupNames = { application: undefined, deploymentGroup: undefined }

const LAMBDA: ApplicationSeed = { name: 'functions', computePlatform: 'Lambda', groups: [] }

/** The demo world with these applications in place of its own. */
function withApplications(...applications: ApplicationSeed[]): Scenario {
  return { ...baseScenario, world: { ...demoWorld, applications } }
}

/** An application with one group for the demo service, or for another. */
function application(name: string, group: string, service = 'web'): ApplicationSeed {
  return { name, computePlatform: 'ECS', groups: [groupSeed({ name: group, service })] }
}

async function demoService({ aws }: SimulatedAws, cluster = 'demo', name = 'web'): Promise<ResolvedService> {
  const { service } = resolveService(cluster, name, await describeService(aws, cluster, name))
  if (service === undefined) throw new Error(`${cluster}/${name} is not there`)
  return service
}

/** What is found for the demo service, as `application/group` or as problem, and what was asked for. */
async function find(simulated: SimulatedAws, names: Partial<GroupNames> = {}, service?: ResolvedService) {
  const target = service ?? (await demoService(simulated))
  const before = simulated.simulator.calls.length
  const found = await findGroup(
    simulated.aws,
    target,
    { ...NO_NAMES, ...names },
    await readMaker(simulated.aws, target),
  )
  const group = 'sentence' in found ? found : `${found.applicationName}/${found.deploymentGroupName}`
  return { found: group, asked: simulated.asked().slice(before) }
}

const denied = (operation: string): Fault => ({
  operation,
  count: 1,
  kind: { type: 'error', code: 'AccessDeniedException', message: 'Not allowed', httpStatus: 400 },
})

describe('the deployment group of a service', () => {
  test('is that of the deployment that made the PRIMARY task set, without a search', () =>
    withAws(withApplications(LAMBDA, application('shop', 'shop-web')), async (simulated) => {
      await createDeployment(simulated.aws, {
        applicationName: 'shop',
        deploymentGroupName: 'shop-web',
        revision: { revisionType: 'AppSpecContent', appSpecContent: { content: appSpec('web:1') } },
      })
      await simulated.clock.sleep(3_600_000)
      expect(await find(simulated)).toEqual({
        found: 'shop/shop-web',
        asked: ['GetDeployment', 'GetDeploymentGroup'],
      })
      expect((await find(simulated, { application: 'shop' })).found).toBe('shop/shop-web')
      expect((await find(simulated, { deploymentGroup: 'other' })).found).toMatchObject({ reason: 'not-found' })
    }))

  test("has the console's names", () =>
    withAws(baseScenario, async (simulated) => {
      expect(await find(simulated)).toEqual({ found: 'AppECS-demo-web/DgpECS-demo-web', asked: ['GetDeploymentGroup'] })
    }))

  test("has the console's names cut to 46 characters a part", () => {
    const cluster = 'c'.repeat(50)
    const name = 's'.repeat(50)
    const parts = `${'c'.repeat(46)}-${'s'.repeat(46)}`
    const world: World = {
      ...demoWorld,
      clusters: [cluster],
      services: demoWorld.services.map((seed) => ({ ...seed, cluster, name })),
      applications: [
        {
          name: `AppECS-${parts}`,
          computePlatform: 'ECS',
          groups: [groupSeed({ name: `DgpECS-${parts}`, cluster, service: name })],
        },
      ],
    }
    return withAws({ ...baseScenario, world }, async (simulated) => {
      const service = await demoService(simulated, cluster, name)
      expect(await find(simulated, {}, service)).toEqual({
        found: `AppECS-${parts}/DgpECS-${parts}`,
        asked: ['GetDeploymentGroup'],
      })
    })
  })

  test('is searched for when it has a name of its own', () =>
    withAws(
      withApplications(LAMBDA, application('api', 'api', 'api'), application('shop', 'shop-web')),
      async (simulated) => {
        expect((await find(simulated)).found).toBe('shop/shop-web')
      },
    ))

  test("is searched for when the console's names belong to another service", () =>
    withAws(
      withApplications(application('AppECS-demo-web', 'DgpECS-demo-web', 'other'), application('shop', 'shop-web')),
      async (simulated) => {
        expect((await find(simulated)).found).toBe('shop/shop-web')
      },
    ))

  test('is searched for in the application that is named, and nowhere else', () =>
    withAws(withApplications(application('api', 'api', 'api'), application('shop', 'shop-web')), async (simulated) => {
      const { found, asked } = await find(simulated, { application: 'shop' })
      expect(found).toBe('shop/shop-web')
      expect(asked).not.toContain('ListApplications')
      expect((await find(simulated, { application: 'api' })).found).toMatchObject({ reason: 'not-found' })
    }))

  test('is the one that is named, in whatever application', () =>
    withAws(withApplications(application('shop', 'shop-web')), async (simulated) => {
      expect((await find(simulated, { deploymentGroup: 'shop-web' })).found).toBe('shop/shop-web')
      expect((await find(simulated, { deploymentGroup: 'shop-api' })).found).toMatchObject({ reason: 'not-found' })
    }))

  test('is found although a guess may not be looked at', () =>
    withAws(withApplications(application('shop', 'shop-web')), async (simulated) => {
      simulated.simulator.addFault(denied('GetDeploymentGroup'))
      expect((await find(simulated)).found).toBe('shop/shop-web')
    }))
})

describe('without a deployment group', () => {
  test('a refusal says that there is no group, and what to set', () =>
    withAws(withApplications(LAMBDA, application('api', 'api', 'api')), async (simulated) => {
      expect((await find(simulated)).found).toEqual({
        reason: 'not-found',
        sentence:
          "No CodeDeploy deployment group releases 'demo/web'. Set 'codedeploy-application' and 'codedeploy-deployment-group'.",
      })
    }))

  test('a refusal says that the named application is not there', () =>
    withAws(withApplications(application('shop', 'shop-web')), async (simulated) => {
      expect((await find(simulated, { application: 'shp' })).found).toEqual({
        reason: 'not-found',
        sentence: "CodeDeploy application 'shp' was not found. Check 'codedeploy-application' and the region.",
      })
    }))

  test.each(['ListApplications', 'ListDeploymentGroups', 'BatchGetDeploymentGroups'])(
    'it is said that the search was denied at %s, and what to set',
    (operation) =>
      withAws(withApplications(application('shop', 'shop-web')), async (simulated) => {
        simulated.simulator.addFault(denied(operation))
        expect((await find(simulated)).found).toEqual({
          reason: 'denied',
          sentence: expect.stringMatching(
            `^The deployment group of 'demo/web' has no usual name, and searching for it was denied \\(codedeploy:${operation}\\)\\. Set 'codedeploy-application' and 'codedeploy-deployment-group'\\. codedeploy:${operation} was denied`,
          ),
        })
      }),
  )

  test.each(['GetDeploymentGroup', 'ListApplications'])('a call that never gets through is an error: %s', (operation) =>
    withAws(withApplications(application('shop', 'shop-web')), async (simulated) => {
      const kind: Fault['kind'] = { type: 'error', code: 'ServerException', message: 'Try later', httpStatus: 500 }
      simulated.simulator.addFault({ operation, count: 9, kind })
      await expect(find(simulated)).rejects.toMatchObject({ operation: `codedeploy:${operation}` })
    }),
  )

  test('the search goes on when an application is deleted while it is looked at', () =>
    withAws(withApplications(application('api', 'api', 'api'), application('shop', 'shop-web')), async (simulated) => {
      const kind: Fault['kind'] = {
        type: 'error',
        code: 'ApplicationDoesNotExistException',
        message: '',
        httpStatus: 400,
      }
      simulated.simulator.addFault({ operation: 'ListDeploymentGroups', count: 1, kind })
      expect((await find(simulated)).found).toBe('shop/shop-web')
    }))
})
