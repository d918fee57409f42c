import type { Account } from './model/account.ts'

/** A line that a hook function printed. */
export interface HookLogLine {
  /** Milliseconds since 1970, of the simulator's clock. */
  atMs: number
  functionName: string
  deploymentId: string
  stream: 'stdout' | 'stderr'
  text: string
}

/** What planned hooks would have printed: all of it at the moment at which they were invoked. */
export function plannedHookLog(account: Account, nowMs: number): HookLogLine[] {
  const { scenario, runningFunctions } = account.rules
  const deployments = account.laneKeys.flatMap((key) => account.lane(key, nowMs)?.deployments ?? [])
  return deployments.flatMap((deployment) =>
    deployment.events.flatMap(({ hook }) => {
      const plan = hook && scenario.hookPlans[hook.functionName]
      if (!hook || !plan || runningFunctions.has(hook.functionName)) return []
      const line = { atMs: hook.invokedMs, functionName: hook.functionName, deploymentId: deployment.id }
      return plan.log.map((text) => ({ ...line, stream: 'stdout' as const, text }))
    }),
  )
}
