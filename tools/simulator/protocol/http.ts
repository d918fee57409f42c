import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type ControlReply, type ControlRequest, controlRequestIn, sendControlReply } from './control-http.ts'
import type { Reply } from './exchange.ts'
import { refusedOrigin } from './origin.ts'
import type { Protocol, Request } from './protocol.ts'
import { protocolOf } from './protocols.ts'

/** Idle connections are kept for longer than any client keeps them, so that none is closed under a request. */
export const KEEP_ALIVE_MS = 600_000

const NOT_AWS = 'This is a local simulator of Amazon ECS and AWS CodeDeploy. Point AWS_ENDPOINT_URL at it.\n'

export interface Answered {
  reply: Reply
  requestId: string
}

/** Who answers what arrives. */
export interface Handlers {
  aws(request: Request, protocol: Protocol): Answered | Promise<Answered>
  control(request: ControlRequest): ControlReply | Promise<ControlReply>
}

/** An AWS endpoint over plain HTTP on loopback. Rejects when the port is taken. */
export async function listen(port: number, handlers: Handlers): Promise<Server> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    const refusal = refusedOrigin(request.headers)
    if (refusal !== undefined) {
      request.resume()
      response.writeHead(403, { 'content-type': 'text/plain' }).end(`${refusal}\n`)
      return
    }
    readBody(request, (body) => {
      const control = controlRequestIn(request, body)
      const done = control
        ? sendControlReply(response, handlers.control(control))
        : respond(request, response, body, handlers.aws)
      done.catch((error: unknown) => response.destroy(error instanceof Error ? error : new Error(String(error))))
    })
  })
  await listenOnLoopback(server, port)
  return server
}

/** Port 0 is any free one. */
export function listenOnLoopback(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      resolve()
    })
  })
}

export function urlOf(server: Server): string {
  const { port } = server.address() as AddressInfo
  return `http://127.0.0.1:${port}`
}

/** Cuts connections that are still open. */
export function closeServer(server: Server): Promise<void> {
  const closed = drainServer(server)
  server.closeAllConnections()
  return closed
}

/** Takes no more connections and lets those that are open come to their end. */
export function drainServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
  })
}

async function respond(
  incoming: IncomingMessage,
  response: ServerResponse,
  body: string,
  reply: Handlers['aws'],
): Promise<void> {
  const request: Request = {
    method: incoming.method ?? '',
    path: incoming.url ?? '/',
    body,
    target: headerOf(incoming, 'x-amz-target'),
    smithyProtocol: headerOf(incoming, 'smithy-protocol'),
    authorization: headerOf(incoming, 'authorization'),
    signedAt: headerOf(incoming, 'x-amz-date'),
    attempt: headerOf(incoming, 'amz-sdk-request'),
  }
  const protocol = protocolOf(request)
  if (!protocol) {
    response.writeHead(404, { 'content-type': 'text/plain' }).end(NOT_AWS)
    return
  }
  const answered = await reply(request, protocol)
  if (!answered.reply) {
    incoming.socket.resetAndDestroy()
    return
  }
  const headers = {
    ...answered.reply.headers,
    'content-length': Buffer.byteLength(answered.reply.body),
    'x-amzn-requestid': answered.requestId,
  }
  response.writeHead(answered.reply.httpStatus, headers).end(answered.reply.body)
}

function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value[0] : value
}

function readBody(request: IncomingMessage, done: (body: string) => void): void {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => done(Buffer.concat(chunks).toString('utf8')))
  request.on('error', () => request.destroy())
}
