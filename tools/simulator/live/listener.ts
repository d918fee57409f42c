import { createServer, type IncomingMessage, request as requestOf, type ServerResponse } from 'node:http'
import { closeServer, KEEP_ALIVE_MS, listenOnLoopback, urlOf } from '../protocol/http.ts'
import type { Target } from './target.ts'
import type { TaskServer } from './task-server.ts'

export interface Listener {
  url: string
  close(): Promise<void>
}

/** Of one connection each, so a request's do not count for the target, nor an answer's for the client. */
const OF_ONE_HOP = ['connection', 'keep-alive']

/**
 * A load balancer's listener as a port on loopback. Where a request goes is asked anew for each one, so weights move
 * between two requests and never under one; undefined: nothing healthy is behind it, which is a 503.
 */
export async function startListener(route: () => Target | undefined): Promise<Listener> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    const target = route()
    if (target) target.use((task) => forward(task, request, response)).catch(() => refuse(request, response, 502))
    else refuse(request, response, 503)
  })
  await listenOnLoopback(server, 0)
  return {
    url: urlOf(server),
    close: () => closeServer(server),
  }
}

const REFUSALS = { 502: '502 Bad Gateway\n', 503: '503 Service Temporarily Unavailable\n' }

function refuse(request: IncomingMessage, response: ServerResponse, httpStatus: keyof typeof REFUSALS): void {
  request.resume()
  if (response.headersSent) response.destroy()
  else response.writeHead(httpStatus, { 'content-type': 'text/plain' }).end(REFUSALS[httpStatus])
}

/** Resolves when the answer is with the client, or the client has gone. */
function forward({ url, agent }: TaskServer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  return new Promise((resolve, reject) => {
    if (response.destroyed) return resolve()
    const { method = 'GET', headers } = request
    const options = { method, headers: ofWholeWay(headers), agent }
    const upstream = requestOf(new URL(request.url ?? '/', url), options, (answer) => {
      response.writeHead(answer.statusCode ?? 502, ofWholeWay(answer.headers))
      answer.pipe(response)
    })
    upstream.on('error', reject)
    upstream.on('close', resolve)
    response.on('close', () => {
      if (!response.writableFinished) upstream.destroy()
    })
    request.pipe(upstream)
  })
}

function ofWholeWay<Headers extends object>(headers: Headers): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !OF_ONE_HOP.includes(name))) as Headers
}
