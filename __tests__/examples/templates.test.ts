import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import type { InputName } from '../../src/inputs/names.ts'
import type { RecordedCall } from '../../tools/simulator/recorded-call.ts'
import { pullRequest } from '../support/preview-events.ts'
import { preview } from '../support/previews.ts'
import { inOneAccount, simulateRelease } from '../support/simulated-release.ts'
import { Stack } from '../support/stack.ts'
import { scenarioOf } from '../support/stack-scenario.ts'
import { danglingReferences, parseTemplate } from '../support/template.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const FOLDER = join(ROOT, 'examples', 'infrastructure')

function read(...path: string[]): string {
  return readFileSync(join(ROOT, ...path), 'utf8')
}

const RELEASE = parseTemplate(read('examples', 'infrastructure', 'release.yaml'))
const LANES = parseTemplate(read('examples', 'infrastructure', 'preview-lanes.yaml'))
const REPOSITORY = { GitHubRepository: 'example/shop' }

/** A release as in the README's quick start: nothing of CodeDeploy is named. */
const QUICK_START: Partial<Record<InputName, string>> = {
  cluster: 'prod',
  service: 'web',
  'after-allow-test-traffic-hook': 'CodeDeployHook_validate',
}

type Mapping = Record<string, unknown>

describe.each(readdirSync(FOLDER).filter((name) => name.endsWith('.yaml')))('%s', (name) => {
  const text = read('examples', 'infrastructure', name)

  test('refers to nothing that it has not', () => {
    expect(danglingReferences(parseTemplate(text))).toEqual([])
  })

  test.each([
    ['!Ref VpcId', '!Ref VpcID', 'VpcID'],
    ['!GetAtt TaskRole.Arn', '!GetAtt TaskRoll.Arn', 'TaskRoll'],
    ['{ClusterName}', '{Cluster_Name}', 'Cluster_Name'],
    ['!If [HasIds', '!If [HasId', 'HasId'],
    ['Condition: MakesOidcProvider', 'Condition: MakesProvider', 'MakesProvider'],
  ])('which is found: %s as %s', (right, wrong, missing) => {
    expect(text).toContain(right)
    expect(danglingReferences(parseTemplate(text.replace(right, wrong))).join()).toContain(missing)
  })
})

test.each([
  ['release.yaml', RELEASE],
  ['preview-lanes.yaml', LANES],
])('%s gives the hook what it reads and time to start up in', (_, template) => {
  const { FunctionName, Handler, Code, Environment, Timeout } = new Stack(template).only('AWS::Lambda::Function')
  const [file, exported] = String(Handler).split('.')
  const source = read('examples', 'infrastructure', String(Code), `${file}.mjs`)
  expect(source).toBe(read('examples', 'hooks', 'validate.mjs'))
  expect(source).toContain(`export const ${exported} =`)
  expect(FunctionName).toMatch(/^CodeDeployHook_/)
  expect(Timeout).toBeGreaterThan(60 + 5)
  const documented = read('examples', 'hooks', 'README.md')
  for (const name of Object.keys((Environment as { Variables: Mapping }).Variables)) {
    expect(source).toContain(`env.${name}`)
    expect(documented).toContain(`| \`${name}\` |`)
  }
  expect(grants(new Stack(template, REPOSITORY), 'HookRole').map(({ action }) => action)).toEqual([
    'codedeploy:GetApplicationRevision',
    'codedeploy:GetDeployment',
    'codedeploy:PutLifecycleEventHookExecutionStatus',
  ])
})

describe('release.yaml', () => {
  test('makes what a release finds by itself: service, group, container, test listener, hook', async () => {
    const stack = new Stack(RELEASE, REPOSITORY)
    const { outputs, log, calls } = await simulateRelease({ scenario: scenarioOf(stack), inputs: QUICK_START })
    expect(notGranted(stack, 'ReleaseRole', calls)).toEqual([])
    expect(outputs).toMatchObject({ status: 'succeeded', 'task-definition': 'web:2' })
    expect(outputs['hook-results']).toContain('"result":"succeeded"')
    expect(log).toContain(
      'Deployment group AppECS-prod-web / DgpECS-prod-web: test listener, rollback on failure, alarm and stop, alarms web-5xx.',
    )
  })

  test('waits at Ready for a promotion when it is told for how long', async () => {
    const scenario = scenarioOf(new Stack(RELEASE, { ...REPOSITORY, ReadyWaitMinutes: 60 }))
    const inputs = { ...QUICK_START, 'wait-for': 'test-traffic' }
    const { outputs, calls } = await simulateRelease({ scenario, inputs })
    expect(outputs.status).toBe('awaiting-promotion')
    expect(outputs['test-url']).toMatch(/^http:/)
    expect(notGranted(new Stack(RELEASE, REPOSITORY), 'ReleaseRole', calls)).toEqual([])
  })

  test.each(['plan', 'watch', 'stop', 'promote', 'rollback', 'release'])(
    'lets the role of %s do what the README says and no more',
    (operation) => {
      const stack = new Stack(RELEASE, { ...REPOSITORY, ClusterName: 'CLUSTER', ServiceName: 'SERVICE' })
      const role = `${operation.charAt(0).toUpperCase()}${operation.slice(1)}Role`
      expect(stack.ofType('AWS::IAM::Role').get(role)).toMatchObject({ RoleName: `${operation}-SERVICE` })
      // Only a promotion may go past Ready, so that the environment's approval cannot be gone round.
      const expected = documentedGrants(operation).filter(
        ({ action }) => operation !== 'release' || action !== 'codedeploy:ContinueDeployment',
      )
      expect(grants(stack, role)).toEqual(expected)
    },
  )

  test.each([
    ['', ['repo:example/shop:ref:refs/heads/main', 'repo:example/shop:environment:production']],
    [
      'example@1/shop@2',
      [
        'repo:example/shop:ref:refs/heads/main',
        'repo:example/shop:environment:production',
        'repo:example@1/shop@2:ref:refs/heads/main',
        'repo:example@1/shop@2:environment:production',
      ],
    ],
  ])('trusts the branch and the environment, to promote the environment only; ids: "%s"', (ids, subjects) => {
    const stack = new Stack(RELEASE, { ...REPOSITORY, GitHubRepositoryWithIds: ids })
    expect(trusted(stack, 'ReleaseRole')).toEqual(subjects)
    expect(trusted(stack, 'PromoteRole')).toEqual(subjects.filter((subject) => subject.includes(':environment:')))
  })

  test('makes the OIDC provider unless the account has it', () => {
    expect(new Stack(RELEASE).ofType('AWS::IAM::OIDCProvider').size).toBe(1)
    expect(new Stack(RELEASE, { CreateOidcProvider: 'false' }).ofType('AWS::IAM::OIDCProvider').size).toBe(0)
  })
})

describe('preview-lanes.yaml', () => {
  const stack = new Stack(LANES, { ...REPOSITORY, DomainName: 'preview.example.org' })

  test('makes lanes that run nothing until they are claimed, tagged as lanes, each with a host name of its own', () => {
    const services = [...stack.ofType('AWS::ECS::Service').values()]
    expect(services.map(({ ServiceName }) => ServiceName)).toEqual(['preview-1', 'preview-2', 'preview-3'])
    for (const { DesiredCount, TaskDefinition, ServiceName, Tags } of services) {
      expect(DesiredCount).toBe(0)
      expect(TaskDefinition).toBe(ServiceName)
      expect(Tags).toEqual(expect.arrayContaining([{ Key: 'preview-lane', Value: 'true' }]))
      expect(Tags).toEqual(expect.arrayContaining([{ Key: 'preview-desired-count', Value: '1' }]))
    }
    const rules = [...stack.ofType('AWS::ElasticLoadBalancingV2::ListenerRule').values()]
    for (const [listener, end] of [
      ['Listener', ''],
      ['TestListener', '*'],
    ]) {
      const conditions = rules.flatMap(({ ListenerArn, Conditions }) => (ListenerArn === listener ? [Conditions] : []))
      expect(conditions).toEqual(
        [1, 2, 3].map((lane) => [
          { Field: 'host-header', HostHeaderConfig: { Values: [`${lane}.preview.example.org${end}`] } },
        ]),
      )
    }
    expect(stack.value(LANES.Outputs['Lane2']?.Value)).toBe('preview-2=http://2.preview.example.org')
  })

  test('releases to a lane at once: no hold, no termination wait, and back when it fails', async () => {
    const scenario = scenarioOf(stack)
    for (const { groups } of scenario.world.applications) {
      expect(groups).toEqual([
        expect.objectContaining({
          deploymentConfig: 'CodeDeployDefault.ECSAllAtOnce',
          ready: { action: 'CONTINUE_DEPLOYMENT', waitMinutes: 0 },
          terminationWaitMinutes: 0,
          rollbackOn: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_REQUEST'],
        }),
      ])
    }
    const { outputs } = await simulateRelease({ scenario, inputs: { cluster: 'previews', service: 'preview-2' } })
    expect(outputs).toMatchObject({ status: 'succeeded', 'task-definition': 'preview-2:2' })
  })

  test('its outputs are lanes that a pull request claims and frees', () =>
    inOneAccount(scenarioOf(stack), async (account) => {
      const lines = Object.entries(LANES.Outputs).filter(([name]) => /^Lane\d/.test(name))
      const services = lines.map(([, { Value }]) => stack.value(Value)).join('\n')
      const hook = 'CodeDeployHook_preview'
      const inputs = { cluster: 'previews', 'preview-services': services, 'after-allow-test-traffic-hook': hook }
      const claimed = await preview(account, pullRequest({ number: 12 }), { inputs })
      expect(claimed.outputs).toMatchObject({ status: 'succeeded', 'test-url': 'http://1.preview.example.org' })
      expect(claimed.writes).toContain('UpdateService')
      expect(claimed.outputs['hook-results']).toContain('"result":"succeeded"')
      expect(claimed.log).toContain('Hooks: AfterAllowTestTraffic: CodeDeployHook_preview.')
      const freed = await preview(account, pullRequest({ number: 12, action: 'closed', run: 113 }), { inputs })
      expect(freed.outputs.status).toBe('succeeded')
      expect(notGranted(stack, 'PreviewRole', [...claimed.calls, ...freed.calls])).toEqual([])
    }))

  test.each([
    ['http', ''],
    ['https', 'arn:aws:acm:us-east-1:123456789012:certificate/1'],
  ])('leads the hook by the number in the name of the deployment group to the rule for the lane: %s', (scheme, arn) => {
    const lanes = new Stack(LANES, { ...REPOSITORY, DomainName: 'preview.example.org', CertificateArn: arn })
    const { Environment } = lanes.only('AWS::Lambda::Function')
    const url = String((Environment as { Variables: Mapping }).Variables['TEST_LISTENER_URL'])
    const { Port, Protocol } = lanes.ofType('AWS::ElasticLoadBalancingV2::Listener').get('TestListener') ?? {}
    expect(Protocol).toBe(scheme.toUpperCase())
    for (const lane of ['1', '2', '3']) {
      const group = lanes.ofType('AWS::CodeDeploy::DeploymentGroup').get(`DeploymentGroup${lane}`)
      const number = /\d+$/.exec(String(group?.['DeploymentGroupName']))?.[0] ?? ''
      expect(url.replace('{number}', number)).toBe(`${scheme}://${lane}.preview.example.org:${Port}`)
    }
  })

  test('lets the hook answer for lanes only', () => {
    expect(grants(stack, 'HookRole').map(({ resource }) => resource.split(':').slice(5).join(':'))).toEqual([
      'application:AppECS-previews-preview-*',
      'deploymentgroup:AppECS-previews-preview-*/DgpECS-previews-preview-*',
      'deploymentgroup:AppECS-previews-preview-*/DgpECS-previews-preview-*',
    ])
  })

  test('gives its role nothing beyond the lanes', () => {
    const everywhere = grants(stack, 'PreviewRole').filter(({ resource }) => !resource.includes('preview'))
    expect(everywhere.map(({ action, resource }) => `${action} ${resource}`)).toEqual([
      'codedeploy:GetDeploymentConfig arn:aws:codedeploy:us-east-1:123456789012:deploymentconfig:*',
      'ecs:DescribeTaskDefinition *',
      'ecs:DescribeTasks *',
      'ecs:ListTasks *',
      'ecs:RegisterTaskDefinition *',
      'iam:PassRole arn:aws:iam::123456789012:role/ExecutionRole',
      'iam:PassRole arn:aws:iam::123456789012:role/TaskRole',
    ])
    const changes = grants(stack, 'PreviewRole').find(({ action }) => action === 'ecs:UpdateService')
    expect(changes).toEqual({
      action: 'ecs:UpdateService',
      resource: 'arn:aws:ecs:us-east-1:123456789012:service/previews/preview-*',
      condition: { StringEquals: { 'aws:ResourceTag/preview-lane': 'true' } },
    })
    expect(trusted(stack, 'PreviewRole')).toEqual([
      'repo:example/shop:pull_request',
      'repo:example/shop:ref:refs/heads/main',
    ])
  })
})

interface Grant {
  action: string
  resource: string
  condition: unknown
}

interface Statement {
  Effect: string
  Action: string | string[]
  Resource: string | string[]
  Condition?: unknown
}

/** What statements allow, one action on one resource each, in order. */
function grantsOf(statements: Statement[]): Grant[] {
  const all = statements.flatMap(({ Effect, Action, Resource, Condition: condition }) => {
    expect(Effect).toBe('Allow')
    // Pairs that mean nothing, such as an action of Lambda on a log group, are the same on both sides.
    return [Action].flat().flatMap((action) => [Resource].flat().map((resource) => ({ action, resource, condition })))
  })
  return all.toSorted((one, other) => key(one).localeCompare(key(other)))
}

function key({ action, resource }: Grant): string {
  return `${action} ${resource}`
}

/** What a role of a stack may do by policies of the stack's own. */
function grants(stack: Stack, role: string): Grant[] {
  const { Policies = [], ManagedPolicyArns = [] } = stack.ofType('AWS::IAM::Role').get(role) ?? {}
  const shared = stack.ofType('AWS::IAM::ManagedPolicy')
  const documents = [
    ...(Policies as { PolicyDocument: unknown }[]).map(({ PolicyDocument }) => PolicyDocument),
    ...(ManagedPolicyArns as string[]).flatMap((name) => shared.get(name)?.['PolicyDocument'] ?? []),
  ] as { Statement: Statement[] }[]
  return grantsOf(documents.flatMap(({ Statement }) => Statement))
}

/** Which of the calls a role may not make, by their names. */
function notGranted(stack: Stack, role: string, calls: readonly RecordedCall[]): string[] {
  const granted = new Set(grants(stack, role).map(({ action }) => action.split(':')[1]))
  return [...new Set(calls.map(({ operation }) => operation))].filter((operation) => !granted.has(operation))
}

/** Who may take a role: the subjects of GitHub's tokens. */
function trusted(stack: Stack, role: string): unknown {
  const { AssumeRolePolicyDocument } = stack.ofType('AWS::IAM::Role').get(role) ?? {}
  const [{ Condition } = {}] = (AssumeRolePolicyDocument as { Statement: Mapping[] }).Statement
  return (Condition as { StringEquals: Mapping }).StringEquals['token.actions.githubusercontent.com:sub']
}

/** The IAM policy that the README gives for an operation: after its name, for a release the last one. */
function documentedGrants(operation: string): Grant[] {
  const section = read('README.md').split('\n## Permissions\n')[1]?.split('\n## ')[0] ?? ''
  const parts = section.split('```')
  const blocks = parts.flatMap((text, i) => (text.startsWith('json\n') ? [{ intro: parts[i - 1] ?? '', text }] : []))
  const block =
    operation === 'release'
      ? blocks.at(-1)
      : blocks.find(({ intro }) => new RegExp(`(\\n\\n|than a release\\. )\`${operation}\`: `).test(intro))
  const json = block?.text.slice('json'.length) ?? 'null'
  const words: Record<string, string> = {
    REGION: 'us-east-1',
    ACCOUNT: '123456789012',
    APPLICATION: 'AppECS-CLUSTER-SERVICE',
    GROUP: 'DgpECS-CLUSTER-SERVICE',
    FAMILY: 'SERVICE',
    HOOK: 'CodeDeployHook_validate',
    TASK_ROLE: 'TaskRole',
    EXECUTION_ROLE: 'ExecutionRole',
  }
  const filled = json.replace(/\b[A-Z]+(_ROLE)?\b/g, (word) => words[word] ?? word)
  return grantsOf(JSON.parse(filled).Statement)
}
