import { assumeRole, ID_TOKEN_ADVICE, sessionNameOf } from '../aws/assume-role.ts'
import type { Attempts } from '../aws/attempts.ts'
import { buildClients, type Clients, clientOptions, signedBy } from '../aws/clients.ts'
import { readEndpoint, readTokenEndpoint } from '../aws/endpoint.ts'
import { type FunctionLogs, loadFunctionLogs } from '../aws/function-logs.ts'
import { type LoadBalancing, loadLoadBalancing } from '../aws/load-balancing.ts'
import { OwnSession } from '../aws/session.ts'
import { type Caller, callerOf, loadSts, readCaller } from '../aws/sts.ts'
import type { Clock } from '../clock.ts'
import type { Problem } from '../errors.ts'
import { githubRun } from '../github-run.ts'
import type { Inputs } from '../inputs/inputs.ts'
import { readRegion } from '../inputs/region.ts'
import type { LaterToolkit } from './toolkit.ts'

/** How a step reaches AWS. */
export interface Connection extends Clients {
  region: string | undefined
  /** Why nothing may be called at all. */
  obstacles: Problem[]
  otherEndpoint: string | undefined
  readCaller(attempts: Attempts): Promise<Caller>
  credentialsEndAtMs(): Promise<number | undefined>
  renewCredentials(): boolean
  functionLogs(): Promise<FunctionLogs>
  loadBalancing(): Promise<LoadBalancing>
}

export interface ConnectionOptions {
  inputs: Pick<Inputs, 'region' | 'roleToAssume' | 'expectedAccount'>
  environment: NodeJS.ProcessEnv
  clock: Clock
  toolkit: LaterToolkit
  /** Resolves once the first request is on its way: what can wait is loaded then. */
  firstRequestSent: Promise<void>
}

/** The clients of a step, with the credentials of the environment or with a session of its own. */
export function connect(options: ConnectionOptions): Connection {
  const { inputs, environment, clock, firstRequestSent } = options
  const { region, problems } = readRegion(inputs.region, environment)
  const endpoint = readEndpoint(environment)
  const obstacles = [...problems, ...endpoint.problems]
  const common = { region, otherEndpoint: endpoint.otherEndpoint }
  if (inputs.roleToAssume !== undefined) {
    const role = connectAsRole(options, region ?? 'not-set', inputs.roleToAssume)
    return { ...common, ...role, obstacles: [...obstacles, ...role.obstacles] }
  }

  const clients = buildClients(region ?? 'not-set', environment, undefined)
  const { credentials } = clients.ecs.config
  const { functionLogs, loadBalancing } = laterServices(region ?? 'not-set', environment, credentials)
  const sts = later(async () => {
    if (inputs.expectedAccount === undefined) await orSoon(firstRequestSent, clock)
    return await loadSts({ region: region ?? 'not-set', ...clientOptions(environment), credentials })
  })
  return {
    ...clients,
    ...common,
    obstacles,
    functionLogs: functionLogs.get,
    loadBalancing: loadBalancing.get,
    close: () => closeAll(clients, sts, functionLogs, loadBalancing),
    readCaller: async (attempts) => await readCaller(attempts, sts.get),
    credentialsEndAtMs: async () => endOf(await credentials().catch(() => undefined)),
    renewCredentials: () => false,
  }
}

function connectAsRole({ environment, clock, toolkit }: ConnectionOptions, region: string, roleArn: string) {
  const endpoint = readTokenEndpoint(environment)
  const sts = later(async () => {
    const where = endpoint.url === undefined ? { ignoreConfiguredEndpointUrls: true } : { endpoint: endpoint.url }
    return await loadSts({ region, ...clientOptions(endpoint.isLoopback ? {} : environment), ...where })
  })
  const request = {
    clock,
    roleArn,
    sessionName: sessionNameOf(githubRun(environment)),
    sts: sts.get,
    askForToken: async (audience: string) => await (await toolkit.load()).getIDToken(audience),
    onSecret: (secret: string) => toolkit.use((core) => core.setSecret(secret)),
  }
  const session = new OwnSession(clock, async () => await assumeRole(request))
  const clients = buildClients(region, environment, session)
  const { functionLogs, loadBalancing } = laterServices(region, environment, signedBy(session))
  return {
    ...clients,
    functionLogs: functionLogs.get,
    loadBalancing: loadBalancing.get,
    obstacles: [...endpoint.problems, ...tokenProblems(environment)],
    close: () => closeAll(clients, sts, functionLogs, loadBalancing),
    readCaller: async () => callerOf((await session.current()).callerArn),
    credentialsEndAtMs: async () => undefined,
    renewCredentials: () => {
      session.expire()
      return true
    },
  }
}

/** How long to wait for a first request that may never be sent, e.g. for want of credentials, in milliseconds. */
const SOON_MS = 500

async function orSoon(firstRequestSent: Promise<void>, clock: Clock): Promise<void> {
  const waiting = new AbortController()
  await Promise.race([firstRequestSent, clock.sleep(SOON_MS, waiting.signal)])
  waiting.abort()
}

/** The runner gives these to jobs that may ask for a token. Source: GitHub documentation, "OpenID Connect reference". */
function tokenProblems(environment: NodeJS.ProcessEnv): Problem[] {
  if (environment['ACTIONS_ID_TOKEN_REQUEST_URL'] && environment['ACTIONS_ID_TOKEN_REQUEST_TOKEN']) return []
  const sentence = `Input 'role-to-assume' needs the OIDC token of the job, and this job may not ask for one. ${ID_TOKEN_ADVICE}`
  return [{ reason: 'credentials', sentence }]
}

interface Identity {
  expiration?: Date
  /** How the SDK came by it. */
  $source?: object
}

/** When credentials end that nobody renews: the SDK renews all but those that stand in the environment or in a profile. */
function endOf(identity: Identity | undefined): number | undefined {
  const source = identity?.$source ?? {}
  const isFixed = 'CREDENTIALS_ENV_VARS' in source || 'CREDENTIALS_PROFILE' in source
  const endMs = identity?.expiration?.getTime() ?? Number.NaN
  return isFixed && !Number.isNaN(endMs) ? endMs : undefined
}

/** A client that is loaded when it is first asked for. */
interface Later<Client> {
  get(): Promise<Client>
  close(): void
}

function later<Client extends { close(): void }>(load: () => Promise<Client>): Later<Client> {
  let loading: Promise<Client> | undefined
  return {
    get: async () => {
      loading ??= load()
      return await loading
    },
    close: () => void loading?.then((loaded) => loaded.close()).catch(() => {}),
  }
}

/** The services that only some steps ask: hook logs, and the address of a test listener. */
function laterServices(
  region: string,
  environment: NodeJS.ProcessEnv,
  credentials: ReturnType<typeof signedBy> | Clients['ecs']['config']['credentials'],
): { functionLogs: Later<FunctionLogs>; loadBalancing: Later<LoadBalancing> } {
  const options = () => ({ region, ...clientOptions(environment), credentials })
  return {
    functionLogs: later(() => loadFunctionLogs(options())),
    loadBalancing: later(() => loadLoadBalancing(options())),
  }
}

function closeAll(...parts: { close(): void }[]): void {
  for (const part of parts) part.close()
}
