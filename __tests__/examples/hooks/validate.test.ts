import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { type Outcome, type Player, playNode, playPython, pythonWithBoto3 } from './players.ts'

const FOLDER: string = join(import.meta.dirname, '..', '..', '..', 'examples', 'hooks')

const CODE_DEPLOY_EVENT = { DeploymentId: 'd-ABCDEF123', LifecycleEventHookExecutionId: 'execution' }

const OF_SERVICE = (kind: string) => `arn:aws:ecs:us-east-1:123456789012:${kind}/previews/preview-12`
const ORIGINAL = `${OF_SERVICE('service-revision')}/4100000000000000041`
const REPLACEMENT = `${OF_SERVICE('service-revision')}/4200000000000000042`
const NO_WEIGHTS = { testTrafficWeights: {}, productionTrafficWeights: {} }

/** What ECS hands over at a stage. Source: Developer Guide, "Lambda hooks for Amazon ECS service deployments". */
function ecsEvent(lifecycleStage: string, weights: object = {}): Record<string, unknown> {
  return {
    executionId: '7c1f0a52-6c1e-4d0b-9a0e-0f6d5c7b8a90',
    lifecycleStage,
    resourceArn: `${OF_SERVICE('service-deployment')}/AbCdEfGhIjKlMnOpQrS42`,
    executionDetails: {
      serviceArn: OF_SERVICE('service'),
      targetServiceRevisionArn: REPLACEMENT,
      ...NO_WEIGHTS,
      ...weights,
    },
  }
}

type Answer = (request: IncomingMessage, response: ServerResponse) => unknown

let service: Server
let aws: Server
/** What the service answers, one after the other; the last one for ever. */
let answers: Answer[]
let asked: IncomingMessage[]
/** `family:revision` that is shipped. */
let shipped: string
let appSpecOf: (taskDefinitionArn: string) => string
let readStatus: number
let deploymentGroupName: string
/** `CodeDeploy_20141006.GetDeployment`: the operations of AWS that the hook asks for. */
let calls: string[]
let callBacks: unknown[]

beforeAll(async () => {
  service = await listening((request, response) => {
    asked.push(request)
    const answer = answers.length > 1 ? answers.shift() : answers[0]
    answer?.(request, response)
  })
  aws = await listening(async (request, response) => {
    const input = JSON.parse(Buffer.concat(await request.toArray()).toString())
    const target = String(request.headers['x-amz-target'])
    const operation = target.split('.')[1] ?? ''
    calls.push(target)
    if (operation === 'PutLifecycleEventHookExecutionStatus') callBacks.push(input)
    else response.statusCode = readStatus
    const answer = JSON.stringify(awsAnswers[operation]?.(input))
    response.setHeader('content-type', 'application/x-amz-json-1.1').end(answer)
  })
})

afterAll(async () => {
  for (const server of [service, aws]) server.closeAllConnections()
  await Promise.all([service, aws].map((server) => new Promise((resolve) => server.close(resolve))))
})

beforeEach(() => {
  answers = [says(200, JSON.stringify({ taskDefinition: 'web:2' }))]
  asked = []
  shipped = 'web:2'
  appSpecOf = (TaskDefinition) => JSON.stringify({ TaskDefinition })
  readStatus = 200
  deploymentGroupName = 'DgpECS-previews-preview-12'
  calls = []
  callBacks = []
})

const awsAnswers: Record<string, (input: { serviceRevisionArns: string[] }) => object> = {
  GetDeployment: () => {
    const revision = { revisionType: 'AppSpecContent', appSpecContent: { sha256: 'ab' } }
    return { deploymentInfo: { applicationName: 'app', deploymentGroupName, revision } }
  },
  GetApplicationRevision: () => {
    const content = appSpecOf(arnOf(shipped))
    return { revision: { revisionType: 'AppSpecContent', appSpecContent: { content, sha256: 'ab' } } }
  },
  PutLifecycleEventHookExecutionStatus: () => ({}),
  DescribeServiceRevisions: ({ serviceRevisionArns }) => ({
    serviceRevisions: serviceRevisionArns.map((serviceRevisionArn) => ({
      serviceRevisionArn,
      taskDefinition: arnOf(serviceRevisionArn === REPLACEMENT ? shipped : 'web:1'),
    })),
    failures: [],
  }),
}

function arnOf(definition: string): string {
  return `arn:aws:ecs:us-east-1:123456789012:task-definition/${definition}`
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

/** Who calls the hook. */
interface Engine {
  event: object
  /** What stands before the verdict in the log. */
  prefix: string
  /** The name that `{number}` is the end of, as a sentence has it. */
  numbered: string
  /** What the hook reported, by this engine's way and by no other. */
  statusOf(outcome: Outcome): string
}

const CODE_DEPLOY: Engine = {
  event: CODE_DEPLOY_EVENT,
  prefix: 'd-ABCDEF123: ',
  numbered: 'the group DgpECS-previews-preview-12',
  statusOf: ({ returned, error }) => {
    expect([returned, error]).toEqual([undefined, undefined])
    expect(callBacks).toEqual([
      { deploymentId: 'd-ABCDEF123', lifecycleEventHookExecutionId: 'execution', status: expect.any(String) },
    ])
    expect(calls.filter((call) => !call.startsWith('CodeDeploy_'))).toEqual([])
    return (callBacks as [{ status: string }])[0].status
  },
}

const ECS: Engine = {
  event: ecsEvent('POST_TEST_TRAFFIC_SHIFT'),
  prefix: '',
  numbered: 'the service preview-12',
  statusOf: ({ returned, error }) => {
    expect(error).toBeUndefined()
    expect(returned).toEqual({ hookStatus: expect.stringMatching(/^(SUCCEEDED|FAILED)$/) })
    expect(calls.filter((call) => call !== 'AmazonEC2ContainerServiceV20141113.DescribeServiceRevisions')).toEqual([])
    return (returned as { hookStatus: string }).hookStatus === 'SUCCEEDED' ? 'Succeeded' : 'Failed'
  },
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
  return { ...AWS, AWS_DEFAULT_REGION: AWS.AWS_REGION, AWS_ENDPOINT_URL: addressOf(aws) }
}

describe('validate.mjs', () => allChecks(WORDS.node, () => playNode(join(FOLDER, 'validate.mjs'), environment())))

describe('validate.ts', () => {
  allChecks(WORDS.node, () => playNode(join(FOLDER, 'validate.ts'), environment()))

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
    allChecks(WORDS.python, () => playPython(PYTHON, join(FOLDER, 'validate.py'), environment())))
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

/** What every hook does, in whatever language, for either engine. */
function allChecks(words: (typeof WORDS)['node'], load: () => Promise<Player>): void {
  let player: Player

  beforeAll(async () => {
    player = await load()
  })

  afterAll(() => player.end())

  const play = (event: object | null, settings: Record<string, string> = {}, remainingMs = 60_000) =>
    player.play({ event, settings: { TEST_LISTENER_URL: addressOf(service), ...settings }, remainingMs })

  describe('called by CodeDeploy', () => {
    checks(words, CODE_DEPLOY, play)
    checksOfCodeDeploy(play)
  })
  describe('called by ECS', () => {
    checks(words, ECS, play)
    checksOfEcs(play)
  })
  checksOfShape(play)
}

type Play = (event: object | null, settings?: Record<string, string>, remainingMs?: number) => Promise<Outcome>

/** Runs the hook with these settings and says what it reported: exactly once and to its caller, or this fails. */
async function verdictOf(engine: Engine, outcome: Promise<Outcome>): Promise<Verdict> {
  const ended = await outcome
  return { status: engine.statusOf(ended), said: ended.printed.at(-1) ?? '' }
}

function paths(): (string | undefined)[] {
  return asked.map(({ url }) => url)
}

/** What it does for either. */
function checks(words: (typeof WORDS)['node'], engine: Engine, play: Play): void {
  const { prefix } = engine
  let printed: string[]

  async function run(settings: Record<string, string> = {}, remainingMs?: number): Promise<Verdict> {
    const outcome = await play(engine.event, settings, remainingMs)
    printed = outcome.printed
    return await verdictOf(engine, Promise.resolve(outcome))
  }

  test('passes a replacement that answers as promised, and prints what it said', async () => {
    expect(await run()).toEqual({
      status: 'Succeeded',
      said: `${prefix}The replacement passed. Reporting Succeeded.`,
    })
    expect(paths()).toEqual(['/', '/', '/'])
    expect(printed.at(-2)).toBe(`${addressOf(service)}/ answered 200 from web:2: {"taskDefinition":"web:2"}`)
  })

  test('asks every path as often as it is told', async () => {
    const settings = { CHECK_PATHS: '/health, /shop?page=1\n', REQUESTS: '2' }
    expect(await run(settings)).toMatchObject({ status: 'Succeeded' })
    expect(paths()).toEqual(['/health', '/health', '/shop?page=1', '/shop?page=1'])
  })

  test('asks the address with the number of the service', async () => {
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

  test('fails an answer of another revision than is shipped', async () => {
    shipped = 'web:7'
    const { status, said } = await run({ START_UP_SECONDS: '0.1' })
    expect(status).toBe('Failed')
    expect(said).toContain('answered from web:2; this deployment ships web:7.')
  })

  test.each([502, 503, 504])('waits for a replacement that is not reached yet: %d', async (status) => {
    answers = [says(status, ''), says(200, 'hello')]
    expect(await run()).toMatchObject({ status: 'Succeeded' })
    expect(printed).toContain(`Trying again until that has passed: answered ${status}; expected 200. It said: `)
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
    expect(printed.join()).toContain('Trying again until that has passed: could not be read: ')
  })

  test('reports before its own time is up, whatever it is waiting for', async () => {
    answers = [SILENCE]
    const { status, said } = await run({}, 5_200)
    expect(status).toBe('Failed')
    expect(said).toBe(`${prefix}The time of the function was up before the checks were done. Reporting Failed.`)
  })

  test.each([
    ['nothing to ask', { TEST_LISTENER_URL: '' }, 200, 'TEST_LISTENER_URL is not set'],
    ['an address that is none', { TEST_LISTENER_URL: 'load-balancer' }, 200, 'The check itself failed: Invalid URL'],
    ['no permission to read what is shipped', {}, 400, 'The check itself failed: '],
  ])('reports Failed with %s', async (_, settings, status, why) => {
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

/** What only CodeDeploy brings with it. */
function checksOfCodeDeploy(play: Play): void {
  const { numbered, prefix } = CODE_DEPLOY
  const run = (settings: Record<string, string> = {}) => verdictOf(CODE_DEPLOY, play(CODE_DEPLOY.event, settings))

  test('reads what is shipped from an AppSpec in YAML, too', async () => {
    shipped = 'web:7'
    appSpecOf = (arn) => `TaskDefinition: "${arn}"\n`
    const { status, said } = await run({ START_UP_SECONDS: '0.1' })
    expect(status).toBe('Failed')
    expect(said).toContain('answered from web:2; this deployment ships web:7.')
  })

  test('reports Failed for a group of no number, or that it may not read, when the address needs the number', async () => {
    const settings = { TEST_LISTENER_URL: 'http://{number}.test' }
    deploymentGroupName = 'DgpECS-previews-preview'
    expect(await run(settings)).toEqual({
      status: 'Failed',
      said: `${prefix}The check itself failed: the name of ${numbered.replace('-12', '')} ends with no number. Reporting Failed.`,
    })
    callBacks = []
    readStatus = 400
    expect((await run(settings)).said).toContain('The check itself failed: ')
  })
}

/** What only ECS brings with it. */
function checksOfEcs(play: Play): void {
  const verdict = (event: object, settings?: Record<string, string>) => verdictOf(ECS, play(event, settings))
  const weights = (percent: number) => ({ [REPLACEMENT]: percent, [ORIGINAL]: 100 - percent })

  test('says first at which stage of which deployment it runs, so that its log can be found by the ARN', async () => {
    const { printed } = await play(ECS.event)
    expect(printed[0]).toBe(`POST_TEST_TRAFFIC_SHIFT of ${OF_SERVICE('service-deployment')}/AbCdEfGhIjKlMnOpQrS42`)
  })

  test('reports Failed for a service of no number when the address needs the number', async () => {
    const event = JSON.parse(JSON.stringify(ECS.event).replace('service/previews/preview-12', 'service/previews/web'))
    expect(await verdict(event, { TEST_LISTENER_URL: 'http://{number}.test' })).toEqual({
      status: 'Failed',
      said: 'The check itself failed: the name of the service web ends with no number. Reporting Failed.',
    })
  })

  test.each([
    ['TEST_TRAFFIC_SHIFT', { testTrafficWeights: weights(100) }],
    ['TEST_TRAFFIC_SHIFT', {}],
    ['POST_TEST_TRAFFIC_SHIFT', {}],
    ['PRE_PRODUCTION_TRAFFIC_SHIFT', { productionTrafficWeights: weights(0) }],
    ['PRODUCTION_TRAFFIC_SHIFT', { productionTrafficWeights: weights(10) }],
    ['PRODUCTION_TRAFFIC_SHIFT', {}],
    ['POST_PRODUCTION_TRAFFIC_SHIFT', {}],
  ])('asks the replacement at %s with the weights %j', async (stage, given) => {
    answers = [says(500, '')]
    expect(await verdict(ecsEvent(stage, given))).toMatchObject({ status: 'Failed' })
    expect(paths()).toEqual(['/'])
  })

  test.each([
    ['TEST_TRAFFIC_SHIFT', { testTrafficWeights: weights(0) }],
    ['PRODUCTION_TRAFFIC_SHIFT', { productionTrafficWeights: weights(0) }],
  ])('does not fail a rollback, which takes the traffic from the replacement at %s', async (stage, given) => {
    answers = [says(500, '')]
    expect(await verdict(ecsEvent(stage, given))).toEqual({
      status: 'Succeeded',
      said: 'ECS rolls back, so the replacement is not asked. Reporting Succeeded.',
    })
    expect([paths(), calls]).toEqual([[], []])
  })

  test.each(['RECONCILE_SERVICE', 'PRE_SCALE_UP', 'POST_SCALE_UP', 'A_STAGE_TO_COME'])(
    'passes nothing at %s, where the test listener need not lead to the replacement',
    async (stage) => {
      expect(await verdict(ecsEvent(stage))).toEqual({
        status: 'Failed',
        said: `At ${stage} the test listener need not lead to the replacement; run this at POST_TEST_TRAFFIC_SHIFT. Reporting Failed.`,
      })
      expect(paths()).toEqual([])
    },
  )
}

/** What it does with an event of neither, which it cannot answer: it ends with an error, by which ECS rolls back. */
function checksOfShape(play: Play): void {
  const { executionDetails, ...withoutDetails } = ecsEvent('POST_TEST_TRAFFIC_SHIFT')
  const { LifecycleEventHookExecutionId, ...withoutExecution } = CODE_DEPLOY_EVENT

  test.each<[string, object | null, string]>([
    ['nothing', null, 'no members'],
    ['no members', {}, 'no members'],
    ['a list', [CODE_DEPLOY_EVENT], 'so there is nobody to report to'],
    ['a test event of the console', { key1: 'value1', key2: 'value2' }, 'key1, key2'],
    ['a deployment but no execution', withoutExecution, 'DeploymentId'],
    ['an execution but no deployment', { LifecycleEventHookExecutionId }, 'LifecycleEventHookExecutionId'],
    ['a deployment without a name', { DeploymentId: null, LifecycleEventHookExecutionId }, 'DeploymentId'],
    ['a stage without details', withoutDetails, 'executionId, lifecycleStage, resourceArn'],
    ['details of no revision', { ...withoutDetails, executionDetails: {} }, 'executionDetails'],
    ['details that are none', { ...withoutDetails, executionDetails: null }, 'executionDetails'],
    ['a stage that is none', { ...withoutDetails, executionDetails, lifecycleStage: 7 }, 'lifecycleStage'],
    ['what both hand over', { ...ecsEvent('POST_TEST_TRAFFIC_SHIFT'), ...CODE_DEPLOY_EVENT }, 'DeploymentId'],
  ])('ends with an error when the event has %s', async (_, event, members) => {
    const { returned, error } = await play(event)
    expect(error).toContain('This event is neither of CodeDeploy nor of ECS')
    expect(error).toContain(members)
    expect(returned).toBeUndefined()
    expect([paths(), calls]).toEqual([[], []])
  })
}
