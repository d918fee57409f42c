import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { nativeScenarios } from '../../../tools/simulator/native/scenarios.ts'
import { scenarios } from '../../../tools/simulator/scenarios.ts'
import { control } from './support/control.ts'
import { APPLICATION, GROUP, HOOK } from './support/rehearsal.ts'
import { appSpec } from './support/revision.ts'
import { post } from './support/wire.ts'

const MAIN = fileURLToPath(new URL('../../../tools/simulator/main.ts', import.meta.url))

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

test.each(['SIGINT', 'SIGTERM'] as const)(
  'the simulator says where it is, answers, and ends cleanly on %s',
  async (signal) => {
    const simulator = run('--scenario', 'no-hooks', '--speed', '10')
    const line = await untilPrinted(simulator)
    expect(line).toMatch(
      /^Simulated AWS at http:\/\/127\.0\.0\.1:\d+ \(scenario no-hooks, 10 times real time\); demo:web production http:\/\/127\.0\.0\.1:\d+\n$/,
    )
    const url = /http:\S+/.exec(line)?.[0] ?? ''
    expect((await post(url, 'codedeploy', 'ListApplications', {})).body).toEqual({ applications: ['AppECS-demo-web'] })
    simulator.child.kill(signal)
    expect(await simulator.ended).toEqual({ code: 0, stderr: '' })
  },
)

const mistakes: [string[], string][] = [
  [['--port', 'http'], "Option '--port' must be a whole number from 0 to 65535; got 'http'.\n"],
  [['--port', '65536'], "Option '--port' must be a whole number from 0 to 65535; got '65536'.\n"],
  [
    ['--scenario', 'calm'],
    `Option '--scenario' must be one of ${Object.keys({ ...scenarios, ...nativeScenarios }).join(', ')}; got 'calm'.\n`,
  ],
  [['--speed', '0'], "Option '--speed' must be a number above 0 and up to 1000000; got '0'.\n"],
  [['--speed', 'fast'], "Option '--speed' must be a number above 0 and up to 1000000; got 'fast'.\n"],
  [
    ['--seed', '-1'],
    "Option '--seed' argument is ambiguous. Usage: npm run simulator -- [--port N] [--scenario NAME | --world FILE] [--speed X] [--seed N]\n",
  ],
  [['--seed', '1.5'], "Option '--seed' must be a whole number from 0 to 4294967295; got '1.5'.\n"],
  [
    ['--sped', '2'],
    "Unknown option '--sped'. Usage: npm run simulator -- [--port N] [--scenario NAME | --world FILE] [--speed X] [--seed N]\n",
  ],
  [
    ['--scenario', 'alarm', '--world', 'world.yaml'],
    "Options '--scenario' and '--world' cannot be used together; the file says what goes wrong.\n",
  ],
  [['--world', '/nowhere/world.yaml'], 'World file /nowhere/world.yaml: There is no such file.\n'],
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

/** The path of a file with this text, beside a module `hook.mjs`. */
async function withWorld(text: string, play: (path: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'world-'))
  const handler = 'export const handler = () => { console.log(process.pid); while (true); }'
  await writeFile(join(folder, 'hook.mjs'), handler)
  await writeFile(join(folder, 'world.yaml'), text)
  try {
    await play(join(folder, 'world.yaml'))
  } finally {
    await rm(folder, { recursive: true })
  }
}

test('everything that is wrong with a world file is said, without a trace', () =>
  withWorld(
    'services: [{ name: web, image: x, port: http }]\nhooks: [{ name: h, handler: gone.mjs }]',
    async (path) => {
      const { code, stderr } = await run('--world', path).ended
      expect([code, stderr]).toEqual([
        1,
        `World file ${path}:\n` +
          `hooks[0].handler: there is no file '${join(path, '..', 'gone.mjs')}'.\n` +
          "services[0].port: must be a whole number from 1 to 65535; got 'http'.\n",
      ])
    },
  ))

test('a world file that is no YAML is refused with the place', () =>
  withWorld('services: [', async (path) => {
    const { code, stderr } = await run('--world', path).ended
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^World file \S+: The file, at line 1, column \d+, is not valid YAML: [^\n]*\.\n$/),
    ])
  }))

test('an end leaves neither a hook nor a port behind', () =>
  withWorld(`hooks: [{ name: ${HOOK}, handler: hook.mjs }]\ntimings: { created: 0, install: 0 }`, async (path) => {
    const simulator = run('--world', path, '--seed', '5')
    const line = await untilPrinted(simulator)
    expect(line).toContain(`(world ${path}, 1 times real time)`)
    const url = /http:\/\/[\d.:]+/.exec(line)?.[0] ?? ''
    expect((await control(url, 'GET', '')).body).toMatchObject({ scenario: 'world', seed: 5 })
    const revision = {
      revisionType: 'AppSpecContent',
      appSpecContent: { content: appSpec('web:1', { AfterInstall: HOOK }) },
    }
    await post(url, 'codedeploy', 'CreateDeployment', {
      applicationName: APPLICATION,
      deploymentGroupName: GROUP,
      revision,
    })
    await control(url, 'POST', '/advance', { seconds: 2 })
    const lines = async () => ((await control(url, 'GET', '/hook-logs')).body as { lines: { text: string }[] }).lines
    while ((await lines()).length === 0) await new Promise((resolve) => setTimeout(resolve, 10))
    const child = Number((await lines())[0]?.text)
    expect(process.kill(child, 0)).toBe(true)
    simulator.child.kill('SIGTERM')
    expect(await simulator.ended).toEqual({ code: 0, stderr: '' })
    expect(() => process.kill(child, 0)).toThrow('ESRCH')
    const again = run('--port', new URL(url).port)
    expect(await untilPrinted(again)).toContain(url)
    again.child.kill('SIGINT')
    expect(await again.ended).toEqual({ code: 0, stderr: '' })
  }))

test('a simulator that npm started ends when npm was ended', async () => {
  const shell = spawn('sh', ['-c', `"${process.execPath}" "${MAIN}"; true`], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, npm_lifecycle_event: 'simulator' },
  })
  let ended = false
  shell.stdout.once('close', () => {
    ended = true
  })
  await new Promise((resolve) => shell.stdout.once('data', resolve))
  shell.kill('SIGKILL')
  while (!ended) await new Promise((resolve) => setTimeout(resolve, 10))
})
