import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { clockTime } from '../../src/text/words.ts'
import { type RunningStep, runStep, type StepOptions, type StepResult } from './action-step.ts'

/** When the runner sends what after a cancel, in seconds. Source: actions/runner, ProcessInvoker. */
const SIGNALS_AFTER_CANCEL = [
  ['SIGINT', 0],
  ['SIGTERM', 7.5],
  ['SIGKILL', 10],
] as const

/** Of the runner's time a step is left at least this share in real time: a busy machine is not what kills it. */
const LEFT_IN_REAL_TIME = 1 / 3

/** What both steps of a job have left. */
export interface JobResult {
  main: StepResult
  post: StepResult
}

export interface JobOptions {
  /** An existing folder for the files of both steps. */
  folder: string
  /** How many times faster than real time. */
  speed: number
  /** Cancel the run once the step has told of this lifecycle event. */
  cancelAt: string | undefined
  /** The time of the rehearsal, in milliseconds since 1970. */
  now(): number
  say(line: string): void
}

/** A job of one step: main, then post, as the runner runs them, cancelled if so wanted. */
export async function runJob(
  parts: Omit<StepOptions, 'folder' | 'post'>,
  { folder, speed, cancelAt, now, say }: JobOptions,
): Promise<JobResult> {
  let isCancelled = false
  let printed = ''
  const timers: NodeJS.Timeout[] = []
  const step: RunningStep = runStep({ ...parts, folder: subfolder(folder, 'main'), onOutput: take })

  function take(chunk: string, stream: 'stdout' | 'stderr'): void {
    parts.onOutput(chunk, stream)
    printed += chunk
    if (!isCancelled && cancelAt !== undefined && hasBegun(printed, cancelAt)) cancel()
  }

  function cancel(): void {
    isCancelled = true
    say(`${clockTime(now())}  (Here the rehearsal cancels the workflow run, at ${cancelAt}.)`)
    for (const [signal, seconds] of SIGNALS_AFTER_CANCEL) {
      timers.push(setTimeout(() => step.kill(signal), seconds * 1000 * Math.max(1 / speed, LEFT_IN_REAL_TIME)))
    }
  }

  // A terminal's Ctrl-C reaches the action by itself; a signal to this process alone is passed on.
  const passOn = (signal: NodeJS.Signals) => {
    isCancelled = true
    step.kill(signal)
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, passOn)
  const main = await step.result
  for (const timer of timers) clearTimeout(timer)

  const jobStatus = isCancelled ? 'cancelled' : main.exitCode === 0 ? 'success' : 'failure'
  const post = { state: main.state, jobStatus }
  const result = { main, post: await runStep({ ...parts, folder: subfolder(folder, 'post'), post }).result }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, passOn)
  return result
}

/** The log has a line of its own for each event: when it starts, or when it is over if that was seen first. */
function hasBegun(printed: string, event: string): boolean {
  return new RegExp(`^\\S+Z +${event} `, 'm').test(printed)
}

function subfolder(folder: string, name: string): string {
  const path = join(folder, name)
  mkdirSync(path)
  return path
}
