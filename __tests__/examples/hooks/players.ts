import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** One run of a hook. */
export interface Run {
  /** What its caller hands over; `null` when it hands over nothing. */
  event: object | null
  /** Environment variables of this run only. */
  settings: Record<string, string>
  /** What is left of the function's time when it begins. */
  remainingMs: number
}

/** What came of a run. */
export interface Outcome {
  printed: string[]
  /** What its caller gets; nothing and `None` are undefined. */
  returned?: unknown
  /** The message of the error that it ended with, if it did. */
  error?: string
}

/** A hook as Lambda has it, loaded once and run many times: a file, an environment, a log. */
export interface Player {
  play(run: Run): Promise<Outcome>
  end(): void
}

type Handler = (event: object | null, context: { getRemainingTimeInMillis(): number }) => Promise<unknown>

/**
 * Plays a hook for Node.js in this process. Its rests take a tenth of their time.
 * @param environment for as long as it is loaded
 */
export async function playNode(file: string, environment: Record<string, string>): Promise<Player> {
  const { log } = console
  const { setTimeout } = globalThis
  const before = { ...process.env }
  Object.assign(process.env, environment)
  const { handler }: { handler: Handler } = await import(file)
  return {
    play: async ({ event, settings, remainingMs }) => {
      const printed: string[] = []
      Object.assign(process.env, settings)
      console.log = (text: string) => printed.push(text)
      globalThis.setTimeout = ((rest: () => void, ms: number) => setTimeout(rest, ms / 10)) as typeof setTimeout
      try {
        return { printed, returned: await handler(event, { getRemainingTimeInMillis: () => remainingMs }) }
      } catch (error) {
        return { printed, error: String((error as Error).message) }
      } finally {
        console.log = log
        globalThis.setTimeout = setTimeout
        for (const name of Object.keys(settings)) delete process.env[name]
      }
    },
    end: () => {
      process.env = before
    },
  }
}

/** The name of a Python that has boto3; undefined when this machine has none. */
export function pythonWithBoto3(): string | undefined {
  const names = process.platform === 'win32' ? ['python', 'py'] : ['python3', 'python']
  const check = 'import sys, boto3; sys.exit(sys.version_info < (3, 10))'
  return names.find((name) => spawnSync(name, ['-c', check], { stdio: 'ignore' }).status === 0)
}

/** Plays a hook for Python in a process of its own. */
export async function playPython(python: string, file: string, environment: Record<string, string>): Promise<Player> {
  const child: ChildProcess = spawn(python, ['-B', join(import.meta.dirname, 'play.py'), file], {
    env: { ...process.env, ...environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]()
  return {
    play: async (run) => {
      child.stdin?.write(`${JSON.stringify(run)}\n`)
      const { value, done } = await lines.next()
      if (done) throw new Error('The hook has ended its process.')
      const { returned, ...outcome } = JSON.parse(value)
      return returned === null || returned === undefined ? outcome : { ...outcome, returned }
    },
    end: () => child.kill(),
  }
}
