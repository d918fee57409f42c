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
      // The session, and not its role (observed).
      registeredBy: 'arn:aws:sts::123456789012:assumed-role/admin/simulator',
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
/** `web:2` with its one container changed. */
function container0(change: Record<string, unknown>): Record<string, unknown> {
  return { ...WEB_2, containerDefinitions: [{ ...container, ...change }] }
}

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
  // From here on: texts of public reports, of RegisterTaskDefinition in each of them.
  ['an image with spaces', container0({ image: 'web 2' }), 'Container.image contains invalid characters.'],
  ['an image without end', container0({ image: 'a'.repeat(256) }), 'Container.image should be 255 characters or less'],
  [
    'Fargate with another network mode',
    { ...WEB_2, networkMode: 'bridge' },
    'Fargate only supports network mode ‘awsvpc’.',
  ],
  ['links in awsvpc', container0({ links: ['db'] }), 'Links are not supported when networkMode=awsvpc.'],
  [
    'another host port in awsvpc',
    container0({ portMappings: [{ containerPort: 80, hostPort: 8080 }] }),
    'When networkMode=awsvpc, the host ports and container ports in port mappings must match.',
  ],
  [
    'awslogs without its options',
    container0({ logConfiguration: { logDriver: 'awslogs' } }),
    'Log driver awslogs requires options: awslogs-region, awslogs-group',
  ],
  [
    'a volume that is not there',
    container0({ mountPoints: [{ sourceVolume: 'v', containerPath: '/v' }] }),
    "Unknown volume 'v'.",
  ],
  [
    'more CPU than the task has',
    container0({ cpu: 300 }),
    "The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'.",
  ],
  [
    'more memory than the task has',
    container0({ memory: 1024 }),
    "The 'memory' setting for container 'web' is greater than for the task.",
  ],
  [
    'a wait for the end of an essential container',
    {
      ...WEB_2,
      containerDefinitions: [
        { ...container, dependsOn: [{ containerName: 'setup', condition: 'SUCCESS' }] },
        { name: 'setup', image: 'setup' },
      ],
    },
    'A dependency container with SUCCESS or COMPLETE condition cannot be an essential container',
  ],
  [
    'awsfirelens without a router',
    container0({ logConfiguration: { logDriver: 'awsfirelens' } }),
    'When awsfirelens log driver is specified in log configuration, a firelens configuration object must be configured in one of the containers.',
  ],
  [
    'a router without awsfirelens',
    container0({ firelensConfiguration: { type: 'fluentbit' } }),
    'When a firelensConfiguration object is specified, at least one container has to be configured with the awsfirelens log driver.',
  ],
  [
    'Windows on Fargate with less than a CPU',
    { ...WEB_2, runtimePlatform: { operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE' } },
    "Invalid 'cpu' setting for task. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.",
  ],
  ['an empty list of tags', { ...WEB_2, tags: [] }, 'Tags can not be empty.'],
]

test.each(refused)('RegisterTaskDefinition refuses %s', (_, request, message) =>
  withRehearsal(scenarios.success, async ({ ecs }) => {
    const input = request as unknown as typeof WEB_2
    await expect(ecs.registerTaskDefinition(input)).rejects.toEqual(named('ClientException', message))
  }),
)

test('Windows runs on Fargate with one to four CPUs (documented)', () =>
  withRehearsal(scenarios.success, async ({ ecs }) => {
    const runtimePlatform = { operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE' as const }
    const register = (cpu: string, memory: string) =>
      ecs.registerTaskDefinition({ ...WEB_2, runtimePlatform, cpu, memory })
    expect((await register('1024', '2048')).taskDefinition?.cpu).toBe('1024')
    await expect(register('8192', '16384')).rejects.toMatchObject({ name: 'ClientException' })
  }))

const compatible: [string, Record<string, unknown>, Record<string, unknown>][] = [
  ['no network mode', {}, { compatibilities: ['EXTERNAL', 'EC2'], hostPort: 0 }],
  ['bridge', { networkMode: 'bridge' }, { compatibilities: ['EXTERNAL', 'EC2'], hostPort: 0 }],
  ['host', { networkMode: 'host' }, { compatibilities: ['EXTERNAL', 'EC2'], hostPort: 8080 }],
  ['awsvpc', { networkMode: 'awsvpc' }, { compatibilities: ['EC2'], hostPort: 8080 }],
]

test.each(compatible)('compatibilities and host ports of %s are those of real answers', (_, change, expected) =>
  withRehearsal(scenarios.success, async ({ ecs }) => {
    const { taskDefinition } = await ecs.registerTaskDefinition({
      family: 'ec2',
      containerDefinitions: [{ name: 'web', image: 'web', memory: 128, portMappings: [{ containerPort: 8080 }] }],
      ...change,
    })
    const hostPort = taskDefinition?.containerDefinitions?.[0]?.portMappings?.[0]?.hostPort
    expect({ compatibilities: taskDefinition?.compatibilities, hostPort }).toEqual(expected)
  }),
)

test('secrets ask for the store that they are in', () =>
  withRehearsal(scenarios.success, async ({ ecs }) => {
    const attributes = async (...stores: string[]) => {
      const secrets = stores.map((valueFrom, i) => ({ name: `S${i}`, valueFrom }))
      const { taskDefinition } = await ecs.registerTaskDefinition({
        ...WEB_2,
        containerDefinitions: [{ ...WEB_2.containerDefinitions[0], secrets }],
      })
      return taskDefinition?.requiresAttributes?.map(({ name }) => name).filter((name) => name?.includes('secrets'))
    }
    expect(await attributes('/web/key')).toEqual(['ecs.capability.secrets.ssm.environment-variables'])
    expect(await attributes('arn:aws:secretsmanager:us-east-1:123456789012:secret:key', 'key')).toEqual([
      'ecs.capability.secrets.asm.environment-variables',
      'ecs.capability.secrets.ssm.environment-variables',
    ])
  }))

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
