import type { UpdateServiceRequest, UpdateServiceResponse } from '@aws-sdk/client-ecs'
import { AwsError, NotSimulated } from '../protocol/aws-error.ts'
import { type Operation, type Wire, writes } from '../protocol/operation.ts'
import { ecsSchema } from '../protocol/schema.ts'
import { requireCluster, requireService } from './cluster-lookup.ts'
import { serviceView } from './services.ts'

/** What only a deployment changes under CodeDeploy. The first three texts are observed, the others made like them. */
const BY_DEPLOYMENT: [keyof UpdateServiceRequest, string][] = [
  ['taskDefinition', 'Unable to update task definition'],
  ['networkConfiguration', 'Unable to update network parameters'],
  ['loadBalancers', 'Unable to update load balancers'],
  ['platformVersion', 'Unable to update platform version'],
  ['capacityProviderStrategy', 'Unable to update capacity provider strategy'],
  ['serviceRegistries', 'Unable to update service registries'],
  ['forceNewDeployment', 'Cannot force a new deployment'],
]

/** What can be changed beside CodeDeploy. Source: ECS API Reference, UpdateService. */
const SETTINGS = [
  'deploymentConfiguration',
  'healthCheckGracePeriodSeconds',
  'placementConstraints',
  'placementStrategy',
  'enableECSManagedTags',
  'propagateTags',
] as const satisfies (keyof UpdateServiceRequest)[]

const CHANGED_HERE: string[] = ['cluster', 'service', 'desiredCount', ...SETTINGS]

/** Changes the desired count and settings. AWS would change more, but not what is CodeDeploy's to change (documented). */
export const updateService: Operation = writes<UpdateServiceRequest, UpdateServiceResponse>(
  ecsSchema('UpdateService'),
  (input, account, atMs) => {
    const cluster = requireCluster(account, input.cluster)
    const { lane, service } = requireService(account, cluster, input.service, atMs)
    if (service.seed.status !== 'ACTIVE') throw new AwsError('ServiceNotActiveException', 'Service was not ACTIVE.')
    if (service.seed.controller === 'CODE_DEPLOY') refuseDeployment(input)
    refuseUnsimulated(input)
    const { desiredCount } = input
    if (desiredCount !== undefined) {
      if (desiredCount < 0) throw new AwsError('InvalidParameterException', 'desiredCount must not be negative.')
      account.record(lane.key, { kind: 'desired-count-set', atMs, desiredCount })
    }
    const given = SETTINGS.flatMap((name) => (input[name] === undefined ? [] : [[name, input[name]]]))
    if (given.length > 0) {
      account.record(lane.key, { kind: 'service-settings-changed', atMs, settings: Object.fromEntries(given) })
    }
    return { service: serviceView(account, requireService(account, cluster, input.service, atMs).service, atMs, false) }
  },
)

function refuseDeployment(input: Wire<UpdateServiceRequest>): void {
  const found = BY_DEPLOYMENT.find(([member]) => input[member] !== undefined && input[member] !== false)
  if (!found) return
  const where = 'on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment.'
  throw new AwsError('InvalidParameterException', `${found[1]} ${where}`)
}

function refuseUnsimulated(input: Wire<UpdateServiceRequest>): void {
  const shape = updateService.input
  const member = Object.entries(input).find(
    ([name, value]) =>
      shape.kind === 'structure' && shape.members.has(name) && !CHANGED_HERE.includes(name) && value !== false,
  )?.[0]
  if (member === undefined) return
  const message = `The simulator does not change '${member}' of a service`
  throw new NotSimulated('InvalidParameterException', message)
}
