import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CodeDeploy, type DeploymentInfo } from '@aws-sdk/client-codedeploy'
import { scaledClock } from '../../../../tools/simulator/clock.ts'
import type { Scenario } from '../../../../tools/simulator/scenario.ts'
import { baseScenario } from '../../../../tools/simulator/scenarios.ts'
import { type Simulator, startSimulator } from '../../../../tools/simulator/simulator.ts'
import { APPLICATION, clientConfig, GROUP } from './rehearsal.ts'
import { appSpec } from './revision.ts'

/** Everything that has no point in being waited for in a test takes a moment. */
const BRISK = { created: 0.1, install: 2, rollbackGap: 0.1, rollbackRun: 0.5, drain: 1 }

export interface LiveRehearsal {
  simulator: Simulator
  codeDeploy: CodeDeploy
  /** Deploys `web:1` once more. */
  release(hooks?: Record<string, string>): Promise<string>
  deployment(id: string): Promise<DeploymentInfo>
}

/** `speed` is simulated seconds for each real one. */
export async function withLiveRehearsal(
  scenario: Scenario,
  play: (live: LiveRehearsal) => Promise<void>,
  speed = 20,
): Promise<void> {
  const clock = scaledClock(speed)
  const brisk = { ...scenario, timings: { ...BRISK, ...scenario.timings } }
  const simulator = await startSimulator({ scenario: brisk, clock, live: { speed }, complain: fail })
  const codeDeploy = new CodeDeploy(clientConfig(simulator.url))
  try {
    await play({
      simulator,
      codeDeploy,
      release: async (hooks = {}) => {
        const { deploymentId = '' } = await codeDeploy.createDeployment({
          applicationName: APPLICATION,
          deploymentGroupName: GROUP,
          revision: { revisionType: 'AppSpecContent', appSpecContent: { content: appSpec('web:1', hooks) } },
        })
        return deploymentId
      },
      deployment: async (id) => (await codeDeploy.getDeployment({ deploymentId: id })).deploymentInfo ?? {},
    })
  } finally {
    codeDeploy.destroy()
    await simulator.close()
  }
}

function fail(line: string): never {
  throw new Error(line)
}

/** Waits for as long as it takes; the test's own time limit is the only one. */
export async function until(isSo: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 10))
}

/** The scenario with its hook function run from this source, which lies outside of the repository. */
export async function withHook(
  fileName: string,
  source: string,
  play: (scenario: Scenario) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'hook-'))
  const handlerFile = join(folder, fileName)
  await writeFile(handlerFile, source)
  const functions = [{ name: 'CodeDeployHook_validate', handlerFile }]
  try {
    await play({ ...baseScenario, world: { ...baseScenario.world, functions } })
  } finally {
    await rm(folder, { recursive: true })
  }
}
