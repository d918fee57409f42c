import type { Clock } from '../time/clock.ts'
import { readServiceError, type ServiceError, throughProxy } from './service-error.ts'

/** How long one attempt of a call may take unless it is told otherwise, in milliseconds. */
const ATTEMPT_DEADLINE_MS = 30_000

/** Waits between attempts begin at this many milliseconds and double, up to the second figure. */
const FIRST_WAIT_MS = 500
/** Throttled requests count against the limit of whoever else shares it, so they come back later from the start. */
const FIRST_THROTTLED_WAIT_MS = 2_000
const LONGEST_WAIT_MS = 20_000

/** What a call to AWS is made with. */
export interface Attempts {
  clock: Clock
  /** From 0 up to 1, for spreading retries of many runs. */
  random(): number
  /** Attempts of a call, at least 1. */
  maxAttempts: number
  /** Once it is aborted nothing is waited for any more. */
  signal?: AbortSignal
  /** How long an attempt may take, in milliseconds; half a minute unless given. */
  deadlineMs?: number
  /** For so long a throttled call is tried again, however many attempts that takes, in milliseconds; 0 unless given. */
  patienceMs?: number
  /** A call is throttled for longer than its attempts, or is no longer after so many throttled attempts. */
  onThrottled?(trouble: { began: CallError } | { endedAfter: number }): void
  /** AWS refused the time of a request; it is sent again with the time that the answer gave. */
  onWrongClock?(failed: CallError): void
  /** Called right before anything that changes AWS is sent, which waits for it. */
  beforeWrite?(): Promise<void>
  /** AWS called the credentials expired. @returns whether the next attempt is signed with others */
  renewCredentials?(): boolean
}

/** How long an attempt may take of a call that is not long waited for, in milliseconds. */
const BRIEF_DEADLINE_MS = 5_000

/** For a call that a release can do without: two attempts that are not long waited for. */
export function briefly<Calls extends Attempts>(calls: Calls): Calls {
  return { ...calls, maxAttempts: 2, deadlineMs: BRIEF_DEADLINE_MS, patienceMs: 0 }
}

/** A call that failed for good, with the operation's name and what its error means. */
export class CallError extends Error {
  readonly operation: string
  readonly serviceError: ServiceError
  /** An attempt before the last one was not answered, or not so that it proves anything: it may have been carried out. */
  hadUnanswered = false

  constructor(operation: string, serviceError: ServiceError, cause: unknown) {
    super(`${operation}: ${serviceError.code}: ${serviceError.message}`, { cause })
    this.name = 'CallError'
    this.operation = operation
    this.serviceError = serviceError
  }
}

/** Something that can be sent to AWS, given the signal that ends the attempt. */
export type Send<Answer> = (signal: AbortSignal) => Promise<Answer>

/**
 * A read: tried again after throttling, service trouble and network errors, with growing waits.
 * @throws CallError after the last attempt, or at once when another attempt cannot help
 */
export async function attempt<Answer>(attempts: Attempts, operation: string, send: Send<Answer>): Promise<Answer> {
  return await attemptCall(attempts, operation, send, (error) => isPassing(error))
}

/**
 * A write that may be carried out twice: tried again as a read is.
 * @throws CallError
 */
export async function attemptWrite<Answer>(attempts: Attempts, operation: string, send: Send<Answer>): Promise<Answer> {
  await attempts.beforeWrite?.()
  return await attempt(attempts, operation, send)
}

/**
 * A write that may be carried out twice and that takes a release further: tried again as a read is, unless the run is
 * cancelled meanwhile.
 * @throws CallError
 */
export async function attemptOnward<Answer>(
  attempts: Attempts,
  operation: string,
  send: Send<Answer>,
): Promise<Answer> {
  await attempts.beforeWrite?.()
  return await attemptCall(attempts, operation, send, (error) => isPassing(error), 'onward')
}

/**
 * A write that must not be carried out twice: sent again only after an answer that proves it was not carried out, and
 * only while the run is not cancelled.
 * @throws CallError
 */
export async function attemptOnce<Answer>(attempts: Attempts, operation: string, send: Send<Answer>): Promise<Answer> {
  await attempts.beforeWrite?.()
  return await attemptCall(attempts, operation, send, (error) => isPassing(error) && error.notAccepted, 'onward')
}

async function attemptCall<Answer>(
  attempts: Attempts,
  operation: string,
  send: Send<Answer>,
  mayTryAgain: (error: ServiceError) => boolean,
  direction?: 'onward',
): Promise<Answer> {
  const { clock, maxAttempts, signal, deadlineMs = ATTEMPT_DEADLINE_MS, patienceMs = 0 } = attempts
  const patientUntilMs = clock.monotonicMs() + patienceMs
  let mayRenew = true
  let mayCorrectClock = true
  let throttled = 0
  let hadUnanswered = false
  for (let attempt = 1; ; attempt++) {
    const deadline = clock.deadline(deadlineMs)
    try {
      const answer = await send(deadline.signal)
      if (throttled >= maxAttempts) attempts.onThrottled?.({ endedAfter: throttled })
      return answer
    } catch (thrown) {
      const failed = deadline.signal.aborted ? tooSlow(operation, deadlineMs, thrown) : callError(operation, thrown)
      failed.hadUnanswered ||= hadUnanswered
      const { kind } = failed.serviceError
      if (direction === 'onward' && signal?.aborted === true) throw failed
      if (kind === 'expired' && mayRenew && attempts.renewCredentials?.() === true) {
        mayRenew = false
        continue
      }
      // The answer refuses the request as it was signed, so that it was not carried out, whatever it asked for.
      if (kind === 'wrong-clock' && mayCorrectClock) {
        mayCorrectClock = false
        attempts.onWrongClock?.(failed)
        continue
      }
      const isPatient = kind === 'throttled' && clock.monotonicMs() < patientUntilMs && signal?.aborted !== true
      if ((attempt >= maxAttempts && !isPatient) || !mayTryAgain(failed.serviceError)) throw failed
      hadUnanswered ||= !failed.serviceError.notAccepted
      if (kind === 'throttled') throttled += 1
      if (kind === 'throttled' && throttled === maxAttempts) attempts.onThrottled?.({ began: failed })
      deadline.cancel()
      await clock.sleep(waitBeforeAttemptMs(attempt, attempts.random(), kind === 'throttled'), signal)
      if (direction === 'onward' && signal?.aborted === true) throw failed
    } finally {
      deadline.cancel()
    }
  }
}

/** What was thrown on the way: by the call for a session, when there is none. */
function callError(operation: string, thrown: unknown): CallError {
  return thrown instanceof CallError ? thrown : new CallError(operation, readServiceError(thrown), thrown)
}

function tooSlow(operation: string, deadlineMs: number, thrown: unknown): CallError {
  const message = `no answer within ${deadlineMs / 1000} s${throughProxy(thrown)}`
  return new CallError(operation, { kind: 'network', code: 'Timeout', message, notAccepted: false }, thrown)
}

/** How long to wait after the given number of failed attempts, in milliseconds; between half and all of the full wait. */
export function waitBeforeAttemptMs(failedAttempts: number, random: number, isThrottled = false): number {
  const first = isThrottled ? FIRST_THROTTLED_WAIT_MS : FIRST_WAIT_MS
  const full = Math.min(LONGEST_WAIT_MS, first * 2 ** (failedAttempts - 1))
  return full / 2 + (full / 2) * random
}

/** The error says nothing about what was asked, so asking again may help. */
export function isPassing(error: ServiceError): boolean {
  return error.kind === 'throttled' || error.kind === 'unavailable' || error.kind === 'network'
}
