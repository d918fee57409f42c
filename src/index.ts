import { basename } from 'node:path'
import { inspect } from 'node:util'
import { mayHaveStarted } from './release-state.ts'
import { listenForCancel } from './step/cancellation.ts'
import { stepFiles } from './step/files.ts'
import { firstRequestSent } from './step/first-request.ts'
import { stepLog } from './step/log.ts'
import { mainStep } from './step/main-step.ts'
import { postStep, stateOf } from './step/post-step.ts'
import { annotate } from './step/reporters.ts'
import { STATE_REPORT } from './step/saved-release.ts'
import { MainStepReporters, postStepReporters } from './step/step-reporters.ts'
import { catchStrayOutput, quotedLines } from './step/stray-output.ts'
import { laterToolkit } from './step/toolkit.ts'
import { inSentence, logLine } from './text/untrusted.ts'
import { momentOf, systemClock } from './time/clock.ts'

const environment = process.env
const toolkit = laterToolkit(() => import('@actions/core'))
const log = stepLog(toolkit)
const files = stepFiles(environment, stateOf(environment, STATE_REPORT))
/** By the name of the entry, never by what was saved: a post step must not release anything. */
const isPost = basename(process.argv[1] ?? '') === 'post.js'
const mainReporters = new MainStepReporters(toolkit, files, log)
const reporters = isPost ? postStepReporters(files, log) : mainReporters

catchStrayOutput(log.line)
// Whatever is thrown where nobody waits for it, rejected promises included.
process.on('uncaughtException', (error) => void endWithBug(error))

try {
  const sent = firstRequestSent()
  const loadGithub = () => import('@actions/github')
  const parts = { environment, clock: systemClock, toolkit, firstRequestSent: sent, log, files, loadGithub }
  const running = isPost
    ? postStep({ ...parts, reporters })
    : mainStep({ ...parts, reporters: mainReporters, cancellation: listenForCancel(), exit })
  await Promise.race([sent, running])
  await toolkit.load()
  await running
} catch (error) {
  await endWithBug(error)
}

/** Ends the process once everything is printed, whatever still runs. */
function exit(): void {
  process.stdout.write('', () => process.exit())
}

/** Ends the step at once: after a mistake of ours nothing that still runs can be relied on. */
async function endWithBug(error: unknown): Promise<void> {
  try {
    await toolkit.load()
    log.endGroups()
    tellBug(error)
    await reporters.flush(new Promise(() => {}))
  } catch (second) {
    process.exitCode = isPost ? 0 : 1
    process.stdout.write(`${logLine(`Nothing can be told of this release: ${describeThrown(second).message}`)}\n`)
  }
  exit()
}

/** A mistake of ours: its stack is for the issue tracker, the verdict for the user. */
function tellBug(error: unknown): void {
  const { message, stack } = describeThrown(error)
  for (const line of quotedLines(stack)) log.line(line)
  const failure = `This is a mistake in the action itself (${inSentence(message)}); please report it.`
  const { reported: told } = reporters
  if (told === undefined || isPost) {
    annotate(toolkit, isPost ? 'The post step failed' : 'Failed before anything was checked', failure)
    process.exitCode = isPost ? 0 : 1
    return
  }
  const problems = [...told.problems, { reason: 'internal-error' as const, sentence: failure }]
  const mayRun = told.deploymentId !== undefined || mayHaveStarted(told)
  reporters.finish({
    ...told,
    status: mayRun ? 'unknown' : 'refused',
    failure,
    problems,
    endedAt: momentOf(systemClock),
  })
}

/** Anything can be thrown, and not everything becomes a text. */
function describeThrown(thrown: unknown): { message: string; stack: string } {
  const message = thrown instanceof Error ? thrown.message : inspect(thrown)
  return { message, stack: (thrown instanceof Error && thrown.stack) || message }
}
