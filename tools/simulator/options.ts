import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { isNamedScenario, namedScenarios } from './named-scenarios.ts'
import type { Scenario } from './scenario.ts'
import { loadWorldFile } from './world-file/world-file.ts'

const USAGE = 'npm run simulator -- [--port N] [--scenario NAME | --world FILE] [--speed X] [--seed N]'

/** A release of an hour in four milliseconds. */
const MAX_SPEED = 1_000_000

/** A mistake of whoever called; shown as one sentence. */
export class UsageError extends Error {}

/** What the simulator is started with. */
export interface Invocation {
  port: number
  scenario: Scenario
  /** Where the scenario is from, e.g. `scenario success`. */
  label: string
  speed: number
  seed: number
}

/** @throws UsageError, WorldFileError */
export function parseOptions(args: string[]): Invocation {
  const { port, scenario, world, speed, seed } = readArguments(args)
  if (scenario !== undefined && world !== undefined) {
    throw new UsageError("Options '--scenario' and '--world' cannot be used together; the file says what goes wrong.")
  }
  const given = {
    port: wholeNumber('port', port ?? '0', 65_535),
    speed: speedOf(speed ?? '1'),
    seed: wholeNumber('seed', seed ?? '0', 4_294_967_295),
  }
  if (world !== undefined) {
    // npm runs scripts in the package's folder, whatever folder the path was written in.
    const path = resolve(process.env['INIT_CWD'] ?? process.cwd(), world)
    return { ...given, scenario: loadWorldFile(path), label: `world ${world}` }
  }
  const name = scenario ?? 'success'
  if (!isNamedScenario(name)) {
    throw new UsageError(`Option '--scenario' must be one of ${Object.keys(namedScenarios).join(', ')}; got '${name}'.`)
  }
  return { ...given, scenario: namedScenarios[name], label: `scenario ${name}` }
}

function readArguments(args: string[]) {
  const text = { type: 'string' } as const
  try {
    const options = { port: text, scenario: text, world: text, speed: text, seed: text }
    return parseArgs({ args, options }).values
  } catch (error) {
    const [sentence] = error instanceof Error ? error.message.split(/\.\s/) : []
    throw new UsageError(`${sentence}. Usage: ${USAGE}`)
  }
}

function wholeNumber(name: string, given: string, max: number): number {
  if (/^\d+$/.test(given) && Number(given) <= max) return Number(given)
  throw new UsageError(`Option '--${name}' must be a whole number from 0 to ${max}; got '${given}'.`)
}

function speedOf(given: string): number {
  const speed = Number(given)
  if (speed > 0 && speed <= MAX_SPEED) return speed
  throw new UsageError(`Option '--speed' must be a number above 0 and up to ${MAX_SPEED}; got '${given}'.`)
}
