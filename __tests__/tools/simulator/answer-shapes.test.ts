import { expect, test } from '@jest/globals'
import type { Scenario } from '../../../tools/simulator/scenario.ts'
import { scenarios, withGroup } from '../../../tools/simulator/scenarios.ts'
import { APPLICATION, GROUP, withRehearsal } from './support/rehearsal.ts'
import { post } from './support/wire.ts'

/** Answers as they are on the wire, member for member. */

const START = Date.UTC(2026, 7, 8, 12) / 1000
const ECS_ARN = 'arn:aws:ecs:us-east-1:123456789012'
const ELB_ARN = 'arn:aws:elasticloadbalancing:us-east-1:123456789012'
const TASK_SET_ID = expect.stringMatching(/^ecs-svc\/\d{19}$/)

const GROUP_SETTINGS = {
  deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
  blueGreenDeploymentConfiguration: {
    terminateBlueInstancesOnDeploymentSuccess: { action: 'TERMINATE', terminationWaitTimeInMinutes: 5 },
    deploymentReadyOption: { actionOnTimeout: 'CONTINUE_DEPLOYMENT', waitTimeInMinutes: 0 },
  },
  loadBalancerInfo: {
    targetGroupPairInfoList: [
      {
        targetGroups: [{ name: 'web-tg-1' }, { name: 'web-tg-2' }],
        prodTrafficRoute: { listenerArns: [listener()] },
        testTrafficRoute: { listenerArns: [listener()] },
      },
    ],
  },
}

function listener() {
  return expect.stringMatching(`^${ELB_ARN}:listener/app/web/[0-9a-f]{16}/[0-9a-f]{16}$`)
}

const CREATED = {
  applicationName: APPLICATION,
  deploymentGroupName: GROUP,
  deploymentConfigName: 'CodeDeployDefault.ECSCanary10Percent5Minutes',
  deploymentId: expect.stringMatching(/^d-[A-Z0-9]{9}$/),
  status: 'Created',
  createTime: START,
  creator: 'user',
  revision: { revisionType: 'AppSpecContent', appSpecContent: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } },
  ignoreApplicationStopFailures: false,
  updateOutdatedInstancesOnly: false,
  instanceTerminationWaitTimeStarted: false,
  autoRollbackConfiguration: {
    enabled: true,
    events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'],
  },
  ...GROUP_SETTINGS,
  fileExistsBehavior: 'DISALLOW',
  deploymentStatusMessages: [],
  computePlatform: 'ECS',
}

test('GetDeployment', () =>
  withRehearsal(scenarios['hook-fails'], async ({ simulator, release, to }) => {
    const deploymentId = await release()
    const get = async (id: unknown) =>
      (await post(simulator.url, 'codedeploy', 'GetDeployment', { deploymentId: id })).body
    expect(await get(deploymentId)).toEqual({ deploymentInfo: CREATED })
    to(10)
    const running = { ...CREATED, status: 'InProgress', startTime: START + 3 }
    expect(await get(deploymentId)).toEqual({ deploymentInfo: running })
    to(145.4)
    const failed = {
      ...running,
      status: 'Failed',
      completeTime: START + 145.4,
      errorInformation: { code: 'HOOK_EXECUTION_FAILURE', message: expect.any(String) },
      deploymentOverview: { Pending: 0, InProgress: 0, Succeeded: 0, Failed: 1, Skipped: 0, Ready: 0 },
    }
    expect(await get(deploymentId)).toEqual({ deploymentInfo: failed })
    to(149)
    const rollbackInfo = { rollbackDeploymentId: expect.stringMatching(/^d-/), rollbackMessage: expect.any(String) }
    const after = (await get(deploymentId)) as { deploymentInfo: typeof failed & { rollbackInfo: typeof rollbackInfo } }
    expect(after).toEqual({ deploymentInfo: { ...failed, rollbackInfo } })
    expect(await get(after.deploymentInfo.rollbackInfo.rollbackDeploymentId)).toEqual({
      deploymentInfo: {
        ...CREATED,
        status: 'Succeeded',
        creator: 'codeDeployRollback',
        deploymentConfigName: 'CodeDeployDefault.ECSAllAtOnce',
        createTime: START + 145.9,
        startTime: START + 146.4,
        completeTime: START + 149,
        rollbackInfo: { rollbackTriggeringDeploymentId: deploymentId, rollbackMessage: expect.any(String) },
        deploymentOverview: { Pending: 0, InProgress: 0, Succeeded: 1, Failed: 0, Skipped: 0, Ready: 0 },
      },
    })
  }))

test('GetDeploymentTarget', () =>
  withRehearsal(scenarios['hook-fails'], async ({ simulator, release, to }) => {
    const deploymentId = await release()
    const request = { deploymentId, targetId: 'demo:web' }
    const get = async () => (await post(simulator.url, 'codedeploy', 'GetDeploymentTarget', request)).body
    const pending = (...names: string[]) =>
      names.map((lifecycleEventName) => ({ lifecycleEventName, status: 'Pending' }))
    to(63.45)
    expect(await get()).toEqual({
      deploymentTarget: {
        deploymentTargetType: 'ECSTarget',
        ecsTarget: {
          deploymentId,
          targetId: 'demo:web',
          targetArn: `${ECS_ARN}:service/demo/web`,
          lastUpdatedAt: START + 3.45,
          status: 'InProgress',
          lifecycleEvents: [
            { lifecycleEventName: 'BeforeInstall', startTime: START + 3, endTime: START + 3.2, status: 'Succeeded' },
            { lifecycleEventName: 'Install', startTime: START + 3.45, status: 'InProgress' },
            ...pending('AfterInstall', 'AllowTestTraffic', 'AfterAllowTestTraffic'),
            ...pending('BeforeAllowTraffic', 'AllowTraffic', 'AfterAllowTraffic'),
          ],
          taskSetsInfo: [
            {
              identifer: TASK_SET_ID,
              desiredCount: 2,
              pendingCount: 0,
              runningCount: 2,
              status: 'PRIMARY',
              trafficWeight: 100,
              targetGroup: { name: 'web-tg-1' },
              taskSetLabel: 'Blue',
            },
            {
              identifer: TASK_SET_ID,
              desiredCount: 2,
              pendingCount: 1,
              runningCount: 1,
              status: 'ACTIVE',
              trafficWeight: 0,
              targetGroup: { name: 'web-tg-2' },
              taskSetLabel: 'Green',
            },
          ],
        },
      },
    })
    to(145.4)
    const { deploymentTarget } = (await get()) as { deploymentTarget: { ecsTarget: { lifecycleEvents: unknown[] } } }
    expect(deploymentTarget.ecsTarget.lifecycleEvents.slice(4)).toEqual([
      {
        lifecycleEventName: 'AfterAllowTestTraffic',
        startTime: START + 125.4,
        endTime: START + 145.4,
        status: 'Failed',
      },
      { lifecycleEventName: 'BeforeAllowTraffic', status: 'Skipped' },
      { lifecycleEventName: 'AllowTraffic', status: 'Skipped' },
      { lifecycleEventName: 'AfterAllowTraffic', status: 'Skipped' },
    ])
  }))

test('a failed hook has diagnostics when that is assumed', () =>
  withRehearsal(
    { ...scenarios['hook-fails'], assumptions: { hookDiagnostics: true } },
    async ({ release, target, to }) => {
      const id = await release()
      to(146)
      const { lifecycleEvents = [] } = await target(id)
      expect(lifecycleEvents[4]?.diagnostics).toEqual({
        errorCode: 'UnknownError',
        scriptName: '',
        message: '',
        logTail: '',
      })
    },
  ))

test('GetDeploymentGroup', () =>
  withRehearsal(scenarios.success, async ({ simulator, release, to }) => {
    const deploymentId = await release()
    to(800)
    const request = { applicationName: APPLICATION, deploymentGroupName: GROUP }
    const last = { deploymentId, status: 'Succeeded', createTime: START, endTime: START + 748.15 }
    expect((await post(simulator.url, 'codedeploy', 'GetDeploymentGroup', request)).body).toEqual({
      deploymentGroupInfo: {
        applicationName: APPLICATION,
        deploymentGroupId: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/),
        deploymentGroupName: GROUP,
        deploymentConfigName: 'CodeDeployDefault.ECSCanary10Percent5Minutes',
        serviceRoleArn: 'arn:aws:iam::123456789012:role/ecsCodeDeployRole',
        computePlatform: 'ECS',
        ecsServices: [{ serviceName: 'web', clusterName: 'demo' }],
        ...GROUP_SETTINGS,
        autoRollbackConfiguration: CREATED.autoRollbackConfiguration,
        alarmConfiguration: { enabled: true, ignorePollAlarmFailure: false, alarms: [{ name: 'web-5xx' }] },
        targetRevision: CREATED.revision,
        lastSuccessfulDeployment: last,
        lastAttemptedDeployment: last,
        ec2TagFilters: [],
        onPremisesInstanceTagFilters: [],
        autoScalingGroups: [],
        triggerConfigurations: [],
        // Observed, as is that without alarms there is no `alarmConfiguration`.
        outdatedInstancesStrategy: 'UPDATE',
        terminationHookEnabled: false,
      },
    })
  }))

test('a group without alarms shows no configuration of alarms', () =>
  withRehearsal(
    { ...scenarios.success, world: withGroup(scenarios.success.world, { alarms: [] }) },
    async (account) => {
      const names = { applicationName: APPLICATION, deploymentGroupName: GROUP }
      const { deploymentGroupInfo } = await account.codeDeploy.getDeploymentGroup(names)
      expect(deploymentGroupInfo).not.toHaveProperty('alarmConfiguration')
    },
  ))

const AWSVPC = {
  awsvpcConfiguration: {
    subnets: ['subnet-0a1', 'subnet-0b2'],
    securityGroups: ['sg-0c3'],
    assignPublicIp: 'DISABLED',
  },
}

function taskSet(status: string, revision: number, targetGroup: number, more: Record<string, unknown>) {
  return {
    id: TASK_SET_ID,
    taskSetArn: expect.stringMatching(`^${ECS_ARN}:task-set/demo/web/ecs-svc/\\d{19}$`),
    serviceArn: `${ECS_ARN}:service/demo/web`,
    clusterArn: `${ECS_ARN}:cluster/demo`,
    status,
    taskDefinition: `${ECS_ARN}:task-definition/web:${revision}`,
    computedDesiredCount: 2,
    pendingCount: 0,
    runningCount: 2,
    createdAt: expect.any(Number),
    updatedAt: expect.any(Number),
    launchType: 'FARGATE',
    platformVersion: '1.4.0',
    platformFamily: 'Linux',
    networkConfiguration: AWSVPC,
    loadBalancers: [{ targetGroupArn: targetGroupArn(targetGroup), containerName: 'web', containerPort: 8080 }],
    serviceRegistries: [],
    scale: { value: 100, unit: 'PERCENT' },
    stabilityStatus: 'STEADY_STATE',
    stabilityStatusAt: expect.any(Number),
    tags: [],
    ...more,
  }
}

function targetGroupArn(index: number) {
  return expect.stringMatching(`^${ELB_ARN}:targetgroup/web-tg-${index}/[0-9a-f]{16}$`)
}

test('DescribeServices', () =>
  withRehearsal(scenarios.success, async ({ simulator, release, to }) => {
    const deploymentId = await release()
    to(200)
    const { body } = await post(simulator.url, 'ecs', 'DescribeServices', {
      cluster: 'demo',
      services: ['web', 'gone'],
    })
    const event = (message: unknown) => ({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      createdAt: START + 123.45,
      message,
    })
    expect(body).toEqual({
      services: [
        {
          serviceArn: `${ECS_ARN}:service/demo/web`,
          serviceName: 'web',
          clusterArn: `${ECS_ARN}:cluster/demo`,
          status: 'ACTIVE',
          desiredCount: 2,
          runningCount: 4,
          pendingCount: 0,
          launchType: 'FARGATE',
          platformVersion: 'LATEST',
          platformFamily: 'Linux',
          taskDefinition: `${ECS_ARN}:task-definition/web:1`,
          deploymentController: { type: 'CODE_DEPLOY' },
          deployments: [],
          deploymentConfiguration: { maximumPercent: 200, minimumHealthyPercent: 100 },
          schedulingStrategy: 'REPLICA',
          healthCheckGracePeriodSeconds: 0,
          loadBalancers: [{ targetGroupArn: targetGroupArn(1), containerName: 'web', containerPort: 8080 }],
          // These four are there under CodeDeploy as well (observed).
          serviceRegistries: [],
          roleArn: 'arn:aws:iam::123456789012:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS',
          placementConstraints: [],
          placementStrategy: [],
          networkConfiguration: AWSVPC,
          taskSets: [
            taskSet('PRIMARY', 1, 1, {}),
            taskSet('ACTIVE', 2, 2, { startedBy: 'CODE_DEPLOY', externalId: deploymentId }),
          ],
          events: expect.arrayContaining([
            event('(service web) has reached a steady state.'),
            event(expect.stringMatching(/^\(service web, taskSet ecs-svc\/\d+\) updated state to STEADY_STATE\.$/)),
          ]),
          createdAt: expect.any(Number),
          createdBy: 'arn:aws:iam::123456789012:role/admin',
          enableECSManagedTags: false,
          propagateTags: 'NONE',
          enableExecuteCommand: false,
          tags: [],
        },
      ],
      failures: [{ arn: `${ECS_ARN}:service/demo/gone`, reason: 'MISSING' }],
    })
  }))

function container(taskDefinition: string, more: Record<string, unknown>) {
  return {
    containerArn: expect.stringMatching(`^${ECS_ARN}:container/demo/[0-9a-f]{32}/[0-9a-f]{12}$`),
    taskArn: expect.stringMatching(`^${ECS_ARN}:task/demo/[0-9a-f]{32}$`),
    name: 'web',
    image: taskDefinition === 'web:1' ? 'registry.example/web:1.0.0' : 'registry.example/web:2.0.0',
    networkInterfaces: [
      {
        attachmentId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        privateIpv4Address: expect.stringMatching(/^10\.0\.\d+\.\d+$/),
      },
    ],
    healthStatus: 'UNKNOWN',
    ...more,
  }
}

function task(taskDefinition: string, more: Record<string, unknown>) {
  return {
    taskArn: expect.stringMatching(`^${ECS_ARN}:task/demo/[0-9a-f]{32}$`),
    clusterArn: `${ECS_ARN}:cluster/demo`,
    taskDefinitionArn: `${ECS_ARN}:task-definition/${taskDefinition}`,
    group: 'service:web',
    startedBy: TASK_SET_ID,
    launchType: 'FARGATE',
    platformVersion: '1.4.0',
    platformFamily: 'Linux',
    healthStatus: 'UNKNOWN',
    connectivity: 'CONNECTED',
    availabilityZone: 'us-east-1a',
    cpu: '256',
    memory: '512',
    createdAt: START + 3.45,
    enableExecuteCommand: false,
    version: 1,
    tags: [],
    ...more,
  }
}

test('DescribeTasks', () =>
  withRehearsal(scenarios['never-healthy'], async ({ simulator, release, to }) => {
    const all = async (desiredStatus: string) => {
      const listed = await post(simulator.url, 'ecs', 'ListTasks', { cluster: 'demo', desiredStatus })
      const { taskArns } = listed.body as { taskArns: string[] }
      const described = await post(simulator.url, 'ecs', 'DescribeTasks', { cluster: 'demo', tasks: taskArns })
      return (described.body as { tasks: unknown[] }).tasks
    }
    await release()
    to(10)
    const [running, , pending] = await all('RUNNING')
    const ran = {
      connectivityAt: expect.any(Number),
      pullStartedAt: expect.any(Number),
      pullStoppedAt: expect.any(Number),
      startedAt: expect.any(Number),
    }
    expect(running).toEqual(
      task('web:1', {
        createdAt: expect.any(Number),
        ...ran,
        desiredStatus: 'RUNNING',
        lastStatus: 'RUNNING',
        healthStatus: 'HEALTHY',
        containers: [container('web:1', { lastStatus: 'RUNNING', healthStatus: 'HEALTHY' })],
      }),
    )
    expect(pending).toEqual(
      task('web:2', {
        desiredStatus: 'RUNNING',
        lastStatus: 'PENDING',
        containers: [container('web:2', { lastStatus: 'PENDING' })],
      }),
    )
    to(70)
    expect((await all('STOPPED'))[0]).toEqual(
      task('web:2', {
        connectivityAt: START + 10.95,
        pullStartedAt: START + 10.95,
        pullStoppedAt: START + 25.95,
        startedAt: START + 33.45,
        desiredStatus: 'STOPPED',
        lastStatus: 'STOPPED',
        stoppingAt: START + 63.45,
        executionStoppedAt: START + 63.45,
        stoppedAt: START + 63.45,
        stopCode: 'EssentialContainerExited',
        stoppedReason: 'Essential container in task exited',
        containers: [
          container('web:2', {
            lastStatus: 'STOPPED',
            exitCode: 1,
            reason: "Error: Cannot find module '/app/server.js'",
          }),
        ],
      }),
    )
  }))

/** Members with nothing but words, ids and numbers, in one go. */
test('short answers', () =>
  withRehearsal(scenarios.success, async ({ simulator, release, to }) => {
    const deploymentId = await release()
    const target = { deploymentId, targetId: 'demo:web' }
    const ask = async (operation: string, input: object) =>
      (await post(simulator.url, 'codedeploy', operation, input)).body
    expect(await ask('GetApplication', { applicationName: APPLICATION })).toEqual({
      application: {
        applicationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        applicationName: APPLICATION,
        createTime: expect.any(Number),
        linkedToGitHub: false,
        computePlatform: 'ECS',
      },
    })
    const deploymentConfigName = 'CodeDeployDefault.ECSLinear10PercentEvery3Minutes'
    expect(await ask('GetDeploymentConfig', { deploymentConfigName })).toEqual({
      deploymentConfigInfo: {
        deploymentConfigId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        deploymentConfigName,
        computePlatform: 'ECS',
        createTime: expect.any(Number),
        trafficRoutingConfig: {
          type: 'TimeBasedLinear',
          timeBasedLinear: { linearPercentage: 10, linearInterval: 3 },
        },
      },
    })
    expect(await ask('ListDeployments', {})).toEqual({ deployments: [deploymentId] })
    to(500)
    expect(await ask('ListDeploymentTargets', { deploymentId })).toEqual({ targetIds: ['demo:web'] })
    const { deploymentTarget } = (await ask('GetDeploymentTarget', target)) as { deploymentTarget: unknown }
    expect(await ask('BatchGetDeploymentTargets', { deploymentId, targetIds: ['demo:web'] })).toEqual({
      deploymentTargets: [deploymentTarget],
    })
    const { deploymentInfo } = (await ask('GetDeployment', { deploymentId })) as { deploymentInfo: unknown }
    expect(await ask('BatchGetDeployments', { deploymentIds: [deploymentId, 'd-NOTHING00'] })).toEqual({
      deploymentsInfo: [deploymentInfo],
    })
    expect(await ask('StopDeployment', { deploymentId })).toEqual({
      status: 'Pending',
      statusMessage: expect.any(String),
    })
    expect(await ask('ContinueDeployment', { deploymentId, deploymentWaitType: 'TERMINATION_WAIT' })).toBeUndefined()
  }))

const noRollback = withGroup(scenarios.success.world, { rollbackOn: [] })
const NONE: string[] = []
const phases: [string, Scenario, number, string, string[]][] = [
  ['before Install', scenarios.success, 3.1, 'InProgress RPPPPPPP', ['Blue PRIMARY 100 2/2']],
  ['while a hook waits', scenarios.success, 130, 'InProgress SSSSRPPP', ['Blue PRIMARY 100 2/2', 'Green ACTIVE 0 2/2']],
  ['at Ready', scenarios['ready-wait'], 150, 'Ready SSSSSPPP', ['Blue PRIMARY 100 2/2', 'Green ACTIVE 0 2/2']],
  ['during the shift', scenarios.success, 200, 'InProgress SSSSSSRP', ['Blue PRIMARY 90 2/2', 'Green ACTIVE 10 2/2']],
  [
    'in the termination wait',
    scenarios.success,
    500,
    'Succeeded SSSSSSSS',
    ['Blue ACTIVE 0 2/2', 'Green PRIMARY 100 2/2'],
  ],
  ['at the end', scenarios.success, 750, 'Succeeded SSSSSSSS', ['Blue DRAINING 0 0/0', 'Green PRIMARY 100 2/2']],
  ['when the original is gone', scenarios.success, 800, 'Succeeded SSSSSSSS', ['Green PRIMARY 100 2/2']],
  [
    'a hook failed, rolled back',
    scenarios['hook-fails'],
    150,
    'Failed SSSSFKKK',
    ['Blue PRIMARY 100 2/2', 'Green DRAINING 0 0/0'],
  ],
  [
    'a hook failed, not rolled back',
    scenarios['hook-fails-no-rollback'],
    9000,
    'Failed SSSSFKKK',
    ['Blue PRIMARY 100 2/2', 'Green ACTIVE 0 2/2'],
  ],
  ['an alarm, rolled back', scenarios.alarm, 217, 'Failed SSSSSSFK', ['Blue PRIMARY 100 2/2', 'Green DRAINING 0 0/0']],
  [
    'stopped, not rolled back',
    { ...scenarios.stopped, world: noRollback },
    9000,
    'Failed SSSSSSFK',
    ['Blue PRIMARY 90 2/2', 'Green ACTIVE 10 2/2'],
  ],
  ['a broken AppSpec', scenarios['bad-appspec'], 4, 'DeploymentTargetDoesNotExistException', NONE],
]

test.each(phases)('the target %s', (_, scenario, seconds, status, taskSets) =>
  withRehearsal(scenario, async ({ release, row, target, to }) => {
    const id = await release()
    to(seconds)
    const shown = (await row(id)).split(' ').slice(1)
    if (taskSets.length === 0) return expect(shown.join(' ')).toBe(status)
    expect(shown.slice(0, 2).join(' ')).toBe(status)
    const { taskSetsInfo = [] } = await target(id)
    expect(
      taskSetsInfo.map((one) =>
        [one.taskSetLabel, one.status, one.trafficWeight, `${one.runningCount}/${one.desiredCount}`].join(' '),
      ),
    ).toEqual(taskSets)
  }),
)
