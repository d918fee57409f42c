import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { devNull } from 'node:os'
import { delimiter, join } from 'node:path'

export interface Ending {
  /** Undefined when a signal ended it. */
  code: number | undefined
  /** What it wrote, to standard output and standard error as it came. */
  output: string
  stdout: string
}

/** Longer than any client waits here; a client that hangs is ended. */
const DEADLINE_MS = 180_000

/** Runs a program to its end. Rejects when it cannot be started. */
export function runProgram(
  command: string,
  args: readonly string[],
  { env, cwd }: { env: NodeJS.ProcessEnv; cwd?: string },
): Promise<Ending> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'], timeout: DEADLINE_MS })
    let output = ''
    let stdout = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
    child.on('error', reject)
    child.on('close', (code) => resolve({ code: code ?? undefined, output, stdout }))
  })
}

/** Every executable file of that name in the folders of `PATH`, in their order. */
export function findPrograms(name: string): string[] {
  const folders = new Set((process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== ''))
  return [...folders].map((folder) => join(folder, name)).filter(isExecutable)
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Nothing of the caller's own AWS account, and of the simulator nothing but its address. */
export function clientEnvironment(url: string): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(AWS_|INPUT_|GITHUB_)/.test(name))
  return {
    ...Object.fromEntries(inherited),
    AWS_ENDPOINT_URL: url,
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'any',
    AWS_SECRET_ACCESS_KEY: 'any',
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
    NO_PROXY: '127.0.0.1',
    no_proxy: '127.0.0.1',
  }
}
