import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { scenarios } from '../../src/simulator/scenarios.ts'
import { post } from './support/wire.ts'

const MAIN = fileURLToPath(new URL('../../src/simulator/main.ts', import.meta.url))

interface Run {
  child: ChildProcess
  stdout(): string
  ended: Promise<{ code: number | null; stderr: string }>
}

function run(...args: string[]): Run {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (data) => {
    stdout += data
  })
  child.stderr.on('data', (data) => {
    stderr += data
  })
  const ended = new Promise<{ code: number | null; stderr: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, stderr }))
  })
  return { child, stdout: () => stdout, ended }
}

async function untilPrinted(one: Run): Promise<string> {
  while (!one.stdout().includes('\n')) await new Promise((resolve) => setTimeout(resolve, 10))
  return one.stdout()
}

test.each(['SIGINT', 'SIGTERM'] as const)('it says where it is, answers, and ends cleanly on %s', async (signal) => {
  const simulator = run('--scenario', 'no-hooks', '--speed', '10')
  const line = await untilPrinted(simulator)
  expect(line).toMatch(
    /^Simulated AWS at http:\/\/127\.0\.0\.1:\d+ \(scenario no-hooks, 10 times real time\); demo:web production http:\/\/127\.0\.0\.1:\d+\n$/,
  )
  const url = /http:\S+/.exec(line)?.[0] ?? ''
  expect((await post(url, 'codedeploy', 'ListApplications', {})).body).toEqual({ applications: ['AppECS-demo-web'] })
  simulator.child.kill(signal)
  expect(await simulator.ended).toEqual({ code: 0, stderr: '' })
})

const mistakes: [string[], string][] = [
  [['--port', 'http'], "Option '--port' must be a whole number from 0 to 65535; got 'http'.\n"],
  [['--port', '65536'], "Option '--port' must be a whole number from 0 to 65535; got '65536'.\n"],
  [['--scenario', 'calm'], `Option '--scenario' must be one of ${Object.keys(scenarios).join(', ')}; got 'calm'.\n`],
  [['--speed', '0'], "Option '--speed' must be a number above 0; got '0'.\n"],
  [['--sped', '2'], "Unknown option '--sped'. Usage: npm run simulator -- [--port N] [--scenario NAME] [--speed X]\n"],
]

test.each(mistakes)('%j is refused in one sentence', async (args, stderr) => {
  expect(await run(...args).ended).toEqual({ code: 1, stderr })
})

test('a port in use is refused in one sentence', async () => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const { port } = other.address() as AddressInfo
  expect(await run('--port', String(port)).ended).toEqual({
    code: 1,
    stderr: `The port is in use (listen EADDRINUSE: address already in use 127.0.0.1:${port}). Choose another one with '--port'.\n`,
  })
  other.close()
})
