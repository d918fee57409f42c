import { logLine } from '../src/text/untrusted.ts'
import { rehearseOneRun } from './rehearsal/one-run.ts'
import { OptionError, parseOptions, USAGE } from './rehearsal/options.ts'
import { rehearseWorkflow } from './rehearsal/whole-workflow.ts'
import { workflows } from './rehearsal/workflows.ts'
import { scenarios } from './simulator/scenarios.ts'

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
  if (options.only !== undefined) return 0
  if (options.workflow === undefined) return await rehearseOneRun(options, say)
  const { name, chapters } = options.workflow
  const workflow = workflows[name]
  return await rehearseWorkflow({ name, workflow, chapters, speed: options.speed ?? workflow.speed }, say)
}

function scenarioList(): string[] {
  const list = (entries: [string, string][]) => {
    const width = Math.max(...entries.map(([name]) => name.length))
    return entries.map(([name, text]) => `${name.padEnd(width)}  ${text}`)
  }
  const chapters = Object.entries(workflows).flatMap(([workflow, { chapters }]) =>
    chapters.map(({ name, says }): [string, string] => [`--workflow ${workflow} --chapter ${name}`, says]),
  )
  return [
    ...list(Object.entries(scenarios).map(([name, { description }]) => [name, description])),
    '',
    'Workflows, and their chapters:',
    ...list(chapters),
  ]
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
