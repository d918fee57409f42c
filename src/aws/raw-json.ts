import type { DeserializeMiddleware, MiddlewareStack, SerializeMiddleware } from '@smithy/types'
import { malformed } from './malformed.ts'

/**
 * The SDK drops members it does not know from requests and from answers, without a word. These two let the JSON
 * through as it is, so that members newer than the bundled SDK survive.
 */
interface Command<Input extends object, Output extends object> {
  middlewareStack: MiddlewareStack<Input, Output>
}

/** Makes `command` send `body` instead of what the SDK would make of its input. */
export function sendRaw<Input extends object, Output extends object>(
  command: Command<Input, Output>,
  body: unknown,
): void {
  const replaceBody: SerializeMiddleware<Input, Output> = (next) => (args) => {
    if (isObject(args.request)) args.request['body'] = JSON.stringify(body)
    return next(args)
  }
  command.middlewareStack.add(replaceBody, { step: 'serialize', priority: 'low', name: 'sendRaw' })
}

/** Hands the JSON of the answer to `keep` before the SDK reads it; undefined when the answer is not JSON. */
export function keepRaw<Input extends object, Output extends object>(
  command: Command<Input, Output>,
  keep: (answer: unknown) => void,
): void {
  const keepBody: DeserializeMiddleware<Input, Output> = (next) => async (args) => {
    const result = await next(args)
    const response = result.response
    if (isObject(response)) {
      const bytes = await bytesOf(response['body'])
      response['body'] = bytes
      keep(jsonOf(bytes))
    }
    return result
  }
  command.middlewareStack.add(keepBody, { step: 'deserialize', priority: 'low', name: 'keepRaw' })
}

/** Fails `command` when a good answer is not a JSON object: the SDK takes an empty body for an empty list. */
export function requireJson<Input extends object, Output extends object>(command: Command<Input, Output>): void {
  const check: DeserializeMiddleware<Input, Output> = (next) => async (args) => {
    const result = await next(args)
    const response = result.response
    if (isObject(response) && Number(response['statusCode']) < 300) {
      const bytes = await bytesOf(response['body'])
      response['body'] = bytes
      if (!isObject(jsonOf(bytes))) throw malformed('no JSON')
    }
    return result
  }
  command.middlewareStack.add(check, { step: 'deserialize', priority: 'low', name: 'requireJson' })
}

async function bytesOf(body: unknown): Promise<Uint8Array> {
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength)
  const chunks: Uint8Array[] = []
  if (isAsyncIterable(body)) for await (const chunk of body) chunks.push(chunk)
  return new Uint8Array(Buffer.concat(chunks))
}

function isAsyncIterable(value: unknown): value is AsyncIterable<Uint8Array> {
  return isObject(value) && Symbol.asyncIterator in value
}

function isObject(value: unknown): value is Record<PropertyKey, unknown> {
  return typeof value === 'object' && value !== null
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch {
    return undefined
  }
}
