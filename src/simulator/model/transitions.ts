import { activeAlarms, alarmFailure, alarmStopMs } from './alarms.ts'
import { type Deployment, isOver, runningEventIndex } from './deployment.ts'
import { completeDeployment, createRollback, endDeployment } from './ending.ts'
import { finishEvent, startEvent } from './event-run.ts'
import { readyTimedOut, STOPPED_BY_USER, UNHEALTHY } from './failures.ts'
import { type Lane, latestDeployment, logServiceEvent, removeTaskSet } from './lane.ts'
import { leaveReady } from './ready-wait.ts'
import { killReplacement, takeWeightStep } from './replacement.ts'
import type { Context } from './rules.ts'
import { startDeployment } from './start.ts'
import { weightSteps } from './traffic.ts'

/** Something that will happen by itself, at a known moment. */
export interface Transition {
  atMs: number
  /** The lane as it is right after. */
  happen(): Lane
}

/**
 * What happens next in a lane if nobody does anything. Of several at one moment the first in the lists below comes
 * first; so the course of a lane does not depend on when it is looked at.
 */
export function nextTransition(lane: Lane, context: Context): Transition | undefined {
  const deployment = latestDeployment(lane)
  if (!deployment) return undefined
  let next: Transition | undefined
  for (const candidate of [...removals(lane), ...turnsOf(lane, context, deployment)]) {
    if (!next || candidate.atMs < next.atMs) next = candidate
  }
  return next
}

function removals(lane: Lane): Transition[] {
  return (lane.service?.taskSets ?? []).flatMap(({ id, goneMs }) =>
    goneMs === undefined ? [] : [at(goneMs, (atMs) => removeTaskSet(lane, id, atMs))],
  )
}

function turnsOf(lane: Lane, context: Context, deployment: Deployment): Transition[] {
  const { rules } = context
  const { timingsMs } = rules
  if (isOver(deployment)) {
    return deployment.rollback ? [at(deployment.rollback.atMs, (atMs) => createRollback(lane, atMs))] : []
  }
  const stop = when(deployment.stop?.dueMs, (atMs) => endDeployment(lane, rules, atMs, 'stop', STOPPED_BY_USER))
  if (deployment.startedMs === undefined) {
    const created = deployment.kind === 'rollback' ? timingsMs.rollbackCreated : timingsMs.created
    return [at(deployment.createdMs + created, (atMs) => startDeployment(lane, context, atMs)), ...stop]
  }
  return [
    ...weightTurn(lane, deployment),
    ...eventTurns(lane, context, deployment),
    ...crashLoopTurn(lane, deployment),
    ...deathTurns(lane, context, deployment),
    ...waitTurns(lane, context, deployment),
    ...when(alarmStopMs(lane, rules), (atMs) => {
      const stopped = activeAlarms(lane, deployment.order.alarms, atMs)
      return endDeployment(lane, rules, atMs, 'alarm', alarmFailure(stopped))
    }),
    ...stop,
  ]
}

function weightTurn(lane: Lane, deployment: Deployment): Transition[] {
  const shift = deployment.events.find((event) => event.name === 'AllowTraffic' && event.status === 'InProgress')
  const step = weightSteps(deployment.order.routing)[deployment.weightStepsTaken]
  if (shift?.startMs === undefined || !step || deployment.kind === 'rollback') return []
  return [at(shift.startMs + step.afterMs, (atMs) => takeWeightStep(lane, atMs))]
}

function eventTurns(lane: Lane, context: Context, deployment: Deployment): Transition[] {
  const running = runningEventIndex(deployment)
  const due = deployment.events[running]?.due
  const next = deployment.events.findIndex((event) => event.status === 'Pending')
  return [
    ...when(due?.atMs, (atMs) => finishEvent(lane, context.rules, running, atMs, due?.failure)),
    ...when(deployment.nextEventMs, (atMs) => startEvent(lane, context, next, atMs)),
  ]
}

const CRASH_LOOP = 'is unable to consistently start tasks successfully.'
const CRASH_LOOP_EVERY_MS = 60_000

function crashLoopTurn(lane: Lane, deployment: Deployment): Transition[] {
  const install = deployment.events.find((event) => event.name === 'Install' && event.status === 'InProgress')
  const replacement = lane.service?.taskSets.find((taskSet) => taskSet.id === deployment.replacementTaskSet)
  if (install?.startMs === undefined || !replacement?.slots.some((slot) => slot.flapping)) return []
  const last = lane.service?.events.findLast((event) => event.message.endsWith(CRASH_LOOP))
  const sinceMs = Math.max(install.startMs, last?.atMs ?? 0)
  return [at(sinceMs + CRASH_LOOP_EVERY_MS, (atMs) => logServiceEvent(lane, atMs, CRASH_LOOP))]
}

function deathTurns(lane: Lane, { rules }: Context, deployment: Deployment): Transition[] {
  const diesMs = deployment.replacementDiesMs
  const replacement = lane.service?.taskSets.find((taskSet) => taskSet.id === deployment.replacementTaskSet)
  if (diesMs === undefined || !replacement || deployment.targetStatus === 'Succeeded') return []
  if (!replacement.slots.some((slot) => slot.died)) return [at(diesMs, (atMs) => killReplacement(lane, rules, atMs))]
  const failsMs = diesMs + rules.timingsMs.unhealthyLag
  return [at(failsMs, (atMs) => endDeployment(lane, rules, atMs, 'failure', UNHEALTHY))]
}

function waitTurns(lane: Lane, { rules }: Context, deployment: Deployment): Transition[] {
  const group = lane.group?.seed
  const { sinceMs, continued } = deployment.ready
  if (group && sinceMs !== undefined && !continued) {
    const { action, waitMinutes } = group.ready
    const failure = readyTimedOut(rules.assumptions.readyTimeoutCode, waitMinutes)
    return [
      at(sinceMs + waitMinutes * 60_000, (atMs) =>
        action === 'STOP_DEPLOYMENT'
          ? endDeployment(lane, rules, atMs, 'ready-timeout', failure)
          : leaveReady(lane, rules, atMs),
      ),
    ]
  }
  const keepsOriginal = group?.originalTaskSet === 'KEEP_ALIVE'
  const terminationWaitMs = keepsOriginal ? 0 : (group?.terminationWaitMinutes ?? 0) * 60_000
  return when(
    deployment.terminationSinceMs === undefined ? undefined : deployment.terminationSinceMs + terminationWaitMs,
    (atMs) => completeDeployment(lane, rules, atMs),
  )
}

function at(atMs: number, happen: (atMs: number) => Lane): Transition {
  return { atMs, happen: () => happen(atMs) }
}

function when(atMs: number | undefined, happen: (atMs: number) => Lane): Transition[] {
  return atMs === undefined ? [] : [at(atMs, happen)]
}
