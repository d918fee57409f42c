/**
 * Writes README.md's tables of inputs and outputs from action.yml, between their markers.
 * With `--check` it changes nothing and fails when they differ.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { load } from 'js-yaml'

interface Action {
  inputs: Record<string, { description: string; default?: string; required?: boolean }>
  outputs: Record<string, { description: string }>
}

const root = resolve(import.meta.dirname, '..')
const readmePath = join(root, 'README.md')
const action = load(readFileSync(join(root, 'action.yml'), 'utf8')) as Action
const readme = readFileSync(readmePath, 'utf8')
const generated = withTable(withTable(readme, 'inputs', inputsTable()), 'outputs', outputsTable())

if (generated === readme) process.exitCode = 0
else if (process.argv.includes('--check')) {
  process.stderr.write("README.md's tables are not what action.yml says. Run 'npm run docs' and commit it.\n")
  process.exitCode = 1
} else writeFileSync(readmePath, generated)

function withTable(text: string, name: string, table: string): string {
  const start = `<!-- ${name}: generated from action.yml -->`
  const end = `<!-- end of ${name} -->`
  const from = text.indexOf(start)
  const to = text.indexOf(end)
  if (from < 0 || to < from) throw new Error(`README.md has no place for the table of ${name}`)
  return `${text.slice(0, from + start.length)}\n${table}\n${text.slice(to)}`
}

function inputsTable(): string {
  const forUsers = Object.entries(action.inputs).filter(([name]) => name !== 'job-status')
  const rows = forUsers.map(([name, input]) => {
    const standard = input.required === true ? 'required' : code(input.default)
    return `| \`${name}\` | ${cell(input.description)} | ${standard} |`
  })
  return ['| Input | Meaning | Default |', '|---|---|---|', ...rows].join('\n')
}

function outputsTable(): string {
  const rows = Object.entries(action.outputs).map(([name, output]) => `| \`${name}\` | ${cell(output.description)} |`)
  return ['| Output | Meaning |', '|---|---|', ...rows].join('\n')
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
