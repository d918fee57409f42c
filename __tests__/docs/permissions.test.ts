import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { type Kind, OPERATIONS_OF, roleOf, stackOf } from '../../scripts/policies.ts'
import { type Grant, grants, grantsOf } from '../support/stack-roles.ts'

const PAGE = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'permissions.md'), 'utf8')

/** What the words of the page stand for in the stack that they are written from. */
const WORDS: Record<string, string> = {
  REGION: 'us-east-1',
  ACCOUNT: '123456789012',
  APPLICATION: 'AppECS-CLUSTER-SERVICE',
  GROUP: 'DgpECS-CLUSTER-SERVICE',
  FAMILY: 'SERVICE',
  TASK_ROLE: 'TaskRole',
  EXECUTION_ROLE: 'ExecutionRole',
}

/** Actions that no role of the templates has, because they are for inputs and mistakes that these do not have. */
const FOR_OTHERS = [
  'sts:GetCallerIdentity',
  'lambda:ListFunctions',
  'codedeploy:ListApplications',
  'codedeploy:ListDeploymentGroups',
  'codedeploy:BatchGetDeploymentGroups',
]

/** The policy of an operation as the page gives it. */
function documented(kind: Kind, operation: string): Grant[] {
  const part = PAGE.split(`<!-- policies of ${kind}: `)[1]?.split(`<!-- end of policies of ${kind} -->`)[0] ?? ''
  const json = part.split(`<summary><code>${operation}</code></summary>\n\n\`\`\`json\n`)[1]?.split('```')[0] ?? 'null'
  return grantsOf(JSON.parse(json.replace(/\b[A-Z]+(_ROLE)?\b/g, (word) => WORDS[word] ?? word)).Statement)
}

/** Actions of the table of a section. */
function tableOf(heading: string): Set<string> {
  const table = PAGE.split(`\n## ${heading}\n`)[1]?.split('\n\nOne policy')[0]?.split('\n\nThe policies')[0] ?? ''
  return new Set([...table.matchAll(/`([a-z]+:[A-Z]\w+)`/g)].map(([, action = '']) => action))
}

describe.each(Object.entries(OPERATIONS_OF) as [Kind, string[]][])('for %s the page gives', (kind, operations) => {
  test.each(operations)('%s what the role of the template has, and no more', (operation) => {
    const role = grants(stackOf(kind), roleOf(operation))
    expect(role.length).toBeGreaterThan(5)
    expect(documented(kind, operation)).toEqual(role)
  })
})

test.each([
  ['CodeDeploy', 'On AWS: services deployed by CodeDeploy', FOR_OTHERS],
  ['ECS', 'On AWS: services deployed by ECS itself', []],
] as const)('the table for %s says what every action of its roles is for', (kind, heading, others) => {
  const all = OPERATIONS_OF[kind].flatMap((operation) => grants(stackOf(kind), roleOf(operation)))
  const granted = new Set(all.map(({ action }) => action))
  expect(tableOf(heading)).toEqual(new Set([...granted, ...others]))
})

test('a release cannot continue what waits for an approval', () => {
  const ends = /:(ContinueDeployment|UpdateDeploymentGroup|ContinueServiceDeployment)$/
  for (const kind of ['CodeDeploy', 'ECS'] as const) {
    expect(documented(kind, 'release').filter(({ action }) => ends.test(action))).toEqual([])
  }
})
