import { parseArn } from '../aws/arn.ts'
import { assumeRole, ID_TOKEN_ADVICE, sessionNameOf } from '../aws/assume-role.ts'
import type { Attempts } from '../aws/attempts.ts'
import { buildClients, type Clients, clientOptions, type Reach, signedBy } from '../aws/clients.ts'
import { readEndpoints, tokenProblems } from '../aws/endpoint.ts'
import {
  type CredentialsEnd,
  type EnvironmentCredentials,
  environmentCredentials,
} from '../aws/environment-credentials.ts'
import { credentialsFinder, profileProblems } from '../aws/found-credentials.ts'
import { type Functions, loadFunctions } from '../aws/functions.ts'
import { type LoadBalancing, loadLoadBalancing } from '../aws/load-balancing.ts'
import { partitionOf } from '../aws/partition.ts'
import type { Proxies } from '../aws/proxy.ts'
import type { RequestRules } from '../aws/request-handler.ts'
import { OwnSession } from '../aws/session.ts'
import { readSharedConfig, type SharedConfig } from '../aws/shared-config.ts'
import { type Caller, callerOf, loadSts, readCaller } from '../aws/sts.ts'
import type { Inputs } from '../inputs/inputs.ts'
import { readRegion } from '../inputs/region.ts'
import { invalidInput, type Problem } from '../problem.ts'
import { inSentence } from '../text/untrusted.ts'
import type { Clock } from '../time/clock.ts'
import { within } from '../time/race.ts'
import { githubRun } from '../workflow-run/github-run.ts'
import type { Log } from '../world.ts'
import type { LaterToolkit } from './toolkit.ts'

/** How a step reaches AWS. */
export interface Connection extends Clients {
  region: string | undefined
  /** Why nothing may be called at all. */
  obstacles: Problem[]
  otherEndpoint: string | undefined
  readCaller(attempts: Attempts): Promise<Caller>
  credentialsEnd(): Promise<CredentialsEnd>
  renewCredentials(): boolean
  functions(): Promise<Functions>
  loadBalancing(): Promise<LoadBalancing>
}

export interface ConnectionOptions {
  inputs: Pick<Inputs, 'region' | 'roleToAssume' | 'audience' | 'expectedAccount'>
  environment: NodeJS.ProcessEnv
  proxies: Proxies
  clock: Clock
  toolkit: LaterToolkit
  log: Pick<Log, 'line' | 'warning'>
  /** Resolves once the first request is on its way: what can wait is loaded then. */
  firstRequestSent: Promise<void>
}

/** The clients of a step, with the credentials of the environment or with a session of its own. */
export async function connect(options: ConnectionOptions): Promise<Connection> {
  const { inputs, environment } = options
  const { region, problems } = readRegion(inputs.region, environment)
  const config = await readSharedConfig(environment)
  const endpoints = readEndpoints(environment, config)
  const { otherOrigins } = endpoints
  const reach = { region: region ?? 'not-set', endpoints, rules: rulesFor(otherOrigins, options) }
  const obstacles = [...problems, ...config.problems, ...endpoints.problems]
  const common = { region, otherEndpoint: otherOrigins.length === 0 ? undefined : otherOrigins.join(', ') }
  if (inputs.roleToAssume !== undefined) {
    const role = connectAsRole(options, reach, inputs.roleToAssume)
    return { ...common, ...role, obstacles: [...obstacles, ...role.obstacles] }
  }
  const found = connectAsFound(options, reach, config)
  return { ...common, ...found, obstacles: [...obstacles, ...found.obstacles] }
}

/** The rules of every request; addresses that nobody has told of yet are told once. */
function rulesFor(otherOrigins: readonly string[], { proxies, log }: ConnectionOptions): RequestRules {
  const told = new Set<string>()
  return {
    proxies,
    otherOrigins,
    nodeVersion: process.versions.node,
    onOtherOrigin: (origin) => {
      if (!told.has(origin)) log.warning(`This is not AWS: a request goes to ${origin}.`)
      told.add(origin)
    },
  }
}

/** With the keys of the environment, else with what the SDK finds. */
function connectAsFound(options: ConnectionOptions, anonymous: Omit<Reach, 'credentials'>, config: SharedConfig) {
  const { inputs, environment, clock, firstRequestSent, log } = options
  const keys = environmentCredentials(environment)
  const profile = environment['AWS_PROFILE'] ?? ''
  if (keys !== undefined && profile !== '') {
    log.line(
      `Credentials: the keys of the environment (AWS_ACCESS_KEY_ID), which come before AWS_PROFILE ('${inSentence(profile, 100)}').`,
    )
  }
  const findCredentials = credentialsFinder(environment, config, clock)
  const clients = buildClients({ ...anonymous, credentials: keys, findCredentials })
  const { credentials } = clients.ecs.config
  const reach = { ...anonymous, credentials }
  const { functions, loadBalancing } = laterServices(reach)
  const sts = later(async () => {
    if (inputs.expectedAccount === undefined) await orSoon(firstRequestSent, clock)
    return await loadSts(clientOptions(reach, 'sts'))
  })
  return {
    ...clients,
    functions: functions.get,
    loadBalancing: loadBalancing.get,
    obstacles: keys === undefined ? profileProblems(environment, config) : [],
    close: () => closeAll(clients, sts, functions, loadBalancing),
    readCaller: async (attempts: Attempts) => await readCaller(attempts, sts.get),
    credentialsEnd: async () => endOfKeys(keys) ?? endOf(await credentials().catch(() => undefined)),
    renewCredentials: () => false,
  }
}

/** With a session of the role, which is asked for with the job's OIDC token. */
function connectAsRole(options: ConnectionOptions, anonymous: Omit<Reach, 'credentials'>, roleArn: string) {
  const { inputs, environment, clock, toolkit } = options
  const sts = later(async () => await loadSts(clientOptions({ ...anonymous, credentials: undefined }, 'sts')))
  const request = {
    clock,
    roleArn,
    audience: inputs.audience,
    sessionName: sessionNameOf(githubRun(environment)),
    sts: sts.get,
    askForToken: async () => await (await toolkit.load()).getIDToken(inputs.audience),
    onSecret: (secret: string) => toolkit.use((core) => core.setSecret(secret)),
  }
  const session = new OwnSession(clock, async () => await assumeRole(request))
  const reach = { ...anonymous, credentials: signedBy(session) }
  const clients = buildClients(reach)
  const { functions, loadBalancing } = laterServices(reach)
  return {
    ...clients,
    functions: functions.get,
    loadBalancing: loadBalancing.get,
    obstacles: [
      ...placeProblems(roleArn, anonymous.region),
      ...tokenProblems(reach.endpoints),
      ...jobProblems(environment),
    ],
    close: () => closeAll(clients, sts, functions, loadBalancing),
    readCaller: async () => callerOf((await session.current()).callerArn),
    credentialsEnd: async () => undefined,
    renewCredentials: () => {
      session.expire()
      return true
    },
  }
}

/** How long to wait for a first request that may never be sent, e.g. without credentials, in milliseconds. */
const SOON_MS = 500

async function orSoon(firstRequestSent: Promise<void>, clock: Clock): Promise<void> {
  await within(clock, SOON_MS, async () => await firstRequestSent)
}

/** STS of a partition knows the roles of that partition only. Source: IAM User Guide, "IAM identifiers". */
function placeProblems(roleArn: string, region: string): Problem[] {
  const there = parseArn(roleArn)?.partition
  const here = partitionOf(region)
  if (there === undefined || here === undefined || there === here) return []
  const sentence = `Input 'role-to-assume' is a role of the partition '${inSentence(there, 60)}', and the region '${region}' is in '${here}'. Check 'role-to-assume', 'aws-region' and AWS_REGION.`
  return [invalidInput(sentence)]
}

/** The runner gives these to jobs that may ask for a token. Source: GitHub documentation, "OpenID Connect reference". */
function jobProblems(environment: NodeJS.ProcessEnv): Problem[] {
  if (environment['ACTIONS_ID_TOKEN_REQUEST_URL'] && environment['ACTIONS_ID_TOKEN_REQUEST_TOKEN']) return []
  const sentence = `Input 'role-to-assume' needs the OIDC token of the job, and this job may not ask for one. ${ID_TOKEN_ADVICE}`
  return [{ reason: 'credentials', sentence }]
}

interface ResolvedCredentials {
  expiration?: Date
  /** How the SDK came by it. */
  $source?: object
}

/** The end of keys that stand in the environment; undefined when they have none. */
function endOfKeys(keys: EnvironmentCredentials | undefined): CredentialsEnd {
  if (keys === undefined) return undefined
  return keys.expiration?.getTime() ?? (keys.sessionToken === undefined ? undefined : 'not-told')
}

/** When credentials end that nobody renews: the SDK renews all but those that stand in the environment or in a profile. */
function endOf(identity: ResolvedCredentials | undefined): CredentialsEnd {
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
function laterServices(reach: Reach): { functions: Later<Functions>; loadBalancing: Later<LoadBalancing> } {
  return {
    functions: later(() => loadFunctions(clientOptions(reach, 'lambda'), clientOptions(reach, 'cloudwatch_logs'))),
    loadBalancing: later(() => loadLoadBalancing(clientOptions(reach, 'elastic_load_balancing_v2'))),
  }
}

function closeAll(...parts: { close(): void }[]): void {
  for (const part of parts) part.close()
}
