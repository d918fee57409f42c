import { Agent, createServer, type Server, request as send } from 'node:http'
import type { AddressInfo } from 'node:net'
import { stepFiles } from '../../src/step/files.ts'
import { stepLog } from '../../src/step/log.ts'
import { mainStep } from '../../src/step/main-step.ts'
import { postStep, stateOf } from '../../src/step/post-step.ts'
import { STATE_REPORT } from '../../src/step/saved-release.ts'
import { MainStepReporters, postStepReporters } from '../../src/step/step-reporters.ts'
import { laterToolkit, type Toolkit } from '../../src/step/toolkit.ts'
import type { Clock } from '../../src/time/clock.ts'
import { type StepOptions, stepEnvironment } from '../../tools/rehearsal/action-step.ts'
import type { SimulatedAccount } from './simulated-release.ts'

/** The moment at which a step is killed: when a request arrives or has been carried out, by its number, counted from 1. */
export interface Kill {
  request: number
  when: 'arrives' | 'was carried out'
}

/** A request of a step, with the outputs that the runner would have if the step were killed as it arrives. */
export interface SentRequest {
  operation: string
  outputs: Record<string, string>
}

/** What the runner has of a step that has ended or was killed. */
export interface PlayedStep {
  outputs: Record<string, string>
  state: Record<string, string>
  /** What it printed, without the commands of the runner. */
  log: string[]
  exitCode: number
  wasKilled: boolean
  /** Its requests in their order. */
  requests: SentRequest[]
  /** Lets go of what a killed step holds on to. */
  close(): void
}

export type PlayedStepOptions = Pick<StepOptions, 'inputs' | 'folder' | 'run' | 'environment' | 'post'> & {
  kill?: Kill | undefined
}

const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'AKIATEST', AWS_SECRET_ACCESS_KEY: 'test' }

/** Plays one step of the action in this process, in virtual time, with everything that its runner gives it. */
export async function playStep(
  { simulator, clock }: SimulatedAccount,
  options: PlayedStepOptions,
): Promise<PlayedStep> {
  const death = new AbortController()
  const told: Pick<PlayedStep, 'outputs' | 'state' | 'log'> = { outputs: {}, state: {}, log: [] }
  const requests: SentRequest[] = []
  const onRequest = (operation: string) => requests.push({ operation, outputs: { ...told.outputs } })
  const gate = await openGate(simulator.url, { kill: options.kill, death, onRequest })
  const { env: environment } = stepEnvironment({
    ...options,
    workspace: options.folder,
    environment: {
      AWS_ENDPOINT_URL: gate.url,
      AWS_REGION: 'us-east-1',
      NO_PROXY: '127.0.0.1',
      ...options.environment,
    },
  })
  const toolkit = laterToolkit(async () => recordingToolkit(told, death.signal))
  const log = stepLog(toolkit)
  const isPost = options.post !== undefined
  const files = stepFiles(environment, stateOf(environment, STATE_REPORT))
  const parts = {
    environment,
    clock: mortalClock(clock, death.signal),
    toolkit,
    firstRequestSent: Promise.resolve(),
    log,
    files,
    loadGithub: () => Promise.reject(new Error('Nothing is told on GitHub here.')),
  }
  const never = new Promise<void>(() => {})
  const cancellation = { signal: new AbortController().signal, lastMoment: never, lastWord: never }
  // The SDK looks for these in the process itself.
  Object.assign(process.env, CREDENTIALS, { AWS_ENDPOINT_URL: gate.url })
  process.exitCode = undefined
  const running = isPost
    ? postStep({ ...parts, reporters: postStepReporters(files, log) })
    : mainStep({ ...parts, reporters: new MainStepReporters(toolkit, files, log), cancellation, exit: () => {} })
  const died = new Promise<void>((resolve) => death.signal.addEventListener('abort', () => resolve()))
  await Promise.race([Promise.all([toolkit.load(), running]), died])
  const exitCode = death.signal.aborted ? 137 : Number(process.exitCode ?? 0)
  process.exitCode = undefined
  // What it still does when its connections are closed reaches nobody.
  running.catch(() => {})
  const { close } = gate
  if (!death.signal.aborted) close()
  return { ...structuredClone(told), exitCode, wasKilled: death.signal.aborted, requests, close }
}

/** What is said after the death is heard by nobody. */
function recordingToolkit({ outputs, state, log }: Pick<PlayedStep, 'outputs' | 'state' | 'log'>, death: AbortSignal) {
  const alive = (action: () => void) => {
    if (!death.aborted) action()
  }
  const toolkit: Toolkit = {
    info: (text) => alive(() => void log.push(text)),
    error: (text) => alive(() => void log.push(`Error: ${text}`)),
    warning: (text) => alive(() => void log.push(`Warning: ${text}`)),
    startGroup: () => {},
    endGroup: () => {},
    setOutput: (name, value) =>
      alive(() => {
        outputs[name] = value
      }),
    saveState: (name, value) =>
      alive(() => {
        state[name] = value
      }),
    setSecret: () => {},
    getIDToken: () => Promise.reject(new Error('This job has no token.')),
  }
  return toolkit
}

/** The clock of a process that can die: then nothing wakes it any more. */
function mortalClock(clock: Clock, death: AbortSignal): Clock {
  return {
    now: () => clock.now(),
    monotonicMs: () => clock.monotonicMs(),
    sleep: async (durationMs, signal) => {
      await clock.sleep(durationMs, signal === undefined ? death : AbortSignal.any([signal, death]))
      if (death.aborted) await new Promise(() => {})
    },
    deadline: (durationMs) => {
      const deadline = clock.deadline(durationMs)
      death.addEventListener('abort', () => deadline.cancel(), { once: true })
      return deadline
    },
  }
}

interface Gate {
  url: string
  close(): void
}

interface GateOptions {
  kill: Kill | undefined
  death: AbortController
  /** Told the operation of each request as it arrives. */
  onRequest(operation: string): number
}

/** Passes requests on until the kill; from then on none is passed on or answered. */
async function openGate(endpoint: string, { kill, death, onRequest }: GateOptions): Promise<Gate> {
  const { hostname, port } = new URL(endpoint)
  const agent = new Agent({ keepAlive: true })
  const server = createServer((request, response) => {
    if (death.signal.aborted) return
    const index = onRequest(
      String(request.headers['x-amz-target'] ?? '')
        .split('.')
        .at(-1) ?? '',
    )
    if (kill?.when === 'arrives' && index >= kill.request) death.abort()
    if (death.signal.aborted) return
    const passedOn = send({
      hostname,
      port,
      agent,
      path: request.url,
      method: request.method,
      headers: request.headers,
    })
    passedOn.on('response', (answer) => {
      if (kill?.when === 'was carried out' && index >= kill.request) death.abort()
      if (death.signal.aborted) return void answer.resume()
      response.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(response)
    })
    passedOn.on('error', () => response.destroy())
    request.pipe(passedOn)
  })
  const url = await listen(server)
  const close = () => {
    server.close()
    server.closeAllConnections()
    agent.destroy()
  }
  return { url, close }
}

function listen(server: Server): Promise<string> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
  })
}
