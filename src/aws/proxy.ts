import { inSentence } from '../text/untrusted.ts'
import { isLoopback } from './endpoint.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** A proxy that the environment names. */
export interface NamedProxy {
  /** The variable as it is written there. */
  variable: string
  /** Its address with a scheme; undefined when it is none that can be used. */
  url: URL | undefined
}

/** The proxies of the environment, and what goes past them. */
export interface Proxies {
  http: NamedProxy | undefined
  https: NamedProxy | undefined
  /** Entries of `NO_PROXY`, in lower case. */
  bypassed: readonly string[]
}

/** Reads the variables in any case, lower case first; an address without a scheme is one of http, as for curl. */
export function readProxies(environment: Environment): Proxies {
  const bypass = variableOf('no_proxy', environment)?.value ?? ''
  return {
    http: proxyOf('http_proxy', environment),
    https: proxyOf('https_proxy', environment),
    bypassed: bypass
      .toLowerCase()
      .split(/[\s,]+/)
      .filter((entry) => entry !== ''),
  }
}

function variableOf(name: string, environment: Environment): { variable: string; value: string } | undefined {
  const names = Object.keys(environment).filter((one) => one.toLowerCase() === name)
  const variable = [name, name.toUpperCase(), ...names].find((one) => (environment[one]?.trim() ?? '') !== '')
  return variable === undefined ? undefined : { variable, value: environment[variable]?.trim() ?? '' }
}

function proxyOf(name: string, environment: Environment): NamedProxy | undefined {
  const found = variableOf(name, environment)
  if (found === undefined) return undefined
  const { variable, value } = found
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`
  const url = URL.canParse(address) ? new URL(address) : undefined
  const isUsable = url !== undefined && /^https?:$/.test(url.protocol) && url.hostname !== ''
  return { variable, url: isUsable ? url : undefined }
}

/** What Node's agents and GitHub's toolkit read: the same proxies, written as they understand them. */
export function proxyEnvironment({ http, https, bypassed }: Proxies): Record<string, string> {
  return {
    ...(http?.url && { http_proxy: http.url.href }),
    ...(https?.url && { https_proxy: https.url.href }),
    ...(bypassed.length > 0 && { no_proxy: bypassed.join(',') }),
  }
}

/** The proxy of a request; undefined when it goes straight to its host, as it always does on this machine. */
export function proxyFor(proxies: Proxies, url: Pick<URL, 'protocol' | 'hostname' | 'port'>): NamedProxy | undefined {
  const { protocol, hostname, port } = url
  const proxy = protocol === 'https:' ? proxies.https : proxies.http
  if (proxy === undefined || isLoopback(hostname)) return undefined
  const host = hostname.toLowerCase()
  const place = `${host}:${port || (protocol === 'https:' ? 443 : 80)}`
  return proxies.bypassed.some((entry) => isBypass(entry, host, place)) ? undefined : proxy
}

/** Source: Node.js documentation, "Built-in Proxy Support", for what an entry may be; addresses are names here. */
function isBypass(entry: string, host: string, place: string): boolean {
  if (entry === '*' || entry === host || entry === place) return true
  const suffix = entry.replace(/^\*?\./, '.')
  return suffix.startsWith('.') && (host.endsWith(suffix) || host === suffix.slice(1))
}

/** How a proxy is named in a sentence, never with its user and password: "the proxy 'proxy:3128' of HTTPS_PROXY". */
export function nameOfProxy({ variable, url }: NamedProxy): string {
  return `the proxy ${url === undefined ? '' : `'${inSentence(url.host, 200)}' `}of ${inSentence(variable, 50)}`
}

/** The first Node whose agents know proxies. Source: Node.js documentation, option `proxyEnv` of `http.Agent`. */
const FIRST_NODE_WITH_PROXIES = [24, 5] as const

/** Why a request that goes through a proxy cannot be sent; undefined when it can. */
export function proxyRefusal(proxy: NamedProxy, nodeVersion: string): string | undefined {
  const way = `Set it right, or name the endpoints of AWS in NO_PROXY if they can be reached without a proxy.`
  if (proxy.url === undefined) {
    return `${inSentence(proxy.variable, 50)} names no http or https proxy, and no other can be used. ${way}`
  }
  const [major = 0, minor = 0] = nodeVersion.split('.').map(Number)
  const [firstMajor, firstMinor] = FIRST_NODE_WITH_PROXIES
  if (major > firstMajor || (major === firstMajor && minor >= firstMinor)) return undefined
  return `Requests to AWS are to go through ${nameOfProxy(proxy)}, and the Node.js ${inSentence(nodeVersion, 20)} of this runner cannot use one. Update the runner to a version with Node.js ${firstMajor}.${firstMinor} or newer, or name the endpoints of AWS in NO_PROXY if they can be reached without a proxy.`
}
