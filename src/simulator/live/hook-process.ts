import { fork } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { SCALED_TIME_PRELOAD } from './child-clock.ts'
import type { HookInvocationMessage } from './hook-host.ts'

const HOST = fileURLToPath(new URL('./hook-host.ts', import.meta.url))

export interface HookProcess {
  /** Ends it without a word. */
  kill(): Promise<void>
}

export interface HookProcessOptions {
  message: HookInvocationMessage
  /** The whole environment of the process. */
  environment: Record<string, string>
  /** Real milliseconds until it is ended. */
  timeoutMs: number
  onLine(stream: 'stdout' | 'stderr', text: string): void
  onEnd(reason: 'exit' | 'timeout'): void
}

/** Runs one invocation of a hook function in a process of its own, on the simulator's clock. */
export function startHookProcess({ message, environment, timeoutMs, onLine, onEnd }: HookProcessOptions): HookProcess {
  const child = fork(HOST, [], {
    env: environment,
    execArgv: ['--import', SCALED_TIME_PRELOAD],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  for (const stream of ['stdout', 'stderr'] as const) {
    const source = child[stream]
    if (source) createInterface({ input: source }).on('line', (text) => onLine(stream, text))
  }
  let timedOut = false
  const timer = setTimeout(() => {
    timedOut = true
    child.kill('SIGKILL')
  }, timeoutMs)
  const ended = new Promise<void>((resolve) => {
    const end = () => {
      clearTimeout(timer)
      onEnd(timedOut ? 'timeout' : 'exit')
      resolve()
    }
    child.once('close', end)
    child.on('error', (error) => {
      onLine('stderr', error.message)
      end()
    })
  })
  child.send(message)
  return {
    kill: () => {
      child.kill('SIGKILL')
      return ended
    },
  }
}
