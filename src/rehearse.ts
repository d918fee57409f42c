import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type StepOptions, type StepResult, unexpectedInputs } from './rehearsal/action-step.ts'
import { beginEarlier } from './rehearsal/earlier-deployment.ts'
import { isGithubAsked, startRehearsedGithub } from './rehearsal/github.ts'
import { checkHook } from './rehearsal/hook-check.ts'
import { hookLines } from './rehearsal/hook-lines.ts'
import { runJob } from './rehearsal/job.ts'
import { OptionError, parseOptions, type RehearsalOptions, USAGE } from './rehearsal/options.ts'
import { runnerLog } from './rehearsal/runner-log.ts'
import { credentialsFor, HOOK, inputsOf, speedFor } from './rehearsal/settings.ts'
import { renderSummaryPage } from './rehearsal/summary-page.ts'
import { startTokenIssuer } from './rehearsal/token-issuer.ts'
import { duration } from './report/words.ts'
import { scaledClock } from './simulator/clock.ts'
import { childClockEnvironment, SCALED_TIME_PRELOAD } from './simulator/live/child-clock.ts'
import type { Scenario } from './simulator/scenario.ts'
import { scenarios } from './simulator/scenarios.ts'
import { type Simulator, startSimulator } from './simulator/simulator.ts'
import { logLine } from './untrusted.ts'

/** Everything a rehearsal leaves behind. */
const RESULTS_FOLDER = resolve(import.meta.dirname, '..', 'rehearsal')

/** How long CodeDeploy waits for the answer of a hook, in seconds. */
const HOOK_TIMEOUT_SECONDS = 3_600

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
  const startMs = clock.now()
  const simulator = await startSimulator({ scenario, clock, live: { speed } })
  const issuer = await startTokenIssuer()
  const folder = mkdtempSync(join(tmpdir(), 'rehearsal-'))
  const inputs = inputsOf(options)
  const github = isGithubAsked(inputs) ? await startRehearsedGithub(folder, () => clock.now()) : undefined
  try {
    for (const line of opening(options, simulator, speed)) say(logLine(line))
    const hook = options.scenario === 'no-hooks' ? undefined : HOOK
    const earlier = { endpoint: simulator.url, region: scenario.world.region, image: options.image, hook }
    const earlierId = await beginEarlier(options.operation, earlier)
    if (earlierId !== undefined) say(`An earlier job of this run has begun deployment ${earlierId}.`)
    const log = runnerLog({ colours: process.stdout.isTTY === true, write: say })
    const unexpected = unexpectedInputs(inputs.keys())
    if (unexpected !== undefined) log.take(`::warning::${logLine(unexpected)}\n`)
    const toGithub = github?.partsFor(inputs)
    const parts: Omit<StepOptions, 'folder'> = {
      inputs,
      githubToken: toGithub?.githubToken ?? '',
      workspace: process.env['INIT_CWD'] ?? process.cwd(),
      environment: {
        AWS_ENDPOINT_URL: simulator.url,
        AWS_REGION: scenario.world.region,
        ...credentialsFor(scenario, startMs),
        ...issuer.environment,
        NO_PROXY: '127.0.0.1',
        ...childClockEnvironment(clock, speed),
        ...toGithub?.environment,
      },
      preloads: [SCALED_TIME_PRELOAD],
      onOutput: log.take,
    }
    const { main, post } = await runJob(parts, {
      folder,
      speed,
      cancelAt: options.cancelAt,
      now: () => clock.now(),
      say,
    })
    log.end()
    for (const line of [...hookLines(simulator.hookLogs), ...sessionsTaken(simulator)]) say(line)
    if (github !== undefined) for (const line of ['', ...github.lines()]) say(logLine(line))
    await keepResults(main, post, github?.comment())
    return main.exitCode
  } finally {
    await Promise.all([simulator.close(), issuer.close(), github?.close()])
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

/** What a role's sessions were needed for is in no log: the action renews them silently. */
function sessionsTaken({ calls }: Simulator): string[] {
  const taken = calls.filter(
    ({ operation, httpStatus }) => operation === 'AssumeRoleWithWebIdentity' && httpStatus === 200,
  )
  return taken.length === 0
    ? []
    : ['', `Sessions of the role that were taken with the job's OIDC token: ${taken.length}.`]
}

/** The outputs of the main step, overlaid with what the post step settled; both summaries. */
async function keepResults(main: StepResult, post: StepResult, comment: string | undefined): Promise<void> {
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
  if (comment !== undefined) writeFileSync(inFolder('comment.md'), comment)
  const more = comment === undefined ? '' : ', comment.md'
  say(`Left in rehearsal/: summary.html (open it), summary.md, report.json, outputs.json${more}`)
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
