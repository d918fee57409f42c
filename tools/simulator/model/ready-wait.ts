import type { Deployment } from './deployment.ts'
import { changeDeployment, type Lane, latestDeployment } from './lane.ts'
import type { Rules } from './rules.ts'

/**
 * The group waits before this event until ContinueDeployment comes or the wait is over. Hooks for test traffic run in
 * the meantime: "during this wait time, validation tests ... are executed" (documented).
 */
export function waitsBefore(lane: Lane, deployment: Deployment, index: number): boolean {
  return deployment.events[index]?.name === 'BeforeAllowTraffic' && lane.group?.seed.ready.action === 'STOP_DEPLOYMENT'
}

export function becomeReady(lane: Lane, atMs: number): Lane {
  return changeDeployment(lane, atMs, {
    status: 'Ready',
    targetStatus: 'Ready',
    ready: { sinceMs: atMs, continued: false },
  })
}

/** ContinueDeployment came. */
export function leaveReady(lane: Lane, rules: Rules, atMs: number): Lane {
  const deployment = latestDeployment(lane)
  const isBetweenEvents = !deployment?.events.some((event) => event.status === 'InProgress')
  return changeDeployment(lane, atMs, {
    status: 'InProgress',
    targetStatus: 'InProgress',
    ready: { sinceMs: deployment?.ready.sinceMs, continued: true },
    nextEventMs: isBetweenEvents ? atMs + rules.timingsMs.gap : undefined,
  })
}
