import type { BlueGreenDeploymentConfiguration, LoadBalancerInfo } from '@aws-sdk/client-codedeploy'
import { listenerArn, targetGroupName } from '../names.ts'
import type { Wire } from '../protocol/operation.ts'
import type { GroupSeed, World } from '../scenario.ts'

/** The settings of a deployment group that its own description and those of its deployments both show. */
export function groupSettings(world: World, group: GroupSeed) {
  return {
    deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' } as const,
    blueGreenDeploymentConfiguration: blueGreenConfiguration(group),
    loadBalancerInfo: loadBalancerInfo(world, group),
  }
}

function blueGreenConfiguration(group: GroupSeed): Wire<BlueGreenDeploymentConfiguration> {
  return {
    terminateBlueInstancesOnDeploymentSuccess: {
      action: 'TERMINATE',
      terminationWaitTimeInMinutes: group.terminationWaitMinutes,
    },
    deploymentReadyOption: { actionOnTimeout: group.ready.action, waitTimeInMinutes: group.ready.waitMinutes },
  }
}

function loadBalancerInfo(world: World, group: GroupSeed): Wire<LoadBalancerInfo> {
  const { cluster, service, testListener } = group
  const named = { cluster, name: service }
  return {
    targetGroupPairInfoList: [
      {
        targetGroups: [{ name: targetGroupName(service, 0) }, { name: targetGroupName(service, 1) }],
        prodTrafficRoute: { listenerArns: [listenerArn(world, named, 'production')] },
        ...(testListener && { testTrafficRoute: { listenerArns: [listenerArn(world, named, 'test')] } }),
      },
    ],
  }
}
