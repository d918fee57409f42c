import { type Deployment, isOver } from './deployment.ts'
import { type Alarm, type Lane, latestDeployment } from './lane.ts'
import type { Failure } from './lifecycle.ts'
import type { Rules } from './rules.ts'

/** The alarms that stop a deployment at this moment. */
export function stoppingAlarms(lane: Lane, deployment: Deployment, atMs: number): readonly string[] {
  if (deployment.heldByAlarms.length > 0) return deployment.heldByAlarms
  return activeAlarms(lane, deployment.order.alarms, atMs).map((alarm) => alarm.name)
}

/** Planned alarms that this event sets going go off so long after it; each does so once. */
export function scheduleAlarms(lane: Lane, rules: Rules, event: string, atMs: number): Lane {
  const plans = rules.scenario.alarms.filter(
    (plan) => plan.after.event === event && !lane.spentAlarmPlans.includes(plan.name),
  )
  if (plans.length === 0) return lane
  const planned = plans.map((plan) => ({ name: plan.name, sinceMs: atMs + Math.round(plan.after.seconds * 1000) }))
  return {
    ...lane,
    alarms: [...lane.alarms, ...planned],
    spentAlarmPlans: [...lane.spentAlarmPlans, ...plans.map((plan) => plan.name)],
  }
}

/** An alarm stays in ALARM until it is set to OK; setting it to what it is changes nothing. */
export function setAlarm(lane: Lane, name: string, state: 'ALARM' | 'OK', atMs: number): Lane {
  if (state === 'OK') {
    return { ...lane, alarms: lane.alarms.filter((alarm) => alarm.name !== name || alarm.sinceMs > atMs) }
  }
  if (activeAlarms(lane, [name], atMs).length > 0) return lane
  return { ...lane, alarms: [...lane.alarms.filter((alarm) => alarm.name !== name), { name, sinceMs: atMs }] }
}

export function activeAlarms(lane: Lane, names: readonly string[], atMs: number): Alarm[] {
  return lane.alarms.filter((alarm) => names.includes(alarm.name) && alarm.sinceMs <= atMs)
}

/**
 * When an alarm will stop the newest deployment. CodeDeploy watches while the deployment runs or waits, also for the
 * termination of the original task set (assumed), and acts with a delay (observed).
 */
export function alarmStopMs(lane: Lane, rules: Rules): number | undefined {
  const deployment = latestDeployment(lane)
  if (deployment?.startedMs === undefined || isOver(deployment) || deployment.kind === 'rollback') return undefined
  if (deployment.heldByAlarms.length > 0) return deployment.startedMs + rules.timingsMs.alarmAtStart
  const watched = lane.alarms.filter((alarm) => deployment.order.alarms.includes(alarm.name))
  if (watched.length === 0) return undefined
  const sinceMs = Math.min(...watched.map((alarm) => alarm.sinceMs))
  return Math.max(sinceMs, deployment.startedMs) + rules.timingsMs.alarmLag
}

/** Angle brackets are literal, one pair for each alarm (observed). */
export function alarmFailure(active: readonly string[]): Failure {
  const names = active.map((name) => `<${name}>`)
  return {
    code: 'ALARM_ACTIVE',
    message:
      'One or more alarms have been activated according to the Amazon CloudWatch metrics you selected, and the ' +
      `affected deployments have been stopped. Activated alarms: ${names.join(' ')}`,
  }
}
