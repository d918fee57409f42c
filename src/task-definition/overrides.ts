import type { ContainerImage } from '../inputs/container-lines.ts'
import { invalidInput, type Problem } from '../problem.ts'
import { isJsonObject, type JsonObject } from '../text/document.ts'
import { inSentence } from '../text/untrusted.ts'
import type { TaskDefinition } from './definition.ts'

/** What the inputs change in a task definition. */
export interface Overrides {
  images: readonly ContainerImage[]
  environment: ReadonlyMap<string, string>
  secrets: ReadonlyMap<string, string>
  cpu: string | undefined
  memory: string | undefined
}

/** The definition with the overrides in it, or what stands in their way. */
export interface OverriddenDefinition {
  definition: TaskDefinition
  problems: Problem[]
}

/** Whether there is anything to change. */
export function hasOverrides(overrides: Overrides): boolean {
  const { images, environment, secrets, cpu, memory } = overrides
  return images.length + environment.size + secrets.size > 0 || cpu !== undefined || memory !== undefined
}

/**
 * Puts the overrides into a definition; what they do not name stays as it is.
 * @param mainContainer the container behind the load balancer: it takes an image without a container's name, and the
 *   variables and secrets; whether it is there is checked elsewhere
 */
export function applyOverrides(
  definition: TaskDefinition,
  overrides: Overrides,
  mainContainer: string,
): OverriddenDefinition {
  const images = new Map(overrides.images.map(({ container, image }) => [container ?? mainContainer, image]))
  const names = containerNames(definition)
  const problems = overrides.images
    .flatMap(({ container }) => (container === undefined || names.includes(container) ? [] : [container]))
    .map((container) => noSuchContainer(container, names))
  const hasVariables = overrides.environment.size + overrides.secrets.size > 0
  const containers = containersOf(definition).map((container) => {
    const name = nameOf(container)
    const image = images.get(name)
    const withImage = image === undefined ? container : { ...container, image }
    return name === mainContainer && hasVariables ? withVariables(withImage, overrides) : withImage
  })
  return {
    problems,
    definition: {
      ...definition,
      containerDefinitions: containers,
      ...(overrides.cpu === undefined ? {} : { cpu: overrides.cpu }),
      ...(overrides.memory === undefined ? {} : { memory: overrides.memory }),
    },
  }
}

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

function noSuchContainer(container: string, names: readonly string[]): Problem {
  const known = names.map((name) => `'${inSentence(name, 100)}'`).join(', ') || 'none'
  return invalidInput(
    `Input 'image' names the container '${inSentence(container, 100)}', which the task definition does not have; its containers: ${known}.`,
  )
}

/** A name lives in one of the two lists: setting it in one takes it out of the other. */
function withVariables(container: JsonObject, { environment, secrets }: Overrides): JsonObject {
  return {
    ...container,
    ...upserted(container, 'environment', 'value', environment, secrets),
    ...upserted(container, 'secrets', 'valueFrom', secrets, environment),
  }
}

function upserted(
  container: JsonObject,
  list: 'environment' | 'secrets',
  valueMember: 'value' | 'valueFrom',
  set: ReadonlyMap<string, string>,
  movedAway: ReadonlyMap<string, string>,
): JsonObject {
  const current = Array.isArray(container[list]) ? container[list].filter(isJsonObject) : []
  const stayed = current.filter((member) => !movedAway.has(nameOf(member)))
  const present = new Set(stayed.map(nameOf))
  const updated = stayed.map((member) => {
    const value = set.get(nameOf(member))
    return value === undefined ? member : { ...member, [valueMember]: value }
  })
  const added = [...set].filter(([name]) => !present.has(name)).map(([name, value]) => ({ name, [valueMember]: value }))
  const members = [...updated, ...added]
  return members.length === 0 && container[list] === undefined ? {} : { [list]: members }
}
