import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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

describe('without keys in the environment', () => {
  const NO_KEYS = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_EC2_METADATA_DISABLED: 'true' }
  let folder: string

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'credentials-'))
  })

  afterEach(() => {
    rmSync(folder, { recursive: true })
  })

  const place = (name: string) => join(folder, name)

  /** What a step says that has these shared files, and is refused for want of credentials. */
  async function refused(environment: Record<string, string>, config?: string, credentials?: string): Promise<string> {
    if (config !== undefined) writeFileSync(place('config'), config)
    if (credentials !== undefined) writeFileSync(place('credentials'), credentials)
    const { outputs, printed, calls } = await runBundle({
      scenario: baseScenario,
      speed: 1,
      environment: {
        ...NO_KEYS,
        AWS_CONFIG_FILE: place('config'),
        AWS_SHARED_CREDENTIALS_FILE: place('credentials'),
        ...environment,
      },
    })
    expect(outputs).toMatchObject({ status: 'refused', reason: 'credentials' })
    expect(calls).toEqual([])
    expect(printed).not.toMatch(/\n\s+at /)
    return printed
  }

  test('a profile that is nowhere is named with the files and the profiles that there are', async () => {
    const config = '[profile lab]\nregion = us-east-1\n[sso-session work]\n[services here]\n'
    const keys = '[other]\naws_access_key_id = AKIA\naws_secret_access_key = x\n'
    expect(await refused({ AWS_PROFILE: 'prod' }, config, keys)).toContain(
      `AWS_PROFILE names the profile 'prod', which is neither in '${place('config')}' nor in '${place('credentials')}'; ` +
        "the profiles there are 'lab' and 'other'. Check AWS_PROFILE",
    )
    rmSync(place('config'))
    rmSync(place('credentials'))
    expect(await refused({ AWS_PROFILE: 'prod' })).toContain('; there is no profile at all. Check AWS_PROFILE')
  })

  test.each([
    ['AWS_WEB_IDENTITY_TOKEN_FILE', () => ''],
    ["profile 'lab'", (file: string) => `[profile lab]\nrole_arn = ${ROLE}\nweb_identity_token_file = ${file}\n`],
  ])('a web identity token file of %s that is not there is named', async (source, config) => {
    const file = place('token')
    const environment =
      config(file) === '' ? { AWS_WEB_IDENTITY_TOKEN_FILE: file, AWS_ROLE_ARN: ROLE } : { AWS_PROFILE: 'lab' }
    expect(await refused(environment, config(file))).toContain(
      `the web identity token file '${file}', which ${source} names, is not there. Check the path`,
    )
  })

  test('a web identity token file that is a folder is told by its path and why it cannot be read', async () => {
    const environment = { AWS_WEB_IDENTITY_TOKEN_FILE: folder, AWS_ROLE_ARN: ROLE }
    const printed = await refused(environment)
    expect(printed).toContain(`'${folder}', which AWS_WEB_IDENTITY_TOKEN_FILE names, cannot be read (EISDIR).`)
  })

  test('a credential_process that fails is told by what it says, without its command', async () => {
    const process = 'echo no session for hunter >&2; true secret-argument; exit 3'
    const printed = await refused({ AWS_PROFILE: 'lab' }, `[profile lab]\ncredential_process = ${process}\n`)
    expect(printed).toContain("the credential_process of profile 'lab' failed (no session for hunter).")
    expect(printed).not.toContain('secret-argument')
  })

  test.each([
    ['nothing on standard error', 'exit 3', 'failed (it wrote nothing to standard error)'],
    ['no JSON', 'echo hello', "profile 'lab' gives none (Profile lab credential_process returned invalid JSON.)"],
  ])('a credential_process with %s is told so', async (_, process, sentence) => {
    const config = `[profile lab]\ncredential_process = ${process}\n`
    expect(await refused({ AWS_PROFILE: 'lab' }, config)).toContain(sentence)
  })

  test('a profile whose source is not there names both', async () => {
    const config = `[profile lab]\nrole_arn = ${ROLE}\nsource_profile = base\n`
    expect(await refused({ AWS_PROFILE: 'lab' }, config)).toMatch(/profile 'lab' gives none \(.*\[base\]/)
  })

  test('credentials of which half is missing are told by the half', async () => {
    expect(await refused({ AWS_ACCESS_KEY_ID: 'AKIA' })).toContain(
      'AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is empty or not set.',
    )
    expect(await refused({ AWS_WEB_IDENTITY_TOKEN_FILE: place('token') })).toContain(
      'AWS_WEB_IDENTITY_TOKEN_FILE is set, but AWS_ROLE_ARN is empty or not set.',
    )
  })

  test('a profile whose process gives credentials is released with, and the process is asked once', async () => {
    const keys = '{"Version": 1, "AccessKeyId": "AKIAPROCESS", "SecretAccessKey": "x"}'
    writeFileSync(
      place('config'),
      `[profile lab]\ncredential_process = echo once >> ${place('asked')}; echo '${keys}'\n`,
    )
    const { outputs } = await runBundle({
      scenario: scenarios['no-hooks'],
      environment: { ...NO_KEYS, AWS_PROFILE: 'lab', AWS_CONFIG_FILE: place('config') },
    })
    expect(outputs['status']).toBe('succeeded')
    expect(readFileSync(place('asked'), 'utf8')).toBe('once\n')
  })

  test('a shared file that cannot be read is a sentence where it was named, and passed over at its usual place', async () => {
    mkdirSync(place('.aws'))
    symlinkSync('config', place('.aws/config'))
    const named = await runBundle({
      scenario: baseScenario,
      speed: 1,
      environment: { AWS_CONFIG_FILE: place('.aws/config') },
    })
    expect(named.outputs).toMatchObject({ status: 'refused', reason: 'invalid-input' })
    expect(named.printed).toContain(`The shared AWS file '${place('.aws/config')}' cannot be read (ELOOP).`)
    expect(named.printed).not.toMatch(/\n\s+at /)
    const usual = { HOME: folder, AWS_CONFIG_FILE: '', AWS_SHARED_CREDENTIALS_FILE: '' }
    const keys = { AWS_ACCESS_KEY_ID: 'AKIATEST', AWS_SECRET_ACCESS_KEY: 'test' }
    const passedOver = await runBundle({ scenario: scenarios['no-hooks'], environment: { ...usual, ...keys } })
    expect(passedOver.outputs['status']).toBe('succeeded')
    expect(await refused(usual)).toContain(`The shared AWS file '${place('.aws/config')}' cannot be read (ELOOP).`)
  })
})
