import { functionName } from '../aws/arn.ts'
import type { HookLog, Release } from '../release-state.ts'
import { isJsonObject } from '../text/document.ts'
import { inSentence } from '../text/untrusted.ts'

/** Longest reason that a sentence quotes, in characters. */
const MAX_REASON_LENGTH = 200

/** Lines that Lambda adds. Source: Lambda Developer Guide, "Working with Lambda function logs", text and JSON. */
const OF_LAMBDA =
  /^(?:(?:START|END|REPORT) RequestId: |INIT_START |EXTENSION |XRAY TraceId: |\{.{0,300}?"type" ?: ?"platform\.)/

const ID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'

/** What stands before what a function printed, in Node.js and in Python. Source: as above, each language. */
const PREFIX = new RegExp(
  `^(?:\\[?(?:TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL|CRITICAL)\\]? +)?(?:\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z +)?(?:${ID} +)?(?:(?:TRACE|DEBUG|INFO|WARN|ERROR|FATAL) +)?(?:Invoke Error +|Uncaught Exception +)?`,
)

/** A frame of a stack, a line of the program, or only brackets. */
const OF_STACK = /^\s|^Traceback \(|^at |^[{}[\](),;\s]*$/

/** Words of what went wrong. */
const TROUBLE =
  /error|exception|fail|expected|denied|not authorized|refused|time[ds]? ?-?out|unreachable|unhealthy|assert|cannot|could not|missing|wrong|\b[45]\d\d\b/i

/** What says only that something is reported. */
const ONLY_REPORTS = /^(?:(?:reported|reporting|sent|sending|returning|putting)\b|(?:status|result)\W+\w+\W*$)/i

/**
 * The line that tells best why a hook failed: the last one about trouble, else the last one that the function itself
 * printed, without what stands around it. What a hook prints is up to its author, so this is a guess by common words;
 * it is text that others wrote. Undefined when nothing was printed.
 */
export function tellingLine(lines: readonly string[]): string | undefined {
  const own = lines.filter((line) => !OF_LAMBDA.test(line) && !OF_STACK.test(line)).map(bare)
  const said = own.filter((line) => line !== '' && !OF_STACK.test(line))
  const telling = said.filter((line) => !ONLY_REPORTS.test(line))
  const line = telling.findLast((one) => TROUBLE.test(one)) ?? telling.at(-1) ?? said.at(-1)
  return line === undefined ? undefined : inSentence(line, MAX_REASON_LENGTH)
}

/** What the function printed, without what Lambda prints around it; that it ran out of time or memory stays. */
export function withoutLambdasOwn(lines: readonly string[]): string[] {
  return lines.filter((line) => !OF_LAMBDA.test(line) || /\bStatus: (?!success)/i.test(line))
}

/** A line without time, request id and level, without the id of the deployment and what is reported of it. */
function bare(line: string): string {
  const text = messageIn(line.replace(PREFIX, '')).trim()
  return text.replace(/^d-[A-Z0-9]{6,}: +/, '').replace(/ Reporting (?:Failed|Succeeded)\.?$/, '')
}

/** The message in a line of JSON: of a logger, or of an error that ended the function. */
function messageIn(text: string): string {
  if (!text.startsWith('{')) return text
  try {
    const entry: unknown = JSON.parse(text)
    return (isJsonObject(entry) && messageOf(entry)) || text
  } catch {
    return text
  }
}

function messageOf(entry: { readonly [name: string]: unknown }): string {
  const { errorType, errorMessage, message, msg } = entry
  if (typeof errorMessage === 'string') {
    return typeof errorType === 'string' && errorType !== '' ? `${errorType}: ${errorMessage}` : errorMessage
  }
  const text = message ?? msg
  if (typeof text === 'string') return text
  return isJsonObject(text) ? messageOf(text) : ''
}

/** A hook: a function may run at several events, and several at one. */
type Hook = Pick<HookLog, 'event' | 'hookFunction'>

/** The log of a hook, as far as it was read. */
export function hookLogAt({ hookLogs }: Pick<Release, 'hookLogs'>, { event, hookFunction }: Hook): HookLog | undefined {
  const logs = hookLogs.filter((log) => log.event === event)
  const name = functionName(hookFunction)
  return logs.find((log) => functionName(log.hookFunction) === name) ?? logs[0]
}

/** Why this hook failed, in its own words; undefined when its log is not shown, or says nothing. */
export function hookReason(release: Pick<Release, 'hookLogs'>, hook: Hook): string | undefined {
  return tellingLine(hookLogAt(release, hook)?.lines ?? [])
}

/** The release without what hooks printed: what may be shown where others than the readers of the run can read it. */
export function withoutHookLines(release: Release): Release {
  if (release.hookLogs.length === 0) return release
  return { ...release, hookLogs: release.hookLogs.map((log) => ({ ...log, lines: [], omitted: 0 })) }
}
