import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { devNull, tmpdir } from 'node:os'
import { join } from 'node:path'
import { ListApplicationsCommand } from '@aws-sdk/client-codedeploy'
import { DescribeServicesCommand, type ServiceInputTypes, type ServiceOutputTypes } from '@aws-sdk/client-ecs'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { FinalizeRequestMiddleware } from '@smithy/types'
import { describeService } from '../../src/aws/ecs.ts'
import { SERVICES, SIGN_IN_SERVICES } from '../../src/aws/endpoint.ts'
import { readProxies } from '../../src/aws/proxy.ts'
import { type Connection, connect } from '../../src/step/connection.ts'
import { laterToolkit } from '../../src/step/toolkit.ts'
import { type VirtualClock, virtualClock } from '../support/virtual-clock.ts'

const KEYS = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'AKIATEST', AWS_SECRET_ACCESS_KEY: 'secret' }

let folder: string
let closing: { close(): void }[]
let log: string[]
let clock: VirtualClock

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'connection-'))
  closing = []
  log = []
  clock = virtualClock()
})

afterEach(() => {
  for (const one of closing) one.close()
  rmSync(folder, { recursive: true })
})

/** A connection in an environment; its shared config file holds `config`. */
async function connectIn(environment: Record<string, string>, config = '', roleToAssume?: string): Promise<Connection> {
  // The SDK reads a file once.
  const file = join(folder, `config-${closing.length}`)
  writeFileSync(file, config)
  const files = { AWS_CONFIG_FILE: file, AWS_SHARED_CREDENTIALS_FILE: join(folder, 'none') }
  const all = { ...files, ...environment }
  const connection = await connect({
    inputs: { region: undefined, roleToAssume, audience: 'sts.amazonaws.com', expectedAccount: undefined },
    environment: all,
    proxies: readProxies(all),
    clock,
    toolkit: laterToolkit(() => import('@actions/core')),
    log: { line: (text) => log.push(text), warning: (text) => log.push(`Warning: ${text}`) },
    firstRequestSent: Promise.resolve(),
  })
  closing.push(connection)
  return connection
}

/** A pipe that nobody writes to. */
function pipeIn(place: string): string {
  const path = join(place, `pipe-${closing.length}`)
  execFileSync('mkfifo', [path])
  return path
}

/** A server on loopback; what it gets is kept, and it answers nothing that can be read. */
async function listening(): Promise<{ url: string; got: IncomingMessage[] }> {
  const got: IncomingMessage[] = []
  const server = createServer((request, response) => {
    got.push(request)
    response.writeHead(400).end('{}')
  })
  server.on('connect', (request, socket) => {
    got.push(request)
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push({
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, got }
}

/** Has the requests to ECS sent to another address, as a source of endpoints would that nobody has looked at. */
function sendElsewhere({ ecs }: Connection, address: string): void {
  const { protocol, hostname, port } = new URL(address)
  const redirect: FinalizeRequestMiddleware<ServiceInputTypes, ServiceOutputTypes> = (next) => async (args) => {
    Object.assign(args.request as object, { protocol, hostname, port: port === '' ? undefined : Number(port) })
    return await next(args)
  }
  ecs.middlewareStack.add(redirect, { step: 'finalizeRequest', priority: 'low' })
}

/** One call of each client there is, whatever becomes of it. */
async function callAll(connection: Connection): Promise<void> {
  const signal = new AbortController().signal
  const logs = await connection.functions()
  const elb = await connection.loadBalancing()
  const attempts = { clock: virtualClock(), random: () => 0, maxAttempts: 1 }
  await Promise.allSettled([
    connection.ecs.send(new DescribeServicesCommand({ services: ['web'] })),
    connection.codeDeploy.send(new ListApplicationsCommand({})),
    connection.readCaller(attempts),
    logs.logGroupOf('hook', signal),
    logs.page({ logGroup: 'group', fromMs: 0, untilMs: 1, nextToken: undefined }, signal),
    elb.dnsNameOf('arn', signal),
  ])
}

describe('requests of every client go where was looked', () => {
  test.each([
    ['by one variable', (url: string) => ({ AWS_ENDPOINT_URL: url }), () => ''],
    [
      'by a variable for each service',
      (url: string) =>
        Object.fromEntries(SERVICES.map((service) => [`AWS_ENDPOINT_URL_${service.toUpperCase()}`, url])),
      () => '',
    ],
    ['by the profile', () => ({ AWS_PROFILE: 'lab' }), (url: string) => `[profile lab]\nendpoint_url = ${url}\n`],
    [
      'by the services of the profile',
      () => ({ AWS_PROFILE: 'lab' }),
      (url: string) =>
        `[profile lab]\nservices = here\n[services here]\n${SERVICES.map((service) => `${service} =\n  endpoint_url = ${url}\n`).join('')}`,
    ],
  ])('%s', async (_, environment, config) => {
    const { url, got } = await listening()
    const connection = await connectIn({ ...KEYS, ...environment(url) }, config(url))
    expect(connection).toMatchObject({ obstacles: [], otherEndpoint: url })
    await callAll(connection)
    expect(got).toHaveLength(SERVICES.length)
    expect(log.filter((line) => line.startsWith('Warning'))).toEqual([])
  })
})

test.each([
  ['http://10.0.0.1', 'AWS_PROFILE', '[profile lab]\nendpoint_url = http://10.0.0.1\n'],
  ['http://10.0.0.1', 'the default profile', '[default]\nendpoint_url = http://10.0.0.1\n'],
])('plain http to %s is refused when %s says so, for every service at once', async (_, source, config) => {
  const profile = source === 'AWS_PROFILE' ? 'lab' : 'default'
  const environment = source === 'AWS_PROFILE' ? { ...KEYS, AWS_PROFILE: 'lab' } : KEYS
  const { obstacles, otherEndpoint } = await connectIn(environment, config)
  const sentence = `The 'endpoint_url' of profile '${profile}' is plain http to '10.0.0.1'; use https, or http on loopback only.`
  expect(obstacles).toEqual([{ reason: 'invalid-input', sentence }])
  expect(otherEndpoint).toBeUndefined()
})

test('a profile of the European Sovereign Cloud is AWS', async () => {
  const config = '[profile lab]\nendpoint_url = https://ecs.eusc-de-east-1.amazonaws.eu\n'
  const connection = await connectIn({ ...KEYS, AWS_PROFILE: 'lab' }, config)
  expect(connection).toMatchObject({ obstacles: [], otherEndpoint: undefined })
})

const ALL_SERVICES = [...SERVICES, ...SIGN_IN_SERVICES]

test.each(ALL_SERVICES)('plain http beyond this machine is refused for %s, wherever it is said', async (service) => {
  const variable = `AWS_ENDPOINT_URL_${service.toUpperCase()}`
  const config = `[profile lab]\nservices = here\n[services here]\n${service} =\n  endpoint_url = http://10.0.0.1\n`
  const byVariable = await connectIn({ ...KEYS, [variable]: 'http://10.0.0.1' })
  const byProfile = await connectIn({ ...KEYS, AWS_PROFILE: 'lab' }, config)
  for (const { obstacles } of [byVariable, byProfile]) {
    expect(obstacles).toEqual([
      { reason: 'invalid-input', sentence: expect.stringMatching(/is plain http to '10\.0\.0\.1'/) },
    ])
  }
})

test.each(SIGN_IN_SERVICES)(
  'an endpoint of %s that is not AWS is told, as it gets the token of the profile',
  async (service) => {
    const variable = `AWS_ENDPOINT_URL_${service.toUpperCase()}`
    const environment = { AWS_REGION: 'us-east-1', AWS_PROFILE: 'lab', [variable]: 'https://sso.example' }
    const connection = await connectIn(environment, '[profile lab]\nregion = us-east-1\n')
    expect(connection).toMatchObject({ obstacles: [], otherEndpoint: 'https://sso.example' })
  },
)

test('services that the shared config file does not have, and a file that is none, are refused', async () => {
  const missing = await connectIn({ ...KEYS, AWS_PROFILE: 'lab' }, '[profile lab]\nservices = elsewhere\n')
  expect(missing.obstacles[0]?.sentence).toContain("Profile 'lab' names the services 'elsewhere'")
  const device = await connectIn({ ...KEYS, AWS_CONFIG_FILE: folder })
  expect(device.obstacles[0]?.sentence).toContain('is not a regular file, so it is not read')
})

test.each([
  ['a pipe', () => pipeIn(folder), 'is not a regular file'],
  ['a file of the system, which says that it is empty', () => '/proc/self/status', 'says that it is empty'],
])('a shared config file that is %s is refused without being read to an end', async (_name, pathOf, why) => {
  for (const variable of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) {
    const { obstacles } = await connectIn({ ...KEYS, [variable]: pathOf() })
    expect(obstacles).toEqual([{ reason: 'invalid-input', sentence: expect.stringContaining(why) }])
  }
})

test.each(['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE'])(
  '%s may be /dev/null, which is an empty file',
  async (name) => {
    expect((await connectIn({ ...KEYS, [name]: devNull })).obstacles).toEqual([])
  },
)

test('a shared config file that is empty is taken as one', async () => {
  expect((await connectIn(KEYS, '')).obstacles).toEqual([])
})

describe('the way out of every client', () => {
  const send = async (connection: Connection) =>
    await describeService(
      { ecs: connection.ecs, clock: virtualClock(), random: () => 0, maxAttempts: 1 },
      'demo',
      'web',
    ).catch((error: unknown) => error)

  test('sends nothing over plain http beyond this machine, even when nobody looked', async () => {
    const connection = await connectIn(KEYS)
    sendElsewhere(connection, 'http://10.0.0.1')
    expect(await send(connection)).toMatchObject({
      serviceError: { kind: 'not-sent', sentence: expect.stringContaining("'http://10.0.0.1' is plain http") },
    })
  })

  test('tells once of an address that is neither AWS nor told before', async () => {
    const { url, got } = await listening()
    const connection = await connectIn(KEYS)
    sendElsewhere(connection, url)
    await send(connection)
    await send(connection)
    expect(got).toHaveLength(2)
    expect(log).toEqual([`Warning: This is not AWS: a request goes to ${url}.`])
  })

  test('goes through a proxy without a scheme, and names the one that refuses', async () => {
    const { url, got } = await listening()
    const connection = await connectIn({ ...KEYS, HTTPS_PROXY: new URL(url).host.replace(/^/, 'user:hunter2@') })
    const error = await send(connection)
    expect(got.map(({ method, url: target }) => [method, target])).toEqual([
      ['CONNECT', 'ecs.us-east-1.amazonaws.com:443'],
    ])
    expect(got[0]?.headers['proxy-authorization']).toBe(`Basic ${btoa('user:hunter2')}`)
    expect(error).toMatchObject({ serviceError: { kind: 'network', notAccepted: true } })
    expect(String(error)).toContain(`through the proxy '${new URL(url).host}' of HTTPS_PROXY`)
    expect(String(error)).not.toContain('hunter2')
  })

  test('names a proxy that is not there', async () => {
    const connection = await connectIn({ ...KEYS, https_proxy: '127.0.0.1:1' })
    expect(await send(connection)).toMatchObject({
      serviceError: {
        kind: 'network',
        code: 'ECONNREFUSED',
        message: expect.stringMatching(/, through the proxy '127\.0\.0\.1:1' of https_proxy$/),
      },
    })
  })

  test('takes no proxy on this machine', async () => {
    const { url, got } = await listening()
    const connection = await connectIn({ ...KEYS, AWS_ENDPOINT_URL: url, HTTP_PROXY: 'http://127.0.0.1:1' })
    await send(connection)
    expect(got).toHaveLength(1)
  })
})

describe('the role to assume', () => {
  const JOB = { ACTIONS_ID_TOKEN_REQUEST_URL: 'http://127.0.0.1/', ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'x' }
  const obstaclesOf = async (region: string, partition: string) => {
    const role = `arn:${partition}:iam::123456789012:role/release-web`
    return (await connectIn({ ...JOB, AWS_REGION: region }, '', role)).obstacles
  }

  test.each([
    ['us-east-1', 'aws-cn', 'aws'],
    ['cn-north-1', 'aws', 'aws-cn'],
    ['us-gov-west-1', 'aws', 'aws-us-gov'],
    ['eusc-de-east-1', 'aws', 'aws-eusc'],
    ['eusc-de-west-9', 'aws', 'aws-eusc'],
  ])('in %s cannot be one of %s', async (region, partition, here) => {
    const sentence = `Input 'role-to-assume' is a role of the partition '${partition}', and the region '${region}' is in '${here}'. Check 'role-to-assume', 'aws-region' and AWS_REGION.`
    expect(await obstaclesOf(region, partition)).toEqual([{ reason: 'invalid-input', sentence }])
  })

  test.each([
    ['us-east-1', 'aws'],
    ['cn-north-1', 'aws-cn'],
    ['us-iso-east-1', 'aws-iso'],
    ['mars-north-1', 'aws-mars'],
    ['eu-north-9', 'aws'],
  ])('in %s may be one of %s, new regions and partitions included', async (region, partition) => {
    expect(await obstaclesOf(region, partition)).toEqual([])
  })
})

describe('credentials', () => {
  const PROFILE = '[profile lab]\naws_access_key_id = AKIAPROFILE\naws_secret_access_key = other\n'

  test('of the environment come before AWS_PROFILE, and the log says so', async () => {
    const { ecs } = await connectIn({ ...KEYS, AWS_PROFILE: 'lab' }, PROFILE)
    expect((await ecs.config.credentials()).accessKeyId).toBe('AKIATEST')
    expect(log).toEqual([
      "Credentials: the keys of the environment (AWS_ACCESS_KEY_ID), which come before AWS_PROFILE ('lab').",
    ])
  })

  test('of the environment need no word when there is no profile', async () => {
    await connectIn(KEYS)
    expect(log).toEqual([])
  })

  test.each([
    ['2026-08-08T13:00:00Z', Date.UTC(2026, 7, 8, 13)],
    ['"2026-08-08T13:00:00.000Z"', Date.UTC(2026, 7, 8, 13)],
    ['soon', 'not-told'],
    ['', 'not-told'],
  ])('with AWS_CREDENTIAL_EXPIRATION=%s end at %s', async (text, ends) => {
    const environment = { ...KEYS, AWS_SESSION_TOKEN: 'token', AWS_CREDENTIAL_EXPIRATION: text }
    expect(await (await connectIn(environment)).credentialsEnd()).toBe(ends)
  })

  test('that do not come in time are told so, and may come for the next attempt', async () => {
    const environment = { AWS_REGION: 'us-east-1', AWS_PROFILE: 'lab' }
    const { ecs } = await connectIn(environment, '[profile lab]\ncredential_process = sleep 2\n')
    const found = ecs.config.credentials()
    void clock.sleep(60_000)
    await expect(found).rejects.toMatchObject({
      serviceError: {
        kind: 'network',
        sentence: expect.stringContaining("none were found in profile 'lab' within 25 s."),
      },
    })
  })

  test('of a profile are looked for once for all clients', async () => {
    const asked = join(folder, 'asked')
    const answer = '{"Version": 1, "AccessKeyId": "AKIAPROCESS", "SecretAccessKey": "x"}'
    const config = `[profile lab]\ncredential_process = echo once >> ${asked}; echo '${answer}'\n`
    const { ecs, codeDeploy } = await connectIn({ AWS_REGION: 'us-east-1', AWS_PROFILE: 'lab' }, config)
    for (const client of [ecs, codeDeploy, ecs]) {
      expect((await client.config.credentials()).accessKeyId).toBe('AKIAPROCESS')
    }
    expect(readFileSync(asked, 'utf8')).toBe('once\n')
  })

  test('credentials that are no session have no end', async () => {
    expect(await (await connectIn(KEYS)).credentialsEnd()).toBeUndefined()
  })
})
