import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Answer } from './answer.ts'

/** A request with its text. */
export interface HttpRequest {
  /** `POST /repos/example/shop/deployments`. */
  line: string
  text: string
  authorization: string
}

/** `silent`: nothing is ever answered; `cut`: the connection ends. */
export type HttpAnswer = Answer | 'silent' | 'cut'

/** Plain HTTP on loopback, whose answers are dated by `now`. Rejects when the port is taken. */
export async function listen(
  port: number,
  answerTo: (request: HttpRequest) => HttpAnswer,
  now: () => number,
): Promise<Server> {
  const server = createServer(async (incoming, response) => {
    const answer = answerTo({
      line: `${incoming.method} ${incoming.url}`,
      text: await textOf(incoming),
      authorization: incoming.headers.authorization ?? '',
    })
    if (answer === 'silent') return
    if (answer === 'cut') {
      response.destroy()
      return
    }
    const date = new Date(now()).toUTCString()
    response.writeHead(answer.status, { 'content-type': 'application/json; charset=utf-8', date, ...answer.headers })
    response.end(answer.body === undefined ? undefined : JSON.stringify(answer.body))
  })
  await new Promise<void>((listening, failed) => {
    server.once('error', failed)
    server.listen(port, '127.0.0.1', () => listening())
  })
  return server
}

export function addressOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Cuts connections that are still open. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((closed) => {
    server.close(() => closed())
    server.closeAllConnections()
  })
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}
