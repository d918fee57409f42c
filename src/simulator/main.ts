import { parseArgs } from 'node:util'
import { scaledClock } from './clock.ts'
import { type ScenarioName, scenarios } from './scenarios.ts'
import { type Simulator, startSimulator } from './simulator.ts'

const USAGE = 'npm run simulator -- [--port N] [--scenario NAME] [--speed X]'

/** A mistake of whoever called; shown as one sentence. */
class UsageError extends Error {}

try {
  const { port, scenario, speed } = parseOptions(process.argv.slice(2))
  const clock = scaledClock(speed, Date.now())
  const simulator = await startSimulator({ scenario: scenarios[scenario], clock, port, live: { speed } })
  process.stdout.write(`${describe(simulator, scenario, speed)}\n`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      simulator.close().then(() => process.exit(0), fail)
    })
  }
} catch (error) {
  fail(error)
}

function parseOptions(args: string[]): { port: number; scenario: ScenarioName; speed: number } {
  const { port, scenario, speed } = parseArgs({
    args,
    options: {
      port: { type: 'string', default: '0' },
      scenario: { type: 'string', default: 'success' },
      speed: { type: 'string', default: '1' },
    },
  }).values
  const portNumber = Number(port)
  if (!/^\d+$/.test(port) || portNumber > 65_535) {
    throw new UsageError(`Option '--port' must be a whole number from 0 to 65535; got '${port}'.`)
  }
  if (!isScenarioName(scenario)) {
    const names = Object.keys(scenarios).join(', ')
    throw new UsageError(`Option '--scenario' must be one of ${names}; got '${scenario}'.`)
  }
  const speedNumber = Number(speed)
  if (!(speedNumber > 0 && Number.isFinite(speedNumber))) {
    throw new UsageError(`Option '--speed' must be a number above 0; got '${speed}'.`)
  }
  return { port: portNumber, scenario, speed: speedNumber }
}

function isScenarioName(name: string): name is ScenarioName {
  return Object.hasOwn(scenarios, name)
}

function describe(simulator: Simulator, scenario: string, speed: number): string {
  const listeners = Object.entries(simulator.listeners).map(
    ([key, { production, test }]) => `${key} production ${production}${test === undefined ? '' : `, test ${test}`}`,
  )
  const intro = `Simulated AWS at ${simulator.url} (scenario ${scenario}, ${speed} times real time)`
  return [intro, ...listeners].join('; ')
}

/** One sentence for what the caller can put right; anything else is our mistake and keeps its trace. */
function fail(error: unknown): void {
  process.stderr.write(`${sentenceFor(error)}\n`)
  process.exitCode = 1
}

function sentenceFor(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error instanceof UsageError) return error.message
  const code = 'code' in error ? String(error.code) : ''
  if (code.startsWith('ERR_PARSE_ARGS_')) return `${error.message.split('. ')[0]}. Usage: ${USAGE}`
  if (code === 'EADDRINUSE') return `The port is in use (${error.message}). Choose another one with '--port'.`
  if (code === 'EACCES') return `The port is not allowed (${error.message}). Choose another one with '--port'.`
  return error.stack ?? error.message
}
