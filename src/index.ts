import { basename } from 'node:path'
import { listenForCancel } from './step/cancellation.ts'
import { stepFiles } from './step/files.ts'
import { firstRequestSent } from './step/first-request.ts'
import { stepLog } from './step/log.ts'
import { mainStep } from './step/main-step.ts'
import { postStep, stateOf } from './step/post-step.ts'
import { STATE_REPORT } from './step/saved-release.ts'
import { Teller } from './step/teller.ts'
import { laterToolkit } from './step/toolkit.ts'
import { plainText } from './untrusted.ts'

const environment = process.env
const toolkit = laterToolkit(() => import('@actions/core'))
const log = stepLog(toolkit)
const files = stepFiles(environment, stateOf(environment, STATE_REPORT))
const teller = new Teller(toolkit, files, log)
/** By the name of the entry, never by what was saved: a post step must not release anything. */
const isPost = basename(process.argv[1] ?? '') === 'post.js'

try {
  const sent = firstRequestSent()
  const parts = { environment, toolkit, firstRequestSent: sent, log, files, teller }
  const running = isPost ? postStep(parts) : mainStep({ ...parts, cancellation: listenForCancel() })
  await Promise.race([sent, running])
  await toolkit.load()
  await running
} catch (error) {
  await toolkit.load()
  tellBug(error)
}

/** A mistake of ours: its stack is for the issue tracker, the verdict for the user. */
function tellBug(error: unknown): void {
  const { message, stack } = error instanceof Error ? error : new Error(String(error))
  for (const line of plainText(stack ?? message).split('\n')) log.line(`| ${line}`)
  const failure = `This is a mistake in the action itself (${message}); please report it.`
  const { told } = teller
  if (told === undefined || isPost) {
    teller.annotate(isPost ? 'The post step failed' : 'Failed before anything was checked', failure)
    process.exitCode = isPost ? 0 : 1
    return
  }
  const problems = [...told.problems, { reason: 'internal-error' as const, sentence: failure }]
  const mayRun = told.deploymentId !== undefined || told.taskDefinition !== undefined
  teller.tellEnd({ ...told, status: mayRun ? 'unknown' : 'refused', failure, problems, endedAtMs: Date.now() })
}
