import type { FilteredLogEvent, FilterLogEventsRequest, FilterLogEventsResponse } from '@aws-sdk/client-cloudwatch-logs'
import { eventIdOf, type LogEvent, logEventsOf, logGroupOf } from '../function-log.ts'
import { plannedHookRuns } from '../hook-log.ts'
import type { Account } from '../model/account.ts'
import { printedBy } from '../model/one-off-tasks.ts'
import { containersOf } from '../model/task-definitions.ts'
import { isOfPlace } from '../names.ts'
import { AwsError } from '../protocol/aws-error.ts'
import { type Operation, reads, type Wire } from '../protocol/operation.ts'
import { schemaOf } from '../protocol/schema.ts'
import type { RealWorld } from '../real-world.ts'
import { between, requireConstraints } from './constraints.ts'
import { filterOf } from './filter-pattern.ts'
import { pageOf } from './page.ts'

/** Source: CloudWatch Logs API Reference, FilterLogEvents. */
const MAX_EVENTS = 10_000

/** The latest events can be asked for first from here on. Source: the same. */
const NEWEST_FIRST_SINCE_MS = Date.UTC(2024, 0, 1)

type Request = Wire<FilterLogEventsRequest>

const filterLogEvents = reads<FilterLogEventsRequest, FilterLogEventsResponse>(
  schemaOf('cloudwatch-logs', 'cloudwatchlogs', 'FilterLogEvents'),
  (input, account, atMs, { real }) => {
    requireConstraints('InvalidParameterException', between('limit', input.limit, 1, MAX_EVENTS))
    const matches = filterOf(input.filterPattern ?? '')
    const { startTime = 0, endTime = Number.POSITIVE_INFINITY } = input
    const found = inStreams(requireLogGroup(groupIn(input, account), account, real, atMs), input)
      .filter((event) => event.atMs >= startTime && event.atMs <= endTime && matches(event.message))
      .sort((one, other) => one.atMs - other.atMs)
    const ordered = isNewestFirst(input) ? found.reverse() : found
    const page = pageOf(ordered, input.nextToken, input.limit ?? MAX_EVENTS, 'InvalidParameterException')
    return {
      events: page.entries.map(view),
      searchedLogStreams: [],
      ...(page.nextToken && { nextToken: page.nextToken }),
    }
  },
)

export const logOperations: Operation[] = [filterLogEvents]

/** An ARN of another place is no group of this account (assumed). */
function groupIn({ logGroupName: name, logGroupIdentifier: identifier }: Request, { world }: Account): string {
  if ((name === undefined) === (identifier === undefined)) {
    throw refused('Exactly one of logGroupName and logGroupIdentifier must be specified.')
  }
  if (name !== undefined || !identifier?.startsWith('arn:')) return name ?? identifier ?? ''
  return isOfPlace(identifier, world) ? identifier.replace(/^arn:[^:]*:logs:[^:]*:[^:]*:log-group:/, '') : identifier
}

/** Lambda makes a group when a function that logs to it runs for the first time (documented). */
function requireLogGroup(group: string, account: Account, real: RealWorld, atMs: number): LogEvent[] {
  const functions = account.world.functions.filter((seed) => logGroupOf(seed) === group).map(({ name }) => name)
  const runs = [...plannedHookRuns(account, atMs), ...real.hookRuns].filter((run) =>
    functions.includes(run.functionName),
  )
  const ofTasks = taskLogEvents(group, account, atMs)
  if (runs.length === 0 && ofTasks === undefined) {
    throw new AwsError('ResourceNotFoundException', 'The specified log group does not exist.')
  }
  return [...runs.flatMap(logEventsOf), ...(ofTasks ?? [])]
}

/**
 * What tasks that were started by themselves have printed into a group; undefined when none of them logs there. Tasks of
 * services print nothing.
 */
function taskLogEvents(group: string, account: Account, atMs: number): LogEvent[] | undefined {
  const logging = account.oneOffTasks.all.flatMap((task) => {
    const definition = account.taskDefinitions.find(task.taskDefinitionArn, atMs)?.definition ?? {}
    const main = containersOf(definition).find(({ name }) => name === task.mainContainer)
    const { logDriver, options = {} } = main?.logConfiguration ?? {}
    if (logDriver !== 'awslogs' || options['awslogs-group'] !== group) return []
    return [{ task, stream: `${options['awslogs-stream-prefix']}/${task.mainContainer}/${task.id}` }]
  })
  if (logging.length === 0) return undefined
  return logging.flatMap(({ task, stream }) =>
    printedBy(task, atMs).map((line, i) => ({
      id: eventIdOf(line.atMs, task.id, i),
      stream,
      atMs: line.atMs,
      message: line.text,
    })),
  )
}

function inStreams(events: LogEvent[], { logStreamNames: names, logStreamNamePrefix: prefix }: Request): LogEvent[] {
  if (names && prefix !== undefined) {
    throw refused('logStreamNames and logStreamNamePrefix cannot be specified at the same time.')
  }
  if (names?.some((name) => !events.some((event) => event.stream === name))) {
    throw new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.')
  }
  return events.filter(({ stream }) => (names?.includes(stream) ?? true) && stream.startsWith(prefix ?? ''))
}

function isNewestFirst({ startFromHead = true, startTime = 0 }: Request): boolean {
  if (startFromHead) return false
  if (startTime < NEWEST_FIRST_SINCE_MS) {
    throw refused('With startFromHead false, startTime must not be before 2024-01-01T00:00:00Z.')
  }
  return true
}

/** Times are milliseconds here, and whole. */
function view({ id, stream, atMs, message }: LogEvent): Wire<FilteredLogEvent> {
  return { logStreamName: stream, timestamp: atMs, message, ingestionTime: atMs, eventId: id }
}

function refused(message: string): AwsError {
  return new AwsError('InvalidParameterException', message)
}
