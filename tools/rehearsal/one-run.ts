import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { logLine } from '../../src/text/untrusted.ts'
import { duration } from '../../src/text/words.ts'
import { MAX_RUN_MS } from '../simulator/hook-limits.ts'
import type { Scenario } from '../simulator/scenario.ts'
import type { Simulator } from '../simulator/simulator.ts'
import { unexpectedInputs } from './action-step.ts'
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
import { startWitness, witnessLines } from './witness.ts'

/** How long CodeDeploy waits for the answer of a hook, in milliseconds. */
const HOOK_TIMEOUT_MS = 3_600_000

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
  // A weight in a rule is what ECS shifts, so it is what the listeners answer that counts.
  const witness = options.subject.isNative ? startWitness(simulator.listeners) : undefined
  try {
    for (const line of opening(options, simulator, speed)) say(logLine(line))
    const earlier = { endpoint: simulator.url, subject: options.subject, image: options.image }
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
    if (witness !== undefined) for (const line of await witnessLines(witness, simulator.listeners)) say(logLine(line))
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
    await witness?.close()
    await stage.close()
  }
}

async function scenarioOf({ subject: { scenario }, hook }: RehearsalOptions): Promise<Scenario> {
  if (hook === undefined) return scenario
  const handlerFile = resolve(process.env['INIT_CWD'] ?? '.', hook)
  await checkHook(handlerFile, hook)
  const functions = scenario.world.functions.map((one) => ({ ...one, handlerFile }))
  return { ...scenario, world: { ...scenario.world, functions } }
}

function opening(options: RehearsalOptions, { url, listeners }: Simulator, speed: number): string[] {
  const { scenario, world, image, hook, subject } = options
  const played = world === undefined ? `'${scenario}'` : `of world ${world}`
  const open = Object.values(listeners).flatMap(({ production, test }) => [
    `Open while it runs: production ${production}${test === undefined ? '' : `, test ${test}`}`,
  ])
  const here = (ms: number) => duration(ms / speed)
  const silent = subject.isNative
    ? `A function that never answers is ended by Lambda after ${duration(MAX_RUN_MS)}, here ${here(MAX_RUN_MS)}, and ECS rolls back.`
    : `A hook that never answers is waited for an hour, here ${here(HOOK_TIMEOUT_MS)}.`
  return [
    `Rehearsal ${played} with ${image}, ${speed} times faster than real time. This is not AWS: the simulator is at ${url}.`,
    ...open,
    ...(hook === undefined ? [] : [silent]),
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
