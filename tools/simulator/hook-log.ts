import { MAX_RUN_MS } from './hook-limits.ts'
import { uuidOf } from './identity.ts'
import type { Account } from './model/account.ts'
import type { HookPlan } from './scenario.ts'

/** A line that a hook function printed. */
export interface HookLogLine {
  /** Milliseconds since 1970, of the simulator's clock. */
  atMs: number
  functionName: string
  deploymentId: string
  stream: 'stdout' | 'stderr'
  text: string
}

/** One invocation of a hook function. */
export interface HookRun {
  functionName: string
  deploymentId: string
  /** What Lambda calls the invocation. */
  requestId: string
  /** The instance of the function that runs it: since when there is one, and the first invocation that it ran. */
  instance: { sinceMs: number; firstRequestId: string }
  startedMs: number
  /** Undefined while it runs. */
  endedMs: number | undefined
  lines: readonly Pick<HookLogLine, 'atMs' | 'stream' | 'text'>[]
}

export function linesOf({ functionName, deploymentId, lines }: HookRun): HookLogLine[] {
  return lines.map((line) => ({ functionName, deploymentId, ...line }))
}

export { MAX_RUN_MS }

/** A function without a plan does nothing until Lambda ends it. */
const SILENT: HookPlan = { answer: 'none', afterSeconds: MAX_RUN_MS / 1000, log: [] }

/**
 * Invocations of planned hooks so far. They print all that they print when they are invoked and run until they answer,
 * but no longer than Lambda lets them (assumed).
 */
export function plannedHookRuns(account: Account, nowMs: number): HookRun[] {
  const { scenario, runningFunctions } = account.rules
  const exists = (functionName: string) => scenario.world.functions.some(({ name }) => name === functionName)
  const deployments = account.laneKeys.flatMap((key) => account.lane(key, nowMs)?.deployments ?? [])
  const runs = deployments.flatMap((deployment) =>
    deployment.events.flatMap(({ hook }): PlannedRun[] => {
      if (!hook || !exists(hook.functionName) || runningFunctions.has(hook.functionName)) return []
      const plan = scenario.hookPlans[hook.functionName] ?? SILENT
      const { functionName, executionId, invokedMs: startedMs } = hook
      const endsMs = startedMs + Math.min(Math.round(plan.afterSeconds * 1000), MAX_RUN_MS)
      return [
        {
          functionName,
          deploymentId: deployment.id,
          requestId: invocationIdOf(executionId),
          startedMs,
          endsMs,
          endedMs: endsMs <= nowMs ? endsMs : undefined,
          lines: plan.log.map((text) => ({ atMs: startedMs, stream: 'stdout' as const, text })),
        },
      ]
    }),
  )
  return onInstances([...runs, ...plannedNativeRuns(account, nowMs)])
}

/** The same of functions that ECS calls; what runs for longer than Lambda lets it is ended. */
function plannedNativeRuns(account: Account, nowMs: number): PlannedRun[] {
  const { runningFunctions } = account.rules
  const deployments = account.laneKeys.flatMap((key) => account.lane(key, nowMs)?.native?.deployments ?? [])
  return deployments.flatMap(({ invocations }) =>
    invocations
      .filter(({ functionName }) => !runningFunctions.has(functionName))
      .map(({ functionName, event, requestId, startedMs, endedMs: endsMs = startedMs + MAX_RUN_MS, log }) => ({
        functionName,
        deploymentId: event.resourceArn,
        requestId,
        startedMs,
        endsMs,
        endedMs: endsMs <= nowMs ? endsMs : undefined,
        lines: log.map((text) => ({ atMs: startedMs, stream: 'stdout' as const, text })),
      })),
  )
}

type PlannedRun = Omit<HookRun, 'instance'> & { endsMs: number }

/** How long an instance of a function is kept while it has nothing to do (assumed). */
const KEPT_IDLE_MS = 300_000

/** An instance runs one invocation after the other, each on the one that became free last. */
function onInstances(runs: readonly PlannedRun[]): HookRun[] {
  const instances: (HookRun['instance'] & { functionName: string; freeFromMs: number })[] = []
  return runs
    .toSorted((one, other) => one.startedMs - other.startedMs)
    .map(({ endsMs, ...run }) => {
      const { functionName, startedMs, requestId } = run
      const idle = instances
        .filter((one) => one.functionName === functionName && one.freeFromMs <= startedMs)
        .filter(({ freeFromMs }) => startedMs - freeFromMs <= KEPT_IDLE_MS)
        .toSorted((one, other) => other.freeFromMs - one.freeFromMs)[0]
      const instance = idle ?? { functionName, sinceMs: startedMs, firstRequestId: requestId, freeFromMs: endsMs }
      if (idle === undefined) instances.push(instance)
      instance.freeFromMs = endsMs
      const { sinceMs, firstRequestId } = instance
      return { ...run, instance: { sinceMs, firstRequestId } }
    })
}

/** The request id of the invocation that answers under this execution id. */
export function invocationIdOf(executionId: string): string {
  return uuidOf('invocation', executionId)
}
