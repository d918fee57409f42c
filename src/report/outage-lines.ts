import type { CallError } from '../aws/attempts.ts'
import type { EngineWords } from '../engines/words.ts'
import type { OutageNews } from '../follow/outage.ts'
import { type Hooks, hookAt } from '../follow/snapshot.ts'
import type { FinishLine } from '../inputs/choices.ts'
import { capitalized, clockTime, count } from '../text/words.ts'

/** The lifecycle events cannot be read: what that means for this wait. */
export function targetLostText(
  { operation, serviceError }: CallError,
  hooks: Hooks,
  finishLine: FinishLine,
  { event, nameOf, original }: EngineWords,
): string {
  const what =
    serviceError.kind === 'denied' ? 'was denied' : `keeps failing (${serviceError.code}: ${serviceError.message})`
  const text = `${operation} ${what}: ${event}s and hooks cannot be seen; following by status and task sets, and trying again now and then.`
  const last = hookAt(hooks, 'after-shift')
  if (finishLine !== 'production-traffic' || last === undefined) return text
  return `${text} Whether hook ${last} (${nameOf('after-shift')}) has passed shows only when the deployment has ended, so that is waited for: until ${original} is terminated.`
}

/** The lifecycle events can be read again. */
export function targetSeenLine({ event }: EngineWords, nowMs: number): string {
  return `${clockTime(nowMs)}  ${capitalized(event)}s and hooks can be seen again.`
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

/** Whether the call that starts a deployment was carried out is not known, and is found out before anything else is done. */
export function answerLostLine(
  { serviceError: { code, message } }: CallError,
  { startCall, lookingForStarted }: EngineWords,
  nowMs: number,
): string {
  return `${clockTime(nowMs)}  The answer to ${startCall} was lost (${code}: ${message}). ${lookingForStarted}`
}
