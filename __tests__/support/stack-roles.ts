import { OPERATIONS_BY_NAME } from '../../tools/simulator/operations/operations.ts'
import type { Call } from '../../tools/simulator/protocol/protocol.ts'
import type { SimulatedAccount } from './simulated-release.ts'
import type { Stack } from './stack.ts'

type Mapping = Record<string, unknown>

/** One action on one resource, or on all whose names fit, and when. */
export interface Grant {
  action: string
  /** `*` stands for anything. */
  resource: string
  condition: unknown
}

export interface Statement {
  Effect: string
  Action: string | string[]
  Resource: string | string[]
  Condition?: unknown
}

/** What statements allow, one action on one resource each, in order. */
export function grantsOf(statements: readonly Statement[]): Grant[] {
  const all = statements.flatMap(({ Effect, Action, Resource, Condition: condition }) => {
    if (Effect !== 'Allow') throw new Error(`There is no answer to ${Effect} here.`)
    // Pairs that mean nothing, such as an action of Lambda on a log group, are the same on both sides.
    return [Action].flat().flatMap((action) => [Resource].flat().map((resource) => ({ action, resource, condition })))
  })
  return all.toSorted((one, other) => key(one).localeCompare(key(other)))
}

function key({ action, resource }: Grant): string {
  return `${action} ${resource}`
}

/** What a role of a stack may do by policies of the stack's own. */
export function grants(stack: Stack, role: string): Grant[] {
  return grantsOf(statements(stack, role))
}

/** The same as it stands in the template: what all operations have first, then the role's own. */
export function statements(stack: Stack, role: string): Statement[] {
  const { Policies = [], ManagedPolicyArns = [] } = roleOf(stack, role)
  const shared = stack.ofType('AWS::IAM::ManagedPolicy')
  const documents = [
    ...(ManagedPolicyArns as string[]).flatMap((name) => shared.get(name)?.['PolicyDocument'] ?? []),
    ...(Policies as { PolicyDocument: unknown }[]).map(({ PolicyDocument }) => PolicyDocument),
  ] as { Statement: Statement[] }[]
  return documents.flatMap(({ Statement }) => Statement)
}

/** Whose tokens of GitHub may take a role: their subjects, with `*` for anything where the template says so. */
export function trusted(stack: Stack, role: string): string[] {
  const { Statement } = roleOf(stack, role)['AssumeRolePolicyDocument'] as { Statement: Mapping[] }
  return Statement.flatMap(({ Condition }) =>
    Object.values(Condition as Record<string, Mapping>).flatMap(
      (tests) => (tests['token.actions.githubusercontent.com:sub'] ?? []) as string[],
    ),
  )
}

function roleOf(stack: Stack, role: string): Mapping {
  const found = stack.ofType('AWS::IAM::Role').get(role)
  if (found === undefined) throw new Error(`The stack has no role '${role}'.`)
  return found
}

/** Whether a pattern of IAM, in which `*` stands for anything, fits a text. */
export function fits(pattern: string, text: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`, 's').test(text)
}

/** An action that a request takes, and on what. */
export interface Need {
  action: string
  resource: string
  /** Of a request about tasks: the ARN of their cluster. */
  cluster?: string
}

/** A role at work. */
export interface RoleSession {
  account: SimulatedAccount
  /** `codedeploy:StopDeployment`: what was asked for and granted. */
  used: Set<string>
  /** The same that was refused. */
  refused: Set<string>
}

/** The account of a stack as those see it who hold some grants: what these do not cover is refused as AWS does. */
export function sessionOf({ simulator, clock }: SimulatedAccount, stack: Stack, held: readonly Grant[]): RoleSession {
  const used = new Set<string>()
  const refused = new Set<string>()
  const answer: typeof simulator.answer = (request, protocol) => {
    const call = protocol.read(request)
    for (const anyOf of needsOf(call, stack)) {
      const granted = anyOf.find((need) => held.some((grant) => covers(grant, need, stack)))
      if (granted !== undefined) used.add(granted.action)
      else {
        const [{ action, resource } = { action: '', resource: '' }] = anyOf
        refused.add(action)
        simulator.addFault({ operation: call.operation, count: 1, kind: { type: 'denied', resource } })
        break
      }
    }
    return simulator.answer(request, protocol)
  }
  // Not a copy: what the simulator has to tell is read from it each time.
  return { account: { simulator: Object.assign(Object.create(simulator), { answer }), clock }, used, refused }
}

function covers({ action, resource, condition }: Grant, need: Need, stack: Stack): boolean {
  if (action !== need.action || !fits(resource, need.resource)) return false
  const { StringEquals = {}, ArnEquals = {}, ...others } = (condition ?? {}) as Record<string, Mapping>
  if (Object.keys(others).length > 0) throw new Error(`There is no answer to ${Object.keys(others)} here.`)
  return Object.entries({ ...StringEquals, ...ArnEquals }).every(
    ([name, value]) => contextOf(name, need, stack) === value,
  )
}

function contextOf(name: string, { resource, cluster }: Need, stack: Stack): string | undefined {
  if (name === 'ecs:cluster') return cluster
  if (name === 'iam:PassedToService') return 'ecs-tasks.amazonaws.com'
  if (name === 'ecs:CreateAction') return 'RegisterTaskDefinition'
  const [, tag] = name.split('aws:ResourceTag/')
  if (tag === undefined) throw new Error(`There is no answer to the condition ${name} here.`)
  const service = [...stack.ofType('AWS::ECS::Service').values()].find(
    ({ ServiceName }) => ServiceName === resource.split('/').at(-1),
  )
  const tags = (service?.['Tags'] ?? []) as Mapping[]
  return tags.find(({ Key }) => Key === tag)?.['Value'] as string | undefined
}

const ARN = (service: string, rest: string) => `arn:aws:${service}:us-east-1:123456789012:${rest}`
const ON_ALL = new Set(['ListApplications', 'ListDeploymentGroups', 'BatchGetDeploymentGroups'])

/**
 * What IAM asks for before a request is carried out: of each list one. A deployment that is named by its id only counts
 * as one of the stack's first group. Source: CodeDeploy User Guide, "Permissions reference"; Service Authorization
 * Reference for the rest.
 */
function needsOf(call: Call, stack: Stack): Need[][] {
  const operation = OPERATIONS_BY_NAME.get(`${call.service}.${call.operation}`)
  if (operation === undefined) throw new Error(`There is no answer to ${call.title} here.`)
  const input = call.input(operation) as Mapping
  const of = (resource: string, action = call.operation, service: string = call.service) => [
    { action: `${service}:${action}`, resource },
  ]
  switch (call.service) {
    case 'sts':
      return []
    case 'elbv2':
      return [of('*', call.operation, 'elasticloadbalancing')]
    case 'lambda':
      return [of(ARN('lambda', `function:${input['FunctionName']}`))]
    case 'logs':
      return [of(ARN('logs', `log-group:${input['logGroupName']}:*`))]
    case 'ecs':
      return needsOfEcs(call.operation, input, stack)
    case 'codedeploy':
      return needsOfCodeDeploy(call.operation, input, stack)
    default:
      throw new Error(`There is no answer to ${call.title} here.`)
  }
}

function needsOfEcs(operation: string, input: Mapping, stack: Stack): Need[][] {
  const of = (resource: string, action = `ecs:${operation}`) => [{ action, resource }]
  // Both the service and what is of it. Source: Service Authorization Reference, resource types of these actions.
  const ofService = (arn: string) => [of(serviceOfArn(arn)), of(arn)]
  const service = (name: unknown) =>
    ARN('ecs', `service/${String(input['cluster']).split('/').at(-1)}/${String(name).split('/').at(-1)}`)
  switch (operation) {
    case 'DescribeServices':
      return (input['services'] as string[]).map((name) => of(service(name)))
    case 'ListServiceDeployments':
      return [of(service(input['service']))]
    case 'UpdateService': {
      // Roles of the tasks are passed where others are to run. Source: as above, IAM actions of UpdateService.
      const runsOthers = input['taskDefinition'] !== undefined || input['forceNewDeployment'] === true
      const roles = runsOthers ? rolesOfTasks(stack) : []
      return [of(service(input['service'])), ...roles.map((arn) => of(arn, 'iam:PassRole'))]
    }
    case 'DescribeServiceDeployments':
      return (input['serviceDeploymentArns'] as string[]).flatMap(ofService)
    case 'DescribeServiceRevisions':
      return (input['serviceRevisionArns'] as string[]).flatMap(ofService)
    case 'StopServiceDeployment':
    case 'ContinueServiceDeployment':
      return ofService(String(input['serviceDeploymentArn']))
    case 'ListTasks':
    case 'DescribeTasks': {
      const cluster = ARN('ecs', `cluster/${String(input['cluster']).split('/').at(-1)}`)
      return [of('*').map((need) => ({ ...need, cluster }))]
    }
    case 'ListTagsForResource':
      return [of(String(input['resourceArn']))]
    case 'RegisterTaskDefinition': {
      const { taskRoleArn, executionRoleArn, family, tags = [] } = input
      const roles = [taskRoleArn, executionRoleArn].filter((arn) => arn !== undefined)
      return [
        of('*'),
        ...roles.map((arn) => of(String(arn), 'iam:PassRole')),
        ...((tags as unknown[]).length > 0 ? [of(ARN('ecs', `task-definition/${family}:*`), 'ecs:TagResource')] : []),
      ]
    }
    default:
      return [of('*')]
  }
}

/** `…:service/prod/web` of `…:service-deployment/prod/web/ID`. */
function serviceOfArn(arn: string): string {
  return arn.replace(/:service-(deployment|revision)\//, ':service/').replace(/\/[^/]*$/, '')
}

function rolesOfTasks(stack: Stack): string[] {
  return [...stack.ofType('AWS::ECS::TaskDefinition').values()].flatMap(({ TaskRoleArn, ExecutionRoleArn }) =>
    [TaskRoleArn, ExecutionRoleArn].map(String),
  )
}

function needsOfCodeDeploy(operation: string, input: Mapping, stack: Stack): Need[][] {
  const of = (resource: string, ...actions: string[]) =>
    actions.map((action) => ({ action: `codedeploy:${action}`, resource: ARN('codedeploy', resource) }))
  if (ON_ALL.has(operation)) return [[{ action: `codedeploy:${operation}`, resource: '*' }]]
  const [first] = stack.ofType('AWS::CodeDeploy::DeploymentGroup').values()
  const application = input['applicationName'] ?? first?.['ApplicationName']
  const group = `deploymentgroup:${application}/${input['deploymentGroupName'] ?? first?.['DeploymentGroupName']}`
  const config = `deploymentconfig:${input['deploymentConfigName'] ?? first?.['DeploymentConfigName']}`
  switch (operation) {
    case 'GetDeploymentConfig':
      return [of(config, operation)]
    case 'GetApplicationRevision':
      return [of(`application:${application}`, operation)]
    case 'CreateDeployment':
      return [
        of(group, operation),
        of(config, 'GetDeploymentConfig'),
        of(`application:${application}`, 'RegisterApplicationRevision', 'GetApplicationRevision'),
        ...(input['overrideAlarmConfiguration'] === undefined ? [] : [of(group, 'UpdateDeploymentGroup')]),
      ]
    default:
      return [of(group, operation)]
  }
}
