import { expect, test } from '@jest/globals'
import { hookExecutionIdOf, sha256Of } from '../../../tools/simulator/identity.ts'
import type { Scenario } from '../../../tools/simulator/scenario.ts'
import { baseScenario, scenarios, withGroup } from '../../../tools/simulator/scenarios.ts'
import { DirectAccount } from './support/account.ts'
import { APPLICATION, GROUP, HOOK } from './support/rehearsal.ts'
import { appSpec } from './support/revision.ts'

/**
 * A request that is wrong in every way. Each line names the exception that it gets, and what is then put right; so the
 * next exception is the next check, and in the end the request is good.
 */
interface Descent {
  operation: string
  scenario?: Scenario
  /** Seconds after the start; a release was made at 0 when it is given. */
  at?: number
  wrong: Record<string, unknown>
  checks: [exception: string, putRight: Record<string, unknown>][]
}

const content = appSpec('web:1', { AfterAllowTestTraffic: HOOK })
const inline = (given: object) => ({ revisionType: 'AppSpecContent', appSpecContent: given })
const alarms = (...names: string[]) => ({ enabled: true, alarms: names.map((name) => ({ name })) })

const APPLICATION_CHECKS: Descent['checks'] = [
  ['ApplicationNameRequiredException', { applicationName: 'a b' }],
  ['InvalidApplicationNameException', { applicationName: 'a'.repeat(101) }],
  ['InvalidApplicationNameException', { applicationName: 'nothing' }],
  ['ApplicationDoesNotExistException', { applicationName: APPLICATION }],
]
const GROUP_CHECKS: Descent['checks'] = [
  ['DeploymentGroupNameRequiredException', { deploymentGroupName: 'a/b' }],
  ['InvalidDeploymentGroupNameException', { deploymentGroupName: 'nothing' }],
  ['DeploymentGroupDoesNotExistException', { deploymentGroupName: GROUP }],
]
const idChecks = (right: string): Descent['checks'] => [
  ['DeploymentIdRequiredException', { deploymentId: '42' }],
  ['InvalidDeploymentIdException', { deploymentId: 'd-NOTHING00' }],
  ['DeploymentDoesNotExistException', { deploymentId: right }],
]

/** The id of the release that a descent starts with, in this scenario. */
const RELEASE = new DirectAccount(baseScenario).create(content).output['deploymentId'] as string
const EXECUTION = hookExecutionIdOf(RELEASE, 'AfterAllowTestTraffic')
const HOLDS = {
  ...baseScenario,
  world: withGroup(baseScenario.world, { ready: { action: 'STOP_DEPLOYMENT', waitMinutes: 60 } }),
}

const descents: Descent[] = [
  { operation: 'GetApplication', wrong: {}, checks: APPLICATION_CHECKS },
  {
    operation: 'ListDeploymentGroups',
    wrong: { nextToken: '?' },
    checks: [...APPLICATION_CHECKS, ['InvalidNextTokenException', { nextToken: undefined }]],
  },
  {
    operation: 'ListApplications',
    wrong: { nextToken: '?' },
    checks: [['InvalidNextTokenException', { nextToken: '' }]],
  },
  { operation: 'GetDeploymentGroup', wrong: {}, checks: [...APPLICATION_CHECKS, ...GROUP_CHECKS] },
  {
    operation: 'BatchGetDeploymentGroups',
    wrong: {},
    checks: [
      ...APPLICATION_CHECKS,
      ['DeploymentGroupNameRequiredException', { deploymentGroupNames: Array(101).fill('a/b') }],
      ['BatchLimitExceededException', { deploymentGroupNames: [GROUP, 'a/b'] }],
      ['InvalidDeploymentGroupNameException', { deploymentGroupNames: [GROUP, 'nothing'] }],
    ],
  },
  {
    operation: 'GetDeploymentConfig',
    wrong: {},
    checks: [
      ['DeploymentConfigNameRequiredException', { deploymentConfigName: 'a b' }],
      ['InvalidDeploymentConfigNameException', { deploymentConfigName: 'nothing' }],
      ['DeploymentConfigDoesNotExistException', { deploymentConfigName: 'CodeDeployDefault.ECSAllAtOnce' }],
    ],
  },
  {
    operation: 'RegisterApplicationRevision',
    wrong: { description: 'a'.repeat(257) },
    checks: [
      ...APPLICATION_CHECKS,
      ['DescriptionTooLongException', { description: 'a'.repeat(256) }],
      ['RevisionRequiredException', { revision: { revisionType: 'GitHub' } }],
      ['InvalidRevisionException', { revision: inline({ content }) }],
    ],
  },
  {
    operation: 'GetApplicationRevision',
    at: 0,
    wrong: {},
    checks: [
      ...APPLICATION_CHECKS,
      ['RevisionRequiredException', { revision: inline({}) }],
      ['InvalidRevisionException', { revision: inline({ sha256: '0'.repeat(64) }) }],
      ['RevisionDoesNotExistException', { revision: inline({ sha256: sha256Of(content) }) }],
    ],
  },
  {
    operation: 'CreateDeployment',
    at: 0,
    wrong: {
      deploymentConfigName: 'a b',
      description: 'a'.repeat(257),
      autoRollbackConfiguration: { enabled: true },
      overrideAlarmConfiguration: alarms(),
      fileExistsBehavior: 'MERGE',
      ignoreApplicationStopFailures: true,
      updateOutdatedInstancesOnly: true,
      deploymentMode: 'RESTART',
      targetInstances: { autoScalingGroups: ['web'] },
    },
    checks: [
      ...APPLICATION_CHECKS,
      ...GROUP_CHECKS,
      ['RevisionRequiredException', { revision: { revisionType: 'String', string: { content } } }],
      ['InvalidRevisionException', { revision: { revisionType: 'S3' } }],
      [
        'InvalidRevisionException',
        { revision: { revisionType: 'S3', s3Location: { bucket: 'a', key: 'b', bundleType: 'rar' } } },
      ],
      ['InvalidRevisionException', { revision: inline({ content: '' }) }],
      ['InvalidRevisionException', { revision: inline({ content: 'a'.repeat(1024 * 1024 + 1) }) }],
      ['InvalidRevisionException', { revision: inline({ content, sha256: '0'.repeat(64) }) }],
      ['InvalidRevisionException', { revision: inline({ content, sha256: sha256Of(content) }) }],
      ['InvalidDeploymentConfigNameException', { deploymentConfigName: 'nothing' }],
      ['DeploymentConfigDoesNotExistException', { deploymentConfigName: 'CodeDeployDefault.OneAtATime' }],
      ['InvalidTrafficRoutingConfigurationException', { deploymentConfigName: 'CodeDeployDefault.ECSAllAtOnce' }],
      ['DescriptionTooLongException', { description: 'a'.repeat(256) }],
      ['InvalidAutoRollbackConfigException', { autoRollbackConfiguration: { enabled: true, events: ['WHENEVER'] } }],
      [
        'InvalidAutoRollbackConfigException',
        { autoRollbackConfiguration: { enabled: true, events: ['DEPLOYMENT_FAILURE'] } },
      ],
      ['InvalidAlarmConfigException', { overrideAlarmConfiguration: alarms('a', 'a') }],
      ['InvalidAlarmConfigException', { overrideAlarmConfiguration: alarms('a', '') }],
      ['InvalidAlarmConfigException', { overrideAlarmConfiguration: alarms('a'.repeat(256)) }],
      ['InvalidAlarmConfigException', { overrideAlarmConfiguration: alarms(...'abcdefghijk') }],
      ['AlarmsLimitExceededException', { overrideAlarmConfiguration: alarms('a') }],
      ['InvalidFileExistsBehaviorException', { fileExistsBehavior: 'RETAIN' }],
      ['InvalidIgnoreApplicationStopFailuresValueException', { ignoreApplicationStopFailures: false }],
      ['InvalidUpdateOutdatedInstancesOnlyValueException', { updateOutdatedInstancesOnly: false }],
      ['InvalidInputException', { deploymentMode: 'STANDARD' }],
      ['InvalidTargetInstancesException', { targetInstances: undefined }],
      ['DeploymentLimitExceededException', { later: 800 }],
    ],
  },
  { operation: 'GetDeployment', at: 0, wrong: {}, checks: idChecks(RELEASE) },
  {
    operation: 'BatchGetDeployments',
    at: 0,
    wrong: {},
    checks: [
      ['DeploymentIdRequiredException', { deploymentIds: Array(26).fill('42') }],
      ['BatchLimitExceededException', { deploymentIds: [RELEASE, '42'] }],
      ['InvalidDeploymentIdException', { deploymentIds: [RELEASE, 'd-NOTHING00'] }],
    ],
  },
  {
    operation: 'ListDeployments',
    at: 0,
    wrong: {
      deploymentGroupName: 'a/b',
      includeOnlyStatuses: ['Busy'],
      createTimeRange: { start: 2, end: 1 },
      nextToken: '?',
    },
    checks: [
      ...APPLICATION_CHECKS,
      ['InvalidDeploymentGroupNameException', { deploymentGroupName: undefined }],
      ['DeploymentGroupNameRequiredException', { deploymentGroupName: 'nothing' }],
      ['DeploymentGroupDoesNotExistException', { deploymentGroupName: GROUP }],
      ['InvalidDeploymentStatusException', { includeOnlyStatuses: ['Baking'] }],
      ['InvalidTimeRangeException', { createTimeRange: { start: 1, end: 2 } }],
      ['InvalidNextTokenException', { nextToken: undefined }],
    ],
  },
  {
    operation: 'ListDeploymentTargets',
    at: 0,
    wrong: { targetFilters: { Colour: ['Red'] }, nextToken: '?' },
    checks: [
      ...idChecks(RELEASE),
      ['DeploymentNotStartedException', { later: 10 }],
      ['InvalidTargetFilterNameException', { targetFilters: { ServerInstanceLabel: ['Red'] } }],
      ['InvalidInstanceTypeException', { targetFilters: { TargetStatus: ['Busy'] } }],
      [
        'InvalidInstanceStatusException',
        { targetFilters: { TargetStatus: ['Skipped'], ServerInstanceLabel: ['Blue'] } },
      ],
      ['InvalidNextTokenException', { nextToken: undefined }],
    ],
  },
  {
    operation: 'GetDeploymentTarget',
    at: 0,
    wrong: {},
    checks: [
      ...idChecks(RELEASE),
      ['DeploymentNotStartedException', { later: 10 }],
      ['DeploymentTargetIdRequiredException', { targetId: 'web' }],
      ['InvalidDeploymentTargetIdException', { targetId: 'demo:api' }],
      ['DeploymentTargetDoesNotExistException', { targetId: 'demo:web' }],
    ],
  },
  {
    operation: 'BatchGetDeploymentTargets',
    at: 0,
    wrong: {},
    checks: [
      ...idChecks(RELEASE),
      ['DeploymentNotStartedException', { later: 10 }],
      ['DeploymentTargetIdRequiredException', { targetIds: ['web', 'demo:web'] }],
      ['DeploymentTargetListSizeExceededException', { targetIds: ['web'] }],
      ['InvalidDeploymentTargetIdException', { targetIds: ['demo:api'] }],
      ['DeploymentTargetDoesNotExistException', { targetIds: ['demo:web'] }],
    ],
  },
  { operation: 'StopDeployment', at: 10, wrong: {}, checks: idChecks(RELEASE) },
  {
    operation: 'ContinueDeployment',
    scenario: HOLDS,
    at: 10,
    wrong: { deploymentWaitType: 'WHENEVER' },
    checks: [
      ...idChecks(RELEASE),
      ['InvalidDeploymentWaitTypeException', { deploymentWaitType: 'TERMINATION_WAIT' }],
      ['DeploymentIsNotInReadyStateException', { deploymentWaitType: 'READY_WAIT' }],
      ['DeploymentIsNotInReadyStateException', { later: 150 }],
    ],
  },
  {
    operation: 'PutLifecycleEventHookExecutionStatus',
    scenario: { ...baseScenario, hookPlans: {} },
    at: 130,
    wrong: { status: 'Skipped' },
    checks: [
      ...idChecks(RELEASE),
      ['InvalidLifecycleEventHookExecutionStatusException', { status: 'Failed' }],
      ['InvalidLifecycleEventHookExecutionIdException', { lifecycleEventHookExecutionId: 'forged' }],
      ['InvalidLifecycleEventHookExecutionIdException', { lifecycleEventHookExecutionId: EXECUTION }],
    ],
  },
]

test.each(descents.map((descent) => [descent.operation, descent] as const))(
  '%s checks what it gets, in this order',
  (_, descent) => {
    const direct = new DirectAccount(descent.scenario ?? baseScenario)
    if (descent.at !== undefined) direct.create(content)
    direct.ms = (descent.at ?? 0) * 1000
    let request = descent.wrong
    for (const [exception, { later, ...putRight }] of descent.checks) {
      expect(direct.call(descent.operation, request).error).toBe(exception)
      if (typeof later === 'number') direct.ms = later * 1000
      request = { ...request, ...putRight }
    }
    expect(direct.call(descent.operation, request).error).toBeUndefined()
  },
)

test('a deployment that is over is neither stopped nor continued, whatever else is wrong', () => {
  const direct = new DirectAccount(scenarios.success)
  direct.create(content)
  direct.ms = 800_000
  const id = { deploymentId: direct.lane.deployments[0]?.id }
  expect(direct.call('StopDeployment', id).error).toBe('DeploymentAlreadyCompletedException')
  const wrongType = { ...id, deploymentWaitType: 'WHENEVER' }
  expect(direct.call('ContinueDeployment', wrongType).error).toBe('DeploymentAlreadyCompletedException')
})

test('a hook that was answered, timed out, or belongs to a finished deployment is answered too late', () => {
  const silent = { ...baseScenario, hookPlans: {} }
  const answer = { lifecycleEventHookExecutionId: EXECUTION, deploymentId: RELEASE, status: 'Succeeded' }
  const late: ((direct: DirectAccount) => void)[] = [
    (direct) => {
      direct.ms = 130_000
      expect(direct.call('PutLifecycleEventHookExecutionStatus', answer).error).toBeUndefined()
    },
    (direct) => {
      direct.ms = 3_726_000
    },
    (direct) => {
      direct.ms = 130_000
      direct.call('StopDeployment', { deploymentId: RELEASE })
      direct.ms = 135_000
    },
  ]
  for (const makeItLate of late) {
    const direct = new DirectAccount(silent)
    direct.create(content)
    makeItLate(direct)
    expect(direct.call('PutLifecycleEventHookExecutionStatus', answer).error).toBe(
      'LifecycleEventAlreadyCompletedException',
    )
  }
})

const container = (name: string, image: string) => ({
  containerDefinitions: [{ name, image, command: ['a'.repeat(66_000)] }],
})
const ECR = '123456789012.dkr.ecr.us-east-1.amazonaws.com/web:2'

/** As above, by what is said: ECS calls nearly all of it ClientException. */
const said: Pick<Descent, 'operation' | 'wrong' | 'checks'>[] = [
  {
    operation: 'RegisterTaskDefinition',
    wrong: { requiresCompatibilities: ['FARGATE'], containerDefinitions: [], tags: [] },
    checks: [
      ['Family can not be blank.', { family: 'a b' }],
      ['Family contains invalid characters.', { family: 'web' }],
      ['Container list cannot be empty.', container('', '')],
      ['Container.name should not be null or empty.', container('a b', '')],
      ['Container.name contains invalid characters.', container('web', '')],
      ['Container.image should not be null or empty.', container('web', ECR)],
      ['Fargate only supports network mode ‘awsvpc’.', { networkMode: 'awsvpc' }],
      ["Fargate requires that 'cpu' be defined at the task level.", { cpu: '300' }],
      ["Fargate requires that 'memory' be defined at the task level.", { memory: '8192' }],
      [
        "Invalid 'cpu' setting for task. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.",
        { cpu: '256' },
      ],
      ['No Fargate configuration exists for given values.', { memory: '512' }],
      [
        'Fargate requires task definition to have execution role ARN to support ECR images.',
        { executionRoleArn: 'arn:aws:iam::123456789012:role/ecsTaskExecutionRole' },
      ],
      [
        "Actual length: '66293'. Max allowed length is '65536' bytes.",
        { containerDefinitions: [{ name: 'web', image: ECR }] },
      ],
      ['Tags can not be empty.', { tags: undefined }],
    ],
  },
  {
    operation: 'DescribeServices',
    wrong: { cluster: 'nowhere' },
    checks: [
      ['Cluster not found.', { cluster: 'demo' }],
      ['Services cannot be empty.', { services: Array(11).fill('web') }],
      ['The services list may have at most 10 entries.', { services: ['web', 'nothing'] }],
    ],
  },
]

test.each(said.map((descent) => [descent.operation, descent] as const))(
  '%s says what is wrong, in this order',
  (_, descent) => {
    const direct = new DirectAccount(baseScenario)
    let request = descent.wrong
    for (const [message, putRight] of descent.checks) {
      expect(direct.call(descent.operation, request).message).toBe(message)
      request = { ...request, ...putRight }
    }
    expect(direct.call(descent.operation, request).error).toBeUndefined()
  },
)
