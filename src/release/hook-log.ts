import { functionName } from '../aws/arn.ts'
import { type Attempts, briefly, CallError } from '../aws/attempts.ts'
import { type Functions, findFunction, isMissing, type LogEvent, readLogEvents } from '../aws/functions.ts'
import { type Invocation, invocationsIn } from '../aws/invocations.ts'
import { describeServiceError } from '../aws/service-error.ts'
import type { HookLogChoice } from '../inputs/choices.ts'
import type { HookLog, Release } from '../release-state.ts'
import { hookNotInvoked } from '../report/fault.ts'
import { type HookResult, hookResults } from '../report/hook-results.ts'
import { hookLogTitle } from '../report/log-lines.ts'
import { cut, plainText } from '../text/untrusted.ts'
import type { World } from '../world.ts'
import type { Progress } from './progress.ts'

/** How many lines of a log are shown, and how many characters of a line. */
const MAX_LINES = 50
const MAX_LINE_LENGTH = 400

/** Logs are delivered late, and the clocks of Lambda and CodeDeploy are two. In milliseconds. */
const BEFORE_EVENT_MS = 5_000
const AFTER_EVENT_MS = 15_000

/** How soon an empty log is looked at once more, in milliseconds. */
const LOOK_AGAIN_MS = 3_000

/** What is read, and why it is not when it is not. */
export interface HookLogs {
  logs: HookLog[]
  warnings: string[]
}

/**
 * Reads the logs of the hooks that the choice names. It fails no release: what cannot be read is a warning.
 * @param choice undefined: the failed ones, in a private repository only, because logs are shown to whoever sees the run
 */
export async function readHookLogs(
  release: Release,
  choice: HookLogChoice | undefined,
  world: World,
): Promise<HookLogs> {
  const hasNoFailedRun = hookNotInvoked(release) !== undefined
  const wanted = hookResults(release).filter(({ result }) =>
    isFailure(result, release) ? choice !== 'never' && !hasNoFailedRun : choice === 'always' && result !== 'not-run',
  )
  const found: HookLogs = { logs: [], warnings: [] }
  if (wanted.length === 0 || world.signal.aborted) return found
  if (choice === undefined && !world.isPrivateRepository()) {
    found.warnings.push(
      "The log of the failed hook is not shown, since this repository may be public; see 'hook-logs'.",
    )
    return found
  }
  return await readLogsOf(wanted, release, world)
}

/** It failed, or this step no longer waits for it. */
function isFailure(result: HookResult['result'], { outcome }: Release): boolean {
  return result === 'failed' || (result === 'running' && outcome?.kind === 'timed-out')
}

/** Shows the log of one hook that CodeDeploy still waits for; nothing is said where it may not be shown. */
export async function showLogOfRunning(
  event: string,
  choice: HookLogChoice | undefined,
  world: World,
  progress: Progress,
): Promise<void> {
  const isShown = choice === undefined ? world.isPrivateRepository() : choice !== 'never'
  if (!isShown) return
  const { release } = progress
  const hooks = hookResults(release).filter((hook) => hook.event === event)
  const { logs, warnings } = await readLogsOf(hooks, release, world)
  for (const warning of warnings) progress.warn(warning)
  await showHookLogs(logs, world, release.hookLogs)
  progress.learn({ hookLogs: logs })
}

async function readLogsOf(hooks: readonly HookResult[], release: Release, world: World): Promise<HookLogs> {
  const found: HookLogs = { logs: [], warnings: [] }
  const calls = briefly(world)
  for (const hook of hooks) {
    try {
      const log = await readHookLog(calls, await world.functions(), hook, release)
      if (log !== undefined) found.logs.push(log)
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      const why = describeServiceError(error.operation, error.serviceError)
      found.warnings.push(`The log of hook ${hook.hookFunction} could not be read. ${why}`)
    }
  }
  return found
}

/** Whether there is this function; undefined when that cannot be seen. It fails nothing, and nothing is warned of. */
export async function readFunctionExists(hookFunction: string, world: World): Promise<boolean | undefined> {
  if (world.signal.aborted) return undefined
  try {
    await findFunction(briefly(world), await world.functions(), hookFunction)
    return true
  } catch (error) {
    if (!(error instanceof CallError)) throw error
    return isMissing(error) ? false : undefined
  }
}

async function readHookLog(
  calls: Attempts,
  logs: Functions,
  { event, hookFunction }: HookResult,
  release: Release,
): Promise<HookLog | undefined> {
  const { snapshot, deploymentId = '' } = release
  const reading = snapshot?.events.find(({ name }) => name === event)
  if (reading?.startedAtMs === undefined) return undefined
  const logGroup = await logGroupOf(calls, logs, hookFunction)
  const range = {
    logGroup,
    fromMs: reading.startedAtMs - BEFORE_EVENT_MS,
    untilMs: (reading.endedAtMs ?? calls.clock.now()) + AFTER_EVENT_MS,
  }
  let events = await unlessNoGroup(readLogEvents(calls, logs, range))
  if (events === undefined) return { event, hookFunction, logGroup, state: 'no-group', lines: [], omitted: 0 }
  if (events.length === 0) {
    await calls.clock.sleep(LOOK_AGAIN_MS, calls.signal)
    events = await readLogEvents(calls, logs, range)
  }
  const found = invocationsAt(reading.startedAtMs, invocationsIn(events), startsOf(hookFunction, release))
  const end = endOf(ofDeployment(found, deploymentId))
  return { event, hookFunction, logGroup, ...(end.lines.length === 0 && { state: 'empty' as const }), ...end }
}

/** Undefined when there is no such log group: Lambda makes it when a function first writes, if its role may. */
async function unlessNoGroup(events: Promise<LogEvent[]>): Promise<LogEvent[] | undefined> {
  try {
    return await events
  } catch (error) {
    if (error instanceof CallError && error.serviceError.code === 'ResourceNotFound') return undefined
    throw error
  }
}

/** Where the function logs; by its name when that may not be asked. Source: Lambda Developer Guide, "Log groups". */
async function logGroupOf(calls: Attempts, logs: Functions, hookFunction: string): Promise<string> {
  const usual = `/aws/lambda/${functionName(hookFunction)}`
  try {
    return (await findFunction(calls, logs, hookFunction)) || usual
  } catch (error) {
    if (error instanceof CallError && error.serviceError.kind === 'denied') return usual
    throw error
  }
}

/** When CodeDeploy began the lifecycle events at which it runs the function. */
function startsOf(hookFunction: string, release: Release): number[] {
  const runs = hookResults(release).filter((one) => functionName(one.hookFunction) === functionName(hookFunction))
  const events = new Set(runs.map(({ event }) => event))
  return (release.snapshot?.events ?? []).flatMap(({ name, startedAtMs }) =>
    events.has(name) && startedAtMs !== undefined ? [startedAtMs] : [],
  )
}

/**
 * The invocations for the event that began then, rather than for another at which the same function runs: an invocation
 * begins soon after its event. Of one whose beginning is not there, only the rest of an earlier event's can be seen.
 */
function invocationsAt(eventMs: number, found: readonly Invocation[], starts: readonly number[]): Invocation[] {
  const whole = found.filter(({ isWhole }) => isWhole)
  const distance = (atMs: number, { startedAtMs }: Invocation) => Math.abs(startedAtMs - atMs)
  return (whole.length === 0 ? found : whole).filter((invocation) =>
    starts.every((startMs) => distance(eventMs, invocation) <= distance(startMs, invocation)),
  )
}

/** Those in which the deployment is named, when there are any: another release may run the same function. */
function ofDeployment(found: readonly Invocation[], deploymentId: string): LogEvent[] {
  const naming = found.filter(({ events }) => events.some(({ message }) => message.includes(deploymentId)))
  return (naming.length === 0 ? found : naming).flatMap(({ events }) => events)
}

/** Shows what was read, as far as it has not been shown before. */
export async function showHookLogs(
  logs: readonly HookLog[],
  { log }: World,
  before: readonly HookLog[],
): Promise<void> {
  const shown = new Set(before.map((one) => JSON.stringify(one)))
  for (const hookLog of logs.filter((one) => !shown.has(JSON.stringify(one)))) {
    await log.group(hookLogTitle(hookLog), async () => {
      for (const line of hookLog.lines) log.line(`  | ${line}`)
    })
  }
}

function endOf(events: readonly LogEvent[]): Pick<HookLog, 'lines' | 'omitted'> {
  const lines = events
    .toSorted((one, other) => one.atMs - other.atMs)
    .flatMap(({ message }) => plainText(message).split('\n'))
    .filter((line) => line.trim() !== '')
  const shown = lines.slice(-MAX_LINES).map((line) => cut(line.trimEnd(), MAX_LINE_LENGTH))
  return { lines: shown, omitted: lines.length - shown.length }
}
