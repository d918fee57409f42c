import type { ServiceEvent as ServiceEventView } from '@aws-sdk/client-ecs'
import { uuidOf } from '../identity.ts'
import type { Service } from '../model/lane.ts'
import type { Rules } from '../model/rules.ts'
import { type Task, tasksEver } from '../model/task.ts'
import type { TaskSet } from '../model/task-set.ts'
import { targetGroupArn } from '../names.ts'
import { type Wire, wireTime } from '../protocol/operation.ts'
import type { Scenario } from '../scenario.ts'

/** Source: ECS API Reference, Service `events`. */
const MAX_EVENTS = 100

/** What ECS tells about a service and its tasks, newest first. */
export function serviceEvents({ scenario, idSeed }: Rules, service: Service, atMs: number): Wire<ServiceEventView>[] {
  const { cluster, name } = service.seed
  const told = [...service.goneTaskSets, ...service.taskSets].flatMap((taskSet) =>
    taskEvents(scenario, name, taskSet, atMs, service.seed.native !== undefined),
  )
  const recorded = service.events.map((event) => ({ atMs: event.atMs, message: () => event.message }))
  return [...told, ...recorded]
    .sort((one, other) => one.atMs - other.atMs)
    .slice(-MAX_EVENTS)
    .reverse()
    .map(({ atMs, message }) => ({ atMs, message: message() }))
    .map(({ atMs, message }) => ({
      id: uuidOf(...idSeed, 'service event', cluster, name, atMs, message),
      createdAt: wireTime(atMs),
      message,
    }))
}

/** Put into words only when it is among those that are shown. */
interface Told {
  atMs: number
  message(): string
}

/** In ECS's words (observed); tasks of which one moment tells the same are told together. */
function taskEvents(scenario: Scenario, name: string, taskSet: TaskSet, atMs: number, isNative: boolean): Told[] {
  // A task set that CodeDeploy made is named, the first one of a service is not (observed), nor those of ECS (assumed).
  const isNamed = taskSet.deploymentId !== undefined && !isNative
  const who = !isNamed ? `(service ${name})` : `(service ${name}, taskSet ${taskSet.id})`
  const group = `(target-group ${targetGroupArn(scenario.world, name, taskSet.targetGroup)})`
  const tasks = tasksEver([taskSet], atMs)
  const ran = tasks.filter((task) => task.runningMs !== undefined)
  const say = (
    one: (task: Task) => number | undefined,
    of: Task[],
    words: (count: number, ids: () => string) => string,
  ) =>
    [...Map.groupBy(of, one)].flatMap(([whenMs, together]) => {
      if (whenMs === undefined) return []
      const ids = () => together.map(({ id }) => `(task ${id})`).join(' ')
      return [{ atMs: whenMs, message: () => `${who} ${words(together.length, ids)}` }]
    })
  const unhealthy = ran.filter(({ stoppedBy }) => stoppedBy === 'itself' && failsHealthChecks(scenario))
  const count = taskSet.slots.filter(({ fromMs }) => fromMs === taskSet.createdMs).length
  const counted = `(service ${name}) updated computedDesiredCount for taskSet ${taskSet.id} to ${count}.`
  return [
    ...(!isNamed ? [] : [{ atMs: taskSet.createdMs, message: () => counted }]),
    ...say(
      ({ createdMs }) => createdMs,
      tasks,
      (count, ids) => `has started ${count} tasks: ${ids()}.`,
    ),
    ...say(
      ({ runningMs }) => runningMs,
      ran,
      (count) => `registered ${count} targets in ${group}`,
    ),
    ...say(
      ({ stoppedMs }) => stoppedMs,
      unhealthy,
      () => `(port ${taskSet.containerPort}) is unhealthy in ${group} due to (reason Health checks failed).`,
    ),
    ...say(
      ({ stoppedMs, stoppedBy }) => (stoppedBy === 'scheduler' ? stoppedMs : undefined),
      ran,
      (count, ids) => `has stopped ${count} running tasks: ${ids()}.`,
    ),
    ...say(
      ({ stoppedMs }) => stoppedMs,
      ran,
      (count) => `deregistered ${count} targets in ${group}`,
    ),
  ]
}

/** As opposed to tasks that end by themselves. */
function failsHealthChecks({ replacement }: Scenario): boolean {
  return /health checks/i.test(replacement.stopped.stoppedReason)
}
