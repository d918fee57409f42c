import type { Service } from '../model/lane.ts'
import { countTasks, type TaskSet } from '../model/task-set.ts'
import type { TargetGroupIndex } from '../names.ts'

/**
 * Chooses the task set for each request to a production listener by the current weights: of any hundred requests in a
 * row each target group gets its percentage. Undefined when the chosen group has no healthy task.
 */
export function productionRoute(): (service: Service, atMs: number) => TaskSet | undefined {
  let owed = 0
  const choose = chooser()
  return (service, atMs) => {
    const weight = service.production[1]
    if (weight === 0 || weight === 100) owed = 0
    else owed += weight
    const goesSecond = weight === 100 || owed >= 100
    if (owed >= 100) owed -= 100
    return choose(healthyBehind(service, goesSecond ? 1 : 0, atMs))
  }
}

/** The test listener forwards to one target group. */
export function testRoute(): (service: Service, atMs: number) => TaskSet | undefined {
  const choose = chooser()
  return (service, atMs) =>
    service.test === undefined ? undefined : choose(healthyBehind(service, service.test, atMs))
}

/** More than one when ECS was misled about which target group is live; then they take turns. */
function chooser(): (taskSets: TaskSet[]) => TaskSet | undefined {
  let turn = 0
  return (taskSets) => taskSets[turn++ % Math.max(1, taskSets.length)]
}

function healthyBehind(service: Service, targetGroup: TargetGroupIndex, atMs: number): TaskSet[] {
  return service.taskSets.filter((taskSet) => taskSet.targetGroup === targetGroup && isHealthy(taskSet, atMs))
}

/** A task that crashes again and again never passes a health check. */
function isHealthy(taskSet: TaskSet, atMs: number): boolean {
  const crashes = taskSet.slots.some((slot) => slot.flapping && slot.untilMs === undefined)
  return !crashes && countTasks(taskSet, atMs).running > 0
}
