import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What a request for a session or for who we are is answered with; undefined: nothing, for ever. */
export type TokenAnswer = { status: number; body: string } | undefined

/** A form that was sent to STS. */
export type TokenRequest = Record<string, string>

/** An STS on loopback that answers as a test says, in the query protocol. */
export interface TokenService {
  url: string
  requests: TokenRequest[]
  /** Authorization header of each request; empty where there was none. */
  signatures: string[]
  close(): Promise<void>
}

export async function startTokenService(
  answer: (request: TokenRequest, earlier: number) => TokenAnswer,
): Promise<TokenService> {
  const requests: TokenRequest[] = []
  const signatures: string[] = []
  const server = createServer(async (request, response) => {
    const form = Object.fromEntries(new URLSearchParams(await textOf(request)))
    requests.push(form)
    signatures.push(request.headers.authorization ?? '')
    const given = answer(form, requests.length - 1)
    if (given !== undefined) response.writeHead(given.status, { 'content-type': 'text/xml' }).end(given.body)
  })
  return { url: await listening(server), requests, signatures, close: () => closed(server) }
}

/** A session with secrets that name it, which ends after so many seconds of the given clock. */
export function sessionAnswer(name: string, nowMs: number, seconds = 3_600): TokenAnswer {
  const ends = new Date(nowMs + seconds * 1000).toISOString()
  return {
    status: 200,
    body: `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult>
      <Credentials><AccessKeyId>ASIA${name}</AccessKeyId><SecretAccessKey>secret-${name}</SecretAccessKey><SessionToken>token-${name}</SessionToken><Expiration>${ends}</Expiration></Credentials>
      <AssumedRoleUser><AssumedRoleId>AROA:s</AssumedRoleId><Arn>arn:aws:sts::123456789012:assumed-role/release-web/${name}</Arn></AssumedRoleUser>
    </AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`,
  }
}

export function callerAnswer(account: string): TokenAnswer {
  const arn = `arn:aws:sts::${account}:assumed-role/release-web/somebody`
  const result = `<Arn>${arn}</Arn><UserId>AROA:s</UserId><Account>${account}</Account>`
  return {
    status: 200,
    body: `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>${result}</GetCallerIdentityResult></GetCallerIdentityResponse>`,
  }
}

export function errorAnswer(code: string, message: string, status = 400): TokenAnswer {
  return {
    status,
    body: `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += chunk
  return text
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections()
  await new Promise((done) => server.close(done))
}
