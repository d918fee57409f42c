import { fileURLToPath } from 'node:url'
import { type Client, expectThat } from './client.ts'
import { clientEnvironment, runProgram } from './program.ts'
import { withWalkedSimulator } from './simulators.ts'
import { walkScenario } from './walk-world.ts'

const WALK = fileURLToPath(new URL('./javascript-walk.ts', import.meta.url))

/** The SDK of this repository, in a process that knows of the simulator by `AWS_ENDPOINT_URL` alone. */
export function javascriptSdk(): Client {
  return {
    name: 'AWS SDK for JavaScript',
    checks: [
      {
        what: 'waiters and paginators',
        run: () =>
          withWalkedSimulator(walkScenario, async (url) => {
            const { code, output } = await runProgram(process.execPath, [WALK], { env: clientEnvironment(url) })
            expectThat(code === 0, 'The walk failed.', output)
            return output.trim()
          }),
      },
    ],
  }
}
