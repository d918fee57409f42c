import type { Listener, TargetHealthDescription } from '@aws-sdk/client-elastic-load-balancing-v2'
import { expect, test } from '@jest/globals'
import { scaledClock } from '../../../tools/simulator/clock.ts'
import { scenarios } from '../../../tools/simulator/scenarios.ts'
import { startSimulator } from '../../../tools/simulator/simulator.ts'
import { APPLICATION, GROUP, type Rehearsal } from './support/rehearsal.ts'
import { type OtherServices, withOtherServices, withWholeAccount } from './support/whole-account.ts'

const PREFIX = 'arn:aws:elasticloadbalancing:us-east-1:123456789012'

async function listenerArns({ codeDeploy }: Rehearsal): Promise<{ production: string; test: string | undefined }> {
  const { deploymentGroupInfo } = await codeDeploy.getDeploymentGroup({
    applicationName: APPLICATION,
    deploymentGroupName: GROUP,
  })
  const [pair] = deploymentGroupInfo?.loadBalancerInfo?.targetGroupPairInfoList ?? []
  return {
    production: pair?.prodTrafficRoute?.listenerArns?.[0] ?? '',
    test: pair?.testTrafficRoute?.listenerArns?.[0],
  }
}

/** `web-tg-1 90, web-tg-2 10` */
function forwardOf({ DefaultActions = [] }: Listener): string {
  const groups = DefaultActions[0]?.ForwardConfig?.TargetGroups ?? []
  return groups.map(({ TargetGroupArn = '', Weight }) => `${TargetGroupArn.split('/')[1]} ${Weight}`).join(', ')
}

test('the test address is found from the test listener of the deployment group', () =>
  withWholeAccount(scenarios.success, async (account) => {
    const arns = await listenerArns(account)
    const { Listeners: [listener] = [] } = await account.elb.describeListeners({ ListenerArns: [arns.test ?? ''] })
    // Untouched by CodeDeploy: the empty target group, weight 1, no `Order` (observed in captures of listeners).
    const targetGroup = expect.stringMatching(`^${PREFIX}:targetgroup/web-tg-2/[0-9a-f]{16}$`)
    expect(listener).toEqual({
      ListenerArn: arns.test,
      LoadBalancerArn: expect.stringMatching(`^${PREFIX}:loadbalancer/app/web/[0-9a-f]{16}$`),
      Port: 8080,
      Protocol: 'HTTP',
      DefaultActions: [
        {
          Type: 'forward',
          TargetGroupArn: targetGroup,
          ForwardConfig: {
            TargetGroups: [{ TargetGroupArn: targetGroup, Weight: 1 }],
            TargetGroupStickinessConfig: { Enabled: false },
          },
        },
      ],
    })
    const { LoadBalancers } = await account.elb.describeLoadBalancers({
      LoadBalancerArns: [listener?.LoadBalancerArn ?? ''],
    })
    expect(LoadBalancers).toEqual([
      {
        LoadBalancerArn: listener?.LoadBalancerArn,
        LoadBalancerName: 'web',
        DNSName: expect.stringMatching(/^web-\d+\.us-east-1\.elb\.amazonaws\.com$/),
        CanonicalHostedZoneId: 'Z35SXDOTRQ7X7K',
        CreatedTime: expect.any(Date),
        Scheme: 'internet-facing',
        VpcId: 'vpc-0d4',
        State: { Code: 'active' },
        Type: 'application',
        AvailabilityZones: [
          { ZoneName: 'us-east-1a', SubnetId: 'subnet-0a1' },
          { ZoneName: 'us-east-1b', SubnetId: 'subnet-0b2' },
        ],
        SecurityGroups: ['sg-0c3'],
        IpAddressType: 'ipv4',
      },
    ])
  }))

test('listeners show where they forward to at that moment', () =>
  withWholeAccount(scenarios['hook-fails'], async (account) => {
    const arns = await listenerArns(account)
    const forwards = async () => {
      const { Listeners = [] } = await account.elb.describeListeners({
        ListenerArns: [arns.production, arns.test ?? ''],
      })
      return Listeners.map(forwardOf)
    }
    await account.release()
    account.to(124)
    expect(await forwards()).toEqual(['web-tg-1 1', 'web-tg-2 1'])
    account.to(126)
    expect(await forwards()).toEqual(['web-tg-1 1', 'web-tg-1 0, web-tg-2 100'])
    account.to(149)
    expect(await forwards()).toEqual(['web-tg-1 100, web-tg-2 0', 'web-tg-1 0, web-tg-2 100'])
  }))

test('a production listener that CodeDeploy has moved keeps both target groups, at rest with weights 0 and 100 (observed)', () =>
  withWholeAccount(scenarios.success, async (account) => {
    const { production } = await listenerArns(account)
    await account.release()
    account.to(200)
    const { Listeners: [shifting = {}] = [] } = await account.elb.describeListeners({ ListenerArns: [production] })
    expect(forwardOf(shifting)).toBe('web-tg-1 90, web-tg-2 10')
    expect(shifting.DefaultActions?.[0]?.TargetGroupArn).toBeUndefined()
    account.to(500)
    const { Listeners: [shifted = {}] = [] } = await account.elb.describeListeners({ ListenerArns: [production] })
    expect(forwardOf(shifted)).toBe('web-tg-1 0, web-tg-2 100')
    expect(shifted.DefaultActions?.[0]).not.toHaveProperty('TargetGroupArn')
    expect(shifted.DefaultActions?.[0]).not.toHaveProperty('Order')
  }))

test('the listeners of a load balancer come in pages', () =>
  withWholeAccount(scenarios.success, async ({ elb }) => {
    const { LoadBalancers: [balancer = {}] = [] } = await elb.describeLoadBalancers({ Names: ['web'], PageSize: 1 })
    const request = { LoadBalancerArn: balancer.LoadBalancerArn, PageSize: 1 }
    const first = await elb.describeListeners(request)
    const second = await elb.describeListeners({ ...request, Marker: first.NextMarker })
    expect([...(first.Listeners ?? []), ...(second.Listeners ?? [])].map(({ Port }) => Port)).toEqual([80, 8080])
    expect(second.NextMarker).toBeUndefined()
  }))

test('a group without a test listener has one listener', () =>
  withWholeAccount(scenarios['no-hooks'], async ({ elb }) => {
    const { LoadBalancers: [balancer = {}] = [] } = await elb.describeLoadBalancers({})
    const { Listeners = [] } = await elb.describeListeners({ LoadBalancerArn: balancer.LoadBalancerArn })
    expect(Listeners.map(({ Port }) => Port)).toEqual([80])
  }))

function statesOf(descriptions: TargetHealthDescription[] = []): string[] {
  return descriptions.map(({ TargetHealth }) => [TargetHealth?.State, TargetHealth?.Reason].filter(Boolean).join(' '))
}

async function targetGroup({ service }: Rehearsal, index: number): Promise<string> {
  const { taskSets = [] } = await service()
  return taskSets[index]?.loadBalancers?.[0]?.targetGroupArn ?? ''
}

test('target health follows the tasks of the task set behind the target group', () =>
  withWholeAccount(scenarios.success, async (account) => {
    const { elb, ecs, release, to } = account
    const original = await targetGroup(account, 0)
    const states = async (arn: string) =>
      statesOf((await elb.describeTargetHealth({ TargetGroupArn: arn })).TargetHealthDescriptions)
    await release()
    to(4)
    const replacement = await targetGroup(account, 1)
    expect(await states(original)).toEqual(['healthy', 'healthy'])
    expect(await states(replacement)).toEqual([
      'initial Elb.RegistrationInProgress',
      'initial Elb.RegistrationInProgress',
    ])
    to(70)
    expect(await states(replacement)).toEqual([
      'initial Elb.InitialHealthChecking',
      'initial Elb.RegistrationInProgress',
    ])
    to(124)
    expect(await states(replacement)).toEqual(['healthy', 'healthy'])
    to(760)
    expect(await states(original)).toEqual([
      'draining Target.DeregistrationInProgress',
      'draining Target.DeregistrationInProgress',
    ])
    to(800)
    expect(await states(original)).toEqual([])

    const { TargetHealthDescriptions = [] } = await elb.describeTargetHealth({ TargetGroupArn: replacement })
    const { taskArns = [] } = await ecs.listTasks({ cluster: 'demo' })
    const { tasks = [] } = await ecs.describeTasks({ cluster: 'demo', tasks: taskArns })
    expect(TargetHealthDescriptions[0]).toEqual({
      Target: {
        Id: tasks[0]?.containers?.[0]?.networkInterfaces?.[0]?.privateIpv4Address,
        Port: 8080,
        AvailabilityZone: expect.stringMatching(/^us-east-1[ab]$/),
      },
      HealthCheckPort: '8080',
      TargetHealth: { State: 'healthy' },
    })
  }))

test('a replacement that keeps crashing is unhealthy while it runs', () =>
  withWholeAccount(scenarios['never-healthy'], async (account) => {
    await account.release()
    account.to(40)
    const TargetGroupArn = await targetGroup(account, 1)
    const { TargetHealthDescriptions } = await account.elb.describeTargetHealth({ TargetGroupArn })
    expect(statesOf(TargetHealthDescriptions)).toEqual([
      'unhealthy Target.FailedHealthChecks',
      'initial Elb.RegistrationInProgress',
    ])
  }))

test('targets that are asked for and not registered are unused', () =>
  withWholeAccount(scenarios.success, async (account) => {
    const TargetGroupArn = await targetGroup(account, 0)
    const { TargetHealthDescriptions: [known = {}] = [] } = await account.elb.describeTargetHealth({ TargetGroupArn })
    const Targets = [{ Id: known.Target?.Id }, { Id: '10.9.9.9', Port: 80 }]
    const { TargetHealthDescriptions } = await account.elb.describeTargetHealth({ TargetGroupArn, Targets })
    expect(statesOf(TargetHealthDescriptions)).toEqual(['healthy', 'unused Target.NotRegistered'])
  }))

const gone = (kind: string) => `${PREFIX}:${kind}/app/gone/0123456789abcdef`

const refusals: [string, (elb: OtherServices['elb']) => Promise<unknown>, string, string][] = [
  [
    'a listener that is not there',
    (elb) => elb.describeListeners({ ListenerArns: [gone('listener')] }),
    'ListenerNotFoundException',
    'One or more listeners not found',
  ],
  [
    'a load balancer that is not there',
    (elb) => elb.describeListeners({ LoadBalancerArn: gone('loadbalancer') }),
    'LoadBalancerNotFoundException',
    `Load balancer '${gone('loadbalancer')}' not found`,
  ],
  [
    'a load balancer name that is not there',
    (elb) => elb.describeLoadBalancers({ Names: ['gone'] }),
    'LoadBalancerNotFoundException',
    "Load balancers '[gone]' not found",
  ],
  [
    'a target group that is not there',
    (elb) => elb.describeTargetHealth({ TargetGroupArn: gone('targetgroup') }),
    'TargetGroupNotFoundException',
    `Target groups '${gone('targetgroup')}' not found`,
  ],
  [
    'an ARN of something else',
    (elb) => elb.describeTargetHealth({ TargetGroupArn: 'web-tg-1' }),
    'ValidationError',
    "'web-tg-1' is not a valid target group ARN",
  ],
  [
    'neither listeners nor a load balancer',
    (elb) => elb.describeListeners({}),
    'ValidationError',
    'You must specify either listener ARNs or a load balancer ARN',
  ],
  [
    'a page of nothing',
    (elb) => elb.describeLoadBalancers({ PageSize: 0 }),
    'ValidationError',
    "1 validation error detected: Value '0' at 'pageSize' failed to satisfy constraint: Member must have value greater than or equal to 1",
  ],
]

test.each(refusals)('%s is refused', (_, call, name, message) =>
  withWholeAccount(scenarios.success, async ({ elb }) => {
    await expect(call(elb)).rejects.toMatchObject({ name, message, $metadata: { httpStatusCode: 400 } })
  }),
)

test('with live, name and port lead to the real listeners', async () => {
  const simulator = await startSimulator({ scenario: scenarios.success, clock: scaledClock(1), live: { speed: 1 } })
  try {
    await withOtherServices(simulator.url, async ({ elb }) => {
      const { LoadBalancers: [balancer = {}] = [] } = await elb.describeLoadBalancers({ Names: ['web'] })
      const { Listeners = [] } = await elb.describeListeners({ LoadBalancerArn: balancer.LoadBalancerArn })
      const urls = Listeners.map(({ Protocol, Port }) => `${Protocol?.toLowerCase()}://${balancer.DNSName}:${Port}`)
      expect(urls).toEqual([simulator.listeners['demo:web']?.production, simulator.listeners['demo:web']?.test])
      expect(await (await fetch(urls[0] ?? '')).json()).toMatchObject({ service: 'web', taskDefinition: 'web:1' })
      // Nothing is behind the test listener before the first release (observed).
      expect((await fetch(urls[1] ?? '')).status).toBe(503)
    })
  } finally {
    await simulator.close()
  }
})
