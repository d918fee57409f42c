import { logLine } from '../src/text/untrusted.ts'
import { rehearseOneRun } from './rehearsal/one-run.ts'
import { OptionError, parseOptions, USAGE } from './rehearsal/options.ts'
import { rehearseWorkflow } from './rehearsal/whole-workflow.ts'
import type { Workflow } from './rehearsal/workflow.ts'
import { nativeWorkflows, workflows } from './rehearsal/workflows.ts'
import { namedScenarios } from './simulator/named-scenarios.ts'

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
  const speed = options.speed ?? options.workflow.workflow.speed
  return await rehearseWorkflow({ ...options.workflow, speed }, say)
}

function scenarioList(): string[] {
  const list = (entries: [string, string][]) => {
    const width = Math.max(...entries.map(([name]) => name.length))
    return entries.map(([name, text]) => `${name.padEnd(width)}  ${text}`)
  }
  const chaptersOf = (of: Record<string, Workflow>, more: string) =>
    Object.entries(of).flatMap(([workflow, { chapters }]) =>
      chapters.map(({ name, says }): [string, string] => [`--workflow ${workflow}${more} --chapter ${name}`, says]),
    )
  return [
    ...list(Object.entries(namedScenarios).map(([name, { description }]) => [name, description])),
    '',
    'Workflows, and their chapters:',
    ...list([...chaptersOf(workflows, ''), ...chaptersOf(nativeWorkflows, ' --native')]),
  ]
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
