import type { RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'

/** The next revision of the demo service. */
export const WEB_2 = {
  family: 'web',
  networkMode: 'awsvpc',
  requiresCompatibilities: ['FARGATE'],
  cpu: '256',
  memory: '512',
  executionRoleArn: 'arn:aws:iam::123456789012:role/ecsTaskExecutionRole',
  containerDefinitions: [
    { name: 'web', image: 'registry.example/web:2.0.0', essential: true, portMappings: [{ containerPort: 8080 }] },
  ],
} satisfies RegisterTaskDefinitionRequest

/** An AppSpec as JSON, for `family:revision` of the demo account. */
export function appSpec(revision: string, hooks: Record<string, string> = {}, port: number | string = 8080): string {
  return JSON.stringify({
    version: '0.0',
    Resources: [
      {
        TargetService: {
          Type: 'AWS::ECS::Service',
          Properties: {
            TaskDefinition: `arn:aws:ecs:us-east-1:123456789012:task-definition/${revision}`,
            LoadBalancerInfo: { ContainerName: 'web', ContainerPort: port },
          },
        },
      },
    ],
    Hooks: Object.entries(hooks).map(([event, functionName]) => ({ [event]: functionName })),
  })
}
