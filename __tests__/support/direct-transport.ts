import type { HttpHandlerOptions, HttpRequest, HttpResponse } from '@smithy/types'
import type { Request } from '../../tools/simulator/protocol/protocol.ts'
import { protocolOf } from '../../tools/simulator/protocol/protocols.ts'
import type { Simulator } from '../../tools/simulator/simulator.ts'

/**
 * Sends the requests of an SDK client to a simulator of this process without a connection. What is sent and answered is
 * the same text, a connection that is cut is the same error, and an attempt that is given up ends at once.
 */
export class DirectTransport {
  readonly metadata = { handlerProtocol: 'http/1.1' }
  readonly #simulator: Pick<Simulator, 'answer'>

  constructor(simulator: Pick<Simulator, 'answer'>) {
    this.#simulator = simulator
  }

  handle(request: HttpRequest, options: HttpHandlerOptions = {}): Promise<{ response: HttpResponse }> {
    return new Promise((resolve, reject) => {
      const abortSignal = options.abortSignal as AbortSignal | undefined
      const abort = () => reject(Object.assign(new Error('Request aborted'), { name: 'AbortError' }))
      if (abortSignal?.aborted) return abort()
      abortSignal?.addEventListener('abort', abort, { once: true })
      // A request is on its way for a while: what was to happen meanwhile does.
      setImmediate(() => {
        this.#answer(request)
          .then((response) => resolve({ response }), reject)
          .finally(() => abortSignal?.removeEventListener('abort', abort))
      })
    })
  }

  updateHttpClientConfig(): void {}

  httpHandlerConfigs(): object {
    return {}
  }

  destroy(): void {}

  async #answer(sent: HttpRequest): Promise<HttpResponse> {
    const request = requestOf(sent)
    const protocol = protocolOf(request)
    if (protocol === undefined) throw new Error(`nothing that an AWS client sends: ${sent.method} ${sent.path}`)
    const { reply, requestId } = await this.#simulator.answer(request, protocol)
    if (reply === undefined) throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })
    const { httpStatus: statusCode, headers, body } = reply
    return { statusCode, headers: { ...headers, 'x-amzn-requestid': requestId }, body: Buffer.from(body) }
  }
}

function requestOf({ method, path, query, headers, body }: HttpRequest): Request {
  const names = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
  return {
    method,
    path: path + queryText(query ?? {}),
    body: textOf(body),
    target: names['x-amz-target'],
    smithyProtocol: names['smithy-protocol'],
    authorization: names['authorization'],
    signedAt: names['x-amz-date'],
    attempt: names['amz-sdk-request'],
  }
}

/** Without asking an array of bytes for its value: the SDK's own warn of being taken for a text. */
function textOf(body: unknown): string {
  if (ArrayBuffer.isView(body)) return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8')
  return typeof body === 'string' ? body : ''
}

function queryText(query: NonNullable<HttpRequest['query']>): string {
  const pairs = Object.entries(query).flatMap(([name, values]) =>
    [values ?? ''].flat().map((value): [string, string] => [name, value]),
  )
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs)}`
}

/**
 * Instead of a signature that nobody checks: who signed, and when, which is all that the simulator looks at. Signing
 * takes as long as everything else about a request.
 */
export function unsigned(accessKeyId: string) {
  const scope = `${accessKeyId}/20260808/us-east-1/any/aws4_request`
  const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=none`
  const sign = async (request: HttpRequest, { signingDate = new Date() }: { signingDate?: Date } = {}) => {
    const signedAt = signingDate.toISOString().replace(/[:-]|\.\d+/g, '')
    return { ...request, headers: { ...request.headers, authorization, 'x-amz-date': signedAt } }
  }
  return { sign }
}
