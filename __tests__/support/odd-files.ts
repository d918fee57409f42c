import { type Oddity, withOddity } from './odd-values.ts'

/** Never to be told, wherever it stands. */
export const SECRET = 'hunter2-do-not-tell'

/** A task definition file with a value that must not be told. */
export const TASK_DEFINITION = {
  family: 'web',
  networkMode: 'awsvpc',
  cpu: '256',
  memory: '512',
  requiresCompatibilities: ['FARGATE'],
  executionRoleArn: 'arn:aws:iam::123456789012:role/execution',
  containerDefinitions: [
    {
      name: 'web',
      image: 'registry.example/web:1.0.0',
      essential: true,
      portMappings: [{ containerPort: 8080, protocol: 'tcp' }],
      environment: [{ name: 'PASSWORD', value: SECRET }],
      dockerLabels: { team: 'shop' },
    },
  ],
}

/** An AppSpec file that fits the simulator's service. */
export const APP_SPEC = {
  version: '0.0',
  Resources: [
    {
      TargetService: {
        Type: 'AWS::ECS::Service',
        Properties: {
          TaskDefinition: '<TASK_DEFINITION>',
          LoadBalancerInfo: { ContainerName: 'web', ContainerPort: 8080 },
        },
      },
    },
  ],
  Hooks: [{ AfterAllowTestTraffic: 'CodeDeployHook_validate' }],
}

/** The text of a file with these oddities; JSON is YAML too. */
export function changed(document: object, oddities: readonly Oddity[]): string {
  const copy: unknown = JSON.parse(JSON.stringify(document))
  return JSON.stringify(oddities.reduce(withOddity, copy)) ?? ''
}
