import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { OUTPUT_NAMES } from '../../src/report/outputs.ts'
import { baseScenario, scenarios } from '../../tools/simulator/scenarios.ts'
import { runBundle } from '../support/bundle.ts'
import { commandsIn } from '../support/runner-grammar.ts'

const HOOK = { 'after-allow-test-traffic-hook': 'CodeDeployHook_validate' }

test('releases as the runner starts it: outputs, summary, report, exit code 0, and no command but ours', async () => {
  const { exitCode, outputs, summary, printed, report } = await runBundle({ scenario: scenarios['no-hooks'] })
  expect(exitCode).toBe(0)
  expect(Object.keys(outputs).sort()).toEqual([...OUTPUT_NAMES].sort())
  expect(outputs).toMatchObject({ status: 'succeeded', 'task-definition': 'web:2', production: 'web:2' })
  expect(summary).toContain('## ✅ Released: web 1.1.0 → demo/web')
  expect(report).toMatchObject({ status: 'succeeded', isAws: false })
  expect(commandsIn(printed).map(({ name }) => name)).toEqual(['group', 'endgroup', 'group', 'endgroup'])
})

test('fails with one annotation and exit code 1 when a hook fails, and leaves a summary', async () => {
  const { exitCode, outputs, printed, summary } = await runBundle({ scenario: scenarios['hook-fails'], inputs: HOOK })
  expect(exitCode).toBe(1)
  expect(outputs['status']).toBe('rolled-back')
  expect(commandsIn(printed).filter(({ name }) => name === 'error')).toHaveLength(1)
  expect(summary).toContain('## ❌ Rolled back: web 1.1.0 → demo/web')
})

test('refuses before any write when the set-up is wrong, with every problem, a summary and outputs', async () => {
  const { exitCode, outputs, printed, summary, calls } = await runBundle({
    scenario: baseScenario,
    speed: 1,
    inputs: { service: 'wobble', 'wait-for-minutes': 'soon', 'desired-count': '3' },
  })
  expect(exitCode).toBe(1)
  expect(outputs).toMatchObject({ status: 'refused', reason: 'invalid-input' })
  expect(printed).toContain('3 things are wrong, so nothing was deployed:')
  expect(summary).toContain("Service 'wobble' was not found in cluster 'demo'")
  expect(calls.filter(({ writes }) => writes)).toEqual([])
})

test('says what is missing instead of a stack trace when there is no region, and when there are no credentials', async () => {
  const noRegion = await runBundle({ scenario: baseScenario, speed: 1, environment: { AWS_REGION: '' } })
  expect(noRegion.printed).toContain('No AWS region is set.')
  const noSuchRegion = await runBundle({
    scenario: baseScenario,
    speed: 1,
    environment: { AWS_REGION: '../evil host\n::error::x' },
  })
  expect(noSuchRegion.outputs).toMatchObject({ status: 'refused', reason: 'invalid-input' })
  expect(noSuchRegion.printed).toContain(
    "AWS_REGION must be the name of an AWS region such as 'eu-central-1'; got '../evil",
  )
  expect(noSuchRegion.calls).toEqual([])
  const noCredentials = await runBundle({
    scenario: baseScenario,
    speed: 1,
    environment: {
      AWS_ACCESS_KEY_ID: '',
      AWS_SECRET_ACCESS_KEY: '',
      AWS_EC2_METADATA_DISABLED: 'true',
      HOME: '/nowhere',
    },
  })
  expect(noCredentials.outputs).toMatchObject({ status: 'refused', reason: 'credentials' })
  for (const { printed } of [noRegion, noSuchRegion, noCredentials]) expect(printed).not.toMatch(/\n\s+at /)
})

test('sends nothing to an endpoint over plain http that is not on this machine', async () => {
  const received: string[] = []
  const proxy = createServer((request, response) => {
    received.push(request.url ?? '')
    response.end()
  })
  await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening))
  const { printed, outputs } = await runBundle({
    scenario: baseScenario,
    speed: 1,
    environment: {
      AWS_ENDPOINT_URL: 'http://aws.example',
      HTTP_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    },
  })
  proxy.close()
  expect(outputs['status']).toBe('refused')
  expect(printed).toContain("AWS_ENDPOINT_URL is plain http to 'aws.example'")
  expect(received).toEqual([])
})

test('stops the deployment when the runner interrupts it, and follows the rollback to its end in the post step', async () => {
  const { outputs, summary, calls, post, report } = await runBundle({
    scenario: baseScenario,
    inputs: HOOK,
    speed: 10,
    jobStatus: 'cancelled',
    onOutput: (printed, kill) => {
      if (/Install +started/.test(printed)) kill('SIGINT')
    },
  })
  expect(outputs['status']).toBe('cancelled')
  expect(calls.filter(({ operation }) => operation === 'StopDeployment')).not.toHaveLength(0)
  expect(summary).toContain('## ❌ Cancelled: ')
  expect(post?.exitCode).toBe(0)
  expect(post?.outputs).toEqual({})
  expect(post?.summary).toMatch(/^> \[!WARNING\]\n> \*\*After this step had ended: ❌ Cancelled\.\*\* Production /)
  expect(report).toMatchObject({ status: 'cancelled', rollback: { status: 'succeeded' } })
})

test('leaves the deployment id, a status of unknown and a summary when it is killed, and its post step stops the deployment', async () => {
  const { outputs, summary, post, printed, report } = await runBundle({
    scenario: baseScenario,
    inputs: HOOK,
    speed: 10,
    jobStatus: 'failure',
    onOutput: (text, kill) => {
      if (/Install +started/.test(text)) kill('SIGKILL')
    },
  })
  expect(outputs['codedeploy-deployment-id']).toMatch(/^d-/)
  expect(outputs).toMatchObject({ status: 'unknown', 'rollback-status': 'unknown' })
  expect(summary).toContain('## In progress: web 1.1.0 → demo/web')
  // A runner drops the outputs of a post step.
  expect(post?.exitCode).toBe(0)
  expect(post?.outputs).toEqual({})
  expect(report).toMatchObject({ status: 'cancelled', rollback: { status: 'succeeded' } })
  expect(printed).toContain('The step was lost before it ended; deployment')
})

test('ends as cancelled when the runner interrupts it while a read of the checks is not answered', async () => {
  const { exitCode, outputs, summary, printed, calls } = await runBundle({
    scenario: {
      ...baseScenario,
      faults: [{ operation: 'DescribeServices', kind: { type: 'slow', seconds: 36_000 } }],
    },
    speed: 10,
    onOutput: (text, kill) => {
      if (text.includes('Checks')) kill('SIGINT')
    },
  })
  expect(exitCode).toBe(1)
  expect(outputs).toMatchObject({ status: 'cancelled', 'rollback-status': 'none' })
  expect(summary).toContain('## ❌ Cancelled: ')
  expect(commandsIn(printed).map(({ name }) => name)).toEqual(['group', 'endgroup', 'error'])
  expect(calls.filter(({ writes }) => writes)).toEqual([])
})

test('has nothing to do in the post step of a release that ended by itself, or that was refused', async () => {
  for (const inputs of [{}, { service: 'nothing' }]) {
    const { calls, post, printed, state } = await runBundle({
      scenario: scenarios['no-hooks'],
      inputs,
      jobStatus: 'failure',
    })
    const last = calls.length
    expect(post).toEqual({ exitCode: 0, outputs: {}, summary: '', state: {} })
    expect(calls).toHaveLength(last)
    expect(printed).not.toContain('The main step ended')
    expect(Object.keys(state)).not.toContain('status')
  }
})

test('says before it writes that its post step could not help when the runner keeps no state', async () => {
  const { printed, outputs } = await runBundle({
    scenario: scenarios['no-hooks'],
    environment: { GITHUB_STATE: '/nonexistent/state' },
  })
  const before = printed.slice(0, printed.indexOf('Registered task definition'))
  expect(before).toContain('its post step cannot stop or follow the deployment: the runner keeps no state for it')
  expect(outputs['status']).toBe('succeeded')
})

test('gives its verdict when outputs, summary and report cannot be written', async () => {
  const nowhere = {
    GITHUB_OUTPUT: '/nonexistent/output',
    GITHUB_STEP_SUMMARY: '/nonexistent/summary',
    GITHUB_STATE: '/nonexistent/state',
  }
  const { exitCode, printed } = await runBundle({
    scenario: scenarios['hook-fails'],
    inputs: HOOK,
    environment: { ...nowhere, RUNNER_TEMP: '/nonexistent' },
  })
  expect(exitCode).toBe(1)
  expect(printed.match(/^::error/gm)).toHaveLength(1)
  expect(printed).toContain('::error title=Rolled back')
  expect(printed).toContain('outputs could not be written (GITHUB_OUTPUT)')
  expect(printed.match(/its post step cannot stop or follow the deployment/g)).toHaveLength(1)
  expect(printed).not.toContain('    at ')
})

test("releases with the hook of the official action's workspace", async () => {
  const workspace = mkdtempSync(join(tmpdir(), 'workspace-'))
  copyFileSync(join(import.meta.dirname, '..', 'fixtures', 'official-appspec.yaml'), join(workspace, 'appspec.yaml'))
  const { outputs, printed } = await runBundle({ scenario: baseScenario, workspace })
  rmSync(workspace, { recursive: true, force: true })
  expect(outputs['status']).toBe('succeeded')
  expect(outputs['hook-results']).toContain('"result":"succeeded"')
  expect(printed).toContain("Starting from 'appspec.yaml' of the workspace")
})

test('prints no command that AWS slipped into its answers', async () => {
  const hostile = '::set-output name=status::succeeded\n::stop-commands::x\r##[error]boo\u001b[31m %0A::add-mask::a'
  const { outputs, printed, summary } = await runBundle({
    scenario: {
      ...baseScenario,
      faults: [
        {
          operation: 'CreateDeployment',
          count: 9,
          kind: { type: 'error', code: 'InvalidRoleException', message: hostile, httpStatus: 400 },
        },
      ],
    },
    speed: 1,
  })
  expect(outputs).toMatchObject({ status: 'refused', reason: 'rejected' })
  expect(new Set(commandsIn(printed).map(({ name }) => name))).toEqual(new Set(['group', 'endgroup', 'error']))
  expect(printed).not.toContain('\u001b')
  expect(summary).not.toContain('\u001b')
})

const HOSTILE = '::set-output name=status::succeeded\\r\\n::stop-commands::x ##[error]boo\\u001b[31m'

test.each([
  ['is thrown where nobody waits', `setTimeout(() => { throw new Error("${HOSTILE}") }, 400)`],
  ['is a promise that nobody handles', `setTimeout(() => { Promise.reject("${HOSTILE}") }, 400)`],
  ['is no error at all', 'setTimeout(() => { throw Object.create(null) }, 400)'],
])(
  'ends with one annotation and a verdict when what escapes %s',
  async (_, preload) => {
    const { exitCode, outputs, printed } = await runBundle({
      scenario: { ...baseScenario, faults: [{ operation: 'DescribeServices', kind: { type: 'throttle' } }] },
      speed: 1,
      preload,
    })
    expect(exitCode).toBe(1)
    expect(commandsIn(printed).filter(({ name }) => name === 'error')).toHaveLength(1)
    expect(printed).toContain('This is a mistake in the action itself')
    expect(outputs['status'] ?? 'refused').toBe('refused')
  },
  60_000,
)

test('prints warnings of Node and of libraries as lines of its own', async () => {
  const preload = `setTimeout(() => {
    process.emitWarning("${HOSTILE}")
    process.emitWarning("old", "DeprecationWarning")
    console.error("${HOSTILE}"); console.warn("%s", "${HOSTILE}"); console.log("${HOSTILE}")
  }, 300)`
  const { exitCode, printed } = await runBundle({ scenario: scenarios['no-hooks'], preload })
  expect(exitCode).toBe(0)
  expect(printed).toContain('| DeprecationWarning: old')
  expect(printed.match(/^\| ::stop-commands::x # #\[error\]boo$/gm)).toHaveLength(4)
})

test('a hostile hook, and hostile words of AWS about it, change nothing but visible text', async () => {
  const log = [
    '::set-output name=status::succeeded',
    '::endgroup::',
    '##[error]boo',
    '\u001b[31mred',
    '</pre></details><img src=x>',
    'x'.repeat(1_000_000),
  ]
  const { outputs, printed, summary, report } = await runBundle({
    scenario: {
      ...scenarios['hook-fails'],
      hookPlans: { CodeDeployHook_validate: { answer: 'Failed', afterSeconds: 5, log } },
    },
    inputs: { ...HOOK, 'hook-logs': 'always' },
  })
  expect(outputs).toMatchObject({ status: 'rolled-back', 'rollback-status': 'succeeded' })
  expect(report).toMatchObject({ status: 'rolled-back' })
  expect(printed).toContain('| # #[error]boo')
  expect(printed.length).toBeLessThan(50_000)
  expect(printed).not.toContain('\u001b')
  expect(summary).not.toContain('\u001b')
  expect(summary).not.toContain('<img')
})
