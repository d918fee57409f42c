import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, jest, test } from '@jest/globals'
import { OUTPUT_NAMES } from '../src/report/outputs.ts'
import { baseScenario, scenarios } from '../src/simulator/scenarios.ts'
import { runBundle } from './support/bundle.ts'
import { commandsIn } from './support/runner-grammar.ts'

jest.setTimeout(60_000)

const HOOK = { 'after-allow-test-traffic-hook': 'CodeDeployHook_validate' }

test('releases as the runner starts it: outputs, summary, report, exit code 0, and no command but ours', async () => {
  const { exitCode, outputs, summary, printed, report } = await runBundle({ scenario: scenarios['no-hooks'] })
  expect(exitCode).toBe(0)
  expect(Object.keys(outputs).sort()).toEqual([...OUTPUT_NAMES].sort())
  expect(outputs).toMatchObject({ status: 'succeeded', 'task-definition': 'web:2', production: 'web:2' })
  expect(summary).toContain('## Released: web:2 to demo/web')
  expect(report).toMatchObject({ status: 'succeeded', isAws: false })
  expect(commandsIn(printed).map(({ name }) => name)).toEqual(['group', 'endgroup', 'group', 'endgroup'])
})

test('fails with one annotation and exit code 1 when a hook fails, and leaves a summary', async () => {
  const { exitCode, outputs, printed, summary } = await runBundle({ scenario: scenarios['hook-fails'], inputs: HOOK })
  expect(exitCode).toBe(1)
  expect(outputs['status']).toBe('rolled-back')
  expect(commandsIn(printed).filter(({ name }) => name === 'error')).toHaveLength(1)
  expect(summary).toContain('## Rolled back: demo/web')
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
  for (const { printed } of [noRegion, noCredentials]) expect(printed).not.toMatch(/\n\s+at /)
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

test('asks for a stop with rollback and ends when the runner interrupts it', async () => {
  const { outputs, calls, summary } = await runBundle({
    scenario: baseScenario,
    inputs: HOOK,
    speed: 10,
    onOutput: (printed, kill) => {
      if (/Install +started/.test(printed)) kill('SIGINT')
    },
  })
  expect(outputs['status']).toBe('cancelled')
  expect(calls.filter(({ operation }) => operation === 'StopDeployment')).toHaveLength(1)
  expect(summary).toContain('## Cancelled: demo/web')
})

test('leaves the deployment id and a summary behind when it is killed', async () => {
  const { outputs, summary } = await runBundle({
    scenario: baseScenario,
    inputs: HOOK,
    speed: 10,
    onOutput: (printed, kill) => {
      if (/Install +started/.test(printed)) kill('SIGKILL')
    },
  })
  expect(outputs['codedeploy-deployment-id']).toMatch(/^d-/)
  expect(outputs['status']).toBeUndefined()
  expect(summary).toContain('## In progress: demo/web')
})

test("releases with the hook of the official action's workspace", async () => {
  const workspace = mkdtempSync(join(tmpdir(), 'workspace-'))
  copyFileSync(join(import.meta.dirname, 'fixtures', 'official-appspec.yaml'), join(workspace, 'appspec.yaml'))
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
