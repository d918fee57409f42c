import type { Account } from '../model/account.ts'
import type { Lane } from '../model/lane.ts'
import type { RealWorld } from '../real-world.ts'
import { Hooks } from './hooks.ts'
import { type ServedService, serveService } from './served-service.ts'

export interface LiveOptions {
  account: Account
  /** The simulator's clock, never going back. */
  now(): number
  /** Address of the simulator. */
  url: string
  /** Simulated for each real second. */
  speed: number
  complain(line: string): void
}

export interface Live extends RealWorld {
  /** Something may have happened in the model. */
  lookAgain(): void
  close(): Promise<void>
}

/** Longest delay that a Node timer can have. */
const MAX_DELAY_MS = 2 ** 31 - 1

/**
 * Makes the world follow the model: task sets, listeners and hook functions are started and ended as it says. It looks
 * when something is due and when somebody did something; the model knows nothing of it.
 */
export async function startLive(options: LiveOptions): Promise<Live> {
  const { account, now, speed } = options
  const hooks = new Hooks({ ...options, world: account.world })
  const served = await serveServices(options)
  const listeners = Object.fromEntries([...served].map(([key, service]) => [key, service.listeners]))
  const seen = new Map<string, Lane>()
  let timer: NodeJS.Timeout | undefined
  let closed = false

  function look(): void {
    if (closed) return
    for (const key of account.laneKeys) {
      const lane = account.lane(key, now())
      if (!lane || seen.get(key) === lane) continue
      seen.set(key, lane)
      invokeHooks(lane)
      served.get(key)?.follow(lane)
    }
    clearTimeout(timer)
    const dueMs = account.nextDueMs()
    if (dueMs === undefined) return
    timer = setTimeout(look, Math.min(MAX_DELAY_MS, Math.max(0, (dueMs - now()) / speed)))
  }

  function invokeHooks(lane: Lane): void {
    for (const deployment of lane.deployments) {
      for (const { status, hook } of deployment.events) {
        const seed = account.world.functions.find(({ name }) => name === hook?.functionName)
        if (hook && seed && status === 'InProgress') hooks.invoke(hook, seed, deployment.id, listeners[lane.key])
      }
    }
  }

  look()
  return {
    hookRuns: hooks.runs,
    listeners,
    lookAgain: look,
    close: async () => {
      closed = true
      clearTimeout(timer)
      await hooks.close()
      await Promise.all([...served.values()].map((service) => service.close()))
    },
  }
}

async function serveServices({ account, now, complain }: LiveOptions): Promise<Map<string, ServedService>> {
  const served = new Map<string, ServedService>()
  for (const key of account.laneKeys) {
    if (!account.lane(key, now())?.service?.seed.serve) continue
    served.set(key, await serveService(account, key, now, complain))
  }
  return served
}
