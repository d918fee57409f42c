import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { INAPPLICABLE_INPUTS, INPUT_NAMES } from '../../src/inputs/names.ts'
import { asWorkflow } from '../support/workflow.ts'
import { languageProblems } from '../support/workflow-language.ts'
import { fencesOf } from './pages.ts'

const PAGE = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'moving-from-the-official-action.md'), 'utf8')

/** Source: action.yml of aws-actions/amazon-ecs-deploy-task-definition, version 2. */
const DEPLOY = [
  'task-definition',
  'desired-count',
  'service',
  'cluster',
  'wait-for-service-stability',
  'wait-for-minutes',
  'codedeploy-appspec',
  'codedeploy-application',
  'codedeploy-deployment-group',
  'codedeploy-deployment-description',
  'codedeploy-deployment-config',
  'force-new-deployment',
  'service-managed-ebs-volume-name',
  'service-managed-ebs-volume',
  'run-task',
  'run-task-container-overrides',
  'run-task-security-groups',
  'run-task-subnets',
  'run-task-assign-public-IP',
  'run-task-capacity-provider-strategy',
  'run-task-launch-type',
  'run-task-started-by',
  'run-task-tags',
  'run-task-managed-ebs-volume-name',
  'run-task-managed-ebs-volume',
  'wait-for-task-stopped',
  'enable-ecs-managed-tags',
  'propagate-tags',
  'max-retries',
  'keep-null-value-keys',
  'wait-max-delay-seconds',
]

/** Source: action.yml of aws-actions/amazon-ecs-render-task-definition, version 1. */
const RENDER = [
  'task-definition',
  'task-definition-arn',
  'task-definition-family',
  'task-definition-revision',
  'container-name',
  'image',
  'environment-variables',
  'log-configuration-log-driver',
  'log-configuration-options',
  'docker-labels',
  'command',
  'task-role-arn',
  'execution-role-arn',
  'env-files',
  'secrets',
]

/** What a table says of each input. */
function tableOf(action: string): Map<string, string> {
  const table = PAGE.split(`Of \`aws-actions/${action}\`:\n`)[1]?.split('\n\n')[0] ?? ''
  const rows = [...table.matchAll(/^\| (`.*?) \| (.*) \|$/gm)]
  return new Map(
    rows.flatMap(([, names = '', says = '']) =>
      [...names.matchAll(/`([\w-]+)`/g)].map(([, name = '']): [string, string] => [name, says]),
    ),
  )
}

describe.each([
  ['amazon-ecs-deploy-task-definition', DEPLOY],
  ['amazon-ecs-render-task-definition', RENDER],
])('of %s the page says', (action, inputs) => {
  const table = tableOf(action)

  test('of every input what becomes of it', () => {
    expect([...table.keys()].sort()).toEqual([...inputs].sort())
  })

  test('that those are refused which this action refuses, and that it has the others', () => {
    const refused = inputs.filter((name) => Object.hasOwn(INAPPLICABLE_INPUTS, name))
    expect(inputs.filter((name) => table.get(name)?.startsWith('refused'))).toEqual(refused)
    const names: readonly string[] = INPUT_NAMES
    expect(inputs.filter((name) => !refused.includes(name) && !names.includes(name))).toEqual([])
  })
})

test('the step after the change is valid, with inputs that this action has', async () => {
  const [diff = ''] = fencesOf(PAGE, 'diff')
  const after = diff
    .split('\n')
    .filter((line) => !line.startsWith('-'))
    .map((line) => line.slice(1))
  const steps = after.slice(1).map((line) => line.replace(/^ {2}/, ''))
  expect(diff).toMatch(/^- .*amazon-ecs-render-task-definition/m)
  expect(await languageProblems(asWorkflow(steps.join('\n')))).toEqual([])
})
