import { CreateDeploymentCommand } from '@aws-sdk/client-codedeploy'
import { githubRun } from '../../src/workflow-run/github-run.ts'
import type { World } from '../../src/world.ts'
import { clientsFor, type SimulatedAccount } from './simulated-release.ts'

export const APPLICATION = 'AppECS-demo-web'
export const GROUP = 'DgpECS-demo-web'

export interface OtherDeployment {
  description?: string
  /** `family:revision`; default `web:1`. */
  revision?: string
  /** A function that runs at AfterAllowTestTraffic. */
  hook?: string
}

/** Somebody else deploys to the demo service; then so many seconds pass. */
export async function deployByOther(
  { simulator, clock }: SimulatedAccount,
  afterSeconds: number,
  { description = 'by hand', revision = 'web:1', hook }: OtherDeployment = {},
): Promise<string> {
  const content = JSON.stringify({
    version: '0.0',
    Resources: [
      {
        TargetService: {
          Type: 'AWS::ECS::Service',
          Properties: {
            TaskDefinition: `arn:aws:ecs:us-east-1:123456789012:task-definition/${revision}`,
            LoadBalancerInfo: { ContainerName: 'web', ContainerPort: 8080 },
          },
        },
      },
    ],
    ...(hook === undefined ? {} : { Hooks: [{ AfterAllowTestTraffic: hook }] }),
  })
  const { codeDeploy } = clientsFor(simulator)
  const { deploymentId = '' } = await codeDeploy.send(
    new CreateDeploymentCommand({
      applicationName: APPLICATION,
      deploymentGroupName: GROUP,
      description,
      revision: { revisionType: 'AppSpecContent', appSpecContent: { content } },
    }),
  )
  codeDeploy.destroy()
  if (afterSeconds > 0) await clock.sleep(afterSeconds * 1000)
  return deploymentId
}

/** The run of `release.yml` with this number, in its own words. */
export function runNumber(number: number, attempt = 1): Pick<World, 'run'> {
  return {
    run: githubRun({
      GITHUB_REPOSITORY: 'example/shop',
      GITHUB_WORKFLOW_REF: 'example/shop/.github/workflows/release.yml@refs/heads/main',
      GITHUB_RUN_ID: `${1000 + number}`,
      GITHUB_RUN_ATTEMPT: `${attempt}`,
      GITHUB_RUN_NUMBER: `${number}`,
      GITHUB_JOB: 'release',
    }),
  }
}
