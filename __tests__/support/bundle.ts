import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { STATE_REPORT } from '../../src/step/saved-release.ts'
import { runStep, type StepResult } from '../../tools/rehearsal/action-step.ts'
import { type SimulatorClock, scaledClock } from '../../tools/simulator/clock.ts'
import { childClockEnvironment, SCALED_TIME_PRELOAD } from '../../tools/simulator/live/child-clock.ts'
import type { RecordedCall } from '../../tools/simulator/recorded-call.ts'
import type { Scenario } from '../../tools/simulator/scenario.ts'
import { startSimulator } from '../../tools/simulator/simulator.ts'
import { expectOnlyOurCommands } from './runner-grammar.ts'

export interface BundleOptions {
  scenario: Scenario
  /** Over cluster `demo`, service `web` and image `registry.example/web:1.1.0`. */
  inputs?: Record<string, string>
  environment?: NodeJS.ProcessEnv
  /** How many times faster than real time; 1 leaves the action on the machine's clock. */
  speed?: number
  workspace?: string
  /** CommonJS that Node runs before the action, e.g. to break something. */
  preload?: string
  /** The token of the job; absent: it has none. */
  githubToken?: string
  /** Called with everything printed so far after each piece, e.g. to send a signal. */
  onOutput?(printed: string, kill: (signal: NodeJS.Signals) => void): void
  /** Runs the post step too, in a job that ended like this. */
  jobStatus?: 'success' | 'failure' | 'cancelled'
}

export interface BundleResult extends StepResult {
  printed: string
  calls: RecordedCall[]
  report: Record<string, unknown> | undefined
  /** What the post step left; undefined when it was not run. Its lines are printed after those of the main step. */
  post: StepResult | undefined
}

/** Runs `dist/index.js` as the runner does, against a simulator in this process. */
export async function runBundle(options: BundleOptions): Promise<BundleResult> {
  const speed = options.speed ?? 60
  const clock: SimulatorClock = scaledClock(speed, Date.now())
  const simulator = await startSimulator({ scenario: options.scenario, clock })
  const folder = mkdtempSync(join(tmpdir(), 'bundle-'))
  let printed = ''
  let printedByStep = { stdout: '', stderr: '' }
  try {
    const given = { cluster: 'demo', service: 'web', image: 'registry.example/web:1.1.0', ...options.inputs }
    const environment: NodeJS.ProcessEnv = {
      AWS_ENDPOINT_URL: simulator.url,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'AKIATEST',
      AWS_SECRET_ACCESS_KEY: 'test',
      NO_PROXY: '127.0.0.1',
      ...(speed === 1 ? {} : childClockEnvironment(clock, speed)),
      ...options.environment,
    }
    const preloads = speed === 1 ? [] : [SCALED_TIME_PRELOAD]
    if (options.preload !== undefined) {
      const file = join(folder, 'preload.cjs')
      writeFileSync(file, options.preload)
      preloads.push(file)
    }
    const parts = {
      inputs: new Map(Object.entries(given)),
      workspace: options.workspace ?? folder,
      githubToken: options.githubToken ?? '',
      environment,
      preloads,
      onOutput: (chunk: string, stream: 'stdout' | 'stderr') => {
        printed += chunk
        printedByStep[stream] += chunk
        options.onOutput?.(printed, step.kill)
      },
    }
    const step = runStep({ ...parts, folder })
    const result = await step.result
    const hasFiles = options.environment?.['GITHUB_OUTPUT'] === undefined
    expectCleanStreams(printedByStep, hasFiles)
    printedByStep = { stdout: '', stderr: '' }
    const { jobStatus } = options
    const post =
      jobStatus === undefined
        ? undefined
        : await runStep({
            ...parts,
            folder: mkdtempSync(join(folder, 'post-')),
            post: { state: result.state, jobStatus },
          }).result
    expectCleanStreams(printedByStep, hasFiles)
    // A killed main step puts out none, and its post step writes one all the same.
    const path = result.outputs['report'] ?? result.state[STATE_REPORT] ?? ''
    const report = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined
    return { ...result, printed, calls: simulator.calls, report, post }
  } finally {
    await simulator.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What a step printed as its runner reads it: both streams, each by itself; the second is for nobody. */
function expectCleanStreams({ stdout, stderr }: { stdout: string; stderr: string }, hasFiles: boolean): void {
  expectOnlyOurCommands(stdout, hasFiles)
  if (stderr !== '') throw new Error(`The step wrote to stderr: ${stderr}`)
}
