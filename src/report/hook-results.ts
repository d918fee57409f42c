import { functionName } from '../aws/arn.ts'
import { areEventsKnown, type EventReading, type EventStatus } from '../follow/snapshot.ts'
import { eventDurationMs } from '../follow/timeline.ts'
import type { Release } from '../release-state.ts'
import { wordsFor } from './labels.ts'

/** What became of one hook. */
export interface HookResult {
  event: string
  hookFunction: string
  /** `not-run`: it has not been called; `unknown`: that could not be seen. */
  result: 'succeeded' | 'failed' | 'running' | 'not-run' | 'unknown'
  durationMs: number | undefined
  /** What the service tells about a failure; untrusted. */
  diagnostics: string | undefined
}

/** The hooks of a release in the order in which they run. */
export function hookResults(release: Release): HookResult[] {
  const hooks = release.plan?.hooks ?? {}
  return wordsFor(release).hookEvents.flatMap((event) => {
    const reading = release.snapshot?.events.find(({ name }) => name === event)
    const functions = Object.hasOwn(hooks, event) ? (hooks[event] ?? '').split(', ') : []
    return functions.map((hookFunction): HookResult => {
      const result = resultOf(reading?.status, release)
      return {
        event,
        hookFunction,
        result: result === 'failed' && functions.length > 1 ? resultAmong(hookFunction, reading, release) : result,
        durationMs: reading === undefined ? undefined : eventDurationMs(reading),
        diagnostics: reading?.diagnostics,
      }
    })
  })
}

/** Of several functions at an event that failed, the one that is named has failed; the others were given up. */
function resultAmong(
  hookFunction: string,
  reading: EventReading | undefined,
  { snapshot }: Release,
): 'failed' | 'unknown' {
  const told = `${reading?.diagnostics ?? ''} ${snapshot?.error?.message ?? ''}`
  const isNamed = told.split(/[\s.,;]+/).some((word) => functionName(word) === functionName(hookFunction))
  return isNamed ? 'failed' : 'unknown'
}

function resultOf(event: EventStatus | undefined, release: Release): HookResult['result'] {
  if (event === 'succeeded' || event === 'failed') return event
  if (event === 'skipped' || isNotDeployed(release)) return 'not-run'
  const { snapshot, status, endedAt } = release
  if (snapshot === undefined && status === undefined) return 'not-run'
  if (snapshot === undefined || !areEventsKnown(snapshot, endedAt)) return 'unknown'
  // Its event has passed, so that it has not failed.
  if (event === 'unseen') return 'succeeded'
  return event === 'running' || event === 'unknown' ? event : 'not-run'
}

function isNotDeployed({ deploymentId, status }: Release): boolean {
  return deploymentId === undefined && status !== 'unknown'
}
