import type { UpdateServiceRequest, UpdateServiceResponse } from '@aws-sdk/client-ecs'
import { AwsError, NotSimulated } from '../protocol/aws-error.ts'
import { type Operation, type Wire, writes } from '../protocol/operation.ts'
import { ecsSchema } from '../protocol/schema.ts'
import { requireCluster, requireService } from './cluster-lookup.ts'
import { adoption, NATIVE_MEMBERS, nativeUpdate } from './native-update.ts'
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
    const becomesNative = service.seed.controller === 'CODE_DEPLOY' && input.deploymentController?.type === 'ECS'
    if (service.seed.controller === 'CODE_DEPLOY' && !becomesNative) refuseDeployment(input)
    refuseUnsimulated(input, lane.native || becomesNative ? NATIVE_MEMBERS : CHANGED_HERE)
    const { desiredCount } = input
    const facts = becomesNative ? adoption(account, lane, input, atMs) : nativeUpdate(account, lane, input, atMs)
    if (desiredCount !== undefined) {
      if (desiredCount < 0) throw new AwsError('InvalidParameterException', 'desiredCount must not be negative.')
      account.record(lane.key, { kind: 'desired-count-set', atMs, desiredCount })
    }
    const given = SETTINGS.flatMap((name) => (input[name] === undefined ? [] : [[name, input[name]]]))
    if (given.length > 0) {
      account.record(lane.key, { kind: 'service-settings-changed', atMs, settings: Object.fromEntries(given) })
    }
    for (const fact of facts) account.record(lane.key, { ...fact, atMs })
    return {
      service: serviceView(account, requireService(account, cluster, input.service, atMs), atMs, false, 'updated'),
    }
  },
)

function refuseDeployment(input: Wire<UpdateServiceRequest>): void {
  const found = BY_DEPLOYMENT.find(([member]) => input[member] !== undefined && input[member] !== false)
  if (!found) return
  const where = 'on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment.'
  throw new AwsError('InvalidParameterException', `${found[1]} ${where}`)
}

function refuseUnsimulated(input: Wire<UpdateServiceRequest>, changed: readonly string[]): void {
  const shape = updateService.input
  const member = Object.entries(input).find(
    ([name, value]) =>
      shape.kind === 'structure' && shape.members.has(name) && !changed.includes(name) && value !== false,
  )?.[0]
  if (member === undefined) return
  const message = `The simulator does not change '${member}' of a service`
  throw new NotSimulated('InvalidParameterException', message)
}
