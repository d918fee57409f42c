import type { DeserializeMiddleware, MiddlewareStack, SerializeMiddleware } from '@smithy/types'
import { isJsonObject } from '../text/document.ts'
import { answerMistake } from './answer-shape.ts'
import { malformed } from './malformed.ts'

/**
 * The SDK drops members it does not know from requests and from answers, without a word. `sendRaw` and `keepRaw`
 * let the JSON through as it is, so that members newer than the bundled SDK survive.
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

/**
 * Hands the `Date` of the answer, AWS's own time to the second, to `keep` in milliseconds since 1970; nothing when it has
 * none. Source: RFC 9110, 6.6.1.
 */
export function keepDate<Input extends object, Output extends object>(
  command: Command<Input, Output>,
  keep: (answeredAtMs: number) => void,
): void {
  const keepHeader: DeserializeMiddleware<Input, Output> = (next) => async (args) => {
    const result = await next(args)
    const headers = isObject(result.response) ? result.response['headers'] : undefined
    const answeredAtMs = Date.parse(isObject(headers) ? String(headers['date']) : '')
    if (Number.isFinite(answeredAtMs)) keep(answeredAtMs)
    return result
  }
  command.middlewareStack.add(keepHeader, { step: 'deserialize', priority: 'low', name: 'keepDate' })
}

/**
 * `command`, which fails when a good answer is not what its operation answers: the SDK takes an empty body for an empty
 * list, and a list for a text. Of an error only its texts are left, because the SDK stumbles over anything else.
 */
export function wellAnswered<One extends object>(command: One): One {
  const { middlewareStack, schema } = command as unknown as Command<object, object> & { schema: OperationSchema }
  const check: DeserializeMiddleware<object, object> = (next) => async (args) => {
    const result = await next(args)
    const response = result.response
    if (!isObject(response)) return result
    const bytes = await bytesOf(response['body'])
    const isGood = Number(response['statusCode']) < 300
    const mistake = isGood ? answerMistake(schema[OUTPUT], jsonOf(bytes)) : undefined
    if (mistake !== undefined) throw malformed(mistake)
    response['body'] = isGood ? bytes : onlyTexts(bytes)
    return result
  }
  middlewareStack.add(check, { step: 'deserialize', priority: 'low', name: 'wellAnswered' })
  return command
}

/** `command`, which fails when its answer is longer than any that is asked for, in whatever protocol. */
export function bounded<One extends object>(command: One): One {
  const { middlewareStack } = command as unknown as Command<object, object>
  const readBounded: DeserializeMiddleware<object, object> = (next) => async (args) => {
    const result = await next(args)
    const response = result.response
    if (isObject(response)) response['body'] = await bytesOf(response['body'])
    return result
  }
  middlewareStack.add(readBounded, { step: 'deserialize', priority: 'low', name: 'bounded' })
  return command
}

/** An error's body with those of its members that are texts; as it is when it is no JSON object. */
function onlyTexts(bytes: Uint8Array): Uint8Array {
  const error = jsonOf(bytes)
  if (!isJsonObject(error)) return error === undefined ? bytes : new TextEncoder().encode('{}')
  const texts = Object.entries(error).filter(([, member]) => typeof member === 'string')
  return new TextEncoder().encode(JSON.stringify(Object.fromEntries(texts)))
}

/** The SDK's schema of an operation: kind, namespace, name, traits, input, output. */
type OperationSchema = readonly unknown[]
const OUTPUT = 5

/** Largest answer that is read; the largest that is asked for, a page of log events, has 1 MiB of them. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024

async function bytesOf(body: unknown): Promise<Uint8Array> {
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength)
  const chunks: Uint8Array[] = []
  let length = 0
  if (isAsyncIterable(body)) {
    for await (const chunk of body) {
      length += chunk.length
      if (length > MAX_ANSWER_BYTES) throw malformed(`more than ${MAX_ANSWER_BYTES} bytes`)
      chunks.push(chunk)
    }
  }
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
