import type { MovableClock } from '../clock.ts'
import type { Account } from '../model/account.ts'
import type { Lane } from '../model/lane.ts'
import type { NativeHookAnswer } from '../native/seeds.ts'
import type { RealWorld } from '../real-world.ts'
import { Hooks } from './hooks.ts'
import { type ServedService, serveService } from './served-service.ts'

export interface LiveOptions {
  /** The account as it is now: another one after a reset. */
  account(): Account
  /** When anything will next happen in it by itself. */
  nextDueMs(): number | undefined
  clock: MovableClock
  /** Address of the simulator. */
  url: string
  complain(line: string): void
}

export interface Live extends RealWorld {
  /** Something may have happened in the model. */
  lookAgain(): void
  /** Ends what the account was before it was reset, and follows the new one at the same addresses. */
  reset(): Promise<void>
  close(): Promise<void>
}

/**
 * Makes the world follow the model: task sets, listeners and hook functions are started and ended as it says. It looks
 * when something is due and when somebody did something; the model knows nothing of it.
 */
export async function startLive(options: LiveOptions): Promise<Live> {
  const { account, clock, nextDueMs } = options
  const hooks = new Hooks({ ...options, world: account().world })
  const served = await serveServices(options)
  const listeners = Object.fromEntries([...served].map(([key, service]) => [key, service.listeners]))
  const seen = new Map<string, Lane>()
  let forgetWakeUp = () => {}
  let closed = false

  function look(): void {
    if (closed) return
    for (const key of account().laneKeys) {
      const lane = account().lane(key, clock.now())
      if (!lane || seen.get(key) === lane) continue
      seen.set(key, lane)
      invokeHooks(lane)
      invokeNativeHooks(lane)
      served.get(key)?.follow(lane)
    }
    forgetWakeUp()
    const dueMs = nextDueMs()
    if (dueMs !== undefined) forgetWakeUp = clock.at(dueMs, look)
  }

  function invokeHooks(lane: Lane): void {
    for (const deployment of lane.deployments) {
      for (const { status, hook } of deployment.events) {
        const seed = account().world.functions.find(({ name }) => name === hook?.functionName)
        if (hook && seed && status === 'InProgress') hooks.invoke(hook, seed, deployment.id, listeners[lane.key])
      }
    }
  }

  /** What they return is recorded as their answer, at the moment at which they have ended. */
  function invokeNativeHooks({ key, native }: Lane): void {
    for (const { id, invocations } of native?.deployments ?? []) {
      for (const invocation of invocations) {
        const seed = account().world.functions.find(({ name }) => name === invocation.functionName)
        const { requestId } = invocation
        if (!seed || invocation.endedMs !== undefined) continue
        const asked = account()
        hooks.invokeForAnswer(invocation, seed, listeners[key], (answered) => {
          if (closed || asked !== account()) return
          const answer = answerOf(answered)
          asked.record(key, { kind: 'native-hook-answered', atMs: clock.now(), id, requestId, answer })
          look()
        })
      }
    }
  }

  look()
  return {
    hookRuns: hooks.runs,
    listeners,
    lookAgain: look,
    reset: async () => {
      seen.clear()
      await hooks.reset()
      look()
    },
    close: async () => {
      closed = true
      forgetWakeUp()
      await hooks.close()
      await Promise.all([...served.values()].map((service) => service.close()))
    },
  }
}

/** A function that returned nothing, or something that is no mapping, has no status that ECS could read. */
function answerOf(answered: { result: unknown } | undefined): NativeHookAnswer {
  const returned = answered?.result
  if (typeof returned !== 'object' || returned === null) return { afterSeconds: 0, throws: true }
  const { hookStatus, callBackDelay, hookDetails } = returned as Record<string, unknown>
  return {
    afterSeconds: 0,
    ...(typeof hookStatus === 'string' && { hookStatus }),
    ...(typeof callBackDelay === 'number' && { callBackDelay }),
    ...(typeof hookDetails === 'object' && hookDetails !== null && { hookDetails: { ...hookDetails } }),
  }
}

async function serveServices({ account, clock, complain }: LiveOptions): Promise<Map<string, ServedService>> {
  const served = new Map<string, ServedService>()
  for (const key of account().laneKeys) {
    if (!account().lane(key, clock.now())?.service?.seed.serve) continue
    served.set(key, await serveService(account, key, () => clock.now(), complain))
  }
  return served
}
