import type { CloudWatchLogsClientConfig } from '@aws-sdk/client-cloudwatch-logs'
import type { LambdaClientConfig } from '@aws-sdk/client-lambda'
import { type Attempts, attempt, type CallError } from './attempts.ts'
import { wellAnswered } from './raw-json.ts'

/** One line, or several at once, that a function printed. */
export interface LogEvent {
  /** Milliseconds since 1970. */
  atMs: number
  /** Each instance of a function writes to a stream of its own. */
  stream: string
  message: string
}

/** The calls by which a function and its own log are found and read, one attempt each. */
export interface Functions {
  /** Empty when Lambda names none. */
  logGroupOf(functionName: string, signal: AbortSignal): Promise<string>
  /** A page of the names of functions in the region. Source: API Reference, ListFunctions: 50 a page. */
  names(marker: string | undefined, signal: AbortSignal): Promise<{ names: string[]; nextMarker: string | undefined }>
  /** A page of events between two moments, oldest first. Source: API Reference, FilterLogEvents; times in milliseconds. */
  page(request: LogRequest, signal: AbortSignal): Promise<{ events: LogEvent[]; nextToken: string | undefined }>
  close(): void
}

export interface LogRequest {
  logGroup: string
  fromMs: number
  untilMs: number
  nextToken: string | undefined
}

/** Clients of Lambda and CloudWatch Logs, loaded when they are needed: only releases with hooks need them. */
export async function loadFunctions(
  lambdaConfig: LambdaClientConfig,
  logsConfig: CloudWatchLogsClientConfig,
): Promise<Functions> {
  const [{ GetFunctionConfigurationCommand, LambdaClient, ListFunctionsCommand }, cloudWatchLogs] = await Promise.all([
    import('@aws-sdk/client-lambda'),
    import('@aws-sdk/client-cloudwatch-logs'),
  ])
  const { CloudWatchLogsClient, FilterLogEventsCommand } = cloudWatchLogs
  const lambda = new LambdaClient(lambdaConfig)
  const logs = new CloudWatchLogsClient(logsConfig)
  return {
    logGroupOf: async (FunctionName, abortSignal) => {
      const answer = await lambda.send(wellAnswered(new GetFunctionConfigurationCommand({ FunctionName })), {
        abortSignal,
      })
      return answer.LoggingConfig?.LogGroup ?? ''
    },
    names: async (Marker, abortSignal) => {
      const { Functions = [], NextMarker } = await lambda.send(wellAnswered(new ListFunctionsCommand({ Marker })), {
        abortSignal,
      })
      return { names: Functions.flatMap(({ FunctionName = [] }) => FunctionName), nextMarker: NextMarker || undefined }
    },
    page: async ({ logGroup: logGroupName, fromMs: startTime, untilMs: endTime, nextToken }, abortSignal) => {
      const command = wellAnswered(new FilterLogEventsCommand({ logGroupName, startTime, endTime, nextToken }))
      const answer = await logs.send(command, { abortSignal })
      const events = (answer.events ?? []).map(({ timestamp = 0, logStreamName = '', message = '' }) => ({
        atMs: timestamp,
        stream: logStreamName,
        message,
      }))
      return { events, nextToken: answer.nextToken || undefined }
    },
    close: () => {
      lambda.destroy()
      logs.destroy()
    },
  }
}

/** The log group of a function, empty when Lambda names none. @throws CallError, see `isMissing` */
export async function findFunction(attempts: Attempts, functions: Functions, name: string): Promise<string> {
  return await attempt(attempts, 'lambda:GetFunctionConfiguration', (signal) => functions.logGroupOf(name, signal))
}

/** There is no such function, version or alias. Source: API Reference, GetFunctionConfiguration. */
export function isMissing({ serviceError }: CallError): boolean {
  return serviceError.kind === 'answered' && serviceError.code === 'ResourceNotFound'
}

/** Pages that are read at most: a function that prints without end is cut off, oldest part first to be read. */
const MAX_PAGES = 20

/** Everything that a log group got between two moments, as far as it is read. @throws CallError */
export async function readLogEvents(
  attempts: Attempts,
  logs: Functions,
  range: Omit<LogRequest, 'nextToken'>,
): Promise<LogEvent[]> {
  const events: LogEvent[] = []
  let nextToken: string | undefined
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const page = await attempt(attempts, 'logs:FilterLogEvents', (signal) => logs.page({ ...range, nextToken }, signal))
    events.push(...page.events)
    nextToken = page.nextToken
    if (nextToken === undefined) break
  }
  return events
}
