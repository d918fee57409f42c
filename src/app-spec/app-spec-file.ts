import { LIFECYCLE_HOOKS, type LifecycleHook } from '../inputs/hooks.ts'
import { invalidInput, type Problem } from '../problem.ts'
import { firstSentences, isJsonObject, type JsonObject, kindOf, parseDocument } from '../text/document.ts'
import { inSentence } from '../text/untrusted.ts'

/** What an AppSpec file says, in our words. The task definition it names is not kept: that is always ours. */
export interface AppSpecFile {
  /** Name of the resource, by convention `TargetService`. */
  resourceName: string
  containerName: string | undefined
  containerPort: number | undefined
  /** Members of `LoadBalancerInfo` that CodeDeploy's documentation does not know, kept as they are. */
  otherLoadBalancerMembers: JsonObject
  /** `Properties` beside the task definition and the load balancer, keys in documented case. */
  otherProperties: JsonObject
  /** Members beside `Type` and `Properties`, kept as they are. */
  otherResourceMembers: JsonObject
  hooks: Partial<Record<LifecycleHook, string>>
  /** Top-level members that CodeDeploy's documentation does not know, kept as they are. */
  otherMembers: JsonObject
}

export interface ReadAppSpec {
  file: AppSpecFile | undefined
  problems: Problem[]
  /** What CodeDeploy may ignore. */
  warnings: string[]
  notes: string[]
}

/**
 * Reads an AppSpec for an ECS service, YAML or JSON. Keys count in any case; hook events and `Type` must have theirs.
 * Source: CodeDeploy User Guide, "AppSpec file structure for Amazon ECS deployments".
 */
export function parseAppSpecFile(path: string, text: string): ReadAppSpec {
  return parseAppSpec(`AppSpec file '${inSentence(path, 200)}'`, path, text)
}

/** The same of an AppSpec that is given as text; sentences begin with its input. */
export function parseAppSpecText(text: string): ReadAppSpec {
  return parseAppSpec(`Input 'codedeploy-appspec'`, '', text)
}

function parseAppSpec(name: string, path: string, text: string): ReadAppSpec {
  // An AppSpec may be JSON whatever the file is called; YAML reads that too.
  const document = parseDocument(path.replace(/\.jsonc?$/i, '.yaml'), text)
  if (typeof document === 'string') return broken([`${name} ${document}`])
  const reading: Reading = { mistakes: [], unknown: [] }
  const file = readRoot(reading, document.root)
  if (reading.mistakes.length > 0) return broken(reading.mistakes.map((mistake) => `${name} ${mistake}.`))
  const warnings = reading.unknown.map(
    (key) => `${name} has '${key}', which CodeDeploy does not document; it is passed on.`,
  )
  const { otherVersion } = reading
  const notes =
    otherVersion === undefined
      ? []
      : [`${name} has 'version: ${otherVersion}'; 0.0, the one that is documented, is sent instead.`]
  return { file, problems: [], warnings: firstSentences(warnings), notes }
}

interface Reading {
  /** Rest of a sentence that begins with the file's name. */
  mistakes: string[]
  /** Paths of undocumented keys. */
  unknown: string[]
  otherVersion?: string
}

function broken(sentences: string[]): ReadAppSpec {
  return { file: undefined, problems: firstSentences(sentences).map(invalidInput), warnings: [], notes: [] }
}

function readRoot(reading: Reading, root: JsonObject): AppSpecFile {
  const members = byDocumentedCase(reading, root, ['version', 'Resources', 'Hooks'])
  const version = members.known.get('version')
  if (version !== undefined && !isZero(version)) {
    // AWS takes others too (observed); 1 is widespread.
    if (typeof version !== 'string' && typeof version !== 'number') {
      reading.mistakes.push(`must have 'version: 0.0'; got ${describeValue(version)}`)
    } else reading.otherVersion = inSentence(String(version), 50)
  }
  reading.unknown.push(...Object.keys(members.unknown).map((key) => inSentence(key, 100)))
  const { resourceName, properties, otherResourceMembers } = readResource(reading, members.known.get('Resources'))
  const inProperties = byDocumentedCase(reading, properties, [
    'TaskDefinition',
    'LoadBalancerInfo',
    'PlatformVersion',
    'NetworkConfiguration',
    'CapacityProviderStrategy',
  ])
  reading.unknown.push(...Object.keys(inProperties.unknown).map((key) => `Properties.${inSentence(key, 100)}`))
  return {
    resourceName,
    ...readLoadBalancer(reading, inProperties.known.get('LoadBalancerInfo')),
    otherProperties: otherProperties(reading, inProperties),
    otherResourceMembers,
    hooks: readHooks(reading, members.known.get('Hooks')),
    otherMembers: members.unknown,
  }
}

/** `0.0` of YAML, which is read as text, and the number of JSON. */
function isZero(version: unknown): boolean {
  return (typeof version === 'string' || typeof version === 'number') && Number(version) === 0
}

/** A value in a sentence: a text as it is, anything else by its kind. */
function describeValue(value: unknown): string {
  return typeof value === 'string' ? `'${inSentence(value, 100)}'` : kindOf(value)
}

interface ReadResource {
  resourceName: string
  properties: JsonObject
  otherResourceMembers: JsonObject
}

function readResource(reading: Reading, resources: unknown): ReadResource {
  const nothing = { resourceName: 'TargetService', properties: {}, otherResourceMembers: {} }
  const entries = Array.isArray(resources)
    ? resources.flatMap((item) => (isJsonObject(item) ? Object.entries(item) : []))
    : []
  const [first] = entries
  if (entries.length !== 1 || first === undefined) {
    reading.mistakes.push(`must have 'Resources' with exactly one resource; it has ${entries.length}`)
    return nothing
  }
  const [resourceName, resource] = first
  const { known, unknown } = byDocumentedCase(reading, isJsonObject(resource) ? resource : {}, ['Type', 'Properties'])
  reading.unknown.push(...Object.keys(unknown).map((key) => `Resources.${inSentence(key, 100)}`))
  if (known.get('Type') !== 'AWS::ECS::Service') {
    reading.mistakes.push(
      `must have a resource with 'Type: AWS::ECS::Service'; got ${describeValue(known.get('Type'))}`,
    )
  }
  const properties = known.get('Properties')
  if (isJsonObject(properties)) return { resourceName, properties, otherResourceMembers: unknown }
  reading.mistakes.push(`must have 'Properties' as a mapping; it has ${kindOf(properties)}`)
  return nothing
}

type LoadBalancer = Pick<AppSpecFile, 'containerName' | 'containerPort' | 'otherLoadBalancerMembers'>

function readLoadBalancer(reading: Reading, info: unknown): LoadBalancer {
  const nothing = { containerName: undefined, containerPort: undefined, otherLoadBalancerMembers: {} }
  if (info === undefined || info === null) return nothing
  if (!isJsonObject(info)) {
    reading.mistakes.push(`must have 'LoadBalancerInfo' as a mapping, not ${kindOf(info)}`)
    return nothing
  }
  const { known, unknown } = byDocumentedCase(reading, info, ['ContainerName', 'ContainerPort'])
  reading.unknown.push(...Object.keys(unknown).map((key) => `LoadBalancerInfo.${inSentence(key, 100)}`))
  return {
    containerName: readContainerName(reading, known.get('ContainerName') ?? undefined),
    containerPort: readContainerPort(reading, known.get('ContainerPort') ?? undefined),
    otherLoadBalancerMembers: unknown,
  }
}

function readContainerName(reading: Reading, name: unknown): string | undefined {
  if (name === undefined || (typeof name === 'string' && name.trim() !== '')) return name
  reading.mistakes.push(`must have a name as 'ContainerName', not ${name === '' ? 'nothing' : kindOf(name)}`)
  return undefined
}

function readContainerPort(reading: Reading, port: unknown): number | undefined {
  if (port === undefined) return undefined
  const number = typeof port === 'string' && /^\d{1,5}$/.test(port) ? Number(port) : 0
  if (number > 0 && number < 65_536) return number
  reading.mistakes.push(`must have a port number as 'ContainerPort'; got ${describeValue(port)}`)
  return undefined
}

function readHooks(reading: Reading, hooks: unknown): AppSpecFile['hooks'] {
  if (hooks === undefined || hooks === null) return {}
  if (!Array.isArray(hooks)) {
    reading.mistakes.push(`must have 'Hooks' as a list of 'Event: function', not ${kindOf(hooks)}`)
    return {}
  }
  const read: AppSpecFile['hooks'] = {}
  for (const item of hooks.filter((one) => !isJsonObject(one) && typeof one !== 'string')) {
    reading.mistakes.push(`must have 'Hooks' as a list of 'Event: function'; one of them is ${kindOf(item)}`)
  }
  const entries = hooks.flatMap((item): [string, unknown][] => {
    if (typeof item === 'string') return [[item, undefined]]
    return isJsonObject(item) ? Object.entries(item) : []
  })
  for (const [given, hookFunction] of entries) {
    const event = LIFECYCLE_HOOKS.find((hook) => hook === given)
    if (event === undefined) {
      const meant = LIFECYCLE_HOOKS.find((hook) => hook.toLowerCase() === given.toLowerCase())
      const advice = meant === undefined ? `use one of ${LIFECYCLE_HOOKS.join(', ')}` : `write '${meant}'`
      reading.mistakes.push(`has a hook for '${inSentence(given, 100)}', which CodeDeploy never runs; ${advice}`)
    } else if (typeof hookFunction !== 'string' || hookFunction.trim() === '') {
      reading.mistakes.push(`has no function for the hook '${event}'; give a Lambda function name or ARN`)
    } else if (read[event] !== undefined) {
      reading.mistakes.push(`has the hook '${event}' more than once; each runs one function`)
    } else {
      read[event] = hookFunction.trim()
    }
  }
  return read
}

/** Spelling of keys below `Properties`, from lower case to the documented one. */
const DOCUMENTED_KEYS = new Map(
  ['AwsvpcConfiguration', 'Subnets', 'SecurityGroups', 'AssignPublicIp', 'Base', 'CapacityProvider', 'Weight'].map(
    (key) => [key.toLowerCase(), key],
  ),
)

function otherProperties(reading: Reading, properties: CasedMembers): JsonObject {
  const kept = ['PlatformVersion', 'NetworkConfiguration', 'CapacityProviderStrategy']
    .map((key): [string, unknown] => [key, documentedCase(reading, properties.known.get(key), key)])
    .filter(([, value]) => value !== undefined && value !== null)
  return { ...Object.fromEntries(kept), ...properties.unknown }
}

function documentedCase(reading: Reading, value: unknown, path: string): unknown {
  if (Array.isArray(value)) return value.map((item) => documentedCase(reading, item, path))
  if (!isJsonObject(value)) return /\.(Base|Weight)$/.test(path) && /^\d+$/.test(String(value)) ? Number(value) : value
  const members = Object.entries(value).map(([given, member]): [string, unknown] => {
    const key = DOCUMENTED_KEYS.get(given.toLowerCase())
    if (key === undefined) reading.unknown.push(`${path}.${inSentence(given, 100)}`)
    return [key ?? given, documentedCase(reading, member, `${path}.${key ?? given}`)]
  })
  return Object.fromEntries(members)
}

interface CasedMembers {
  /** By documented spelling. */
  known: Map<string, unknown>
  unknown: JsonObject
}

function byDocumentedCase(reading: Reading, value: JsonObject, documented: readonly string[]): CasedMembers {
  const known = new Map<string, unknown>()
  const unknown: [string, unknown][] = []
  for (const [given, member] of Object.entries(value)) {
    const key = documented.find((one) => one.toLowerCase() === given.toLowerCase())
    if (key === undefined) unknown.push([given, member])
    else if (known.has(key)) reading.mistakes.push(`has '${key}' more than once, in different case`)
    else known.set(key, member)
  }
  return { known, unknown: Object.fromEntries(unknown) }
}
