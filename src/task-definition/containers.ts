import { isJsonObject, type JsonObject } from '../text/document.ts'
import type { TaskDefinition } from './definition.ts'

/** The containers of a definition; anything in the list that is none is left out. */
export function containersOf(definition: TaskDefinition): JsonObject[] {
  const containers = definition['containerDefinitions']
  return Array.isArray(containers) ? containers.filter(isJsonObject) : []
}

/** The name of a container, a variable or a secret; empty when it has none. */
export function nameOf(member: JsonObject): string {
  return typeof member['name'] === 'string' ? member['name'] : ''
}

export function containerNames(definition: TaskDefinition): string[] {
  return containersOf(definition).map(nameOf)
}

/** The ports that a container listens on, as the definition has them. */
export function portsOf(container: JsonObject): unknown[] {
  const mappings = container['portMappings']
  return (Array.isArray(mappings) ? mappings : []).filter(isJsonObject).map((mapping) => mapping['containerPort'])
}
