import type { DeploymentGroupInfo } from '@aws-sdk/client-codedeploy'
import { describe, expect, test } from '@jest/globals'
import { groupProblems, groupTargets, readDeploymentGroup, readRollbackOn } from '../../src/service/deployment-group.ts'
import type { ResolvedService } from '../../src/service/service.ts'

/** From aws-facts §7.3. */
const INFO: DeploymentGroupInfo = {
  applicationName: 'web-app',
  deploymentGroupName: 'web-dg',
  deploymentConfigName: 'CodeDeployDefault.ECSCanary10Percent5Minutes',
  computePlatform: 'ECS',
  ecsServices: [{ serviceName: 'web', clusterName: 'prod' }],
  blueGreenDeploymentConfiguration: {
    terminateBlueInstancesOnDeploymentSuccess: { action: 'TERMINATE', terminationWaitTimeInMinutes: 5 },
    deploymentReadyOption: { actionOnTimeout: 'CONTINUE_DEPLOYMENT', waitTimeInMinutes: 0 },
  },
  loadBalancerInfo: {
    targetGroupPairInfoList: [
      {
        targetGroups: [{ name: 'blue' }, { name: 'green' }, {}],
        prodTrafficRoute: { listenerArns: ['arn:production'] },
        testTrafficRoute: { listenerArns: ['arn:test'] },
      },
    ],
  },
  autoRollbackConfiguration: { enabled: true, events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM'] },
  alarmConfiguration: { enabled: true, ignorePollAlarmFailure: false, alarms: [{ name: 'web-5xx' }, {}] },
  lastAttemptedDeployment: { deploymentId: 'd-Z9Y8X7W6V', createTime: new Date(1_700_000_000_000) },
}

const SERVICE = { clusterName: 'prod', name: 'web' } as ResolvedService

describe('a deployment group', () => {
  test('is read in our words', () => {
    expect(readDeploymentGroup(INFO)).toEqual({
      application: 'web-app',
      name: 'web-dg',
      deploymentConfig: 'CodeDeployDefault.ECSCanary10Percent5Minutes',
      hasTestListener: true,
      testListener: 'arn:test',
      targetGroups: ['blue', 'green'],
      holdsAtReady: false,
      readyWaitMs: 0,
      terminationWaitMs: 300_000,
      rollbackOn: ['failure', 'alarm'],
      alarms: ['web-5xx'],
      isBehindNetwork: false,
      ignoresAlarmTrouble: false,
      lastDeployment: { id: 'd-Z9Y8X7W6V', createdAtMs: 1_700_000_000_000 },
    })
  })

  test('without any setting holds nothing, waits for nothing and rolls back nothing', () => {
    expect(readDeploymentGroup({ applicationName: 'a', deploymentGroupName: 'g' })).toEqual({
      application: 'a',
      name: 'g',
      deploymentConfig: undefined,
      hasTestListener: false,
      targetGroups: [],
      holdsAtReady: false,
      readyWaitMs: 0,
      terminationWaitMs: 0,
      rollbackOn: [],
      alarms: [],
      isBehindNetwork: false,
      ignoresAlarmTrouble: false,
      lastDeployment: undefined,
    })
  })

  test.each<[string, DeploymentGroupInfo, object]>([
    [
      'holds at Ready when it stops what nobody continues',
      {
        blueGreenDeploymentConfiguration: {
          deploymentReadyOption: { actionOnTimeout: 'STOP_DEPLOYMENT', waitTimeInMinutes: 30 },
        },
      },
      { holdsAtReady: true, readyWaitMs: 1_800_000 },
    ],
    [
      'keeps the original for good when it keeps it alive',
      {
        blueGreenDeploymentConfiguration: {
          terminateBlueInstancesOnDeploymentSuccess: { action: 'KEEP_ALIVE', terminationWaitTimeInMinutes: 5 },
        },
      },
      { terminationWaitMs: undefined },
    ],
    [
      'has no test listener with an empty test route',
      { loadBalancerInfo: { targetGroupPairInfoList: [{ testTrafficRoute: { listenerArns: [] } }] } },
      { hasTestListener: false },
    ],
    [
      'watches no alarms when they are off',
      { alarmConfiguration: { enabled: false, alarms: [{ name: 'a' }] } },
      { alarms: [] },
    ],
    [
      'rolls back nothing when that is off',
      { autoRollbackConfiguration: { enabled: false, events: ['DEPLOYMENT_FAILURE'] } },
      { rollbackOn: [] },
    ],
  ])('%s', (_, info, group) => {
    expect(readDeploymentGroup(info)).toMatchObject(group)
  })
})

test('rollback events are told in our words, new ones left out', () => {
  const events = ['DEPLOYMENT_STOP_ON_REQUEST', 'DEPLOYMENT_STOP_ON_FULL_MOON', 'DEPLOYMENT_FAILURE'] as never[]
  expect(readRollbackOn({ enabled: true, events })).toEqual(['stop', 'failure'])
  expect([readRollbackOn(undefined), readRollbackOn({ events }), readRollbackOn({ enabled: true })]).toEqual([
    [],
    [],
    [],
  ])
})

test.each<[boolean, string, DeploymentGroupInfo['ecsServices']]>([
  [true, 'by name', [{ serviceName: 'web', clusterName: 'prod' }]],
  [true, 'by ARN', [{ serviceName: 'arn:aws:ecs:r:1:service/prod/web', clusterName: 'arn:aws:ecs:r:1:cluster/prod' }]],
  [true, 'by an ARN of the old form', [{ serviceName: 'arn:aws:ecs:r:1:service/web', clusterName: 'prod' }]],
  [
    true,
    'beside another',
    [
      { serviceName: 'x', clusterName: 'prod' },
      { serviceName: 'web', clusterName: 'prod' },
    ],
  ],
  [false, 'in another cluster', [{ serviceName: 'web', clusterName: 'stage' }]],
  [false, 'without its cluster, which means the default one', [{ serviceName: 'web' }]],
  [false, 'in part', [{ serviceName: 'we', clusterName: 'prod' }]],
  [false, 'not at all', []],
  [false, 'nowhere', undefined],
])('it is %s that a group releases a service it names %s', (targets, _, ecsServices) => {
  expect(groupTargets({ ...(ecsServices && { ecsServices }) }, SERVICE)).toBe(targets)
})

describe('what is wrong with a group', () => {
  test.each<[string, DeploymentGroupInfo, string[]]>([
    ['nothing when it releases the service', INFO, []],
    [
      'its platform',
      { ...INFO, computePlatform: 'Lambda' },
      ["Deployment group 'web-dg' of application 'web-app' is for Lambda, not for ECS."],
    ],
    [
      'its platform, when it is not told',
      { applicationName: 'web-app', deploymentGroupName: 'web-dg' },
      ["Deployment group 'web-dg' of application 'web-app' is for another platform, not for ECS."],
    ],
    [
      'that it releases another service',
      { ...INFO, ecsServices: [{ serviceName: 'arn:aws:ecs:r:1:service/stage/api', clusterName: 'stage' }] },
      ["Deployment group 'web-dg' of application 'web-app' releases 'stage/api', not 'prod/web'."],
    ],
    [
      'that it releases none',
      { ...INFO, ecsServices: [] },
      ["Deployment group 'web-dg' of application 'web-app' names no service, so it cannot release 'prod/web'."],
    ],
  ])('is %s', (_, info, sentences) => {
    expect(groupProblems(info, SERVICE)).toEqual(sentences.map((sentence) => ({ reason: 'group-mismatch', sentence })))
  })
})
