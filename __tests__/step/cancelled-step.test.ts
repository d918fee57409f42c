import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { Cancellation } from '../../src/step/cancellation.ts'
import { stepFiles } from '../../src/step/files.ts'
import { stepLog } from '../../src/step/log.ts'
import { mainStep } from '../../src/step/main-step.ts'
import { MainStepReporters } from '../../src/step/step-reporters.ts'
import { laterToolkit, type Toolkit } from '../../src/step/toolkit.ts'
import { systemClock } from '../../src/time/clock.ts'

/** Everything that a step hands to the runner, in order. */
type Printed = string[]

const environmentBefore = { ...process.env }

let folder = ''
let server: Server
/** Called once for each request; none is ever answered. */
let onRequest = (_path: string) => {}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'main-step-'))
  server = createServer((request) => onRequest(request.url ?? ''))
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
})

afterEach(() => {
  process.env = { ...environmentBefore }
  process.exitCode = undefined
  server.closeAllConnections()
  server.close()
  rmSync(folder, { recursive: true, force: true })
})

function toolkitInto(printed: Printed, change: Partial<Toolkit>): Toolkit {
  return {
    info: (text) => void printed.push(text),
    error: (text, { title }) => void printed.push(`::error ${title}: ${text}`),
    warning: (text, { title }) => void printed.push(`::warning ${title}: ${text}`),
    startGroup: (title) => void printed.push(`::group ${title}`),
    endGroup: () => void printed.push('::endgroup'),
    setOutput: (name, value) => void printed.push(`${name}=${value}`),
    saveState: (name, value) => void printed.push(`state ${name}=${value}`),
    setSecret: () => {},
    getIDToken: async () => '',
    ...change,
  }
}

/** Runs the main step until it hangs, cancels it, and lets the runner's time for it go by. */
async function cancelledWhileItHangs(environment: NodeJS.ProcessEnv, change: (hangs: () => void) => Partial<Toolkit>) {
  const printed: Printed = []
  const controller = new AbortController()
  let letTimePass = () => {}
  const lastMoment = new Promise<void>((resolve) => {
    letTimePass = resolve
  })
  const hangs = () => {
    controller.abort()
    letTimePass()
  }
  onRequest = hangs
  const cancellation: Cancellation = { signal: controller.signal, lastMoment, lastWord: lastMoment }
  const whole = {
    INPUT_SERVICE: 'web',
    INPUT_CLUSTER: 'demo',
    INPUT_IMAGE: 'registry.example/web:1.1.0',
    GITHUB_STEP_SUMMARY: join(folder, 'summary.md'),
    RUNNER_TEMP: folder,
    NO_PROXY: '127.0.0.1',
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL: urlOf(''),
    ...environment,
  }
  // Credentials and endpoint are found by the SDK, in the environment of the process. Nobody but the step loads the toolkit.
  Object.assign(process.env, whole)
  const toolkit = laterToolkit(async () => toolkitInto(printed, change(hangs)))
  const log = stepLog(toolkit)
  const files = stepFiles(whole, '')
  let exits = 0
  await mainStep({
    environment: whole,
    clock: systemClock,
    toolkit,
    firstRequestSent: Promise.resolve(),
    log,
    files,
    reporters: new MainStepReporters(toolkit, files, log),
    cancellation,
    loadGithub: () => import('@actions/github'),
    exit: () => {
      exits += 1
    },
  })
  return { printed, exits, summary: readFileSync(whole.GITHUB_STEP_SUMMARY, 'utf8') }
}

function urlOf(path: string): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`
}

const KEYS = { AWS_ACCESS_KEY_ID: 'AKIATEST', AWS_SECRET_ACCESS_KEY: 'test' }
const NO_CHANGE = () => ({})

describe('a step that is cancelled while it hangs ends as cancelled, with exit code 1, outputs, summary and annotation', () => {
  test.each<[string, () => NodeJS.ProcessEnv, (hangs: () => void) => Partial<Toolkit>]>([
    ['on a read of the checks', () => KEYS, NO_CHANGE],
    ['on the credentials of a container', () => ({ AWS_CONTAINER_CREDENTIALS_FULL_URI: urlOf('/keys') }), NO_CHANGE],
    [
      'on the OIDC token of the job',
      () => ({
        'INPUT_ROLE-TO-ASSUME': 'arn:aws:iam::123456789012:role/release',
        ACTIONS_ID_TOKEN_REQUEST_URL: urlOf('/token'),
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'token',
      }),
      (hangs) => ({
        getIDToken: () => {
          hangs()
          return new Promise(() => {})
        },
      }),
    ],
    ['on a read of a rollback', () => ({ ...KEYS, INPUT_OPERATION: 'rollback', INPUT_IMAGE: '' }), NO_CHANGE],
    ['on a read of a stop', () => ({ ...KEYS, INPUT_OPERATION: 'stop', INPUT_IMAGE: '' }), NO_CHANGE],
  ])('%s', async (_what, environment, change) => {
    const { printed, exits, summary } = await cancelledWhileItHangs(environment(), change)
    expect(printed).toContain('status=cancelled')
    expect(summary).toContain('## ❌ Cancelled: demo/web')
    expect(printed.filter((line) => line.startsWith('::error'))).toEqual([
      expect.stringContaining('The workflow run was cancelled before a deployment was created.'),
    ])
    expect(process.exitCode).toBe(1)
    expect(exits).toBe(1)
  })
})

test('the groups of the log are closed once before the verdict of a step that was cut off', async () => {
  const { printed } = await cancelledWhileItHangs(KEYS, NO_CHANGE)
  const marks = printed.filter((line) => line.startsWith('::')).map((line) => line.split(' ')[0])
  expect(marks).toEqual(['::group', '::endgroup', '::error'])
})
