import { activeAlarms } from './alarms.ts'
import type { Deployment } from './deployment.ts'
import { endDeployment, rollBackTraffic } from './ending.ts'
import { startEvent } from './event-run.ts'
import { appSpecBroken, appSpecNotFound, NO_GRADUAL_SHIFT, serviceUnusable } from './failures.ts'
import { changeDeployment, type Lane, latestDeployment, primaryTaskSet } from './lane.ts'
import type { Failure } from './lifecycle.ts'
import type { Context, Rules } from './rules.ts'

/** The deployment leaves `Created`: what was not checked when it was created is checked now. */
export function startDeployment(lane: Lane, context: Context, atMs: number): Lane {
  const deployment = latestDeployment(lane)
  if (!deployment) return lane
  const { rules } = context
  if (deployment.kind === 'rollback') {
    const running = changeDeployment(lane, atMs, { status: 'InProgress', startedMs: atMs, targetStatus: 'InProgress' })
    const routed = rules.scenario.rollbackFails ? running : rollBackTraffic(running, rules, deployment, atMs)
    return startEvent(routed, context, 0, atMs)
  }
  const failure = faultOf(lane, deployment, rules)
  if (failure) return endDeployment(lane, rules, atMs, 'failure', failure)
  const holds = rules.assumptions.alarmActiveAtStart === 'first-event'
  const started = changeDeployment(lane, atMs, {
    status: 'InProgress',
    startedMs: atMs,
    targetStatus: 'InProgress',
    heldByAlarms: holds ? activeAlarms(lane, deployment.order.alarms, atMs).map((alarm) => alarm.name) : [],
    originalTaskSet: primaryTaskSet(lane)?.id,
    testListenerBefore: lane.service?.test,
  })
  return startEvent(started, context, 0, atMs)
}

/** A broken AppSpec passes CreateDeployment and fails here (observed: aws/aws-cli#6267). */
function faultOf(lane: Lane, { order }: Deployment, { scenario, assumptions }: Rules): Failure | undefined {
  if (scenario.ends?.after.event === 'Created') return { code: scenario.ends.code, message: scenario.ends.message }
  if (scenario.appSpecBroken) return appSpecBroken(assumptions.brokenAppSpecCode)
  if (!order.isFound) return appSpecNotFound(assumptions.brokenAppSpecCode)
  if (!order.appSpec) return appSpecBroken(assumptions.brokenAppSpecCode)
  const seed = lane.service?.seed
  if (seed?.loadBalancer === 'network' && order.routing.type !== 'AllAtOnce') return NO_GRADUAL_SHIFT
  if (seed?.controller === 'CODE_DEPLOY' && seed.status === 'ACTIVE') return undefined
  return serviceUnusable(lane.group?.seed.service ?? '')
}
