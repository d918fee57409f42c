import { mayWrite } from '../inputs/operation.ts'
import { operate } from '../operations/operate.ts'
import { newRelease } from '../release/progress.ts'
import type { Release } from '../release-state.ts'
import { type Clock, type Moment, momentOf } from '../time/clock.ts'
import type { Cancellation } from './cancellation.ts'
import type { StepFiles } from './files.ts'
import type { StepLog } from './log.ts'
import { PostStepState } from './post-step-state.ts'
import { savedRelease } from './saved-release.ts'
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
  const left = new PostStepState(savedRelease(environment), toolkit, log, files.reportPath)
  let isOver = false

  function onRelease(news: Release): void {
    // Of a step that was cut off: what it hung on may go on for a moment.
    if (isOver) return
    const before = reporters.reported
    reporters.update(news)
    left.keep(news, before)
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
      left.expectReport()
      await reporters.expectLoss()
    },
  })
  const cautions = mayWrite(parsed.inputs.operation) ? left.cautions() : []
  reporters.add(news)
  if (news.isAsked) left.tellsGithub()
  const ended = await Promise.race([operate(parsed, { ...world, cautions }), cancellation.lastMoment])
  isOver = true
  close()
  log.endGroups()
  const last = ended ?? cutOff(reporters.reported ?? newRelease(parsed.inputs, world), momentOf(clock))
  left.settle(last)
  reporters.finish(last)
  // Without a first request, e.g. when there are no credentials, nothing is printed yet.
  if (cancellation.signal.aborted) await toolkit.load()
  left.expectUntold()
  const isTold = await reporters.flush(cancellation.lastWord)
  if (isTold || !cancellation.signal.aborted) left.told()
  // Something may still hang, and a cancelled step has no time for it.
  if (cancellation.signal.aborted) exit()
}

/** A cancelled release that waited for something up to the last moment. */
function cutOff(told: Release, endedAt: Moment): Release {
  const hasFailed = told.settlement?.rollback.status === 'failed'
  return { ...told, status: told.status ?? (hasFailed ? 'rollback-failed' : 'cancelled'), endedAt }
}
