/** A workflow that renders a task definition with the official render action and deploys it with the official deploy action. */
export interface RenderedRelease {
  /** What is special about it. */
  shape: string
  files: Record<string, string>
  /** Inputs of the render steps. Without `task-definition` a step takes what the one before has written. */
  renders: Record<string, string>[]
  /** Inputs of the deploy step but for cluster, service and `task-definition`. */
  deploy: Record<string, string>
  /** What the one step says that replaces them, but for cluster and service. */
  inputs: Record<string, string>
}

const ROLE = 'arn:aws:iam::123456789012:role/ecsTaskExecutionRole'
const SECRET = 'arn:aws:ssm:us-east-1:123456789012:parameter/web/key'
const OTHER_SECRET = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:web-db-AbCdEf'

const APP_SPEC = `version: 0.0
Resources:
  - TargetService:
      Type: AWS::ECS::Service
      Properties:
        TaskDefinition: <TASK_DEFINITION>
        LoadBalancerInfo:
          ContainerName: web
          ContainerPort: 8080
Hooks:
  - AfterAllowTestTraffic: CodeDeployHook_validate
`

/** A file with the container behind the load balancer and a worker beside it. */
function definition(web: object = {}, worker: object = {}, task: object = {}): string {
  return JSON.stringify({
    family: 'web',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    executionRoleArn: ROLE,
    containerDefinitions: [
      { name: 'web', image: 'registry.example/web:1', portMappings: [{ containerPort: 8080 }], ...web },
      { name: 'worker', image: 'registry.example/worker:1', essential: false, ...worker },
    ],
    ...task,
  })
}

/** One render step and one deploy step, whose inputs the one step has together. */
function twoSteps(
  shape: string,
  text: string,
  render: Record<string, string>,
  deploy: Record<string, string> = {},
  appSpec = { path: 'appspec.yaml', text: APP_SPEC },
): RenderedRelease {
  const file = { 'task-definition': 'task-definition.json', ...render }
  return {
    shape,
    files: { 'task-definition.json': text, [appSpec.path]: appSpec.text },
    renders: [file],
    deploy,
    inputs: { ...file, ...deploy },
  }
}

/** What the READMEs of both actions show, and what their other inputs do. */
export const RENDERED_RELEASES: RenderedRelease[] = [
  twoSteps(
    'an image',
    definition(),
    { 'container-name': 'web', image: 'registry.example/web:2' },
    { 'wait-for-service-stability': 'false' },
  ),
  twoSteps('a variable and a secret', definition({ environment: [{ name: 'LOG_LEVEL', value: 'warn' }] }), {
    'container-name': 'web',
    image: 'registry.example/web:2',
    'environment-variables': 'LOG_LEVEL=info\nURL=https://web.example/?a=b',
    secrets: `SECRET_KEY=${SECRET}\nOTHER_KEY=${OTHER_SECRET}`,
  }),
  {
    shape: 'two images, by one step after the other',
    files: { 'task-definition.json': definition(), 'appspec.yaml': APP_SPEC },
    renders: [
      {
        'task-definition': 'task-definition.json',
        'container-name': 'web',
        image: 'registry.example/web:2',
        'environment-variables': 'LOG_LEVEL=info\nSTAGE=prod',
        'docker-labels': 'SERVICE=web\nVERSION=2',
        secrets: `SECRET_KEY=${SECRET}`,
      },
      { 'container-name': 'worker', image: 'registry.example/worker:2' },
    ],
    deploy: {},
    inputs: {
      'task-definition': 'task-definition.json',
      image: 'web=registry.example/web:2\nworker=registry.example/worker:2',
      'environment-variables': 'LOG_LEVEL=info\nSTAGE=prod',
      'docker-labels': 'SERVICE=web\nVERSION=2',
      secrets: `SECRET_KEY=${SECRET}`,
    },
  },
  twoSteps('a log driver where there is none', definition(), {
    'container-name': 'web',
    image: 'registry.example/web:2',
    'log-configuration-log-driver': 'awslogs',
    'log-configuration-options':
      'awslogs-create-group=true\nawslogs-group=/ecs/web\nawslogs-region=us-east-1\nawslogs-stream-prefix=ecs',
  }),
  twoSteps(
    'an option of a log driver and a label beside others',
    definition({
      dockerLabels: { TEAM: 'web', VERSION: '1' },
      logConfiguration: {
        logDriver: 'awslogs',
        options: { 'awslogs-group': '/ecs/old', 'awslogs-region': 'us-east-1' },
      },
    }),
    {
      'container-name': 'web',
      image: 'registry.example/web:2',
      'docker-labels': 'VERSION=2',
      'log-configuration-options': 'awslogs-group=/ecs/web',
    },
  ),
  twoSteps('command, files of variables and roles', definition({ command: ['old'] }), {
    'container-name': 'web',
    image: 'registry.example/web:2',
    command: 'node server.js --port 8080',
    'env-files': 'arn:aws:s3:::config/web/prod.env\narn:aws:s3:::config/shared.env',
    'task-role-arn': 'arn:aws:iam::123456789012:role/web',
    'execution-role-arn': 'arn:aws:iam::123456789012:role/web-execution',
  }),
  twoSteps('several containers at once', definition(), {
    'container-name': 'web,worker',
    image: 'registry.example/web:2',
    'environment-variables': 'LOG_LEVEL=info',
    'docker-labels': 'VERSION=2',
    command: 'run',
  }),
  twoSteps('a container that gets no traffic', definition(), {
    'container-name': 'worker',
    image: 'registry.example/worker:2',
    'environment-variables': 'QUEUE=orders',
  }),
  {
    shape: 'a revision that ECS has',
    files: { 'appspec.yaml': APP_SPEC },
    renders: [
      {
        'task-definition-family': 'web',
        'task-definition-revision': '1',
        'container-name': 'web',
        image: 'registry.example/web:2',
      },
    ],
    deploy: {},
    inputs: {
      'task-definition-family': 'web',
      'task-definition-revision': '1',
      'container-name': 'web',
      image: 'registry.example/web:2',
    },
  },
  twoSteps(
    'an AppSpec in JSON, a configuration and a description',
    definition(),
    { 'container-name': 'web', image: 'registry.example/web:2' },
    {
      'codedeploy-appspec': 'deploy/appspec.json',
      'codedeploy-application': 'AppECS-demo-web',
      'codedeploy-deployment-group': 'DgpECS-demo-web',
      'codedeploy-deployment-config': 'CodeDeployDefault.ECSAllAtOnce',
      'codedeploy-deployment-description': 'Version 2',
    },
    {
      path: 'deploy/appspec.json',
      text: JSON.stringify({
        version: 0.0,
        Resources: [
          {
            TargetService: {
              Type: 'AWS::ECS::Service',
              Properties: {
                TaskDefinition: '<TASK_DEFINITION>',
                LoadBalancerInfo: { ContainerName: 'web', ContainerPort: 8080 },
                PlatformVersion: 'LATEST',
                NetworkConfiguration: {
                  AwsvpcConfiguration: {
                    Subnets: ['subnet-0a1b2c3d'],
                    SecurityGroups: ['sg-0a1b2c3d'],
                    AssignPublicIp: 'DISABLED',
                  },
                },
              },
            },
          },
        ],
        Hooks: [{ BeforeInstall: 'CodeDeployHook_validate' }, { AfterAllowTraffic: 'CodeDeployHook_validate' }],
      }),
    },
  ),
]

/** What a release sends to AWS to make a deployment, in a form in which the same sent by two programs is equal. */
export interface SentRelease {
  registration: unknown
  deployment: unknown
}

interface Call {
  operation: string
  input: unknown
}

/**
 * @throws Error when one of the two calls is not there, or a checksum is not that of its AppSpec
 */
export function sentRelease(calls: readonly Call[], sha256: (text: string) => string): SentRelease {
  const [registration, deployment] = ['RegisterTaskDefinition', 'CreateDeployment'].map((name) => {
    const call = calls.find(({ operation }) => operation === name)
    if (call === undefined) throw new Error(`${name} was not called.`)
    return call.input as Record<string, unknown>
  })
  const { description, revision, ...others } = deployment as {
    description?: string
    revision: { appSpecContent: { content: string; sha256: string } }
  }
  const { content, sha256: sum } = revision.appSpecContent
  if (sha256(content) !== sum) throw new Error('The checksum is not that of the AppSpec.')
  const appSpec = JSON.parse(content)
  const own = (description ?? '').replace(/ ?\[ecs-release .*\]$/, '')
  return {
    registration: withoutEmptyLists(registration),
    deployment: {
      ...others,
      ...(own === '' ? {} : { description: own }),
      revision: { ...revision, appSpecContent: { ...appSpec, version: Number(appSpec.version) } },
    },
  }
}

/** ECS answers a list that nobody gave as an empty one, which may be sent back or not. */
function withoutEmptyLists(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmptyLists)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).filter(([, member]) => !(Array.isArray(member) && member.length === 0))
  return Object.fromEntries(members.map(([name, member]) => [name, withoutEmptyLists(member)]))
}
