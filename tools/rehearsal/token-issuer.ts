import { createServer } from 'node:http'
import { closeServer, listenOnLoopback, urlOf } from '../simulator/protocol/http.ts'

/** The place where the runner lets a job ask for its OIDC token, on loopback. */
export interface TokenIssuer {
  /** What the runner sets for a job with `permissions: id-token: write`. */
  environment: { ACTIONS_ID_TOKEN_REQUEST_URL: string; ACTIONS_ID_TOKEN_REQUEST_TOKEN: string }
  /** Audiences that were asked for. */
  audiences: string[]
  tokens: string[]
  close(): Promise<void>
}

/** @param status of every answer; 200 comes with a token */
export async function startTokenIssuer(status = 200): Promise<TokenIssuer> {
  const audiences: string[] = []
  const tokens: string[] = []
  const server = createServer((request, response) => {
    const audience = new URL(request.url ?? '/', 'http://issuer').searchParams.get('audience') ?? ''
    audiences.push(audience)
    const isAllowed = request.headers.authorization === 'Bearer request-token' && status === 200
    const value = tokenFor('repo:example/shop:ref:refs/heads/main', audience, audiences.length)
    if (isAllowed) tokens.push(value)
    response.writeHead(isAllowed ? 200 : status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(isAllowed ? { value } : { message: 'no' }))
  })
  await listenOnLoopback(server, 0)
  const url = `${urlOf(server)}/token?api-version=2.0`
  const environment = { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'request-token' }
  return { environment, audiences, tokens, close: async () => await closeServer(server) }
}

/** A token that looks like GitHub's; nobody signed it. */
export function tokenFor(subject: string, audience = 'sts.amazonaws.com', number = 1): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'none' })}.${part({ sub: subject, aud: audience, jti: number })}.signature`
}
