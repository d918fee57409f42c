import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Client, expectThat } from './client.ts'
import { clientEnvironment, findPrograms, runProgram } from './program.ts'
import { withReleaseFiles } from './release-files.ts'
import { withWalkedSimulator } from './simulators.ts'
import { walkScenario } from './walk-world.ts'

const WALK = fileURLToPath(new URL('./python/walk.py', import.meta.url))
const CONTRACT = fileURLToPath(new URL('../tools/simulator/README.md', import.meta.url))

/** botocore knows AWS_ENDPOINT_URL from here on. Source: its changelog. */
const FIRST_MINOR_WITH_ENDPOINT_URL = 31

/** The first Python on the path that has it. */
export async function boto3(): Promise<Client> {
  for (const python of [...findPrograms('python3'), ...findPrograms('python')]) {
    const versions = 'import boto3, botocore; print(boto3.__version__, botocore.__version__)'
    const { code, stdout } = await runProgram(python, ['-c', versions], { env: process.env })
    const [, version, minor] = /^(\S+) 1\.(\d+)\./.exec(stdout) ?? []
    if (code !== 0 || version === undefined) continue
    const name = `boto3 ${version}`
    if (Number(minor) < FIRST_MINOR_WITH_ENDPOINT_URL)
      return { name, skipped: 'It is too old to know AWS_ENDPOINT_URL.' }
    return { name, checks: [{ what: 'every operation listed', run: () => walk(python) }] }
  }
  return { name: 'boto3', skipped: 'No Python on the path has it.' }
}

function walk(python: string): Promise<string> {
  return withReleaseFiles((folder) => {
    const eventFile = join(folder, 'hook-event.json')
    // Hooks inherit the environment of the simulator, which runs in this process.
    process.env['INTEROP_HOOK_EVENT'] = eventFile
    return withWalkedSimulator(walkScenario, async (url) => {
      const env = { ...clientEnvironment(url), INTEROP_HOOK_EVENT: eventFile, PYTHONDONTWRITEBYTECODE: '1' }
      const { code, output } = await runProgram(python, [WALK, CONTRACT], { env, cwd: folder })
      expectThat(code === 0, 'The walk failed.', output)
      return output.trim()
    })
  })
}
