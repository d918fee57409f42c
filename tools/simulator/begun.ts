import type { Account } from './model/account.ts'
import { taskDefinitionArn } from './names.ts'
import { createDeployment } from './operations/create-deployment.ts'
import { updateService } from './operations/update-service.ts'
import { AwsError } from './protocol/aws-error.ts'
import { NOTHING_REAL } from './real-world.ts'
import type { LaterDeployment, OthersDeployment, World } from './scenario.ts'

/**
 * Deployments that somebody else began before the simulation did: created as CreateDeployment creates them, that long
 * ago, or for a service that ECS deploys as UpdateService begins them. Nothing else may have been done in the account.
 */
export function beginDeployments(account: Account): void {
  const { scenario, startMs } = account.rules
  const oldestFirst = (scenario.begun ?? []).toSorted((one, other) => other.secondsAgo - one.secondsAgo)
  for (const begun of oldestFirst) deploy(begun, account, startMs - Math.round(begun.secondsAgo * 1000))
}

/** Deployments that a person creates later, each at its moment. */
export class LaterDeployments {
  readonly #account: Account
  #left: { dueMs: number; planned: LaterDeployment }[]

  constructor(account: Account) {
    this.#account = account
    const { scenario, startMs } = account.rules
    this.#left = (scenario.later ?? [])
      .map((planned) => ({ dueMs: startMs + Math.round(planned.atSeconds * 1000), planned }))
      .sort((one, other) => one.dueMs - other.dueMs)
  }

  /** When the next one is due, in milliseconds since 1970. */
  get nextMs(): number | undefined {
    return this.#left[0]?.dueMs
  }

  /** Creates those that are due. A refused one, e.g. because the group is busy, is not tried again. */
  catchUp(atMs: number): void {
    while (this.#left[0] !== undefined && this.#left[0].dueMs <= atMs) {
      const [{ dueMs, planned }] = this.#left
      this.#left = this.#left.slice(1)
      try {
        deploy(planned, this.#account, dueMs)
      } catch (error) {
        if (!(error instanceof AwsError)) throw error
      }
    }
  }
}

function deploy(theirs: OthersDeployment, account: Account, atMs: number): void {
  const { cluster, service, taskDefinition } = theirs
  const seed = account.world.services.find((known) => known.cluster === cluster && known.name === service)
  if (seed?.native) {
    const update = { cluster, service, taskDefinition, forceNewDeployment: true }
    updateService.answer(update, account, atMs, { accessKeyId: undefined, real: NOTHING_REAL })
    return
  }
  const input = {
    ...namesOf(theirs, account.world),
    revision: revisionOf(theirs, account),
    description: theirs.description,
  }
  createDeployment.answer(input, account, atMs, { accessKeyId: undefined, real: NOTHING_REAL })
}

function namesOf({ cluster, service }: OthersDeployment, { applications }: World) {
  for (const { name: applicationName, groups } of applications) {
    const group = groups.find((known) => known.cluster === cluster && known.service === service)
    if (group) return { applicationName, deploymentGroupName: group.name }
  }
  throw new Error(`Service ${cluster}:${service} has no deployment group, so nobody can deploy it.`)
}

function revisionOf(begun: OthersDeployment, account: Account) {
  const content = appSpecOf(begun, account.world)
  if (begun.s3 === undefined) return { revisionType: 'AppSpecContent', appSpecContent: { content } }
  const { bucket, key } = begun.s3
  account.s3.set(`${bucket}/${key}`, content)
  return { revisionType: 'S3', s3Location: { bucket, key, bundleType: 'JSON' } }
}

function appSpecOf({ cluster, service, taskDefinition }: OthersDeployment, world: World): string {
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
