import {
  DescribeServiceDeploymentsCommand,
  type ECSClient,
  ListServiceDeploymentsCommand,
  type ServiceDeployment,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import type { ServiceSeed } from '../simulator/scenario.ts'

/** How soon is looked again, in milliseconds of real time. */
const LOOK_AGAIN_MS = 50

/**
 * Deploys a revision with ECS itself and waits until the deployment runs, or waits at a pause with its functions done.
 * @returns the last part of the deployment's ARN, when it has got so far or has ended
 */
export async function deployWithEcs(
  ecs: ECSClient,
  { cluster, name }: ServiceSeed,
  taskDefinition: string,
  until: 'running' | 'held',
): Promise<string> {
  const { service } = await ecs.send(new UpdateServiceCommand({ cluster, service: name, taskDefinition }))
  const primary = service?.deployments?.find(({ status }) => status === 'PRIMARY')?.id ?? ''
  const arn = await listed(ecs, cluster, name, primary.replace('ecs-svc/', '/'))
  for (;;) {
    const asked = new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [arn] })
    const [deployment] = (await ecs.send(asked)).serviceDeployments ?? []
    if (deployment && isSoFar(deployment, until)) return arn.split('/').at(-1) ?? ''
    await lookAgain()
  }
}

/** The list comes after the call: the deployment is the one whose revision is the service's new one. */
async function listed(ecs: ECSClient, cluster: string, service: string, revision: string): Promise<string> {
  for (;;) {
    const { serviceDeployments = [] } = await ecs.send(new ListServiceDeploymentsCommand({ cluster, service }))
    const own = serviceDeployments.find(({ targetServiceRevisionArn = '' }) =>
      targetServiceRevisionArn.endsWith(revision),
    )
    if (own?.serviceDeploymentArn !== undefined) return own.serviceDeploymentArn
    await lookAgain()
  }
}

function isSoFar({ status = 'PENDING', lifecycleHookDetails = [] }: ServiceDeployment, until: 'running' | 'held') {
  if (status === 'PENDING') return false
  if (status !== 'IN_PROGRESS' || until === 'running') return true
  const isBusy = lifecycleHookDetails.some((hook) => hook.status === 'IN_PROGRESS')
  return !isBusy && lifecycleHookDetails.some((hook) => hook.status === 'AWAITING_ACTION')
}

function lookAgain(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS))
}
