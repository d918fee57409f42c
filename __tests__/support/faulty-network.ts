import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { VirtualClock } from './virtual-clock.ts'

/** What can happen between the action and AWS, and in what AWS answers. */
export const TROUBLES = {
  throttled: error(400, 'ThrottlingException', 'Rate exceeded'),
  'too many requests': { status: 429, body: '' },
  'internal failure': error(500, 'InternalFailure', 'text'),
  'service unavailable': error(503, 'ServiceUnavailable', 'text'),
  'a bad gateway': { status: 502, body: '<html><title>502 Bad Gateway</title></html>' },
  'a page of a proxy': { status: 200, body: '<html>Sign in</html>' },
  'a refusal by a proxy': { status: 403, body: '<html>Forbidden</html>' },
  'half of an answer': { status: 200, body: '{"deploymentInfo":{"stat' },
  'an empty answer': { status: 200, body: '' },
  'an answer without members': { status: 200, body: '{}' },
  'an answer of null': { status: 200, body: 'null' },
  'a list': { status: 200, body: '[1,2]' },
  'a reset before': 'reset before',
  'a reset after': 'reset after',
  'an answer cut off': 'cut',
  silence: 'silence',
} as const satisfies Record<string, Trouble>

export type TroubleName = keyof typeof TROUBLES

/** An answer instead of the real one, or what becomes of the connection. */
export type Trouble = { status: number; body: string } | 'reset before' | 'reset after' | 'cut' | 'silence'

/** A network in front of a simulator. Nothing happens until something is set to happen. */
export interface FaultyNetwork {
  url: string
  /** From now on the next so many requests of the operation (`*`: any) meet the trouble. */
  trouble(operation: string, trouble: Trouble, count: number): void
  /** Requests that met trouble, by operation. */
  met: string[]
  close(): Promise<void>
}

/** @param clock silence lasts until it has passed the deadline of the request */
export async function startFaultyNetwork(target: string, clock: VirtualClock): Promise<FaultyNetwork> {
  const waiting: { operation: string; trouble: Trouble; left: number }[] = []
  const met: string[] = []
  const server = createServer(async (request, response) => {
    const operation = String(request.headers['x-amz-target'] ?? '').replace(/^.*\./, '')
    const next = waiting.find((one) => one.left > 0 && (one.operation === '*' || one.operation === operation))
    if (next === undefined) return pass(request, response, target)
    next.left -= 1
    met.push(operation)
    const { trouble } = next
    if (trouble === 'reset before') request.socket.resetAndDestroy()
    else if (trouble === 'reset after') pass(request, response, target, () => request.socket.resetAndDestroy())
    else if (trouble === 'cut') {
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1', 'content-length': '500' })
      response.write('{"deploymentInfo":{')
      setImmediate(() => request.socket.resetAndDestroy())
    } else if (trouble === 'silence') {
      await clock.sleep(60_000)
      request.socket.destroy()
    } else response.writeHead(trouble.status, { 'content-type': 'application/x-amz-json-1.1' }).end(trouble.body)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    trouble: (operation, trouble, count) => void waiting.push({ operation, trouble, left: count }),
    met,
    close: async () => {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

/** @param instead what to do with the answer once it is there, rather than to hand it on */
function pass(request: IncomingMessage, response: ServerResponse, target: string, instead?: () => void): void {
  const { method, headers, url } = request
  const onward = forward(new URL(url ?? '/', target), { method, headers }, (answer) => {
    if (instead !== undefined) {
      answer.resume().on('end', instead)
      return
    }
    response.writeHead(answer.statusCode ?? 500, answer.headers)
    answer.pipe(response)
  })
  onward.on('error', () => response.destroy())
  request.pipe(onward)
}

function error(status: number, code: string, message: string): { status: number; body: string } {
  return { status, body: JSON.stringify({ __type: code, message }) }
}
