import { inSentence } from '../text/untrusted.ts'
import { accountOf } from './account.ts'
import { parseAlarms } from './alarms.ts'
import { appSpecOf } from './app-spec.ts'
import type { RollbackEvent } from './choices.ts'
import { imageNotes } from './container-lines.ts'
import { type Fields, fieldsOf, quotedList, URL_FORM } from './fields.ts'
import { githubOf } from './github.ts'
import { hookInputOf, LIFECYCLE_HOOKS, type LifecycleHook } from './hooks.ts'
import type { Inputs, ParsedInputs } from './inputs.ts'
import type { RawInputs } from './names.ts'
import { deploymentIdOf, endingsOf, expectedImages, namesNothing, onlyAtReadyOf, waitFor } from './of-operation.ts'
import { isRelease, OPERATIONS } from './operation.ts'
import { overridesOf } from './overrides.ts'
import { previewsOf, serviceOf } from './previews.ts'
import { taskDefinitionOf, unusedReferences } from './task-definition-reference.ts'
import { judgeUndeclared } from './undeclared.ts'

const MINUTE_MS = 60_000

/** The cluster that ECS uses when none is named. */
const DEFAULT_CLUSTER = 'default'

/** Source: CodeDeploy User Guide, "CodeDeploy limits", the same for applications, groups and configurations. */
const CODE_DEPLOY_NAME = /^[A-Za-z0-9._+=,@-]{1,100}$/

const CODE_DEPLOY_FORM = `up to 100 letters, digits and '.', '_', '+', '=', ',', '@', '-'`

/** Source: ECS API Reference, ContainerDefinition. */
const CONTAINER_NAME = /^[A-Za-z0-9_-]{1,255}$/

/**
 * Parses every input and reports all problems together. A wrong value is left at its default, so that the checks that
 * need AWS can still find what else is wrong; nothing is written while there is a problem.
 * @param undeclared names of inputs that reached us although action.yml does not declare them, in any case
 */
export function parseInputs(raw: RawInputs, undeclared: readonly string[]): ParsedInputs {
  const fields = fieldsOf(raw)
  const notes: string[] = []
  const given = fields.choice('operation', OPERATIONS)
  const operation = given ?? 'release'
  const service = serviceOf(fields, operation)
  const containers = containersOf(fields)
  const reference = taskDefinitionOf(fields, operation)
  const inputs: Inputs = {
    operation,
    cluster: clusterOf(fields.text('cluster'), service),
    service: service ?? '',
    ...groupOf(fields),
    deploymentId: deploymentIdOf(fields, operation),
    expectedImages: expectedImages(fields, operation),
    ...reference,
    ...overridesOf(fields, containers),
    containerName: containers.length === 1 ? containers[0] : undefined,
    containerPort: fields.wholeNumber('container-port', 1, 65_535),
    appSpec: appSpecOf(fields),
    hooks: hooksOf(fields),
    ...deploymentOf(fields),
    namesNothing: namesNothing(fields, operation),
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
    ...accountOf(fields, notes),
    maxRetries: fields.wholeNumber('max-retries', 1, 20) ?? 3,
  }
  const { problems, warnings } = judgeUndeclared(undeclared)
  notes.push(...imageNotes(inputs.images))
  return {
    inputs,
    problems: [...fields.problems, ...problems],
    operationIsUnknown: given === undefined && fields.text('operation') !== undefined,
    warnings: [...warnings, ...unusedReferences(fields, reference.taskDefinitionFrom)],
    notes,
  }
}

/** The deployment group, where CodeDeploy knows it by names of its own. */
function groupOf(fields: Fields): Pick<Inputs, 'application' | 'deploymentGroup'> {
  return {
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
  }
}

/** Parses `container-name`: one name, or several with commas or on lines of their own. */
function containersOf(fields: Fields): string[] {
  const given = fields.text('container-name')
  if (given === undefined) return []
  const names = given.split(/\s*(?:,\s*|\n\s*)/)
  const wrong = names.filter((name) => !CONTAINER_NAME.test(name))
  for (const name of wrong) {
    const form = `the name of a container, up to 255 letters, digits, '-' and '_', or several with commas`
    fields.wrong('container-name', `must be ${form}; got '${inSentence(name, 100)}'.`)
  }
  const doubled = names.find((name, index) => names.indexOf(name) !== index)
  if (doubled !== undefined) fields.wrong('container-name', `names '${inSentence(doubled, 100)}' more than once.`)
  return wrong.length > 0 ? [] : names
}

type OfDeployment = 'deploymentConfig' | 'description' | 'rollbackOn' | 'alarms'

/** How the deployment shifts traffic, what it says of itself, and what rolls it back. */
function deploymentOf(fields: Fields): Pick<Inputs, OfDeployment> {
  return {
    deploymentConfig: fields.matching(
      'codedeploy-deployment-config',
      CODE_DEPLOY_NAME,
      `the name of a deployment configuration, ${CODE_DEPLOY_FORM}`,
    ),
    description: fields.text('codedeploy-deployment-description') ?? '',
    rollbackOn: rollbackOn(fields),
    alarms: parseAlarms(fields),
  }
}

/** The ARN of a service names its cluster; the short form of before 2019 does not. */
export function clusterOf(given: string | undefined, service: string | undefined): string {
  const ofService = /^arn:[^:]+:ecs:[^:]*:[^:]*:service\/([^/]+)\/[^/]+$/.exec(service ?? '')?.[1]
  return given === undefined || given === DEFAULT_CLUSTER ? (ofService ?? DEFAULT_CLUSTER) : given
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
    fields.wrong('rollback-on', `takes any of ${quotedList(events)}, or 'never' alone; got ${got}.`)
    return undefined
  }
  if (words.includes('never') && words.length > 1) {
    fields.wrong('rollback-on', `takes 'never' alone; got it together with other words.`)
    return undefined
  }
  return events.filter((event) => words.includes(event))
}

function minutesAsMs(minutes: number | undefined): number | undefined {
  return minutes === undefined ? undefined : minutes * MINUTE_MS
}
