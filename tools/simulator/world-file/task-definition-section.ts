import { roleArn } from '../names.ts'
import { ecsSchema } from '../protocol/schema.ts'
import { inspect, shapeOf } from '../protocol/shape.ts'
import type { TaskDefinitionSeed } from '../scenario.ts'
import { isMapping, type Section } from './section.ts'
import { ECS_NAME } from './words.ts'

interface Place {
  region: string
  account: string
}

/** What a person says about a task definition who does not write it out. */
export interface Outline {
  family: string
  image: string
  container: string
  port: number
}

/** Reads an entry of `task-definitions`: written out in `definition`, or outlined by its image. */
export function readTaskDefinition(section: Section, place: Place): TaskDefinitionSeed {
  const definition = section.has('definition') ? readDefinition(section) : readOutline(section, place)
  const seed: TaskDefinitionSeed = {
    revision: section.wholeNumber('revision', 1, 1_000_000) ?? 1,
    status: section.choice('status', ['ACTIVE', 'INACTIVE']) ?? 'ACTIVE',
    tags: section.pairs('tags') ?? [],
    definition,
  }
  section.done()
  return seed
}

/** As a Fargate task of one container would be defined. */
export function definitionOf({ family, image, container, port }: Outline, place: Place): Record<string, unknown> {
  return {
    family,
    executionRoleArn: roleArn(place, 'ecsTaskExecutionRole'),
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    containerDefinitions: [{ name: container, image, portMappings: [{ containerPort: port }] }],
  }
}

function readOutline(section: Section, place: Place): Record<string, unknown> {
  const family = section.text('family', { ...ECS_NAME, required: true }) ?? ''
  const image = section.text('image', { required: true }) ?? ''
  const container = section.text('container', ECS_NAME) ?? family
  return definitionOf({ family, image, container, port: section.wholeNumber('port', 1, 65_535) ?? 8080 }, place)
}

/** As RegisterTaskDefinition takes it; members that the SDK does not know are kept. */
function readDefinition(section: Section): Record<string, unknown> {
  const definition = section.raw('definition')
  const path = section.pathOf('definition')
  if (!isMapping(definition)) {
    section.wrong('definition', 'must be a mapping, as RegisterTaskDefinition takes it.')
    return {}
  }
  for (const misfit of inspect(shapeOf(ecsSchema('RegisterTaskDefinition')[4]), definition).misfits) {
    section.problems.add(`${path}.${misfit.path}`, `must be a ${misfit.expected}; got a ${misfit.found}.`)
  }
  const { family } = definition
  if (typeof family !== 'string' || !ECS_NAME.matches.test(family)) {
    section.problems.add(`${path}.family`, `must be ${ECS_NAME.words}.`)
  }
  return definition
}
