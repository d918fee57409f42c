import type { Service } from '../model/lane.ts'
import { countTasks, type TaskSet } from '../model/task-set.ts'
import type { TargetGroupIndex } from '../names.ts'

/**
 * Chooses the task set for each request to a production listener by the current weights: of any hundred requests in a
 * row each target group gets its percentage. Undefined when the chosen group has no healthy task.
 */
export function productionRoute(): (service: Service, atMs: number) => TaskSet | undefined {
  let owed = 0
  return (service, atMs) => {
    const weight = service.production[1]
    if (weight === 0 || weight === 100) owed = 0
    else owed += weight
    const goesSecond = weight === 100 || owed >= 100
    if (owed >= 100) owed -= 100
    return healthyBehind(service, goesSecond ? 1 : 0, atMs)
  }
}

/** The test listener forwards to one target group. */
export function testRoute(service: Service, atMs: number): TaskSet | undefined {
  return service.test === undefined ? undefined : healthyBehind(service, service.test, atMs)
}

function healthyBehind(service: Service, targetGroup: TargetGroupIndex, atMs: number): TaskSet | undefined {
  return service.taskSets.find((taskSet) => taskSet.targetGroup === targetGroup && isHealthy(taskSet, atMs))
}

/** A task that crashes again and again never passes a health check. */
function isHealthy(taskSet: TaskSet, atMs: number): boolean {
  const crashes = taskSet.slots.some((slot) => slot.flapping && slot.untilMs === undefined)
  return !crashes && countTasks(taskSet, atMs).running > 0
}
