import type { EventStatus } from '../follow/snapshot.ts'
import { eventDurationMs } from '../follow/timeline.ts'
import { LIFECYCLE_HOOKS } from '../inputs/hooks.ts'
import type { Release } from '../release-state.ts'

/** What became of one hook. */
export interface HookResult {
  event: string
  hookFunction: string
  /** `not-run`: the deployment ended before it, or it was not seen. */
  result: 'succeeded' | 'failed' | 'running' | 'not-run'
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
        result: resultOf(reading?.status),
        durationMs: reading === undefined ? undefined : eventDurationMs(reading),
        diagnostics: reading?.diagnostics,
      },
    ]
  })
}

function resultOf(status: EventStatus | undefined): HookResult['result'] {
  return status === 'succeeded' || status === 'failed' || status === 'running' ? status : 'not-run'
}
