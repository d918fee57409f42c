import type { MovableClock } from '../clock.ts'
import { logGroupOf, logStreamOf } from '../function-log.ts'
import { type HookLogLine, type HookRun, invocationIdOf, MAX_RUN_MS } from '../hook-log.ts'
import type { HookInvocation } from '../model/lifecycle.ts'
import type { Invocation } from '../model/native/service-deployment.ts'
import { functionArn } from '../names.ts'
import type { Listeners } from '../real-world.ts'
import type { FunctionSeed, World } from '../scenario.ts'
import { childClockEnvironment } from './child-clock.ts'
import { type HookProcess, startHookProcess } from './hook-process.ts'

/** One invocation, whoever made it. */
interface Call {
  /** It is made once. */
  key: string
  requestId: string
  event: object
  onAnswer?: (answer: { result: unknown } | undefined) => void
}

export interface HookWorld {
  world: World
  /** Address of the simulator, for the function's SDK. */
  url: string
  clock: MovableClock
}

/** The hook functions that run, have run, and what they printed. */
export class Hooks {
  readonly runs: HookRun[] = []
  readonly #surroundings: HookWorld
  readonly #running = new Set<HookProcess>()
  readonly #invoked = new Set<string>()

  constructor(surroundings: HookWorld) {
    this.#surroundings = surroundings
  }

  /** Runs the function, unless this invocation of it was run already. */
  invoke(invocation: HookInvocation, seed: FunctionSeed, deploymentId: string, listeners: Listeners | undefined): void {
    const { executionId } = invocation
    const event = { DeploymentId: deploymentId, LifecycleEventHookExecutionId: executionId }
    this.#run({ key: executionId, requestId: invocationIdOf(executionId), event }, seed, deploymentId, listeners)
  }

  /** The same of one that ECS calls, whose return value is its answer; nothing when it returned none. */
  invokeForAnswer(
    { requestId, event }: Invocation,
    seed: FunctionSeed,
    listeners: Listeners | undefined,
    onAnswer: (answer: { result: unknown } | undefined) => void,
  ): void {
    this.#run({ key: requestId, requestId, event, onAnswer }, seed, event.resourceArn, listeners)
  }

  #run(call: Call, seed: FunctionSeed, deploymentId: string, listeners: Listeners | undefined): void {
    const { handlerFile, name: functionName } = seed
    const { key, requestId, event, onAnswer } = call
    if (handlerFile === undefined || this.#invoked.has(key)) return
    this.#invoked.add(key)
    const { world, clock } = this.#surroundings
    const lines: HookRun['lines'][number][] = []
    const startedMs = clock.now()
    // Every invocation has a process of its own, which is its instance.
    const instance = { sinceMs: startedMs, firstRequestId: requestId }
    const run: HookRun = { functionName, deploymentId, requestId, instance, startedMs, endedMs: undefined, lines }
    this.runs.push(run)
    const print = (stream: HookLogLine['stream'], text: string) => {
      lines.push({ atMs: clock.now(), stream, text })
    }
    let answer: { result: unknown } | undefined
    const child = startHookProcess({
      message: {
        handlerFile,
        event,
        answers: onAnswer !== undefined,
        functionName,
        functionArn: functionArn(world, functionName),
        logGroupName: logGroupOf(seed),
        logStreamName: logStreamOf(run),
        requestId,
        deadlineMs: clock.now() + MAX_RUN_MS,
      },
      environment: this.#environment(functionName, listeners),
      onLine: print,
      onEnd: (reason) => {
        this.#running.delete(child)
        forgetDeadline()
        if (reason === 'timeout') print('stderr', `Task timed out after ${(MAX_RUN_MS / 1000).toFixed(2)} seconds`)
        run.endedMs = clock.now()
        onAnswer?.(reason === 'exit' ? answer : undefined)
      },
      onAnswer: (result) => {
        answer = { result }
      },
    })
    const forgetDeadline = clock.at(clock.now() + MAX_RUN_MS, () => child.timeOut())
    this.#running.add(child)
  }

  /** Ends all that run and forgets that there were any. */
  async reset(): Promise<void> {
    await this.close()
    this.#invoked.clear()
    this.runs.length = 0
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running].map((child) => child.kill()))
  }

  /** Nothing of the caller's own AWS account reaches a hook. */
  #environment(functionName: string, listeners: Listeners | undefined): Record<string, string> {
    const { world, url, clock } = this.#surroundings
    const inherited = Object.entries(process.env).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined && !/^(AWS_|NODE_OPTIONS$|SIMULATOR_CLOCK$)/.test(entry[0]),
    )
    return {
      ...Object.fromEntries(inherited),
      AWS_REGION: world.region,
      AWS_DEFAULT_REGION: world.region,
      AWS_ENDPOINT_URL: url,
      AWS_ACCESS_KEY_ID: 'SIMULATOR',
      AWS_SECRET_ACCESS_KEY: 'simulator',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_LAMBDA_FUNCTION_NAME: functionName,
      NO_PROXY: '127.0.0.1',
      no_proxy: '127.0.0.1',
      ...(listeners && { PRODUCTION_LISTENER_URL: listeners.production }),
      ...(listeners?.test !== undefined && { TEST_LISTENER_URL: listeners.test }),
      ...childClockEnvironment(clock, clock.speed),
    }
  }
}
