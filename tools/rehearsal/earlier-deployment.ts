import { CodeDeployClient, CreateDeploymentCommand, GetDeploymentCommand } from '@aws-sdk/client-codedeploy'
import { DescribeTaskDefinitionCommand, ECSClient, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs'
import type { Operation } from '../../src/inputs/operation.ts'

/** At what status of an earlier deployment the operation begins; the others need none. */
const BEGINS_AT: Partial<Record<Operation, string>> = {
  watch: 'InProgress',
  stop: 'InProgress',
  promote: 'Ready',
  rollback: 'InProgress',
}

/** What an operation of the rehearsal is about: a deployment that an earlier job of the same run has made. */
export interface EarlierDeployment {
  endpoint: string
  region: string
  image: string
  /** Function at AfterAllowTestTraffic; undefined: none. */
  hook: string | undefined
}

/**
 * Starts the deployment that the operation needs and waits until it is where the operation begins.
 * @returns its id; undefined when the operation needs none
 */
export async function beginEarlier(operation: Operation, earlier: EarlierDeployment): Promise<string | undefined> {
  const status = BEGINS_AT[operation]
  if (status === undefined) return undefined
  const credentials = { accessKeyId: 'AKIAREHEARSAL0000000', secretAccessKey: 'rehearsal' }
  const options = { endpoint: earlier.endpoint, region: earlier.region, credentials }
  const ecs = new ECSClient(options)
  const codeDeploy = new CodeDeployClient(options)
  try {
    const deploymentId = await create(ecs, codeDeploy, earlier)
    for (;;) {
      const { deploymentInfo } = await codeDeploy.send(new GetDeploymentCommand({ deploymentId }))
      const now = deploymentInfo?.status ?? ''
      if (now === status || /^(Succeeded|Failed|Stopped)$/.test(now)) return deploymentId
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  } finally {
    ecs.destroy()
    codeDeploy.destroy()
  }
}

/** As a release of the rehearsal's own run, in a job before. */
const DESCRIPTION = '[ecs-release repo=example/shop wf=release.yml run=1658821493.1 n=42 job=start op=release]'

async function create(ecs: ECSClient, codeDeploy: CodeDeployClient, { image, hook }: EarlierDeployment) {
  const described = new DescribeTaskDefinitionCommand({ taskDefinition: 'web', include: ['TAGS'] })
  const { taskDefinition, tags = [] } = await ecs.send(described)
  const { family, containerDefinitions = [], ...rest } = taskDefinition ?? {}
  const { taskDefinitionArn: _arn, revision: _revision, status: _status, ...definition } = rest
  const registered = await ecs.send(
    new RegisterTaskDefinitionCommand({
      ...definition,
      ...(tags.length > 0 && { tags }),
      family,
      containerDefinitions: containerDefinitions.map((container) => ({ ...container, image })),
    }),
  )
  const content = JSON.stringify({
    version: '0.0',
    Resources: [
      {
        TargetService: {
          Type: 'AWS::ECS::Service',
          Properties: {
            TaskDefinition: registered.taskDefinition?.taskDefinitionArn,
            LoadBalancerInfo: { ContainerName: 'web', ContainerPort: 8080 },
          },
        },
      },
    ],
    ...(hook === undefined ? {} : { Hooks: [{ AfterAllowTestTraffic: hook }] }),
  })
  const { deploymentId = '' } = await codeDeploy.send(
    new CreateDeploymentCommand({
      applicationName: 'AppECS-demo-web',
      deploymentGroupName: 'DgpECS-demo-web',
      description: DESCRIPTION,
      revision: { revisionType: 'AppSpecContent', appSpecContent: { content } },
    }),
  )
  return deploymentId
}
