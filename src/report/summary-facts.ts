import type { EngineWords } from '../engines/words.ts'
import { hasEnded, type Snapshot } from '../follow/snapshot.ts'
import { type Wait, waitedMs } from '../group/waits-so-far.ts'
import type { Release } from '../release-state.ts'
import { markdownCode, markdownText } from '../text/untrusted.ts'
import { clockTime, duration } from '../text/words.ts'
import { elapsedMs, type Moment } from '../time/clock.ts'
import { deploymentLink, deploymentName, revisionsInOrder, wordsFor } from './labels.ts'
import { MAX_LIST_LENGTH, table, withLink } from './markdown-parts.ts'
import { productionLastSeen, productionText } from './traffic.ts'

/** A status is read less often than the rest; from this age on its time is told. In milliseconds. */
const STATUS_IS_OLD_AFTER_MS = 45_000

export function facts(release: Release): string {
  const { service, deploymentId, startedAt, endedAt, snapshot, plan, caller, waits } = release
  const words = wordsFor(release)
  const deployment = deploymentId === undefined ? '' : markdownCode(deploymentName(release))
  const production = productionText(release)
  const readAtMs = release.production?.isOutdated === false ? release.production.readAtMs : undefined
  const lastSeen = productionLastSeen(release)
  const rows: [string, string][] = [
    ['Deployment', deployment === '' ? '' : withLink(deployment, deploymentLink(release))],
    [`${words.service} status`, snapshot === undefined ? '' : statusText(snapshot, words, endedAt)],
    ['Revision', revisionsInOrder(release).map(markdownCode).join(' → ')],
    [
      release.operation === 'preview' ? 'The lane runs' : 'Production now',
      production === '' ? '' : `${markdownCode(production)}${readText(readAtMs)}`,
    ],
    [
      'Production when last seen',
      lastSeen === undefined ? '' : `${markdownCode(lastSeen.text)}${readText(lastSeen.atMs)}`,
    ],
    [
      release.operation === 'preview' ? 'Preview' : 'Test listener',
      release.testUrl === undefined ? '' : withLink(markdownCode(release.testUrl), release.testUrl),
    ],
    ['Traffic shift', plan === undefined ? '' : markdownCode(plan.deploymentConfig)],
    [
      'Account, region',
      service === undefined ? '' : `${markdownCode(service.account)}, ${markdownCode(service.region)}`,
    ],
    ['Made as', caller === undefined ? '' : markdownCode(caller.arn)],
    ['Started', clockTime(startedAt.atMs, true)],
    ['Waited for room', waits.length === 0 ? '' : waitsText(waits, words, endedAt ?? startedAt)],
    ['Took', endedAt === undefined ? '' : tookText(elapsedMs(startedAt, endedAt))],
  ]
  const [first = ['', ''], ...others] = rows.filter(([, value]) => value !== '')
  return table(first, others)
}

/** Of what ended at once there is nothing to tell. */
function tookText(tookMs: number): string {
  return tookMs < 1_000 ? '' : duration(tookMs)
}

function waitsText(waits: readonly Wait[], { ids: names }: EngineWords, now: Moment): string {
  const ids = waits.slice(0, MAX_LIST_LENGTH).map(({ deploymentId }) => markdownCode(names.shown(deploymentId)))
  return `${duration(waitedMs(waits, now))} (${ids.join(', ')})`
}

function statusText(snapshot: Snapshot, { isInTerminationWait }: EngineWords, now: Moment | undefined): string {
  const { status, statusWord, statusReadAt, eventsAreDone } = snapshot
  const waits = status === 'running' && eventsAreDone ? ` (${isInTerminationWait})` : ''
  const isOld = !hasEnded(snapshot) && now !== undefined && elapsedMs(statusReadAt, now) > STATUS_IS_OLD_AFTER_MS
  return `${markdownText(statusWord)}${waits}${isOld ? readText(statusReadAt.atMs) : ''}`
}

function readText(readAtMs: number | undefined): string {
  return readAtMs === undefined ? '' : ` (read ${clockTime(readAtMs, true)})`
}
