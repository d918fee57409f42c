import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { type Player, playNode, playPython, pythonWithBoto3 } from './players.ts'

const FOLDER: string = join(import.meta.dirname, '..', '..', '..', 'examples', 'hooks')
const EVENT = { DeploymentId: 'd-ABCDEF123', LifecycleEventHookExecutionId: 'execution' }

type Answer = (request: IncomingMessage, response: ServerResponse) => unknown

let service: Server
let codeDeploy: Server
/** What the service answers, one after the other; the last one for ever. */
let answers: Answer[]
let asked: IncomingMessage[]
let content: string
let readStatus: number
let deploymentGroupName: string
let callBacks: unknown[]

beforeAll(async () => {
  service = await listening((request, response) => {
    asked.push(request)
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
})

afterAll(async () => {
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

/** Begins to answer, and goes on with a byte now and then, as slow servers do. */
const NO_END: Answer = (_, response) => {
  response.writeHead(200)
  const drips = setInterval(() => response.write('.'), 20)
  response.on('close', () => clearInterval(drips))
}

interface Verdict {
  status: string
  /** The last line of the log. */
  said: string
}

/** What the languages say of the same thing in words of their own. */
const WORDS = {
  node: { refused: 'connect ECONNREFUSED' },
  python: { refused: 'Connection refused' },
}

const PYTHON = pythonWithBoto3()
const NO_PYTHON = 'not run, since this machine has no Python 3.10 or newer with boto3'

const AWS = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_MAX_ATTEMPTS: '1' }

function environment(): Record<string, string> {
  return { ...AWS, AWS_DEFAULT_REGION: AWS.AWS_REGION, AWS_ENDPOINT_URL: addressOf(codeDeploy) }
}

describe('validate.mjs', () => checks(WORDS.node, () => playNode(join(FOLDER, 'validate.mjs'), environment())))

describe('validate.ts', () => {
  checks(WORDS.node, () => playNode(join(FOLDER, 'validate.ts'), environment()))

  test('is validate.mjs with types', () => {
    expect(bare(withoutTypes(join(FOLDER, 'validate.ts')))).toBe(
      bare(readFileSync(join(FOLDER, 'validate.mjs'), 'utf8')),
    )
  })
})

if (PYTHON === undefined) {
  describe.skip(`validate.py (${NO_PYTHON})`, () => test('behaves as validate.mjs', () => {}))
  process.stderr.write(`The tests of examples/hooks/validate.py are ${NO_PYTHON}.\n`)
} else {
  describe('validate.py', () =>
    checks(WORDS.python, () => playPython(PYTHON, join(FOLDER, 'validate.py'), environment())))
}

/** As Node itself leaves out types. In a process of its own, because Node warns that this is experimental. */
function withoutTypes(file: string): string {
  const strip = `process.getBuiltinModule('module').stripTypeScriptTypes(fs.readFileSync(process.argv[1], 'utf8'))`
  return execFileSync(process.execPath, ['--no-warnings', '--print', strip, file], { encoding: 'utf8' })
}

/** Code without comments, blanks, and the commas that only the place of a line break asks for. */
function bare(code: string): string {
  return code
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\s+/g, '')
    .replace(/,(?=[)}\]])/g, '')
}

/** What every hook does, in whatever language. */
function checks(words: (typeof WORDS)['node'], load: () => Promise<Player>): void {
  let player: Player
  let printed: string[]

  beforeAll(async () => {
    player = await load()
  })

  afterAll(() => player.end())

  /** Runs the hook with these settings. It calls back exactly once, or this fails. */
  async function run(settings: Record<string, string> = {}, remainingMs = 60_000): Promise<Verdict> {
    printed = await player.play({
      event: EVENT,
      settings: { TEST_LISTENER_URL: addressOf(service), ...settings },
      remainingMs,
    })
    expect(callBacks).toEqual([
      { deploymentId: 'd-ABCDEF123', lifecycleEventHookExecutionId: 'execution', status: expect.any(String) },
    ])
    const [{ status }] = callBacks as [{ status: string }]
    return { status, said: printed.at(-1) ?? '' }
  }

  const paths = () => asked.map(({ url }) => url)

  test('passes a replacement that answers as promised, and prints what it said', async () => {
    expect(await run()).toEqual({
      status: 'Succeeded',
      said: 'd-ABCDEF123: The replacement passed. Reporting Succeeded.',
    })
    expect(paths()).toEqual(['/', '/', '/'])
    expect(printed[0]).toBe(`${addressOf(service)}/ answered 200 from web:2: {"taskDefinition":"web:2"}`)
  })

  test('asks every path as often as it is told', async () => {
    const settings = { CHECK_PATHS: '/health, /shop?page=1\n', REQUESTS: '2' }
    expect(await run(settings)).toMatchObject({ status: 'Succeeded' })
    expect(paths()).toEqual(['/health', '/health', '/shop?page=1', '/shop?page=1'])
  })

  test('asks the address with the number of the deployment group', async () => {
    deploymentGroupName = 'DgpECS-previews-preview-12'
    const url = `${addressOf(service)}/lanes/{number}/`
    expect(await run({ TEST_LISTENER_URL: url, CHECK_PATHS: 'health' })).toMatchObject({ status: 'Succeeded' })
    expect(paths()).toEqual(['/lanes/12/health', '/lanes/12/health', '/lanes/12/health'])
  })

  test('sends headers of its own with every request, the Host included, and prints none of them', async () => {
    const headers = { host: 'shop.example.org', Authorization: 'Bearer secret' }
    expect(await run({ REQUEST_HEADERS: JSON.stringify(headers), REQUESTS: '1' })).toMatchObject({
      status: 'Succeeded',
    })
    expect(asked[0]?.headers).toMatchObject({ host: 'shop.example.org', authorization: 'Bearer secret' })
    expect(asked[0]?.rawHeaders.filter((name) => name.toLowerCase() === 'host')).toHaveLength(1)
    expect(printed.join()).not.toContain('secret')
  })

  test('passes any of several statuses', async () => {
    answers = [says(204, ''), says(401, ''), says(200, '')]
    expect(await run({ EXPECT_STATUS: '200, 204 401' })).toMatchObject({ status: 'Succeeded' })
  })

  test.each([
    ['another status', {}, says(500, 'out of order'), 'answered 500; expected 200. It said: out of order'],
    ['none of its statuses', { EXPECT_STATUS: '200,204' }, says(500, ''), 'answered 500; expected 200 or 204.'],
    ['a redirect', {}, says(302, ''), 'answered 302; expected 200.'],
    ['another text', { EXPECT_TEXT: 'welcome' }, says(200, 'goodbye'), "did not say 'welcome'. It said: goodbye"],
    ['no revision', { REVISION_MEMBER: 'revision' }, says(200, '{}'), "is not JSON with the member 'revision'"],
    ['no answer', { REQUEST_SECONDS: '0.1' }, SILENCE, 'gave no answer within 0.1 s.'],
    ['no end', { REQUEST_SECONDS: '0.1' }, NO_END, 'gave no answer within 0.1 s.'],
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

  test.each([502, 503, 504])('waits for a replacement that is not reached yet: %d', async (status) => {
    answers = [says(status, ''), says(200, 'hello')]
    expect(await run()).toMatchObject({ status: 'Succeeded' })
    expect(printed[0]).toBe(`Trying again until that has passed: answered ${status}; expected 200. It said: `)
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
    expect(said).toContain('could not be read: ')
    expect(said).toContain(words.refused)
    expect(printed[0]).toContain('Trying again until that has passed: could not be read: ')
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
    [
      'no permission to read the group',
      { TEST_LISTENER_URL: 'http://{number}.test' },
      400,
      'The check itself failed: ',
    ],
    [
      'a group of no number',
      { TEST_LISTENER_URL: 'http://{number}.test' },
      200,
      'the group group ends with no number.',
    ],
  ])('calls back with %s', async (_, settings, status, why) => {
    readStatus = status
    const verdict = await run(settings)
    expect(verdict.status).toBe('Failed')
    expect(verdict.said).toContain(why)
  })

  test.each([
    [{ REQUESTS: 'three' }, "REQUESTS must be a number from 1 on, not 'three'."],
    [{ REQUESTS: '0' }, "REQUESTS must be a number from 1 on, not '0'."],
    [{ REQUEST_SECONDS: 'NaN' }, "REQUEST_SECONDS must be a number from 0 on, not 'NaN'."],
    [{ START_UP_SECONDS: '-1' }, "START_UP_SECONDS must be a number from 0 on, not '-1'."],
    [{ CHECK_PATHS: ' , ' }, 'CHECK_PATHS names nothing.'],
    [{ EXPECT_STATUS: ',' }, 'EXPECT_STATUS names nothing.'],
    [{ REQUEST_HEADERS: 'Bearer secret' }, 'REQUEST_HEADERS must be a JSON object'],
    [{ REQUEST_HEADERS: '["secret"]' }, 'REQUEST_HEADERS must be a JSON object'],
    [{ REQUEST_HEADERS: '{"X-Key":"secret\\n"}' }, "REQUEST_HEADERS has the header 'X-Key', which cannot be sent."],
    [{ REQUEST_HEADERS: '{"X-Key":7}' }, "REQUEST_HEADERS has the header 'X-Key', which cannot be sent."],
  ])('passes nothing with a setting that cannot be: %j', async (settings, why) => {
    const { status, said } = await run(settings)
    expect(status).toBe('Failed')
    expect(said).toContain(`The check itself failed: ${why}`)
    expect(said).not.toContain('secret')
    expect(asked).toEqual([])
  })
}
