import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { scaledClock } from '../tools/simulator/clock.ts'
import { baseScenario } from '../tools/simulator/scenarios.ts'
import { type Simulator, startSimulator } from '../tools/simulator/simulator.ts'
import { clientEnvironment, runProgram } from './program.ts'
import { type RenderedRelease, type SentRelease, sentRelease } from './rendered-releases.ts'

/** `dist/index.js` of the two official actions. */
export interface OfficialBundles {
  render: string
  deploy: string
}

/**
 * What the two official actions, one after the other, send to AWS for a release.
 * @throws Error with what they printed when one of the calls is not made
 */
export async function officialRelease(bundles: OfficialBundles, release: RenderedRelease): Promise<SentRelease> {
  const simulator = await startSimulator({ scenario: baseScenario, clock: scaledClock(1, Date.now()) })
  const folder = mkdtempSync(join(tmpdir(), 'interop-'))
  try {
    for (const [path, text] of Object.entries(release.files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
    let rendered = ''
    for (const inputs of release.renders) {
      const origin = rendered === '' ? {} : { 'task-definition': rendered }
      rendered = await stepOutput(bundles.render, { ...origin, ...inputs }, folder, simulator)
    }
    const inputs = { cluster: 'demo', service: 'web', 'task-definition': rendered, ...release.deploy }
    await stepOutput(bundles.deploy, inputs, folder, simulator)
    return sentRelease(simulator.calls, (text) => createHash('sha256').update(text).digest('hex'))
  } finally {
    await simulator.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The path of the file that a step has rendered; empty when it sets no such output. */
async function stepOutput(bundle: string, inputs: Record<string, string>, folder: string, simulator: Simulator) {
  const outputFile = join(folder, 'outputs')
  writeFileSync(outputFile, '')
  const env = {
    ...clientEnvironment(simulator.url),
    GITHUB_WORKSPACE: folder,
    GITHUB_OUTPUT: outputFile,
    RUNNER_TEMP: folder,
    ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
  }
  const { code, output } = await runProgram(process.execPath, [bundle], { env, cwd: folder })
  if (code !== 0) throw new Error(`A step ended with ${code}: ${output.trim()}`)
  return /^task-definition<<.*\r?\n(.*)$/m.exec(readFileSync(outputFile, 'utf8'))?.[1] ?? ''
}
