import type { Deployment } from './deployment.ts'
import { changeDeployment, type Lane, latestDeployment } from './lane.ts'
import type { Rules } from './rules.ts'

/**
 * The group waits before this event until ContinueDeployment comes or the wait is over: after test traffic and before
 * production traffic (assumed). A group that continues by itself waits as well if it has a time for it (assumed).
 */
export function waitsBefore(lane: Lane, rules: Rules, deployment: Deployment, index: number): boolean {
  const ready = lane.group?.seed.ready
  if (deployment.events[index]?.name !== 'BeforeAllowTraffic' || !ready) return false
  if (ready.action === 'STOP_DEPLOYMENT') return true
  return ready.waitMinutes > 0 && rules.assumptions.continueWait === 'waits'
}

export function becomeReady(lane: Lane, atMs: number): Lane {
  return changeDeployment(lane, atMs, {
    status: 'Ready',
    targetStatus: 'Ready',
    ready: { sinceMs: atMs, continued: false },
  })
}

/** ContinueDeployment came, or the group does not insist on it. */
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
