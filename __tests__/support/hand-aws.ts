import { CodeDeployClient } from '@aws-sdk/client-codedeploy'
import { ECSClient } from '@aws-sdk/client-ecs'
import type { HttpRequest, HttpResponse } from '@smithy/types'
import { CallError } from '../../src/aws/attempts.ts'
import type { Functions } from '../../src/aws/functions.ts'
import type { ReleaseWorld } from '../../src/release/release-world.ts'
import { unsigned } from './direct-transport.ts'
import { REVISION, ServiceFailure } from './group-parts.ts'
import { runNumber } from './others.ts'
import { RELEASER } from './simulated-release.ts'
import { T0 } from './snapshots.ts'
import { type VirtualClock, virtualClock } from './virtual-clock.ts'

/** What an operation answers, as JSON; it throws a `ServiceFailure` for an error. */
export type WireAnswers = Record<string, (input: Record<string, unknown>) => object>

/** What is in the account of a hand-written AWS, in the words of AWS; times are seconds since 1970. */
export interface HandAccount {
  service: Record<string, unknown>
  /** By `family:revision`; a family alone means the last of them. */
  definitions: Record<string, Record<string, unknown>>
  group: Record<string, unknown>
  config: Record<string, unknown>
  /** By id, as GetDeployment answers. */
  deployments: Record<string, Record<string, unknown>>
  /** By id of their deployment; without one there is no target yet. */
  targets: Record<string, Record<string, unknown>>
  /** By their sum. */
  appSpecs: Record<string, string>
  active: string[]
  succeeded: string[]
}

export interface HandAws {
  world: ReleaseWorld
  clock: VirtualClock
  /** What was asked for, in order, and at which second of the test. */
  asked: { operation: string; input: Record<string, unknown>; second: number }[]
  /** The operations that change something, in order. */
  writes(): string[]
  log: string[]
}

const WRITES = /^(Create|Stop|Continue|Register|Update)/

/** The ARN of a revision of family `web`. */
export function revision(number: number): string {
  return REVISION.replace(/1$/, `${number}`)
}

/** A service whose production `d-MAKER0001` has made. */
export function wireService(change: Record<string, unknown> = {}) {
  const taskSet = {
    id: 'ecs-svc/1',
    status: 'PRIMARY',
    taskDefinition: REVISION,
    externalId: 'd-MAKER0001',
    runningCount: 2,
    pendingCount: 0,
    computedDesiredCount: 2,
    loadBalancers: [{ containerName: 'web', containerPort: 8080 }],
  }
  return {
    serviceArn: 'arn:aws:ecs:us-east-1:123456789012:service/demo/web',
    serviceName: 'web',
    clusterArn: 'arn:aws:ecs:us-east-1:123456789012:cluster/demo',
    status: 'ACTIVE',
    desiredCount: 2,
    deploymentController: { type: 'CODE_DEPLOY' },
    taskSets: [taskSet],
    ...change,
  }
}

export function wireDefinition(number: number, change: Record<string, unknown> = {}) {
  return {
    taskDefinitionArn: revision(number),
    family: 'web',
    revision: number,
    status: 'ACTIVE',
    containerDefinitions: [{ name: 'web', image: `web:${number}`, portMappings: [{ containerPort: 8080 }] }],
    ...change,
  }
}

export function wireGroup(change: Record<string, unknown> = {}) {
  return {
    applicationName: 'AppECS-demo-web',
    deploymentGroupName: 'DgpECS-demo-web',
    computePlatform: 'ECS',
    deploymentConfigName: 'CodeDeployDefault.ECSAllAtOnce',
    ecsServices: [{ clusterName: 'demo', serviceName: 'web' }],
    autoRollbackConfiguration: { enabled: true, events: ['DEPLOYMENT_FAILURE'] },
    ...change,
  }
}

/** The AppSpec of a revision, as somebody has sent it. */
export function appSpecOf(taskDefinition: string, hooks: object[] = []): string {
  const properties = { TaskDefinition: taskDefinition, LoadBalancerInfo: { ContainerName: 'web', ContainerPort: 8080 } }
  const resource = { TargetService: { Type: 'AWS::ECS::Service', Properties: properties } }
  return JSON.stringify({ version: '0.0', Resources: [resource], Hooks: hooks })
}

export const SECONDS_0 = T0 / 1000

const STOCK: HandAccount = {
  service: wireService(),
  definitions: { 'web:1': wireDefinition(1) },
  group: wireGroup(),
  config: {
    deploymentConfigName: 'CodeDeployDefault.ECSAllAtOnce',
    computePlatform: 'ECS',
    trafficRoutingConfig: { type: 'AllAtOnce' },
  },
  deployments: { 'd-MAKER0001': { status: 'Succeeded', createTime: SECONDS_0 - 3600 } },
  targets: {},
  appSpecs: {},
  active: [],
  succeeded: ['d-MAKER0001'],
}

/** An answer that is refused. */
export function refuse(code: string): () => never {
  return () => {
    throw new ServiceFailure(code)
  }
}

/** Whatever is asked for is there, and has printed nothing. */
const EVERY_FUNCTION: Functions = {
  logGroupOf: async () => '',
  names: async () => ({ names: [], nextMarker: undefined }),
  page: async () => ({ events: [], nextToken: undefined }),
  close: () => {},
}

export const DENY = refuse('AccessDeniedException')

/**
 * An AWS that is written by hand: service `demo/web` with revision `web:1`, and whatever else the account has; the real
 * clients ask it without a connection, and nothing that is asked for changes anything unless its answer does.
 */
export function handAws(
  account: Partial<HandAccount> = {},
  { answers = {}, world = {} }: { answers?: WireAnswers; world?: Partial<ReleaseWorld> } = {},
): HandAws {
  const clock = virtualClock(1, T0)
  const asked: HandAws['asked'] = []
  const log: string[] = []
  const all: WireAnswers = { ...answersOf({ ...STOCK, ...account }), ...answers }
  const requestHandler = {
    handle: async (request: HttpRequest) => {
      const operation = request.headers['x-amz-target']?.split('.')[1] ?? ''
      const input = JSON.parse(textOf(request.body)) as Record<string, unknown>
      asked.push({ operation, input, second: (clock.now() - T0) / 1000 })
      return { response: responseTo(() => (all[operation] ?? DENY)(input)) }
    },
    destroy: () => {},
  }
  const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'test' }
  const signer = unsigned(credentials.accessKeyId)
  const options = { credentials, region: 'us-east-1', maxAttempts: 1, requestHandler, signer }
  return {
    clock,
    asked,
    writes: () => asked.map(({ operation }) => operation).filter((operation) => WRITES.test(operation)),
    log,
    world: {
      ecs: new ECSClient(options),
      codeDeploy: new CodeDeployClient(options),
      clock,
      random: () => 0.5,
      maxAttempts: 1,
      signal: new AbortController().signal,
      region: 'us-east-1',
      obstacles: [],
      otherEndpoint: undefined,
      readCaller: async () => ({ account: '123456789012', arn: RELEASER }),
      credentialsEnd: async () => undefined,
      ...runNumber(42),
      event: { name: 'push', read: () => ({}) },
      isPullRequestClosed: async () => undefined,
      onLaneFreed: () => {},
      log: {
        line: (text) => void log.push(text),
        warning: (text) => void log.push(`Warning: ${text}`),
        group: async (_title, body) => await body(),
      },
      isPrivateRepository: () => true,
      loadBalancing: () => Promise.reject(new Error('not part of this AWS')),
      functions: async () => EVERY_FUNCTION,
      readText: async () => undefined,
      onRelease: () => {},
      whenSaved: async () => {},
      ...world,
    },
  }
}

function answersOf(account: HandAccount): WireAnswers {
  const { service, definitions, group, config, deployments, targets, appSpecs, active, succeeded } = account
  return {
    DescribeServices: () => ({ services: [service] }),
    DescribeTaskDefinition: ({ taskDefinition }) => {
      const name = String(taskDefinition).replace(/^.*\//, '')
      const named = name.includes(':') ? name : Object.keys(definitions).findLast((one) => one.startsWith(`${name}:`))
      return { taskDefinition: found(definitions, named, 'ClientException') }
    },
    RegisterTaskDefinition: (definition) => ({
      taskDefinition: { ...definition, taskDefinitionArn: revision(Object.keys(definitions).length + 1) },
    }),
    GetDeploymentGroup: () => ({ deploymentGroupInfo: group }),
    GetDeploymentConfig: () => ({ deploymentConfigInfo: config }),
    GetDeployment: ({ deploymentId }) => ({
      deploymentInfo: found(deployments, deploymentId, 'DeploymentDoesNotExistException'),
    }),
    GetDeploymentTarget: ({ deploymentId }) => ({
      deploymentTarget: found(targets, deploymentId, 'DeploymentTargetDoesNotExistException'),
    }),
    GetApplicationRevision: ({ revision: asked }) => {
      const { sha256 } = (asked as { appSpecContent: { sha256: string } }).appSpecContent
      const content = found({ ...appSpecs }, sha256, 'RevisionDoesNotExistException')
      return { revision: { revisionType: 'AppSpecContent', appSpecContent: { content } } }
    },
    ListDeployments: ({ includeOnlyStatuses: statuses }) => ({
      deployments: Array.isArray(statuses) && statuses.includes('Succeeded') ? succeeded : active,
    }),
    StopDeployment: () => ({ status: 'Pending' }),
    ContinueDeployment: () => ({}),
    CreateDeployment: () => ({ deploymentId: 'd-CREATED01' }),
  }
}

function found<Item>(items: Record<string, Item>, name: unknown, code: string): Item {
  const item = items[String(name)]
  if (item === undefined) throw new ServiceFailure(code)
  return item
}

function responseTo(answer: () => object): HttpResponse {
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': 'by-hand' }
  const bodyOf = (content: object) => Buffer.from(JSON.stringify(content))
  try {
    return { statusCode: 200, headers, body: bodyOf(answer()) }
  } catch (error) {
    if (!(error instanceof ServiceFailure)) throw error
    return { statusCode: 400, headers, body: bodyOf({ __type: error.name, message: 'said by hand' }) }
  }
}

function textOf(body: unknown): string {
  return ArrayBuffer.isView(body)
    ? Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString()
    : String(body ?? '{}')
}

/** A call that AWS did not answer. */
export const UNREACHABLE = new CallError(
  'sts:GetCallerIdentity',
  { kind: 'network', code: 'ECONNRESET', message: 'cut', notAccepted: false },
  undefined,
)
