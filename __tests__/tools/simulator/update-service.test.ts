import type { UpdateServiceRequest } from '@aws-sdk/client-ecs'
import { expect, test } from '@jest/globals'
import type { Scenario, ServiceSeed } from '../../../tools/simulator/scenario.ts'
import { baseScenario, scenarios } from '../../../tools/simulator/scenarios.ts'
import { withRehearsal } from './support/rehearsal.ts'

const named = (name: string, message: string) => expect.objectContaining({ name, message })

function withService(change: Partial<ServiceSeed>): Scenario {
  const services = baseScenario.world.services.map((seed) => ({ ...seed, ...change }))
  return { ...baseScenario, world: { ...baseScenario.world, services } }
}

test('the desired count can be changed beside CodeDeploy', () =>
  withRehearsal(scenarios.success, async ({ ecs, release, taskSets, to }) => {
    const update = (change: object) => ecs.updateService({ cluster: 'demo', service: 'web', ...change })
    await update({ desiredCount: 0 })
    expect(await taskSets()).toEqual(['PRIMARY web:1 0+0/0 STEADY_STATE'])
    await update({ desiredCount: 3, forceNewDeployment: false })
    expect(await taskSets()).toEqual(['PRIMARY web:1 0+3/3 STABILIZING'])
    to(120)
    expect(await taskSets()).toEqual(['PRIMARY web:1 3+0/3 STEADY_STATE'])
    await release()
    to(240)
    expect(await taskSets()).toContain('ACTIVE web:2 3+0/3 STABILIZING')
  }))

test('deployment configuration, grace period, placement, managed tags and propagation change beside CodeDeploy (documented)', () =>
  withRehearsal(scenarios.success, async ({ ecs, service }) => {
    const settings: Partial<UpdateServiceRequest> = {
      deploymentConfiguration: { maximumPercent: 150, minimumHealthyPercent: 50 },
      healthCheckGracePeriodSeconds: 60,
      placementConstraints: [{ type: 'distinctInstance' }],
      placementStrategy: [{ type: 'spread', field: 'attribute:ecs.availability-zone' }],
      enableECSManagedTags: true,
      propagateTags: 'SERVICE',
    }
    const { service: changed } = await ecs.updateService({ cluster: 'demo', service: 'web', ...settings })
    expect(changed).toMatchObject(settings)
    await ecs.updateService({ cluster: 'demo', service: 'web', propagateTags: 'NONE' })
    expect(await service()).toMatchObject({ ...settings, propagateTags: 'NONE', desiredCount: 2 })
  }))

const changes: [string, Partial<UpdateServiceRequest>, string][] = [
  ['task definition', { taskDefinition: 'web:1', forceNewDeployment: true }, 'Unable to update task definition'],
  [
    'network configuration',
    { networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } } },
    'Unable to update network parameters',
  ],
  ['load balancers', { loadBalancers: [] }, 'Unable to update load balancers'],
  ['platform version', { platformVersion: '1.4.0' }, 'Unable to update platform version'],
  ['forced deployment', { forceNewDeployment: true }, 'Cannot force a new deployment'],
]

test.each(changes)('a %s is left to CodeDeploy, in the words of ECS', (_, change, what) =>
  withRehearsal(scenarios.success, async ({ ecs, taskSets }) => {
    const message = `${what} on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment.`
    const call = ecs.updateService({ cluster: 'demo', service: 'web', desiredCount: 5, ...change })
    await expect(call).rejects.toEqual(named('InvalidParameterException', message))
    expect(await taskSets()).toEqual(['PRIMARY web:1 2+0/2 STEADY_STATE'])
  }),
)

const unsimulated: [Scenario, Partial<UpdateServiceRequest>, string][] = [
  [scenarios.success, { enableExecuteCommand: true }, 'enableExecuteCommand'],
  [withService({ controller: 'ECS' }), { taskDefinition: 'web:1' }, 'taskDefinition'],
]

test.each(unsimulated)(
  'what AWS would change and the simulator does not is refused loudly (%#)',
  (scenario, change, member) =>
    withRehearsal(scenario, async ({ ecs, complaints }) => {
      const message = `The simulator does not change '${member}' of a service`
      const call = ecs.updateService({ cluster: 'demo', service: 'web', ...change })
      await expect(call).rejects.toEqual(named('InvalidParameterException', message))
      expect(complaints).toEqual([`UpdateService: ${message}.`])
    }),
)

test('a service that is not active is not updated, and a count is not negative', async () => {
  await withRehearsal(withService({ status: 'DRAINING' }), async ({ ecs }) => {
    const call = ecs.updateService({ cluster: 'demo', service: 'web', desiredCount: 1 })
    await expect(call).rejects.toEqual(named('ServiceNotActiveException', 'Service was not ACTIVE.'))
  })
  await withRehearsal(scenarios.success, async ({ ecs }) => {
    const call = ecs.updateService({ cluster: 'demo', service: 'web', desiredCount: -1 })
    await expect(call).rejects.toMatchObject({ name: 'InvalidParameterException' })
  })
})
