import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'

/** The hook as Lambda has it: a file, an environment, a console. */
const FILE: string = join(import.meta.dirname, '..', '..', '..', 'examples', 'hooks', 'validate.mjs')
const EVENT = { DeploymentId: 'd-ABCDEF123', LifecycleEventHookExecutionId: 'execution' }
const REAL = { ...process.env }
const AWS = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' }

type Handler = (event: typeof EVENT, context: { getRemainingTimeInMillis(): number }) => Promise<void>
type Answer = (request: IncomingMessage, response: ServerResponse) => unknown

let handler: Handler
let service: Server
let codeDeploy: Server
/** What the service answers, one after the other; the last one for ever. */
let answers: Answer[]
let asked: string[]
let content: string
let readStatus: number
let deploymentGroupName: string
let callBacks: unknown[]
let printed: string[]

const { log } = console

beforeAll(async () => {
  service = await listening((request, response) => {
    asked.push(request.url ?? '')
    const answer = answers.length > 1 ? answers.shift() : answers[0]
    answer?.(request, response)
  })
  codeDeploy = await listening(async (request, response) => {
    const input = JSON.parse(Buffer.concat(await request.toArray()).toString())
    const operation = request.headers['x-amz-target']?.toString().split('.')[1] ?? ''
    if (operation === 'PutLifecycleEventHookExecutionStatus') callBacks.push(input)
    else response.statusCode = readStatus
    response.setHeader('content-type', 'application/x-amz-json-1.1').end(JSON.stringify(codeDeployAnswers[operation]))
  })
  Object.assign(process.env, AWS, { AWS_ENDPOINT_URL: addressOf(codeDeploy), AWS_MAX_ATTEMPTS: '1' })
  handler = (await import(FILE)).handler
})

afterAll(async () => {
  process.env = REAL
  console.log = log
  for (const server of [service, codeDeploy]) server.closeAllConnections()
  await Promise.all([service, codeDeploy].map((server) => new Promise((resolve) => server.close(resolve))))
})

beforeEach(() => {
  answers = [says(200, JSON.stringify({ taskDefinition: 'web:2' }))]
  asked = []
  content = JSON.stringify({ TaskDefinition: 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:2' })
  readStatus = 200
  deploymentGroupName = 'group'
  callBacks = []
  printed = []
  console.log = (text: string) => printed.push(text)
})

const codeDeployAnswers: Record<string, object> = {
  get GetDeployment() {
    const revision = { revisionType: 'AppSpecContent', appSpecContent: { sha256: 'ab' } }
    return { deploymentInfo: { applicationName: 'app', deploymentGroupName, revision } }
  },
  get GetApplicationRevision() {
    return { revision: { revisionType: 'AppSpecContent', appSpecContent: { content, sha256: 'ab' } } }
  },
  PutLifecycleEventHookExecutionStatus: {},
}

function listening(answer: Answer): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer((...exchange) => void answer(...exchange)).listen(0, '127.0.0.1', () => resolve(server))
  })
}

function addressOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function says(status: number, text: string): Answer {
  return (_, response) => response.writeHead(status).end(text)
}

const SILENCE: Answer = () => {}

interface Verdict {
  status: string
  /** The last line of the log. */
  said: string
}

/** Runs the hook with these settings. It calls back exactly once, or this fails. */
async function run(settings: Record<string, string> = {}, remainingMs = 60_000): Promise<Verdict> {
  const names = ['CHECK_PATHS', 'REQUESTS', 'EXPECT_STATUS', 'EXPECT_TEXT', 'REVISION_MEMBER', 'REQUEST_SECONDS']
  for (const name of [...names, 'START_UP_SECONDS']) delete process.env[name]
  Object.assign(process.env, { TEST_LISTENER_URL: addressOf(service) }, settings)
  await handler(EVENT, { getRemainingTimeInMillis: () => remainingMs })
  expect(callBacks).toEqual([
    { deploymentId: 'd-ABCDEF123', lifecycleEventHookExecutionId: 'execution', status: expect.any(String) },
  ])
  const [{ status }] = callBacks as [{ status: string }]
  return { status, said: printed.at(-1) ?? '' }
}

test('passes a replacement that answers as promised, and prints what it said', async () => {
  expect(await run()).toEqual({
    status: 'Succeeded',
    said: 'd-ABCDEF123: The replacement passed. Reporting Succeeded.',
  })
  expect(asked).toEqual(['/', '/', '/'])
  expect(printed[0]).toBe(`${addressOf(service)}/ answered 200 from web:2: {"taskDefinition":"web:2"}`)
})

test('asks every path as often as it is told', async () => {
  expect(await run({ CHECK_PATHS: '/health, /shop?page=1', REQUESTS: '2' })).toMatchObject({ status: 'Succeeded' })
  expect(asked).toEqual(['/health', '/health', '/shop?page=1', '/shop?page=1'])
})

test('asks the address with the number of the deployment group', async () => {
  deploymentGroupName = 'DgpECS-previews-preview-12'
  const url = `${addressOf(service)}/lanes/{number}/`
  expect(await run({ TEST_LISTENER_URL: url, CHECK_PATHS: 'health' })).toMatchObject({ status: 'Succeeded' })
  expect(asked).toEqual(['/lanes/12/health', '/lanes/12/health', '/lanes/12/health'])
})

test.each([
  ['another status', {}, says(500, 'out of order'), 'answered 500; expected 200. It said: out of order'],
  ['a redirect', {}, says(302, ''), 'answered 302; expected 200.'],
  ['another text', { EXPECT_TEXT: 'welcome' }, says(200, 'goodbye'), "did not say 'welcome'. It said: goodbye"],
  ['no revision', { REVISION_MEMBER: 'revision' }, says(200, '{}'), "is not JSON with the member 'revision'"],
  ['no end', { REQUEST_SECONDS: '0.1' }, SILENCE, 'gave no answer within 0.1 s.'],
] as const)('fails a replacement that gives %s, and says why', async (_, settings, answer, why) => {
  answers = [answer]
  const { status, said } = await run(settings)
  expect(status).toBe('Failed')
  expect(said).toContain(`Request 1 of 3: ${addressOf(service)}/ ${why}`)
})

test.each([
  ['JSON', '{"TaskDefinition":"arn:aws:ecs:eu-central-1:123456789012:task-definition/web:7"}'],
  ['YAML', 'TaskDefinition: "arn:aws:ecs:eu-central-1:123456789012:task-definition/web:7"\n'],
])('fails an answer of another revision than the AppSpec in %s ships', async (_, appSpec) => {
  content = appSpec
  const { status, said } = await run({ START_UP_SECONDS: '0.1' })
  expect(status).toBe('Failed')
  expect(said).toContain('answered from web:2; this deployment ships web:7.')
})

test('waits for a replacement that is not reached yet', async () => {
  answers = [says(503, ''), says(200, 'hello')]
  expect(await run()).toMatchObject({ status: 'Succeeded' })
  expect(printed[0]).toBe('Trying again until that has passed: answered 503; expected 200. It said: ')
})

test('fails a replacement that is still not reached when its time to start up is over', async () => {
  answers = [says(503, '')]
  const { status, said } = await run({ START_UP_SECONDS: '0.1' })
  expect(status).toBe('Failed')
  expect(said).toContain('answered 503')
})

test('tries again, too, when the connection is refused', async () => {
  const gone = await listening(SILENCE)
  const url = addressOf(gone)
  await new Promise((resolve) => gone.close(resolve))
  const { status, said } = await run({ START_UP_SECONDS: '1.1', TEST_LISTENER_URL: url })
  expect(status).toBe('Failed')
  expect(said).toContain('could not be read: connect ECONNREFUSED')
  expect(printed[0]).toContain('Trying again until that has passed: could not be read: connect ECONNREFUSED')
})

test('calls back before its own time is up, whatever it is waiting for', async () => {
  answers = [SILENCE]
  const { status, said } = await run({}, 5_200)
  expect(status).toBe('Failed')
  expect(said).toBe('d-ABCDEF123: The time of the function was up before the checks were done. Reporting Failed.')
})

test.each([
  ['nothing to ask', { TEST_LISTENER_URL: '' }, 200, 'TEST_LISTENER_URL is not set'],
  ['an address that is none', { TEST_LISTENER_URL: 'load-balancer' }, 200, 'The check itself failed: Invalid URL'],
  ['no permission to read the AppSpec', {}, 400, 'The check itself failed: '],
  ['no permission to read the group', { TEST_LISTENER_URL: 'http://{number}.test' }, 400, 'The check itself failed: '],
  ['a group of no number', { TEST_LISTENER_URL: 'http://{number}.test' }, 200, 'the group group ends with no number.'],
])('calls back with %s', async (_, settings, status, why) => {
  readStatus = status
  const verdict = await run(settings)
  expect(verdict.status).toBe('Failed')
  expect(verdict.said).toContain(why)
})
