import type { Account } from './model/account.ts'
import { taskDefinitionArn } from './names.ts'
import { createDeployment } from './operations/create-deployment.ts'
import { NOTHING_REAL } from './real-world.ts'
import type { BegunDeployment, World } from './scenario.ts'

/**
 * Deployments that somebody else began before the simulation did: created as CreateDeployment creates them, that long
 * ago. Nothing else may have been done in the account.
 */
export function beginDeployments(account: Account): void {
  const { scenario, startMs } = account.rules
  const oldestFirst = (scenario.begun ?? []).toSorted((one, other) => other.secondsAgo - one.secondsAgo)
  for (const begun of oldestFirst) {
    const input = {
      ...namesOf(begun, account.world),
      revision: revisionOf(begun, account),
      description: begun.description,
    }
    const atMs = startMs - Math.round(begun.secondsAgo * 1000)
    createDeployment.answer(input, account, atMs, { accessKeyId: undefined, real: NOTHING_REAL })
  }
}

function namesOf({ cluster, service }: BegunDeployment, { applications }: World) {
  for (const { name: applicationName, groups } of applications) {
    const group = groups.find((known) => known.cluster === cluster && known.service === service)
    if (group) return { applicationName, deploymentGroupName: group.name }
  }
  throw new Error(`Service ${cluster}:${service} has no deployment group, so no deployment of it can have begun.`)
}

function revisionOf(begun: BegunDeployment, account: Account) {
  const content = appSpecOf(begun, account.world)
  if (begun.s3 === undefined) return { revisionType: 'AppSpecContent', appSpecContent: { content } }
  const { bucket, key } = begun.s3
  account.s3.set(`${bucket}/${key}`, content)
  return { revisionType: 'S3', s3Location: { bucket, key, bundleType: 'JSON' } }
}

function appSpecOf({ cluster, service, taskDefinition }: BegunDeployment, world: World): string {
  const [family = '', revision] = taskDefinition.split(':')
  const seed = world.services.find((known) => known.cluster === cluster && known.name === service)
  const loadBalancer = { ContainerName: seed?.containerName, ContainerPort: seed?.containerPort }
  const properties = {
    TaskDefinition: taskDefinitionArn(world, family, Number(revision)),
    LoadBalancerInfo: loadBalancer,
  }
  return JSON.stringify({
    version: '0.0',
    Resources: [{ TargetService: { Type: 'AWS::ECS::Service', Properties: properties } }],
  })
}
