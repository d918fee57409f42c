import type { Account } from '../model/account.ts'
import type { Lane, Service } from '../model/lane.ts'
import { replacementPlan } from '../model/replacement-plan.ts'
import { containersOf } from '../model/task-definitions.ts'
import type { TaskSet } from '../model/task-set.ts'
import { nameIn } from '../names.ts'
import type { Listeners } from '../real-world.ts'
import { startListener } from './listener.ts'
import { productionRoute, testRoute } from './route.ts'
import { Target } from './target.ts'
import { startTaskServer, type TaskServer } from './task-server.ts'

/** A service whose task sets and listeners are real servers. */
export interface ServedService {
  listeners: Listeners
  /** Starts what the lane has more than before and ends what it has less. */
  follow(lane: Lane): void
  close(): Promise<void>
}

export async function serveService(
  account: () => Account,
  key: string,
  now: () => number,
  complain: (line: string) => void,
): Promise<ServedService> {
  const targets = new Map<string, Target>()
  const retiring = new Set<Promise<void>>()
  /** A request may come after its task set and before anybody has looked; then the server is started for it. */
  const targetOf = (service: Service, taskSet: TaskSet) => {
    const known = targets.get(taskSet.id)
    if (known) return known
    const started = startFor(account(), service, taskSet, now())
    started.catch((error: unknown) => complain(`Task set ${taskSet.id} of ${key} is not served: ${error}`))
    const target = new Target(started)
    targets.set(taskSet.id, target)
    return target
  }
  const through = (route: (service: Service, atMs: number) => TaskSet | undefined) => () => {
    const service = account().lane(key, now())?.service
    const taskSet = service && route(service, now())
    return taskSet && targetOf(service, taskSet)
  }
  const production = await startListener(through(productionRoute()))
  const { group, native } = account().lane(key, now()) ?? {}
  const hasTestListener = group?.seed.testListener ?? native?.testRule ?? false
  const test = hasTestListener ? await startListener(through(testRoute())) : undefined

  function retire(id: string, target: Target): void {
    targets.delete(id)
    const retired = target.retire().finally(() => retiring.delete(retired))
    retiring.add(retired)
  }

  return {
    listeners: { production: production.url, ...(test && { test: test.url }) },
    follow: ({ service }) => {
      if (!service) return
      for (const taskSet of service.taskSets) targetOf(service, taskSet)
      for (const [id, target] of targets) {
        if (!service.taskSets.some((taskSet) => taskSet.id === id)) retire(id, target)
      }
    },
    close: async () => {
      await Promise.all([production.close(), test?.close()])
      for (const [id, target] of targets) retire(id, target)
      await Promise.all(retiring)
    },
  }
}

/** Tasks of a deployment answer as the scenario says; those that served before it are fine. */
function startFor(account: Account, service: Service, taskSet: TaskSet, atMs: number): Promise<TaskServer> {
  const definition = account.taskDefinitions.find(taskSet.taskDefinitionArn, atMs)?.definition ?? {}
  const image = containersOf(definition).find(({ name }) => name === taskSet.containerName)?.image ?? ''
  const httpStatus =
    taskSet.deploymentId === undefined ? 200 : replacementPlan(account.rules.scenario, service.seed).answersWith
  const taskDefinition = nameIn(taskSet.taskDefinitionArn)
  return startTaskServer({ service: service.seed.name, image, taskDefinition, taskSet: taskSet.id }, httpStatus)
}
