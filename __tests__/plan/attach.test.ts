import { describe, expect, test } from '@jest/globals'
import type { InputName } from '../../src/inputs/names.ts'
import { parseInputs } from '../../src/inputs/parse-inputs.ts'
import { attach } from '../../src/plan/attach.ts'
import { Findings } from '../../src/plan/findings.ts'
import { identify } from '../../src/plan/identity.ts'
import { findPlace } from '../../src/plan/place.ts'
import type { World } from '../../src/world.ts'
import { appSpecOf, DENY, type HandAws, refuse, revision, type WireAnswers } from '../support/hand-aws.ts'
import { awsWithDeployment, type HandDeployment, OURS, type Stretch } from '../support/hand-deployment.ts'
import { rawInputs } from '../support/simulated-release.ts'

type Given = Partial<Record<InputName, string>>

const INSTALLING: Stretch[] = [{ from: 0, letters: 'SRPPPPPP' }]
const HOOKS = [{ AfterInstall: 'of-the-deployment' }]

async function attached(given: Given = {}, { course = INSTALLING, ...rest }: Partial<HandDeployment> = {}) {
  const aws: HandAws = awsWithDeployment({ course, ...rest })
  const inputs = rawInputs({ cluster: 'demo', service: 'web', operation: 'watch', 'deployment-id': OURS, ...given })
  const parsed = parseInputs(inputs, [])
  const findings = new Findings()
  const place = await findPlace(parsed, aws.world, identify(parsed.inputs, aws.world), findings)
  const found = place.group === undefined ? undefined : await attach(parsed, place, aws.world, findings)
  const { problems, warnings } = findings
  const isThere = found !== undefined && !('absent' in found)
  return {
    place,
    found: isThere ? found : undefined,
    absent: found !== undefined && 'absent' in found ? found.absent : undefined,
    problems,
    reasons: problems.map(({ reason }) => reason),
    warnings,
    asked: aws.asked.map(({ operation }) => operation),
    writes: aws.writes(),
  }
}

const shipping = (content: string): WireAnswers => ({
  GetApplicationRevision: () => ({ revision: { revisionType: 'AppSpecContent', appSpecContent: { content } } }),
})

test('a deployment is known in the form in which a release knows its own, with reads only', async () => {
  const { found, problems, warnings, writes } = await attached()
  expect([problems, warnings, writes]).toEqual([[], [], []])
  expect(found).toMatchObject({
    deploymentId: OURS,
    taskDefinitionArn: revision(2),
    shipped: { arn: revision(2) },
    plan: {
      service: { name: 'web', primary: { id: 'ecs-svc/1', taskDefinitionArn: revision(1) } },
      group: { name: 'DgpECS-demo-web' },
      deploymentConfig: 'CodeDeployDefault.ECSAllAtOnce',
      shift: { kind: 'all-at-once' },
      definition: { kind: 'use', arn: revision(2) },
      sentAppSpec: { sha256: 'two' },
      rollbackOn: ['failure'],
      alarms: [],
      isUnchanged: false,
      room: { policy: 'fail', patienceMs: 0, onlySamePullRequest: false },
    },
  })
  expect(found?.plan.differences).toHaveLength(1)
  expect(found?.plan.definitionSha256).toMatch(/^[0-9a-f]{64}$/)
})

test.each<[string, WireAnswers, object]>([
  ['those of the deployment', shipping(appSpecOf(revision(2), HOOKS)), { AfterInstall: 'of-the-deployment' }],
  ['none, where the deployment has none', {}, {}],
  [
    'those of the inputs, where the AppSpec is denied',
    { GetApplicationRevision: DENY },
    { AfterInstall: 'of-the-inputs' },
  ],
  [
    'those of the inputs, where the AppSpec is gone',
    { GetApplicationRevision: refuse('RevisionDoesNotExistException') },
    { AfterInstall: 'of-the-inputs' },
  ],
  ['those of the inputs, where it is no AppSpec', shipping('['), { AfterInstall: 'of-the-inputs' }],
])('the hooks that are waited for are %s', async (_name, answers, hooks) => {
  const { found, problems } = await attached({ 'after-install-hook': 'of-the-inputs' }, { answers })
  expect(problems).toEqual([])
  expect(found?.plan.hooks).toEqual(hooks)
  expect(found?.plan.appSpec.hooks).toEqual(hooks)
})

test('an AppSpec that could not be read is warned of, and what is shipped known by the task set', async () => {
  const { found, warnings } = await attached({}, { answers: { GetApplicationRevision: DENY } })
  expect(warnings).toEqual([
    `The AppSpec of ${OURS} could not be read (codedeploy:GetApplicationRevision, AccessDenied); its hooks are taken from the inputs.`,
  ])
  expect(found).toMatchObject({ taskDefinitionArn: revision(2), plan: { sentAppSpec: 'unseen' } })
})

describe('of a deployment, what it says of itself goes before what its group says', () => {
  const info = {
    deploymentConfigName: 'Mine',
    autoRollbackConfiguration: { enabled: true, events: ['DEPLOYMENT_STOP_ON_REQUEST'] },
    overrideAlarmConfiguration: { enabled: true, alarms: [{ name: 'of-the-deployment' }] },
    blueGreenDeploymentConfiguration: {
      deploymentReadyOption: { actionOnTimeout: 'STOP_DEPLOYMENT', waitTimeInMinutes: 7 },
      terminateBlueInstancesOnDeploymentSuccess: { action: 'TERMINATE', terminationWaitTimeInMinutes: 3 },
    },
  }
  const group = { alarmConfiguration: { enabled: true, alarms: [{ name: 'of-the-group' }] } }

  test('if it says something', async () => {
    const { found } = await attached({}, { info, group })
    expect(found?.plan).toMatchObject({
      deploymentConfig: 'Mine',
      rollbackOn: ['stop'],
      alarms: ['of-the-deployment'],
      group: { holdsAtReady: true, readyWaitMs: 420_000, terminationWaitMs: 180_000 },
      room: { group: { holdsAtReady: true } },
    })
  })

  test('if it says that there is none', async () => {
    const none = { autoRollbackConfiguration: { enabled: false }, overrideAlarmConfiguration: { enabled: false } }
    const { found } = await attached({}, { info: none, group })
    expect(found?.plan).toMatchObject({ rollbackOn: [], alarms: [] })
  })

  test('what a deployment does not say of itself is as its group says', async () => {
    const { found } = await attached({}, { group })
    expect(found?.plan).toMatchObject({ rollbackOn: ['failure'], alarms: ['of-the-group'] })
  })
})

test('a shift that cannot be read is not known, and stops nothing but what needs it', async () => {
  const { found } = await attached(
    {},
    { answers: { GetDeploymentConfig: refuse('DeploymentConfigDoesNotExistException') } },
  )
  expect(found?.plan.shift).toMatchObject({ kind: 'unknown', durationMs: 0, stepPercent: 100 })
})

test.each<[string, (name: unknown) => boolean, object]>([
  ['what is shipped', (name) => name === revision(2), { shipped: undefined, differences: undefined, sum: undefined }],
  [
    'what served before',
    (name) => name === revision(1),
    { shipped: revision(2), differences: undefined, sum: expect.anything() },
  ],
])('%s may not be described, and nothing depends on it', async (_name, isDenied, expected) => {
  const answers: WireAnswers = {
    DescribeTaskDefinition: ({ taskDefinition }) =>
      isDenied(taskDefinition)
        ? DENY()
        : { taskDefinition: { taskDefinitionArn: taskDefinition, family: 'web', revision: 2, status: 'ACTIVE' } },
  }
  const { found, problems } = await attached({}, { answers })
  expect(problems).toEqual([])
  const { differences, definitionSha256: sum } = found?.plan ?? {}
  expect({ shipped: found?.shipped?.arn, differences, sum }).toEqual(expected)
})

test('of a deployment that serves by now, the original is what served before as long as it is there', async () => {
  const course: Stretch[] = [{ from: 0, letters: 'SSSSSSSR', percent: 100 }]
  const { found } = await attached({}, { course })
  expect(found?.plan.service.primary).toMatchObject({ id: 'ecs-svc/1', taskDefinitionArn: revision(1) })
  expect(found?.plan.differences).toHaveLength(1)
})

describe('which deployment is meant', () => {
  test.each<[string, Given, Partial<HandDeployment>, boolean]>([
    ['one of this run', { 'deployment-id': '' }, {}, true],
    ['none of another run', { 'deployment-id': '' }, { description: 'by hand' }, false],
    ['the active one, whoever made it', { 'deployment-id': 'active' }, { description: 'by hand' }, true],
    ['the one that is named, whoever made it', {}, { description: 'by hand' }, true],
  ])('is %s', async (_name, given, playing, isFound) => {
    const { found, absent, problems } = await attached(given, playing)
    expect([found !== undefined, absent === undefined]).toEqual([isFound, isFound])
    expect(problems).toEqual([])
  })

  test('is seen from the last deployment of the group where the list is denied, with a warning', async () => {
    const { found, warnings } = await attached({ 'deployment-id': '' }, { answers: { ListDeployments: DENY } })
    expect(found?.deploymentId).toBe(OURS)
    expect(warnings).toEqual([
      'codedeploy:ListDeployments was denied; only the last deployment of the group was looked at.',
    ])
  })

  test('is none that cannot be read', async () => {
    const { found, absent, reasons } = await attached({}, { answers: { GetDeployment: DENY } })
    expect([found, absent]).toEqual([undefined, undefined])
    expect(reasons).toEqual(['denied'])
  })

  test('is none of another group', async () => {
    const { found, reasons } = await attached({}, { info: { deploymentGroupName: 'other' } })
    expect([found, reasons]).toEqual([undefined, ['group-mismatch']])
  })
})

test.each<[string, Given, Partial<World>, string | undefined]>([
  ['there is an obstacle', {}, { obstacles: [{ reason: 'invalid-input', sentence: 'No region.' }] }, undefined],
  ['no service is given', { service: '' }, {}, undefined],
  ['the account is another one', { 'expected-account-id': '111122223333' }, {}, 'wrong-account'],
])('nothing is asked when %s', async (_name, given, world, reason) => {
  const { place, asked, reasons } = await attached(given, { world })
  expect(place).toEqual({ service: undefined, group: undefined })
  expect(asked).toEqual([])
  expect(reasons).toEqual(reason === undefined ? [] : [reason])
})

test('a group that is not found leaves the service', async () => {
  const named = { 'codedeploy-application': 'shop', 'codedeploy-deployment-group': 'web' }
  const answers = { GetDeploymentGroup: refuse('DeploymentGroupDoesNotExistException') }
  const { place, reasons, found } = await attached(named, { answers })
  expect([place.service?.name, place.group, found]).toEqual(['web', undefined, undefined])
  expect(reasons).toEqual(['not-found'])
})
