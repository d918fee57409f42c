/** The process in which a hook function runs: loads a handler and calls it once, with what the parent sends. */

import { writeSync } from 'node:fs'
import { basename } from 'node:path'
import { HandlerNotFound, loadHandler } from './handler-module.ts'

/** What the parent sends. */
export interface HookInvocationMessage {
  handlerFile: string
  event: object
  /** What the handler returns is sent back. */
  answers: boolean
  functionName: string
  functionArn: string
  requestId: string
  logGroupName: string
  logStreamName: string
  /** Of this process's own clock. */
  deadlineMs: number
}

const STDERR = 2
const exit = process.exit.bind(process)
const OWN_FRAME = /^ +at .*(hook-host\.ts|handler-module\.ts|node:internal)/

process.once('message', (message: HookInvocationMessage) => {
  if (message.answers) process.channel?.unref()
  else process.disconnect()
  process.exit = (code) => {
    const how = Number(code ?? 0) === 0 ? 'without providing a reason' : `with error: exit status ${code}`
    writeSync(STDERR, `RequestId: ${message.requestId} Error: Runtime exited ${how}\nRuntime.ExitError\n`)
    return exit(code)
  }
  process.on('uncaughtException', (error) => giveUp('Uncaught Exception', error))
  process.on('unhandledRejection', (reason) => {
    giveUp('Unhandled Promise Rejection', named(reason, 'Runtime.UnhandledPromiseRejection'))
  })
  run(message).catch((error: unknown) => printError('Invoke Error', error))
})

/**
 * An async handler is over when its promise is, whatever else still runs; another one when nothing runs any more, as in
 * Lambda. A handler that fails prints its error and that is all: nobody tells CodeDeploy.
 */
async function run(message: HookInvocationMessage): Promise<void> {
  const file = message.handlerFile
  const handler = await loadHandler(file).catch((error: unknown) => {
    return giveUp('Uncaught Exception', loadFailure(error, file))
  })
  const answer = (result: unknown) => {
    if (message.answers) process.send?.({ result })
  }
  const result = handler(message.event, contextOf(message), (error, returned) => {
    if (error) printError('Invoke Error', error)
    else answer(returned)
  })
  if (!(result instanceof Promise)) return
  await result.then(answer, (error: unknown) => printError('Invoke Error', error))
  process.stdout.write('', () => exit())
}

/** What the module is not loaded for, with names as Lambda's Node.js runtime has them (observed). */
function loadFailure(error: unknown, file: string): unknown {
  if (error instanceof HandlerNotFound) {
    const module = basename(file).replace(/\.[^.]*$/, '')
    return named(`${module}.handler is undefined or not exported`, 'Runtime.HandlerNotFound')
  }
  return named(error, loadErrorName(error))
}

function loadErrorName(error: unknown): string | undefined {
  if (error instanceof SyntaxError) return 'Runtime.UserCodeSyntaxError'
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND' ? 'Runtime.ImportModuleError' : undefined
}

function named(error: unknown, name: string | undefined): unknown {
  if (name === undefined) return error
  const text = String(error)
  const renamed = new Error(text)
  renamed.name = name
  renamed.stack = `${name}: ${error instanceof Error ? error.stack : text}`
  return renamed
}

/** Source: AWS Lambda Developer Guide, "Using the Lambda context object". */
function contextOf(message: HookInvocationMessage): object {
  const { functionName, functionArn, requestId, logGroupName, logStreamName, deadlineMs } = message
  return {
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: functionArn,
    memoryLimitInMB: '128',
    awsRequestId: requestId,
    logGroupName,
    logStreamName,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
  }
}

/** One line, as Lambda's Node.js runtime prints it (observed), without what is this file's or Node's own. */
function printError(title: string, error: unknown): void {
  const isError = error instanceof Error
  const stack = isError
    ? String(error.stack)
        .split('\n')
        .filter((line) => !OWN_FRAME.test(line))
    : []
  const shown = {
    errorType: isError ? error.name : typeof error,
    errorMessage: isError ? error.message : String(error),
    ...(isError && { stack }),
  }
  writeSync(STDERR, `${title} \t${JSON.stringify(shown)}\n`)
}

function giveUp(title: string, error: unknown): never {
  printError(title, error)
  return exit(129)
}
