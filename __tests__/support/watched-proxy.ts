import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What happens to the nth request, counted from 1. */
export interface Watch {
  /** The request has arrived and not been passed on. @returns whether to drop it instead */
  before?(index: number): boolean
  /** The whole answer has been sent. */
  after?(index: number): void
}

export interface WatchedProxy {
  url: string
  /** How many requests have arrived. */
  readonly requests: number
  close(): Promise<void>
}

/** Passes requests on to an endpoint, one after the other, and lets a test interfere. */
export async function watchedProxy(endpoint: string, watch: Watch): Promise<WatchedProxy> {
  let requests = 0
  const server = createServer(async (request, response) => {
    const body = await readBody(request)
    const index = ++requests
    if (watch.before?.(index) === true) {
      request.socket.destroy()
      return
    }
    const { host, connection, ...headers } = request.headers
    const answer = await fetch(`${endpoint}${request.url}`, {
      method: request.method ?? 'POST',
      headers: headers as Record<string, string>,
      ...(body.length === 0 ? {} : { body: new Uint8Array(body) }),
    })
    const text = Buffer.from(await answer.arrayBuffer())
    response.once('finish', () => watch.after?.(index))
    response.writeHead(answer.status, {
      'content-type': answer.headers.get('content-type') ?? 'application/x-amz-json-1.1',
      'x-amzn-requestid': answer.headers.get('x-amzn-requestid') ?? '',
      'content-length': text.length,
    })
    response.end(text)
  })
  const url = await listen(server)
  return {
    url,
    get requests() {
      return requests
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function listen(server: Server): Promise<string> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
  })
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
