import type { HookRun } from './hook-log.ts'

/** Listener addresses of one service. */
export interface Listeners {
  production: string
  /** Absent when the deployment group has no test listener. */
  test?: string
}

/** What runs on this machine in scaled mode. */
export interface RealWorld {
  /** Listener addresses of served services, by `cluster:service`. */
  listeners: Readonly<Record<string, Listeners>>
  /** Invocations of hook functions, oldest first. */
  hookRuns: readonly HookRun[]
}

/** On a clock that nobody listens to. */
export const NOTHING_REAL: RealWorld = { listeners: {}, hookRuns: [] }
