import { activeAlarms } from '../alarms.ts'
import { changeService, type Lane, logServiceEvent } from '../lane.ts'
import type { Rules } from '../rules.ts'
import { at, type Transition, when } from '../transition.ts'
import { beginRollback, endSuperseded, failDeployment, requestNativeStop, takeRollbackStep } from './ending.ts'
import { answerNativeHook, expireHook, invokeHook } from './hook-run.ts'
import { changeNative, changeServiceDeployment, findServiceDeployment, ongoingDeployments } from './native-service.ts'
import { type Hook, isThrough, type ServiceDeployment } from './service-deployment.ts'
import { endStage, stageEndMs, startServiceDeployment } from './stage-run.ts'
import { beginFailing, COMPLAINS_EVERY_MS, failOneTask, forgetTasks } from './tasks.ts'

/** What happens next in a service that ECS deploys, if nobody does anything. Of several at one moment the first. */
export function nextNativeTransition(lane: Lane, rules: Rules): Transition | undefined {
  let next: Transition | undefined
  const candidates = [
    ...removals(lane),
    ...ruleEdits(lane, rules),
    ...ongoingDeployments(lane).flatMap((deployment) => turnsOf(lane, rules, deployment)),
  ]
  for (const candidate of candidates) if (!next || candidate.atMs < next.atMs) next = candidate
  return next
}

function removals(lane: Lane): Transition[] {
  return (lane.service?.taskSets ?? []).flatMap(({ id, goneMs }) => when(goneMs, (atMs) => forgetTasks(lane, id, atMs)))
}

/** Somebody edits the rules behind ECS's back. */
function ruleEdits(lane: Lane, { native, startMs }: Rules): Transition[] {
  const made = lane.native?.editsMade ?? 0
  const edit = native.course.ruleEdits?.[made]
  if (!edit) return []
  return [
    at(startMs + Math.round(edit.atSeconds * 1000), () => {
      const { production = lane.service?.production ?? [100, 0], test = lane.service?.test, deleted } = edit
      const counted = changeNative(lane, {
        editsMade: made + 1,
        ...(deleted !== undefined && { rulesDeleted: deleted }),
      })
      return changeService(counted, { production, test })
    }),
  ]
}

function turnsOf(lane: Lane, rules: Rules, deployment: ServiceDeployment): Transition[] {
  const { id, ending } = deployment
  const { timingsMs } = rules.native
  const shownMs = ending && ending.sinceMs + timingsMs.rollbackRequested
  switch (deployment.status) {
    case 'PENDING':
      return [...pendingTurns(lane, rules, deployment), ...stopTurn(lane, rules, deployment)]
    case 'STOP_REQUESTED':
      return when(shownMs, (atMs) => endSuperseded(lane, rules, id, atMs))
    case 'ROLLBACK_REQUESTED':
      return when(shownMs, (atMs) => beginRollback(lane, rules, id, atMs))
    case 'ROLLBACK_IN_PROGRESS':
      return [...hookTurns(lane, rules, deployment), ...rollbackTurn(lane, rules, deployment)]
    default:
      return progressTurns(lane, rules, deployment)
  }
}

/** One deployment at a time: what runs, or is rolled back, comes first. */
function pendingTurns(lane: Lane, rules: Rules, { id, createdMs }: ServiceDeployment): Transition[] {
  const deployments = lane.native?.deployments ?? []
  const earlier = deployments.slice(
    0,
    deployments.findIndex((one) => one.id === id),
  )
  const inTheWay = ongoingDeployments(lane).filter((one) => earlier.includes(one) && one.status !== 'STOP_REQUESTED')
  if (inTheWay.length > 0) return []
  const freeMs = Math.max(...earlier.map(({ finishedMs, stoppedMs }) => finishedMs ?? stoppedMs ?? 0), 0)
  return [
    at(Math.max(createdMs + rules.native.timingsMs.pending, freeMs), (atMs) =>
      startServiceDeployment(lane, rules, id, atMs),
    ),
  ]
}

function stopTurn(lane: Lane, rules: Rules, { id, plannedStop }: ServiceDeployment): Transition[] {
  return when(plannedStop?.atMs, (atMs) => {
    const spent = changeServiceDeployment(lane, id, atMs, { plannedStop: undefined })
    return requestNativeStop(spent, rules, id, plannedStop?.type ?? 'ROLLBACK', atMs)
  })
}

function progressTurns(lane: Lane, rules: Rules, deployment: ServiceDeployment): Transition[] {
  const { id, networkFault } = deployment
  return [
    ...when(networkFault?.atMs, (atMs) => failDeployment(lane, rules, id, atMs, networkFault?.cause ?? '', true)),
    ...hookTurns(lane, rules, deployment),
    ...failureTurns(lane, rules, deployment),
    ...when(stageEndMs(lane, rules, deployment), (atMs) => endStage(lane, rules, id, atMs)),
    ...alarmTurn(lane, rules, deployment),
    ...stopTurn(lane, rules, deployment),
    ...limitTurns(lane, rules, deployment),
  ]
}

function hookTurns(lane: Lane, rules: Rules, { id, hooks, status }: ServiceDeployment): Transition[] {
  const counts = (hook: Hook) => !isThrough(hook) && hook.inRollback === (status === 'ROLLBACK_IN_PROGRESS')
  return hooks
    .filter(counts)
    .flatMap(({ hookId, nextMs, due, expiresMs }) => [
      ...when(nextMs, (atMs) => invokeHook(lane, rules, id, hookId, atMs)),
      ...(due ? [at(due.atMs, (atMs) => answerNativeHook(lane, rules, id, hookId, due.answer, atMs))] : []),
      at(expiresMs, (atMs) => expireHook(lane, rules, id, hookId, atMs)),
    ])
}

/** The last step waits for the functions that were called again. */
function rollbackTurn(lane: Lane, rules: Rules, { id, rollback, hooks }: ServiceDeployment): Transition[] {
  const [next] = rollback?.todo ?? []
  if (!next) return []
  const again = hooks.filter(({ inRollback }) => inRollback)
  if (next.what === 'succeed' && !again.every(isThrough)) return []
  const dueMs = next.what === 'succeed' ? Math.max(next.atMs, ...again.map(({ doneMs }) => doneMs ?? 0)) : next.atMs
  return [at(dueMs, (atMs) => takeRollbackStep(lane, rules, id, atMs))]
}

const UNABLE = 'is unable to consistently start tasks successfully.'

function failureTurns(lane: Lane, rules: Rules, deployment: ServiceDeployment): Transition[] {
  const { id, failing, failsMs } = deployment
  if (!failing) return when(failsMs, (atMs) => beginFailing(lane, rules, id, atMs))
  return [
    at(failing.nextMs, (atMs) => failTask(lane, rules, id, atMs)),
    at(failing.complainMs, (atMs) =>
      logServiceEvent(
        changeServiceDeployment(lane, id, atMs, { failing: { ...failing, complainMs: atMs + COMPLAINS_EVERY_MS } }),
        atMs,
        UNABLE,
      ),
    ),
  ]
}

/** The circuit breaker counts the tasks that stop. It is documented for rolling updates, and observed for these too. */
function failTask(lane: Lane, rules: Rules, id: string, atMs: number): Lane {
  const deployment = findServiceDeployment(lane, id)
  if (!deployment?.failing) return lane
  const { revision, config, breaker, failing } = deployment
  const failed = failOneTask(lane, rules, revision, atMs)
  const failures = breaker.failures + 1
  const isOn = config.deploymentCircuitBreaker?.enable === true && rules.native.assumptions.circuitBreaker === 'works'
  const trips = isOn && failures >= breaker.threshold
  const counted = changeServiceDeployment(failed, id, atMs, {
    failing: { ...failing, nextMs: atMs + Math.max(1, rules.native.timingsMs.taskFailure) },
    breaker: isOn ? { ...breaker, failures, status: trips ? 'TRIGGERED' : breaker.status } : breaker,
  })
  if (!trips) return counted
  const rollsBack = config.deploymentCircuitBreaker?.rollback === true
  return failDeployment(counted, rules, id, atMs, 'the circuit breaker threshold was exceeded.', rollsBack)
}

/** Watched from the start to the end of the bake time (assumed). */
function alarmTurn(lane: Lane, rules: Rules, deployment: ServiceDeployment): Transition[] {
  const { id, alarms, startedMs, stage, config } = deployment
  if (alarms.status !== 'MONITORING' || startedMs === undefined || stage === 'CLEAN_UP') return []
  const watched = lane.alarms.filter(({ name }) => alarms.names.includes(name))
  if (watched.length === 0) return []
  const sinceMs = Math.max(startedMs, Math.min(...watched.map((alarm) => alarm.sinceMs)))
  return [
    at(sinceMs + rules.native.timingsMs.alarmLag, (atMs) => {
      const triggered = activeAlarms(lane, alarms.names, atMs).map(({ name }) => name)
      const noticed = changeServiceDeployment(lane, id, atMs, { alarms: { ...alarms, status: 'TRIGGERED', triggered } })
      const rollsBack = config.alarms?.rollback === true
      return failDeployment(noticed, rules, id, atMs, 'of one or more active alarms.', rollsBack)
    }),
  ]
}

/** Source: Developer Guide, blue/green workflow; texts are own wording. A pause has a longest time of its own. */
function limitTurns(lane: Lane, rules: Rules, deployment: ServiceDeployment): Transition[] {
  const { id, stage, stageSinceMs, createdMs, waits, hooks } = deployment
  const { stageLimit, deploymentLimit } = rules.native.timingsMs
  const isPaused = hooks.some((hook) => hook.status === 'AWAITING_ACTION')
  const isBaking = stage === 'BAKE_TIME' || waits
  const fail = (cause: string) => (atMs: number) => failDeployment(lane, rules, id, atMs, cause, true)
  return [
    ...(isPaused || isBaking
      ? []
      : [at(stageSinceMs + stageLimit, fail(`${stage} did not complete within the longest time of a stage.`))]),
    at(createdMs + deploymentLimit, fail('it did not complete within the longest time of a deployment.')),
  ]
}
