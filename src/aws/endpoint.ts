import { invalidInput, type Problem } from '../errors.ts'
import { inSentence } from '../untrusted.ts'

/** Where the SDK looks for another endpoint. Source: AWS SDKs and Tools Reference Guide, "Service-specific endpoints". */
const ENDPOINT_VARIABLES = ['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_ECS', 'AWS_ENDPOINT_URL_CODEDEPLOY']

const AWS_HOST = /(^|\.)(amazonaws\.com(\.cn)?|api\.aws|api\.amazonwebservices\.com\.cn)$/

const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/

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
    } else if (url.protocol === 'http:' && !LOOPBACK_HOST.test(url.hostname)) {
      found.problems.push(
        invalidInput(`${name} is plain http to '${inSentence(url.host, 200)}'; use https, or http on loopback only.`),
      )
    } else if (!AWS_HOST.test(url.hostname)) {
      found.otherEndpoint ??= inSentence(url.origin, 200)
    }
  }
  return found
}
