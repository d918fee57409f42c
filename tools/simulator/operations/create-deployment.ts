import type {
  AlarmConfiguration,
  AutoRollbackConfiguration,
  CreateDeploymentInput,
  CreateDeploymentOutput,
} from '@aws-sdk/client-codedeploy'
import { deploymentIdOf } from '../identity.ts'
import type { Account } from '../model/account.ts'
import { parseAppSpec } from '../model/app-spec.ts'
import type { DeploymentOrder, Revision } from '../model/deployment.ts'
import { serviceKey } from '../names.ts'
import { AwsError } from '../protocol/aws-error.ts'
import { type Operation, type Wire, writes } from '../protocol/operation.ts'
import { codeDeploySchema } from '../protocol/schema.ts'
import type { GroupSeed, RollbackEvent } from '../scenario.ts'
import { requireDeploymentConfig } from './deployment-configs.ts'
import { activeDeployment, laneOfGroup, requireApplication, requireGroup } from './group-lookup.ts'
import { checkDescription, parseRevision } from './revision.ts'

/** Source: CodeDeploy API Reference, AlarmConfiguration. */
const MAX_ALARMS = 10
const MAX_ALARM_NAME_LENGTH = 255

/** Source: CodeDeploy API Reference, CreateDeployment. */
const FILE_EXISTS_BEHAVIORS = ['DISALLOW', 'OVERWRITE', 'RETAIN']

const ROLLBACK_EVENTS: RollbackEvent[] = [
  'DEPLOYMENT_FAILURE',
  'DEPLOYMENT_STOP_ON_ALARM',
  'DEPLOYMENT_STOP_ON_REQUEST',
]

/**
 * Checked in this order: names, revision, configuration, description, rollback, alarms, members for other platforms,
 * active deployment. There is no token that would make a repeated call harmless (documented).
 */
export const createDeployment: Operation = writes<CreateDeploymentInput, CreateDeploymentOutput>(
  codeDeploySchema('CreateDeployment'),
  (input, account, atMs) => {
    const application = requireApplication(account, input.applicationName)
    const group = requireGroup(application, input.deploymentGroupName)
    const order = orderOf(input, account, group)
    const active = activeDeployment(laneOfGroup(account, group, atMs))
    if (active) {
      const message = `The Deployment Group '${group.name}' already has an active Deployment '${active.id}'`
      throw new AwsError('DeploymentLimitExceededException', message)
    }
    const deploymentId = deploymentIdOf(
      ...account.rules.idSeed,
      account.rules.scenario.name,
      account.deploymentsCreated,
    )
    account.record(serviceKey(group.cluster, group.service), { kind: 'deployment-created', atMs, deploymentId, order })
    account.revisions.use(application.name, order.revision, group.name, atMs)
    return { deploymentId }
  },
)

function orderOf(input: Wire<CreateDeploymentInput>, account: Account, group: GroupSeed): DeploymentOrder {
  const { assumptions } = account
  const revision = parseRevision(input.revision, assumptions)
  const text = textOf(revision, account)
  const config = requireDeploymentConfig(account, input.deploymentConfigName ?? group.deploymentConfig)
  if (config.computePlatform !== 'ECS') {
    const message = `Deployment configuration ${config.name} is not for the ECS compute platform`
    throw new AwsError('InvalidTrafficRoutingConfigurationException', message)
  }
  checkDescription(input.description, assumptions)
  const rollbackOn = rollbackEvents(input.autoRollbackConfiguration) ?? group.rollbackOn
  const overrideAlarms = alarmOverride(input.overrideAlarmConfiguration)
  refuseOtherPlatforms(input)
  return {
    configName: config.name,
    routing: config.routing,
    description: input.description,
    revision,
    isFound: text !== undefined,
    appSpec: text === undefined ? undefined : parseAppSpec(text, assumptions.appSpecKeys),
    rollbackOn,
    alarms: overrideAlarms ? (overrideAlarms.enabled ? overrideAlarms.names : []) : group.alarms,
    overrideAlarms,
  }
}

/** A bare AppSpec that is in S3 is found there; archives are not looked into. */
function textOf(revision: Revision, { s3 }: Account): string | undefined {
  if (revision.type === 'AppSpecContent') return revision.content
  const { bucket, key, bundleType } = revision.location
  return bundleType === 'JSON' || bundleType === 'YAML' ? s3.get(`${bucket}/${key}`) : undefined
}

/** What only means something on EC2 and on premises. That ECS refuses it as Lambda does is assumed. */
function refuseOtherPlatforms(input: Wire<CreateDeploymentInput>): void {
  const { fileExistsBehavior, ignoreApplicationStopFailures, updateOutdatedInstancesOnly, targetInstances } = input
  if (fileExistsBehavior !== undefined && !FILE_EXISTS_BEHAVIORS.includes(fileExistsBehavior)) {
    throw new AwsError('InvalidFileExistsBehaviorException', `Invalid file exists behavior: ${fileExistsBehavior}`)
  }
  if (ignoreApplicationStopFailures) {
    const message = 'ignoreApplicationStopFailures must be false for the ECS compute platform'
    throw new AwsError('InvalidIgnoreApplicationStopFailuresValueException', message)
  }
  if (updateOutdatedInstancesOnly) {
    const message = 'updateOutdatedInstancesOnly must be false for the ECS compute platform'
    throw new AwsError('InvalidUpdateOutdatedInstancesOnlyValueException', message)
  }
  if (input.deploymentMode === 'RESTART') {
    // That it is refused is documented, the code and the text are assumed.
    throw new AwsError('InvalidInputException', 'deploymentMode RESTART is not for the ECS compute platform')
  }
  if (targetInstances && Object.keys(targetInstances).length > 0) {
    throw new AwsError('InvalidTargetInstancesException', 'Target instances are not for the ECS compute platform')
  }
}

function rollbackEvents(configuration: Wire<AutoRollbackConfiguration> | undefined): RollbackEvent[] | undefined {
  if (!configuration) return undefined
  if (!configuration.enabled) return []
  const events = configuration.events ?? []
  const known = ROLLBACK_EVENTS.filter((event) => events.includes(event))
  if (events.length === 0 || known.length < new Set(events).size) {
    const message = 'Automatic rollback is enabled with no event type, or with one that does not exist'
    throw new AwsError('InvalidAutoRollbackConfigException', message)
  }
  return known
}

function alarmOverride(configuration: Wire<AlarmConfiguration> | undefined): DeploymentOrder['overrideAlarms'] {
  if (!configuration) return undefined
  const names = (configuration.alarms ?? []).map((alarm) => alarm.name ?? '')
  if (names.length > MAX_ALARMS) {
    throw new AwsError('AlarmsLimitExceededException', `The maximum number of alarms is ${MAX_ALARMS}`)
  }
  const isBad = names.some((name) => name === '' || name.length > MAX_ALARM_NAME_LENGTH)
  const isEmpty = configuration.enabled === true && names.length === 0
  if (isBad || isEmpty || new Set(names).size < names.length) {
    throw new AwsError(
      'InvalidAlarmConfigException',
      'The alarm list is empty, or has empty, too long or duplicate names',
    )
  }
  return {
    enabled: configuration.enabled ?? false,
    ignorePollAlarmFailure: configuration.ignorePollAlarmFailure ?? false,
    names,
  }
}
