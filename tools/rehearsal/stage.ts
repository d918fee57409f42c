import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type MovableClock, scaledClock } from '../simulator/clock.ts'
import { childClockEnvironment, SCALED_TIME_PRELOAD } from '../simulator/live/child-clock.ts'
import type { Scenario } from '../simulator/scenario.ts'
import { type Simulator, startSimulator } from '../simulator/simulator.ts'
import type { StepOptions } from './action-step.ts'
import { credentialsFor } from './demo.ts'
import { type RehearsedGithub, startRehearsedGithub } from './github.ts'
import { startTokenIssuer } from './token-issuer.ts'

/** What rehearsed steps work in: an account, and what a runner offers beside it, all on one clock. */
export interface Stage {
  simulator: Simulator
  clock: MovableClock
  /** How many times faster than real time. */
  speed: number
  /** Undefined when nothing is to be told to it. */
  github: RehearsedGithub | undefined
  /** Empty at first, and gone afterwards. */
  folder: string
  /** What every step that begins now is run with. */
  surroundings(): Pick<StepOptions, 'workspace' | 'environment' | 'preloads' | 'githubToken'>
  /** Account and GitHub begin anew, at the same addresses. */
  reset(): Promise<void>
  close(): Promise<void>
}

export interface StageOptions {
  speed: number
  hasGithub: boolean
}

export async function openStage(scenario: Scenario, { speed, hasGithub }: StageOptions): Promise<Stage> {
  const clock = scaledClock(speed, Date.now())
  const startMs = clock.now()
  const simulator = await startSimulator({ scenario, clock, live: { speed } })
  const issuer = await startTokenIssuer()
  const github = hasGithub ? await startRehearsedGithub(() => clock.now()) : undefined
  const folder = mkdtempSync(join(tmpdir(), 'rehearsal-'))
  return {
    simulator,
    clock,
    speed,
    github,
    folder,
    surroundings: () => ({
      workspace: process.env['INIT_CWD'] ?? process.cwd(),
      environment: {
        AWS_ENDPOINT_URL: simulator.url,
        AWS_REGION: scenario.world.region,
        ...credentialsFor(scenario, startMs),
        ...issuer.environment,
        NO_PROXY: '127.0.0.1',
        ...childClockEnvironment(clock, speed),
        ...(github && { GITHUB_API_URL: github.api.url }),
      },
      githubToken: github === undefined ? '' : 'ghs_rehearsal',
      preloads: [SCALED_TIME_PRELOAD],
    }),
    reset: async () => {
      await simulator.reset()
      github?.forget()
    },
    close: async () => {
      await Promise.all([simulator.close(), issuer.close(), github?.close()])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
