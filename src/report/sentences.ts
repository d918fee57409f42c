import { revisionName } from '../aws/arn.ts'
import { type EventReading, replacementOf } from '../follow/snapshot.ts'
import type { Wait } from '../group/waits-so-far.ts'
import { isRelease } from '../inputs/operation.ts'
import { type Release, rollbackOf } from '../release-state.ts'
import { andList, capitalized, clockTime, count, paragraph } from '../text/words.ts'
import type { Status } from '../verdict.ts'
import { cause, releasedSentence } from './cause.ts'
import { originalKeptUntilMs } from './deadlines.ts'
import { originalRevision, releasedRevision, wordsFor } from './labels.ts'
import { nextStep } from './next-step.ts'
import { isGoneAgain, previewTitle } from './previews.ts'
import { shortOfTasks } from './short-of-tasks.ts'
import {
  neverShifted,
  peakTraffic,
  productionLastSeen,
  productionText,
  testListenerText,
  testTraffic,
} from './traffic.ts'

/**
 * What happened and why, what to do, and where production is, each a plain sentence or several; empty when there is
 * nothing. Who reads two of them reads cause and advice.
 */
export interface Verdict {
  /** A few words: "Rolled back". */
  title: string
  cause: string
  /** The next step. */
  advice: string
  production: string
  /** What still runs, test traffic, what is kept. */
  remains: string
}

const TITLES: Record<Status, string> = {
  succeeded: 'Released',
  'awaiting-promotion': 'Awaiting promotion',
  started: 'Started',
  unchanged: 'Unchanged',
  planned: 'Planned',
  refused: 'Refused',
  failed: 'Failed',
  'rolled-back': 'Rolled back',
  'rollback-failed': 'ROLLBACK FAILED',
  stopped: 'Stopped',
  'timed-out': 'Timed out',
  cancelled: 'Cancelled',
  unknown: 'Lost sight',
}

/** The verdict on a release in words. While the release goes on it says so. */
export function verdictSentences(release: Release): Verdict {
  return {
    title: titleOf(release),
    cause: cause(release),
    advice: nextStep(release),
    production: productionSentence(release),
    remains: paragraph(contradictionSentence(release), madeRoomSentence(release), remains(release)),
  }
}

function titleOf(release: Release): string {
  const { status, operation } = release
  if (status === undefined) return 'In progress'
  const preview = previewTitle(release)
  if (preview !== undefined) return preview
  const title = operation === 'rollback' && status === 'succeeded' ? 'Rolled back' : TITLES[status]
  const short = shortOfTasks(release)
  return short === undefined ? title : `${title} with ${short.running} of ${count(short.desired, 'task')} running`
}

/** The verdict as one paragraph, for the annotation and the last line of the log: why, what to do, then what is. */
export function verdictParagraph(release: Release): string {
  const { cause: what, advice: next, production, remains: rest } = verdictSentences(release)
  return paragraph(what, next, production, rest)
}

/** How a deployment ended and its events, where the service says of both what cannot be true. */
function contradictionSentence(release: Release): string {
  const { status, snapshot } = release
  if (status === undefined || snapshot?.isBehind !== true) return ''
  const { statusWord, events, eventsReadAt } = snapshot
  const open = events.find(({ status: one }) => one === 'running' || one === 'pending' || one === 'failed')
  const at = eventsReadAt === undefined ? '' : ` at ${clockTime(eventsReadAt.atMs)}`
  const shown = open === undefined ? 'it still runs' : `${open.name} is ${eventResultWord(open.status)}`
  const { service, event } = wordsFor(release)
  return `${service} contradicts itself: it says that the deployment is ${statusWord}, and showed${at} that ${shown}. The ${event}s are not taken for how it ended.`
}

function eventResultWord(status: EventReading['status']): string {
  return status === 'running' ? 'still running' : status === 'pending' ? 'still to come' : status
}

/** What of others was ended to make room. */
function madeRoomSentence(release: Release): string {
  const { ids, terminationWait } = wordsFor(release)
  const idsAt = (wanted: Wait['step']) =>
    release.waits.filter(({ step }) => step === wanted).map(({ deploymentId }) => ids.shown(deploymentId))
  const stopped = idsAt('stop')
  const cut = idsAt('end-termination-wait')
  return paragraph(
    stopped.length === 0 ? '' : `To make room, ${andList(stopped)} was stopped with rollback.`,
    cut.length === 0
      ? ''
      : `To make room, the ${terminationWait} of ${andList(cut)} was ended, and with it its instant rollback.`,
  )
}

/** Nothing was followed, so that there is nothing to say of production. */
const SILENT: ReadonlySet<Status> = new Set<Status>(['refused', 'started', 'unchanged', 'planned'])

/** What serves production now, and whether it ever left the original. */
function productionSentence(release: Release): string {
  const { production, status } = release
  if (status === undefined || SILENT.has(status) || isGoneAgain(release)) return ''
  if (release.deploymentId === undefined && status !== 'unknown') return ''
  const what = release.operation === 'preview' ? 'The lane' : 'Production'
  if (neverShifted(release))
    return `${release.operation === 'preview' ? "The lane's" : 'Production'} traffic never left the original (${originalRevision(release)}).`
  const text = productionText(release)
  if (production !== undefined && text !== '') {
    const again = isRolledBack(release) && peakTraffic(release) > 0 ? ' again' : ''
    return `${what} runs ${text}${again} (read ${clockTime(production.readAtMs)}).`
  }
  const lastSeen = productionLastSeen(release)
  const now =
    production?.primary === undefined
      ? 'What serves production could not be seen.'
      : `How production is split could not be seen; ${wordsFor(release).primary} runs ${production.primary.name} (read ${clockTime(production.primary.readAtMs)}).`
  return lastSeen === undefined
    ? now
    : `${now} When it was last seen at ${clockTime(lastSeen.atMs)}, production ran ${lastSeen.text}.`
}

/** What serves is what served before. */
function isRolledBack(release: Release): boolean {
  return rollbackOf(release)?.status === 'succeeded'
}

function remains(release: Release): string {
  if (isRolledBack(release)) return ''
  if (release.status === 'refused') return leftBehind(release)
  if (release.status === 'succeeded') {
    return release.preview?.task === 'claim' ? releasedSentence(release) : keptSentence(release)
  }
  // That the replacement is there for tests is what the release says itself.
  if (release.status === 'awaiting-promotion' && testTraffic(release) !== 'replacement') return testSentence(release)
  if (release.status !== 'failed' && release.status !== 'stopped' && release.status !== 'rollback-failed') return ''
  const replacement = replacementOf(release.snapshot)
  const isRunning =
    replacement !== undefined && replacement.state !== 'draining' && replacement.running + replacement.desired > 0
  return paragraph(
    testSentence(release),
    isRunning
      ? `${capitalized(wordsFor(release).replacement)} still runs (${replacement.running} of ${replacement.desired} tasks).`
      : '',
  )
}

/** Where test traffic goes: as it was read, else by the lifecycle events. */
function testSentence(release: Release): string {
  if (release.testListener !== undefined) {
    const text = testListenerText(release)
    return text === '' ? '' : `${text}.`
  }
  return testTraffic(release) === 'replacement'
    ? `Test traffic goes to the replacement (${releasedRevision(release)}).`
    : ''
}

/** A refused rollback may have ended a termination wait, or been stopped by an alarm before it was refused. */
function leftBehind(release: Release): string {
  const { taskDefinition, lostRevisionOf } = release
  if (release.deploymentId !== undefined && release.preview !== undefined) return ''
  const nothing = isRelease(release.operation)
    ? 'Nothing was deployed.'
    : release.operation === 'rollback'
      ? 'Production was not changed.'
      : 'Nothing was changed.'
  if (lostRevisionOf !== undefined) {
    return `${nothing} Whether a new revision of ${lostRevisionOf} was registered could not be seen; nothing uses it.`
  }
  return taskDefinition?.isNew === true
    ? `${nothing} Task definition ${revisionName(taskDefinition.arn)} was registered and is not used.`
    : nothing
}

function keptSentence(release: Release): string {
  const untilMs = originalKeptUntilMs(release)
  if (untilMs === undefined) return ''
  const { rollbackOn = [], alarms: watched = [] } = release.plan ?? {}
  const alarms = rollbackOn.includes('alarm') && watched.length > 0 ? ' an alarm or' : ''
  return `The original (${originalRevision(release)}) is kept until ${clockTime(untilMs)}; until then${alarms} a stop still rolls back, though this step no longer watches.`
}
