import { expect, test } from '@jest/globals'
import type { Scenario, ServiceSeed } from '../../../tools/simulator/scenario.ts'
import { baseScenario, scenarios } from '../../../tools/simulator/scenarios.ts'
import { APPLICATION, GROUP, withRehearsal } from './support/rehearsal.ts'

const ECS_ARN = 'arn:aws:ecs:us-east-1:123456789012'
const CODEDEPLOY_ARN = 'arn:aws:codedeploy:us-east-1:123456789012'

const [WEB] = baseScenario.world.services as [ServiceSeed]

function withServices(...services: ServiceSeed[]): Scenario {
  return { ...baseScenario, world: { ...baseScenario.world, services: [...baseScenario.world.services, ...services] } }
}

test('applications are described together', () =>
  withRehearsal(scenarios.success, async ({ codeDeploy }) => {
    const { application } = await codeDeploy.getApplication({ applicationName: APPLICATION })
    const batch = (...applicationNames: string[]) => codeDeploy.batchGetApplications({ applicationNames })
    expect((await batch(APPLICATION)).applicationsInfo).toEqual([application])
    await expect(batch(APPLICATION, 'gone')).rejects.toMatchObject({ name: 'ApplicationDoesNotExistException' })
    await expect(batch()).rejects.toMatchObject({ name: 'ApplicationNameRequiredException' })
    await expect(batch(...Array(101).fill(APPLICATION))).rejects.toMatchObject({ name: 'BatchLimitExceededException' })
  }))

test('the services of a cluster are listed in pages of ten', () => {
  const more = Array.from({ length: 11 }, (_, i) => ({ ...WEB, name: `api-${i}`, serve: false }))
  const gone: ServiceSeed = { ...WEB, name: 'gone', status: 'INACTIVE' }
  return withRehearsal(withServices(...more, gone), async ({ ecs }) => {
    const first = await ecs.listServices({ cluster: 'demo' })
    expect(first.serviceArns).toHaveLength(10)
    expect(first.serviceArns?.[0]).toBe(`${ECS_ARN}:service/demo/web`)
    const { serviceArns, nextToken } = await ecs.listServices({ cluster: 'demo', nextToken: first.nextToken })
    expect(serviceArns).toEqual([`${ECS_ARN}:service/demo/api-9`, `${ECS_ARN}:service/demo/api-10`])
    expect(nextToken).toBeUndefined()
    expect((await ecs.listServices({ cluster: 'demo', maxResults: 100 })).serviceArns).toHaveLength(12)
  })
})

test('services are listed by how they run', () =>
  withRehearsal(scenarios.success, async ({ ecs }) => {
    const list = async (filter: object) => (await ecs.listServices({ cluster: 'demo', ...filter })).serviceArns
    expect(await list({ launchType: 'FARGATE' })).toHaveLength(1)
    expect(await list({ launchType: 'EC2' })).toEqual([])
    expect(await list({ schedulingStrategy: 'DAEMON' })).toEqual([])
    expect((await ecs.listServices({})).serviceArns).toEqual([])
    await expect(list({ maxResults: 101 })).rejects.toMatchObject({ name: 'InvalidParameterException' })
    await expect(list({ nextToken: 'next' })).rejects.toMatchObject({ name: 'InvalidParameterException' })
    await expect(ecs.listServices({ cluster: 'gone' })).rejects.toMatchObject({
      name: 'ClusterNotFoundException',
      message: 'Cluster not found.',
    })
  }))

test('a cluster is described with what is in it', () =>
  withRehearsal(scenarios.success, async ({ ecs, release, to }) => {
    await release()
    to(4)
    const { clusters, failures } = await ecs.describeClusters({ clusters: [`${ECS_ARN}:cluster/demo`, 'gone'] })
    expect(clusters).toMatchObject([
      {
        clusterArn: `${ECS_ARN}:cluster/demo`,
        clusterName: 'demo',
        status: 'ACTIVE',
        activeServicesCount: 1,
        runningTasksCount: 2,
        pendingTasksCount: 2,
      },
    ])
    expect(failures).toEqual([{ arn: `${ECS_ARN}:cluster/gone`, reason: 'MISSING' }])
    expect((await ecs.describeClusters({})).clusters?.map(({ clusterName }) => clusterName)).toEqual(['default'])
  }))

test('the tags of ECS resources are listed by ARN', () => {
  const tags = [{ key: 'preview-lane', value: 'true' }]
  return withRehearsal(withServices({ ...WEB, name: 'preview', tags }), async ({ ecs }) => {
    const list = async (resource: string) =>
      (await ecs.listTagsForResource({ resourceArn: `${ECS_ARN}:${resource}` })).tags
    expect(await list('service/demo/preview')).toEqual(tags)
    expect(await list('service/demo/web')).toEqual([])
    expect(await list('cluster/demo')).toEqual([])
    expect(await list('task-definition/web:1')).toEqual([
      { key: 'service', value: 'web' },
      { key: 'team', value: 'storefront' },
    ])
    const refused = (name: string, message: string) => expect.objectContaining({ name, message })
    await expect(list('service/preview')).rejects.toEqual(
      refused('InvalidParameterException', 'Long arn format must be used for tagging operations'),
    )
    await expect(list('service/gone/web')).rejects.toEqual(refused('ClusterNotFoundException', 'Cluster not found.'))
    await expect(list('service/demo/gone')).rejects.toMatchObject({ name: 'InvalidParameterException' })
    await expect(list('task-definition/web:9')).rejects.toMatchObject({ name: 'InvalidParameterException' })
    await expect(list('repository')).rejects.toMatchObject({ name: 'InvalidParameterException' })
  })
})

test('applications and groups have no tags', () =>
  withRehearsal(scenarios.success, async ({ codeDeploy }) => {
    const list = async (ResourceArn: string) => (await codeDeploy.listTagsForResource({ ResourceArn })).Tags
    expect(await list(`${CODEDEPLOY_ARN}:application:${APPLICATION}`)).toEqual([])
    expect(await list(`${CODEDEPLOY_ARN}:deploymentgroup:${APPLICATION}/${GROUP}`)).toEqual([])
    await expect(list('')).rejects.toMatchObject({ name: 'ResourceArnRequiredException' })
    await expect(list(APPLICATION)).rejects.toMatchObject({ name: 'InvalidArnException' })
    await expect(list(`${CODEDEPLOY_ARN}:deploymentconfig:all`)).rejects.toMatchObject({
      name: 'ArnNotSupportedException',
    })
    await expect(list(`${CODEDEPLOY_ARN}:application:gone`)).rejects.toMatchObject({
      name: 'ApplicationDoesNotExistException',
    })
  }))
