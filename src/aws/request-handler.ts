import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { isJsonObject } from '../text/document.ts'
import { inSentence } from '../text/untrusted.ts'
import { isAwsHost, isOpenlySent } from './endpoint.ts'
import { type NamedProxy, nameOfProxy, type Proxies, proxyEnvironment, proxyFor, proxyRefusal } from './proxy.ts'
import { NotSentError } from './service-error.ts'

/** What requests are sent by. */
export interface RequestRules {
  proxies: Proxies
  /** Addresses that are not AWS, of which the log has told already. */
  otherOrigins: readonly string[]
  /** Called for a request to an address that is neither AWS nor told. */
  onOtherOrigin(origin: string): void
  /** As `process.versions.node`. */
  nodeVersion: string
}

type Handle = NodeHttpHandler['handle']

/**
 * The one way out for the requests of every client, those that the SDK builds for credentials included. It looks at the
 * address that a request has in the end, wherever that came from.
 * @throws NotSentError for a request that may not or cannot be sent
 */
export class GuardedHandler extends NodeHttpHandler {
  readonly #rules: RequestRules
  /** For requests that go through no proxy. */
  readonly #straight = new NodeHttpHandler(agents({}))

  constructor(rules: RequestRules) {
    super(agents(proxyEnvironment(rules.proxies)))
    this.#rules = rules
  }

  override async handle(...[request, options]: Parameters<Handle>): ReturnType<Handle> {
    const { proxies, nodeVersion, otherOrigins, onOtherOrigin } = this.#rules
    const { protocol, hostname, port } = request
    const target = { protocol, hostname, port: String(port ?? '') }
    const origin = inSentence(`${protocol}//${hostname}${target.port === '' ? '' : `:${target.port}`}`, 200)
    if (isOpenlySent(target)) {
      throw new NotSentError(
        `A request was not sent because '${origin}' is plain http; use https, or http on loopback only.`,
      )
    }
    if (!isAwsHost(hostname) && !otherOrigins.includes(origin)) onOtherOrigin(origin)
    const proxy = proxyFor(proxies, target)
    if (proxy === undefined) return await this.#straight.handle(request, options)
    const refusal = proxyRefusal(proxy, nodeVersion)
    if (refusal !== undefined) throw new NotSentError(refusal)
    try {
      return await super.handle(request, options)
    } catch (error) {
      throw failedThrough(proxy, error)
    }
  }

  override destroy(): void {
    super.destroy()
    this.#straight.destroy()
  }
}

/** What went wrong on the way through a proxy, with the proxy's name. */
function failedThrough(proxy: NamedProxy, error: unknown): Error {
  const { name, code, message, errors } = isJsonObject(error) ? error : { message: String(error) }
  const failed = new Error(String(message), { cause: error })
  return Object.assign(failed, { name, code, errors, through: nameOfProxy(proxy) })
}

function agents(proxyEnv: Record<string, string>) {
  const options = { keepAlive: true, proxyEnv }
  return { httpAgent: new HttpAgent(options), httpsAgent: new HttpsAgent(options) }
}
