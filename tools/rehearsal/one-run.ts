import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { logLine } from '../../src/text/untrusted.ts'
import { duration } from '../../src/text/words.ts'
import type { Scenario } from '../simulator/scenario.ts'
import { scenarios } from '../simulator/scenarios.ts'
import type { Simulator } from '../simulator/simulator.ts'
import { unexpectedInputs } from './action-step.ts'
import { HOOK } from './demo.ts'
import { beginEarlier } from './earlier-deployment.ts'
import { isGithubAsked } from './github.ts'
import { checkHook } from './hook-check.ts'
import { hookLines } from './hook-lines.ts'
import { runJob } from './job.ts'
import type { RehearsalOptions } from './options.ts'
import { emptyResults, keepResults, RESULTS_FOLDER } from './results.ts'
import { PUSH_TO_MAIN } from './run-identity.ts'
import { runnerLog } from './runner-log.ts'
import { inputsOf, speedFor } from './settings.ts'
import { openStage } from './stage.ts'

/** How long CodeDeploy waits for the answer of a hook, in seconds. */
const HOOK_TIMEOUT_SECONDS = 3_600

/**
 * Plays one run in a scenario with the built action.
 * @param results where the results go; emptied first
 * @returns the action's exit code
 */
export async function rehearseOneRun(
  options: RehearsalOptions,
  say: (line: string) => void,
  results = RESULTS_FOLDER,
): Promise<number> {
  const scenario = await scenarioOf(options)
  const speed = options.speed ?? speedFor(options)
  const inputs = inputsOf(options)
  const stage = await openStage(scenario, { speed, hasGithub: isGithubAsked(inputs) })
  const { simulator, clock, folder, github } = stage
  try {
    for (const line of opening(options, simulator, speed)) say(logLine(line))
    const hook = options.scenario === 'no-hooks' ? undefined : HOOK
    const earlier = { endpoint: simulator.url, region: scenario.world.region, image: options.image, hook }
    const earlierId = await beginEarlier(options.operation, earlier)
    if (earlierId !== undefined) say(`An earlier job of this run has begun deployment ${earlierId}.`)
    const log = runnerLog({ colours: process.stdout.isTTY === true, write: say })
    const unexpected = unexpectedInputs(inputs.keys())
    if (unexpected !== undefined) log.take(`::warning::${logLine(unexpected)}\n`)
    const { cancelAt } = options
    const run = github?.runFor(inputs) ?? PUSH_TO_MAIN
    const parts = { ...stage.surroundings(), inputs, run, onOutput: log.take }
    const job = await runJob(parts, { folder, speed, cancelAt, now: () => clock.now(), say })
    log.end()
    for (const line of [...hookLines(simulator.hookLogs), ...sessionsTaken(simulator)]) say(line)
    if (github !== undefined) for (const line of ['', ...github.lines()]) say(logLine(line))
    emptyResults(results)
    await keepResults(job, results)
    const comment = github?.comment()
    if (comment !== undefined) writeFileSync(join(results, 'comment.md'), comment)
    say('')
    const more = comment === undefined ? '' : ', comment.md'
    say(`Left in rehearsal/: summary.html (open it), summary.md, report.json, outputs.json${more}`)
    return job.main.exitCode
  } finally {
    await stage.close()
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
