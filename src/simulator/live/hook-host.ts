/**
 * The process in which a hook function runs: loads a Lambda-style handler and calls it once, with what the parent
 * sends. Lambda provides `@aws-sdk/*`; here it is the handler's own, else this repository's.
 */

import { createRequire, registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'

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

type Handler = (event: unknown, context: object, callback: (error: unknown, result?: unknown) => void) => unknown

const ownRequire = createRequire(import.meta.url)

registerHooks({
  resolve: (specifier, context, nextResolve) => {
    try {
      return nextResolve(specifier, context)
    } catch (error) {
      if (!specifier.startsWith('@aws-sdk/') || context.parentURL === import.meta.url) throw error
      return { url: pathToFileURL(ownRequire.resolve(specifier)).href, shortCircuit: true }
    }
  },
})

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

async function loadHandler(file: string): Promise<Handler> {
  const loaded = await import(pathToFileURL(file).href)
  const handler: unknown = loaded.handler ?? loaded.default?.handler
  if (typeof handler !== 'function') throw new Error(`${file} exports no function 'handler'.`)
  return handler as Handler
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
