import { Agent, request as requestOf } from 'node:http'

/** A plain client of `node:http` over kept connections: what is measured is the server, as little as can be the client. */
export class KeptConnections {
  readonly #url: string
  readonly #agent: Agent

  constructor(url: string, count: number) {
    this.#url = url
    this.#agent = new Agent({ keepAlive: true, maxSockets: count })
  }

  /** Sends an operation in AWS JSON; resolves to the text of the answer. Rejects when it is an error. */
  send(target: string, input: object): Promise<string> {
    const body = JSON.stringify(input)
    const headers = {
      'content-type': 'application/x-amz-json-1.1',
      'content-length': Buffer.byteLength(body),
      'x-amz-target': target,
    }
    return new Promise((resolve, reject) => {
      requestOf(this.#url, { method: 'POST', headers, agent: this.#agent }, (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (data: string) => {
          text += data
        })
        response.on('end', () => (response.statusCode === 200 ? resolve(text) : reject(new Error(text))))
      })
        .on('error', reject)
        .end(body)
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}

/** Does `count` jobs, `width` at a time; resolves to how many were done in a second. */
export async function jobsPerSecond(count: number, width: number, job: (index: number) => Promise<unknown>) {
  let next = 0
  const startedAt = performance.now()
  await Promise.all(
    Array.from({ length: width }, async () => {
      while (next < count) await job(next++)
    }),
  )
  return count / ((performance.now() - startedAt) / 1000)
}
