import { type Clock, type Moment, momentOf } from '../clock.ts'
import { operate } from '../operations/operate.ts'
import type { Release } from '../release-state.ts'
import type { Log } from '../world.ts'
import { isAtRest } from '../wrap-up.ts'
import type { Cancellation } from './cancellation.ts'
import type { StepFiles } from './files.ts'
import { STATE_FILE, STATE_REPORT, STATE_SETTLED, STATE_UNTOLD, savedRelease } from './saved-release.ts'
import { savedWhen } from './saved-when.ts'
import { buildStep, type StepParts } from './step.ts'
import type { Teller } from './teller.ts'
import type { LaterToolkit } from './toolkit.ts'

/** What the entry has made. */
export interface MainStepParts {
  environment: NodeJS.ProcessEnv
  clock: Clock
  toolkit: LaterToolkit
  firstRequestSent: Promise<void>
  log: Log
  files: StepFiles
  teller: Teller
  cancellation: Cancellation
  loadGithub: StepParts['loadGithub']
}

/** The main step: a release, told as it goes, with what its post step needs to go on when this step is lost. */
export async function mainStep({
  environment,
  clock,
  toolkit,
  firstRequestSent,
  log,
  files,
  teller,
  cancellation,
  loadGithub,
}: MainStepParts): Promise<void> {
  const saved = savedRelease(environment)
  let isSaving = false
  let tellsGithub = false
  const saveState = (name: string, value: string) => toolkit.use((core) => attempt(() => core.saveState(name, value)))

  function onRelease(news: Release): void {
    const before = teller.told
    teller.keepTold(news)
    if (!savedWhen(before, news, tellsGithub)) return
    saved.save(news)
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
    beforeWrite: () => teller.expectLoss(),
  })
  teller.alsoTell(news)
  tellsGithub = news.isAsked
  const ended = await Promise.race([operate(parsed, world), cancellation.lastMoment])
  close()
  const last = ended ?? cutOff(teller.told, momentOf(clock))
  if (last === undefined) return
  if (isSaving) {
    saved.save(last)
    if (last.status !== 'cancelled' || isAtRest(last)) saveState(STATE_SETTLED, 'true')
  }
  teller.tellEnd(last)
  // A cancelled step may be killed before GitHub has answered; its post step then tells the end.
  const mayBeUntold = isSaving && tellsGithub
  if (mayBeUntold) saveState(STATE_UNTOLD, 'true')
  const isTold = await teller.lastWords(cancellation.lastWord)
  if (mayBeUntold && (isTold || !cancellation.signal.aborted)) saveState(STATE_UNTOLD, 'false')
  // Something may still hang, and a cancelled step has no time for it.
  if (ended === undefined) process.stdout.write('', () => process.exit())
}

/** A cancelled release that waited for something up to the last moment. */
function cutOff(told: Release | undefined, endedAt: Moment): Release | undefined {
  return told && { ...told, status: 'cancelled', endedAt }
}

function attempt(action: () => void): void {
  try {
    action()
  } catch {
    // The post step cannot help then; that is no reason to fail a release.
  }
}
