import { assumedRoleArn } from '../names.ts'
import type { FaultKind, World } from '../scenario.ts'
import { AwsError } from './aws-error.ts'
import type { Call, Protocol } from './protocol.ts'

/** The same words in every service (observed). */
export const EXPIRED_TOKEN = 'The security token included in the request is expired'

/** The error with which this fault answers in place of the operation; undefined when the operation is carried out. */
export function refusalBy(
  fault: FaultKind,
  { service, operation }: Call,
  protocol: Protocol,
  world: World,
): AwsError | undefined {
  switch (fault.type) {
    case 'throttle':
    case 'rate-limit':
      return new AwsError(nameIn(service, 'ThrottlingException'), 'Rate exceeded')
    case 'error':
      return new AwsError(fault.code, fault.message, fault.httpStatus)
    case 'server-error':
      return serverError(fault.httpStatus)
    case 'expired':
      return protocol.expiredToken(EXPIRED_TOKEN)
    case 'denied':
      return denied(service, deniedText(actionOf(service, operation), fault.resource ?? '*', world))
    default:
      return undefined
  }
}

/** How far the time of a signature may be from that of AWS. Source: IAM User Guide, "Troubleshooting AWS SigV4 signing". */
const SIGNATURE_MINUTES = 5

/** Why a signature of this time is refused; undefined when it is not. The wording is observed. */
export function otherTimeText(fault: FaultKind | undefined, signedAt: string | undefined, atMs: number) {
  if (fault?.type !== 'wrong-clock') return undefined
  const signedMs = Date.parse(signedAt?.replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5') ?? '')
  if (Number.isNaN(signedMs)) return undefined
  const limitMs = SIGNATURE_MINUTES * 60_000
  const bound = (sign: '-' | '+', boundMs: number) => `${basicTime(boundMs)} (${basicTime(atMs)} ${sign} 5 min.)`
  if (signedMs < atMs - limitMs)
    return `Signature expired: ${signedAt} is now earlier than ${bound('-', atMs - limitMs)}`
  if (signedMs > atMs + limitMs)
    return `Signature not yet current: ${signedAt} is still later than ${bound('+', atMs + limitMs)}`
  return undefined
}

/** `20260808T120000Z` */
function basicTime(atMs: number): string {
  return new Date(atMs).toISOString().replace(/[-:]|\.\d+/g, '')
}

/**
 * By the simulator's clock, as AWS dates its answers; where that stands still, and clocks do not matter, by HTTP's own,
 * which is the machine's: the SDK asks again after an error from another time.
 */
export function dateHeaderOf(fault: FaultKind | undefined, atMs: number, standsStill: boolean): { date?: string } {
  return standsStill && fault?.type !== 'wrong-clock' ? {} : { date: new Date(atMs).toUTCString() }
}

/** What arrives in place of this answer. */
export function spoiltBy(fault: FaultKind | undefined, body: string): string {
  if (fault?.type !== 'malformed') return body
  if (fault.how === 'empty') return ''
  if (fault.how === 'cut') return body.slice(0, Math.ceil(body.length / 2))
  return '<html><body><h1>Something between you and AWS answered</h1></body></html>\n'
}

/** Seconds of the simulator's clock. */
export function delayOf(fault: FaultKind | undefined): number {
  return fault?.type === 'slow' ? fault.seconds : 0
}

/** Source: CodeDeploy API Reference, "Common Errors". */
function serverError(httpStatus: 500 | 503): AwsError {
  if (httpStatus === 503) {
    const message = 'The request has failed due to a temporary failure of the server.'
    return new AwsError('ServiceUnavailable', message, httpStatus)
  }
  const message = 'The request processing has failed because of an unknown error, exception or failure.'
  return new AwsError('InternalFailure', message, httpStatus)
}

/** The text is observed in public reports; the session is one that could make the call. */
function deniedText(action: string, resource: string, world: World): string {
  const user = assumedRoleArn(world, 'deployer', 'simulated')
  return `User: ${user} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`
}

/** Services whose protocol is the older one, with XML: common errors have shorter names there, and 403 is a refusal. */
const QUERY_SERVICES = ['sts', 'elbv2']

function nameIn(service: string, name: string): string {
  return QUERY_SERVICES.includes(service) ? name.replace(/Exception$/, '') : name
}

/** As IAM policies name it. */
function actionOf(service: string, operation: string): string {
  return `${service === 'elbv2' ? 'elasticloadbalancing' : service}:${operation}`
}

function denied(service: string, message: string): AwsError {
  return new AwsError(nameIn(service, 'AccessDeniedException'), message, QUERY_SERVICES.includes(service) ? 403 : 400)
}
