import { endingOf } from '../follow/ending.ts'
import { failedEvent, hasEnded, hookOf, productionMoved, replacementOf, type Snapshot } from '../follow/snapshot.ts'
import type { Release } from '../release-state.ts'

/** What a deployment that ended badly ended of: it decides what is said of the cause, and what there is to do. */
export type Fault =
  | { kind: 'hook-failed' | 'hook-silent' | 'hook-not-invoked'; event: string; hookFunction: string }
  /** Names of CloudWatch alarms; empty when CodeDeploy names none. */
  | { kind: 'alarm'; names: string[] }
  /** Tasks of the replacement did not start, did not become healthy, or died. */
  | { kind: 'tasks' }
  | { kind: 'app-spec' }
  | { kind: 'stop-request' }
  | { kind: 'ready-wait' }
  | { kind: 'other' }

/** By CodeDeploy's code and text, and by the lifecycle event that failed. */
export function faultOf(release: Pick<Release, 'plan' | 'taskStops'>, snapshot: Snapshot): Fault {
  const { code = '', message = '' } = snapshot.error ?? {}
  switch (endingOf(snapshot)) {
    case 'alarm':
      return { kind: 'alarm', names: alarmNames(message) }
    case 'ready-wait-over':
      return { kind: 'ready-wait' }
    case 'stop-request':
      return { kind: 'stop-request' }
    case 'failure':
  }
  const event = failedEvent(snapshot)?.name ?? ''
  const hookFunction = hookOf(release.plan?.hooks ?? {}, event)
  const kind = hookFunction === undefined ? undefined : hookFault(code, message)
  if (hookFunction !== undefined && kind !== undefined) return { kind, event, hookFunction }
  if (code === 'INVALID_REVISION' || /\bAppSpec file\b/i.test(message)) return { kind: 'app-spec' }
  // What CodeDeploy says of something else is not overruled by tasks that stopped on the way.
  const isOfTasks = message === '' ? release.taskStops.length > 0 : OF_TASKS.test(message)
  return { kind: isOfTasks ? 'tasks' : 'other' }
}

/** Texts: User Guide, "Troubleshoot Amazon ECS deployments", and observed. */
const OF_TASKS = /task ?set (?:is unhealthy|to become healthy)/i

/** `… Activated alarms: <web-5xx> <web-latency>` (observed). */
function alarmNames(message: string): string[] {
  const listed = /Activated alarms: (.+)$/i.exec(message)?.[1] ?? ''
  return [...listed.matchAll(/<([^<>]{1,255})>/g)].map(([, name]) => name ?? '')
}

/** Codes with which CodeDeploy says that it could not run the function. Source: CodeDeploy API Reference, ErrorInformation. */
const NOT_INVOKED = new Set(['IAM_ROLE_PERMISSIONS', 'IAM_ROLE_MISSING', 'INVALID_LAMBDA_FUNCTION'])

/**
 * What was wrong with the hook at which a deployment ended, by CodeDeploy's message, then by its code; undefined when
 * neither is about hooks. That a hook reported Failed and that it ended with an error is not told apart, and the code
 * of a hook that was silent is not documented. Texts: User Guide, "Troubleshoot Amazon ECS deployments".
 */
function hookFault(code: string, message: string): 'hook-failed' | 'hook-silent' | 'hook-not-invoked' | undefined {
  if (/status callback/i.test(message)) return 'hook-silent'
  if (/AWSLambda/.test(message) || NOT_INVOKED.has(code)) return 'hook-not-invoked'
  if (/validation functions? failed/i.test(message)) return 'hook-failed'
  if (code === 'TIMEOUT' && message === '') return 'hook-silent'
  return code === 'HOOK_EXECUTION_FAILURE' ? 'hook-failed' : undefined
}

/** The hook at which the deployment ended without ever being run, so that it has printed nothing. */
export function hookNotInvoked(release: Pick<Release, 'plan' | 'taskStops' | 'snapshot'>): string | undefined {
  const fault = release.snapshot === undefined ? undefined : faultOf(release, release.snapshot)
  return fault?.kind === 'hook-not-invoked' ? fault.hookFunction : undefined
}

/** Whether tasks that stopped may be why it ended, or what is wrong with what was released. */
export function mayBeOfTasks(release: Pick<Release, 'plan' | 'taskStops' | 'snapshot'>): boolean {
  const { snapshot } = release
  const replacement = replacementOf(snapshot)
  if (snapshot === undefined || replacement === undefined) return false
  if (!isFailure(snapshot)) return replacement.running < replacement.desired && productionMoved(snapshot)
  const { kind } = faultOf(release, snapshot)
  return kind === 'tasks' || kind === 'other' || kind === 'alarm'
}

/** It ended by itself, rather than because somebody asked for it. */
function isFailure(snapshot: Snapshot): boolean {
  return hasEnded(snapshot) && snapshot.status !== 'succeeded' && endingOf(snapshot) !== 'stop-request'
}
