import type { DeploymentConfiguration } from '@aws-sdk/client-ecs'
import { serviceDeploymentIdOf } from '../../native/names.ts'
import { changeService, type Lane, primaryTaskSet } from '../lane.ts'
import type { Rules } from '../rules.ts'
import { drain } from '../task-set.ts'
import type { Revision } from './native-service.ts'
import { newServiceDeployment } from './new-service-deployment.ts'

/**
 * A service of CodeDeploy becomes one that ECS deploys. Its PRIMARY task set becomes a revision without a restart, and
 * any other is taken away (assumed: AWS does not say what becomes of them).
 */
export function adoptService(
  lane: Lane,
  rules: Rules,
  { config, testRule }: { config: DeploymentConfiguration; testRule: boolean },
  atMs: number,
): Lane {
  const { service } = lane
  const primary = primaryTaskSet(lane)
  if (!service || !primary) return lane
  const number = primary.id.replace('ecs-svc/', '')
  const revision: Revision = {
    number,
    taskDefinitionArn: primary.taskDefinitionArn,
    targetGroup: primary.targetGroup,
    createdMs: primary.createdMs,
    requested: service.desiredCount,
    kept: true,
    failedTasks: 0,
  }
  const first = newServiceDeployment(
    {
      id: serviceDeploymentIdOf(...rules.idSeed, service.seed.cluster, service.seed.name, number),
      revision: number,
      createdMs: primary.createdMs,
      config,
      sources: [],
      liveTargetGroup: primary.targetGroup,
    },
    service.desiredCount,
  )
  const finishedMs = primary.steadyMs ?? primary.createdMs
  const deployments = [{ ...first, status: 'SUCCESSFUL' as const, startedMs: primary.createdMs, finishedMs }]
  const { drain: drainMs } = rules.timingsMs
  const taskSets = service.taskSets.map((taskSet) =>
    taskSet === primary || taskSet.goneMs !== undefined ? taskSet : drain(taskSet, atMs, drainMs),
  )
  const seed = { ...service.seed, controller: 'ECS' as const, native: { deploymentConfiguration: config, testRule } }
  const adopted = changeService(lane, {
    seed,
    taskSets,
    test: testRule ? (service.test ?? primary.targetGroup) : undefined,
  })
  return {
    ...adopted,
    native: {
      config,
      loadBalancer: 'application',
      testRule,
      rulesDeleted: false,
      editsMade: rules.native.course.ruleEdits?.length ?? 0,
      revisions: [revision],
      deployments,
      primary: number,
    },
  }
}
