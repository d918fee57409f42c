import { isJsonObject } from '../text/document.ts'
import { inSentence } from '../text/untrusted.ts'
import type { Clock } from '../time/clock.ts'
import { within } from '../time/race.ts'
import type { GithubRun } from '../workflow-run/github-run.ts'
import { CallError } from './attempts.ts'
import { readServiceError, type ServiceError } from './service-error.ts'
import type { Session } from './session.ts'
import type { Sts } from './sts.ts'

/** Every role allows sessions of an hour. Source: API Reference, AssumeRoleWithWebIdentity. */
const SESSION_SECONDS = 3_600

/** How long GitHub, and then STS, may take to answer: together less than an attempt of the call that waits for them. */
const DEADLINE_MS = 14_000

const TOKEN = 'The request for the OIDC token of the job'
const ASSUME = 'sts:AssumeRoleWithWebIdentity'

/** What a session of the role is taken with. */
export interface RoleRequest {
  clock: Clock
  roleArn: string
  /** Whom the job's token is for. */
  audience: string
  sessionName: string
  /** The job's OIDC token for the audience; it lasts minutes, so each attempt asks anew. */
  askForToken(): Promise<string>
  sts(): Promise<Sts>
  /** Told of every secret before it is used. */
  onSecret(secret: string): void
}

/**
 * Takes a session of the role with the job's OIDC token, in one attempt.
 * @throws CallError, with its own sentence when no further attempt can help
 */
export async function assumeRole(request: RoleRequest): Promise<Session> {
  const token = await withinDeadline(request.clock, async () => await request.askForToken()).catch((error: unknown) => {
    throw new CallError(TOKEN, tokenError(error), error)
  })
  request.onSecret(token)
  const { roleArn, sessionName, clock } = request
  const askedAtMs = clock.now()
  const role = await withinDeadline(clock, async (signal) => {
    const sts = await request.sts()
    const parameters = { RoleArn: roleArn, RoleSessionName: sessionName, DurationSeconds: SESSION_SECONDS }
    return await sts.assumeRoleWithWebIdentity({ ...parameters, WebIdentityToken: token }, signal)
  }).catch((error: unknown) => {
    throw new CallError(ASSUME, roleError(error, request, token), error)
  })
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = role
  request.onSecret(accessKeyId)
  request.onSecret(secretAccessKey)
  request.onSecret(sessionToken)
  return {
    accessKeyId,
    secretAccessKey,
    sessionToken,
    lastsMs: lastsMs(askedAtMs, expiration),
    callerArn: inSentence(role.callerArn || roleArn, 300),
  }
}

/** A runner's clock may be hours off; what was asked for is the most it can be. */
function lastsMs(askedAtMs: number, expiration: Date | undefined): number {
  const untilMs = (expiration?.getTime() ?? Number.NaN) - askedAtMs
  return untilMs > 0 && untilMs < SESSION_SECONDS * 1000 ? untilMs : SESSION_SECONDS * 1000
}

/**
 * `example-shop-1658821493.1`: who took the session, for the account's audit log.
 * Source: API Reference, AssumeRoleWithWebIdentity: 2 to 64 of these characters.
 */
export function sessionNameOf({ repository, runId, runAttempt }: GithubRun): string {
  const run = runId === '' ? '' : `-${runId}.${runAttempt || '1'}`
  const allowed = (text: string) => text.replace(/[^\w+=,.@-]/g, '-')
  return `${allowed(repository || 'ecs-release').slice(0, 64 - run.length)}${allowed(run)}`.slice(0, 64).padEnd(2, '-')
}

/** Rejects when the answer does not come in time; the request itself may not know how to be ended. */
async function withinDeadline<Answer>(clock: Clock, ask: (signal: AbortSignal) => Promise<Answer>): Promise<Answer> {
  const answer = await within(clock, DEADLINE_MS, ask)
  if (answer !== undefined) return answer
  throw Object.assign(new Error(`no answer within ${DEADLINE_MS / 1000} s`), { name: 'Timeout' })
}

/** GitHub said no, or said nothing. */
function tokenError(error: unknown): ServiceError {
  const message = inSentence(error instanceof Error ? error.message : String(error))
  const isRefused = /Error Code : 4(?!08|29)\d\d/.test(message)
  const sentence = `GitHub gave this job no OIDC token (${message}). ${ID_TOKEN_ADVICE}`
  return {
    kind: isRefused ? 'no-credentials' : 'network',
    code: 'NoToken',
    message,
    notAccepted: true,
    sentence: isRefused ? sentence : `${TOKEN} got no answer from GitHub (${message}).`,
  }
}

/** What a job needs so that it can ask for a token. */
export const ID_TOKEN_ADVICE =
  "Add 'permissions: id-token: write' to the job; pull requests from forks and from Dependabot get no token."

/**
 * STS reads the keys of the identity provider over the network, and a token can be too old when it gets there: both pass.
 * Source: API Reference, AssumeRoleWithWebIdentity, errors; the text about the key is observed.
 */
const PASSING = /^(IDPCommunicationError|ExpiredToken|ExpiredTokenException)$/
const NO_KEY = /retrieve verification key/i

/** The provider does not list the audience of the token. Observed. */
const WRONG_AUDIENCE = /\baudience\b/i

function roleError(error: unknown, { roleArn, audience }: RoleRequest, token: string): ServiceError {
  const found = readServiceError(error)
  const { kind, code, message } = found
  if (kind === 'throttled' || kind === 'unavailable' || kind === 'network') return found
  if (PASSING.test(code) || NO_KEY.test(message)) return { ...found, kind: 'unavailable' }
  const subject = subjectOf(token)
  const who = subject === undefined ? '' : `, here '${inSentence(subject, 300)}',`
  const failed = `Role '${roleArn}' could not be assumed (${code}: ${message}).`
  const sentence =
    code === 'InvalidIdentityToken' && WRONG_AUDIENCE.test(message)
      ? `${failed} The token of this job is for the audience '${audience}'; set 'audience' to one that GitHub's OIDC provider in the role's account lists, or add this one to it.`
      : `${failed} Check that it exists, that its account has GitHub's OIDC provider, and that its trust policy allows the subject of this job's token${who} and the audience '${audience}'.`
  return { ...found, kind: 'no-credentials', sentence }
}

/** The claim that trust policies look at; undefined when the token is none we can read. */
function subjectOf(token: string): string | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'))
    return isJsonObject(claims) && typeof claims['sub'] === 'string' ? claims['sub'] : undefined
  } catch {
    return undefined
  }
}
