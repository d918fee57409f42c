import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

export const BUNDLE = resolve(import.meta.dirname, '..', 'dist', 'index.js')

/** What starting the action costs against starting Node alone; medians of pairs that were measured in turn. */
export interface StartUp {
  bareMs: number
  firstRequestMs: number
  firstRequestRatio: number
}

/** Starts the bundle and a bare `node` in turn, `rounds` times after one that does not count. */
export async function measureStartUp(rounds: number): Promise<StartUp> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  const endpoint = await startEndpoint()
  try {
    const pairs: { bare: Run; action: Run }[] = []
    for (let round = 0; round <= rounds; round++) {
      const bare = await run(['-e', '0'], folder, endpoint)
      const action = await run([BUNDLE], folder, endpoint)
      if (round > 0) pairs.push({ bare, action })
    }
    return {
      bareMs: median(pairs.map(({ bare }) => bare.tookMs)),
      firstRequestMs: median(pairs.map(({ action }) => action.firstRequestMs)),
      firstRequestRatio: median(pairs.map(({ bare, action }) => action.firstRequestMs / bare.tookMs)),
    }
  } finally {
    endpoint.server.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Endpoint {
  server: Server
  url: string
  /** When the first request since the last start came; undefined before. */
  firstRequestAt: number | undefined
}

/** Answers everything with a refusal, so that the action ends after its first checks. */
async function startEndpoint(): Promise<Endpoint> {
  const server = createServer((_, response) => {
    endpoint.firstRequestAt ??= performance.now()
    response.writeHead(400).end('{"__type":"AccessDeniedException","Message":"measured"}')
  })
  const endpoint: Endpoint = { server, url: '', firstRequestAt: undefined }
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  endpoint.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return endpoint
}

interface Run {
  tookMs: number
  firstRequestMs: number
}

async function run(args: string[], folder: string, endpoint: Endpoint): Promise<Run> {
  endpoint.firstRequestAt = undefined
  const startedAt = performance.now()
  await runNode(args, stepEnvironment(folder, endpoint.url))
  const tookMs = performance.now() - startedAt
  return { tookMs, firstRequestMs: (endpoint.firstRequestAt ?? Number.NaN) - startedAt }
}

/** The least that the action is started with. */
export function stepEnvironment(folder: string, endpoint: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    NO_PROXY: '127.0.0.1',
    INPUT_SERVICE: 'web',
    GITHUB_OUTPUT: emptyFile(folder, 'output'),
    RUNNER_TEMP: folder,
  }
}

/** Runs Node to its end, whatever its exit code. */
export function runNode(args: string[], env: NodeJS.ProcessEnv): Promise<void> {
  return new Promise((done, fail) => {
    spawn(process.execPath, args, { env, stdio: 'ignore' })
      .on('error', fail)
      .on('close', () => done())
  })
}

function emptyFile(folder: string, name: string): string {
  const path = join(folder, name)
  writeFileSync(path, '')
  return path
}

/** The middle value; of an even number of values the lower of the two. */
export function median(values: readonly number[]): number {
  return percentile(values, 50)
}

/** The smallest value that at least `percent` of the values do not exceed. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((left, right) => left - right)
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN
}
