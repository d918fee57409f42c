import { invalidInput, type Problem } from '../problem.ts'
import { firstNames, firstSentences, isJsonObject, type JsonObject, parseDocument } from '../text/document.ts'
import { inSentence } from '../text/untrusted.ts'
import { shapeTaskDefinition } from './shape.ts'

/** All that RegisterTaskDefinition takes, with tags, and with members newer than our SDK. */
export type TaskDefinition = JsonObject

/**
 * Members that DescribeTaskDefinition answers and RegisterTaskDefinition does not take.
 * Source: ECS API Reference, TaskDefinition against RegisterTaskDefinition.
 */
const DESCRIBE_ONLY_MEMBERS = new Set([
  'taskDefinitionArn',
  'revision',
  'status',
  'requiresAttributes',
  'compatibilities',
  'registeredAt',
  'deregisteredAt',
  'deleteRequestedAt',
  'registeredBy',
])

/** A definition, or what is wrong with it; notes are for the log. */
export interface ReadDefinition {
  definition: TaskDefinition | undefined
  /** The file has `tags`, if only an empty list: it decides which tags the revision has. */
  saysTags: boolean
  problems: Problem[]
  notes: string[]
}

/**
 * A task definition from a file. Takes the output of `aws ecs describe-task-definition` too; leaves out what only that
 * output has, and null and empty members, as the official action does. Anything else unknown is a problem, because
 * the SDK would drop it in silence.
 */
export function parseTaskDefinitionFile(path: string, text: string): ReadDefinition {
  const name = `Task definition file '${inSentence(path, 200)}'`
  const document = parseDocument(path, text)
  if (typeof document === 'string') return broken([`${name} ${document}`])

  const given = unwrapDescribeOutput(document.root)
  const { definition: sent, leftOut } = withoutDescribeOnly(given)
  const { definition, unknownMembers, mistakes } = shapeTaskDefinition(sent, {
    scalarsAreText: document.scalarsAreText,
    leaveOutEmpty: true,
  })
  const problems = [
    ...unknownMembers.map((member) => `${name} has the member '${member}', ${whyUnknown(member)}.`),
    ...mistakes.map((mistake) => `${name} does not fit: ${mistake}.`),
  ]
  if (problems.length > 0) return broken(problems)
  const notes = leftOut.map((member) => `${name}: left out '${member}', which is only in answers of ECS.`)
  return { definition, saysTags: 'tags' in given, problems: [], notes }
}

function whyUnknown(member: string): string {
  return /\.environment\[\d+\]\.valueFrom$/.test(member)
    ? "which belongs into 'secrets': a member of 'environment' has 'name' and 'value'"
    : 'which ECS does not know'
}

/**
 * A task definition from the raw answer of DescribeTaskDefinition, ready to be registered again: describe-only members
 * are removed and everything else is sent back as it came, also what our SDK does not know.
 */
export function definitionFromAnswer(
  taskDefinition: JsonObject,
  tags: unknown,
): { definition: TaskDefinition; notes: string[] } {
  const { definition: sent } = withoutDescribeOnly(taskDefinition)
  const hasTags = Array.isArray(tags) && tags.length > 0
  const definition = hasTags ? { ...sent, tags } : sent
  const { unknownMembers } = shapeTaskDefinition(definition, { scalarsAreText: false, leaveOutEmpty: false })
  const notes =
    unknownMembers.length === 0
      ? []
      : [
          `The task definition has members that this version does not know and passes on as they are: ${firstNames(unknownMembers)}.`,
        ]
  return { definition, notes }
}

function broken(sentences: string[]): ReadDefinition {
  return { definition: undefined, saysTags: false, problems: firstSentences(sentences).map(invalidInput), notes: [] }
}

/** ECS answers an empty list of tags also when nobody asked for them. */
function unwrapDescribeOutput(root: JsonObject): JsonObject {
  const { taskDefinition, tags, ...rest } = root
  if (!isJsonObject(taskDefinition) || Object.keys(rest).length > 0) return root
  return Array.isArray(tags) && tags.length > 0 ? { ...taskDefinition, tags } : taskDefinition
}

function withoutDescribeOnly(definition: JsonObject): { definition: JsonObject; leftOut: string[] } {
  const members = Object.entries(definition)
  const leftOut = members.map(([name]) => name).filter((name) => DESCRIBE_ONLY_MEMBERS.has(name))
  return { definition: Object.fromEntries(members.filter(([name]) => !DESCRIBE_ONLY_MEMBERS.has(name))), leftOut }
}
