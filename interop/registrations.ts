import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { scaledClock } from '../tools/simulator/clock.ts'
import { baseScenario } from '../tools/simulator/scenarios.ts'
import { startSimulator } from '../tools/simulator/simulator.ts'
import { clientEnvironment, runProgram } from './program.ts'
import type { RegisteredFile } from './registered-files.ts'
import { withReleaseFiles } from './release-files.ts'

/**
 * What a step of the official deploy action sends to RegisterTaskDefinition for a file, as it came over the wire.
 * @param bundle its `dist/index.js`
 * @throws Error with what it printed when it sends nothing
 */
export async function registrationBy(bundle: string, { path, text }: RegisteredFile): Promise<unknown> {
  const simulator = await startSimulator({ scenario: baseScenario, clock: scaledClock(1, Date.now()) })
  try {
    return await withReleaseFiles(async (folder) => {
      writeFileSync(join(folder, path), text)
      const outputFile = join(folder, 'outputs')
      writeFileSync(outputFile, '')
      const env = {
        ...clientEnvironment(simulator.url),
        GITHUB_WORKSPACE: folder,
        GITHUB_OUTPUT: outputFile,
        'INPUT_TASK-DEFINITION': path,
        INPUT_CLUSTER: 'demo',
        INPUT_SERVICE: 'web',
        'INPUT_CODEDEPLOY-APPSPEC': 'appspec.yaml',
        'INPUT_WAIT-FOR-SERVICE-STABILITY': 'false',
      }
      const { output } = await runProgram(process.execPath, [bundle], { env, cwd: folder })
      const sent = simulator.calls.find(({ operation }) => operation === 'RegisterTaskDefinition')
      if (sent === undefined) throw new Error(`Nothing was registered from '${path}'. It wrote: ${output.trim()}`)
      return sent.input
    })
  } finally {
    await simulator.close()
  }
}
