import type { EventReading } from '../follow/snapshot.ts'
import { type Release, rollbackOf } from '../release-state.ts'
import { keptSinceMs, originalKeptUntilMs } from './deadlines.ts'
import { deploymentName, eventHeads, wordsFor } from './labels.ts'

/** Bars of a picture at most: GitHub draws 50,000 characters of Mermaid. Source: Mermaid documentation, `maxTextSize`. */
const MAX_BARS = 100

/**
 * The timeline as a Mermaid `gantt`, in UTC; empty while nothing has a time. GitHub draws it in summaries; a table with
 * the same facts stands beside it because e-mail and the mobile app show its source.
 */
export function renderGantt(release: Release): string {
  const events = (release.snapshot?.events ?? []).slice(0, MAX_BARS).flatMap(eventBar)
  if (events.length === 0) return ''
  const kept = keptBar(release)
  const rollback = rollbackBar(release)
  return [
    '```mermaid',
    'gantt',
    `  title ${label(`Deployment ${deploymentName(release)} (UTC)`)}`,
    '  dateFormat YYYY-MM-DDTHH:mm:ss',
    '  axisFormat %H:%M:%S',
    '  todayMarker off',
    `  section ${eventHeads(release).section}`,
    ...events,
    ...(kept === '' ? [] : ['  section Original', kept]),
    ...(rollback === '' ? [] : ['  section Rollback', rollback]),
    '```',
  ].join('\n')
}

function eventBar({ name, status, startedAtMs, endedAtMs }: EventReading): string[] {
  if (startedAtMs === undefined) return []
  const tag = status === 'failed' ? 'crit' : status === 'running' ? 'active' : 'done'
  return [bar(name, tag, startedAtMs, endedAtMs ?? startedAtMs)]
}

function keptBar(release: Release): string {
  const untilMs = originalKeptUntilMs(release)
  const fromMs = keptSinceMs(release.snapshot)
  return untilMs === undefined || fromMs === undefined ? '' : bar('kept for rollback', 'active', fromMs, untilMs)
}

function rollbackBar(release: Release): string {
  const { createdAtMs, endedAtMs, deploymentId, status } = rollbackOf(release)?.snapshot ?? {}
  if (createdAtMs === undefined || deploymentId === undefined) return ''
  const tag = endedAtMs === undefined ? 'active' : status === 'succeeded' ? 'done' : 'crit'
  return bar(wordsFor(release).ids.ofRollback(deploymentId) ?? 'rollback', tag, createdAtMs, endedAtMs ?? createdAtMs)
}

/** Mermaid reads whole seconds here; a bar is at least one long, so that it can be seen. */
function bar(name: string, tag: string, fromMs: number, toMs: number): string {
  const endMs = Math.max(toMs, fromMs + 1_000)
  return `  ${label(name)} :${tag}, ${wholeSeconds(fromMs)}, ${wholeSeconds(endMs)}`
}

function wholeSeconds(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 19)
}

/** `:`, `;` and `#` mean something in Mermaid, and a bar must have a label; only what names are made of is left. */
function label(text: string): string {
  const shown = text
    .replace(/[^\w ().,/-]/g, ' ')
    .trim()
    .slice(0, 80)
  return /\w/.test(shown) ? shown : 'unnamed'
}
