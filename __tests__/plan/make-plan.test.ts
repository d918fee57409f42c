import { describe, expect, test } from '@jest/globals'
import { buildAppSpec } from '../../src/app-spec/app-spec.ts'
import type { InputName } from '../../src/inputs/names.ts'
import { parseInputs } from '../../src/inputs/parse-inputs.ts'
import { identify } from '../../src/plan/identity.ts'
import { makePlan } from '../../src/plan/make-plan.ts'
import type { EarlierLook } from '../../src/plan/plan-of.ts'
import { buildMarker } from '../../src/workflow-run/marker.ts'
import type { World } from '../../src/world.ts'
import {
  DENY,
  type HandAccount,
  handAws,
  refuse,
  revision,
  SECONDS_0,
  UNREACHABLE,
  type WireAnswers,
  wireDefinition,
  wireGroup,
  wireService,
} from '../support/hand-aws.ts'
import { runNumber } from '../support/others.ts'
import { rawInputs } from '../support/simulated-release.ts'
import { at } from '../support/snapshots.ts'

type Given = Partial<Record<InputName, string>>

interface Situation {
  account?: Partial<HandAccount>
  answers?: WireAnswers
  world?: Partial<World>
  earlier?: Partial<EarlierLook>
}

async function planOf(given: Given = {}, { account, answers = {}, world = {}, earlier = {} }: Situation = {}) {
  const aws = handAws(account, { answers, world })
  const inputs = rawInputs({ cluster: 'demo', service: 'web', redeploy: 'true', ...given })
  const parsed = parseInputs(inputs, [])
  const before: EarlierLook = { blocker: undefined, waitsSince: undefined, ...earlier }
  const planning = await makePlan(parsed, aws.world, identify(parsed.inputs, aws.world), before)
  const reasons = planning.problems.map(({ reason }) => reason)
  return { ...planning, reasons, asked: aws.asked.map(({ operation }) => operation), writes: aws.writes() }
}

const APP_SPEC = `version: 0.0
Resources:
  - TargetService:
      Type: AWS::ECS::Service
      Properties:
        TaskDefinition: <TASK_DEFINITION>
        LoadBalancerInfo: { ContainerName: web, ContainerPort: 9090 }
Hooks:
  - BeforeInstall: of-the-file
  - AfterInstall: of-the-file
`
const FILES = { readText: async (path: string) => (path === 'appspec.yaml' ? APP_SPEC : undefined) }
const TWO_PORTS = {
  definitions: {
    'web:1': wireDefinition(1, {
      containerDefinitions: [
        { name: 'web', image: 'web:1', portMappings: [{ containerPort: 8080 }, { containerPort: 9090 }] },
        { name: 'proxy', image: 'proxy:1', portMappings: [{ containerPort: 7070 }] },
      ],
    }),
  },
}

test('a plan is made with reads only', async () => {
  const { plan, problems, writes } = await planOf({ image: 'web:2' })
  expect(problems).toEqual([])
  expect(plan).toMatchObject({
    service: { name: 'web', clusterName: 'demo' },
    group: { name: 'DgpECS-demo-web' },
    definition: { kind: 'register' },
    isUnchanged: false,
    adopted: undefined,
    occupant: undefined,
  })
  expect(writes).toEqual([])
})

test.each<[string, Given, Partial<World>, object]>([
  ['the service alone', {}, {}, { containerName: 'web', containerPort: 8080, hooks: {} }],
  [
    'the file over the service',
    {},
    FILES,
    {
      containerName: 'web',
      containerPort: 9090,
      hooks: { BeforeInstall: 'of-the-file', AfterInstall: 'of-the-file' },
    },
  ],
  [
    'the inputs over the file, each for itself',
    { 'container-port': '8080', 'after-install-hook': 'of-the-inputs' },
    FILES,
    {
      containerName: 'web',
      containerPort: 8080,
      hooks: { BeforeInstall: 'of-the-file', AfterInstall: 'of-the-inputs' },
    },
  ],
  [
    'the inputs over the service',
    { 'container-name': 'proxy', 'container-port': '7070' },
    {},
    { containerName: 'proxy', containerPort: 7070, hooks: {} },
  ],
])('traffic and hooks are taken from %s', async (_name, given, world, expected) => {
  const { plan, problems } = await planOf(given, { world, account: TWO_PORTS })
  expect(problems).toEqual([])
  expect(plan?.appSpec).toMatchObject(expected)
  expect(plan?.hooks).toEqual((expected as { hooks: object }).hooks)
})

const ALARMED = wireGroup({ alarmConfiguration: { enabled: true, alarms: [{ name: 'of-the-group' }] } })

test.each<[string, Given, Partial<HandAccount>, object]>([
  [
    'the group',
    {},
    { group: ALARMED },
    { rollbackOn: ['failure'], alarms: ['of-the-group'], deploymentConfig: 'CodeDeployDefault.ECSAllAtOnce' },
  ],
  [
    'the inputs',
    { 'rollback-on': 'stop', alarms: 'of-the-inputs', 'codedeploy-deployment-config': 'Mine' },
    { group: ALARMED },
    { rollbackOn: ['stop'], alarms: ['of-the-inputs'], deploymentConfig: 'Mine' },
  ],
  [
    'the inputs, which switch rollback off alone',
    { 'rollback-on': 'never' },
    { group: ALARMED },
    { rollbackOn: [], alarms: ['of-the-group'] },
  ],
  [
    'AWS, where neither says anything',
    {},
    { group: wireGroup({ deploymentConfigName: undefined, autoRollbackConfiguration: undefined }) },
    { rollbackOn: [], alarms: [], deploymentConfig: 'CodeDeployDefault.ECSAllAtOnce' },
  ],
])('rollback, alarms and configuration are those of %s', async (_name, given, account, expected) => {
  const { plan, problems } = await planOf(given, { account })
  expect(problems).toEqual([])
  expect(plan).toMatchObject(expected)
})

test('the shift is that of the configuration', async () => {
  const timeBasedCanary = { canaryPercentage: 10, canaryInterval: 5 }
  const config = { computePlatform: 'ECS', trafficRoutingConfig: { type: 'TimeBasedCanary', timeBasedCanary } }
  const { plan } = await planOf({}, { account: { config } })
  expect(plan?.shift).toMatchObject({ kind: 'canary', stepPercent: 10, durationMs: 300_000 })
})

describe('nothing is asked', () => {
  test.each<[string, Given, Partial<World>]>([
    ['when there is no service', { service: '' }, {}],
    ['when no region is known', {}, { obstacles: [{ reason: 'invalid-input', sentence: 'No region.' }] }],
    [
      'when the service cannot be of this region',
      { service: 'arn:aws:ecs:eu-west-1:123456789012:service/demo/web' },
      {},
    ],
    ['when the name cannot be one', { cluster: 'not a name' }, {}],
  ])('%s', async (_name, given, world) => {
    const { plan, asked, reasons } = await planOf({ ...given, 'after-install-hook': 'no hook' }, { world })
    expect(plan).toBeUndefined()
    expect(asked).toEqual([])
    // The hook is told of all the same.
    expect(reasons.filter((reason) => reason === 'invalid-input').length).toBeGreaterThan(1)
  })

  test('of any other account than the expected one', async () => {
    const { plan, asked, problems } = await planOf({ 'expected-account-id': '111122223333' })
    expect(plan).toBeUndefined()
    expect(asked).toEqual([])
    expect(problems).toEqual([
      {
        reason: 'wrong-account',
        sentence: expect.stringMatching(
          /^Input 'expected-account-id' is 111122223333, but the credentials are of account/,
        ),
      },
    ])
  })
})

test('nothing more is asked of a service in another account than the expected one, where only the service tells it', async () => {
  const { plan, asked, problems } = await planOf(
    { 'expected-account-id': '111122223333', 'codedeploy-deployment-config': 'Mine' },
    { world: { readCaller: () => Promise.reject(UNREACHABLE) } },
  )
  expect(plan).toBeUndefined()
  expect(asked.toSorted()).toEqual(['DescribeServices', 'GetDeploymentConfig'])
  expect(problems).toEqual([
    {
      reason: 'wrong-account',
      sentence: "Input 'expected-account-id' is 111122223333, but service 'web' is in account 123456789012.",
    },
  ])
})

test('an account in which no group is found is searched once', async () => {
  const { reasons, asked } = await planOf(
    {},
    {
      answers: {
        GetDeploymentGroup: refuse('DeploymentGroupDoesNotExistException'),
        ListApplications: () => ({ applications: [] }),
      },
    },
  )
  expect(reasons).toEqual(['not-found'])
  expect(asked.filter((operation) => operation === 'ListApplications')).toHaveLength(1)
})

test('every problem is told at once', async () => {
  const { plan, reasons, service, group } = await planOf(
    { image: 'web:2', 'container-port': '9', 'wait-for': 'test-traffic', 'codedeploy-deployment-config': 'Mine' },
    { answers: { GetDeploymentConfig: refuse('DeploymentConfigDoesNotExistException') } },
  )
  expect(plan).toBeUndefined()
  expect(reasons).toEqual(expect.arrayContaining(['not-found', 'invalid-input', 'no-test-listener', 'not-held']))
  expect(service?.name).toBe('web')
  expect(group?.name).toBe('DgpECS-demo-web')
})

test('a problem keeps the plan back and leaves where it was meant to go', async () => {
  const { plan, service, group, reasons } = await planOf({ 'wait-for': 'test-traffic' })
  expect(plan).toBeUndefined()
  expect(reasons).toEqual(['no-test-listener', 'not-held'])
  expect([service?.name, group?.name]).toEqual(['web', 'DgpECS-demo-web'])
})

test('a group that is not found leaves the service', async () => {
  const answers = { GetDeploymentGroup: refuse('DeploymentGroupDoesNotExistException') }
  const named = { 'codedeploy-application': 'shop', 'codedeploy-deployment-group': 'web' }
  const { plan, service, group, problems } = await planOf(named, { answers })
  expect([plan, service?.name, group]).toEqual([undefined, 'web', undefined])
  expect(problems).toEqual([
    {
      reason: 'not-found',
      sentence: "Deployment group 'web' was not found in application 'shop'. Check 'codedeploy-deployment-group'.",
    },
  ])
})

const DIGEST = `web@sha256:${'a'.repeat(64)}`
const pinned = (image: string) =>
  wireDefinition(1, { containerDefinitions: [{ name: 'web', image, portMappings: [{ containerPort: 8080 }] }] })
const PINNED = { definitions: { 'web:1': pinned(DIGEST) } }
const OTHERS = { active: ['d-OTHER0001'], deployments: { 'd-OTHER0001': { status: 'InProgress' } } }

test.each<[string, boolean, Given, Situation]>([
  ['production runs exactly this by digest', true, { image: DIGEST }, { account: PINNED }],
  ['only the tag is the same', false, { image: 'web:1' }, {}],
  ['another image is given', false, { image: DIGEST.replaceAll('a', 'b') }, { account: PINNED }],
  ['it is to be released all the same', false, { image: DIGEST, 'if-unchanged': 'release' }, { account: PINNED }],
  ['somebody else deploys', false, { image: DIGEST }, { account: { ...PINNED, ...OTHERS } }],
  ['it may not be seen who deploys', false, { image: DIGEST }, { account: PINNED, answers: { ListDeployments: DENY } }],
])('with if-unchanged: skip, when %s, there is nothing to do: %s', async (_name, isUnchanged, given, situation) => {
  const { plan } = await planOf({ 'if-unchanged': 'skip', ...given }, situation)
  expect(plan?.isUnchanged).toBe(isUnchanged)
})

test('what keeps the group busy is told in the plan, with a room that waits from the first look on', async () => {
  const { plan } = await planOf({}, { account: OTHERS, earlier: { waitsSince: at(-60) } })
  expect(plan?.occupant?.id).toBe('d-OTHER0001')
  expect(plan?.room).toMatchObject({
    policy: 'wait',
    onlySamePullRequest: false,
    since: at(-60),
    patienceMs: plan?.budget.totalMs,
  })
  const first = await planOf({ 'on-active-deployment': 'replace' }, { account: OTHERS })
  expect(first.plan?.room).toMatchObject({ policy: 'replace', since: at(0) })
})

test('a deployment that CodeDeploy named as being in the way is found although it is not listed', async () => {
  const account = { ...OTHERS, active: [] }
  expect((await planOf({}, { account })).plan?.occupant).toBeUndefined()
  const { plan } = await planOf({}, { account, earlier: { blocker: 'd-OTHER0001' } })
  expect(plan?.occupant?.id).toBe('d-OTHER0001')
})

const LAST = { lastAttemptedDeployment: { deploymentId: 'd-LAST00001', createTime: SECONDS_0 } }

test('a deployment that ended between the looks at service and group is planned behind', async () => {
  let looks = 0
  const [before] = wireService().taskSets
  const after = { ...before, id: 'ecs-svc/2', taskDefinition: revision(2), externalId: 'd-LAST00001' }
  const answers: WireAnswers = {
    DescribeServices: () => ({ services: [wireService(looks++ === 0 ? {} : { taskSets: [after] })] }),
  }
  const account = {
    group: wireGroup(LAST),
    definitions: { 'web:1': wireDefinition(1), 'web:2': wireDefinition(2) },
    deployments: { 'd-LAST00001': { status: 'Succeeded' }, 'd-MAKER0001': { status: 'Succeeded' } },
  }
  const { plan } = await planOf({}, { account, answers })
  expect(plan?.service.primary).toEqual({
    id: 'ecs-svc/2',
    taskDefinitionArn: revision(2),
    deploymentId: 'd-LAST00001',
    properties: {},
  })
})

test('a last deployment that has changed nothing is looked at once', async () => {
  const { plan, asked } = await planOf({}, { account: { group: wireGroup(LAST) } })
  expect(plan?.service.primary.id).toBe('ecs-svc/1')
  expect(asked.filter((operation) => operation === 'DescribeServices')).toHaveLength(2)
  const own = { lastAttemptedDeployment: { deploymentId: 'd-MAKER0001', createTime: SECONDS_0 } }
  const { asked: once } = await planOf({}, { account: { group: wireGroup(own) } })
  expect(once.filter((operation) => operation === 'DescribeServices')).toHaveLength(1)
})

/** The deployment of the first attempt of this run, which runs. */
function ofAttempt1(taskDefinition: string): Partial<HandAccount> {
  const appSpec = buildAppSpec(
    { containerName: 'web', containerPort: 8080, hooks: {}, file: undefined, properties: {} },
    taskDefinition,
  )
  const description = buildMarker(runNumber(42, 1).run, 'release')
  const revisionOf = { revisionType: 'AppSpecContent', appSpecContent: { sha256: appSpec.sha256 } }
  return {
    active: ['d-MINE00001'],
    deployments: {
      'd-MAKER0001': { status: 'Succeeded' },
      'd-MINE00001': { status: 'InProgress', description, revision: revisionOf },
    },
    definitions: { 'web:1': wireDefinition(1), 'web:2': wireDefinition(2) },
  }
}

test('a second attempt follows the deployment of the first, whatever keeps the group busy', async () => {
  const given: Given = { 'task-definition': 'web:2', 'on-active-deployment': 'fail' }
  const world = runNumber(42, 2)
  const { plan, problems } = await planOf(given, { account: ofAttempt1(revision(2)), world })
  expect(problems).toEqual([])
  expect(plan?.adopted).toEqual({ deploymentId: 'd-MINE00001', taskDefinitionArn: revision(2), runAttempt: 1 })
  const other = await planOf(given, { account: ofAttempt1(revision(1)), world })
  expect(other).toMatchObject({ plan: undefined, reasons: ['busy'] })
})

test('what may be meant otherwise is warned of', async () => {
  const { warnings } = await planOf({}, { account: { service: wireService({ desiredCount: 0 }) } })
  expect(warnings).toEqual(["The desired count of service 'web' is 0, so the release starts no task."])
})
