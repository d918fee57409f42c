import { areEventsKnown, type EventStatus } from '../follow/snapshot.ts'
import { eventDurationMs } from '../follow/timeline.ts'
import { LIFECYCLE_HOOKS } from '../inputs/hooks.ts'
import type { Release } from '../release-state.ts'

/** What became of one hook. */
export interface HookResult {
  event: string
  hookFunction: string
  /** `not-run`: it has not been called; `unknown`: that could not be seen. */
  result: 'succeeded' | 'failed' | 'running' | 'not-run' | 'unknown'
  durationMs: number | undefined
  /** What CodeDeploy tells about a failure; untrusted. */
  diagnostics: string | undefined
}

/** The hooks of a release in the order in which they run. */
export function hookResults(release: Release): HookResult[] {
  const hooks = release.plan?.hooks ?? {}
  return LIFECYCLE_HOOKS.flatMap((event): HookResult[] => {
    const hookFunction = hooks[event]
    if (hookFunction === undefined) return []
    const reading = release.snapshot?.events.find(({ name }) => name === event)
    return [
      {
        event,
        hookFunction,
        result: resultOf(reading?.status, release),
        durationMs: reading === undefined ? undefined : eventDurationMs(reading),
        diagnostics: reading?.diagnostics,
      },
    ]
  })
}

function resultOf(event: EventStatus | undefined, release: Release): HookResult['result'] {
  if (event === 'succeeded' || event === 'failed') return event
  if (event === 'skipped' || isNotDeployed(release)) return 'not-run'
  const { snapshot, status, endedAt } = release
  if (snapshot === undefined && status === undefined) return 'not-run'
  if (snapshot === undefined || !areEventsKnown(snapshot, endedAt)) return 'unknown'
  return event === 'running' || event === 'unknown' ? event : 'not-run'
}

function isNotDeployed({ deploymentId, status }: Release): boolean {
  return deploymentId === undefined && status !== 'unknown'
}
