import type { Service } from '@aws-sdk/client-ecs'
import { describe, expect, test } from '@jest/globals'
import { isTrouble, readTaskSet, resolveService, serviceEvents } from '../../src/service/service.ts'

const ARN = 'arn:aws:ecs:eu-central-1:111122223333'

/** A service in the middle of a shift, from aws-facts §8.4. */
const SERVICE: Service = {
  serviceArn: `${ARN}:service/prod/web`,
  serviceName: 'web',
  clusterArn: `${ARN}:cluster/prod`,
  status: 'ACTIVE',
  desiredCount: 2,
  deploymentController: { type: 'CODE_DEPLOY' },
  loadBalancers: [{ containerName: 'as-created', containerPort: 80 }],
  events: [{ id: 'e-1', createdAt: new Date(0), message: '(service web) has reached a steady state.' }],
  taskSets: [
    {
      id: 'ecs-svc/2',
      status: 'ACTIVE',
      externalId: 'd-NEW',
      taskDefinition: `${ARN}:task-definition/web:42`,
      computedDesiredCount: 2,
      pendingCount: 1,
      runningCount: 1,
      loadBalancers: [{ containerName: 'web', containerPort: 9090 }],
    },
    {
      id: 'ecs-svc/1',
      status: 'PRIMARY',
      externalId: 'd-OLD',
      taskDefinition: `${ARN}:task-definition/web:41`,
      computedDesiredCount: 2,
      pendingCount: 0,
      runningCount: 2,
      loadBalancers: [{ containerName: 'web', containerPort: 8080 }],
    },
  ],
}

function resolve(change: Partial<Service>) {
  const { service, problems } = resolveService('prod', 'web', {
    service: { ...SERVICE, ...change },
    failureReason: undefined,
  })
  return { service, problems }
}

/** The reason and the sentence of the only problem. */
function refusal(change: Partial<Service>): [string | undefined, string | undefined] {
  const { service, problems } = resolve(change)
  expect([service, problems.length]).toEqual([undefined, 1])
  return [problems[0]?.reason, problems[0]?.sentence]
}

describe('a service that CodeDeploy releases', () => {
  test('is what its PRIMARY task set says', () => {
    expect(resolve({})).toEqual({
      problems: [],
      service: {
        controller: 'CODE_DEPLOY',
        arn: `${ARN}:service/prod/web`,
        partition: 'aws',
        region: 'eu-central-1',
        account: '111122223333',
        name: 'web',
        clusterName: 'prod',
        desiredCount: 2,
        tags: {},
        container: { name: 'web', port: 8080 },
        otherContainers: [],
        primary: {
          id: 'ecs-svc/1',
          taskDefinitionArn: `${ARN}:task-definition/web:41`,
          deploymentId: 'd-OLD',
          properties: {},
        },
        taskSets: [
          {
            id: 'ecs-svc/2',
            taskDefinitionArn: `${ARN}:task-definition/web:42`,
            deploymentId: 'd-NEW',
            status: 'ACTIVE',
            running: 1,
            pending: 1,
            desired: 2,
          },
          {
            id: 'ecs-svc/1',
            taskDefinitionArn: `${ARN}:task-definition/web:41`,
            deploymentId: 'd-OLD',
            status: 'PRIMARY',
            running: 2,
            pending: 0,
            desired: 2,
          },
        ],
        events: [{ id: 'e-1', message: '(service web) has reached a steady state.' }],
      },
    })
  })

  test.each([undefined, []])('has the container it was created with when its task set tells %j', (loadBalancers) => {
    const primary = {
      id: 'ecs-svc/1',
      status: 'PRIMARY',
      taskDefinition: 'web:1',
      ...(loadBalancers && { loadBalancers }),
    }
    expect(resolve({ taskSets: [primary] }).service).toMatchObject({
      container: { name: 'as-created', port: 80 },
      primary: { deploymentId: undefined },
    })
  })

  test('is in the cluster that was asked for when ECS does not tell, in any partition', () => {
    const { clusterArn: _, ...withoutCluster } = SERVICE
    const service = { ...withoutCluster, serviceArn: 'arn:aws-cn:ecs:cn-north-1:1:service/web' }
    const cluster = 'arn:aws-cn:ecs:cn-north-1:1:cluster/shop'
    expect(resolveService(cluster, 'web', { service, failureReason: undefined }).service).toMatchObject({
      clusterName: 'shop',
      partition: 'aws-cn',
      region: 'cn-north-1',
    })
  })
})

describe('a service is refused', () => {
  test.each([
    [
      'MISSING',
      'web',
      "Service 'web' was not found in cluster 'prod' (MISSING). Check 'service', 'cluster' and the region.",
    ],
    [
      undefined,
      `${ARN}:service/prod/web`,
      `Service '${ARN}:service/prod/web' was not found in cluster 'prod' (MISSING). Check 'service', 'cluster' and the region.`,
    ],
    [
      'ACCESS\n::error::x',
      'web',
      "Service 'web' was not found in cluster 'prod' (ACCESS ::error::x). Check 'service', 'cluster' and the region.",
    ],
  ])('when ECS answers %j instead of it', (failureReason, name, sentence) => {
    expect(resolveService('prod', name, { service: undefined, failureReason })).toEqual({
      service: undefined,
      problems: [{ reason: 'not-found', sentence }],
    })
  })

  test.each([
    ['DRAINING', "Service 'web' is DRAINING; only an ACTIVE service can be released."],
    ['INACTIVE', "Service 'web' is INACTIVE; only an ACTIVE service can be released."],
  ])('when it is %s', (status, sentence) => {
    expect(refusal({ status })).toEqual(['unsupported-service', sentence])
  })

  test.each<[string, Partial<Service>, string]>([
    [
      'ECS without a strategy',
      { deploymentController: { type: 'ECS' } },
      "Service 'web' is deployed by ECS with the strategy ROLLING, which replaces tasks in place. Set its strategy to BLUE_GREEN, LINEAR or CANARY, or use aws-actions/amazon-ecs-deploy-task-definition.",
    ],
    [
      'nothing, which means ECS, with its own blue/green',
      { deploymentController: undefined, deploymentConfiguration: { strategy: 'BLUE_GREEN' } } as Partial<Service>,
      "Service 'web' has no deployment, so there is nothing to shift traffic from.",
    ],
    [
      'ECS with a canary',
      { deploymentController: { type: 'ECS' }, deploymentConfiguration: { strategy: 'CANARY' } },
      "Service 'web' has no deployment, so there is nothing to shift traffic from.",
    ],
    [
      'EXTERNAL',
      { deploymentController: { type: 'EXTERNAL' } },
      "Service 'web' has the deployment controller EXTERNAL, neither CODE_DEPLOY nor ECS, so this action cannot release it.",
    ],
  ])('when its controller is %s', (_, change, sentence) => {
    expect(refusal(change)).toEqual(['unsupported-service', sentence])
  })

  test('for everything that speaks against it', () => {
    const { problems } = resolve({ status: 'DRAINING', deploymentController: { type: 'ECS' } })
    expect(problems.map(({ sentence }) => sentence)).toEqual([
      expect.stringContaining('is DRAINING'),
      expect.stringContaining('deployed by ECS with the strategy ROLLING'),
    ])
  })

  test.each<[string, Partial<Service>]>([
    ['no task set', { taskSets: [] }],
    ['no PRIMARY one', { taskSets: [{ id: 'a', status: 'ACTIVE', taskDefinition: 'web:1' }] }],
  ])('when it has %s', (_, change) => {
    expect(refusal(change)).toEqual([
      'unsupported-service',
      "Service 'web' has no PRIMARY task set, so there is nothing to shift traffic from.",
    ])
  })

  test('when it has no load balancer', () => {
    const taskSets = [{ id: 'a', status: 'PRIMARY', taskDefinition: 'web:1' }]
    expect(refusal({ taskSets, loadBalancers: [] })).toEqual([
      'unsupported-service',
      "Service 'web' has no load balancer, which a blue/green release needs.",
    ])
  })

  test('with a reason when its ARN is none', () => {
    expect(resolve({ serviceArn: 'web' }).problems).not.toEqual([])
  })
})

test('a task set that tells nothing is one without tasks', () => {
  expect(readTaskSet({})).toEqual({
    id: '',
    taskDefinitionArn: '',
    deploymentId: undefined,
    status: '',
    running: 0,
    pending: 0,
    desired: 0,
  })
})

test('the events of a service are told in the order of ECS, and there are none without a service', () => {
  const events = [{ id: 'e-2', message: 'second' }, { createdAt: new Date(0) }]
  expect(serviceEvents({ service: { events }, failureReason: undefined })).toEqual([
    { id: 'e-2', message: 'second' },
    { id: '', message: '' },
  ])
  expect(serviceEvents({ service: undefined, failureReason: 'MISSING' })).toEqual([])
})

describe('an event', () => {
  // Source: ECS Developer Guide, "Amazon ECS service event messages".
  test.each([
    '(service web) was unable to place a task because no container instance met all of its requirements.',
    '(service web) (instance i-1) (port 80) is unhealthy in (target-group web-tg) due to (reason Health checks failed)',
    '(service web) is unable to consistently start tasks successfully.',
    '(service web) operations are being throttled. Will try again later.',
    "(service web) was unable to place a task. Reason: You've reached the limit on the number of vCPUs.",
    '(service web) (deployment ecs-svc/1) deployment failed: tasks failed to start.',
  ])('tells of trouble: %s', (message) => {
    expect(isTrouble({ id: '', message })).toBe(true)
  })

  test.each([
    '(service web) has reached a steady state.',
    '(service web, taskSet ecs-svc/1) updated state to STEADY_STATE.',
    '(service web, taskSet ecs-svc/1) has begun draining connections on 1 tasks.',
    '(service web) has started 2 tasks: (task 1) (task 2).',
    '(service web) registered 1 targets in (target-group web-tg)',
    '',
  ])('tells of no trouble: %s', (message) => {
    expect(isTrouble({ id: '', message })).toBe(false)
  })

  test.each([
    '(service error-pages) has reached a steady state.',
    '(service web) registered 1 targets in (target-group failover-tg)',
  ])('tells of no trouble because something has such a name: %s', (message) => {
    expect(isTrouble({ id: '', message })).toBe(false)
  })
})
