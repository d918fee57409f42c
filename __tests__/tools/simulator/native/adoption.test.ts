import type { UpdateServiceRequest } from '@aws-sdk/client-ecs'
import { expect, test } from '@jest/globals'
import { ruleArn, targetGroupsOf } from '../../../../tools/simulator/native/names.ts'
import type { Scenario } from '../../../../tools/simulator/scenario.ts'
import { baseScenario, scenarios } from '../../../../tools/simulator/scenarios.ts'
import { demoWorld } from '../../../../tools/simulator/world.ts'
import { type Rehearsal, withRehearsal } from '../support/rehearsal.ts'
import { appSpec, WEB_2 } from '../support/revision.ts'

const [first, second] = targetGroupsOf(demoWorld, 'web')

const CHANGE: UpdateServiceRequest = {
  cluster: 'demo',
  service: 'web',
  deploymentController: { type: 'ECS' },
  deploymentConfiguration: { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 5 },
  loadBalancers: [
    {
      targetGroupArn: first,
      containerName: 'web',
      containerPort: 8080,
      advancedConfiguration: {
        alternateTargetGroupArn: second,
        productionListenerRule: ruleArn(demoWorld, 'web', 'production', 'application'),
        testListenerRule: ruleArn(demoWorld, 'web', 'test', 'application'),
        roleArn: 'arn:aws:iam::123456789012:role/ecs-infrastructure',
      },
    },
  ],
}

const QUIET: Scenario = { ...baseScenario, native: { assumptions: { controllerChangeDeploys: false } } }

async function statuses({ ecs }: Rehearsal): Promise<(string | undefined)[]> {
  const { serviceDeployments } = await ecs.listServiceDeployments({ cluster: 'demo', service: 'web' })
  return (serviceDeployments ?? []).map(({ status }) => status)
}

test('a service of CodeDeploy becomes one that ECS deploys, and is deployed once with what it ran', () =>
  withRehearsal(scenarios.success, async (rehearsal) => {
    const { ecs, service, to } = rehearsal
    const [taskSet] = (await service()).taskSets ?? []
    const { service: updated } = await ecs.updateService(CHANGE)
    expect(updated).toMatchObject({ deploymentController: { type: 'ECS' }, taskSets: [] })
    expect(updated?.deployments?.map(({ status, runningCount }) => [status, runningCount])).toEqual([
      ['PRIMARY', 0],
      ['ACTIVE', 2],
    ])
    expect(updated?.deployments?.[1]?.id).toBe(taskSet?.id)
    to(500)
    expect(await statuses(rehearsal)).toEqual(['SUCCESSFUL', 'SUCCESSFUL'])
    expect((await service()).taskDefinition).toMatch(/web:1$/)
  }))

test('controllerChangeDeploys: the change can start no deployment, and the next update does', () =>
  withRehearsal(QUIET, async (rehearsal) => {
    const { ecs, service, to } = rehearsal
    await ecs.updateService(CHANGE)
    expect(await statuses(rehearsal)).toEqual(['SUCCESSFUL'])
    expect((await service()).deployments).toMatchObject([{ status: 'PRIMARY', runningCount: 2 }])
    await ecs.registerTaskDefinition(WEB_2)
    await ecs.updateService({ cluster: 'demo', service: 'web', taskDefinition: 'web:2' })
    to(500)
    expect(await statuses(rehearsal)).toEqual(['SUCCESSFUL', 'SUCCESSFUL'])
    expect((await service()).taskDefinition).toMatch(/web:2$/)
  }))

test('what CodeDeploy is asked to deploy there afterwards fails', () =>
  withRehearsal(QUIET, async ({ ecs, create, deployment, to }) => {
    await ecs.updateService(CHANGE)
    const id = await create(appSpec('web:1'))
    to(10)
    expect(await deployment(id)).toMatchObject({ status: 'Failed', errorInformation: { code: 'INVALID_ECS_SERVICE' } })
  }))

test('the controller is not changed while CodeDeploy deploys, nor without what ECS needs', () =>
  withRehearsal(scenarios.success, async ({ ecs, release, service }) => {
    const refused = (change: Partial<UpdateServiceRequest>) =>
      expect(ecs.updateService({ ...CHANGE, ...change })).rejects.toMatchObject({ name: 'InvalidParameterException' })
    await refused({ deploymentConfiguration: undefined })
    await refused({ loadBalancers: [] })
    await release()
    await refused({})
    expect((await service()).deploymentController).toEqual({ type: 'CODE_DEPLOY' })
  }))
