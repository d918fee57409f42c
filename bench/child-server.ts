import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'

/** What the scripts of this repository start Node with. */
const KEEPING_SOURCES = ['--require', resolve(import.meta.dirname, '..', 'scripts', 'compile-cache.cjs')]

export interface ChildServer {
  /** The first line that it printed. */
  line: string
  /** From the start of the process to that line. */
  startMs: number
  end(): Promise<void>
}

/** Runs Node until it has printed a line; it lives until `end`. */
export async function startChildServer(args: string[], env: NodeJS.ProcessEnv = {}): Promise<ChildServer> {
  const startedAt = performance.now()
  const child = spawn(process.execPath, [...KEEPING_SOURCES, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'close')
  const [line] = await once(createInterface({ input: child.stdout }), 'line')
  return {
    line,
    startMs: performance.now() - startedAt,
    end: async () => {
      child.kill('SIGINT')
      await ended
    },
  }
}
