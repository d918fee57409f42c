import { serviceUrl } from '../aws/console-links.ts'
import type { EngineWords } from '../engines/words.ts'
import type { Rollback } from '../follow/rollback.ts'
import { hasEnded, type Snapshot } from '../follow/snapshot.ts'
import { type Wait, waitedMs } from '../group/waits-so-far.ts'
import { type Release, rollbackOf } from '../release-state.ts'
import { describeShift } from '../service/traffic-shift.ts'
import { markdownCode, markdownText } from '../text/untrusted.ts'
import { clockTime, duration } from '../text/words.ts'
import { elapsedMs, type Moment } from '../time/clock.ts'
import { hadNothingToRollBack } from './end-cause.ts'
import { deploymentLink, deploymentName, revisionsInOrder, serviceLabel, wordsFor } from './labels.ts'
import { facts, MAX_LIST_LENGTH, withLink } from './markdown-parts.ts'
import { type ImageChange, imageChanges, versions } from './released.ts'
import { productionLastSeen, productionText } from './traffic.ts'

/** A status is read less often than the rest; from this age on its time is told. In milliseconds. */
const STATUS_IS_OLD_AFTER_MS = 45_000

/** So many images are told; the list of changes has all. */
const MAX_IMAGES = 3

/** So many characters of a commit tell it from others. */
const SHORT_COMMIT_LENGTH = 7

type Row = readonly [name: string, value: string]

/** What people look for, most asked first. */
export function factsTable(release: Release): string {
  return facts([
    ...imageRows(release),
    ['Task definition', revisionsText(release)],
    ...productionRows(release),
    ['Deployment', deploymentText(release)],
    ['Rollback', rollbackText(release)],
    [release.operation === 'preview' ? 'Preview' : 'Test listener', testUrlText(release)],
    ['Traffic shift', release.plan === undefined ? '' : describeShift(release.plan.shift)],
    ['Service', serviceText(release)],
    ['Commit', commitText(release)],
    ['Started', startedText(release)],
  ])
}

export function imageRows(release: Release): Row[] {
  const changes = imageChanges(release)
  return changes
    .slice(0, MAX_IMAGES)
    .map((change): Row => [changes.length === 1 ? 'Image' : `Image of ${change.container}`, imageText(change)])
}

function revisionsText(release: Release): string {
  const revisions = revisionsInOrder(release).map(markdownCode)
  const isToCome = release.status === 'planned' && release.plan?.definition.kind === 'register'
  return [...revisions, ...(isToCome ? ['a new revision'] : [])].join(' → ')
}

function imageText({ from, to }: ImageChange): string {
  if (from === undefined || to === undefined)
    return `${markdownCode(from ?? 'absent')} → ${markdownCode(to ?? 'absent')}`
  return versions(from, to).map(markdownCode).join(' → ')
}

export function productionRows(release: Release): Row[] {
  const now = productionText(release)
  const readAtMs = release.production?.isOutdated === false ? release.production.readAtMs : undefined
  const lastSeen = productionLastSeen(release)
  return [
    [
      release.operation === 'preview' ? 'The lane runs' : 'Production now',
      now === '' ? '' : `${markdownCode(now)}${bracketed(imageOf(now, release), readText(readAtMs))}`,
    ],
    [
      'Production when last seen',
      lastSeen === undefined ? '' : `${markdownCode(lastSeen.text)}${bracketed(readText(lastSeen.atMs))}`,
    ],
  ]
}

function deploymentText(release: Release): string {
  const { endedAt, deploymentId } = release
  if (deploymentId === undefined) return ''
  const words = wordsFor(release)
  const snapshot = newestReading(release)
  const id = withLink(markdownText(deploymentName(release)), deploymentLink(release))
  return `${id} by ${words.service}${snapshot === undefined ? '' : `: ${statusText(snapshot, words, endedAt)}`}`
}

/** A rollback that is a part of its deployment goes on where that ended. */
function newestReading(release: Release): Snapshot | undefined {
  const rollback = rollbackOf(release)
  const isOwn = wordsFor(release).ids.ofRollback(rollback?.deploymentId) !== undefined
  return isOwn ? release.snapshot : (rollback?.snapshot ?? release.snapshot)
}

function statusText(snapshot: Snapshot, { isInTerminationWait }: EngineWords, now: Moment | undefined): string {
  const { status, statusWord, statusReadAt, eventsAreDone } = snapshot
  const waits = status === 'running' && eventsAreDone ? ` (${isInTerminationWait})` : ''
  const isOld = !hasEnded(snapshot) && now !== undefined && elapsedMs(statusReadAt, now) > STATUS_IS_OLD_AFTER_MS
  return `${markdownText(statusWord)}${waits}${isOld ? bracketed(readText(statusReadAt.atMs)) : ''}`
}

function rollbackText(release: Release): string {
  const rollback = rollbackOf(release)
  if (rollback === undefined || (rollback.status === 'none' && !rollback.wasDue)) return ''
  if (hadNothingToRollBack(release)) return ''
  if (rollback.status === 'unknown' && !rollback.wasDue) return ''
  const id = wordsFor(release).ids.ofRollback(rollback.deploymentId)
  const created = rollback.snapshot?.createdAtMs
  const ended = rollback.snapshot?.endedAtMs
  const took = created === undefined || ended === undefined ? '' : ` in ${duration(ended - created)}`
  return `${id === undefined ? '' : `${markdownCode(id)}: `}${ROLLBACKS[rollback.status]}${took}`
}

const ROLLBACKS: Record<Rollback['status'], string> = {
  none: 'none, although one was due',
  running: 'running',
  succeeded: 'succeeded',
  failed: '**failed**',
  unknown: 'not seen',
}

function testUrlText({ testUrl }: Release): string {
  return testUrl === undefined ? '' : withLink(markdownText(testUrl), testUrl)
}

function serviceText(release: Release): string {
  const { service } = release
  if (service === undefined) return ''
  const url = serviceUrl(service.partition, service.region, service.clusterName, service.name)
  return `${withLink(markdownText(serviceLabel(release)), url)} in ${markdownText(service.region)}`
}

function commitText({ run }: Release): string {
  if (run.repository === '' || run.sha === '') return ''
  const url = `${run.serverUrl}/${run.repository}/commit/${run.sha}`
  return withLink(markdownText(run.sha.slice(0, SHORT_COMMIT_LENGTH)), url)
}

function startedText(release: Release): string {
  const { startedAt, endedAt, waits } = release
  const took = endedAt === undefined ? '' : tookText(elapsedMs(startedAt, endedAt))
  const waited = waits.length === 0 ? '' : `; waited ${waitsText(waits, wordsFor(release), endedAt ?? startedAt)}`
  return `${clockTime(startedAt.atMs, true)}${took}${waited}`
}

/** Of what ended at once there is nothing to tell. */
function tookText(tookMs: number): string {
  return tookMs < 1_000 ? '' : `, took ${duration(tookMs)}`
}

function waitsText(waits: readonly Wait[], { ids: names }: EngineWords, now: Moment): string {
  const ids = waits.slice(0, MAX_LIST_LENGTH).map(({ deploymentId }) => markdownCode(names.shown(deploymentId)))
  return `${duration(waitedMs(waits, now))} for ${ids.join(', ')}`
}

function readText(readAtMs: number | undefined): string {
  return readAtMs === undefined ? '' : `read ${clockTime(readAtMs, true)}`
}

function bracketed(...texts: readonly string[]): string {
  const told = texts.filter((text) => text !== '')
  return told.length === 0 ? '' : ` (${told.join(', ')})`
}

/** The image of the revision that serves alone, as far as it is known. */
function imageOf(revision: string, release: Release): string {
  const [before, after] = revisionsInOrder(release)
  const changes = imageChanges(release)
  const [{ from = undefined, to = undefined } = {}] = changes
  if (changes.length !== 1 || from === undefined || to === undefined) return ''
  const [old, fresh] = versions(from, to)
  return revision === after ? markdownText(fresh) : revision === before ? markdownText(old) : ''
}
