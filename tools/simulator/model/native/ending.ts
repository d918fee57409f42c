import { changeService, type Lane, logServiceEvent } from '../lane.ts'
import type { Rules } from '../rules.ts'
import { weightsWith } from '../traffic.ts'
import { rollbackHooks } from './hooks.ts'
import {
  changeNative,
  changeServiceDeployment,
  countTasksOf,
  findServiceDeployment,
  ongoingDeployments,
} from './native-service.ts'
import {
  isRollingBack,
  isThrough,
  type Rollback,
  type RollbackTask,
  type ServiceDeployment,
} from './service-deployment.ts'
import { becomeSteady, failForEver, giveUpTasks, startAgain, stopTasks } from './tasks.ts'

/** Observed. */
const NO_CANDIDATE = 'No rollback candidate was found to run the rollback.'

/** How long it takes to find out that there is nothing to go back to, or nothing to stop (assumed). */
const MOMENT_MS = 1000

/** Service deployment rolled back, or stopped, because of this. */
function reasonOf(cause: string, rolledBack: boolean): string {
  return `Service deployment ${rolledBack ? 'rolled back' : 'stopped'} because ${cause}`
}

/**
 * The deployment has failed: it is rolled back, as a state of its own, or is STOPPED where it is.
 * @param cause follows "because", with its full stop where it has one
 */
export function failDeployment(
  lane: Lane,
  rules: Rules,
  id: string,
  atMs: number,
  cause: string,
  rollsBack: boolean,
  onRequest = false,
): Lane {
  const deployment = findServiceDeployment(lane, id)
  if (!deployment) return lane
  const told = logServiceEvent(
    lane,
    atMs,
    `(deployment ecs-svc/${deployment.revision}) deployment failed: ${reasonOf(cause, rollsBack)}`,
  )
  const ended = changeServiceDeployment(told, id, atMs, {
    hooks: deployment.hooks.map((hook) =>
      isThrough(hook) ? hook : { ...hook, status: 'FAILED' as const, doneMs: atMs, nextMs: undefined, due: undefined },
    ),
    ending: { cause, sinceMs: atMs },
    plannedStop: undefined,
    failsMs: undefined,
    networkFault: undefined,
  })
  if (!rollsBack) return stopWhereItIs(ended, id, atMs)
  const requested = changeServiceDeployment(ended, id, atMs, { status: 'ROLLBACK_REQUESTED' })
  const isShown = onRequest || rules.native.assumptions.rollbackRequestedShown === 'always'
  return isShown ? requested : beginRollback(requested, rules, id, atMs)
}

/** Tasks and weights stay as they are (documented for `stoppedAt`, assumed in detail). */
export function stopWhereItIs(lane: Lane, id: string, atMs: number): Lane {
  const deployment = findServiceDeployment(lane, id)
  if (!deployment) return lane
  const stopped = changeServiceDeployment(lane, id, atMs, {
    status: 'STOPPED',
    stoppedMs: atMs,
    statusReason: reasonOf(deployment.ending?.cause ?? 'it was stopped.', false),
    failing: undefined,
    hooks: deployment.hooks.map((hook) =>
      isThrough(hook) ? hook : { ...hook, status: 'FAILED' as const, doneMs: atMs },
    ),
  })
  const neverStarted = deployment.startedMs === undefined
  const back = neverStarted ? givePrimaryBack(stopped, deployment) : stopped
  return deployment.failing ? failForEver(back, deployment.revision, atMs) : back
}

/** What a superseded deployment ends as (assumed). */
export function endSuperseded(lane: Lane, rules: Rules, id: string, atMs: number): Lane {
  const stopped = stopWhereItIs(lane, id, atMs)
  if (rules.native.assumptions.supersededStatus === 'STOPPED') return stopped
  const before = findServiceDeployment(lane, id)
  if (before?.ending?.cause === ABORTED) return stopped
  return changeServiceDeployment(stopped, id, atMs, {
    status: 'ROLLBACK_SUCCESSFUL',
    stoppedMs: undefined,
    finishedMs: atMs,
    statusReason: reasonOf(before?.ending?.cause ?? '', true),
  })
}

export const ABORTED = 'it was aborted by a user.'

/** Which of two stays PRIMARY when one of them never started. */
function givePrimaryBack(lane: Lane, { revision, serving }: ServiceDeployment): Lane {
  if (lane.native?.primary !== revision) return lane
  const primary = ongoingDeployments(lane).at(-1)?.revision ?? serving ?? revision
  return changeNative(lane, { primary })
}

export function beginRollback(lane: Lane, rules: Rules, id: string, atMs: number): Lane {
  const deployment = findServiceDeployment(lane, id)
  if (!deployment) return lane
  const { serving, revision, ending } = deployment
  const rollback: Rollback = {
    reason: reasonOf(ending?.cause ?? '', true),
    startedMs: atMs,
    revision: serving,
    todo: todoOf(lane, rules, deployment, atMs),
  }
  const begun = changeServiceDeployment(lane, id, atMs, {
    status: 'ROLLBACK_IN_PROGRESS',
    rollback,
    failing: undefined,
  })
  const calm = deployment.failing ? failForEver(begun, revision, atMs) : begun
  if (serving === undefined) return calm
  const told = logServiceEvent(calm, atMs, `rolling back to deployment ecs-svc/${serving}.`)
  const called = rollbackHooks(told, rules, id, atMs)
  const shown = showStage(called, rules, id, atMs)
  const isCleaned = deployment.stage === 'CLEAN_UP'
  const again = isCleaned ? startAgain(shown, serving, atMs, atMs + rules.native.timingsMs.scaleUp) : shown
  return dueAtOnce(again, rules, id, atMs)
}

/** In this order (assumed): production back, test traffic back, the target's tasks away. */
function todoOf(lane: Lane, rules: Rules, deployment: ServiceDeployment, atMs: number): Rollback['todo'] {
  const { timingsMs } = rules.native
  if (deployment.serving === undefined) return [{ atMs: atMs + MOMENT_MS, what: 'fail' }]
  const todo: { atMs: number; what: RollbackTask }[] = []
  let dueMs = atMs
  const after = (ms: number, what: RollbackTask) => {
    dueMs += ms
    todo.push({ atMs: dueMs, what })
  }
  if (deployment.stage === 'CLEAN_UP') after(timingsMs.scaleUp, 'serving-is-back')
  if (deployment.production > 0) after(timingsMs.rollbackProduction, 'production')
  if (deployment.test > 0) after(timingsMs.rollbackTest, 'test')
  after(0, 'scale-down')
  const hasTasks = countTasksOf(lane, deployment.revision, atMs).desired > 0
  after(hasTasks ? timingsMs.rollbackScaleDown : MOMENT_MS, 'succeed')
  return todo
}

/** What a rollback has to do at the moment of its beginning is done with it. */
function dueAtOnce(lane: Lane, rules: Rules, id: string, atMs: number): Lane {
  const next = findServiceDeployment(lane, id)?.rollback?.todo[0]
  return next && next.atMs <= atMs && next.what !== 'succeed' ? takeRollbackStep(lane, rules, id, atMs) : lane
}

export function takeRollbackStep(lane: Lane, rules: Rules, id: string, atMs: number): Lane {
  const deployment = findServiceDeployment(lane, id)
  const [next, ...todo] = deployment?.rollback?.todo ?? []
  if (!deployment?.rollback || !next) return lane
  const { rollback, revision, serving } = deployment
  const taken = changeServiceDeployment(lane, id, atMs, { rollback: { ...rollback, todo } })
  switch (next.what) {
    case 'serving-is-back':
      return becomeSteady(taken, serving, atMs)
    case 'production':
    case 'test':
      if (lane.native?.rulesDeleted) return cannotMove(lane, rules, deployment, atMs)
      return dueAtOnce(showStage(moveBack(taken, deployment, next.what, atMs), rules, id, atMs), rules, id, atMs)
    case 'scale-down':
      return giveUpTasks(taken, revision, atMs)
    case 'succeed':
      return finishRollback(taken, rules, deployment, atMs)
    case 'fail':
      return failRollback(taken, id, atMs, serving === undefined ? NO_CANDIDATE : CANNOT_MOVE)
  }
}

/** Own wording. */
const CANNOT_MOVE =
  'Service deployment rollback failed because of invalid networking configuration. One or more rules not found'

function cannotMove(lane: Lane, rules: Rules, { id, rollback }: ServiceDeployment, atMs: number): Lane {
  if (!rollback) return lane
  const todo = [{ atMs: atMs + rules.native.timingsMs.rollbackProduction, what: 'fail' as const }]
  return changeServiceDeployment(lane, id, atMs, { rollback: { ...rollback, todo } })
}

function moveBack(
  lane: Lane,
  { id, liveTargetGroup }: ServiceDeployment,
  what: 'production' | 'test',
  atMs: number,
): Lane {
  const { native } = lane
  const isRouted = native?.loadBalancer !== 'none'
  if (what === 'production') {
    const moved = isRouted ? changeService(lane, { production: weightsWith(liveTargetGroup, 100) }) : lane
    return changeServiceDeployment(moved, id, atMs, { production: 0 })
  }
  const moved = native?.testRule ? changeService(lane, { test: liveTargetGroup }) : lane
  return changeServiceDeployment(moved, id, atMs, { test: 0 })
}

/** What `lifecycleStage` says in a rollback: that of the failure (observed once), or where it is on its way back. */
function showStage(lane: Lane, rules: Rules, id: string, atMs: number): Lane {
  if (rules.native.assumptions.stageInRollback === 'of-the-failure') return lane
  const deployment = findServiceDeployment(lane, id)
  const next = deployment?.rollback?.todo[0]?.what
  if (next === 'production') return changeServiceDeployment(lane, id, atMs, { stage: 'PRODUCTION_TRAFFIC_SHIFT' })
  return next === 'test' ? changeServiceDeployment(lane, id, atMs, { stage: 'TEST_TRAFFIC_SHIFT' }) : lane
}

function finishRollback(lane: Lane, rules: Rules, deployment: ServiceDeployment, atMs: number): Lane {
  const { id, revision, serving, rollback } = deployment
  const stopped = stopTasks(lane, rules, revision, atMs)
  const ended = changeServiceDeployment(stopped, id, atMs, {
    status: 'ROLLBACK_SUCCESSFUL',
    finishedMs: atMs,
    statusReason: rollback?.reason,
  })
  const back =
    serving !== undefined && ended.native?.primary === revision ? changeNative(ended, { primary: serving }) : ended
  return logServiceEvent(back, atMs, 'has reached a steady state.')
}

export function failRollback(lane: Lane, id: string, atMs: number, statusReason: string): Lane {
  const deployment = findServiceDeployment(lane, id)
  if (!deployment?.rollback) return lane
  return changeServiceDeployment(lane, id, atMs, {
    status: 'ROLLBACK_FAILED',
    finishedMs: atMs,
    statusReason,
    rollback: { ...deployment.rollback, todo: [] },
    hooks: deployment.hooks.map((hook) =>
      isThrough(hook) ? hook : { ...hook, status: 'FAILED' as const, doneMs: atMs },
    ),
  })
}

/** StopServiceDeployment, at a moment at which it is allowed. */
export function requestNativeStop(
  lane: Lane,
  rules: Rules,
  id: string,
  type: 'ROLLBACK' | 'ABORT',
  atMs: number,
): Lane {
  const deployment = findServiceDeployment(lane, id)
  if (!deployment || isRollingBack(deployment) || deployment.status === 'STOP_REQUESTED') return lane
  const waitsItsTurn = deployment.startedMs === undefined && ongoingDeployments(lane)[0]?.id !== id
  if (type === 'ABORT' || waitsItsTurn) {
    const cause = type === 'ABORT' ? ABORTED : STOPPED
    return changeServiceDeployment(lane, id, atMs, {
      status: 'STOP_REQUESTED',
      ending: { cause, sinceMs: atMs },
      plannedStop: undefined,
    })
  }
  return failDeployment(lane, rules, id, atMs, STOPPED, true, true)
}

/** Own wording. */
const STOPPED = 'it was stopped by a user.'
