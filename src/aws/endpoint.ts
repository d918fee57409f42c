import { invalidInput, type Problem } from '../errors.ts'
import { inSentence } from '../untrusted.ts'

/** Where the SDK looks for another endpoint. Source: AWS SDKs and Tools Reference Guide, "Service-specific endpoints". */
const ENDPOINT_VARIABLES = [
  'AWS_ENDPOINT_URL',
  'AWS_ENDPOINT_URL_ECS',
  'AWS_ENDPOINT_URL_CODEDEPLOY',
  'AWS_ENDPOINT_URL_STS',
]

const AWS_HOST = /(^|\.)(amazonaws\.com(\.cn)?|api\.aws|api\.amazonwebservices\.com\.cn)$/

const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/

/** Whether a host is this machine. */
export function isLoopback(hostname: string): boolean {
  return LOOPBACK_HOST.test(hostname)
}

/** What the environment says about the endpoint of AWS. */
export interface Endpoint {
  /** The address, when it is not AWS. */
  otherEndpoint: string | undefined
  /** Why nothing may be sent there. */
  problems: Problem[]
}

/** Looks whether requests go to AWS. Plain http is for loopback only, because it would send credentials' signatures openly. */
export function readEndpoint(environment: Record<string, string | undefined>): Endpoint {
  if (environment['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'] === 'true') return { otherEndpoint: undefined, problems: [] }
  const found: Endpoint = { otherEndpoint: undefined, problems: [] }
  for (const name of ENDPOINT_VARIABLES) {
    const value = environment[name]?.trim()
    if (value === undefined || value === '') continue
    const url = URL.canParse(value) ? new URL(value) : undefined
    if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
      found.problems.push(invalidInput(`${name} is not the address of an endpoint: '${inSentence(value, 200)}'.`))
    } else if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
      found.problems.push(
        invalidInput(`${name} is plain http to '${inSentence(url.host, 200)}'; use https, or http on loopback only.`),
      )
    } else if (!AWS_HOST.test(url.hostname)) {
      found.otherEndpoint ??= inSentence(url.origin, 200)
    }
  }
  return found
}

/** STS itself and its endpoints in a private network; other hosts of AWS can belong to anybody. */
const STS_HOST =
  /^(vpce-[\w-]+\.)?sts(-fips)?(\.[a-z0-9-]+)?(\.vpce)?\.(amazonaws\.(com(\.cn)?|eu)|api\.aws|api\.amazonwebservices\.com\.cn)$/

/** Where a session is asked for with the job's OIDC token. */
export interface TokenEndpoint {
  /** The address, when the environment gives another than AWS has in the region. */
  url: string | undefined
  /** The address is on this machine, so that no proxy may see the token either. */
  isLoopback: boolean
  problems: Problem[]
}

/** Looks where the job's token would go: whoever gets it can be the role for an hour, so only to STS or to this machine. */
export function readTokenEndpoint(environment: Record<string, string | undefined>): TokenEndpoint {
  const none: TokenEndpoint = { url: undefined, isLoopback: false, problems: [] }
  if (environment['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'] === 'true') return none
  const name = ['AWS_ENDPOINT_URL_STS', 'AWS_ENDPOINT_URL'].find((one) => (environment[one]?.trim() ?? '') !== '')
  const value = environment[name ?? '']?.trim() ?? ''
  if (name === undefined || !URL.canParse(value)) return none
  const url = new URL(value)
  const isHere = isLoopback(url.hostname)
  if (isHere || (url.protocol === 'https:' && STS_HOST.test(url.hostname)))
    return { ...none, url: value, isLoopback: isHere }
  const problem = invalidInput(
    `${name} leads to '${inSentence(url.origin, 200)}', and 'role-to-assume' sends the job's OIDC token to STS or to this machine only. Set AWS_ENDPOINT_URL_STS to an endpoint of STS, or leave 'role-to-assume' out.`,
  )
  return { ...none, problems: [problem] }
}
