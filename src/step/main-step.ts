import { operate } from '../operations/operate.ts'
import type { Release } from '../release-state.ts'
import type { Log } from '../world.ts'
import { isAtRest } from '../wrap-up.ts'
import type { Cancellation } from './cancellation.ts'
import type { StepFiles } from './files.ts'
import { STATE_FILE, STATE_REPORT, STATE_SETTLED, savedRelease } from './saved-release.ts'
import { buildStep } from './step.ts'
import type { Teller } from './teller.ts'
import type { LaterToolkit } from './toolkit.ts'

/** What the entry has made. */
export interface MainStepParts {
  environment: NodeJS.ProcessEnv
  toolkit: LaterToolkit
  firstRequestSent: Promise<void>
  log: Log
  files: StepFiles
  teller: Teller
  cancellation: Cancellation
}

/** The main step: a release, told as it goes, with what its post step needs to go on when this step is lost. */
export async function mainStep({
  environment,
  toolkit,
  firstRequestSent,
  log,
  files,
  teller,
  cancellation,
}: MainStepParts): Promise<void> {
  const saved = savedRelease(environment)
  let isSaving = false
  const saveState = (name: string, value: string) => toolkit.use((core) => attempt(() => core.saveState(name, value)))

  function onRelease(news: Release): void {
    const before = teller.told
    teller.keepTold(news)
    const mayRun = news.taskDefinition !== undefined || news.deploymentId !== undefined
    if (!mayRun || (isSaving && before?.timeline === news.timeline && before.deploymentId === news.deploymentId)) return
    saved.save(news)
    if (isSaving) return
    isSaving = true
    saveState(STATE_FILE, saved.path)
    saveState(STATE_REPORT, files.reportPath)
  }

  const { parsed, world, close } = buildStep({
    environment,
    toolkit,
    firstRequestSent,
    files,
    log,
    signal: cancellation.signal,
    onRelease,
  })
  const ended = await Promise.race([operate(parsed, world), cancellation.lastMoment])
  close()
  const last = ended ?? cutOff(teller.told, world.clock.now())
  if (last === undefined) return
  if (isSaving) {
    saved.save(last)
    if (last.status !== 'cancelled' || isAtRest(last)) saveState(STATE_SETTLED, 'true')
  }
  teller.tellEnd(last)
  // Something may still hang, and a cancelled step has no time for it.
  if (ended === undefined) process.stdout.write('', () => process.exit())
}

/** A cancelled release that waited for something up to the last moment. */
function cutOff(told: Release | undefined, endedAtMs: number): Release | undefined {
  if (told === undefined) return undefined
  const mayHaveStarted = told.taskDefinition !== undefined && told.deploymentId === undefined
  const failure = mayHaveStarted ? 'Whether a deployment was created is not known yet; the post step looks.' : undefined
  return { ...told, status: 'cancelled', endedAtMs, failure: told.failure ?? failure }
}

function attempt(action: () => void): void {
  try {
    action()
  } catch {
    // The post step cannot help then; that is no reason to fail a release.
  }
}
