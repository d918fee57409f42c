import { isJsonObject, type JsonObject } from '../text/document.ts'
import { cut, inSentence } from '../text/untrusted.ts'

/**
 * What an error from AWS means for us.
 *
 * - `throttled`, `unavailable`, `network`: says nothing about the request's subject; try again.
 * - `wrong-clock`: signed at a time that AWS does not take for now; the SDK has learnt the time from the answer, so that
 *   one more attempt helps unless the clock is not the cause.
 * - `not-sent`: this action does not send the request, and says why.
 * - `expired`, `invalid-credentials`, `no-credentials`: no further call will work.
 * - `denied`: this call will not work.
 * - `answered`: the service understood the call and refused it; its code tells why.
 */
export type ErrorKind =
  | 'throttled'
  | 'unavailable'
  | 'network'
  | 'wrong-clock'
  | 'not-sent'
  | 'expired'
  | 'invalid-credentials'
  | 'no-credentials'
  | 'denied'
  | 'answered'

/** A request that this action does not send; the message is a sentence for people that says why. */
export class NotSentError extends Error {
  constructor(sentence: string) {
    super(sentence)
    this.name = 'NotSent'
  }
}

/** An error from AWS in plain terms. All texts are one line and safe in a sentence. */
export interface ServiceError {
  kind: ErrorKind
  /** Exception name without `Exception`, or the network error's code. */
  code: string
  message: string
  /** Denied calls: the IAM action, when the message names it. */
  action?: string
  /** Denied calls: the resource's ARN, when the message names it. */
  resource?: string
  /** The service's answer, if there was one, proves that the call was not carried out. */
  notAccepted: boolean
  /** The error in a full sentence with what to do, where the kind does not say enough. */
  sentence?: string
}

const EXPIRED = new Set(['ExpiredTokenException', 'ExpiredToken', 'TokenRefreshRequired'])
const INVALID_CREDENTIALS = new Set([
  'UnrecognizedClientException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
  'IncompleteSignature',
  'IncompleteSignatureException',
  'MissingAuthenticationToken',
  'MissingAuthenticationTokenException',
  'AuthFailure',
])
/** Source: the SDK's list of errors that a skewed clock causes; the others of it are in `INVALID_CREDENTIALS`. */
const WRONG_CLOCK = new Set(['RequestExpired', 'RequestInTheFuture', 'RequestTimeTooSkewed'])
/** How AWS says that a signature is good but of another time. Observed. */
const OTHER_TIME = /\bSignature (?:expired|not yet current)\b/i
const THROTTLED = new Set([
  'ThrottlingException',
  'Throttling',
  'ThrottledException',
  'TooManyRequestsException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
])

/**
 * ECS registers one revision of a family at a time, and says of the others that they were not.
 * Source: observed, `ClientException` of RegisterTaskDefinition.
 */
const CONCURRENT = /^Too many concurrent attempts\b/

const DENIED = new Set(['AccessDeniedException', 'AccessDenied', 'UnauthorizedOperation', 'NotAuthorized'])
const NETWORK = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ERR_PROXY_TUNNEL',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'TimeoutError',
  'AbortError',
  'SyntaxError',
])

/**
 * `User: … is not authorized to perform: ecs:DescribeServices on resource: arn:… because …`; the resource and the
 * reason may be absent.
 */
const NOT_AUTHORIZED = /is not authorized to perform: ([\w-]+:[\w*-]+)(?: on resource: (\S+?))?(?: because| with|\.?$)/

/** There was an answer, but not one of the service: of a proxy, cut off, or with a part missing. */
const UNREADABLE = new Set(['SyntaxError', 'MalformedAnswer'])

/** Connection errors raised before any byte of the request was sent. */
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ERR_PROXY_TUNNEL'])

/**
 * What an error thrown by an SDK client means. Anything unknown counts as `network`: it proves nothing.
 * Source of the names: API common errors of CodeDeploy and ECS; HTTP 5xx is service trouble whatever its name.
 */
export function readServiceError(error: unknown): ServiceError {
  if (error instanceof NotSentError) {
    const { name: code, message } = error
    return { kind: 'not-sent', code, message, notAccepted: true, sentence: message }
  }
  const facts = factsOf(error)
  const kind = kindOf(facts)
  const denied = NOT_AUTHORIZED.exec(facts.message)
  return {
    kind,
    code: inSentence(facts.name, 100).replace(/Exception$/, ''),
    message: inSentence(facts.message),
    ...(denied?.[1] === undefined ? {} : { action: denied[1] }),
    ...(denied?.[2] === undefined ? {} : { resource: inSentence(denied[2]) }),
    notAccepted: NEVER_SENT.has(facts.name) || (kind !== 'network' && isClientError(facts.httpStatus)),
  }
}

function isClientError(httpStatus: number | undefined): boolean {
  return httpStatus !== undefined && httpStatus >= 400 && httpStatus < 500
}

interface ErrorFacts {
  name: string
  message: string
  httpStatus: number | undefined
  /** The SDK found its clock minutes away from that of the answer, and corrects it from now on. */
  isClockCorrected: boolean
}

/** Whatever was thrown: SDK exceptions, Node's network errors, and anything else. */
function factsOf(error: unknown): ErrorFacts {
  if (!isJsonObject(error))
    return { name: 'Error', message: textOf(error), httpStatus: undefined, isClockCorrected: false }
  const { name, code, message, $metadata } = error
  const metadata = isJsonObject($metadata) ? $metadata : {}
  const status = metadata['httpStatusCode']
  const isNetwork = typeof code === 'string' && NETWORK.has(code)
  return {
    name: isNetwork ? code : textOf(name) || 'Error',
    message: `${withoutHint(textOf(message) || textOf(messageOfFirst(error)))}${throughProxy(error)}`,
    httpStatus: typeof status === 'number' ? status : undefined,
    isClockCorrected: metadata['clockSkewCorrected'] === true,
  }
}

/** Characters of an error's text that are looked at; real ones have some hundreds, and patterns take time. */
const MAX_TEXT_LENGTH = 4_000

/** Text and what reads like it; an error answer can hold anything in its place, and not everything becomes a text. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return cut(value, MAX_TEXT_LENGTH)
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
}

/** What the SDK says to programmers about an answer that it could not read. */
function withoutHint(message: string): string {
  return message
    .replace(/^AWS SDK error wrapper for (?:Error: )?/, '')
    .replace(/Deserialization error: to see .*$/s, '')
    .trimEnd()
}

/** Names the proxy that a request went through, for the end of a message; empty when there was none. */
export function throughProxy(error: unknown): string {
  const through = isJsonObject(error) ? error['through'] : undefined
  return typeof through === 'string' ? `, through ${through}` : ''
}

/** Node tries every address of a host and throws one error for all of them, without a message of its own. */
function messageOfFirst({ errors }: JsonObject): unknown {
  const [first] = Array.isArray(errors) ? errors : []
  return isJsonObject(first) ? first['message'] : undefined
}

function kindOf({ name, message, httpStatus, isClockCorrected }: ErrorFacts): ErrorKind {
  if (WRONG_CLOCK.has(name)) return 'wrong-clock'
  if (INVALID_CREDENTIALS.has(name) && (isClockCorrected || OTHER_TIME.test(message))) return 'wrong-clock'
  if (EXPIRED.has(name)) return 'expired'
  if (INVALID_CREDENTIALS.has(name)) return 'invalid-credentials'
  if (name === 'CredentialsProviderError') return 'no-credentials'
  if (DENIED.has(name) || NOT_AUTHORIZED.test(message)) return 'denied'
  if (THROTTLED.has(name) || httpStatus === 429 || CONCURRENT.test(message)) return 'throttled'
  if (httpStatus !== undefined && httpStatus >= 500) return 'unavailable'
  if (NETWORK.has(name) || httpStatus === undefined || httpStatus < 400) return 'network'
  return 'answered'
}

/** "DescribeServices was denied: …" in one sentence, with what to do about it where the kind alone tells. */
export function describeServiceError(operation: string, error: ServiceError): string {
  if (error.sentence !== undefined) return error.sentence
  switch (error.kind) {
    case 'expired':
      return `AWS refused ${operation} because the credentials have expired (${error.code}: ${error.message}). Let this action take and renew its own ('role-to-assume'), or get new ones in the step before.`
    case 'invalid-credentials':
      return `AWS refused ${operation} because the credentials are not valid (${error.code}: ${error.message}). Check the step that provides them.`
    case 'wrong-clock':
      return `AWS refused ${operation} because the clock of this runner is wrong (${error.code}: ${error.message}). Have the runner set its clock by NTP.`
    case 'no-credentials':
      return `There are no AWS credentials for ${operation} (${error.message}). Set 'role-to-assume', or run aws-actions/configure-aws-credentials before this step.`
    case 'denied':
      return `${operation} was denied (${error.code}: ${error.message}). ${permissionAdvice(operation, error)}`
    case 'throttled':
    case 'unavailable':
      return `${operation} got no answer from AWS that can be used (${error.code}: ${error.message}).`
    case 'network':
      if (UNREADABLE.has(error.code))
        return `${operation} got no answer that can be read (${error.code}: ${error.message}).`
      return `${operation} did not reach AWS (${error.code}: ${error.message}). Check the region and the network.`
    case 'not-sent':
      return `${operation} was not asked for (${error.message}).`
    case 'answered':
      return `${operation} was rejected (${error.code}: ${error.message}).`
  }
}

function permissionAdvice(operation: string, error: ServiceError): string {
  if (error.action === undefined) return `Allow ${operation} in the role of this job.`
  return `Allow ${error.action}${error.resource === undefined ? '' : ` on ${error.resource}`} in the role of this job.`
}
