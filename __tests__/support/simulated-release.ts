import { CodeDeployClient } from '@aws-sdk/client-codedeploy'
import { ECSClient, type ECSClientConfig } from '@aws-sdk/client-ecs'
import type { Logger } from '@smithy/types'
import { loadFunctions } from '../../src/aws/functions.ts'
import { loadLoadBalancing } from '../../src/aws/load-balancing.ts'
import type { ParsedInputs } from '../../src/inputs/inputs.ts'
import { INPUT_NAMES, type InputName, type RawInputs } from '../../src/inputs/names.ts'
import { parseInputs } from '../../src/inputs/parse-inputs.ts'
import { operate } from '../../src/operations/operate.ts'
import type { ReleaseWorld } from '../../src/release/release-world.ts'
import type { Release } from '../../src/release-state.ts'
import { type Annotation, renderAnnotation } from '../../src/report/annotation.ts'
import { type OutputName, renderOutputs } from '../../src/report/outputs.ts'
import { renderSummary } from '../../src/report/summary.ts'
import { githubRun } from '../../src/workflow-run/github-run.ts'
import type { RecordedCall } from '../../tools/simulator/recorded-call.ts'
import type { Scenario } from '../../tools/simulator/scenario.ts'
import { type Simulator, startSimulator } from '../../tools/simulator/simulator.ts'
import { DirectTransport, unsigned } from './direct-transport.ts'
import { type VirtualClock, virtualClock } from './virtual-clock.ts'

export interface SimulatedReleaseOptions {
  scenario: Scenario
  /** An account that goes on after this release, instead of one of its own. */
  account?: SimulatedAccount
  /** Over cluster `demo`, service `web` and image `registry.example/web:1.1.0`. */
  inputs?: Partial<Record<InputName, string>>
  /** Names of inputs that action.yml does not declare. */
  undeclared?: string[]
  /** Files of the workspace by path. */
  files?: Record<string, string>
  /** Called before the release begins, e.g. to arrange for something in mid-release. */
  prepare?(staging: Staging): void | Promise<void>
  world?: Partial<ReleaseWorld>
  /** Called when the release has ended, with the account still there. */
  afterwards?(aftermath: {
    ended: Release
    parsed: ParsedInputs
    world: ReleaseWorld
    simulator: Simulator
  }): Promise<void>
  /** More of the world, made when the simulator's address is known. */
  connect?(place: { url: string; clock: VirtualClock }): Partial<ReleaseWorld>
}

/** A simulated account that several releases work in, one after the other. */
export interface SimulatedAccount {
  simulator: Simulator
  clock: VirtualClock
}

export interface Staging {
  simulator: Simulator
  clock: VirtualClock
  /** The clients of the release, e.g. to change what they are answered. */
  codeDeploy: CodeDeployClient
  ecs: ECSClient
  abort(): void
}

/** What people see of a release, and what the simulator saw of it. */
export interface SimulatedRelease {
  release: Release
  outputs: Record<OutputName, string>
  summary: string
  /** Title and message of the annotation; undefined when there is none. */
  annotation: Annotation | undefined
  log: string[]
  calls: RecordedCall[]
  /** Operations that changed something, in order. */
  writes: string[]
  clock: VirtualClock
}

/** Who makes the calls of a test. */
export const RELEASER = 'arn:aws:sts::123456789012:assumed-role/release-web/test'

/** The inputs of a test, everything else not given. */
export function rawInputs(inputs: Partial<Record<InputName, string>>): RawInputs {
  const none = Object.fromEntries(INPUT_NAMES.map((name) => [name, ''])) as RawInputs
  return { ...none, ...inputs }
}

/** Runs a whole release in this process against the simulator, in virtual time. */
export async function simulateRelease(options: SimulatedReleaseOptions): Promise<SimulatedRelease> {
  const clock = options.account?.clock ?? virtualClock()
  const simulator = options.account?.simulator ?? (await startSimulator({ scenario: options.scenario, clock }))
  const before = simulator.calls.length
  const { ecs, codeDeploy } = clientsFor(simulator)
  const cancellation = new AbortController()
  const log: string[] = []
  try {
    await options.prepare?.({ simulator, clock, codeDeploy, ecs, abort: () => cancellation.abort() })
    const parsed = parseInputs(
      rawInputs({ cluster: 'demo', service: 'web', image: 'registry.example/web:1.1.0', ...options.inputs }),
      options.undeclared ?? [],
    )
    const world: ReleaseWorld = {
      ecs,
      codeDeploy,
      clock,
      random: () => 0.5,
      maxAttempts: parsed.inputs.maxRetries,
      signal: cancellation.signal,
      region: 'us-east-1',
      obstacles: [],
      otherEndpoint: simulator.url,
      readCaller: async () => ({ account: '123456789012', arn: RELEASER }),
      credentialsEnd: async () => undefined,
      run: githubRun({ GITHUB_REPOSITORY: 'example/shop', GITHUB_RUN_ID: '7', GITHUB_RUN_ATTEMPT: '1' }),
      event: { name: 'push', read: () => ({}) },
      isPullRequestClosed: async () => undefined,
      onLaneFreed: () => {},
      log: logInto(log),
      isPrivateRepository: () => true,
      loadBalancing: () => loadLoadBalancing(clientOptionsFor(simulator)),
      functions: () => loadFunctions(clientOptionsFor(simulator), clientOptionsFor(simulator)),
      readText: async (path) => options.files?.[path],
      onRelease: () => {},
      whenSaved: async () => {},

      ...options.world,
      ...options.connect?.({ url: simulator.url, clock }),
    }
    const ended = await operate(parsed, world)
    await options.afterwards?.({ ended, parsed, world, simulator })
    const calls = simulator.calls.slice(before)
    return {
      release: ended,
      outputs: renderOutputs(ended, ''),
      summary: renderSummary(ended),
      annotation: renderAnnotation(ended),
      log,
      calls,
      writes: calls.filter(({ writes }) => writes).map(({ operation }) => operation),
      clock,
    }
  } finally {
    ecs.destroy()
    codeDeploy.destroy()
    if (options.account === undefined) await simulator.close()
  }
}

/** Plays several releases in one account, in virtual time. */
export async function inOneAccount(
  scenario: Scenario,
  play: (account: SimulatedAccount) => Promise<void>,
): Promise<void> {
  const clock = virtualClock()
  const simulator = await startSimulator({ scenario, clock })
  try {
    await play({ simulator, clock })
  } finally {
    await simulator.close()
  }
}

const KEYS = { accessKeyId: 'AKIATEST', secretAccessKey: 'test' }

/** What a client would look up in files and variables each time that it is made, and a log that nobody reads. */
const NOTHING_TO_LOOK_UP = {
  retryMode: 'standard',
  defaultsMode: 'standard',
  useDualstackEndpoint: false,
  useFipsEndpoint: false,
  authSchemePreference: [] as string[],
  logger: {} as Logger,
} as const

/** An address is asked over HTTP, with signatures; a simulator without either. */
function clientOptionsFor(place: string | Simulator, credentials: ECSClientConfig['credentials'] = KEYS) {
  const options = { ...NOTHING_TO_LOOK_UP, credentials, region: 'us-east-1', maxAttempts: 1 }
  if (typeof place === 'string') return { ...options, endpoint: place }
  const direct = { ...options, endpoint: place.url, requestHandler: new DirectTransport(place) }
  return credentials === KEYS ? { ...direct, signer: unsigned(KEYS.accessKeyId) } : direct
}

/** The SDK's own clients, one attempt each, against a simulator: of this process, or by its address. */
export function clientsFor(
  place: string | Simulator,
  credentials?: ECSClientConfig['credentials'],
): { ecs: ECSClient; codeDeploy: CodeDeployClient } {
  return {
    ecs: new ECSClient(clientOptionsFor(place, credentials)),
    codeDeploy: new CodeDeployClient(clientOptionsFor(place, credentials)),
  }
}

function logInto(lines: string[]): ReleaseWorld['log'] {
  return {
    line: (text) => {
      lines.push(text)
    },
    warning: (text) => {
      lines.push(`Warning: ${text}`)
    },
    group: async (title, body) => {
      lines.push(`> ${title}`)
      return await body()
    },
  }
}

/** Inputs with which a release goes through this scenario for as long as it lets it. */
export function inputsFor(scenario: string): Record<string, string> {
  if (scenario === 'no-hooks') return {}
  const hook = { 'after-allow-test-traffic-hook': 'CodeDeployHook_validate' }
  if (scenario === 'ready-wait') return { ...hook, 'auto-promote': 'true' }
  return scenario === 'busy-ready' ? { ...hook, 'auto-promote': 'true', 'on-active-deployment': 'replace' } : hook
}
