import { NO_OVERRIDES, type Overrides } from '../inputs/overrides.ts'
import { invalidInput, type Problem } from '../problem.ts'
import { isJsonObject, type JsonObject } from '../text/document.ts'
import { inSentence } from '../text/untrusted.ts'
import { containerNames, containersOf, nameOf } from './containers.ts'
import type { TaskDefinition } from './definition.ts'
import { withLogging } from './logging.ts'

/** The definition with the overrides in it, or what stands in their way; notes are for the log. */
export interface OverriddenDefinition {
  definition: TaskDefinition
  problems: Problem[]
  notes: string[]
}

/** Everything that can be changed; naming the containers alone changes nothing. */
const CHANGES = (Object.keys(NO_OVERRIDES) as (keyof Overrides)[]).filter((name) => name !== 'containers')

/** Whether there is anything to change. */
export function hasOverrides(overrides: Overrides): boolean {
  return CHANGES.some((name) => {
    const change = overrides[name]
    if (change === undefined || typeof change === 'string') return change !== undefined
    return ('size' in change ? change.size : change.length) > 0
  })
}

/** What is for the task, not for one of its containers. */
const OF_TASK = { cpu: undefined, memory: undefined, taskRole: undefined, executionRole: undefined, family: undefined }

/** Whether there is anything for the container that gets the traffic. */
function needsMainContainer(overrides: Overrides): boolean {
  const images = overrides.images.filter(({ container }) => container === undefined)
  return overrides.containers.length === 0 && hasOverrides({ ...overrides, ...OF_TASK, tags: new Map(), images })
}

/**
 * Puts the overrides into a definition; what they do not name stays as it is.
 * @param mainContainer the container that gets the traffic: it takes what is for a container when none is named; whether
 *   it is there is checked elsewhere. Empty: nothing says which
 */
export function applyOverrides(
  definition: TaskDefinition,
  overrides: Overrides,
  mainContainer: string,
): OverriddenDefinition {
  const targets = overrides.containers.length === 0 ? [mainContainer] : overrides.containers
  const images = new Map(
    overrides.images.flatMap(({ container, image }) =>
      (container === undefined ? targets : [container]).map((name): [string, string] => [name, image]),
    ),
  )
  const problems = missingContainers(overrides, containerNames(definition), mainContainer)
  if (mainContainer === '' && needsMainContainer(overrides)) problems.push(noMainContainer(containerNames(definition)))
  const notes: string[] = []
  const containers = containersOf(definition).map((container) => {
    const name = nameOf(container)
    const image = images.get(name)
    const withImage = image === undefined ? container : { ...container, image }
    if (!targets.includes(name)) return withImage
    const logging = withLogging(withMembers(withImage, overrides), name, overrides)
    problems.push(...logging.problems)
    notes.push(...logging.notes)
    return logging.container
  })
  const tags = tagsOf(definition, overrides.tags)
  if (tags.length > MAX_TAGS && overrides.tags.size > 0) problems.push(tooManyTags(tags.length))
  return {
    problems,
    notes,
    definition: {
      ...definition,
      containerDefinitions: containers,
      ...given('family', overrides.family),
      ...given('cpu', overrides.cpu),
      ...given('memory', overrides.memory),
      ...given('taskRoleArn', overrides.taskRole),
      ...given('executionRoleArn', overrides.executionRole),
      ...(overrides.tags.size === 0 ? {} : { tags }),
    },
  }
}

function given(member: string, value: string | undefined): JsonObject {
  return value === undefined ? {} : { [member]: value }
}

/** Source: ECS API Reference, RegisterTaskDefinition. */
const MAX_TAGS = 50

/** The tags that are there, with those of the input laid over them. */
function tagsOf(definition: TaskDefinition, laid: ReadonlyMap<string, string>): JsonObject[] {
  const present = Array.isArray(definition['tags']) ? definition['tags'].filter(isJsonObject) : []
  const keys = new Set(present.map(({ key }) => key))
  const updated = present.map((tag) => {
    const value = laid.get(String(tag['key']))
    return value === undefined ? tag : { ...tag, value }
  })
  return [...updated, ...[...laid].filter(([key]) => !keys.has(key)).map(([key, value]) => ({ key, value }))]
}

function tooManyTags(count: number): Problem {
  const sum = `With those of the task definition there would be ${count} tags`
  return invalidInput(
    `${sum}, and ECS takes ${MAX_TAGS}. Give fewer in 'tags', or take some out of the task definition.`,
  )
}

function missingContainers(overrides: Overrides, names: readonly string[], mainContainer: string): Problem[] {
  const ofImages = overrides.images.flatMap(({ container }) => container ?? [])
  const isMissing = (container: string) => !names.includes(container)
  return [
    ...ofImages.filter(isMissing).map((container) => noSuchContainer('image', container, names)),
    ...overrides.containers
      .filter((container) => isMissing(container) && container !== mainContainer)
      .map((container) => noSuchContainer('container-name', container, names)),
  ]
}

function noMainContainer(names: readonly string[]): Problem {
  return invalidInput(
    `Nothing says which container gets what the inputs change: the service has no load balancer, and the task definition has ${names.length === 0 ? 'no container' : `several containers, ${listed(names)}`}. Name one with 'container-name', or an image as 'container=image'.`,
  )
}

function listed(names: readonly string[]): string {
  return names.map((name) => `'${inSentence(name, 100)}'`).join(', ') || 'none'
}

function noSuchContainer(input: 'image' | 'container-name', container: string, names: readonly string[]): Problem {
  return invalidInput(
    `Input '${input}' names the container '${inSentence(container, 100)}', which the task definition does not have; its containers: ${listed(names)}.`,
  )
}

/** A container with everything but its logging. */
function withMembers(container: JsonObject, overrides: Overrides): JsonObject {
  const { environment, secrets, envFiles, dockerLabels, command } = overrides
  const labels = isJsonObject(container['dockerLabels']) ? container['dockerLabels'] : {}
  return {
    ...container,
    ...(environment.size + secrets.size > 0 ? variables(container, overrides) : {}),
    ...(envFiles.length > 0 ? { environmentFiles: envFiles.map((value) => ({ value, type: 's3' })) } : {}),
    ...(dockerLabels.size > 0 ? { dockerLabels: { ...labels, ...Object.fromEntries(dockerLabels) } } : {}),
    ...(command === undefined ? {} : { command: [...command] }),
  }
}

/** A name lives in one of the two lists: setting it in one takes it out of the other. */
function variables(container: JsonObject, { environment, secrets }: Overrides): JsonObject {
  return {
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
