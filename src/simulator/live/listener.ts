import { createServer, type IncomingMessage, request as requestOf, type ServerResponse } from 'node:http'
import { closeServer, listenOnLoopback, urlOf } from '../protocol/http.ts'

/** Listener addresses of one service. */
export interface Listeners {
  production: string
  /** Absent when the deployment group has no test listener. */
  test?: string
}

export interface Listener {
  url: string
  close(): Promise<void>
}

/**
 * A load balancer's listener as a port on loopback. Where a request goes is asked anew for each one, so weights move
 * between two requests and never under one; undefined: nothing healthy is behind it, which is a 503.
 */
export async function startListener(route: () => string | undefined): Promise<Listener> {
  const server = createServer((request, response) => forward(route(), request, response))
  await listenOnLoopback(server, 0)
  return {
    url: urlOf(server),
    close: () => closeServer(server),
  }
}

function forward(url: string | undefined, request: IncomingMessage, response: ServerResponse): void {
  if (url === undefined) {
    request.resume()
    response.writeHead(503, { 'content-type': 'text/plain' }).end('503 Service Temporarily Unavailable\n')
    return
  }
  const { method = 'GET', headers } = request
  const upstream = requestOf(new URL(request.url ?? '/', url), { method, headers, agent: false }, (answer) => {
    const { connection: _, ...passed } = answer.headers
    response.writeHead(answer.statusCode ?? 502, passed)
    answer.pipe(response)
  })
  upstream.on('error', (error) => {
    if (response.headersSent) response.destroy(error)
    else response.writeHead(502, { 'content-type': 'text/plain' }).end('502 Bad Gateway\n')
  })
  response.on('close', () => upstream.destroy())
  request.pipe(upstream)
}
