import type { Problem } from '../problem.ts'
import { invalidInput } from '../problem.ts'
import { inSentence } from '../text/untrusted.ts'
import { parseAlarms } from './alarms.ts'
import type { EarlyEndAction, FinishLine, HookLogChoice, RollbackEvent, RoomPolicy } from './choices.ts'
import { type ContainerImage, parseEnvironmentLines, parseImages, parseSecretLines } from './container-lines.ts'
import { type Fields, fieldsOf, orList, URL_FORM } from './fields.ts'
import { type GithubInputs, githubOf } from './github.ts'
import { hookInputOf, LIFECYCLE_HOOKS, type LifecycleHook } from './hooks.ts'
import { INAPPLICABLE_INPUTS, type RawInputs } from './names.ts'
import { canStopDeployment, isRelease, needsDeployment, OPERATIONS, type Operation } from './operation.ts'
import { type PreviewInputs, previewsOf, serviceOf } from './previews.ts'

/** What the user asked for, in exact types. Times are in milliseconds. Undefined: not given. */
export interface Inputs extends GithubInputs, PreviewInputs {
  operation: Operation
  /** Name or ARN. */
  cluster: string
  /** Name or ARN. Empty when it was not given, which is a problem of its own, and while a preview has no lane. */
  service: string
  application: string | undefined
  deploymentGroup: string | undefined
  /** An id, or `active`. Undefined: only a deployment of this run. */
  deploymentId: string | undefined
  images: ContainerImage[]
  /** What a deployment that is promoted must ship. Empty: anything. */
  expectedImages: ContainerImage[]
  /** A file, a family, `family:revision` or an ARN. */
  taskDefinition: string | undefined
  containerName: string | undefined
  containerPort: number | undefined
  environment: Map<string, string>
  secrets: Map<string, string>
  cpu: string | undefined
  memory: string | undefined
  /** A file to start from, or `none` to build the AppSpec regardless of the workspace. */
  appSpec: string | undefined
  hooks: Partial<Record<LifecycleHook, string>>
  deploymentConfig: string | undefined
  description: string
  /** Empty: never. Undefined: as the deployment group says. */
  rollbackOn: RollbackEvent[] | undefined
  /** Undefined: the alarms of the deployment group. */
  alarms: string[] | undefined
  onActiveDeployment: RoomPolicy
  ifUnchanged: 'release' | 'skip'
  /** Release although a newer run of the workflow deploys or serves. */
  allowOlder: boolean
  autoPromote: boolean
  /** A rollback shifts traffic and runs hooks as a release does. */
  keepStrategy: boolean
  /** A stop is for a deployment that waits at `Ready`, and for no other. */
  onlyAtReady: boolean
  waitFor: FinishLine
  /** From CreateDeployment to the finish line. Undefined: a budget for each phase. */
  waitForMs: number | undefined
  onTimeout: EarlyEndAction
  onCancel: EarlyEndAction
  /** How many replacement tasks may stop for the same reason before any was healthy; 0: any number. */
  failFast: number
  /** Undefined: of failed ones, unless the repository may be public. */
  hookLogs: HookLogChoice | undefined
  /** The address that people open for the test listener. */
  testUrl: string | undefined
  region: string | undefined
  /** ARN of the role whose session the action takes by itself. Undefined: the credentials of the environment. */
  roleToAssume: string | undefined
  /** Number of the account that the release is meant for. */
  expectedAccount: string | undefined
  /** False when the inputs leave unclear as whom, or contradict each other: then nobody is asked anything. */
  credentialsAreClear: boolean
  /** Attempts of a read. */
  maxRetries: number
}

/** The inputs as far as they make sense, and everything that is wrong with them. */
export interface ParsedInputs {
  inputs: Inputs
  problems: Problem[]
  /** What to tell the user although nothing is wrong. */
  notes: string[]
}

const MINUTE_MS = 60_000

const EARLY_END_ACTIONS: readonly EarlyEndAction[] = ['leave', 'rollback']

/** The cluster that ECS uses when none is named. */
const DEFAULT_CLUSTER = 'default'

/** AWS quota: task size is a number of CPU units or vCPU, of MiB or GB. Source: RegisterTaskDefinition. */
const CPU = /^(?:\d{1,9}|(?:\d{1,9}(?:\.\d{1,9})?|\.\d{1,9}) ?vcpu)$/i
const MEMORY = /^(?:\d{1,9}|(?:\d{1,9}(?:\.\d{1,9})?|\.\d{1,9}) ?gb)$/i

/** Source: CodeDeploy User Guide, "CodeDeploy limits", the same for applications, groups and configurations. */
const CODE_DEPLOY_NAME = /^[A-Za-z0-9._+=,@-]{1,100}$/
const CODE_DEPLOY_FORM = `up to 100 letters, digits and '.', '_', '+', '=', ',', '@', '-'`

/** Source: ECS API Reference, ContainerDefinition. */
const CONTAINER_NAME = /^[A-Za-z0-9_-]{1,255}$/

/** Source: IAM User Guide, "IAM identifiers", and API Reference, CreateRole: path and name. */
const ROLE_ARN = /^arn:aws[\w-]*:iam::(\d{12}):role\/[\w+=,.@/-]{1,576}$/
const ACCOUNT_ID = /^\d{12}$/

/**
 * Parses every input and reports all problems together. A wrong value is left at its default, so that the checks that
 * need AWS can still find what else is wrong; nothing is written while there is a problem.
 * @param undeclared names of inputs that reached us although action.yml does not declare them, in any case
 */
export function parseInputs(raw: RawInputs, undeclared: readonly string[]): ParsedInputs {
  const fields = fieldsOf(raw)
  const notes: string[] = []
  const operation = fields.choice('operation', OPERATIONS) ?? 'release'
  const service = serviceOf(fields, operation)
  const environment = parseEnvironmentLines(fields)
  const secrets = parseSecretLines(fields)
  for (const name of secrets.keys()) {
    if (environment.has(name)) {
      fields.wrong('secrets', `sets '${inSentence(name, 100)}', which 'environment-variables' sets too; keep one.`)
    }
  }

  const inputs: Inputs = {
    operation,
    cluster: clusterOf(fields.text('cluster'), service),
    service: service ?? '',
    application: fields.matching(
      'codedeploy-application',
      CODE_DEPLOY_NAME,
      `the name of an application, ${CODE_DEPLOY_FORM}`,
    ),
    deploymentGroup: fields.matching(
      'codedeploy-deployment-group',
      CODE_DEPLOY_NAME,
      `the name of a deployment group, ${CODE_DEPLOY_FORM}`,
    ),
    deploymentId: deploymentIdOf(fields, operation),
    images: parseImages(fields),
    expectedImages: expectedImages(fields, operation),
    taskDefinition: taskDefinitionOf(fields, operation),
    containerName: fields.matching(
      'container-name',
      CONTAINER_NAME,
      `the name of a container, up to 255 letters, digits, '-' and '_'`,
    ),
    containerPort: fields.wholeNumber('container-port', 1, 65_535),
    environment,
    secrets,
    cpu: fields.matching('cpu', CPU, `a number of CPU units such as '512', or '0.5 vCPU'`),
    memory: fields.matching('memory', MEMORY, `a number of MiB such as '1024', or '1 GB'`),
    appSpec: fields.text('codedeploy-appspec'),
    hooks: hooksOf(fields),
    deploymentConfig: fields.matching(
      'codedeploy-deployment-config',
      CODE_DEPLOY_NAME,
      `the name of a deployment configuration, ${CODE_DEPLOY_FORM}`,
    ),
    description: fields.text('codedeploy-deployment-description') ?? '',
    rollbackOn: rollbackOn(fields),
    alarms: parseAlarms(fields),
    onActiveDeployment: fields.choice('on-active-deployment', ['wait', 'replace', 'fail']) ?? 'wait',
    ifUnchanged: fields.choice('if-unchanged', ['release', 'skip']) ?? 'release',
    allowOlder: fields.trueOrFalse('allow-older') ?? false,
    autoPromote: isRelease(operation) || operation === 'plan' ? (fields.trueOrFalse('auto-promote') ?? false) : false,
    keepStrategy: fields.trueOrFalse('keep-strategy') ?? false,
    onlyAtReady: onlyAtReadyOf(fields, operation),
    waitFor: waitFor(fields, operation, notes),
    waitForMs: minutesAsMs(fields.wholeNumber('wait-for-minutes', 1, 7_200)),
    ...endingsOf(fields, operation),
    hookLogs: fields.choice('hook-logs', ['failed', 'always', 'never']),
    ...githubOf(fields),
    testUrl: fields.matching('test-url', URL_FORM, `an address such as 'https://test.example.org'`),
    ...previewsOf(fields, operation),
    region: fields.text('aws-region'),
    ...accountOf(fields),
    maxRetries: fields.wholeNumber('max-retries', 1, 20) ?? 3,
  }
  return { inputs, problems: [...fields.problems, ...inapplicable(undeclared)], notes }
}

/** The ARN of a service names its cluster; the short form of before 2019 does not. */
export function clusterOf(given: string | undefined, service: string | undefined): string {
  const ofService = /^arn:[^:]+:ecs:[^:]*:[^:]*:service\/([^/]+)\/[^/]+$/.exec(service ?? '')?.[1]
  return given === undefined || given === DEFAULT_CLUSTER ? (ofService ?? DEFAULT_CLUSTER) : given
}

function inapplicable(undeclared: readonly string[]): Problem[] {
  return Object.entries(INAPPLICABLE_INPUTS)
    .filter(([name]) => undeclared.some((given) => given.toLowerCase() === name.toLowerCase()))
    .map(([name, advice]) => invalidInput(`Input '${name}' cannot apply to a release through CodeDeploy: ${advice}.`))
}

function hooksOf(fields: Fields): Partial<Record<LifecycleHook, string>> {
  const hooks: Partial<Record<LifecycleHook, string>> = {}
  for (const event of LIFECYCLE_HOOKS) {
    const given = fields.text(hookInputOf(event))
    if (given !== undefined) hooks[event] = given
  }
  return hooks
}

function rollbackOn(fields: Fields): RollbackEvent[] | undefined {
  const words = (fields.text('rollback-on') ?? '').split(/[\s,]+/).filter((word) => word !== '')
  if (words.length === 0) return undefined
  const events: readonly RollbackEvent[] = ['failure', 'alarm', 'stop']
  const unknown = words.filter((word) => word !== 'never' && !events.some((event) => event === word))
  if (unknown.length > 0) {
    const got = unknown
      .slice(0, 5)
      .map((word) => `'${inSentence(word, 50)}'`)
      .join(', ')
    fields.wrong('rollback-on', `takes any of ${orList(events)}, or 'never' alone; got ${got}.`)
    return undefined
  }
  if (words.includes('never') && words.length > 1) {
    fields.wrong('rollback-on', `takes 'never' alone; got it together with other words.`)
    return undefined
  }
  return events.filter((event) => words.includes(event))
}

/** An operation that ends nothing takes these inputs and does as if they said so. */
function endingsOf(fields: Fields, operation: Operation): Pick<Inputs, 'onTimeout' | 'onCancel' | 'failFast'> {
  const onTimeout = fields.choice('on-timeout', EARLY_END_ACTIONS) ?? 'leave'
  const onCancel = fields.choice('on-cancel', EARLY_END_ACTIONS) ?? 'rollback'
  const failFast = fields.wholeNumber('fail-fast', 0, 100) ?? 3
  return canStopDeployment(operation)
    ? { onTimeout, onCancel, failFast }
    : { onTimeout: 'leave', onCancel: 'leave', failFast: 0 }
}

/** Ids of deployments are observed to have nine letters and digits. Source: API Reference, GetDeployment: `d-…`. */
const DEPLOYMENT_ID = /^(?:active|d-[A-Z0-9]{1,30})$/

function deploymentIdOf(fields: Fields, operation: Operation): string | undefined {
  const given = fields.matching('deployment-id', DEPLOYMENT_ID, `an id such as 'd-ABCDEF123', or 'active'`)
  if (given !== undefined && !needsDeployment(operation)) {
    fields.wrong(
      'deployment-id',
      `does not apply to 'operation: ${operation}', which is not about an earlier deployment.`,
    )
  }
  return given
}

/** Source: ECS API Reference, DescribeTaskDefinition. */
const REVISION = /^(?:arn:[^\s]+:task-definition\/)?[A-Za-z0-9_-]{1,255}:\d{1,10}$/

/** A rollback registers nothing, so it takes a revision that exists. */
function taskDefinitionOf(fields: Fields, operation: Operation): string | undefined {
  if (operation !== 'rollback') return fields.text('task-definition')
  return fields.matching('task-definition', REVISION, `a revision to go back to, 'family:revision' or an ARN`)
}

function expectedImages(fields: Fields, operation: Operation): ContainerImage[] {
  const images = parseImages(fields, 'expect-image')
  if (images.length > 0 && operation !== 'promote')
    fields.wrong('expect-image', `applies to 'operation: promote' only.`)
  return images
}

function onlyAtReadyOf(fields: Fields, operation: Operation): boolean {
  const given = fields.trueOrFalse('only-at-ready') ?? false
  if (given && operation !== 'stop') fields.wrong('only-at-ready', `applies to 'operation: stop' only.`)
  return given
}

function waitFor(fields: Fields, operation: Operation, notes: string[]): FinishLine {
  const chosen = fields.choice('wait-for', ['test-traffic', 'production-traffic', 'completion', 'nothing'])
  const stability = fields.trueOrFalse('wait-for-service-stability')
  if (stability !== undefined) {
    notes.push(
      `Input 'wait-for-service-stability' is deprecated. Use 'wait-for': 'production-traffic' (the default) waits, 'nothing' does not.`,
    )
    if (chosen !== undefined && (chosen === 'nothing') === stability) {
      fields.wrong(
        'wait-for-service-stability',
        `says '${stability}' and 'wait-for' says '${chosen}'; keep 'wait-for'.`,
      )
    }
  }
  if (operation === 'watch' && chosen === 'nothing') {
    fields.wrong('wait-for', `says 'nothing', which leaves 'operation: watch' nothing to do.`)
  }
  if (operation === 'preview' && (chosen === 'test-traffic' || chosen === 'nothing')) {
    fields.wrong('wait-for', `says '${chosen}', but a preview is there only when production of its lane has moved.`)
  }
  if ((operation === 'promote' || operation === 'rollback') && chosen === 'test-traffic') {
    fields.wrong('wait-for', `says 'test-traffic', at which 'operation: ${operation}' never stops.`)
  }
  return chosen ?? (stability === false ? 'nothing' : 'production-traffic')
}

/** The role says which account it is of, so the two inputs can be compared without asking anybody. */
function accountOf(fields: Fields): Pick<Inputs, 'roleToAssume' | 'expectedAccount' | 'credentialsAreClear'> {
  const role = fields.text('role-to-assume')
  const account = fields.text('expected-account-id')
  const before = fields.problems.length
  const accountOfRole = ROLE_ARN.exec(role ?? '')?.[1]
  if (role !== undefined && accountOfRole === undefined) {
    const shape = 'arn:aws:iam::ACCOUNT:role/NAME'
    fields.wrong('role-to-assume', `must be the ARN of an IAM role, '${shape}'; got '${inSentence(role, 200)}'.`)
  }
  if (account !== undefined && !ACCOUNT_ID.test(account)) {
    fields.wrong('expected-account-id', `must be the 12 digits of an AWS account; got '${inSentence(account, 100)}'.`)
  } else if (account !== undefined && accountOfRole !== undefined && account !== accountOfRole) {
    const sentence = `Input 'expected-account-id' is ${account}, but the role of 'role-to-assume' is of account ${accountOfRole}.`
    fields.problems.push({ reason: 'wrong-account', sentence })
  }
  return { roleToAssume: role, expectedAccount: account, credentialsAreClear: fields.problems.length === before }
}

function minutesAsMs(minutes: number | undefined): number | undefined {
  return minutes === undefined ? undefined : minutes * MINUTE_MS
}
