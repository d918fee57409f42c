import type { UpdateServiceRequest } from '@aws-sdk/client-ecs'
import { expect, test } from '@jest/globals'
import { nativeHook } from '../../../../tools/simulator/native/scenarios.ts'
import { WEB_2 } from '../support/revision.ts'
import { expectCourse, START_MS, withNativeRehearsal } from './support/native-rehearsal.ts'
import { nativeScenario } from './support/native-scenario.ts'

test('the answer of UpdateService has the new deployment as PRIMARY, and the old one still', () =>
  withNativeRehearsal(nativeScenario(), async ({ ecs, update }) => {
    await ecs.registerTaskDefinition(WEB_2)
    const service = await update({ taskDefinition: 'web:2' })
    const [primary, active] = service.deployments ?? []
    expect(service.deployments).toHaveLength(2)
    expect(primary).toMatchObject({
      status: 'PRIMARY',
      taskDefinition: expect.stringMatching(/web:2$/),
      desiredCount: 0,
      runningCount: 0,
      rolloutState: 'IN_PROGRESS',
      rolloutStateReason: `ECS deployment ${primary?.id} in progress.`,
    })
    expect(active).toMatchObject({
      status: 'ACTIVE',
      taskDefinition: expect.stringMatching(/web:1$/),
      runningCount: 2,
      rolloutState: 'COMPLETED',
    })
    expect(service.taskDefinition).toMatch(/web:2$/)
    expect(service.currentServiceDeployment).toBeUndefined()
    expect(service.currentServiceRevisions?.map(({ arn }) => arn?.split('/').at(-1))).toEqual(
      [primary, active].map((one) => one?.id?.split('/')[1]),
    )
  }))

test('N20: a deployment is not in the list at once, but described by its ARN', () =>
  withNativeRehearsal(nativeScenario(), async (rehearsal) => {
    const arn = await rehearsal.release()
    const list = async (more: object = {}) => {
      const answer = await rehearsal.ecs.listServiceDeployments({ cluster: 'demo', service: 'web', ...more })
      return (answer.serviceDeployments ?? []).map(({ serviceDeploymentArn }) => serviceDeploymentArn)
    }
    const [former] = await list()
    rehearsal.to(1.9)
    expect(await list()).toEqual([former])
    expect((await rehearsal.deployment(arn)).status).toBe('IN_PROGRESS')
    expect((await rehearsal.service()).currentServiceDeployment).toBeUndefined()
    rehearsal.to(2)
    expect(await list()).toEqual([arn, former])
    expect((await rehearsal.service()).currentServiceDeployment).toBe(arn)
    expect(await list({ status: ['IN_PROGRESS'] })).toEqual([arn])
    expect(await list({ createdAt: { after: new Date(START_MS - 1000) } })).toEqual([arn])
    expect(await list({ createdAt: { before: new Date(START_MS - 1000) } })).toEqual([former])
    const page = await rehearsal.ecs.listServiceDeployments({ cluster: 'demo', service: 'web', maxResults: 1 })
    expect(await list({ nextToken: page.nextToken })).toEqual([former])
    await expect(list({ service: 'gone' })).rejects.toMatchObject({ name: 'ServiceNotFoundException' })
  }))

test('revision, deployment and tasks have the same number, and the revision says which target group it really uses', () =>
  withNativeRehearsal(nativeScenario(), async ({ ecs, elb, release, deployment, to, service }) => {
    const arn = await release()
    to(100)
    const { targetServiceRevision: { arn: revisionArn = '' } = {}, sourceServiceRevisions } = await deployment(arn)
    const number = revisionArn.split('/').at(-1) ?? ''
    expect((await service()).deployments?.[0]?.id).toBe(`ecs-svc/${number}`)
    const { taskArns } = await ecs.listTasks({ cluster: 'demo', startedBy: `ecs-svc/${number}` })
    expect(taskArns).toHaveLength(2)
    const { serviceRevisions, failures } = await ecs.describeServiceRevisions({
      serviceRevisionArns: [revisionArn, sourceServiceRevisions?.[0]?.arn ?? '', `${revisionArn}0`],
    })
    expect(failures).toEqual([{ arn: `${revisionArn}0`, reason: 'MISSING' }])
    const groups = (serviceRevisions ?? []).map(
      ({ resolvedConfiguration }) => resolvedConfiguration?.loadBalancers?.[0]?.targetGroupArn,
    )
    const { advancedConfiguration, targetGroupArn } = (await service()).loadBalancers?.[0] ?? {}
    expect(groups).toEqual([advancedConfiguration?.alternateTargetGroupArn, targetGroupArn])
    expect(serviceRevisions?.[0]).toMatchObject({
      taskDefinition: expect.stringMatching(/web:2$/),
      containerImages: [{ containerName: 'web', image: 'registry.example/web:2.0.0' }],
    })
    for (const TargetGroupArn of groups) {
      const { TargetHealthDescriptions } = await elb.describeTargetHealth({ TargetGroupArn })
      expect(TargetHealthDescriptions?.map(({ TargetHealth }) => TargetHealth?.State)).toEqual(['healthy', 'healthy'])
    }
  }))

test('tasks come up one after the other', () =>
  withNativeRehearsal(nativeScenario(), async ({ release, deployment, to }) => {
    const arn = await release()
    const seen: unknown[] = []
    for (const at of [1, 1.1, 31, 31.1, 61.1]) {
      to(at)
      const { requestedTaskCount, runningTaskCount, pendingTaskCount } =
        (await deployment(arn)).targetServiceRevision ?? {}
      seen.push([requestedTaskCount, runningTaskCount, pendingTaskCount])
    }
    expect(seen).toEqual([
      [0, 0, 0],
      [2, 0, 2],
      [2, 0, 2],
      [2, 1, 1],
      [2, 2, 0],
    ])
  }))

test('N9: a second update while tasks start stops the first deployment and takes over', () =>
  withNativeRehearsal(nativeScenario(), async (rehearsal) => {
    const first = await rehearsal.release()
    rehearsal.to(50)
    const second = await rehearsal.release()
    expect((await rehearsal.service()).deployments).toMatchObject([
      { status: 'PRIMARY', taskDefinition: expect.stringMatching(/web:3$/) },
      { status: 'ACTIVE', taskDefinition: expect.stringMatching(/web:2$/) },
      { status: 'ACTIVE', taskDefinition: expect.stringMatching(/web:1$/) },
    ])
    const rows: [number, string, string][] = [
      [50, 'STOP_REQUESTED SCALE_UP', 'PENDING -'],
      [50.1, 'STOP_REQUESTED SCALE_UP', 'IN_PROGRESS RECONCILE_SERVICE'],
      [51, 'STOPPED SCALE_UP', 'IN_PROGRESS RECONCILE_SERVICE'],
      [51.1, 'STOPPED SCALE_UP', 'IN_PROGRESS PRE_SCALE_UP'],
    ]
    for (const [at, one, two] of rows) {
      rehearsal.to(at)
      const routes = ' 100/0 100/0'
      expect([at, await rehearsal.row(first), await rehearsal.row(second)]).toEqual([at, one + routes, two + routes])
    }
    const shown = await rehearsal.deployment(second)
    expect(shown.sourceServiceRevisions?.map(({ requestedTaskCount }) => requestedTaskCount)).toEqual([2, 0])
    expect((await rehearsal.deployment(first)).statusReason).toContain('replaced by a newer service deployment')
    await expectCourse(rehearsal, second, [
      [52.1, 'IN_PROGRESS SCALE_UP 100/0 100/0'],
      [112.1, 'IN_PROGRESS POST_SCALE_UP 100/0 100/0'],
      [113.1, 'IN_PROGRESS TEST_TRAFFIC_SHIFT 100/0 0/100'],
      [143.1, 'IN_PROGRESS POST_TEST_TRAFFIC_SHIFT 100/0 0/100'],
      [144.1, 'IN_PROGRESS PRE_PRODUCTION_TRAFFIC_SHIFT 100/0 0/100'],
      [145.1, 'IN_PROGRESS PRODUCTION_TRAFFIC_SHIFT 0/100 0/100'],
    ])
  }))

test('N9a: an update in the bake time keeps production where it is', () =>
  withNativeRehearsal(nativeScenario(), async (rehearsal) => {
    await rehearsal.release()
    rehearsal.to(300)
    const second = await rehearsal.release()
    await expectCourse(rehearsal, second, [
      [300.1, 'IN_PROGRESS RECONCILE_SERVICE 0/100 0/100'],
      [301.1, 'IN_PROGRESS PRE_SCALE_UP 0/100 0/100'],
      [302.1, 'IN_PROGRESS SCALE_UP 0/100 0/100'],
      [362.1, 'IN_PROGRESS POST_SCALE_UP 0/100 0/100'],
      [363.1, 'IN_PROGRESS TEST_TRAFFIC_SHIFT 0/100 100/0'],
      [393.1, 'IN_PROGRESS POST_TEST_TRAFFIC_SHIFT 0/100 100/0'],
    ])
    await rehearsal.stop(second)
    rehearsal.to(500)
    expect(await rehearsal.row(second)).toBe('ROLLBACK_SUCCESSFUL POST_TEST_TRAFFIC_SHIFT 0/100 0/100')
    expect((await rehearsal.service()).taskDefinition).toMatch(/web:2$/)
  }))

test('the ids of pauses of a deployment that was replaced are dead', () => {
  const lifecycleHooks = [{ targetType: 'PAUSE' as const, lifecycleStages: ['POST_SCALE_UP' as const] }]
  return withNativeRehearsal(nativeScenario({ config: { lifecycleHooks } }), async (rehearsal) => {
    const first = await rehearsal.release()
    rehearsal.to(100)
    const [hook] = (await rehearsal.deployment(first)).lifecycleHookDetails ?? []
    await rehearsal.release()
    const unavailable = { message: expect.stringContaining('either completed, unavailable') }
    await expect(rehearsal.proceed(first, hook?.hookId)).rejects.toMatchObject(unavailable)
  })
})

test('an update during a rollback waits until that is over', () =>
  withNativeRehearsal(nativeScenario(), async (rehearsal) => {
    const first = await rehearsal.release()
    rehearsal.to(50)
    await rehearsal.stop(first)
    rehearsal.to(60)
    const second = await rehearsal.release()
    await expectCourse(rehearsal, second, [
      [60, 'PENDING - 100/0 100/0'],
      [81, 'IN_PROGRESS PRE_SCALE_UP 100/0 100/0'],
    ])
    expect((await rehearsal.service()).taskDefinition).toMatch(/web:3$/)
  }))

test('N13, N14: an update that changes nothing starts nothing, unless it is forced', () =>
  withNativeRehearsal(nativeScenario(), async ({ ecs, update, service }) => {
    const before = (await service()).deployments?.[0]?.id
    expect((await update({ taskDefinition: 'web:1' })).deployments).toMatchObject([{ id: before }])
    expect((await update({ taskDefinition: 'web' })).deployments).toMatchObject([{ id: before }])
    await ecs.registerTaskDefinition(WEB_2)
    const first = await update({ taskDefinition: 'web:2' })
    const again = await update({ taskDefinition: 'web:2' })
    expect(again.deployments?.[0]?.id).toBe(first.deployments?.[0]?.id)
    const forced = await update({ taskDefinition: 'web:2', forceNewDeployment: true })
    expect(forced.deployments?.[0]?.id).not.toBe(first.deployments?.[0]?.id)
  }))

test('N15: the desired count or the configuration alone starts no deployment', () =>
  withNativeRehearsal(nativeScenario(), async ({ update, to, service }) => {
    const before = (await service()).deployments?.[0]?.id
    await update({ desiredCount: 3 })
    await update({ deploymentConfiguration: { bakeTimeInMinutes: 1 } })
    to(60)
    const { deployments, deploymentConfiguration, runningCount } = await service()
    expect(deployments).toMatchObject([{ id: before, desiredCount: 3 }])
    expect(runningCount).toBe(3)
    expect(deploymentConfiguration).toMatchObject({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 1 })
    expect(deploymentConfiguration?.alarms?.alarmNames).toEqual(['web-5xx'])
  }))

test('a configuration in the same request is that of the deployment, which keeps it', () =>
  withNativeRehearsal(nativeScenario(), async ({ ecs, update, arnOf, deployment, to }) => {
    await ecs.registerTaskDefinition(WEB_2)
    const arn = arnOf(await update({ taskDefinition: 'web:2', deploymentConfiguration: { bakeTimeInMinutes: 0 } }))
    await update({ deploymentConfiguration: { bakeTimeInMinutes: 30 } })
    to(200)
    expect(await deployment(arn)).toMatchObject({
      status: 'SUCCESSFUL',
      deploymentConfiguration: { bakeTimeInMinutes: 0 },
    })
  }))

test('a hook that a service describes has its defaults', () => {
  const { targetType, ...hook } = nativeHook('validate', 'PRE_SCALE_UP')
  return withNativeRehearsal(nativeScenario({ config: { lifecycleHooks: [hook] } }), async ({ service }) => {
    expect((await service()).deploymentConfiguration?.lifecycleHooks).toEqual([
      { ...hook, targetType, timeoutConfiguration: { timeoutInMinutes: 1440, action: 'ROLLBACK' } },
    ])
  })
})

test('N18: rules that somebody pointed to the empty target group mix both versions, and ECS says SUCCESSFUL', () => {
  const course = { ruleEdits: [{ atSeconds: 1, production: [0, 100] as const, test: 1 as const }] }
  return withNativeRehearsal(nativeScenario({ course }), async (rehearsal) => {
    rehearsal.to(10)
    const arn = await rehearsal.release()
    rehearsal.to(120)
    expect(await rehearsal.row(arn)).toBe('IN_PROGRESS PRODUCTION_TRAFFIC_SHIFT 100/0 100/0')
    const { service } = rehearsal.simulator.lane('demo:web') ?? {}
    expect(service?.taskSets.map(({ targetGroup }) => targetGroup)).toEqual([0, 0])
    rehearsal.to(600)
    expect(await rehearsal.row(arn)).toBe('SUCCESSFUL CLEAN_UP 100/0 100/0')
  })
})

const REFUSED: [string, Omit<UpdateServiceRequest, 'cluster' | 'service'>, string][] = [
  ['a revision that does not exist', { taskDefinition: 'web:9' }, 'TaskDefinition not found.'],
  [
    'a pause where traffic shifts',
    {
      deploymentConfiguration: {
        lifecycleHooks: [{ targetType: 'PAUSE', lifecycleStages: ['PRODUCTION_TRAFFIC_SHIFT'] }],
      },
    },
    'Invalid lifecycle stage provided for Pause Hook',
  ],
  [
    'a hook of an unknown type',
    { deploymentConfiguration: { lifecycleHooks: [{ targetType: 'QUEUE' as never }] } },
    'Invalid targetType. Valid values are: AWS_LAMBDA, PAUSE',
  ],
  [
    'load balancers without advanced configuration',
    { loadBalancers: [{ targetGroupArn: 'arn', containerName: 'web', containerPort: 8080 }] },
    'advancedConfiguration field is required for all loadBalancers when using a non-ROLLING deployment strategy',
  ],
]

test.each(REFUSED)('%s is refused with nothing done', (_, input, message) =>
  withNativeRehearsal(nativeScenario(), async ({ update, service, complaints }) => {
    const before = await service()
    await expect(update({ desiredCount: 5, ...input })).rejects.toMatchObject({ message })
    const { events, ...after } = await service()
    expect(before).toMatchObject(after)
    expect(complaints).toEqual([])
  }),
)

test('events tell what ECS did, in its words', () =>
  withNativeRehearsal(nativeScenario(), async ({ release, events, to }) => {
    await release()
    to(600)
    const told = (await events()).map((message) =>
      message
        .replace(/\(task \w+\)/g, '(task)')
        .replace(/\d{19}/g, 'N')
        .replace(/arn:[^)]*/, 'ARN'),
    )
    expect(told.slice(-8)).toEqual([
      '(service web) has started 2 tasks: (task) (task).',
      '(service web) registered 1 targets in (target-group ARN)',
      '(service web) registered 1 targets in (target-group ARN)',
      '(service web, taskSet ecs-svc/N) has begun draining connections on 2 tasks.',
      '(service web) has stopped 2 running tasks: (task) (task).',
      '(service web) deregistered 2 targets in (target-group ARN)',
      '(service web) (deployment ecs-svc/N) deployment completed.',
      '(service web) has reached a steady state.',
    ])
  }))
