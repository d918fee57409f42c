import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { CodeDeployClient } from '@aws-sdk/client-codedeploy'
import { ECSClient } from '@aws-sdk/client-ecs'
import type { OwnSession, Session } from './session.ts'

export interface Clients {
  ecs: ECSClient
  codeDeploy: CodeDeployClient
  /** Closes the connections, so that the process can end. */
  close(): void
}

/**
 * The clients of a run, for the entries only.
 * @param session signs every request; undefined: whatever the SDK finds in the environment
 */
export function buildClients(region: string, environment: NodeJS.ProcessEnv, session: OwnSession | undefined): Clients {
  const options = { region, ...clientOptions(environment), ...(session && { credentials: signedBy(session) }) }
  const ecs = new ECSClient(options)
  const codeDeploy = new CodeDeployClient(options)
  const close = () => {
    ecs.destroy()
    codeDeploy.destroy()
  }
  return { ecs, codeDeploy, close }
}

/**
 * What every client is built with. One attempt, because retrying is ours; proxies by the environment's `HTTP_PROXY`,
 * `HTTPS_PROXY` and `NO_PROXY`, which the SDK ignores by itself.
 */
export function clientOptions(proxyEnv: NodeJS.ProcessEnv) {
  const httpAgent = new HttpAgent({ keepAlive: true, proxyEnv })
  const httpsAgent = new HttpsAgent({ keepAlive: true, proxyEnv })
  return { maxAttempts: 1, requestHandler: { httpAgent, httpsAgent } }
}

/**
 * A provider that is asked before each request: the session knows better than the SDK when it is to be renewed, and on
 * which clock. `memoized` keeps the SDK from remembering its answers.
 */
export function signedBy(session: OwnSession) {
  const provider = async (): Promise<Session> => await session.current()
  return Object.assign(provider, { memoized: true })
}
