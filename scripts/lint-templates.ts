/** Lints the CloudFormation templates with cfn-lint, where it is installed; says that it is not, otherwise. */
import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { findPrograms, runProgram } from '../interop/program.ts'

/** W3002: the code of the function is a folder, which 'aws cloudformation package' uploads. */
const INTENDED = 'W3002'

const folder = resolve(import.meta.dirname, '..', 'examples', 'infrastructure')
const templates = readdirSync(folder).filter((name) => name.endsWith('.yaml'))
const [cfnLint] = findPrograms('cfn-lint')

if (cfnLint === undefined) {
  process.stdout.write("Skipped: there is no 'cfn-lint' on the path. To get it: pip install cfn-lint\n")
} else {
  const paths = templates.map((name) => join(folder, name))
  const { code, output } = await runProgram(cfnLint, ['--ignore-checks', INTENDED, '--', ...paths], {
    env: process.env,
  })
  process.stdout.write(output === '' ? `${templates.join(' and ')}: nothing found.\n` : output)
  process.exitCode = code ?? 1
}
