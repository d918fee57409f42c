import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/** Everything that is for the simulator itself and not for AWS, which is asked at `/` only. */
const CONTROL_PATH = '/_sim'

/** A request to the control plane. */
export interface ControlRequest {
  method: string
  /** Without `/_sim`; the root is `/`. */
  path: string
  query: URLSearchParams
  body: string
}

export interface ControlReply {
  httpStatus: number
  /** Sent as JSON. */
  body?: unknown
  /** JSON in pieces, in place of `body` when that could be too long to be made at once. */
  pieces?: Iterable<string>
  /** Methods that would have been right, with 405. */
  allow?: string
}

/** Undefined when it is for AWS. */
export function controlRequestIn(
  { method = 'GET', url = '/' }: IncomingMessage,
  body: string,
): ControlRequest | undefined {
  const [path = '', query = ''] = url.split(/\?(.*)/s)
  if (path !== CONTROL_PATH && !path.startsWith(`${CONTROL_PATH}/`)) return undefined
  const rest = path.slice(CONTROL_PATH.length).replace(/\/+$/, '')
  return { method, path: rest || '/', query: new URLSearchParams(query), body }
}

export async function sendControlReply(
  response: ServerResponse,
  replying: ControlReply | Promise<ControlReply>,
): Promise<void> {
  const { httpStatus, body, pieces, allow } = await replying
  response.writeHead(httpStatus, { 'content-type': 'application/json', ...(allow !== undefined && { allow }) })
  if (pieces) await pipeline(Readable.from(pieces), response)
  else response.end(`${JSON.stringify(body)}\n`)
}
