import { expect, test } from '@jest/globals'
import { SIMULATION_START_MS } from '../../../tools/simulator/clock.ts'
import type { Scenario, ServiceSeed } from '../../../tools/simulator/scenario.ts'
import { baseScenario, withGroup } from '../../../tools/simulator/scenarios.ts'
import { APPLICATION, GROUP, withRehearsal } from './support/rehearsal.ts'
import { appSpec } from './support/revision.ts'
import { withWholeAccount } from './support/whole-account.ts'

/** What a world can say of an account beside its services and what goes wrong. */

function withService(change: Partial<ServiceSeed>): Scenario {
  const services = baseScenario.world.services.map((seed) => ({ ...seed, ...change }))
  return { ...baseScenario, world: { ...baseScenario.world, services } }
}

test('a read that is behind shows what was, and a deployment not before it is that old', () =>
  withRehearsal({ ...baseScenario, behind: [{ operation: 'GetDeployment', seconds: 10 }] }, async (account) => {
    const { to, deployment, target } = account
    to(100)
    const id = await account.release()
    const missing = { name: 'DeploymentDoesNotExistException' }
    await expect(deployment(id)).rejects.toMatchObject(missing)
    to(109.9)
    await expect(deployment(id)).rejects.toMatchObject(missing)
    to(110)
    expect((await deployment(id)).status).toBe('Created')
    // What is not behind goes on.
    expect((await target(id)).status).toBe('InProgress')
    to(113)
    expect(await deployment(id)).toMatchObject({ status: 'InProgress', startTime: new Date('2026-08-08T12:01:43Z') })
  }))

test('reads of everything can be behind, and what writes is not', () =>
  withRehearsal({ ...baseScenario, behind: [{ operation: '*', seconds: 30 }] }, async ({ ecs, to, taskSets }) => {
    to(100)
    const { service } = await ecs.updateService({ cluster: 'demo', service: 'web', desiredCount: 5 })
    expect(service?.desiredCount).toBe(5)
    expect(await taskSets()).toEqual(['PRIMARY web:1 2+0/2 STEADY_STATE'])
    await ecs.registerTaskDefinition({ family: 'new', containerDefinitions: [{ name: 'a', image: 'a', memory: 8 }] })
    await expect(ecs.describeTaskDefinition({ taskDefinition: 'new' })).rejects.toMatchObject({
      name: 'ClientException',
    })
    to(130)
    expect(await taskSets()).toEqual(['PRIMARY web:1 2+3/5 STABILIZING'])
    expect((await ecs.describeTaskDefinition({ taskDefinition: 'new' })).taskDefinition?.revision).toBe(1)
  }))

test.each([90, -90])('an account whose clock is %i s ahead dates everything so, and happens when it would', (seconds) =>
  withRehearsal({ ...baseScenario, clockOffsetSeconds: seconds }, async ({ release, deployment, row, to }) => {
    const id = await release()
    expect((await deployment(id)).createTime?.getTime()).toBe(SIMULATION_START_MS + seconds * 1000)
    to(200)
    expect(await row(id)).toBe('InProgress InProgress SSSSSSRP 90/10')
  }),
)

const IN_S3: Scenario = {
  ...baseScenario,
  world: {
    ...baseScenario.world,
    s3Objects: [
      { bucket: 'releases', key: 'good.json', content: appSpec('web:1') },
      { bucket: 'releases', key: 'broken.yaml', content: 'version: 0.0' },
    ],
  },
}

test.each([
  ['a file that is there', 'good.json', 'JSON', undefined],
  [
    'a file that is not there',
    'gone.json',
    'JSON',
    'An AppSpec file is required, but could not be found in the revision',
  ],
  ['an archive', 'good.json', 'zip', 'An AppSpec file is required, but could not be found in the revision'],
  ['a broken file', 'broken.yaml', 'YAML', expect.stringContaining('has an invalid configuration')],
] as const)('a revision in S3 is %s', (_, key, bundleType, message) =>
  withRehearsal(IN_S3, async ({ codeDeploy, deployment, to }) => {
    const { deploymentId = '' } = await codeDeploy.createDeployment({
      applicationName: APPLICATION,
      deploymentGroupName: GROUP,
      revision: { revisionType: 'S3', s3Location: { bucket: 'releases', key, bundleType } },
    })
    to(4)
    const { status, errorInformation, revision } = await deployment(deploymentId)
    expect([status, errorInformation?.message]).toEqual([message === undefined ? 'InProgress' : 'Failed', message])
    expect(revision).toEqual({ revisionType: 'S3', s3Location: { bucket: 'releases', key, bundleType } })
  }),
)

test('listeners of a network load balancer are TCP and forward to one target group at a time', () =>
  withWholeAccount(withService({ loadBalancer: 'network' }), async ({ elb, codeDeploy, create, to }) => {
    const { LoadBalancers: [balancer = {}] = [] } = await elb.describeLoadBalancers({})
    expect(balancer).toMatchObject({
      Type: 'network',
      LoadBalancerArn: expect.stringContaining(':loadbalancer/net/web/'),
    })
    expect(balancer).not.toHaveProperty('SecurityGroups')
    const forwards = async () => {
      const { Listeners = [] } = await elb.describeListeners({ LoadBalancerArn: balancer.LoadBalancerArn })
      return Listeners.map(({ Protocol, Port, DefaultActions = [] }) => {
        const groups = DefaultActions[0]?.ForwardConfig?.TargetGroups ?? []
        return [Protocol, Port, ...groups.map(({ TargetGroupArn }) => TargetGroupArn?.split('/')[1])]
      })
    }
    expect(await forwards()).toEqual([
      ['TCP', 80, 'web-tg-1'],
      ['TCP', 8080, 'web-tg-2'],
    ])
    const { deploymentId = '' } = await codeDeploy.createDeployment({
      applicationName: APPLICATION,
      deploymentGroupName: GROUP,
      deploymentConfigName: 'CodeDeployDefault.ECSAllAtOnce',
      revision: { revisionType: 'AppSpecContent', appSpecContent: { content: appSpec('web:1') } },
    })
    to(1000)
    expect((await codeDeploy.getDeployment({ deploymentId })).deploymentInfo?.status).toBe('Succeeded')
    expect(await forwards()).toEqual([
      ['TCP', 80, 'web-tg-2'],
      ['TCP', 8080, 'web-tg-2'],
    ])
    // The group's own configuration is a canary.
    const canary = await create(appSpec('web:1'))
    to(1004)
    const { deploymentInfo } = await codeDeploy.getDeployment({ deploymentId: canary })
    expect(deploymentInfo?.errorInformation?.message).toBe(
      'Only ALB supports gradual traffic routing, use AllAtOnce Traffic routing instead when you create/update Deployment group',
    )
  }))

test('listeners with a certificate say so', () =>
  withWholeAccount(withService({ https: true }), async ({ elb }) => {
    const { LoadBalancers: [balancer = {}] = [] } = await elb.describeLoadBalancers({})
    const { Listeners = [] } = await elb.describeListeners({ LoadBalancerArn: balancer.LoadBalancerArn })
    expect(Listeners.map(({ Protocol, Port }) => `${Protocol} ${Port}`)).toEqual(['HTTPS 443', 'HTTPS 8443'])
    expect(Listeners[0]?.Certificates?.[0]?.CertificateArn).toMatch(
      /^arn:aws:acm:us-east-1:123456789012:certificate\/[0-9a-f-]{36}$/,
    )
  }))

test('a deployment that a person creates later is there from its moment on, and not at all when the group is busy', () => {
  const deployed = { cluster: 'demo', service: 'web', taskDefinition: 'web:1' }
  const later = [
    { ...deployed, atSeconds: 100, description: 'by hand' },
    { ...deployed, atSeconds: 200 },
  ]
  return withRehearsal({ ...baseScenario, later }, async ({ codeDeploy, deployment, to }) => {
    const list = async () => (await codeDeploy.listDeployments({})).deployments ?? []
    to(99)
    expect(await list()).toEqual([])
    to(300)
    const [id = '', ...others] = await list()
    expect(others).toEqual([])
    expect(await deployment(id)).toMatchObject({
      createTime: new Date(SIMULATION_START_MS + 100_000),
      creator: 'user',
      description: 'by hand',
      status: 'InProgress',
    })
  })
})

test('all at once succeeds while the load balancer finds every new target unhealthy (documented)', () => {
  const world = withGroup(baseScenario.world, { deploymentConfig: 'CodeDeployDefault.ECSAllAtOnce' })
  const replacement = { ...baseScenario.replacement, health: 'unhealthy' as const }
  return withWholeAccount({ ...baseScenario, world, replacement }, async ({ elb, release, row, service, to }) => {
    const id = await release({})
    to(500)
    expect(await row(id)).toBe('Succeeded Succeeded SSSSSSSS 0/100')
    const primary = (await service()).taskSets?.find(({ status }) => status === 'PRIMARY')
    const TargetGroupArn = primary?.loadBalancers?.[0]?.targetGroupArn
    const { TargetHealthDescriptions = [] } = await elb.describeTargetHealth({ TargetGroupArn })
    expect(TargetHealthDescriptions.map(({ TargetHealth }) => TargetHealth?.Reason)).toEqual([
      'Target.FailedHealthChecks',
      'Target.FailedHealthChecks',
    ])
  })
})
