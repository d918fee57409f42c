import { inSentence } from '../text/untrusted.ts'
import { parseAssignments } from './assignments.ts'
import { parseCommand } from './command.ts'
import { type ContainerImage, parseEnvironmentLines, parseImages, parseSecretLines } from './container-lines.ts'
import type { Fields } from './fields.ts'
import { ROLE_ARN } from './role-arn.ts'

/** What the inputs change in a task definition, whichever it is. */
export interface Overrides {
  images: readonly ContainerImage[]
  /** The containers that everything below is for, up to the size. Empty: the one that gets the traffic. */
  containers: readonly string[]
  environment: ReadonlyMap<string, string>
  secrets: ReadonlyMap<string, string>
  /** ARNs of S3 objects, instead of those that are there. */
  envFiles: readonly string[]
  dockerLabels: ReadonlyMap<string, string>
  command: readonly string[] | undefined
  logDriver: LogDriver | undefined
  logOptions: ReadonlyMap<string, string>
  cpu: string | undefined
  memory: string | undefined
  taskRole: string | undefined
  executionRole: string | undefined
  /** What it is registered as. */
  family: string | undefined
  /** Laid over those that are there. */
  tags: ReadonlyMap<string, string>
}

/** Nothing is changed. */
export const NO_OVERRIDES: Overrides = {
  images: [],
  containers: [],
  environment: new Map(),
  secrets: new Map(),
  envFiles: [],
  dockerLabels: new Map(),
  command: undefined,
  logDriver: undefined,
  logOptions: new Map(),
  cpu: undefined,
  memory: undefined,
  taskRole: undefined,
  executionRole: undefined,
  family: undefined,
  tags: new Map(),
}

/** Source: ECS API Reference, LogConfiguration. */
const LOG_DRIVERS = ['awslogs', 'awsfirelens', 'splunk', 'json-file', 'fluentd', 'gelf', 'journald', 'syslog'] as const

export type LogDriver = (typeof LOG_DRIVERS)[number]

/** AWS quota: task size is a number of CPU units or vCPU, of MiB or GB. Source: RegisterTaskDefinition. */
const CPU = /^(?:\d{1,9}|(?:\d{1,9}(?:\.\d{1,9})?|\.\d{1,9}) ?vcpu)$/i
const MEMORY = /^(?:\d{1,9}|(?:\d{1,9}(?:\.\d{1,9})?|\.\d{1,9}) ?gb)$/i

/** Source: ECS API Reference, RegisterTaskDefinition. */
export const FAMILY_NAME = /^[A-Za-z0-9_-]{1,255}$/

/** Parses everything that changes the task definition. */
export function overridesOf(fields: Fields, containers: readonly string[]): Overrides {
  return {
    images: parseImages(fields),
    containers,
    ...variablesOf(fields),
    envFiles: envFilesOf(fields),
    dockerLabels: linesOf(fields, 'docker-labels', 'label'),
    command: parseCommand(fields),
    logDriver: fields.choice('log-configuration-log-driver', LOG_DRIVERS),
    logOptions: linesOf(fields, 'log-configuration-options', 'option'),
    cpu: fields.matching('cpu', CPU, `a number of CPU units such as '512', or '0.5 vCPU'`),
    memory: fields.matching('memory', MEMORY, `a number of MiB such as '1024', or '1 GB'`),
    taskRole: roleOf(fields, 'task-role-arn'),
    executionRole: roleOf(fields, 'execution-role-arn'),
    family: fields.matching(
      'family',
      FAMILY_NAME,
      `the name of a family, up to 255 letters, digits, '-' and '_', without a revision`,
    ),
    tags: tagsOf(fields),
  }
}

/** The variables of the containers, each set once. */
function variablesOf(fields: Fields): Pick<Overrides, 'environment' | 'secrets'> {
  const environment = parseEnvironmentLines(fields)
  const secrets = parseSecretLines(fields)
  for (const name of secrets.keys()) {
    if (environment.has(name)) {
      fields.wrong('secrets', `sets '${inSentence(name, 100)}', which 'environment-variables' sets too; keep one.`)
    }
  }
  return { environment, secrets }
}

/** Source: ECS API Reference, EnvironmentFile. */
const ENV_FILE = /^arn:aws[a-z-]*:s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\/\S{1,1024}\.env$/
const MAX_ENV_FILES = 10

function envFilesOf(fields: Fields): string[] {
  const files = fields.lines('env-files')
  for (const file of files.filter((one) => !ENV_FILE.test(one))) {
    const shape = 'arn:aws:s3:::BUCKET/KEY.env'
    fields.wrong(
      'env-files',
      `must have lines with ARNs of S3 objects whose names end in '.env', '${shape}'; got '${inSentence(file, 200)}'.`,
    )
  }
  const doubled = files.find((file, index) => files.indexOf(file) !== index)
  if (doubled !== undefined) fields.wrong('env-files', `names '${inSentence(doubled, 200)}' more than once.`)
  if (files.length > MAX_ENV_FILES) {
    fields.wrong('env-files', `takes at most ${MAX_ENV_FILES} files, as ECS does; got ${files.length}.`)
  }
  return files
}

/** White space at the end of a line is not meant: nobody sees it. */
function linesOf(fields: Fields, input: 'docker-labels' | 'log-configuration-options', noun: string) {
  return withoutEndSpace(parseAssignments(fields, { input, line: 'KEY=value', noun }))
}

function withoutEndSpace(assigned: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...assigned].map(([name, value]) => [name, value.trimEnd()]))
}

function roleOf(fields: Fields, input: 'task-role-arn' | 'execution-role-arn'): string | undefined {
  return fields.matching(input, ROLE_ARN, `the ARN of an IAM role, 'arn:aws:iam::ACCOUNT:role/NAME'`)
}

/** Source: ECS API Reference, Tag; a key with `=` in it cannot be written as a line. */
const TAG_KEY = /^(?!aws:)[\p{L}\p{Z}\p{N}_.:/+\-@]{1,128}$/iu
const TAG_VALUE = /^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/iu

function tagsOf(fields: Fields): Map<string, string> {
  const tags = withoutEndSpace(
    parseAssignments(fields, { input: 'tags', line: 'KEY=value', noun: 'tag', name: TAG_KEY }),
  )
  for (const [key, value] of tags) {
    if (TAG_VALUE.test(value)) continue
    const form = `up to 256 letters, digits, spaces and '_.:/=+-@', not beginning with 'aws:'`
    fields.wrong('tags', `gives '${inSentence(key, 128)}' a value that no tag can have: ${form}.`)
  }
  return tags
}
