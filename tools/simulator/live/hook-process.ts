import { fork } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { SCALED_TIME_PRELOAD } from './child-clock.ts'
import type { HookInvocationMessage } from './hook-host.ts'

const HOST = fileURLToPath(new URL('./hook-host.ts', import.meta.url))

export interface HookProcess {
  /** Ends it without a word. */
  kill(): Promise<void>
  /** Ends it because it has taken too long. */
  timeOut(): void
}

export interface HookProcessOptions {
  message: HookInvocationMessage
  /** The whole environment of the process. */
  environment: Record<string, string>
  onLine(stream: 'stdout' | 'stderr', text: string): void
  onEnd(reason: 'exit' | 'timeout'): void
  /** The handler returned this; only when the message asks for it, and before the end. */
  onAnswer(result: unknown): void
}

/** Runs one invocation of a hook function in a process of its own, on the simulator's clock. */
export function startHookProcess({ message, environment, onLine, onEnd, onAnswer }: HookProcessOptions): HookProcess {
  const child = fork(HOST, [], {
    env: environment,
    execArgv: ['--import', SCALED_TIME_PRELOAD],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  for (const stream of ['stdout', 'stderr'] as const) {
    const source = child[stream]
    if (source) createInterface({ input: source }).on('line', (text) => onLine(stream, text))
  }
  child.on('message', ({ result }: { result?: unknown }) => onAnswer(result))
  let timedOut = false
  let killed = false
  const kill = () => {
    killed = true
    child.kill('SIGKILL')
  }
  const ended = new Promise<void>((resolve) => {
    const end = () => {
      onEnd(timedOut ? 'timeout' : 'exit')
      resolve()
    }
    child.once('close', end)
    child.once('exit', () => {
      // What the function started itself may live on and hold the pipes open.
      if (killed) for (const pipe of [child.stdout, child.stderr]) pipe?.destroy()
    })
    child.on('error', (error) => {
      onLine('stderr', error.message)
      end()
    })
  })
  child.send(message)
  return {
    kill: () => {
      kill()
      return ended
    },
    timeOut: () => {
      timedOut = true
      kill()
    },
  }
}
