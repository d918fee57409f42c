import type { Assumptions } from '../scenario.ts'

/**
 * The lifecycle events of an ECS deployment in the order in which they run.
 * Source: CodeDeploy User Guide, "AppSpec 'hooks' section for an Amazon ECS deployment".
 */
export const EVENT_NAMES = [
  'BeforeInstall',
  'Install',
  'AfterInstall',
  'AllowTestTraffic',
  'AfterAllowTestTraffic',
  'BeforeAllowTraffic',
  'AllowTraffic',
  'AfterAllowTraffic',
] as const

export type LifecycleEventName = (typeof EVENT_NAMES)[number]

/** Events that can run a hook function. Source: as above. */
export const HOOK_EVENTS = [
  'BeforeInstall',
  'AfterInstall',
  'AfterAllowTestTraffic',
  'BeforeAllowTraffic',
  'AfterAllowTraffic',
] as const

export type HookEventName = (typeof HOOK_EVENTS)[number]

export type EventStatus = 'Pending' | 'InProgress' | 'Succeeded' | 'Failed' | 'Skipped'

export interface LifecycleEvent {
  name: LifecycleEventName
  status: EventStatus
  startMs: number | undefined
  endMs: number | undefined
  /** What happens to the running event, and when, unless something comes in between. */
  due: { atMs: number; failure: Failure | undefined } | undefined
  hook: HookInvocation | undefined
}

export interface HookInvocation {
  functionName: string
  executionId: string
  /** When the function was invoked; its output is dated from here on. */
  invokedMs: number
}

export interface Failure {
  code: string
  message: string
}

/** All events of a deployment are listed from its start; without a test listener two of them do not exist (observed). */
export function pendingEvents(testListener: boolean): LifecycleEvent[] {
  return EVENT_NAMES.filter((name) => testListener || !TEST_TRAFFIC_EVENTS.includes(name)).map((name) => ({
    name,
    status: 'Pending',
    startMs: undefined,
    endMs: undefined,
    due: undefined,
    hook: undefined,
  }))
}

/** What the target of a rollback lists (assumed; the events of production traffic alone: observed for Lambda). */
export function rollbackEvents(testListener: boolean, shown: Assumptions['rollbackEvents']): LifecycleEvent[] {
  const all = pendingEvents(testListener)
  if (shown === 'all') return all
  return shown === 'none' ? [] : all.slice(all.findIndex((event) => event.name === 'BeforeAllowTraffic'))
}

const TEST_TRAFFIC_EVENTS: LifecycleEventName[] = ['AllowTestTraffic', 'AfterAllowTestTraffic']

export function isHookEvent(name: string): name is HookEventName {
  return (HOOK_EVENTS as readonly string[]).includes(name)
}
