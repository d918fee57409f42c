import { expect, test } from '@jest/globals'
import { baseScenario, scenarios } from '../../../tools/simulator/scenarios.ts'
import { withRehearsal } from './support/rehearsal.ts'
import { appSpec, WEB_2 } from './support/revision.ts'
import { post } from './support/wire.ts'

const named = (name: string, message?: string) => expect.objectContaining({ name, ...(message && { message }) })
const ARN = 'arn:aws:ecs:us-east-1:123456789012'

test('the revision that runs at the start is described as a real one would be', () =>
  withRehearsal(scenarios.success, async ({ ecs }) => {
    const { taskDefinition, tags } = await ecs.describeTaskDefinition({ taskDefinition: 'web:1', include: ['TAGS'] })
    expect(taskDefinition).toMatchObject({
      taskDefinitionArn: `${ARN}:task-definition/web:1`,
      family: 'web',
      revision: 1,
      status: 'ACTIVE',
      cpu: '256',
      compatibilities: ['EC2', 'FARGATE'],
      requiresAttributes: expect.arrayContaining([{ name: 'ecs.capability.task-eni' }]),
      registeredAt: expect.any(Date),
      registeredBy: 'arn:aws:iam::123456789012:role/admin',
      volumes: [],
      placementConstraints: [],
      containerDefinitions: [
        {
          name: 'web',
          image: 'registry.example/web:1.0.0',
          cpu: 0,
          essential: true,
          portMappings: [{ containerPort: 8080, hostPort: 8080, protocol: 'tcp' }],
          mountPoints: [],
          volumesFrom: [],
          systemControls: [],
        },
      ],
    })
    expect(tags).toEqual([
      { key: 'service', value: 'web' },
      { key: 'team', value: 'storefront' },
    ])
    expect(await ecs.describeTaskDefinition({ taskDefinition: 'web:1' })).not.toHaveProperty('tags')
  }))

test('every registration makes the next revision, and a revision is never used again', () =>
  withRehearsal(scenarios.success, async ({ ecs }) => {
    const register = async () => (await ecs.registerTaskDefinition(WEB_2)).taskDefinition?.revision
    expect([await register(), await register()]).toEqual([2, 3])
    const { taskDefinition } = await ecs.deregisterTaskDefinition({ taskDefinition: `${ARN}:task-definition/web:3` })
    expect(taskDefinition).toMatchObject({ revision: 3, status: 'INACTIVE', deregisteredAt: expect.any(Date) })
    expect((await ecs.describeTaskDefinition({ taskDefinition: 'web' })).taskDefinition?.revision).toBe(2)
    expect((await ecs.describeTaskDefinition({ taskDefinition: 'web:3' })).taskDefinition?.status).toBe('INACTIVE')
    expect(await register()).toBe(4)
    const list = async (input: object) => (await ecs.listTaskDefinitions(input)).taskDefinitionArns
    const arns = (...revisions: number[]) => revisions.map((revision) => `${ARN}:task-definition/web:${revision}`)
    expect(await list({ familyPrefix: 'web' })).toEqual(arns(1, 2, 4))
    expect(await list({ familyPrefix: 'web', sort: 'DESC', maxResults: 2 })).toEqual(arns(4, 2))
    expect(await list({ familyPrefix: 'web', status: 'INACTIVE' })).toEqual(arns(3))
    expect(await list({ familyPrefix: 'web', status: 'DELETE_IN_PROGRESS' })).toEqual([])
    expect(await list({ familyPrefix: 'we' })).toEqual([])
    await expect(list({ maxResults: 0 })).rejects.toEqual(named('InvalidParameterException'))
    await expect(ecs.deregisterTaskDefinition({ taskDefinition: 'web' })).rejects.toEqual(
      named('InvalidParameterException'),
    )
  }))

test('a described definition registers again, with its tags and without what only describe shows', () =>
  withRehearsal(scenarios.success, async ({ ecs, simulator }) => {
    const { taskDefinition, tags } = await ecs.describeTaskDefinition({ taskDefinition: 'web:1', include: ['TAGS'] })
    const again = await post(simulator.url, 'ecs', 'RegisterTaskDefinition', {
      ...taskDefinition,
      registeredAt: undefined,
      tags,
    })
    expect(again.httpStatus).toBe(200)
    expect(simulator.calls.at(-1)?.unknownMembers).toEqual([
      'taskDefinitionArn',
      'revision',
      'status',
      'requiresAttributes',
      'compatibilities',
      'registeredBy',
    ])
    const second = await ecs.describeTaskDefinition({ taskDefinition: 'web:2', include: ['TAGS'] })
    const strip = ({ taskDefinitionArn, revision, registeredAt, ...rest }: Record<string, unknown>) => rest
    expect(strip({ ...second.taskDefinition })).toEqual(strip({ ...taskDefinition }))
    expect(second.tags).toEqual(tags)
  }))

test('members that the SDK does not know yet are kept, and marked in the recorded call', () =>
  withRehearsal(scenarios.success, async ({ simulator }) => {
    const [container] = WEB_2.containerDefinitions
    const request = { ...WEB_2, novelty: { on: true }, containerDefinitions: [{ ...container, gadget: [1] }] }
    await post(simulator.url, 'ecs', 'RegisterTaskDefinition', request)
    expect(simulator.calls.at(-1)?.unknownMembers).toEqual(['containerDefinitions[0].gadget', 'novelty'])
    const { body } = await post(simulator.url, 'ecs', 'DescribeTaskDefinition', { taskDefinition: 'web:2' })
    expect(body).toMatchObject({
      taskDefinition: { novelty: { on: true }, containerDefinitions: [{ name: 'web', gadget: [1] }] },
    })
  }))

const [container] = WEB_2.containerDefinitions
const EC2 = { family: 'web', containerDefinitions: [{ name: 'web', image: 'web' }] }

const refused: [string, Record<string, unknown>, string][] = [
  ['no family', { ...WEB_2, family: '' }, 'Family can not be blank.'],
  ['a bad family', { ...WEB_2, family: 'a b' }, 'Family contains invalid characters.'],
  [
    'a container without a name',
    { ...WEB_2, containerDefinitions: [{ ...container, name: '' }] },
    'Container.name should not be null or empty.',
  ],
  [
    'a bad container name',
    { ...WEB_2, containerDefinitions: [{ ...container, name: 'a b' }] },
    'Container.name contains invalid characters.',
  ],
  [
    'a container without an image',
    { ...WEB_2, containerDefinitions: [{ ...container, image: '' }] },
    'Container.image should not be null or empty.',
  ],
  [
    'EC2 without memory',
    EC2,
    "Invalid setting for container 'web'. At least one of 'memory' or 'memoryReservation' must be specified.",
  ],
  ['Fargate without CPU', { ...WEB_2, cpu: undefined }, "Fargate requires that 'cpu' be defined at the task level."],
  [
    'Fargate without memory',
    { ...WEB_2, memory: undefined },
    "Fargate requires that 'memory' be defined at the task level.",
  ],
  [
    'a CPU size that Fargate does not have',
    { ...WEB_2, cpu: '300' },
    "Invalid 'cpu' setting for task. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.",
  ],
  [
    'a pair that Fargate does not have',
    { ...WEB_2, memory: '8192' },
    'No Fargate configuration exists for given values.',
  ],
  [
    'an ECR image without an execution role',
    {
      ...WEB_2,
      executionRoleArn: undefined,
      containerDefinitions: [{ ...container, image: '123456789012.dkr.ecr.us-east-1.amazonaws.com/web:2' }],
    },
    'Fargate requires task definition to have execution role ARN to support ECR images.',
  ],
  [
    'awslogs without an execution role',
    {
      ...WEB_2,
      executionRoleArn: undefined,
      containerDefinitions: [{ ...container, logConfiguration: { logDriver: 'awslogs' } }],
    },
    'Fargate requires task definition to have execution role ARN to support log driver awslogs.',
  ],
  ['an empty list of tags', { ...WEB_2, tags: [] }, 'Tags can not be empty.'],
]

test.each(refused)('RegisterTaskDefinition refuses %s', (_, request, message) =>
  withRehearsal(scenarios.success, async ({ ecs }) => {
    const input = request as unknown as typeof WEB_2
    await expect(ecs.registerTaskDefinition(input)).rejects.toEqual(named('ClientException', message))
  }),
)

test('RegisterTaskDefinition refuses more than 64 KiB and says how much it was', () =>
  withRehearsal(scenarios.success, async ({ ecs }) => {
    const big = {
      ...WEB_2,
      containerDefinitions: [{ ...WEB_2.containerDefinitions[0], command: ['a'.repeat(66_000)] }],
    }
    await expect(ecs.registerTaskDefinition(big)).rejects.toThrow(
      /^Actual length: '66\d\d\d'\. Max allowed length is '65536' bytes\.$/,
    )
  }))

test('sizes may be written in vCPU and GB, and are shown in units', () =>
  withRehearsal(scenarios.success, async ({ ecs }) => {
    const sized = { ...WEB_2, cpu: '.5 vCPU', memory: '2 GB' }
    expect((await ecs.registerTaskDefinition(sized)).taskDefinition).toMatchObject({ cpu: '512', memory: '2048' })
  }))

test('what does not exist is said in the words of ECS', () =>
  withRehearsal(scenarios.success, async ({ ecs }) => {
    await expect(ecs.describeTaskDefinition({ taskDefinition: 'api' })).rejects.toEqual(
      named('ClientException', 'Unable to describe task definition.'),
    )
    const cluster = 'elsewhere'
    const noCluster = named('ClusterNotFoundException', 'Cluster not found.')
    await expect(ecs.describeServices({ cluster, services: ['web'] })).rejects.toEqual(noCluster)
    await expect(ecs.describeTaskSets({ cluster, service: 'web' })).rejects.toEqual(noCluster)
    await expect(ecs.listTasks({ cluster })).rejects.toEqual(noCluster)
    await expect(ecs.describeTasks({ cluster, tasks: ['a'] })).rejects.toEqual(noCluster)
    const noService = named('ServiceNotFoundException', 'Service not found.')
    await expect(ecs.describeTaskSets({ cluster: 'demo', service: 'api' })).rejects.toEqual(noService)
    await expect(ecs.listTasks({ cluster: 'demo', serviceName: 'api' })).rejects.toEqual(noService)
    await expect(ecs.describeServices({ cluster: 'demo', services: Array(11).fill('web') })).rejects.toEqual(
      named('InvalidParameterException'),
    )
    expect((await ecs.describeServices({ services: ['web'] })).failures).toEqual([
      { arn: `${ARN}:service/default/web`, reason: 'MISSING' },
    ])
  }))

test('clusters, services and task sets go by name and by ARN', () =>
  withRehearsal(scenarios.success, async ({ ecs }) => {
    const cluster = `${ARN}:cluster/demo`
    const { services = [] } = await ecs.describeServices({ cluster, services: [`${ARN}:service/demo/web`] })
    const id = services[0]?.taskSets?.[0]?.id ?? ''
    for (const taskSets of [undefined, [id], [services[0]?.taskSets?.[0]?.taskSetArn ?? '']]) {
      const found = await ecs.describeTaskSets({ cluster, service: 'web', taskSets })
      expect(found.taskSets?.map((taskSet) => [taskSet.id, taskSet.externalId])).toEqual([[id, undefined]])
    }
  }))

test('the tasks of a service are listed and described, healthy once they run and something checks it', () =>
  withRehearsal(scenarios.success, async ({ ecs, release, to }) => {
    await release()
    to(70)
    const { taskArns = [] } = await ecs.listTasks({ cluster: 'demo', serviceName: 'web' })
    expect(taskArns).toHaveLength(4)
    const { tasks = [], failures } = await ecs.describeTasks({ cluster: 'demo', tasks: [...taskArns, 'gone'] })
    expect(failures).toEqual([{ arn: `${ARN}:task/demo/gone`, reason: 'MISSING' }])
    const shown = tasks.map(
      (task) => `${task.taskDefinitionArn?.split('/')[1]} ${task.lastStatus} ${task.healthStatus}`,
    )
    expect(shown.sort()).toEqual([
      'web:1 RUNNING HEALTHY',
      'web:1 RUNNING HEALTHY',
      'web:2 PENDING UNKNOWN',
      'web:2 RUNNING UNKNOWN',
    ])
    to(800)
    const stopped = await ecs.listTasks({ cluster: 'demo', serviceName: 'web', desiredStatus: 'STOPPED' })
    const [first] = (await ecs.describeTasks({ cluster: 'demo', tasks: stopped.taskArns })).tasks ?? []
    expect(first).toMatchObject({ stopCode: 'ServiceSchedulerInitiated', lastStatus: 'STOPPED' })
    expect(first?.stoppedReason).toMatch(/^Scaling activity initiated by \(taskSet ecs-svc\/\d+\)$/)
  }))

test('a service under another controller shows how ECS deploys it, and CodeDeploy cannot use it', () => {
  const services = baseScenario.world.services.map((seed) => ({
    ...seed,
    controller: 'ECS' as const,
    nativeStrategy: 'BLUE_GREEN' as const,
  }))
  return withRehearsal({ ...baseScenario, world: { ...baseScenario.world, services } }, async (rehearsal) => {
    const shown = await rehearsal.service()
    expect(shown).toMatchObject({
      deploymentController: { type: 'ECS' },
      deploymentConfiguration: { strategy: 'BLUE_GREEN' },
      deployments: [{ status: 'PRIMARY', rolloutState: 'COMPLETED' }],
      runningCount: 2,
    })
    expect(shown).not.toHaveProperty('taskSets')
    const id = await rehearsal.create(appSpec('web:1'))
    rehearsal.to(4)
    expect((await rehearsal.deployment(id)).errorInformation?.code).toBe('INVALID_ECS_SERVICE')
  })
})

test('service tags are shown when they are asked for', () => {
  const tags = [{ key: 'preview-lane', value: 'true' }]
  const services = baseScenario.world.services.map((seed) => ({ ...seed, tags }))
  return withRehearsal({ ...baseScenario, world: { ...baseScenario.world, services } }, async ({ ecs }) => {
    const describe = (include?: ['TAGS']) => ecs.describeServices({ cluster: 'demo', services: ['web'], include })
    expect((await describe(['TAGS'])).services?.[0]?.tags).toEqual(tags)
    expect((await describe()).services?.[0]?.tags).toEqual([])
  })
})

test('nothing is found under an ARN of another region, account, partition or cluster', () =>
  withRehearsal(scenarios.success, async ({ ecs }) => {
    const elsewhere = 'arn:aws:ecs:eu-west-1:123456789012'
    const foreign = 'arn:aws:ecs:us-east-1:999956789012'
    const describe = (cluster: string, service: string) => ecs.describeServices({ cluster, services: [service] })
    const wrongRegion = named('InvalidParameterException', 'Invalid Region in ARN')
    await expect(describe(`${elsewhere}:cluster/demo`, 'web')).rejects.toEqual(wrongRegion)
    await expect(describe('demo', `${elsewhere}:service/demo/web`)).rejects.toEqual(wrongRegion)
    const taskDefinition = `task-definition/web:1`
    await expect(ecs.describeTaskDefinition({ taskDefinition: `${elsewhere}:${taskDefinition}` })).rejects.toEqual(
      wrongRegion,
    )
    for (const owner of [foreign, 'arn:aws-cn:ecs:us-east-1:123456789012']) {
      await expect(describe(`${owner}:cluster/demo`, 'web')).rejects.toEqual(named('ClusterNotFoundException'))
      expect((await describe('demo', `${owner}:service/demo/web`)).services).toEqual([])
      await expect(ecs.describeTaskDefinition({ taskDefinition: `${owner}:${taskDefinition}` })).rejects.toEqual(
        named('ClientException'),
      )
    }
    await expect(describe('demo', `${ARN}:service/other/web`)).rejects.toEqual(
      named('InvalidParameterException', 'Invalid identifier: Identifier is for cluster other. Your cluster is demo'),
    )
    expect((await describe(`${ARN}:cluster/demo`, `${ARN}:service/demo/web`)).services).toHaveLength(1)
    expect((await describe('demo', `${ARN}:service/web`)).services).toHaveLength(1)
  }))
