import type { ServiceSettings } from '../scenario.ts'
import { setAlarm } from './alarms.ts'
import { type DeploymentOrder, newDeployment } from './deployment.ts'
import { completeDeployment } from './ending.ts'
import { answerHook } from './event-run.ts'
import { changeDeployment, changeService, type Lane, latestDeployment } from './lane.ts'
import { type LifecycleEvent, pendingEvents } from './lifecycle.ts'
import { applyNativeFact, type NativeFact } from './native/native-fact.ts'
import { scaleNative } from './native/tasks.ts'
import { scheduleOccasions } from './occasions.ts'
import { leaveReady } from './ready-wait.ts'
import type { Rules } from './rules.ts'
import { requestStop } from './stop.ts'
import { resize } from './task-set.ts'

/**
 * What somebody did to one lane, with its time. Facts and the clock are all that its state is computed from; what is
 * not allowed never becomes a fact.
 */
export type Fact = { atMs: number } & (
  | { kind: 'deployment-created'; deploymentId: string; order: DeploymentOrder }
  | { kind: 'stop-requested'; rollback: boolean | undefined }
  | { kind: 'ready-continued' }
  | { kind: 'termination-continued' }
  | { kind: 'hook-answered'; executionId: string; status: 'Succeeded' | 'Failed' }
  | { kind: 'alarm-set'; name: string; state: 'ALARM' | 'OK' }
  | { kind: 'desired-count-set'; desiredCount: number }
  | NativeFact
  | { kind: 'service-settings-changed'; settings: ServiceSettings }
)

/** The lane right after the fact. The lane must be that of the fact's moment. */
export function applyFact(lane: Lane, rules: Rules, fact: Fact): Lane {
  const { atMs } = fact
  switch (fact.kind) {
    case 'deployment-created': {
      const events = pendingEvents(lane.group?.seed.testListener ?? false)
      const { deploymentId: id, order } = fact
      const deployment = newDeployment({ id, kind: 'release', order, createdMs: atMs, events })
      return scheduleOccasions({ ...lane, deployments: [...lane.deployments, deployment] }, rules, 'Created', atMs)
    }
    case 'stop-requested':
      return requestStop(lane, rules, atMs, fact.rollback)
    case 'ready-continued':
      return leaveReady(lane, rules, atMs)
    case 'termination-continued':
      return completeDeployment(lane, rules, atMs)
    case 'hook-answered':
      return answerHook(lane, rules, fact.executionId, fact.status, atMs)
    case 'alarm-set':
      return setAlarm(lane, fact.name, fact.state, atMs)
    case 'desired-count-set':
      return lane.native
        ? scaleNative(lane, rules, fact.desiredCount, atMs)
        : setDesiredCount(lane, rules, fact.desiredCount, atMs)
    case 'service-settings-changed':
      return changeService(lane, { settings: { ...lane.service?.settings, ...fact.settings } })
    default:
      return applyNativeFact(lane, rules, fact)
  }
}

function setDesiredCount(lane: Lane, rules: Rules, desiredCount: number, atMs: number): Lane {
  const readyMs = atMs + rules.timingsMs.install
  const taskSets = lane.service?.taskSets.map((taskSet) =>
    taskSet.status === 'DRAINING' ? taskSet : resize(taskSet, desiredCount, atMs, readyMs),
  )
  const scaled = changeService(lane, { desiredCount, taskSets: taskSets ?? [] })
  return desiredCount > (lane.service?.desiredCount ?? 0) ? installUntil(scaled, atMs, readyMs) : scaled
}

/** Install is not over before the tasks that were added meanwhile are there as well (assumed). */
function installUntil(lane: Lane, atMs: number, readyMs: number): Lane {
  const events = latestDeployment(lane)?.events ?? []
  const waits = (event: LifecycleEvent) =>
    event.name === 'Install' && event.due && !event.due.failure && event.due.atMs < readyMs
  if (!events.some(waits)) return lane
  return changeDeployment(lane, atMs, {
    events: events.map((event) => (waits(event) ? { ...event, due: { atMs: readyMs, failure: undefined } } : event)),
  })
}
