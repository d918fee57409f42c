import { type Deployment, isOver } from './deployment.ts'
import { changeDeployment, type Lane, latestDeployment } from './lane.ts'
import type { Rules } from './rules.ts'

/** Before anything was installed there is nothing to wait for (assumed). */
export function stopDelayMs(lane: Lane, rules: Rules): number {
  const deployment = latestDeployment(lane)
  return deployment?.replacementTaskSet === undefined ? 0 : rules.timingsMs.stopLag
}

/** Somebody asked for the newest deployment to be stopped, which happens a moment later. */
export function requestStop(lane: Lane, rules: Rules, atMs: number, rollback: boolean | undefined): Lane {
  return changeDeployment(lane, atMs, {
    stop: { dueMs: atMs + stopDelayMs(lane, rules), rollback },
    plannedStop: undefined,
  })
}

/** Planned stops that this event sets going; each is made once. */
export function scheduleStop(lane: Lane, rules: Rules, event: string, atMs: number): Lane {
  const plans = rules.scenario.stops ?? []
  const place = plans.findIndex((plan, i) => plan.after.event === event && !lane.spentStopPlans.includes(i))
  const plan = plans[place]
  if (!plan) return lane
  const plannedStop = { atMs: atMs + Math.round(plan.after.seconds * 1000), rollback: plan.rollback }
  return changeDeployment({ ...lane, spentStopPlans: [...lane.spentStopPlans, place] }, atMs, { plannedStop })
}

/** The planned stop, at its moment: as StopDeployment would, or not at all when that would be refused. */
export function makePlannedStop(lane: Lane, rules: Rules, atMs: number): Lane {
  const deployment = latestDeployment(lane)
  if (!deployment?.plannedStop) return lane
  if (deployment.stop || !canBeStopped(deployment, rules)) {
    return changeDeployment(lane, atMs, { plannedStop: undefined })
  }
  return requestStop(lane, rules, atMs, deployment.plannedStop.rollback)
}

/** Whether it can while the original task set waits for its termination is assumed, and so it is for a rollback. */
export function canBeStopped(deployment: Deployment, { assumptions }: Rules): boolean {
  if (isOver(deployment)) return false
  if (deployment.kind === 'rollback') return assumptions.stopOfRollback === 'accepted'
  return deployment.terminationSinceMs === undefined || assumptions.stopInTerminationWait === 'accepted'
}
