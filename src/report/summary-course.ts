import { areEventsKnown, type EventReading } from '../follow/snapshot.ts'
import { eventDurationMs } from '../follow/timeline.ts'
import type { Release } from '../release-state.ts'
import { markdownText } from '../text/untrusted.ts'
import { clockTime, duration, percentText } from '../text/words.ts'
import { eventHeads, releasedRevision } from './labels.ts'
import { peakTraffic, trafficNow } from './traffic.ts'

/** So many steps of a shift are told; a linear one may have a hundred. */
const MAX_STEPS = 24

/** So many events are told; there are a dozen. */
const MAX_EVENTS = 30

/** A shorter event is told without how long it took. In milliseconds. */
const TOLD_FROM_MS = 1_000

/** How production moved, and through which events, in two lines of text that wrap at any width. */
export function course(release: Release): string {
  return [trafficLine(release), eventsLine(release)].filter((line) => line !== '').join('\n\n')
}

/** A share of production on the replacement; without a time where nobody saw when it began. */
interface Share {
  percent: number
  atMs: number | undefined
}

/** `0 % ── 10 % 5 min ── 100 %`: the shares that the replacement had, and for how long. */
function trafficLine(release: Release): string {
  if (release.snapshot === undefined) return ''
  const shares = sharesOf(release)
  const steps = shares.map((share, index) => shareText(share, index === 0 ? undefined : shares[index + 1]))
  const shown =
    steps.length > MAX_STEPS ? [...steps.slice(0, MAX_STEPS / 2), '…', ...steps.slice(-MAX_STEPS / 2)] : steps
  const isSeen = trafficNow(release) !== undefined
  const line = isSeen && shown.length === 1 ? `${shown[0]} throughout` : shown.join(' ── ')
  return `**Traffic on ${markdownText(releasedRevision(release) || 'the replacement')}:** ${line}${isSeen ? '' : '; where it is now could not be seen'}`
}

function sharesOf(release: Release): Share[] {
  const told = release.timeline.flatMap((entry): Share[] =>
    entry.kind === 'traffic' ? [{ percent: entry.replacementPercent, atMs: entry.atMs }] : [],
  )
  const all: Share[] = [{ percent: 0, atMs: undefined }, ...told]
  // A rollback that could not take anything back is told the share that was there before.
  const shares = all.filter(({ percent }, index) => percent !== all[index - 1]?.percent)
  // What the first reading of all shows is no change, and neither is what a rollback has taken by its last.
  const peak = peakTraffic(release)
  if (shares.every(({ percent }) => percent < peak)) shares.push({ percent: peak, atMs: undefined })
  const now = trafficNow(release)
  if (now !== undefined && shares.at(-1)?.percent !== now) shares.push({ percent: now, atMs: endOf(release) })
  return shares
}

/** When the deployment ended: a rollback takes back at once what it had. */
function endOf({ snapshot }: Release): number | undefined {
  return snapshot?.endedAtMs
}

function shareText({ percent, atMs }: Share, next: Share | undefined): string {
  const lasted = atMs === undefined || next?.atMs === undefined ? undefined : next.atMs - atMs
  return `${percentText(percent)}${lasted === undefined || lasted < TOLD_FROM_MS ? '' : ` ${duration(lasted)}`}`
}

/** The events in their order, the one that failed marked; those that never began are left out. */
function eventsLine(release: Release): string {
  const { snapshot, endedAt } = release
  const events = (snapshot?.events ?? []).filter(({ status }) => HAS_BEGUN.has(status)).slice(0, MAX_EVENTS)
  if (snapshot === undefined || events.length === 0) return ''
  const { eventsReadAt } = snapshot
  const isOld = !areEventsKnown(snapshot, endedAt) && eventsReadAt !== undefined
  const asOf = isOld ? ` as last seen at ${clockTime(eventsReadAt.atMs)}` : ''
  return `**${eventHeads(release).section}${asOf}:** ${events.map(eventText).join(' → ')}`
}

const HAS_BEGUN: ReadonlySet<EventReading['status']> = new Set(['running', 'succeeded', 'failed', 'unknown'])

function eventText(event: EventReading): string {
  const tookMs = eventDurationMs(event)
  const took = tookMs === undefined || tookMs < TOLD_FROM_MS ? '' : ` ${duration(tookMs)}`
  const name = markdownText(event.name)
  switch (event.status) {
    case 'failed':
      return `❌ **${name} failed${took === '' ? '' : ` after${took}`}**`
    case 'running':
      return `${name} (running)`
    case 'unknown':
      return `${name} (not known)`
    default:
      return `${name}${took}`
  }
}
