/** What each operation may do: the roles of the templates in examples/infrastructure, written out as IAM policies to copy. */
import { Stack } from '../__tests__/support/stack.ts'
import { type Statement, statements } from '../__tests__/support/stack-roles.ts'
import { LANES, NATIVE, RELEASE } from '../__tests__/support/stacks.ts'
import type { Template } from '../__tests__/support/template.ts'

/** Whose policies a page has. */
export type Kind = 'CodeDeploy' | 'ECS' | 'lanes'

/** In this order they are told. */
export const OPERATIONS_OF: Record<Kind, readonly string[]> = {
  CodeDeploy: ['release', 'plan', 'watch', 'stop', 'promote', 'rollback'],
  ECS: ['release', 'plan', 'watch', 'stop', 'promote', 'rollback'],
  lanes: ['preview'],
}

const TEMPLATES: Record<Kind, Template> = { CodeDeploy: RELEASE, ECS: NATIVE, lanes: LANES }

/** What stands for the names of a reader, by what the templates make of them. */
const PLACEHOLDERS: [RegExp, string][] = [
  [/us-east-1/g, 'REGION'],
  [/123456789012/g, 'ACCOUNT'],
  [/AppECS-CLUSTER-SERVICE/g, 'APPLICATION'],
  [/DgpECS-CLUSTER-SERVICE/g, 'GROUP'],
  [/task-definition\/SERVICE:/g, 'task-definition/FAMILY:'],
  [/role\/TaskRole/g, 'role/TASK_ROLE'],
  [/role\/ExecutionRole/g, 'role/EXECUTION_ROLE'],
]

/** A line of the page is not longer than this, unless one value is. */
const WIDTH = 110

export function stackOf(kind: Kind): Stack {
  const names = { ClusterName: 'CLUSTER', ServiceName: 'SERVICE', HookName: 'HOOK' }
  return new Stack(TEMPLATES[kind], { GitHubRepository: 'OWNER/REPOSITORY', ...(kind === 'lanes' ? {} : names) })
}

/** The logical name of the role of an operation. */
export function roleOf(operation: string): string {
  return `${operation.charAt(0).toUpperCase()}${operation.slice(1)}Role`
}

/** The policies of a kind, one folded part for each operation. */
export function policiesText(kind: Kind): string {
  return OPERATIONS_OF[kind]
    .map((operation) => {
      const policy = { Version: '2012-10-17', Statement: merged(statements(stackOf(kind), roleOf(operation))) }
      const json = PLACEHOLDERS.reduce((text, [from, to]) => text.replace(from, to), render(policy, ''))
      return `<details>\n<summary><code>${operation}</code></summary>\n\n\`\`\`json\n${json}\n\`\`\`\n\n</details>`
    })
    .join('\n')
}

/** Statements about the same under the same condition are one. */
function merged(all: readonly Statement[]): Statement[] {
  const found = new Map<string, Statement>()
  for (const { Effect, Action, Resource, Condition } of all) {
    const key = JSON.stringify([Effect, Resource, Condition])
    const actions = [...new Set([found.get(key)?.Action ?? [], Action].flat(2))]
    const [only] = actions
    const action = actions.length === 1 && only !== undefined ? only : actions
    found.set(key, { Effect, Action: action, Resource, ...(Condition !== undefined && { Condition }) })
  }
  return [...found.values()]
}

/** As JSON, each value in one line where that is not too long. */
function render(value: unknown, indent: string): string {
  const inOneLine = JSON.stringify(value, null, 1).replace(/\n */g, ' ').replaceAll('[ ', '[').replaceAll(' ]', ']')
  const isDocument = indent === ''
  if (typeof value !== 'object' || value === null || (!isDocument && indent.length + inOneLine.length < WIDTH - 20)) {
    return inOneLine
  }
  const within = `${indent}  `
  const members = Array.isArray(value)
    ? value.map((member) => `${within}${render(member, within)}`)
    : Object.entries(value).map(([name, member]) => `${within}${JSON.stringify(name)}: ${render(member, within)}`)
  const [open, close] = Array.isArray(value) ? '[]' : '{}'
  return `${open}\n${members.join(',\n')}\n${indent}${close}`
}
