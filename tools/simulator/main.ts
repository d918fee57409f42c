import { scaledClock } from './clock.ts'
import { type Invocation, parseOptions, UsageError } from './options.ts'
import { type Simulator, startSimulator } from './simulator.ts'
import { WorldFileError } from './world-file/world-file.ts'

const PARENT_CHECK_MS = 250

try {
  await main(parseOptions(process.argv.slice(2)))
} catch (error) {
  fail(error)
}

async function main({ port, scenario, label, speed, seed }: Invocation): Promise<void> {
  const clock = scaledClock(speed, Date.now())
  const starting = startSimulator({ scenario, clock, port, seed, live: { speed } })
  const end = () => {
    starting
      .then((simulator) => simulator.close())
      .then(() => process.exit(0))
      .catch(fail)
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end)
  if (process.env['npm_lifecycle_event'] !== undefined) whenOrphaned(end)
  process.stdout.write(`${describe(await starting, label, speed)}\n`)
}

/** A signal to npm ends the shell between npm and this process, and not this process. */
function whenOrphaned(end: () => void): void {
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    end()
  }, PARENT_CHECK_MS)
  timer.unref()
}

function describe(simulator: Simulator, label: string, speed: number): string {
  const listeners = Object.entries(simulator.listeners).map(
    ([key, { production, test }]) => `${key} production ${production}${test === undefined ? '' : `, test ${test}`}`,
  )
  const intro = `Simulated AWS at ${simulator.url} (${label}, ${speed} times real time)`
  return [intro, ...listeners].join('; ')
}

/** Sentences for what the caller can put right; anything else is our mistake and keeps its trace. */
function fail(error: unknown): void {
  process.exitCode = 1
  process.stderr.write(`${sentenceFor(error)}\n`, () => process.exit())
}

function sentenceFor(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error instanceof UsageError || error instanceof WorldFileError) return error.message
  const code = 'code' in error ? String(error.code) : ''
  if (code === 'EADDRINUSE') return `The port is in use (${error.message}). Choose another one with '--port'.`
  if (code === 'EACCES') return `The port is not allowed (${error.message}). Choose another one with '--port'.`
  return error.stack ?? error.message
}
