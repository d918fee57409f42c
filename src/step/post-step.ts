import { wrapUp } from '../operations/wrap-up.ts'
import { needsSomebody } from '../release/resume.ts'
import type { Reporters } from '../report/reporter.ts'
import { verdictParagraph, verdictSentences } from '../report/sentences.ts'
import type { Clock } from '../time/clock.ts'
import type { Log } from '../world.ts'
import type { StepFiles } from './files.ts'
import { annotate } from './reporters.ts'
import { readSavedRelease, removeSavedRelease, STATE_FILE, STATE_SETTLED, STATE_UNTOLD } from './saved-release.ts'
import { buildStep, type StepParts } from './step.ts'
import type { LaterToolkit } from './toolkit.ts'

/** What the entry has made. */
export interface PostStepParts {
  environment: NodeJS.ProcessEnv
  clock: Clock
  toolkit: LaterToolkit
  firstRequestSent: Promise<void>
  log: Log
  files: StepFiles
  reporters: Reporters
  loadGithub: StepParts['loadGithub']
}

/** The post step gets no signals. */
const NO_HURRY = new Promise<void>(() => {})

/** What the main step saved under a name. */
export function stateOf(environment: NodeJS.ProcessEnv, name: string): string {
  return environment[`STATE_${name}`] ?? ''
}

/** The post step: nothing when the main step settled its release, else what is left to do. It fails no job. */
export async function postStep({
  environment,
  clock,
  toolkit,
  firstRequestSent,
  log,
  files,
  reporters,
  loadGithub,
}: PostStepParts): Promise<void> {
  const path = stateOf(environment, STATE_FILE)
  if (path === '') return
  const saved = readSavedRelease(path)
  removeSavedRelease(path)
  const isSettled = stateOf(environment, STATE_SETTLED) === 'true'
  if (saved === undefined || (isSettled && stateOf(environment, STATE_UNTOLD) !== 'true')) return

  const signal = new AbortController().signal
  const { parsed, world, news, close } = await buildStep({
    environment,
    clock,
    toolkit,
    firstRequestSent,
    files,
    log,
    signal,
    loadGithub,
    isSecond: true,
    onRelease: (release) => reporters.update(release),
  })
  if (isSettled) {
    close()
    news.finish(saved)
    await news.flush(NO_HURRY)
    return
  }
  reporters.add(news)
  const wasCancelled = saved.status === 'cancelled' || environment['INPUT_JOB-STATUS'] === 'cancelled'
  const ended = await wrapUp({ ...saved, wasLost: !wasCancelled }, parsed, world)
  close()
  reporters.finish(ended)
  const { title } = verdictSentences(ended)
  const paragraph = verdictParagraph(ended)
  log.line(`${title}. ${paragraph}`)
  if (needsSomebody(ended)) annotate(toolkit, title, paragraph)
  await reporters.flush(NO_HURRY)
}
