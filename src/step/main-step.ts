import { mayWrite } from '../inputs/operation.ts'
import { operate } from '../operations/operate.ts'
import { newRelease } from '../release/progress.ts'
import { isAtRest, type Release } from '../release-state.ts'
import { type Clock, type Moment, momentOf } from '../time/clock.ts'
import type { Cancellation } from './cancellation.ts'
import type { StepFiles } from './files.ts'
import type { StepLog } from './log.ts'
import { STATE_FILE, STATE_REPORT, STATE_SETTLED, STATE_UNTOLD, savedRelease } from './saved-release.ts'
import { savedWhen } from './saved-when.ts'
import { buildStep, type StepParts } from './step.ts'
import type { MainStepReporters } from './step-reporters.ts'
import type { LaterToolkit } from './toolkit.ts'

/** What the entry has made. */
export interface MainStepParts {
  environment: NodeJS.ProcessEnv
  clock: Clock
  toolkit: LaterToolkit
  firstRequestSent: Promise<void>
  log: StepLog
  files: StepFiles
  reporters: MainStepReporters
  cancellation: Cancellation
  loadGithub: StepParts['loadGithub']
  /** Ends the process as soon as everything is printed. */
  exit(): void
}

/** The main step: a release, reported as it goes, with what its post step needs to go on when this step is lost. */
export async function mainStep({
  environment,
  clock,
  toolkit,
  firstRequestSent,
  log,
  files,
  reporters,
  cancellation,
  loadGithub,
  exit,
}: MainStepParts): Promise<void> {
  const saved = savedRelease(environment)
  let isSaving = false
  let tellsGithub = false
  let isWarned = false
  /** That is no reason to fail a release. */
  const warnOfLoss = (why: string) => {
    if (!isWarned) log.warning(lossText(why))
    isWarned = true
  }
  const saveState = (name: string, value: string) =>
    toolkit.use((core) => {
      if (!attempt(() => core.saveState(name, value))) warnOfLoss('the runner keeps no state for it (GITHUB_STATE)')
    })

  let isOver = false

  function onRelease(news: Release): void {
    // Of a step that was cut off: what it hung on may go on for a moment.
    if (isOver) return
    const before = reporters.reported
    reporters.update(news)
    if (!savedWhen(before, news, tellsGithub)) return
    if (!saved.save(news)) warnOfLoss(NOT_SAVED)
    if (isSaving) return
    isSaving = true
    saveState(STATE_FILE, saved.path)
    saveState(STATE_REPORT, files.reportPath)
  }

  const { parsed, world, news, close } = await buildStep({
    environment,
    clock,
    toolkit,
    firstRequestSent,
    files,
    log,
    signal: cancellation.signal,
    loadGithub,
    isSecond: false,
    onRelease,
    beforeWrite: async () => {
      if (!isSaving) saveState(STATE_REPORT, files.reportPath)
      await reporters.expectLoss()
    },
  })
  const cautions = mayWrite(parsed.inputs.operation) && !saved.isPossible() ? [lossText(NOT_SAVED)] : []
  if (cautions.length > 0) warnOfLoss(NOT_SAVED)
  reporters.add(news)
  tellsGithub = news.isAsked
  const ended = await Promise.race([operate(parsed, { ...world, cautions }), cancellation.lastMoment])
  isOver = true
  close()
  log.endGroups()
  const last = ended ?? cutOff(reporters.reported ?? newRelease(parsed.inputs, world), momentOf(clock))
  if (isSaving) {
    saved.save(last)
    if (last.status !== 'cancelled' || isAtRest(last)) saveState(STATE_SETTLED, 'true')
  }
  reporters.finish(last)
  // Without a first request, e.g. when there are no credentials, nothing is printed yet.
  if (cancellation.signal.aborted) await toolkit.load()
  // A cancelled step may be killed before GitHub has answered; its post step then tells the end.
  const mayBeUntold = isSaving && tellsGithub
  if (mayBeUntold) saveState(STATE_UNTOLD, 'true')
  const isTold = await reporters.flush(cancellation.lastWord)
  if (mayBeUntold && (isTold || !cancellation.signal.aborted)) saveState(STATE_UNTOLD, 'false')
  // Something may still hang, and a cancelled step has no time for it.
  if (cancellation.signal.aborted) exit()
}

/** A cancelled release that waited for something up to the last moment. */
function cutOff(told: Release, endedAt: Moment): Release {
  const hasFailed = told.settlement?.rollback.status === 'failed'
  return { ...told, status: told.status ?? (hasFailed ? 'rollback-failed' : 'cancelled'), endedAt }
}

/** Why nothing can be left to the post step. */
const NOT_SAVED = 'nothing can be saved for it (RUNNER_TEMP cannot be written)'

function lossText(why: string): string {
  return `If this step is cancelled or lost, its post step cannot stop or follow the deployment: ${why}.`
}

/** @returns whether it was possible */
function attempt(action: () => void): boolean {
  try {
    action()
    return true
  } catch {
    return false
  }
}
