import { createHash } from 'node:crypto'
import type { LifecycleHook } from '../inputs/hooks.ts'
import { LIFECYCLE_HOOKS } from '../inputs/hooks.ts'
import type { AppSpecFile } from './app-spec-file.ts'

/** What the AppSpec is built from once it is known which of input, file and service decides. */
export interface AppSpecPlan {
  containerName: string
  containerPort: number
  hooks: Partial<Record<LifecycleHook, string>>
  file: AppSpecFile | undefined
  /** `Properties` beside the task definition and the load balancer, in documented case. */
  properties: object
}

/** An AppSpec as CreateDeployment takes it. */
export interface AppSpec {
  content: string
  /** SHA-256 of exactly the bytes of `content`, lower-case hex. */
  sha256: string
}

/**
 * Builds the AppSpec of a deployment as JSON, keys in documented case.
 * Source: CodeDeploy User Guide, "AppSpec file structure for Amazon ECS deployments". The version is the text `0.0`
 * because JSON cannot keep the number's zero; observed to be accepted (cdk-ecs-codedeploy).
 */
export function buildAppSpec(plan: AppSpecPlan, taskDefinitionArn: string): AppSpec {
  const hooks = LIFECYCLE_HOOKS.flatMap((event) => {
    const hookFunction = plan.hooks[event]
    return hookFunction === undefined ? [] : [{ [event]: hookFunction }]
  })
  const content = JSON.stringify({
    version: '0.0',
    Resources: [
      {
        [plan.file?.resourceName ?? 'TargetService']: {
          Type: 'AWS::ECS::Service',
          Properties: {
            TaskDefinition: taskDefinitionArn,
            LoadBalancerInfo: {
              ContainerName: plan.containerName,
              ContainerPort: plan.containerPort,
              ...plan.file?.otherLoadBalancerMembers,
            },
            ...plan.properties,
          },
          ...plan.file?.otherResourceMembers,
        },
      },
    ],
    ...(hooks.length === 0 ? {} : { Hooks: hooks }),
    ...plan.file?.otherMembers,
  })
  return { content, sha256: createHash('sha256').update(content).digest('hex') }
}
