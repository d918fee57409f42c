import type { HookRun } from './hook-log.ts'
import { hexOf } from './identity.ts'
import type { FunctionSeed } from './scenario.ts'

/** An entry of CloudWatch Logs. */
export interface LogEvent {
  id: string
  stream: string
  atMs: number
  /** With the line end that Lambda leaves in. */
  message: string
}

/** Source: AWS Lambda Developer Guide, "Sending Lambda function logs to CloudWatch Logs". */
export function logGroupOf({ name, logGroup }: FunctionSeed): string {
  return logGroup ?? `/aws/lambda/${name}`
}

/** Every instance of a function has a stream, which has the day on which it began. */
export function logStreamOf({ instance: { sinceMs, firstRequestId } }: Pick<HookRun, 'instance'>): string {
  const day = new Date(sinceMs).toISOString().slice(0, 10).replaceAll('-', '/')
  return `${day}/[$LATEST]${firstRequestId.replaceAll('-', '')}`
}

/**
 * What Lambda logs of an invocation: its own lines around those of the function. How much memory was used is left out
 * of the last one, because nobody measures it.
 */
export function logEventsOf(run: HookRun): LogEvent[] {
  const { requestId, startedMs, endedMs, lines } = run
  const stream = logStreamOf(run)
  const around = (atMs: number, text: string) => ({ atMs, text })
  const all = [
    around(startedMs, `START RequestId: ${requestId} Version: $LATEST`),
    ...lines,
    ...(endedMs === undefined
      ? []
      : [around(endedMs, `END RequestId: ${requestId}`), around(endedMs, reportOf(requestId, endedMs - startedMs))]),
  ]
  return all.map(({ atMs, text }, i) => ({ id: eventIdOf(atMs, requestId, i), stream, atMs, message: `${text}\n` }))
}

/** Its parts are separated by tabs, and one is at the end (observed). */
function reportOf(requestId: string, tookMs: number): string {
  const parts = [
    `REPORT RequestId: ${requestId}`,
    `Duration: ${tookMs.toFixed(2)} ms`,
    `Billed Duration: ${Math.ceil(tookMs)} ms`,
    'Memory Size: 128 MB',
  ]
  return `${parts.join('\t')}\t`
}

/** 56 digits, growing with time (observed). */
export function eventIdOf(atMs: number, requestId: string, index: number): string {
  const rest = BigInt(`0x${hexOf(40, 'log event', requestId, index)}`)
    .toString()
    .padStart(43, '0')
  return `${atMs}${rest}`.slice(0, 56)
}
