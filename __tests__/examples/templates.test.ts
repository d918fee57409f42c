import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import type { InputName } from '../../src/inputs/names.ts'
import type { RecordedCall } from '../../tools/simulator/recorded-call.ts'
import { pullRequest } from '../support/preview-events.ts'
import { preview } from '../support/previews.ts'
import { inOneAccount, simulateRelease } from '../support/simulated-release.ts'
import { Stack } from '../support/stack.ts'
import { grants, trusted } from '../support/stack-roles.ts'
import { scenarioOf } from '../support/stack-scenario.ts'
import { LANES, lanesStack, NATIVE, RELEASE, releaseStack } from '../support/stacks.ts'
import { danglingReferences, parseTemplate } from '../support/template.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const FOLDER = join(ROOT, 'examples', 'infrastructure')

function read(...path: string[]): string {
  return readFileSync(join(ROOT, ...path), 'utf8')
}

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

const ANSWERS_CODE_DEPLOY = ['GetApplicationRevision', 'GetDeployment', 'PutLifecycleEventHookExecutionStatus'].map(
  (operation) => `codedeploy:${operation}`,
)

test.each([
  ['release.yaml', RELEASE, ANSWERS_CODE_DEPLOY],
  ['preview-lanes.yaml', LANES, ANSWERS_CODE_DEPLOY],
  ['native.yaml', NATIVE, ['ecs:DescribeServiceRevisions']],
])('%s gives the hook what it reads and time to start up in', (_, template, allowed) => {
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
  const actions = grants(new Stack(template), 'HookRole').map(({ action }) => action)
  expect([...new Set(actions)]).toEqual(allowed)
})

describe('release.yaml', () => {
  test('makes what a release finds by itself: service, group, container, test listener, hook', async () => {
    const stack = releaseStack()
    const { outputs, log, calls } = await simulateRelease({ scenario: scenarioOf(stack), inputs: QUICK_START })
    expect(notGranted(stack, 'ReleaseRole', calls)).toEqual([])
    expect(outputs).toMatchObject({ status: 'succeeded', 'task-definition': 'web:2' })
    expect(outputs['hook-results']).toContain('"result":"succeeded"')
    expect(log).toContain(
      'Deployment group AppECS-prod-web / DgpECS-prod-web: test listener, rollback on failure, alarm and stop, alarms web-5xx.',
    )
  })

  test('waits at Ready for a promotion when it is told for how long', async () => {
    const scenario = scenarioOf(releaseStack({ ReadyWaitMinutes: 60 }))
    const inputs = { ...QUICK_START, 'wait-for': 'test-traffic' }
    const { outputs, calls } = await simulateRelease({ scenario, inputs })
    expect(outputs.status).toBe('awaiting-promotion')
    expect(outputs['test-url']).toMatch(/^http:/)
    expect(notGranted(releaseStack(), 'ReleaseRole', calls)).toEqual([])
  })

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
  ])(
    'trusts the branch and the environment, to promote and to roll back environments only; ids: "%s"',
    (ids, subjects) => {
      const stack = releaseStack({ GitHubRepositoryWithIds: ids })
      expect(trusted(stack, 'ReleaseRole')).toEqual(subjects)
      const ofEnvironment = subjects.filter((subject) => subject.includes(':environment:'))
      expect(trusted(stack, 'PromoteRole')).toEqual(ofEnvironment)
      expect(trusted(stack, 'RollbackRole')).toEqual(ofEnvironment)
      const onCall = releaseStack({ GitHubRepositoryWithIds: ids, RollbackEnvironment: 'on-call' })
      expect(trusted(onCall, 'PromoteRole')).toEqual(ofEnvironment)
      expect(new Set(trusted(onCall, 'RollbackRole'))).toEqual(
        new Set([...ofEnvironment, ...ofEnvironment.map((subject) => subject.replace('production', 'on-call'))]),
      )
      const tagged = releaseStack({ GitHubRepositoryWithIds: ids, ReleaseTags: 'v*' })
      const ofTags = subjects.flatMap((subject) =>
        subject.includes('refs/heads') ? [subject.replace('heads/main', 'tags/v*')] : [],
      )
      expect(trusted(tagged, 'ReleaseRole')).toEqual([...subjects, ...ofTags])
      expect(trusted(tagged, 'RollbackRole')).toEqual(ofEnvironment)
    },
  )

  test('makes the cluster and the image repository unless they are there', async () => {
    const stack = releaseStack()
    expect(stack.ofType('AWS::ECS::Cluster').size).toBe(1)
    expect(stack.only('AWS::ECR::Repository')).toEqual({ RepositoryName: 'web', ImageTagMutability: 'IMMUTABLE' })
    const second = releaseStack({
      ServiceName: 'api',
      HookName: 'CodeDeployHook_validate_api',
      CreateCluster: 'false',
      CreateRepository: 'false',
      CreateOidcProvider: 'false',
    })
    expect(second.ofType('AWS::ECS::Cluster').size).toBe(0)
    expect(second.ofType('AWS::ECR::Repository').size).toBe(0)
    const inputs = { ...QUICK_START, service: 'api', 'after-allow-test-traffic-hook': 'CodeDeployHook_validate_api' }
    const { outputs } = await simulateRelease({ scenario: scenarioOf(second), inputs })
    expect(outputs).toMatchObject({ status: 'succeeded', 'task-definition': 'api:2' })
  })

  test('has nothing in common with the stack of a second service in the same cluster', () => {
    const second = { ServiceName: 'api', HookName: 'CodeDeployHook_validate_api', CreateCluster: 'false' }
    const web = releaseStack().names()
    const api = releaseStack({ ...second, CreateOidcProvider: 'false' }).names()
    expect(web).toEqual(expect.arrayContaining(['AWS::ECS::Cluster prod', 'AWS::IAM::Role push-web']))
    expect(api).toEqual(web.slice(1).map((name) => name.replaceAll(/\bweb\b/g, 'api').replace(/validate$/, '$&_api')))
    expect(api.filter((name) => web.includes(name))).toEqual([])
  })

  test('serves production by HTTPS when it has a certificate', () => {
    const listener = (given: Record<string, string>) =>
      releaseStack(given).ofType('AWS::ElasticLoadBalancingV2::Listener').get('ProductionListener')
    expect(listener({})).toMatchObject({ Protocol: 'HTTP', Port: 80 })
    expect(listener({ CertificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/1' })).toMatchObject({
      Protocol: 'HTTPS',
      Port: 443,
      Certificates: [{ CertificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/1' }],
    })
  })

  test('makes the OIDC provider unless the account has it', () => {
    expect(new Stack(RELEASE).ofType('AWS::IAM::OIDCProvider').size).toBe(1)
    expect(new Stack(RELEASE, { CreateOidcProvider: 'false' }).ofType('AWS::IAM::OIDCProvider').size).toBe(0)
  })
})

describe("the commands of the templates' README", () => {
  const text = read('examples', 'infrastructure', 'README.md')
  const commands = [...text.matchAll(/^```sh\n(.*?)^```$/gms)]
    .map(([, block = '']) => block.replaceAll('\\\n', ' '))
    .join('')

  test('package into a folder of the bucket and remove that folder only', () => {
    const packages = commands.match(/aws cloudformation package .*/g) ?? []
    expect(packages).toHaveLength(3)
    for (const line of packages) expect(line).toContain('--s3-bucket "$bucket" --s3-prefix ecs-blue-green-release ')
    expect(commands.match(/^aws s3 .*/gm)).toEqual([
      expect.stringMatching(/^aws s3 rm "s3:\/\/\$bucket\/ecs-blue-green-release\/" --recursive +#/),
    ])
    expect(commands).not.toMatch(/--force|aws s3 rb|aws s3api delete/)
  })

  test.each([
    ['release.yaml', RELEASE, 'packaged.yaml'],
    ['native.yaml', NATIVE, 'packaged-native.yaml'],
    ['preview-lanes.yaml', LANES, 'packaged-lanes.yaml'],
  ])('give no parameter that %s has not, and each that has no default', (_, { Parameters }, packaged) => {
    const deploys = (commands.match(/aws cloudformation deploy .*/g) ?? []).filter((line) => line.includes(packaged))
    expect(deploys.length).toBeGreaterThan(0)
    const needed = Object.entries(Parameters).flatMap(([key, { Default }]) => (Default === undefined ? [key] : []))
    for (const line of deploys) {
      const given = [...line.matchAll(/ (\w+)=/g)].map(([, key]) => key)
      expect(Object.keys(Parameters)).toEqual(expect.arrayContaining(given))
      expect(given).toEqual(expect.arrayContaining(needed))
    }
  })

  test('keep the images of a stack that is deleted', () => {
    for (const { Resources } of [RELEASE, NATIVE, LANES]) {
      const kept = { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' }
      expect(Resources['Repository']).toMatchObject(kept)
    }
  })
})

describe('preview-lanes.yaml', () => {
  const stack = lanesStack()

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
    const lanes = lanesStack({ CertificateArn: arn })
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

  test('lets images of previews go two weeks after they were pushed', () => {
    const { RepositoryName, LifecyclePolicy } = stack.only('AWS::ECR::Repository')
    expect(RepositoryName).toBe('web-previews')
    const { rules } = JSON.parse(String((LifecyclePolicy as Mapping)['LifecyclePolicyText']))
    expect(rules).toEqual([
      expect.objectContaining({
        selection: { tagStatus: 'any', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 14 },
        action: { type: 'expire' },
      }),
    ])
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
      'elasticloadbalancing:DescribeListeners *',
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

/** Which of the calls a role may not make, by their names. */
function notGranted(stack: Stack, role: string, calls: readonly RecordedCall[]): string[] {
  const granted = new Set(grants(stack, role).map(({ action }) => action.split(':')[1]))
  return [...new Set(calls.map(({ operation }) => operation))].filter((operation) => !granted.has(operation))
}
