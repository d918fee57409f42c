import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Reply, Request } from './exchange.ts'

/** Idle connections are kept for longer than any client keeps them, so that none is closed under a request. */
const KEEP_ALIVE_MS = 600_000

const NOT_AWS = 'This is a local simulator of Amazon ECS and AWS CodeDeploy. Point AWS_ENDPOINT_URL at it.\n'

/** An AWS endpoint over plain HTTP on loopback. Rejects when the port is taken. */
export async function listen(
  port: number,
  reply: (request: Request) => { reply: Reply; requestId: string },
): Promise<Server> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    readBody(request, (body) => respond(request, response, body, reply))
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

function respond(
  request: IncomingMessage,
  response: ServerResponse,
  body: string,
  reply: (request: Request) => { reply: Reply; requestId: string },
): void {
  const target = headerOf(request, 'x-amz-target')
  if (request.method !== 'POST' && target === undefined) {
    response.writeHead(404, { 'content-type': 'text/plain' }).end(NOT_AWS)
    return
  }
  const answered = reply({
    target: target ?? actionIn(body),
    body,
    attempt: headerOf(request, 'amz-sdk-request'),
    protocol: headerOf(request, 'smithy-protocol'),
  })
  if (!answered.reply) {
    request.socket.resetAndDestroy()
    return
  }
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': answered.requestId }
  response.writeHead(answered.reply.httpStatus, headers).end(answered.reply.body)
}

/** A request in the older query protocol names its operation in the form. */
function actionIn(body: string): string {
  return new URLSearchParams(body).get('Action') ?? ''
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
