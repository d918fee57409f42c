/**
 * Lints the examples and `.github/` with tools that are no packages of npm, where they are installed: cfn-lint the
 * CloudFormation templates, zizmor and actionlint the workflows, check-jsonschema the forms. Says which are not; exit code 1
 * when one finds something, with `--all` also when one is not there.
 */
import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { findPrograms, runProgram } from '../interop/program.ts'

const root = resolve(import.meta.dirname, '..')
const needsAll = process.argv.includes('--all')

const templates = filesIn('examples/infrastructure', '.yaml')
const workflows = [...filesIn('examples/workflows', '.yml'), ...filesIn('.github/workflows', '.yml')]
const dependabot = filesIn('.github', 'dependabot.yml')
const forms = filesIn('.github/ISSUE_TEMPLATE', '.yml').filter((path) => !path.endsWith('config.yml'))

const linters: { name: string; args: string[]; files: string[] }[] = [
  { name: 'cfn-lint', args: ['--'], files: templates },
  {
    name: 'zizmor',
    args: ['--offline', '--persona', 'auditor', '--config', join(root, '.github', 'zizmor.yml')],
    files: [...workflows, ...dependabot],
  },
  { name: 'actionlint', args: [], files: workflows },
  { name: 'check-jsonschema', args: ['--builtin-schema', 'vendor.dependabot'], files: dependabot },
  { name: 'check-jsonschema', args: ['--builtin-schema', 'vendor.github-issue-forms'], files: forms },
]

for (const { name, args, files } of linters) {
  const [program] = findPrograms(name)
  if (program === undefined) {
    process.stdout.write(`${name}: skipped, since it is not on the path.\n`)
    if (needsAll) process.exitCode = 1
    continue
  }
  const { code, output } = await runProgram(program, [...args, ...files], { env: process.env, cwd: root })
  if (code === 0)
    process.stdout.write(`${name}: nothing found in ${files.length} file${files.length === 1 ? '' : 's'}.\n`)
  else {
    process.stdout.write(`${output.trimEnd()}\n`)
    process.exitCode = 1
  }
}

function filesIn(folder: string, ending: string): string[] {
  const path = join(root, folder)
  return readdirSync(path)
    .filter((name) => name.endsWith(ending))
    .map((name) => join(path, name))
}
