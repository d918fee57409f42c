import { CodeDeployClient, CreateDeploymentCommand, GetDeploymentCommand } from '@aws-sdk/client-codedeploy'
import { DescribeTaskDefinitionCommand, ECSClient, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs'
import type { Operation } from '../../src/inputs/operation.ts'
import { deployWithEcs } from './earlier-native-deployment.ts'
import type { Subject } from './subject.ts'

/** Where an earlier deployment has to be when the operation begins; the others need none. */
const BEGINS_AT: Partial<Record<Operation, 'running' | 'held'>> = {
  watch: 'running',
  stop: 'running',
  promote: 'held',
  rollback: 'running',
}

/** What an operation of the rehearsal is about: a deployment that an earlier job of the same run has made. */
export interface EarlierDeployment {
  endpoint: string
  subject: Subject
  image: string
}

/**
 * Starts the deployment that the operation needs and waits until it is where the operation begins.
 * @returns its id; undefined when the operation needs none
 */
export async function beginEarlier(operation: Operation, earlier: EarlierDeployment): Promise<string | undefined> {
  const until = BEGINS_AT[operation]
  if (until === undefined) return undefined
  const { endpoint, subject } = earlier
  const credentials = { accessKeyId: 'AKIAREHEARSAL0000000', secretAccessKey: 'rehearsal' }
  const options = { endpoint, region: subject.scenario.world.region, credentials }
  const ecs = new ECSClient(options)
  const codeDeploy = new CodeDeployClient(options)
  try {
    const taskDefinition = await register(ecs, earlier)
    return subject.isNative
      ? await deployWithEcs(ecs, subject.service, taskDefinition, until)
      : await deployWithCodeDeploy(codeDeploy, subject, taskDefinition, until)
  } finally {
    ecs.destroy()
    codeDeploy.destroy()
  }
}

/** The tag that tells who has made a revision. */
const MARKER_TAG = 'ecs-blue-green-release'

/** As a release of the rehearsal's own run, in a job before. */
const MARKER = 'ecs-release repo=example/shop wf=release.yml run=1658821493.1 n=42 job=start op=release'

/** @returns ARN of a revision that is the running one with another image */
async function register(ecs: ECSClient, { subject: { service, isNative }, image }: EarlierDeployment): Promise<string> {
  const described = new DescribeTaskDefinitionCommand({ taskDefinition: service.taskDefinition, include: ['TAGS'] })
  const { taskDefinition, tags = [] } = await ecs.send(described)
  const { family, containerDefinitions = [], ...rest } = taskDefinition ?? {}
  const { taskDefinitionArn: _arn, revision: _revision, status: _status, ...definition } = rest
  const marked = isNative ? [...tags, { key: MARKER_TAG, value: MARKER }] : tags
  const registered = await ecs.send(
    new RegisterTaskDefinitionCommand({
      ...definition,
      ...(marked.length > 0 && { tags: marked }),
      family,
      containerDefinitions: containerDefinitions.map((container) =>
        container.name === service.containerName ? { ...container, image } : container,
      ),
    }),
  )
  return registered.taskDefinition?.taskDefinitionArn ?? ''
}

/** @returns the deployment's id, when it has got so far or has ended */
async function deployWithCodeDeploy(
  codeDeploy: CodeDeployClient,
  { service, group, hook }: Subject,
  taskDefinition: string,
  until: 'running' | 'held',
): Promise<string> {
  const content = JSON.stringify({
    version: '0.0',
    Resources: [
      {
        TargetService: {
          Type: 'AWS::ECS::Service',
          Properties: {
            TaskDefinition: taskDefinition,
            LoadBalancerInfo: { ContainerName: service.containerName, ContainerPort: service.containerPort },
          },
        },
      },
    ],
    ...(hook === undefined ? {} : { Hooks: [{ AfterAllowTestTraffic: hook }] }),
  })
  const { deploymentId = '' } = await codeDeploy.send(
    new CreateDeploymentCommand({
      applicationName: group?.application,
      deploymentGroupName: group?.seed.name,
      description: `[${MARKER}]`,
      revision: { revisionType: 'AppSpecContent', appSpecContent: { content } },
    }),
  )
  const wanted = until === 'held' ? 'Ready' : 'InProgress'
  for (;;) {
    const { deploymentInfo } = await codeDeploy.send(new GetDeploymentCommand({ deploymentId }))
    const now = deploymentInfo?.status ?? ''
    if (now === wanted || /^(Succeeded|Failed|Stopped)$/.test(now)) return deploymentId
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
