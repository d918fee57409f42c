/**
 * What `npm test` does: every test, and beside them, one after the other, the checks that need no test. The tests show
 * what they do; of a check that fails everything it printed is shown at the end.
 */
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'

const require = createRequire(import.meta.url)
const root = resolve(import.meta.dirname, '..')

/** What Node makes of sources is kept from one process of a test to the next. */
process.env['NODE_COMPILE_CACHE'] ??= join(root, 'node_modules', '.cache', 'compile')

/** The threads that tests run in have no terminal to ask whether it shows colours. */
process.env['FORCE_COLOR'] ??= process.stdout.isTTY ? '1' : '0'

/** Most of what a played release makes is garbage at once, and collecting it less often takes a tenth off. */
process.env['NODE_OPTIONS'] ??= '--max-semi-space-size=64'

interface Check {
  name: string
  args: string[]
}

const CHECKS: Check[] = [
  { name: 'lint', args: [bin('@biomejs/biome', 'bin/biome'), 'check', '--error-on-warnings', '.'] },
  { name: 'types', args: [bin('typescript', 'bin/tsc'), '--noEmit'] },
  { name: 'pages against action.yml and templates', args: [join('scripts', 'docs.ts'), '--check'] },
  { name: 'dist/ against the sources', args: [join('scripts', 'build.ts'), '--check'] },
]

const TESTS = [bin('jest', 'bin/jest.js'), ...process.argv.slice(2)]

process.stdout.write(
  'Lint, types, pages, dist/ and every test: about five minutes on two cores; no test has a limit in real time.\n',
)
const checked = checkAll()
const tests = await run(TESTS, 'inherit')
const failed = (await checked).filter(({ exitCode }) => exitCode !== 0)
for (const { name, printed, exitCode } of failed) {
  process.stdout.write(`\nFailed: ${name} (exit code ${exitCode})\n${printed}`)
}
const names = [...(tests.exitCode === 0 ? [] : ['tests']), ...failed.map(({ name }) => name)]
if (names.length > 0) process.stdout.write(`\nFailed: ${names.join(', ')}\n`)
process.exitCode = names.length > 0 ? 1 : 0

async function checkAll(): Promise<(Check & Ran)[]> {
  const ran: (Check & Ran)[] = []
  for (const check of CHECKS) ran.push({ ...check, ...(await run(check.args, 'pipe')) })
  return ran
}

interface Ran {
  exitCode: number
  /** Both streams, in the order in which they came. */
  printed: string
}

function run(args: readonly string[], stdio: 'inherit' | 'pipe'): Promise<Ran> {
  return new Promise((ended, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', stdio, stdio] })
    let printed = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        printed += chunk
      })
    }
    child.on('error', reject)
    child.on('close', (exitCode) => ended({ exitCode: exitCode ?? 1, printed }))
  })
}

/** A script of a package. */
function bin(name: string, script: string): string {
  return join(dirname(require.resolve(`${name}/package.json`)), script)
}
