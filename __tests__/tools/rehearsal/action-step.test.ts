import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { load } from 'js-yaml'
import { parseFileCommands, runStep, unexpectedInputs } from '../../../tools/rehearsal/action-step.ts'

describe('what a step writes for the runner', () => {
  test.each<[string, string, Record<string, string>]>([
    ['nothing', '', {}],
    ['a line', 'status=succeeded\n', { status: 'succeeded' }],
    ['a line with more signs of equality, or nothing behind it', 'a=b=c\nd=\n', { a: 'b=c', d: '' }],
    ['a block', 'status<<EOF\nsucceeded\nEOF\n', { status: 'succeeded' }],
    ['a block of several lines', 'a<<X\none\n\ntwo=2\nb<<Y\nX\n', { a: 'one\n\ntwo=2\nb<<Y' }],
    ['an empty block', 'a<<X\nX\nb=1\n', { a: '', b: '1' }],
    ['a block whose delimiter has a sign of equality', 'a<<X=1\none\nX=1\n', { a: 'one' }],
    ['a line whose value looks like a block', 'a=b<<c\nd=1\n', { a: 'b<<c', d: '1' }],
    ['a name twice', 'a=1\na<<X\n2\nX\n', { a: '2' }],
  ])('is read: %s', (_, text, outputs) => {
    expect(parseFileCommands(text)).toEqual(outputs)
  })

  test('is read to its end when a block has none', () => {
    const module = new URL('../../../tools/rehearsal/action-step.ts', import.meta.url)
    const script = `const { parseFileCommands } = await import('${module}'); try { parseFileCommands('a<<X\\none\\n') } catch {}`
    const args = ['--max-old-space-size=32', '--input-type=module', '--eval', script]
    const { status } = spawnSync(process.execPath, args, { timeout: 3_000, stdio: 'ignore' })
    expect(status).toBe(0)
  })
})

describe('inputs that action.yml does not declare', () => {
  test.each([[['service']], [['Service', 'IMAGE']], [[]]])('are none of %j', (given) => {
    expect(unexpectedInputs(given)).toBeUndefined()
  })

  test('are named beside those that there are', () => {
    expect(unexpectedInputs(['service', 'bogus-input', 'desired-count'])).toMatch(
      /^Unexpected input\(s\) 'bogus-input', 'desired-count', valid inputs are \['operation', 'cluster', .*'\]$/,
    )
  })
})

describe('a step', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'action-step-'))
  })
  afterEach(() => {
    rmSync(folder, { recursive: true })
  })

  /** Runs a step in which this script stands in for the action: it ends the process before the action begins. */
  async function run(script: string, inputs: [string, string][] = [], environment: NodeJS.ProcessEnv = {}) {
    const preload = join(folder, 'preload.cjs')
    writeFileSync(preload, `const { appendFileSync } = require('node:fs');\n${script}`)
    let output = ''
    const { result } = runStep({
      inputs: new Map(inputs),
      workspace: folder,
      folder,
      environment,
      preloads: [preload],
      onOutput: (chunk) => {
        output += chunk
      },
    })
    return { ...(await result), output }
  }

  const PRINT_ENVIRONMENT = 'process.stdout.write(JSON.stringify(process.env)); process.exit(0)'

  test('has the inputs of action.yml with their defaults, unless they are given, even as nothing', async () => {
    const { output } = await run(PRINT_ENVIRONMENT, [
      ['service', 'web'],
      ['cluster', ''],
      ['environment-variables', ' A=1\n'],
      ['desired count', '2'],
    ])
    const environment: Record<string, string> = JSON.parse(output)
    expect(environment).toMatchObject({
      INPUT_SERVICE: 'web',
      INPUT_CLUSTER: '',
      'INPUT_ENVIRONMENT-VARIABLES': ' A=1\n',
      INPUT_DESIRED_COUNT: '2',
      'INPUT_MAX-RETRIES': '3',
      INPUT_SECRETS: '',
      GITHUB_ACTIONS: 'true',
      GITHUB_WORKSPACE: folder,
    })
    const action = load(readFileSync(new URL('../../../action.yml', import.meta.url), 'utf8')) as { inputs: object }
    const declared = Object.keys(action.inputs).map((name) => `INPUT_${name.toUpperCase()}`)
    expect(Object.keys(environment)).toEqual(expect.arrayContaining(declared))
  })

  test('sees nothing of the environment around it but the path, and what it is told', async () => {
    process.env['AWS_SECRET_ACCESS_KEY'] = 'hunter2'
    const { output } = await run(PRINT_ENVIRONMENT, [], { AWS_REGION: 'us-east-1', GITHUB_ACTOR: 'somebody' })
    delete process.env['AWS_SECRET_ACCESS_KEY']
    const environment: Record<string, string> = JSON.parse(output)
    expect(environment).toMatchObject({ AWS_REGION: 'us-east-1', GITHUB_ACTOR: 'somebody', PATH: process.env['PATH'] })
    expect(environment).not.toHaveProperty('AWS_SECRET_ACCESS_KEY')
  })

  test('leaves its outputs, its summary, what it printed on both streams, and its exit code', async () => {
    const { output, ...left } = await run(`
      appendFileSync(process.env.GITHUB_OUTPUT, 'status<<E\\nfailed\\nE\\n')
      appendFileSync(process.env.GITHUB_STEP_SUMMARY, '## Failed\\n')
      process.stdout.write('out ')
      process.stderr.write('err')
      process.exit(3)
    `)
    expect(left).toEqual({ exitCode: 3, outputs: { status: 'failed' }, summary: '## Failed\n', state: {} })
    expect(output).toContain('out ')
    expect(output).toContain('err')
  })

  test('a step that is killed has failed', async () => {
    expect((await run(`process.kill(process.pid, 'SIGKILL')`)).exitCode).toBe(1)
  })

  test('has no standard input', async () => {
    const script = `process.stdout.write(String(require('node:fs').readFileSync(0).length)); process.exit(0)`
    expect((await run(script)).output).toBe('0')
  })
})
