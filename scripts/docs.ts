/**
 * Writes what the pages repeat, between its markers: tables of inputs and outputs from action.yml, policies from the
 * templates. With `--check` it changes nothing and fails when something differs.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { load } from 'js-yaml'
import { policiesText } from './policies.ts'

interface Action {
  inputs: Record<string, { description: string; default?: string; required?: boolean }>
  outputs: Record<string, { description: string }>
}

/** A part of a page that is written from somewhere else. */
interface Part {
  page: string
  name: string
  source: string
  text: string
}

/** The inputs and outputs that the README has; docs/inputs.md has all. */
const MAIN_INPUTS = [
  'operation',
  'cluster',
  'service',
  'image',
  'task-definition',
  'after-allow-test-traffic-hook',
  'on-active-deployment',
  'wait-for',
  'aws-region',
  'role-to-assume',
]
const MAIN_OUTPUTS = ['status', 'reason', 'deployment-id', 'production', 'test-url', 'rollback-status', 'report']

const root = resolve(import.meta.dirname, '..')
const action = load(readFileSync(join(root, 'action.yml'), 'utf8')) as Action
const INFRASTRUCTURE = 'examples/infrastructure'

const parts: Part[] = [
  { page: 'README.md', name: 'main inputs', source: 'action.yml', text: inputsTable(MAIN_INPUTS) },
  { page: 'README.md', name: 'main outputs', source: 'action.yml', text: outputsTable(MAIN_OUTPUTS) },
  { page: 'docs/inputs.md', name: 'inputs', source: 'action.yml', text: inputsTable(Object.keys(action.inputs)) },
  { page: 'docs/inputs.md', name: 'outputs', source: 'action.yml', text: outputsTable(Object.keys(action.outputs)) },
  policies('CodeDeploy', 'release.yaml'),
  policies('ECS', 'native.yaml'),
  policies('lanes', 'preview-lanes.yaml'),
]

const stale: string[] = []
for (const page of new Set(parts.map((part) => part.page))) {
  const path = join(root, page)
  const before = readFileSync(path, 'utf8')
  const after = parts.filter((part) => part.page === page).reduce(withPart, before)
  if (after === before) continue
  stale.push(page)
  if (!process.argv.includes('--check')) writeFileSync(path, after)
}
if (stale.length > 0 && process.argv.includes('--check')) {
  process.exitCode = 1
  process.stderr.write(
    `Not what action.yml and the templates say: ${stale.join(', ')}. Run 'npm run docs' and commit it.\n`,
  )
}

function policies(kind: Parameters<typeof policiesText>[0], template: string): Part {
  const page = 'docs/permissions.md'
  return { page, name: `policies of ${kind}`, source: `${INFRASTRUCTURE}/${template}`, text: policiesText(kind) }
}

function withPart(text: string, { page, name, source, text: part }: Part): string {
  const start = `<!-- ${name}: generated from ${source} -->`
  const end = `<!-- end of ${name} -->`
  const from = text.indexOf(start)
  const to = text.indexOf(end)
  if (from < 0 || to < from) throw new Error(`${page} has no place for the ${name}`)
  return `${text.slice(0, from + start.length)}\n${part}\n${text.slice(to)}`
}

function inputsTable(names: readonly string[]): string {
  const rows = names
    .filter((name) => name !== 'job-status')
    .map((name) => {
      const input = of(action.inputs, name)
      const standard = input.required === true ? 'required' : code(input.default)
      return `| \`${name}\` | ${cell(input.description)} | ${standard} |`
    })
  return ['| Input | Meaning | Default |', '|---|---|---|', ...rows].join('\n')
}

function outputsTable(names: readonly string[]): string {
  const rows = names.map((name) => `| \`${name}\` | ${cell(of(action.outputs, name).description)} |`)
  return ['| Output | Meaning |', '|---|---|', ...rows].join('\n')
}

function of<T>(all: Record<string, T>, name: string): T {
  const found = all[name]
  if (found === undefined) throw new Error(`action.yml has no '${name}'`)
  return found
}

/** Words in single quotes are values: they read better as code. */
function cell(description: string): string {
  return description
    .replace(/(?<!\w)'([^']+)'(?!\w)/g, '`$1`')
    .replaceAll('|', '\\|')
    .trim()
}

function code(value: string | undefined): string {
  return value === undefined || value === '' ? '' : `\`${value}\``
}
