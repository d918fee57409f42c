import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { startTokenIssuer, type TokenIssuer } from '../../tools/rehearsal/token-issuer.ts'
import { baseScenario, scenarios } from '../../tools/simulator/scenarios.ts'
import { parseWorldFile } from '../../tools/simulator/world-file/world-file.ts'
import { runBundle } from '../support/bundle.ts'
import { commandsIn } from '../support/runner-grammar.ts'
import {
  callerAnswer,
  errorAnswer,
  sessionAnswer,
  startTokenService,
  type TokenService,
} from '../support/token-service.ts'

const ROLE = 'arn:aws:iam::123456789012:role/release-web'

let issuer: TokenIssuer
let service: TokenService

beforeEach(async () => {
  issuer = await startTokenIssuer()
  service = await startTokenService((form, earlier) =>
    form['Action'] === 'GetCallerIdentity' ? callerAnswer('123456789012') : sessionAnswer(`S${earlier}`, Date.now()),
  )
})

afterEach(async () => {
  await Promise.all([issuer.close(), service.close()])
})

test('releases with a session of its own: no other credentials, one token, and nothing it mints is printed', async () => {
  const { outputs, printed, calls, summary, report } = await runBundle({
    scenario: scenarios['no-hooks'],
    // The answers of GitHub and STS have 14 s of this clock, whatever else the machine does.
    speed: 20,
    inputs: { 'role-to-assume': ROLE, 'expected-account-id': '123456789012' },
    environment: {
      ...issuer.environment,
      AWS_ENDPOINT_URL_STS: service.url,
      AWS_ACCESS_KEY_ID: 'AKIAOTHER',
      AWS_SECRET_ACCESS_KEY: 'other',
      HTTP_PROXY: 'http://127.0.0.1:9',
    },
  })
  expect(outputs['status']).toBe('succeeded')
  expect(issuer.audiences).toEqual(['sts.amazonaws.com'])
  expect(service.requests).toEqual([
    expect.objectContaining({
      Action: 'AssumeRoleWithWebIdentity',
      RoleArn: ROLE,
      RoleSessionName: 'example-shop-1658821493.1',
      WebIdentityToken: issuer.tokens[0],
    }),
  ])
  expect(service.signatures).toEqual([''])
  expect(calls.length).toBeGreaterThan(5)
  expect(printed).toContain('As arn:aws:sts::123456789012:assumed-role/release-web/S0.')
  const masked = commandsIn(printed).filter(({ name }) => name === 'add-mask')
  expect(new Set(masked.map(({ data }) => data))).toEqual(
    new Set([issuer.tokens[0], 'ASIAS0', 'secret-S0', 'token-S0']),
  )
  const unmasked = printed.split('\n').filter((line) => !line.startsWith('::add-mask::'))
  for (const text of [unmasked.join('\n'), summary, JSON.stringify(report)]) {
    expect(text).not.toMatch(/ASIAS0|secret-S0|token-S0/)
    expect(text).not.toContain(issuer.tokens[0])
  }
})

describe('in China', () => {
  const WORLD = `
region: cn-northwest-1
services:
  - name: web
    image: 123456789012.dkr.ecr.cn-northwest-1.amazonaws.com.cn/web:1.0.0
`
  const release = async (inputs: Record<string, string>) =>
    await runBundle({
      scenario: parseWorldFile(WORLD, 'world.yaml'),
      inputs: { 'role-to-assume': ROLE.replace('arn:aws:', 'arn:aws-cn:'), ...inputs },
      environment: { ...issuer.environment, AWS_REGION: 'cn-northwest-1' },
    })

  test('a release takes its session with a token for STS of China, and links to the console there', async () => {
    const { outputs, calls } = await release({})
    expect(outputs['status']).toBe('succeeded')
    expect(new Set(issuer.audiences)).toEqual(new Set(['sts.amazonaws.com.cn']))
    expect(calls.map(({ operation }) => operation)).toContain('AssumeRoleWithWebIdentity')
    expect(outputs['console-url']).toMatch(/^https:\/\/console\.amazonaws\.cn\/codesuite\/codedeploy\/deployments\/d-/)
  })

  test("an audience that the account's provider does not list is refused with the input to set", async () => {
    const { outputs, printed } = await release({ audience: 'sts.amazonaws.com' })
    expect(outputs).toMatchObject({ status: 'refused', reason: 'credentials' })
    expect(issuer.audiences).toEqual(['sts.amazonaws.com'])
    expect(printed).toContain('could not be assumed (InvalidIdentityToken: Incorrect token audience)')
    expect(printed).toContain("set 'audience' to one that GitHub's OIDC provider in the role's account lists")
  })
})

test('masks every secret before anything else is printed', async () => {
  const { printed } = await runBundle({
    scenario: baseScenario,
    speed: 1,
    inputs: { 'role-to-assume': ROLE, service: 'wobble' },
    environment: { ...issuer.environment, AWS_ENDPOINT_URL_STS: service.url },
  })
  const lines = printed.split('\n')
  const firstOther = lines.findIndex((line) => line.includes('assumed-role'))
  expect(lines.findLastIndex((line) => line.startsWith('::add-mask::'))).toBeLessThan(firstOther)
})

test('says what the job lacks when it may not ask for a token, and asks AWS nothing', async () => {
  const { outputs, printed, calls } = await runBundle({
    scenario: baseScenario,
    speed: 1,
    inputs: { 'role-to-assume': ROLE },
  })
  expect(outputs).toMatchObject({ status: 'refused', reason: 'credentials' })
  expect(printed).toContain(
    "needs the OIDC token of the job, and this job may not ask for one. Add 'permissions: id-token",
  )
  expect(calls).toEqual([])
})

test('says what the job lacks when GitHub refuses the token', async () => {
  const refusing = await startTokenIssuer(403)
  const { outputs, printed, calls } = await runBundle({
    scenario: baseScenario,
    speed: 1,
    inputs: { 'role-to-assume': ROLE },
    environment: { ...refusing.environment, AWS_ENDPOINT_URL_STS: service.url },
  })
  await refusing.close()
  expect(outputs).toMatchObject({ status: 'refused', reason: 'credentials' })
  expect(printed).toContain('GitHub gave this job no OIDC token')
  expect(printed).not.toMatch(/\n\s+at /)
  expect(calls).toEqual([])
})

test('asks for no token when it would go to an endpoint that is neither STS nor this machine', async () => {
  const { outputs, printed, calls } = await runBundle({
    scenario: baseScenario,
    speed: 1,
    inputs: { 'role-to-assume': ROLE },
    environment: { ...issuer.environment, AWS_ENDPOINT_URL_STS: 'https://sts.example' },
  })
  expect(outputs).toMatchObject({ status: 'refused', reason: 'invalid-input' })
  expect(printed).toContain("AWS_ENDPOINT_URL_STS leads to 'https://sts.example'")
  expect(issuer.audiences).toEqual([])
  expect(calls).toEqual([])
})

test('shows the token to no proxy on its way to this machine', async () => {
  const seen: string[] = []
  const proxy = createServer((request, response) => {
    seen.push(request.url ?? '')
    response.end()
  })
  await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening))
  await runBundle({
    scenario: baseScenario,
    speed: 1,
    inputs: { 'role-to-assume': ROLE, service: 'wobble' },
    environment: {
      ...issuer.environment,
      AWS_ENDPOINT_URL_STS: service.url,
      HTTP_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
      NO_PROXY: new URL(issuer.environment.ACTIONS_ID_TOKEN_REQUEST_URL).host,
    },
  })
  proxy.close()
  expect(service.requests.map(({ Action }) => Action)).toEqual(['AssumeRoleWithWebIdentity'])
  expect(seen.some((url) => url.startsWith(service.url))).toBe(false)
})

test("tells a role that cannot be assumed in AWS's words, and the subject of the token", async () => {
  await service.close()
  service = await startTokenService(() =>
    errorAnswer('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity', 403),
  )
  const { outputs, printed } = await runBundle({
    scenario: baseScenario,
    speed: 1,
    inputs: { 'role-to-assume': ROLE },
    environment: { ...issuer.environment, AWS_ENDPOINT_URL_STS: service.url },
  })
  expect(outputs).toMatchObject({ status: 'refused', reason: 'credentials' })
  expect(printed).toContain('could not be assumed (AccessDenied: Not authorized')
  expect(printed).toContain("here 'repo:example/shop:ref:refs/heads/main'")
})

test('with credentials of the environment asks who they are of, and warns when they end too early', async () => {
  const { outputs, printed } = await runBundle({
    scenario: scenarios['no-hooks'],
    inputs: { 'expected-account-id': '123456789012' },
    environment: {
      AWS_ENDPOINT_URL_STS: service.url,
      AWS_SESSION_TOKEN: 'session',
      AWS_CREDENTIAL_EXPIRATION: new Date(Date.now() + 5 * 60_000).toISOString(),
    },
  })
  expect(outputs['status']).toBe('succeeded')
  expect(service.requests.map(({ Action }) => Action)).toEqual(['GetCallerIdentity'])
  expect(printed).toContain('As arn:aws:sts::123456789012:assumed-role/release-web/somebody.')
  expect(printed).toMatch(/Warning: The credentials end at \d\d:\d\d:\d\dZ/)
})

test('refuses another account than the expected one before it asks ECS and CodeDeploy anything', async () => {
  const { outputs, calls } = await runBundle({
    scenario: baseScenario,
    speed: 1,
    inputs: { 'expected-account-id': '210987654321' },
    environment: { AWS_ENDPOINT_URL_STS: service.url },
  })
  expect(outputs).toMatchObject({ status: 'refused', reason: 'wrong-account' })
  expect(calls).toEqual([])
})
