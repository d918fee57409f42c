import type { DeploymentConfiguration, LoadBalancer, UpdateServiceRequest } from '@aws-sdk/client-ecs'
import type { Account } from '../model/account.ts'
import { type Lane, primaryTaskSet } from '../model/lane.ts'
import { completeConfiguration, updatedConfiguration } from '../model/native/configuration.ts'
import type { NativeFact } from '../model/native/native-fact.ts'
import { findRevision, ongoingDeployments } from '../model/native/native-service.ts'
import { STAGES } from '../model/native/service-deployment.ts'
import { isActive } from '../model/task-definitions.ts'
import { targetGroupsOf } from '../native/names.ts'
import { AwsError, NotSimulated } from '../protocol/aws-error.ts'
import type { Wire } from '../protocol/operation.ts'
import { nativeLoadBalancers } from './native-service-view.ts'

type Request = Wire<UpdateServiceRequest>

/** What UpdateService changes of a service that ECS deploys; whatever else AWS would change is refused loudly. */
export const NATIVE_MEMBERS = [
  'cluster',
  'service',
  'desiredCount',
  'taskDefinition',
  'forceNewDeployment',
  'deploymentConfiguration',
  'loadBalancers',
  'deploymentController',
]

/**
 * What the request does to such a service. A deployment is begun only for what needs one and differs from what there is
 * (documented); the configuration alone begins none (documented).
 */
export function nativeUpdate(account: Account, lane: Lane, input: Request, atMs: number): NativeFact[] {
  const { native } = lane
  if (!native) return []
  const { taskDefinition, forceNewDeployment = false, deploymentConfiguration: given, loadBalancers } = input
  requireController(input)
  if (given) checkConfiguration(given)
  const rules = loadBalancers && changedTestRule(account, lane, loadBalancers)
  const wanted = taskDefinition === undefined ? undefined : requireDefinition(account, taskDefinition, atMs)
  const current = findRevision(lane, native.primary)?.taskDefinitionArn ?? ''
  const differs = (wanted !== undefined && wanted !== current) || rules?.differs === true
  const deploys = differs || forceNewDeployment
  const { concurrentUpdate, configurationUpdate } = account.rules.native.assumptions
  if (deploys && concurrentUpdate === 'refuse' && ongoingDeployments(lane).length > 0) {
    throw refused('Unable to start a service deployment while another one of the service is in progress.')
  }
  const config = given && updatedConfiguration(native.config, given as DeploymentConfiguration, configurationUpdate)
  const changes = { ...(config && { config }), ...(rules && { testRule: rules.testRule }) }
  return [
    ...(given || rules?.differs ? [{ kind: 'native-configured' as const, ...changes }] : []),
    ...(deploys ? [{ kind: 'native-deployed' as const, taskDefinitionArn: wanted ?? current }] : []),
  ]
}

/**
 * A service of CodeDeploy becomes one that ECS deploys (documented). Whether the update that does so begins a deployment
 * is assumed.
 */
export function adoption(account: Account, lane: Lane, input: Request, atMs: number): NativeFact[] {
  const { service, deployments } = lane
  const { deploymentConfiguration: given, loadBalancers = [], taskDefinition, forceNewDeployment = false } = input
  const latest = deployments.at(-1)
  if (!service) return []
  if (latest && latest.completedMs === undefined) {
    throw refused('Unable to update the deployment controller while a deployment of the service is in progress.')
  }
  if (!given) throw refused('deploymentConfiguration is required to change the deployment controller to ECS.')
  checkConfiguration({ ...given, strategy: given.strategy ?? 'ROLLING' })
  checkLoadBalancers(loadBalancers)
  const [one] = loadBalancers
  const { alternateTargetGroupArn, testListenerRule } = one?.advancedConfiguration ?? {}
  const pair = targetGroupsOf(account.world, service.seed.name)
  if (!pair.includes(one?.targetGroupArn ?? '') || !pair.includes(alternateTargetGroupArn ?? '')) {
    throw refused(
      'advancedConfiguration field is required for all loadBalancers when using a non-ROLLING deployment strategy',
    )
  }
  const wanted = taskDefinition === undefined ? undefined : requireDefinition(account, taskDefinition, atMs)
  const current = primaryTaskSet(lane)?.taskDefinitionArn ?? ''
  const differs = wanted !== undefined && wanted !== current
  const deploys = differs || forceNewDeployment || account.rules.native.assumptions.controllerChangeDeploys
  const config = completeConfiguration(given as DeploymentConfiguration)
  return [
    { kind: 'native-adopted', config, testRule: testListenerRule !== undefined },
    ...(deploys ? [{ kind: 'native-deployed' as const, taskDefinitionArn: wanted ?? current }] : []),
  ]
}

function requireController({ deploymentController }: Request): void {
  if (deploymentController === undefined || deploymentController.type === 'ECS') return
  throw new NotSimulated(
    'InvalidParameterException',
    `The simulator does not make a service one of ${deploymentController.type}`,
  )
}

/** Texts as those of RegisterTaskDefinition's neighbours have them (assumed). */
function requireDefinition({ taskDefinitions }: Account, reference: string, atMs: number): string {
  const found = taskDefinitions.find(reference, atMs)
  if (!found) throw new AwsError('ClientException', 'TaskDefinition not found.')
  if (!isActive(found, atMs)) throw new AwsError('ClientException', 'TaskDefinition is inactive')
  return found.arn
}

/** Sources of the texts: Developer Guide, troubleshooting of blue/green deployments; of those on ranges: assumed. */
export function checkConfiguration({
  strategy,
  bakeTimeInMinutes,
  lifecycleHooks = [],
}: Wire<DeploymentConfiguration>): void {
  if (strategy === 'ROLLING') {
    throw new NotSimulated(
      'InvalidParameterException',
      'The simulator does not make a service one with rolling updates',
    )
  }
  if (bakeTimeInMinutes !== undefined && (bakeTimeInMinutes < 0 || bakeTimeInMinutes > 1440)) {
    throw refused('bakeTimeInMinutes must be from 0 to 1440.')
  }
  for (const { targetType = 'AWS_LAMBDA', hookTargetArn, roleArn, lifecycleStages = [] } of lifecycleHooks ?? []) {
    if (targetType !== 'AWS_LAMBDA' && targetType !== 'PAUSE') {
      throw refused('Invalid targetType. Valid values are: AWS_LAMBDA, PAUSE')
    }
    if (targetType === 'PAUSE' && lifecycleStages.some((stage) => SHIFT_STAGES.includes(stage))) {
      throw refused('Invalid lifecycle stage provided for Pause Hook')
    }
    if (targetType === 'AWS_LAMBDA' && (!hookTargetArn || !roleArn)) {
      throw refused('hookTargetArn and roleArn are required for lifecycle hooks of type AWS_LAMBDA.')
    }
    const unknown = lifecycleStages.find((stage) => !HOOK_STAGES.includes(stage))
    if (unknown !== undefined) throw refused(`Invalid lifecycle stage: ${unknown}`)
  }
}

const SHIFT_STAGES: readonly string[] = ['TEST_TRAFFIC_SHIFT', 'PRODUCTION_TRAFFIC_SHIFT']

const HOOK_STAGES: readonly string[] = STAGES.filter(
  (stage) => stage !== 'SCALE_UP' && stage !== 'BAKE_TIME' && stage !== 'CLEAN_UP',
)

/** Of the load balancers of a service only the test rule can change here. Texts: as above. */
function changedTestRule(
  account: Account,
  { service, native }: Lane,
  given: Wire<LoadBalancer>[],
): { testRule: boolean; differs: boolean } | undefined {
  if (!service || !native) return undefined
  const own = nativeLoadBalancers(account, service, native)
  const [before] = own
  const [one, ...others] = given
  checkLoadBalancers(given)
  const advanced = one?.advancedConfiguration
  const isSame = before?.targetGroupArn === one?.targetGroupArn && others.length === 0
  if (isSame && before === undefined) return { testRule: false, differs: false }
  const known = before?.advancedConfiguration
  const keepsPair =
    isSame &&
    known?.alternateTargetGroupArn === advanced?.alternateTargetGroupArn &&
    known?.productionListenerRule === advanced?.productionListenerRule
  if (!keepsPair) {
    throw new NotSimulated('InvalidParameterException', 'The simulator does not change the target groups of a service')
  }
  const testRule = advanced?.testListenerRule !== undefined
  return { testRule, differs: testRule !== native.testRule }
}

function checkLoadBalancers(given: Wire<LoadBalancer>[]): void {
  const isClassic = given.map(({ loadBalancerName }) => loadBalancerName !== undefined)
  if (isClassic.includes(true) && isClassic.includes(false)) {
    throw refused(
      'All loadBalancers must be strictly either ELBv1 (defining loadBalancerName) or ELBv2 (defining targetGroupArn)',
    )
  }
  if (isClassic.includes(true) && given.some(({ advancedConfiguration }) => advancedConfiguration)) {
    throw refused('advancedConfiguration field is not allowed with ELBv1 loadBalancers')
  }
  const advanced = given.filter(({ advancedConfiguration }) => advancedConfiguration)
  if (advanced.length > 0 && advanced.length < given.length) {
    throw refused('Either all or none of the provided loadBalancers must have advancedConfiguration defined')
  }
  if (given.length > 0 && advanced.length === 0) {
    throw refused(
      'advancedConfiguration field is required for all loadBalancers when using a non-ROLLING deployment strategy',
    )
  }
  const groups = given.flatMap(({ targetGroupArn, advancedConfiguration }) => [
    ...(targetGroupArn ? [targetGroupArn] : []),
    ...(advancedConfiguration?.alternateTargetGroupArn ? [advancedConfiguration.alternateTargetGroupArn] : []),
  ])
  const twice = groups.find((arn, i) => groups.indexOf(arn) !== i)
  if (twice !== undefined) throw refused(`Duplicate targetGroupArn found: ${twice}`)
  for (const { advancedConfiguration } of given) checkRules(advancedConfiguration ?? {})
}

function checkRules({
  productionListenerRule: production,
  testListenerRule: test,
}: {
  productionListenerRule?: string | undefined
  testListenerRule?: string | undefined
}): void {
  if (production !== undefined && !/:listener-rule\/app\/|:listener\/net\//.test(production)) {
    throw refused(
      `productionListenerRule has an invalid ARN format. Must be RuleArn for ALB or ListenerArn for NLB. Got: ${production}`,
    )
  }
  if (production !== undefined && production === test) {
    throw refused(`The following rules cannot be used as both production and test listener rules: ${production}`)
  }
}

function refused(message: string): AwsError {
  return new AwsError('InvalidParameterException', message)
}
