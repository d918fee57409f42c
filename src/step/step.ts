import { buildClients } from '../aws/clients.ts'
import { readEndpoint } from '../aws/endpoint.ts'
import { systemClock } from '../clock.ts'
import { githubRun } from '../github-run.ts'
import { readRawInputs, readUndeclaredInputs } from '../inputs/environment.ts'
import { type ParsedInputs, parseInputs } from '../inputs/inputs.ts'
import { readRegion } from '../inputs/region.ts'
import type { Release } from '../release-state.ts'
import type { Log, World } from '../world.ts'
import type { StepFiles } from './files.ts'

/** What a step of this action works with: its inputs and the world around it. */
export interface Step {
  parsed: ParsedInputs
  world: World
  /** Lets go of connections. */
  close(): void
}

/** What the two entries of a step have made before. */
export interface StepParts {
  environment: NodeJS.ProcessEnv
  files: StepFiles
  log: Log
  signal: AbortSignal
  onRelease(release: Release): void
}

/** The step that the environment describes. */
export function buildStep({ environment, files, log, signal, onRelease }: StepParts): Step {
  const parsed = parseInputs(readRawInputs(environment), readUndeclaredInputs(environment))
  const endpoint = readEndpoint(environment)
  const { region, problems } = readRegion(parsed.inputs.region, environment)
  const { close, ...clients } = buildClients(region ?? 'not-set', environment)
  const world: World = {
    ...clients,
    clock: systemClock,
    random: Math.random,
    maxAttempts: parsed.inputs.maxRetries,
    signal,
    region,
    obstacles: [...problems, ...endpoint.problems],
    otherEndpoint: endpoint.otherEndpoint,
    run: githubRun(environment),
    log,
    readText: files.readText,
    onRelease,
  }
  return { parsed, world, close }
}
