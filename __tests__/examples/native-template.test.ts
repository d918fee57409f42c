import { describe, expect, test } from '@jest/globals'
import { checkConfiguration } from '../../tools/simulator/operations/native-update.ts'
import { ecsSchema } from '../../tools/simulator/protocol/schema.ts'
import { inspect, shapeOf } from '../../tools/simulator/protocol/shape.ts'
import type { Stack } from '../support/stack.ts'
import { grants, trusted } from '../support/stack-roles.ts'
import { serviceRequest } from '../support/stack-scenario.ts'
import { nativeStack, releaseStack } from '../support/stacks.ts'

const ROLES = ['plan', 'release', 'watch', 'stop', 'promote', 'rollback', 'push']

function roleOf(operation: string): string {
  return `${operation.charAt(0).toUpperCase()}${operation.slice(1)}Role`
}

describe('the service of native.yaml', () => {
  test.each([
    ['by default', {}, { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 15 }],
    ['with BakeMinutes', { BakeMinutes: 0 }, { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 0 }],
    [
      'as canary',
      { Strategy: 'CANARY' },
      { strategy: 'CANARY', canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 5 } },
    ],
    [
      'as linear',
      { Strategy: 'LINEAR', StepPercent: 25, StepMinutes: 2 },
      { strategy: 'LINEAR', linearConfiguration: { stepPercent: 25, stepBakeTimeInMinutes: 2 } },
    ],
  ])('is one that ECS takes, with no member that it does not know: %s', (_, given, expected) => {
    const { ServiceName, ...properties } = nativeStack(given).only('AWS::ECS::Service')
    const request = { serviceName: ServiceName, ...serviceRequest(properties) }
    const { misfits, unknownMembers } = inspect(shapeOf(ecsSchema('CreateService')[4]), request)
    expect([misfits, unknownMembers]).toEqual([[], []])
    const { deploymentConfiguration, deploymentController } = request
    expect(deploymentController).toEqual({ type: 'ECS' })
    checkConfiguration(deploymentConfiguration ?? {})
    expect(deploymentConfiguration).toMatchObject(expected)
    const steps = ['canaryConfiguration', 'linearConfiguration'].filter((name) => !Object.hasOwn(expected, name))
    for (const name of steps) expect(deploymentConfiguration).not.toHaveProperty(name)
  })

  test('is given back when its function, an alarm or tasks fail', () => {
    const { deploymentConfiguration } = serviceRequest(nativeStack().only('AWS::ECS::Service'))
    expect(deploymentConfiguration).toMatchObject({
      deploymentCircuitBreaker: { enable: true, rollback: true },
      alarms: { alarmNames: ['web-5xx'], enable: true, rollback: true },
      lifecycleHooks: [
        {
          targetType: 'AWS_LAMBDA',
          hookTargetArn: 'arn:aws:lambda:us-east-1:123456789012:function:CodeDeployHook_validate',
          roleArn: 'arn:aws:iam::123456789012:role/HookInvocationRole',
          lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'],
        },
      ],
    })
  })

  test('pauses at the test listener when it is told for how long', () => {
    const hooks = (given: Record<string, number>) =>
      serviceRequest(nativeStack(given).only('AWS::ECS::Service')).deploymentConfiguration?.lifecycleHooks?.slice(1)
    expect(hooks({})).toEqual([])
    expect(hooks({ PauseMinutes: 60 })).toEqual([
      {
        targetType: 'PAUSE',
        lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'],
        timeoutConfiguration: { timeoutInMinutes: 60, action: 'ROLLBACK' },
      },
    ])
  })

  test('takes no longer than CloudFormation waits for all of its waits together', () => {
    const longest = { PauseMinutes: 1440, BakeMinutes: 480 }
    const { deploymentConfiguration } = serviceRequest(nativeStack(longest).only('AWS::ECS::Service'))
    const hooks = deploymentConfiguration?.lifecycleHooks ?? []
    const minutes = hooks.map(({ timeoutConfiguration }) => timeoutConfiguration?.timeoutInMinutes ?? 1440)
    expect(minutes.reduce((sum, each) => sum + each, 480)).toBeLessThanOrEqual(33 * 60)
  })

  test('has two rules for all requests, each with both of its target groups and all weight on the first', () => {
    const stack = nativeStack()
    const { LoadBalancers } = stack.only('AWS::ECS::Service')
    expect(LoadBalancers).toEqual([
      {
        ContainerName: 'web',
        ContainerPort: 80,
        TargetGroupArn: 'web-1',
        AdvancedConfiguration: {
          AlternateTargetGroupArn: 'web-2',
          ProductionListenerRule: 'ProductionRule',
          TestListenerRule: 'TestRule',
          RoleArn: 'arn:aws:iam::123456789012:role/InfrastructureRole',
        },
      },
    ])
    const rules = stack.ofType('AWS::ElasticLoadBalancingV2::ListenerRule')
    const weighted = [
      { TargetGroupArn: 'web-1', Weight: 1 },
      { TargetGroupArn: 'web-2', Weight: 0 },
    ]
    const rule = (listener: string) => ({
      ListenerArn: listener,
      Priority: 1,
      Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['*'] } }],
      Actions: [{ Type: 'forward', ForwardConfig: { TargetGroups: weighted } }],
    })
    expect(Object.fromEntries(rules)).toEqual({
      ProductionRule: rule('ProductionListener'),
      TestRule: rule('TestListener'),
    })
  })
})

const OF_WEB = (kind: string, rest: string) => `arn:aws:ecs:us-east-1:123456789012:${kind}/prod/web${rest}`
const SERVICE = OF_WEB('service', '')
const DEPLOYMENTS = OF_WEB('service-deployment', '/*')
const REVISIONS = OF_WEB('service-revision', '/*')

/** Where production goes, before there is another deployment. */
const RULES = ['elasticloadbalancing:DescribeRules', 'elasticloadbalancing:DescribeTargetHealth']

describe('the roles of native.yaml', () => {
  const stack = nativeStack()
  const statementsOf = (role: string) => stack.ofType('AWS::IAM::Role').get(role)
  const allowed = (role: string) => [...new Set(grants(stack, role).map(({ action }) => action))].sort()

  test.each([
    ['plan', RULES],
    ['watch', ['ecs:DescribeTasks', 'ecs:ListTasks', 'logs:FilterLogEvents']],
    ['stop', ['ecs:StopServiceDeployment', 'logs:FilterLogEvents']],
    ['promote', ['ecs:ContinueServiceDeployment', 'ecs:StopServiceDeployment', 'logs:FilterLogEvents']],
    [
      'release',
      [
        ...RULES,
        'elasticloadbalancing:DescribeListeners',
        'ecs:DescribeTasks',
        'ecs:ListTasks',
        'ecs:RegisterTaskDefinition',
        'ecs:StopServiceDeployment',
        'ecs:TagResource',
        'ecs:UpdateService',
        'elasticloadbalancing:DescribeLoadBalancers',
        'iam:PassRole',
        'logs:FilterLogEvents',
      ],
    ],
    [
      'rollback',
      [
        ...RULES,
        'ecs:ContinueServiceDeployment',
        'ecs:DescribeTasks',
        'ecs:ListTasks',
        'ecs:StopServiceDeployment',
        'ecs:UpdateService',
        'iam:PassRole',
        'logs:FilterLogEvents',
      ],
    ],
  ])('let %s read the service and its deployments, and do what it is for: %j', (operation, more) => {
    const readings = [
      'ecs:DescribeServiceDeployments',
      'ecs:DescribeServiceRevisions',
      'ecs:DescribeServices',
      'ecs:DescribeTaskDefinition',
      'ecs:ListServiceDeployments',
      'lambda:GetFunctionConfiguration',
    ]
    expect(allowed(roleOf(operation))).toEqual([...readings, ...more].sort())
    expect(statementsOf(roleOf(operation))).toMatchObject({ RoleName: `${operation}-web` })
  })

  test('reach no service but their own, and pass no roles but those of its tasks', () => {
    const all = ROLES.flatMap((operation) => grants(stack, roleOf(operation)))
    const writes = /^ecs:(UpdateService|StopServiceDeployment|ContinueServiceDeployment)$/
    const written = all.filter(({ action }) => writes.test(action)).map(({ resource }) => resource)
    expect([...new Set(written)].sort()).toEqual([DEPLOYMENTS, SERVICE].sort())
    const passed = all.filter(({ action }) => action === 'iam:PassRole')
    expect(new Set(passed.map(({ resource }) => resource.split('/')[1]))).toEqual(
      new Set(['TaskRole', 'ExecutionRole']),
    )
    expect(new Set(passed.map(({ condition }) => JSON.stringify(condition)))).toEqual(
      new Set([JSON.stringify({ StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } })]),
    )
    expect(all.filter(({ action }) => action.startsWith('codedeploy:'))).toEqual([])
  })

  test('let ECS itself move traffic and call the function, and the function read what is shipped', () => {
    const trust = { Principal: { Service: 'ecs.amazonaws.com' }, Action: 'sts:AssumeRole', Effect: 'Allow' }
    for (const role of ['InfrastructureRole', 'HookInvocationRole']) {
      expect(statementsOf(role)).toMatchObject({ AssumeRolePolicyDocument: { Statement: [trust] } })
    }
    expect(statementsOf('InfrastructureRole')?.['ManagedPolicyArns']).toEqual([
      'arn:aws:iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers',
    ])
    const { FunctionName } = stack.only('AWS::Lambda::Function')
    expect(grants(stack, 'HookInvocationRole')).toEqual([
      {
        action: 'lambda:InvokeFunction',
        resource: `arn:aws:lambda:us-east-1:123456789012:function:${FunctionName}`,
        condition: undefined,
      },
    ])
    expect(grants(stack, 'HookRole').map(({ action, resource }) => [action, resource])).toEqual([
      ['ecs:DescribeServiceRevisions', REVISIONS],
      ['ecs:DescribeServiceRevisions', SERVICE],
    ])
  })

  test.each([
    {},
    { GitHubRepositoryWithIds: 'example@1/shop@2', RollbackEnvironment: 'on-call' },
    { ReleaseTags: 'v*', Branch: 'trunk', Environment: 'live' },
  ])('are trusted to the same jobs as those of release.yaml: %j', (given) => {
    for (const operation of ROLES) {
      const role = roleOf(operation)
      expect([role, trusted(nativeStack(given), role)]).toEqual([role, trusted(releaseStack(given), role)])
    }
  })

  test('have the names of release.yaml, as everything else that a workflow names', () => {
    const named = (one: Stack) => one.names().filter((name) => !name.startsWith('AWS::CodeDeploy::'))
    expect(named(nativeStack())).toEqual(named(releaseStack()))
    const second = { ServiceName: 'api', HookName: 'CodeDeployHook_validate_api', CreateCluster: 'false' }
    expect(named(nativeStack(second)).filter((name) => named(nativeStack()).includes(name))).toEqual([])
  })
})
