import { invalidInput, type Problem } from '../problem.ts'
import { inSentence } from '../text/untrusted.ts'
import { dnsSuffixes } from './partition.ts'
import type { SharedConfig } from './shared-config.ts'

/**
 * The services that are asked, as sections of the shared config file name them and, in upper case, variables of the
 * environment. Source: AWS SDKs and Tools Reference Guide, "Service-specific endpoints".
 */
export const SERVICES = ['ecs', 'codedeploy', 'sts', 'lambda', 'cloudwatch_logs', 'elastic_load_balancing_v2'] as const

export type ServiceName = (typeof SERVICES)[number]

/** What the SDK asks for the credentials of a profile, two of them with clients that it builds without our handler. Observed. */
export const SIGN_IN_SERVICES = ['sso', 'sso_oidc', 'signin'] as const

type AskedService = ServiceName | (typeof SIGN_IN_SERVICES)[number]

/** The first label of the services' hosts, and of those that give the SDK its credentials. */
const HOSTS = ['ecs', 'codedeploy', 'sts', 'lambda', 'logs', 'elasticloadbalancing', 'portal.sso', 'oidc', 'signin']

/**
 * Hosts that AWS itself answers, in the internet or in a private network; others in its domains can be anybody's. Regions
 * are words of letters only, so that `s3` and `execute-api`, under which hosts are anybody's, are no region.
 */
const HOST =
  /^(?:vpce-[\w-]+\.)?(?<name>[a-z]+(?:\.sso)?)(?:-fips)?(?:\.(?<region>[a-z]{2,8}(?:-[a-z]{2,12}){1,3}-\d{1,2}))?(?:\.vpce)?\.(?<suffix>[a-z\d.-]+)$/

/** The consoles' own sign-in. Source: the SDK's endpoint rules of its sign-in service. */
const SIGN_IN_HOST =
  /^(?:[a-z0-9-]+\.)?(?:oauth\.signin\.aws|signin(?:-fips)?\.(?:aws\.amazon\.com|amazonaws\.cn|amazonaws-us-gov\.com|amazonaws-eusc\.eu|c2shome\.ic\.gov|sc2shome\.sgov\.gov|csphome\.(?:hci\.ic\.gov|adc-e\.uk)))$/

/** Whether a host is in the domain of its region's partition, and is one of these services. */
function isServiceHost(hostname: string, names: readonly string[]): boolean {
  const { name = '', region, suffix = '' } = HOST.exec(hostname)?.groups ?? {}
  return names.includes(name) && dnsSuffixes(region).includes(suffix)
}

const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/

/** Whether a host is this machine. */
export function isLoopback(hostname: string): boolean {
  return LOOPBACK_HOST.test(hostname)
}

/** Whether a host is an endpoint of AWS for one of the services that are asked. */
export function isAwsHost(hostname: string): boolean {
  return isServiceHost(hostname, HOSTS) || SIGN_IN_HOST.test(hostname)
}

/** Plain http is for loopback only, because it would send what requests hold, and their signatures, openly. */
export function isOpenlySent(url: Pick<URL, 'protocol' | 'hostname'>): boolean {
  return url.protocol !== 'https:' && !isLoopback(url.hostname)
}

/** An endpoint that was given for a service. */
export interface Endpoint {
  url: string
  /** Where it was given: the name of a variable, or the profile. */
  source: string
}

/** Where requests go. */
export interface Endpoints {
  /** By service; absent: to AWS in the region. */
  given: Partial<Record<AskedService, Endpoint>>
  /** The addresses that are not AWS. */
  otherOrigins: string[]
  /** Why nothing may be sent there. */
  problems: Problem[]
}

type Environment = Readonly<Record<string, string | undefined>>

/** Looks where requests to each service go by the environment and the shared config file, as the SDK would. */
export function readEndpoints(environment: Environment, config: SharedConfig): Endpoints {
  const given: Endpoints['given'] = {}
  const otherOrigins = new Set<string>()
  const problems = new Map<string, Problem>()
  for (const service of [...SERVICES, ...SIGN_IN_SERVICES]) {
    const endpoint = isIgnored(environment, config) ? undefined : endpointOf(service, environment, config)
    if (endpoint === undefined) continue
    const problem = problemOf(endpoint)
    if (problem !== undefined) {
      problems.set(endpoint.source, invalidInput(problem))
      continue
    }
    const { hostname, origin } = new URL(endpoint.url)
    if (!isAwsHost(hostname)) otherOrigins.add(inSentence(origin, 200))
    given[service] = endpoint
  }
  return { given, otherOrigins: [...otherOrigins], problems: [...problems.values()] }
}

function isIgnored(environment: Environment, { profile }: SharedConfig): boolean {
  const told = environment['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS']
  if (told === 'true' || told === 'false') return told === 'true'
  return profile['ignore_configured_endpoint_urls'] === 'true'
}

/** The first of the places where the SDK looks. Source: as for `SERVICES`, "Precedence of endpoint configuration settings". */
function endpointOf(service: AskedService, environment: Environment, config: SharedConfig): Endpoint | undefined {
  const { profile, profileName, services } = config
  const variable = `AWS_ENDPOINT_URL_${service.toUpperCase()}`
  const inProfile = `profile '${inSentence(profileName, 100)}'`
  const places = [
    { source: variable, url: environment[variable] },
    { source: 'AWS_ENDPOINT_URL', url: environment['AWS_ENDPOINT_URL'] },
    {
      source: `'endpoint_url' of ${service} in the services of ${inProfile}`,
      url: services[`${service}.endpoint_url`],
    },
    { source: `'endpoint_url' of ${inProfile}`, url: profile['endpoint_url'] },
  ]
  for (const { source, url = '' } of places) {
    if (url.trim() !== '') return { source, url: url.trim() }
  }
  return undefined
}

/** Why nothing may be sent to an endpoint; undefined when it may. */
function problemOf({ source, url: value }: Endpoint): string | undefined {
  const url = URL.canParse(value) ? new URL(value) : undefined
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    return `${capital(source)} is not the address of an endpoint: '${inSentence(value, 200)}'.`
  }
  if (!isOpenlySent(url)) return undefined
  return `${capital(source)} is plain http to '${inSentence(url.host, 200)}'; use https, or http on loopback only.`
}

function capital(source: string): string {
  return source.startsWith("'") ? `The ${source}` : source
}

/**
 * Looks where the job's token would go: whoever gets it can be the role for an hour, so only to STS or to this machine.
 * @returns why it is not sent there; nothing when it may be
 */
export function tokenProblems({ given: { sts } }: Endpoints): Problem[] {
  if (sts === undefined) return []
  const { hostname, origin } = new URL(sts.url)
  if (isLoopback(hostname) || isServiceHost(hostname, ['sts'])) return []
  const sentence = `${capital(sts.source)} leads to '${inSentence(origin, 200)}', and 'role-to-assume' sends the job's OIDC token to STS or to this machine only. Set AWS_ENDPOINT_URL_STS to an endpoint of STS, or leave 'role-to-assume' out.`
  return [invalidInput(sentence)]
}
