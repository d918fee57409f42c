import type { Account } from '../model/account.ts'
import type { Lane, Service } from '../model/lane.ts'
import { containersOf } from '../model/task-definitions.ts'
import type { TaskSet } from '../model/task-set.ts'
import { nameIn } from '../names.ts'
import { type Listener, type Listeners, startListener } from './listener.ts'
import { productionRoute, testRoute } from './route.ts'
import { startTaskServer, type TaskServer } from './task-server.ts'

/** A service whose task sets and listeners are real servers. */
export interface ServedService {
  listeners: Listeners
  /** Starts what the lane has more than before and ends what it has less. */
  follow(lane: Lane): Promise<void>
  close(): Promise<void>
}

export async function serveService(account: Account, key: string, now: () => number): Promise<ServedService> {
  const servers = new Map<string, TaskServer>()
  const routeProduction = productionRoute()
  const urlBehind = (route: (service: Service, atMs: number) => TaskSet | undefined) => () => {
    const service = account.lane(key, now())?.service
    return service && servers.get(route(service, now())?.id ?? '')?.url
  }
  const production = await startListener(urlBehind(routeProduction))
  const hasTestListener = account.lane(key, now())?.group?.seed.testListener ?? false
  const test = hasTestListener ? await startListener(urlBehind(testRoute)) : undefined

  let following = Promise.resolve()
  async function reconcile(service: Service): Promise<void> {
    for (const taskSet of service.taskSets) {
      if (!servers.has(taskSet.id)) servers.set(taskSet.id, await startFor(account, service, taskSet, now()))
    }
    for (const [id, server] of servers) {
      if (service.taskSets.some((taskSet) => taskSet.id === id)) continue
      servers.delete(id)
      await server.close()
    }
  }

  return {
    listeners: { production: production.url, ...(test && { test: test.url }) },
    follow: ({ service }) => {
      if (service) following = following.then(() => reconcile(service))
      return following
    },
    close: async () => {
      await following.catch(() => {})
      const all: (Listener | TaskServer)[] = [production, ...(test ? [test] : []), ...servers.values()]
      await Promise.all(all.map((server) => server.close()))
    },
  }
}

/** Tasks of a deployment answer as the scenario says; those that served before it are fine. */
function startFor(account: Account, service: Service, taskSet: TaskSet, atMs: number): Promise<TaskServer> {
  const definition = account.taskDefinitions.find(taskSet.taskDefinitionArn, atMs)?.definition ?? {}
  const image = containersOf(definition).find(({ name }) => name === taskSet.containerName)?.image ?? ''
  const httpStatus = taskSet.deploymentId === undefined ? 200 : account.rules.scenario.replacement.answersWith
  const taskDefinition = nameIn(taskSet.taskDefinitionArn)
  return startTaskServer({ service: service.seed.name, image, taskDefinition, taskSet: taskSet.id }, httpStatus)
}
