import { request as requestOf } from 'node:http'

export interface WireAnswer {
  httpStatus: number
  headers: Record<string, string | string[] | undefined>
  /** Parsed when it is JSON; undefined when it is empty. */
  body: unknown
}

const PREFIXES = { codedeploy: 'CodeDeploy_20141006', ecs: 'AmazonEC2ContainerServiceV20141113' }

/** One request without the SDK, so that the test sees what is on the wire. */
export function post(
  url: string,
  service: keyof typeof PREFIXES,
  operation: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<WireAnswer> {
  const all = { 'x-amz-target': `${PREFIXES[service]}.${operation}`, ...headers }
  return send(url, all, typeof body === 'string' ? body : JSON.stringify(body))
}

export function send(url: string, headers: Record<string, string>, body: string, method = 'POST'): Promise<WireAnswer> {
  return new Promise((resolve, reject) => {
    const request = requestOf(url, { method, headers, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => {
        const { statusCode = 0, headers: answered } = response
        resolve({ httpStatus: statusCode, headers: answered, body: parsed(text) })
      })
    })
    request.on('error', reject)
    request.end(body)
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text || undefined
  }
}
