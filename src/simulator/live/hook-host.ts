/** The process in which a hook function runs: loads a handler and calls it once, with what the parent sends. */

import { loadHandler } from './handler-module.ts'

/** What the parent sends. */
export interface HookInvocationMessage {
  handlerFile: string
  event: { DeploymentId: string; LifecycleEventHookExecutionId: string }
  functionName: string
  functionArn: string
  requestId: string
  logGroupName: string
  logStreamName: string
  /** Of this process's own clock. */
  deadlineMs: number
}

process.once('message', (message: HookInvocationMessage) => {
  process.disconnect()
  run(message).catch((error: unknown) => {
    printError(error)
    process.exitCode = 1
  })
})

/**
 * An async handler is over when its promise is, whatever else still runs; another one when nothing runs any more, as in
 * Lambda. A handler that fails prints its error and that is all: nobody tells CodeDeploy.
 */
async function run(message: HookInvocationMessage): Promise<void> {
  const handler = await loadHandler(message.handlerFile)
  const result = handler(message.event, contextOf(message), (error) => {
    if (error) printError(error)
  })
  if (!(result instanceof Promise)) return
  await result.catch(printError)
  process.stdout.write('', () => process.exit())
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

function printError(error: unknown): void {
  process.stderr.write(`Invoke Error ${error instanceof Error ? error.stack : JSON.stringify(error)}\n`)
}
