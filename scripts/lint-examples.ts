/**
 * Lints the examples with tools that are no packages of npm, where they are installed: cfn-lint the CloudFormation
 * templates, zizmor and actionlint the workflows. Says which are not; exit code 1 when one finds something.
 */
import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { findPrograms, runProgram } from '../interop/program.ts'

const root = resolve(import.meta.dirname, '..')

const templates = filesIn('infrastructure', '.yaml')
const workflows = filesIn('workflows', '.yml')
const linters = [
  { name: 'cfn-lint', args: ['--', ...templates], files: templates.length },
  {
    name: 'zizmor',
    args: ['--offline', '--persona', 'auditor', '--config', join(root, '.github', 'zizmor.yml'), ...workflows],
    files: workflows.length,
  },
  { name: 'actionlint', args: workflows, files: workflows.length },
]

for (const { name, args, files } of linters) {
  const [program] = findPrograms(name)
  if (program === undefined) {
    process.stdout.write(`${name}: skipped, since it is not on the path.\n`)
    continue
  }
  const { code, output } = await runProgram(program, args, { env: process.env, cwd: root })
  if (code === 0) process.stdout.write(`${name}: nothing found in ${files} files.\n`)
  else {
    process.stdout.write(`${output.trimEnd()}\n`)
    process.exitCode = 1
  }
}

function filesIn(folder: string, ending: string): string[] {
  const path = join(root, 'examples', folder)
  return readdirSync(path)
    .filter((name) => name.endsWith(ending))
    .map((name) => join(path, name))
}
