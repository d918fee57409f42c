import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type StepOptions, type StepResult, unexpectedInputs } from './rehearsal/action-step.ts'
import { checkHook } from './rehearsal/hook-check.ts'
import { runJob } from './rehearsal/job.ts'
import { OptionError, parseOptions, type RehearsalOptions, USAGE } from './rehearsal/options.ts'
import { runnerLog } from './rehearsal/runner-log.ts'
import { renderSummaryPage } from './rehearsal/summary-page.ts'
import { duration } from './report/words.ts'
import { scaledClock } from './simulator/clock.ts'
import { childClockEnvironment, SCALED_TIME_PRELOAD } from './simulator/live/child-clock.ts'
import type { Scenario } from './simulator/scenario.ts'
import { type ScenarioName, scenarios } from './simulator/scenarios.ts'
import { type Simulator, startSimulator } from './simulator/simulator.ts'
import { logLine } from './untrusted.ts'

/** Everything a rehearsal leaves behind. */
const RESULTS_FOLDER = resolve(import.meta.dirname, '..', 'rehearsal')

/** How many times faster than real time, so that the scenario ends within 30 s unless a hook never answers. */
const SPEEDS: Record<ScenarioName, number> = {
  success: 25,
  'no-hooks': 10,
  'hook-fails': 12,
  'hook-fails-no-rollback': 12,
  'hook-silent': 150,
  'hook-denied': 12,
  'never-healthy': 15,
  'task-dies': 18,
  alarm: 18,
  stopped: 18,
  'ready-wait': 25,
  'late-rollback': 12,
  'rollback-fails': 18,
  'bad-appspec': 5,
}

/** A cancelled step has 10 s of its own time; at this rate a slow machine is not what ends it. */
const CANCEL_SPEED = 10

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof OptionError)) throw error
  say(error.message)
  process.exitCode = 2
}

async function main(args: string[]): Promise<number> {
  const options = parseOptions(args)
  if (options.only === 'help') say(USAGE)
  else if (options.only === 'list') for (const line of scenarioList()) say(line)
  return options.only === undefined ? await rehearse(options) : 0
}

function scenarioList(): string[] {
  const width = Math.max(...Object.keys(scenarios).map((name) => name.length))
  return Object.entries(scenarios).map(([name, { description }]) => `${name.padEnd(width)}  ${description}`)
}

/** Plays a scenario with the built action. @returns the action's exit code */
async function rehearse(options: RehearsalOptions): Promise<number> {
  const scenario = await scenarioOf(options)
  const speed = options.speed ?? speedFor(options)
  const clock = scaledClock(speed, Date.now())
  const simulator = await startSimulator({ scenario, clock, live: { speed } })
  const folder = mkdtempSync(join(tmpdir(), 'rehearsal-'))
  try {
    for (const line of opening(options, simulator, speed)) say(line)
    const log = runnerLog({ colours: process.stdout.isTTY === true, write: say })
    const inputs = inputsOf(options)
    const unexpected = unexpectedInputs(inputs.keys())
    if (unexpected !== undefined) log.take(`::warning::${logLine(unexpected)}\n`)
    const parts: Omit<StepOptions, 'folder'> = {
      inputs,
      workspace: process.env['INIT_CWD'] ?? process.cwd(),
      environment: { ...awsEnvironment(simulator, scenario), ...childClockEnvironment(clock, speed) },
      preloads: [SCALED_TIME_PRELOAD],
      onOutput: log.take,
    }
    const { main, post } = await runJob(parts, { folder, speed, cancelAt: options.cancelAt, say })
    log.end()
    for (const line of hookLog(simulator)) say(line)
    await keepResults(main, post)
    return main.exitCode
  } finally {
    await simulator.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function scenarioOf({ scenario: name, hook }: RehearsalOptions): Promise<Scenario> {
  const scenario = scenarios[name]
  if (hook === undefined) return scenario
  const handlerFile = resolve(process.env['INIT_CWD'] ?? '.', hook)
  await checkHook(handlerFile, hook)
  const functions = scenario.world.functions.map((one) => ({ ...one, handlerFile }))
  return { ...scenario, world: { ...scenario.world, functions } }
}

/** A task set that never gets healthy takes an hour when nobody gives up before. */
function speedFor({ scenario, inputs, cancelAt }: RehearsalOptions): number {
  if (scenario === 'never-healthy' && inputs.get('fail-fast') === '0') return 150
  if (cancelAt !== undefined) return CANCEL_SPEED
  return inputs.get('wait-for') === 'completion' ? SPEEDS[scenario] * 2 : SPEEDS[scenario]
}

function inputsOf({ scenario, image, inputs }: RehearsalOptions): ReadonlyMap<string, string> {
  const hooks: [string, string][] =
    scenario === 'no-hooks' ? [] : [['after-allow-test-traffic-hook', 'CodeDeployHook_validate']]
  return new Map([['cluster', 'demo'], ['service', 'web'], ['image', image], ...hooks, ...inputs])
}

function awsEnvironment({ url }: Simulator, { world }: Scenario): NodeJS.ProcessEnv {
  return {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: world.region,
    AWS_ACCESS_KEY_ID: 'AKIAREHEARSAL0000000',
    AWS_SECRET_ACCESS_KEY: 'rehearsal',
    NO_PROXY: '127.0.0.1',
  }
}

/** How long CodeDeploy waits for the answer of a hook, in seconds. */
const HOOK_TIMEOUT_SECONDS = 3_600

function opening({ scenario, image, hook }: RehearsalOptions, { url, listeners }: Simulator, speed: number): string[] {
  const open = Object.values(listeners).flatMap(({ production, test }) => [
    `Open while it runs: production ${production}${test === undefined ? '' : `, test ${test}`}`,
  ])
  return [
    `Rehearsal '${scenario}' with ${image}, ${speed} times faster than real time. This is not AWS: the simulator is at ${url}.`,
    ...open,
    ...(hook === undefined
      ? []
      : [`A hook that never answers is waited for an hour, here ${duration((HOOK_TIMEOUT_SECONDS / speed) * 1_000)}.`]),
    '',
  ]
}

function hookLog({ hookLogs }: Simulator): string[] {
  if (hookLogs.length === 0) return []
  return ['', 'What the hooks printed:', ...hookLogs.map(({ functionName, text }) => `  | ${functionName}: ${text}`)]
}

/** The outputs of the main step, overlaid with what the post step settled; both summaries. */
async function keepResults(main: StepResult, post: StepResult): Promise<void> {
  const outputs = { ...main.outputs, ...post.outputs }
  const summary = [main.summary, post.summary].filter((text) => text !== '').join('\n')
  rmSync(RESULTS_FOLDER, { recursive: true, force: true })
  mkdirSync(RESULTS_FOLDER, { recursive: true })
  const inFolder = (name: string) => join(RESULTS_FOLDER, name)
  const report = outputs['report'] ?? ''
  if (report !== '') copyFileSync(report, inFolder('report.json'))
  const kept = { ...outputs, ...(report === '' ? {} : { report: inFolder('report.json') }) }
  writeFileSync(inFolder('outputs.json'), `${JSON.stringify(kept, undefined, 2)}\n`)
  writeFileSync(inFolder('summary.md'), summary)
  writeFileSync(inFolder('summary.html'), await renderSummaryPage(summary))
  say('')
  say('Left in rehearsal/: summary.html (open it), summary.md, report.json, outputs.json')
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
