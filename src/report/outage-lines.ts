import type { CallError } from '../aws/attempts.ts'
import type { OutageNews } from '../follow/outage.ts'
import { type Hooks, hookAt } from '../follow/snapshot.ts'
import type { FinishLine } from '../inputs/choices.ts'
import { clockTime, count } from '../text/words.ts'

/** The lifecycle events cannot be read: what that means for this wait. */
export function targetLostText({ operation, serviceError }: CallError, hooks: Hooks, finishLine: FinishLine): string {
  const what =
    serviceError.kind === 'denied' ? 'was denied' : `keeps failing (${serviceError.code}: ${serviceError.message})`
  const text = `${operation} ${what}: lifecycle events and hooks cannot be seen; following by status and task sets, and trying again now and then.`
  const last = hookAt(hooks, 'after-shift')
  if (finishLine !== 'production-traffic' || last === undefined) return text
  return `${text} Whether hook ${last} (AfterAllowTraffic) has passed shows only when the deployment has ended, so that is waited for: until the original task set is terminated.`
}

/** The lifecycle events can be read again. */
export function targetSeenLine(nowMs: number): string {
  return `${clockTime(nowMs)}  Lifecycle events and hooks can be seen again.`
}

/** Reads that begin to fail and that succeed again; nothing in between. */
export function readTroubleLine(trouble: { began: CallError } | { endedAfter: number }, nowMs: number): string {
  if ('endedAfter' in trouble) {
    return `${clockTime(nowMs)}  Reads succeed again after ${count(trouble.endedAfter, 'failed look')}.`
  }
  const { operation, serviceError } = trouble.began
  return `${clockTime(nowMs)}  ${operation} failed (${serviceError.code}: ${serviceError.message}); looking again, less often. This says nothing about the deployment.`
}

/** What asks for something to be changed begins to fail or is answered again; nothing in between. */
export function requestTroubleLine(trouble: OutageNews, nowMs: number): string {
  if ('endedAfter' in trouble) {
    const { operation, endedAfter } = trouble
    return `${clockTime(nowMs)}  ${operation} is answered again after ${count(endedAfter, 'failed request')}.`
  }
  const { operation, serviceError } = trouble.began
  return `${clockTime(nowMs)}  ${operation} failed (${serviceError.code}: ${serviceError.message}); asking again, less often.`
}

/** Whether CreateDeployment was carried out is not known, and is found out before anything else is done. */
export function answerLostLine({ serviceError: { code, message } }: CallError, nowMs: number): string {
  return `${clockTime(nowMs)}  The answer to CreateDeployment was lost (${code}: ${message}). Looking whether the deployment is there; it has this run's name in its description.`
}
