import type { LogEvent } from './functions.ts'

/** What a function printed while it was run once, with the lines that Lambda adds. A retry has the same request id. */
export interface Invocation {
  /** What Lambda calls it; undefined when the log does not tell. */
  requestId: string | undefined
  /** When it began, by Lambda's clock: at its first line. In milliseconds since 1970. */
  startedAtMs: number
  /** Its beginning is there, rather than only what came later. */
  isWhole: boolean
  events: LogEvent[]
}

const ID = '([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})'

/** Where a line names its invocation. Source: Lambda Developer Guide, "Working with Lambda function logs", each language. */
const NAMED = [
  new RegExp(`^(?:START|END|REPORT) RequestId: ${ID}\\b`),
  // Node.js: time, request id, level; Python: level, time, request id.
  new RegExp(`^\\d{4}-\\d\\d-\\d\\dT[\\d:.]{8,20}Z\\t${ID}\\t`),
  new RegExp(`^\\[\\w{1,20}\\]\\t\\d{4}-\\d\\d-\\d\\dT[\\d:.]{8,20}Z\\t${ID}\\t`),
  // The JSON format, of Lambda's lines and of the function's.
  new RegExp(`^\\{.{0,500}?"requestId" ?: ?"${ID}"`, 's'),
]

const BEGINS = /^START RequestId: |^\{.{0,500}?"platform\.start"/s
const ENDS = /^END RequestId: |^REPORT RequestId: |^\{.{0,500}?"platform\.(?:runtimeDone|report)"/s

/**
 * The invocations of a function in a part of its log, by when they began. An instance writes to one stream and runs one
 * invocation after the other, so a line that names none belongs to the one around it. Source: Lambda Developer Guide,
 * "Understanding the Lambda execution environment lifecycle".
 */
export function invocationsIn(events: readonly LogEvent[]): Invocation[] {
  const found = new Map<string, Invocation>()
  for (const [stream, ofStream] of Map.groupBy(events, (event) => event.stream)) {
    for (const [event, id] of owned(ofStream)) {
      const known = found.get(id ?? `of ${stream}`)
      const invocation = known ?? { requestId: id, startedAtMs: event.atMs, isWhole: false, events: [] }
      invocation.startedAtMs = Math.min(invocation.startedAtMs, event.atMs)
      invocation.isWhole ||= BEGINS.test(event.message)
      invocation.events.push(event)
      found.set(id ?? `of ${stream}`, invocation)
    }
  }
  return [...found.values()].sort((one, other) => one.startedAtMs - other.startedAtMs)
}

/** The lines of a stream, each with the request id of the invocation that it is of. */
function owned(events: readonly LogEvent[]): [LogEvent, string | undefined][] {
  const named = events.map(({ message }) => namedIn(message))
  let open: string | undefined
  const owners = events.map(({ message }, index) => {
    const id = named[index]
    if (id !== undefined) open = ENDS.test(message) ? undefined : id
    return id ?? open
  })
  // What stands between two invocations prepares the second, or reports on the one that was begun before these lines.
  let next = named.findLast((id) => id !== undefined)
  for (let index = events.length - 1; index >= 0; index--) {
    owners[index] ??= next
    next = named[index] ?? next
  }
  return events.map((event, index) => [event, owners[index]])
}

function namedIn(message: string): string | undefined {
  for (const pattern of NAMED) {
    const id = pattern.exec(message)?.[1]
    if (id !== undefined) return id
  }
  return undefined
}
