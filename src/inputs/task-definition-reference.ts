import { inSentence } from '../text/untrusted.ts'
import type { Fields } from './fields.ts'
import type { Operation } from './operation.ts'
import { FAMILY_NAME } from './overrides.ts'

/** Inputs that say which task definition to start from, the one that counts first. */
const INPUTS = ['task-definition', 'task-definition-arn', 'task-definition-family'] as const

export type TaskDefinitionInput = (typeof INPUTS)[number]

/** Which task definition to start from. */
export interface TaskDefinitionReference {
  /** A file, a family, `family:revision` or an ARN. */
  taskDefinition: string | undefined
  /** The input that says it. Only `task-definition` may name a file. */
  taskDefinitionFrom: TaskDefinitionInput
}

/** Source: ECS API Reference, DescribeTaskDefinition. */
const REVISION = /^(?:arn:[^\s]+:task-definition\/)?[A-Za-z0-9_-]{1,255}:\d{1,10}$/
const ARN = /^arn:[^\s]+:task-definition\/[A-Za-z0-9_-]{1,255}(?::\d{1,10})?$/
const MAX_REVISION = 999_999_999

/** A rollback registers nothing, so it takes a revision that exists. */
export function taskDefinitionOf(fields: Fields, operation: Operation): TaskDefinitionReference {
  const given = givenBy(fields)
  const taskDefinitionFrom = INPUTS.find((input) => fields.text(input) !== undefined) ?? 'task-definition'
  const taskDefinition = given[taskDefinitionFrom]
  if (operation === 'rollback' && taskDefinition !== undefined && !REVISION.test(taskDefinition)) {
    const form = `must be a revision to go back to, 'family:revision' or an ARN`
    const advice = taskDefinitionFrom === 'task-definition-family' ? ` Add 'task-definition-revision'.` : ''
    fields.wrong(taskDefinitionFrom, `${form}; got '${inSentence(taskDefinition, 100)}'.${advice}`)
    return { taskDefinition: undefined, taskDefinitionFrom }
  }
  return { taskDefinition, taskDefinitionFrom }
}

function givenBy(fields: Fields): Record<TaskDefinitionInput, string | undefined> {
  const arn = fields.matching('task-definition-arn', ARN, `the ARN of a task definition`)
  const form = `the name of a family, up to 255 letters, digits, '-' and '_'`
  const family = fields.matching('task-definition-family', FAMILY_NAME, form)
  const revision = fields.wholeNumber('task-definition-revision', 1, MAX_REVISION)
  const isAlone = INPUTS.every((input) => fields.text(input) === undefined)
  if (isAlone && fields.text('task-definition-revision') !== undefined) {
    fields.wrong('task-definition-revision', `needs 'task-definition-family', the family that the revision is of.`)
  }
  return {
    'task-definition': fields.text('task-definition'),
    'task-definition-arn': arn,
    'task-definition-family': family !== undefined && revision !== undefined ? `${family}:${revision}` : family,
  }
}

/** What to say of inputs that are given beside the one that counts: the render action does not use them either. */
export function unusedReferences(fields: Fields, used: TaskDefinitionInput): string[] {
  const others = [...INPUTS, 'task-definition-revision' as const]
    .filter((input) => fields.text(input) !== undefined && input !== used)
    .filter((input) => used !== 'task-definition-family' || input !== 'task-definition-revision')
  return others
    .filter((input) => fields.text(input) !== fields.text(used))
    .map((input) => `Input '${input}' is not used, because '${used}' says what to start from.`)
}
