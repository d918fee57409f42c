import { CodeDeployClient } from '@aws-sdk/client-codedeploy'
import { ECSClient, type ECSClientConfig } from '@aws-sdk/client-ecs'
import type { Endpoints, ServiceName } from './endpoint.ts'
import { GuardedHandler, type RequestRules } from './request-handler.ts'
import type { OwnSession, Session } from './session.ts'

export interface Clients {
  ecs: ECSClient
  codeDeploy: CodeDeployClient
  /** Closes the connections, so that the process can end. */
  close(): void
}

/** What the clients of a run have in common. */
export interface Reach {
  region: string
  endpoints: Endpoints
  rules: RequestRules
  /** What signs requests; undefined: whatever is found. */
  credentials: Credentials | undefined
  /** What is found when it is looked for; undefined: what the SDK finds. */
  findCredentials?: CredentialsFinder
}

export type CredentialsFinder = NonNullable<ECSClientConfig['credentialDefaultProvider']>

export type Credentials = NonNullable<ECSClientConfig['credentials']>

/** The clients of a run, for the entries only. */
export function buildClients(reach: Reach): Clients {
  const ecs = new ECSClient(clientOptions(reach, 'ecs'))
  const codeDeploy = new CodeDeployClient(clientOptions(reach, 'codedeploy'))
  const close = () => {
    ecs.destroy()
    codeDeploy.destroy()
  }
  return { ecs, codeDeploy, close }
}

/**
 * What the client of a service is built with. One attempt, because retrying is ours; its endpoint is the one that was
 * looked at, so that the SDK looks for none itself.
 */
export function clientOptions(reach: Reach, service: ServiceName) {
  const { region, endpoints, rules, credentials, findCredentials } = reach
  const endpoint = endpoints.given[service]?.url
  return {
    region,
    maxAttempts: 1,
    requestHandler: new GuardedHandler(rules),
    ignoreConfiguredEndpointUrls: true,
    ...(endpoint !== undefined && { endpoint }),
    ...(credentials !== undefined && { credentials }),
    ...(findCredentials !== undefined && { credentialDefaultProvider: findCredentials }),
  }
}

/**
 * A provider that is asked before each request: the session knows better than the SDK when it is to be renewed, and on
 * which clock. `memoized` keeps the SDK from remembering its answers.
 */
export function signedBy(session: OwnSession) {
  const provider = async (): Promise<Session> => await session.current()
  return Object.assign(provider, { memoized: true })
}
