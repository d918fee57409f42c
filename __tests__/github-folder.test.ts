import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { load } from 'js-yaml'
import { ownerOf } from '../scripts/repository-owner.ts'
import { parseWorkflow } from './support/workflow.ts'
import { languageProblems } from './support/workflow-language.ts'
import { ownRuleProblems } from './support/workflow-rules.ts'

const ROOT = join(import.meta.dirname, '..')
const read = (...path: string[]) => readFileSync(join(ROOT, ...path), 'utf8')
const WORKFLOWS = join('.github', 'workflows')
const FORMS = join('.github', 'ISSUE_TEMPLATE')

describe.each(readdirSync(join(ROOT, WORKFLOWS)))('the workflow %s', (file) => {
  const text = read(WORKFLOWS, file)

  test('is valid for GitHub', async () => {
    expect(await languageProblems(text)).toEqual([])
  })

  test('limits permissions and time, and pins the actions of others', () => {
    expect(ownRuleProblems(text)).toEqual([])
  })

  test('runs only npm scripts that there are, and scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json'))
    for (const [, script = ''] of text.matchAll(/npm run ([\w:-]+)/g)) expect(scripts).toHaveProperty([script])
    for (const [, path = ''] of text.matchAll(/\bnode (scripts\/\S+)/g)) expect(existsSync(join(ROOT, path))).toBe(true)
  })
})

describe('the rules for the workflows of this repository find', () => {
  const SOUND = read(WORKFLOWS, 'release.yml')
  test.each([
    ['permissions of everything', ['permissions: {}', 'permissions: read-all'], 'every job gets'],
    ['a job without limits', ['    permissions:\n      contents: read\n', ''], 'permissions are not limited'],
    ['a job without an end', ['    timeout-minutes: 10\n', ''], 'timeout-minutes is missing'],
    ['a token left in the workspace', ['persist-credentials: false', 'clean: false'], 'checkout leaves its token'],
    ['an action by its tag', [/actions\/attest@\S+ # /.exec(SOUND)?.[0] ?? '', 'actions/attest@'], 'is not pinned'],
    ['an action that nobody has looked at', ['uses: actions/attest@', 'uses: somebody/attest@'], 'is not known'],
    [
      'text of others in a script',
      ['node scripts/release.ts', `echo '\${{ github.ref }}'`],
      'an expression in a script',
    ],
  ] as const)('%s', (_, [right, wrong], problem) => {
    expect(SOUND).toContain(right)
    expect(ownRuleProblems(SOUND.replace(right, wrong)).join('\n')).toContain(problem)
  })
})

test('CI runs the test command of the README', () => {
  const [command = ''] = /^npm ci && npm test/m.exec(read('README.md')) ?? []
  const steps = parseWorkflow(read(WORKFLOWS, 'ci.yml')).jobs['test']?.steps ?? []
  expect(steps.flatMap(({ run }) => run ?? []).join(' && ')).toBe(command)
})

test('a release runs nothing of the npm registry in the job that may write', () => {
  const { publish } = parseWorkflow(read(WORKFLOWS, 'release.yml')).jobs
  expect(publish?.permissions).toHaveProperty('contents', 'write')
  expect(JSON.stringify(publish)).not.toMatch(/\bnp[mx]\b/)
})

interface Field {
  type: string
  id?: string
  attributes: { label?: string; value?: string; options?: string[] }
}

/** Source: "Syntax for GitHub's form schema", docs.github.com. */
describe.each(readdirSync(join(ROOT, FORMS)).filter((file) => file !== 'config.yml'))('the issue form %s', (file) => {
  const form = load(read(FORMS, file)) as { name: string; description: string; body: Field[] }
  const fields = form.body.filter(({ type }) => type !== 'markdown')

  test('has a name, a description, and fields with labels and ids of their own', () => {
    expect(form.name).toBeTruthy()
    expect(form.description).toBeTruthy()
    const ids = fields.map(({ id = '' }) => id)
    expect(new Set(ids).size).toBe(fields.length)
    for (const id of ids) expect(id).toMatch(/^[\w-]+$/)
    for (const { type, attributes } of form.body) {
      expect(['markdown', 'input', 'textarea', 'dropdown', 'checkboxes']).toContain(type)
      expect(type === 'markdown' ? attributes.value : attributes.label).toBeTruthy()
      if (type === 'dropdown') expect(new Set(attributes.options).size).toBe(attributes.options?.length)
    }
  })
})

test('the form for bugs offers the operations that there are', () => {
  const action = load(read('action.yml')) as { inputs: Record<string, { description: string }> }
  const form = load(read(FORMS, 'bug.yml')) as { body: Field[] }
  const offered = form.body.find(({ id }) => id === 'operation')?.attributes.options ?? []
  const described = [...(action.inputs['operation']?.description.matchAll(/'(\w+)'/g) ?? [])].map(([, name]) => name)
  expect(new Set(offered)).toEqual(new Set(described))
})

test('Dependabot is sent to folders that have something for it', () => {
  const { updates } = load(read('.github', 'dependabot.yml')) as {
    updates: { 'package-ecosystem': string; directory?: string; directories?: string[] }[]
  }
  const has: Record<string, (folder: string) => boolean> = {
    npm: (folder) => existsSync(join(ROOT, folder, 'package-lock.json')),
    'github-actions': (folder) =>
      existsSync(join(ROOT, folder, WORKFLOWS)) ||
      readdirSync(join(ROOT, folder)).some((name) => name.endsWith('.yml')),
    pip: (folder) => existsSync(join(ROOT, folder, 'requirements.txt')),
  }
  for (const { 'package-ecosystem': ecosystem, directory, directories = [directory ?? ''] } of updates) {
    expect(directories.filter((folder) => has[ecosystem]?.(folder) !== true)).toEqual([])
  }
})

test('addresses and reviewers name the owner of the repository', () => {
  const { owner, name } = ownerOf(ROOT)
  expect(read('.github', 'CODEOWNERS')).toMatch(new RegExp(`^\\* @${owner}(/|$)`, 'm'))
  expect(read(FORMS, 'config.yml')).toContain(`https://github.com/${owner}/${name}/security/advisories/new`)
})
