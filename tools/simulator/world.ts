import { fileURLToPath } from 'node:url'
import { roleArn, secretArn } from './names.ts'
import type { TaskDefinitionSeed, World } from './scenario.ts'

const PLACE = { region: 'us-east-1', account: '123456789012' }

/** A hook worth copying, which serves CodeDeploy and ECS: it asks the test listener and reports what it found. */
export const VALIDATE_HANDLER = fileURLToPath(new URL('../../examples/hooks/validate.mjs', import.meta.url))

/** The account that every named scenario starts from: one service, released by one deployment group. */
export const demoWorld: World = {
  ...PLACE,
  clusters: ['default', 'demo'],
  services: [
    {
      cluster: 'demo',
      name: 'web',
      desiredCount: 2,
      controller: 'CODE_DEPLOY',
      status: 'ACTIVE',
      taskDefinition: 'web:1',
      containerName: 'web',
      containerPort: 8080,
      serve: true,
    },
  ],
  applications: [
    {
      name: 'AppECS-demo-web',
      computePlatform: 'ECS',
      groups: [
        {
          name: 'DgpECS-demo-web',
          cluster: 'demo',
          service: 'web',
          deploymentConfig: 'CodeDeployDefault.ECSCanary10Percent5Minutes',
          testListener: true,
          ready: { action: 'CONTINUE_DEPLOYMENT', waitMinutes: 0 },
          terminationWaitMinutes: 5,
          rollbackOn: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'],
          alarms: ['web-5xx'],
        },
      ],
    },
  ],
  taskDefinitions: [demoTaskDefinition(PLACE)],
  functions: [{ name: 'CodeDeployHook_validate', handlerFile: VALIDATE_HANDLER }],
  deploymentConfigs: [],
}

/** `web:1`, as an account of this place would have it. */
export function demoTaskDefinition(place: Pick<World, 'region' | 'account'>): TaskDefinitionSeed {
  return {
    revision: 1,
    status: 'ACTIVE',
    tags: [
      { key: 'service', value: 'web' },
      { key: 'team', value: 'storefront' },
    ],
    definition: {
      family: 'web',
      taskRoleArn: roleArn(place, 'web-task'),
      executionRoleArn: roleArn(place, 'ecsTaskExecutionRole'),
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      runtimePlatform: { cpuArchitecture: 'X86_64', operatingSystemFamily: 'LINUX' },
      containerDefinitions: [
        {
          name: 'web',
          image: 'registry.example/web:1.0.0',
          portMappings: [{ name: 'http', containerPort: 8080, appProtocol: 'http' }],
          environment: [
            { name: 'LOG_LEVEL', value: 'info' },
            { name: 'FEATURE_BANNER', value: '' },
          ],
          secrets: [
            {
              name: 'DATABASE_URL',
              valueFrom: secretArn(place, 'web/database-AbCdEf'),
            },
          ],
          logConfiguration: {
            logDriver: 'awslogs',
            options: {
              'awslogs-group': '/ecs/web',
              'awslogs-region': place.region,
              'awslogs-stream-prefix': 'web',
            },
          },
          healthCheck: {
            command: ['CMD-SHELL', 'curl -f http://localhost:8080/health || exit 1'],
            interval: 30,
            timeout: 5,
            retries: 3,
          },
        },
      ],
    },
  }
}
