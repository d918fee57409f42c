import { rehearseOneRun } from './rehearsal/one-run.ts'
import { OptionError, parseOptions, USAGE } from './rehearsal/options.ts'
import { scenarios } from './simulator/scenarios.ts'
import { logLine } from './untrusted.ts'

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof OptionError)) throw error
  say(logLine(error.message))
  process.exitCode = 2
}

async function main(args: string[]): Promise<number> {
  const options = parseOptions(args)
  if (options.only === 'help') say(USAGE)
  else if (options.only === 'list') for (const line of scenarioList()) say(line)
  return options.only === undefined ? await rehearseOneRun(options, say) : 0
}

function scenarioList(): string[] {
  const width = Math.max(...Object.keys(scenarios).map((name) => name.length))
  return Object.entries(scenarios).map(([name, { description }]) => `${name.padEnd(width)}  ${description}`)
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
