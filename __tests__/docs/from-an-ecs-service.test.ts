import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { OPERATIONS } from '../../tools/simulator/operations/operations.ts'
import { startSimulator } from '../../tools/simulator/simulator.ts'
import { simulateRelease } from '../support/simulated-release.ts'
import { Stack } from '../support/stack.ts'
import { scenarioOf } from '../support/stack-scenario.ts'
import type { Resource } from '../support/template.ts'
import { virtualClock } from '../support/virtual-clock.ts'
import { asWorkflow, parseWorkflow } from '../support/workflow.ts'
import { languageProblems } from '../support/workflow-language.ts'
import { ruleProblems } from '../support/workflow-rules.ts'
import { type CliCall, callOf, commandsOf } from './cli-commands.ts'
import { brokenLinks, fencesOf } from './pages.ts'
import { sender } from './sender.ts'
import synthesised from './synthesised.json' with { type: 'json' }

const ROOT = join(import.meta.dirname, '..', '..')
const FILE = join(ROOT, 'docs', 'from-an-ecs-service.md')
const PAGE = readFileSync(FILE, 'utf8')

const fences = (language: string) => fencesOf(PAGE, language)

const ARN = 'arn:aws:elasticloadbalancing:eu-central-1:123456789012'
const SCRIPT = fences('sh').join('\n').replace('"$(terraform output -raw first_target_group)"', '"$first"')
const NETWORK = { awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: ['sg-1'], assignPublicIp: 'DISABLED' } }

/** What the variables of the script stand for. */
const VARIABLES: Record<string, string> = {
  AWS_DEFAULT_REGION: 'eu-central-1',
  account: '123456789012',
  definition: 'arn:aws:ecs:eu-central-1:123456789012:task-definition/web:1',
  network: JSON.stringify(NETWORK),
  vpc: 'vpc-1',
  wall: 'sg-2',
  dns: 'web-1.eu-central-1.elb.amazonaws.com',
  balancer: `${ARN}:loadbalancer/app/web/1`,
  production: `${ARN}:listener/app/web/1/443`,
  tests: `${ARN}:listener/app/web/1/9001`,
  old: `${ARN}:targetgroup/web/1`,
  first: `${ARN}:targetgroup/web-1/1`,
}

/** What the old service runs. */
const TASK = {
  family: 'web',
  networkMode: 'awsvpc',
  requiresCompatibilities: ['FARGATE'],
  cpu: '256',
  memory: '512',
  containerDefinitions: [{ name: 'web', image: 'registry.example/web:1.0.0', portMappings: [{ containerPort: 8080 }] }],
}

function callsWith(variables: Record<string, string>): CliCall[] {
  const { commands, documents } = commandsOf(SCRIPT, variables)
  return commands.flatMap((command) => callOf(command, documents) ?? [])
}

/** The input of the only call of an operation. */
function inputOf(operation: string): Record<string, unknown> {
  const [found, ...others] = callsWith(VARIABLES).filter((call) => call.operation === operation)
  if (found === undefined || others.length > 0) throw new Error(`The page does not call ${operation} once.`)
  return found.input
}

/** The simulator with what the AWS CLI makes on the page, beside the old service. */
function scenarioOfCli() {
  const service = inputOf('CreateService')
  const resources: [string, unknown][] = [
    [
      'AWS::ECS::Service',
      { ...service, serviceName: 'web', deploymentController: { type: 'ECS' }, taskDefinition: 'web' },
    ],
    ['AWS::ECS::Service', { ...service, taskDefinition: 'web' }],
    ['AWS::ECS::TaskDefinition', TASK],
    ['AWS::CodeDeploy::Application', inputOf('CreateApplication')],
    ['AWS::CodeDeploy::DeploymentGroup', inputOf('CreateDeploymentGroup')],
    ['AWS::Lambda::Function', inputOf('CreateFunction')],
  ]
  const named = resources.map(([Type, of], i) => [`${i}`, { Type, Properties: asProperties(of) as Mapping }] as const)
  return scenarioOf(stackOf(Object.fromEntries(named)))
}

type Mapping = Record<string, unknown>

function stackOf(resources: Record<string, Resource>): Stack {
  return new Stack({ Parameters: {}, Conditions: {}, Outputs: {}, Resources: resources })
}

/** Members as CloudFormation spells them. */
function asProperties(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asProperties)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name === 'ecsServices' ? 'ECSServices' : name.charAt(0).toUpperCase() + name.slice(1),
      asProperties(member),
    ]),
  )
}

describe('the commands of the AWS CLI', () => {
  test.each(callsWith(VARIABLES).map((call) => [call.text, call] as const))(
    'have options and members that there are: %s',
    (_, call) => {
      expect(call.inspection).toEqual({ misfits: [], unknownMembers: [] })
    },
  )

  test.each([
    ['--health-check-grace-period-seconds 30', '--health-check-grace-period 30', 'health-check-grace-period'],
    ['containerPort=8080', 'containerPort=http', 'loadBalancers[0].containerPort'],
    ['type=CODE_DEPLOY', 'controller=CODE_DEPLOY', 'deploymentController.controller'],
    ['"targetGroupPairInfoList"', '"targetGroupPairs"', 'loadBalancerInfo.targetGroupPairs'],
    ['Weight=90', 'Wait=90', 'DefaultActions[0].ForwardConfig.TargetGroups[0].Wait'],
  ])('would be found with a mistake: %s as %s', (right, wrong, path) => {
    expect(SCRIPT).toContain(right)
    const { commands, documents } = commandsOf(SCRIPT.replace(right, wrong), VARIABLES)
    const inspections = commands.map((command) => callOf(command, documents)?.inspection)
    const found = inspections.flatMap((each) => [
      ...(each?.misfits.map((misfit) => misfit.path) ?? []),
      ...(each?.unknownMembers ?? []),
    ])
    expect(found).toEqual([path])
  })

  test('are checked by their schemas, but those of IAM and EC2', () => {
    const { commands, documents } = commandsOf(SCRIPT, VARIABLES)
    const unchecked = commands.filter((command) => callOf(command, documents) === undefined)
    expect([...new Set(unchecked.map(({ service, operation }) => `${service} ${operation}`))]).toEqual([
      'ec2 AuthorizeSecurityGroupIngress',
      'iam CreateRole',
      'iam AttachRolePolicy',
      'iam PutRolePolicy',
    ])
    for (const { options } of unchecked) {
      for (const [, [value = '']] of options) {
        if (value.startsWith('file://')) JSON.parse(documents[value.slice('file://'.length)] ?? '')
      }
    }
  })

  test('are answered by the simulator as far as it has them', async () => {
    const simulator = await startSimulator({ scenario: scenarioOfCli(), clock: virtualClock() })
    try {
      const send = sender(simulator.url)
      const served = new Set(OPERATIONS.map(({ name }) => name))
      const { LoadBalancers } = await send('elastic-load-balancing-v2', 'DescribeLoadBalancers', {})
      const { services } = await send('ecs', 'DescribeServices', { cluster: 'prod', services: ['web-bluegreen'] })
      const there = {
        balancer: (LoadBalancers as Mapping[])[0]?.['LoadBalancerArn'] as string,
        first: (services as { loadBalancers: Mapping[] }[])[0]?.loadBalancers[0]?.['targetGroupArn'] as string,
      }
      const calls = callsWith({ ...VARIABLES, ...there }).filter(({ operation }) => served.has(operation))
      for (const { client, operation, input } of calls) await send(client, operation, input)
      expect([...new Set(calls.map(({ operation }) => operation))]).toEqual([
        'GetCallerIdentity',
        'DescribeServices',
        'DescribeLoadBalancers',
        'DescribeListeners',
        'DescribeTargetHealth',
        'UpdateService',
      ])
    } finally {
      await simulator.close()
    }
  })
})

describe('the workflows', () => {
  test.each([
    ['plan', fences('yaml')[0] ?? ''],
    ['release', fences('yaml')[1] ?? ''],
  ])('are valid for GitHub and safe to copy: %s', async (_, text) => {
    expect(await languageProblems(asWorkflow(text))).toEqual([])
    expect(ruleProblems(asWorkflow(text))).toEqual([])
  })

  test('are a plan and a release that fit what the AWS CLI makes', async () => {
    const ends = []
    for (const text of fences('yaml')) {
      const { outputs, log } = await simulateRelease({ scenario: scenarioOfCli(), inputs: inputsOf(text) })
      ends.push(outputs.status)
      expect(log).toContain(
        'Deployment group AppECS-prod-web-bluegreen / DgpECS-prod-web-bluegreen: test listener, rollback on failure and stop, no alarms.',
      )
    }
    expect(ends).toEqual(['planned', 'succeeded'])
  })
})

/** The inputs of a workflow's only step but its credentials. */
function inputsOf(text: string): Record<string, string> {
  const [job] = Object.values(parseWorkflow(asWorkflow(text)).jobs)
  const { 'role-to-assume': _, 'aws-region': __, ...inputs } = (job?.steps[0]?.with ?? {}) as Record<string, string>
  return { ...inputs, image: 'registry.example/web:1.1.0' }
}

describe('the construct of the AWS CDK', () => {
  const construct = fences('ts').find((text) => text.includes('class ReleasedService')) ?? ''
  const stack = stackOf(withSubstitutions(synthesised.resources) as Record<string, Resource>)

  test('is the one that was synthesised; after a change of it synthesise anew and put the result into synthesised.json', () => {
    expect(createHash('sha256').update(construct).digest('hex')).toBe(synthesised.construct)
    expect(PAGE).toContain(`aws-cdk-lib ${synthesised.awsCdkLib}`)
  })

  test('makes what a release finds by itself', async () => {
    const inputs = inputsOf(fences('yaml').at(-1) ?? '')
    const { outputs } = await simulateRelease({ scenario: scenarioOf(stack), inputs })
    expect(outputs).toMatchObject({ status: 'succeeded', 'task-definition': 'web:2' })
    expect(outputs['hook-results']).toContain('"result":"succeeded"')
  })

  test('makes the deployment group that the AWS CLI makes', () => {
    const { DeploymentReadyOption: ready, ...rest } = stack.only('AWS::CodeDeploy::DeploymentGroup')[
      'BlueGreenDeploymentConfiguration'
    ] as Mapping
    expect(ready).toEqual({ ActionOnTimeout: 'CONTINUE_DEPLOYMENT', WaitTimeInMinutes: 0 })
    const { BlueGreenDeploymentConfiguration, LoadBalancerInfo, ServiceRoleArn, ...group } = asProperties(
      inputOf('CreateDeploymentGroup'),
    ) as Mapping
    expect(stack.only('AWS::CodeDeploy::DeploymentGroup')).toMatchObject(group)
    expect(BlueGreenDeploymentConfiguration).toMatchObject(rest)
  })

  test('gives CodeDeploy and the hook the roles that the page says', () => {
    const roles = JSON.stringify([...stack.ofType('AWS::IAM::Role').values()])
    expect(roles.match(/iam::aws:policy\/[\w/-]+/g)).toEqual([
      'iam::aws:policy/AWSCodeDeployRoleForECSLimited',
      'iam::aws:policy/service-role/AWSLambdaBasicExecutionRole',
    ])
    const policies = JSON.stringify([...stack.ofType('AWS::IAM::Policy').values()])
    expect([...new Set(policies.match(/(iam|codedeploy):\w+(?=")/g))]).toEqual([
      'iam:PassRole',
      'codedeploy:PutLifecycleEventHookExecutionStatus',
      'codedeploy:GetDeployment',
      'codedeploy:GetApplicationRevision',
    ])
  })
})

/** `Fn::Join` of the CDK as `Fn::Sub`. */
function withSubstitutions(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withSubstitutions)
  if (typeof value !== 'object' || value === null) return value
  const join = (value as Mapping)['Fn::Join'] as [string, (string | Mapping)[]] | undefined
  if (join === undefined) {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withSubstitutions(member)]))
  }
  const parts = join[1].map((part) => {
    if (typeof part === 'string') return part
    return `\${${part['Ref'] ?? (part['Fn::GetAtt'] as string[]).join('.')}}`
  })
  return { 'Fn::Sub': parts.join(join[0]) }
}

describe('the Terraform text', () => {
  const [main = '', ...moves] = fences('hcl')

  test('refers to nothing that it has not', () => {
    const declared = new Set(
      [...main.matchAll(/^resource "(\w+)" "(\w+)"/gm)].map(([, type, name]) => `${type}.${name}`),
    )
    const referred = [...main.matchAll(/(?<!")\b(aws_\w+\.\w+)/g)].map(([, name = '']) => name)
    expect(referred.filter((name) => !declared.has(name))).toEqual([])
    const given = new Set([...main.matchAll(/^ {4}(\w+) += (?:string|list\(string\))$/gm)].map(([, name]) => name))
    const used = [...main.matchAll(/var\.existing\.(\w+)/g)].map(([, name = '']) => name)
    expect(new Set(used)).toEqual(given)
    const locals = [...main.matchAll(/local\.(\w+)/g)].map(([, name = '']) => name)
    expect(locals.filter((name) => !new RegExp(`^ {2}${name} += "`, 'm').test(main))).toEqual([])
  })

  test('leaves listeners and the service to CodeDeploy', () => {
    expect(main).toMatch(/"aws_lb_listener" "test" {[\s\S]*?ignore_changes = \[default_action\][\s\S]*?\n}/)
    expect(main).toMatch(
      /"aws_ecs_service" "released" {[\s\S]*?ignore_changes = \[task_definition, load_balancer,[\s\S]*?\n}/,
    )
  })

  test('moves the production listener before it leaves that to CodeDeploy, since one apply would do only the second', () => {
    const [moving, moved, left] = moves
    expect(moving).toMatch(/aws_lb_target_group\.web\.arn\n +weight = 90[\s\S]*released\[0\]\.arn\n +weight = 10/)
    expect(moved).toContain('target_group_arn = aws_lb_target_group.released[0].arn')
    expect(`${moving}${moved}`).not.toContain('ignore_changes')
    expect(left).toContain('ignore_changes = [default_action]')
  })
})

test.each([
  ['AWS CLI', SCRIPT],
  ['Terraform', fences('hcl').join('\n')],
  ['AWS CDK', fences('ts').join('\n')],
])('the names and numbers are the same in all three texts: %s', (_, text) => {
  for (const each of [
    'web-bluegreen',
    /AppECS-(prod|\$\{[\w.]+\})-(web-bluegreen|\$\{[\w.]+\})/,
    /DgpECS-(prod|\$\{[\w.]+\})-(web-bluegreen|\$\{[\w.]+\})/,
    'CODE_DEPLOY',
    'AWSCodeDeployRoleForECSLimited',
    /CANARY_10PERCENT_5MINUTES|CodeDeployDefault\.ECSCanary10Percent5Minutes/,
    /terminationWaitTime: cdk\.Duration\.minutes\(15\)|inationWaitTimeInMinutes": 15|ination_wait_time_in_minutes = 15/,
    /stoppedDeployment: true|DEPLOYMENT_STOP_ON_REQUEST/,
    'codedeploy:PutLifecycleEventHookExecutionStatus',
    'codedeploy:GetApplicationRevision',
    'CodeDeployHook_validate',
    'validate.handler',
    /nodejs24\.x|NODEJS_24_X/,
    /TEST_LISTENER_URL.*:9001/,
    /CHECK_PATHS.*\/health/,
    '8080',
  ]) {
    expect(text).toMatch(each)
  }
})

test('links lead somewhere', () => {
  expect(PAGE.match(/\]\((?!https:)/g)?.length).toBeGreaterThan(10)
  expect(brokenLinks(FILE)).toEqual([])
})

test('is read in ten minutes: it has less than 1,400 words around the texts to copy', () => {
  const prose = PAGE.replace(/^```.*?^```$/gms, '').split(/\s+/).length
  expect(prose).toBeLessThan(1_400)
})
