import { createHash } from 'node:crypto'
import { isJsonObject, type JsonObject } from '../text/document.ts'
import type { TaskDefinition } from './definition.ts'

/**
 * Whether two definitions ask ECS for the same thing. Null and empty members, members that only repeat what ECS fills
 * in, and the order of lists that are sets do not count. In doubt the answer is no.
 */
export function isSameDefinition(left: TaskDefinition, right: TaskDefinition): boolean {
  return canonicalText(left) === canonicalText(right)
}

/** SHA-256 of a definition, lower-case hex: the same for definitions that ask for the same. */
export function definitionSha256(definition: TaskDefinition): string {
  return createHash('sha256').update(canonicalText(definition)).digest('hex')
}

/** A definition in a form in which equal ones are equal text. */
export function canonicalDefinition(definition: TaskDefinition): JsonObject {
  return canonical(definition, true)
}

/** The same with members and lists in the order in which they were written. */
export function canonicalInOrder(definition: TaskDefinition): JsonObject {
  return canonical(definition, false)
}

function canonical(definition: TaskDefinition, isSorted: boolean): JsonObject {
  const canonical = canonicalObject(definition, '', isSorted)
  const networkMode = definition['networkMode']
  const containers = canonical['containerDefinitions']
  if (!Array.isArray(containers)) return canonical
  return {
    ...canonical,
    ...sizeMember(canonical, 'cpu', 'vcpu'),
    ...sizeMember(canonical, 'memory', 'gb'),
    containerDefinitions: containers.map((container: unknown) =>
      isJsonObject(container) ? withoutFilledIn(container, networkMode) : container,
    ),
  }
}

/** Lists in which order means nothing, by the member that names an item; an empty name stands for the item itself. */
export const SETS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'containerDefinitions.environment': 'name',
    'containerDefinitions.secrets': 'name',
    'containerDefinitions.portMappings': 'containerPort',
    'containerDefinitions.mountPoints': 'containerPath',
    'containerDefinitions.volumesFrom': 'sourceContainer',
    'containerDefinitions.ulimits': 'name',
    'containerDefinitions.systemControls': 'namespace',
    'containerDefinitions.dependsOn': 'containerName',
    'containerDefinitions.resourceRequirements': 'type',
    'containerDefinitions.logConfiguration.secretOptions': 'name',
    volumes: 'name',
    tags: 'key',
    requiresCompatibilities: '',
  }),
)

function canonicalText(definition: TaskDefinition): string {
  return JSON.stringify(canonicalDefinition(definition))
}

/** Mappings whose names and values are the user's own: there an empty value is a value. */
export const USER_MAPS: ReadonlySet<string> = new Set([
  'containerDefinitions.dockerLabels',
  'containerDefinitions.logConfiguration.options',
  'containerDefinitions.firelensConfiguration.options',
  'volumes.dockerVolumeConfiguration.driverOpts',
  'volumes.dockerVolumeConfiguration.labels',
])

/** A value without empty members; items of a list count also when they are empty. */
function canonicalValue(value: unknown, path: string, isSorted: boolean): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => (isJsonObject(item) ? canonicalObject(item, path, isSorted) : item))
    if (items.length === 0) return undefined
    return isSorted ? sortedIfSet(items, path) : items
  }
  if (isJsonObject(value)) {
    const members = canonicalObject(value, path, isSorted)
    return Object.keys(members).length === 0 ? undefined : members
  }
  return value === null || value === '' ? undefined : value
}

function canonicalObject(value: JsonObject, path: string, isSorted: boolean): JsonObject {
  const members = Object.entries(value)
    .map(([name, member]): [string, unknown] => {
      if (USER_MAPS.has(path)) return [name, member]
      if (path === 'containerDefinitions.environment' && name === 'value') return [name, member ?? '']
      return [name, canonicalValue(member, path === '' ? name : `${path}.${name}`, isSorted)]
    })
    .filter(([, member]) => member !== undefined)
  return Object.fromEntries(isSorted ? members.sort(([left], [right]) => compareText(left, right)) : members)
}

/** Sorted by the key alone: of two items with the same one the later may be the one that counts. */
function sortedIfSet(items: unknown[], path: string): unknown[] {
  const key = SETS.get(path)
  if (key === undefined) return items
  const sortKey = (item: unknown) => String(JSON.stringify(key !== '' && isJsonObject(item) ? item[key] : item))
  return items.toSorted((left, right) => compareText(sortKey(left), sortKey(right)))
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}

/**
 * What ECS adds to a container when it registers it. Observed in answers of DescribeTaskDefinition; the defaults are
 * those of the ECS API Reference, ContainerDefinition, PortMapping and HealthCheck.
 */
function withoutFilledIn(container: JsonObject, networkMode: unknown): JsonObject {
  const members = Object.entries(container)
    .filter(([name, value]) => !((name === 'cpu' && value === 0) || (name === 'essential' && value === true)))
    .map(([name, value]): [string, unknown] => {
      if (name === 'portMappings' && Array.isArray(value)) {
        return [name, value.map((port) => withoutPortDefaults(port, networkMode))]
      }
      return [name, name === 'healthCheck' && isJsonObject(value) ? withoutHealthCheckDefaults(value) : value]
    })
  return Object.fromEntries(members)
}

function withoutPortDefaults(port: unknown, networkMode: unknown): unknown {
  if (!isJsonObject(port)) return port
  const sharesPort = networkMode === 'awsvpc' || networkMode === 'host'
  const filledHostPort = sharesPort ? port['containerPort'] : 0
  const members = Object.entries(port).filter(
    ([name, value]) => !((name === 'protocol' && value === 'tcp') || (name === 'hostPort' && value === filledHostPort)),
  )
  return Object.fromEntries(members)
}

function withoutHealthCheckDefaults(healthCheck: JsonObject): JsonObject {
  const defaults: JsonObject = { interval: 30, timeout: 5, retries: 3, startPeriod: 0 }
  return Object.fromEntries(Object.entries(healthCheck).filter(([name, value]) => defaults[name] !== value))
}

/** `0.5 vCPU` and `512` are the same size, as are `1 GB` and `1024`. Source: ECS API Reference, RegisterTaskDefinition. */
function sizeMember(definition: JsonObject, member: 'cpu' | 'memory', unit: 'vcpu' | 'gb'): JsonObject {
  const value = definition[member]
  if (typeof value !== 'string') return {}
  const match = /^([\d.]+) ?([a-z]+)$/i.exec(value)
  return match?.[2]?.toLowerCase() === unit ? { [member]: String(Number(match[1]) * 1024) } : {}
}
