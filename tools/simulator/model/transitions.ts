import { alarmFailure, alarmStopMs, stoppingAlarms } from './alarms.ts'
import { type Deployment, isOver, runningEventIndex } from './deployment.ts'
import { completeDeployment, createRollback, endDeployment } from './ending.ts'
import { finishEvent, startEvent } from './event-run.ts'
import { readyTimedOut, rollbackRefused, stoppedByUser } from './failures.ts'
import { changeDeployment, type Lane, latestDeployment, removeTaskSet } from './lane.ts'
import { nextNativeTransition } from './native/transitions.ts'
import { takeWeightStep } from './replacement.ts'
import type { Context, Rules } from './rules.ts'
import { startDeployment } from './start.ts'
import { makePlannedStop } from './stop.ts'
import { deathTurns, impairedTurn } from './task-turns.ts'
import { weightSteps } from './traffic.ts'
import { at, type Transition, when } from './transition.ts'

/**
 * What happens next in a lane if nobody does anything. Of several at one moment the first in the lists below comes
 * first; so the course of a lane does not depend on when it is looked at.
 */
export function nextTransition(lane: Lane, context: Context): Transition | undefined {
  const native = lane.native && nextNativeTransition(lane, context.rules)
  const deployment = latestDeployment(lane)
  if (!deployment || (lane.native && isOver(deployment) && !deployment.rollback)) return native
  let next = native
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
  if (isOver(deployment)) {
    return [
      ...(deployment.status === 'Succeeded' ? deathTurns(lane, context, deployment) : []),
      ...when(deployment.rollback?.atMs, (atMs) => createRollback(lane, rules, atMs)),
    ]
  }
  const stop = [
    ...when(deployment.plannedStop?.atMs, (atMs) => makePlannedStop(lane, rules, atMs)),
    ...when(deployment.stop?.dueMs, (atMs) =>
      endDeployment(lane, rules, atMs, 'stop', stoppedByUser(rules.assumptions.stopMessage)),
    ),
  ]
  if (deployment.startedMs === undefined) return [...startTurns(lane, context, deployment), ...stop]
  return [
    ...weightTurn(lane, rules, deployment),
    ...eventTurns(lane, context, deployment),
    ...impairedTurn(lane, context, deployment),
    ...deathTurns(lane, context, deployment),
    ...waitTurns(lane, context, deployment),
    ...when(alarmStopMs(lane, rules), (atMs) => {
      const alarms = stoppingAlarms(lane, deployment, atMs)
      return endDeployment(lane, rules, atMs, 'alarm', alarmFailure(alarms))
    }),
    ...stop,
  ]
}

function startTurns(lane: Lane, context: Context, { kind, status, createdMs }: Deployment): Transition[] {
  const { timingsMs, assumptions } = context.rules
  const created = kind === 'rollback' ? timingsMs.rollbackCreated : timingsMs.created
  const queues = assumptions.queuedShown && status === 'Created'
  return [
    ...(queues
      ? [at(createdMs + Math.floor(created / 2), (atMs) => changeDeployment(lane, atMs, { status: 'Queued' }))]
      : []),
    at(createdMs + created, (atMs) => startDeployment(lane, context, atMs)),
  ]
}

function weightTurn(lane: Lane, rules: Rules, deployment: Deployment): Transition[] {
  const shift = deployment.events.find((event) => event.name === 'AllowTraffic' && event.status === 'InProgress')
  const step = weightSteps(deployment.order.routing, rules.assumptions)[deployment.weightStepsTaken]
  if (shift?.startMs === undefined || !step || deployment.kind === 'rollback') return []
  return [at(shift.startMs + step.afterMs, (atMs) => takeWeightStep(lane, rules, atMs))]
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

function waitTurns(lane: Lane, { rules }: Context, deployment: Deployment): Transition[] {
  if (deployment.kind === 'rollback') return emptyRollbackTurn(lane, rules, deployment)
  const group = lane.group?.seed
  const { sinceMs, continued } = deployment.ready
  if (group && sinceMs !== undefined && !continued) {
    const { waitMinutes } = group.ready
    const failure = readyTimedOut(rules.assumptions.readyTimeoutCode, waitMinutes)
    return [at(sinceMs + waitMinutes * 60_000, (atMs) => endDeployment(lane, rules, atMs, 'ready-timeout', failure))]
  }
  const terminationWaitMs = (group?.terminationWaitMinutes ?? 0) * 60_000
  return when(
    deployment.terminationSinceMs === undefined ? undefined : deployment.terminationSinceMs + terminationWaitMs,
    (atMs) => completeDeployment(lane, rules, atMs),
  )
}

/** A rollback with no event to show takes its time all the same. */
function emptyRollbackTurn(lane: Lane, rules: Rules, { id, events, startedMs = 0 }: Deployment): Transition[] {
  if (events.length > 0) return []
  return [
    at(startedMs + rules.timingsMs.rollbackRun, (atMs) =>
      rules.scenario.rollbackFails
        ? endDeployment(lane, rules, atMs, 'failure', rollbackRefused(id))
        : completeDeployment(lane, rules, atMs),
    ),
  ]
}
