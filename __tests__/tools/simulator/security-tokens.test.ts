import { CodeDeploy } from '@aws-sdk/client-codedeploy'
import { ECS } from '@aws-sdk/client-ecs'
import { Lambda } from '@aws-sdk/client-lambda'
import { type AssumeRoleWithWebIdentityRequest, type Credentials, STS } from '@aws-sdk/client-sts'
import { expect, test } from '@jest/globals'
import type { RoleSeed, Scenario } from '../../../tools/simulator/scenario.ts'
import { scenarios } from '../../../tools/simulator/scenarios.ts'
import { parseWorldFile } from '../../../tools/simulator/world-file/world-file.ts'
import { clientConfig } from './support/rehearsal.ts'
import { withWholeAccount } from './support/whole-account.ts'
import { send } from './support/wire.ts'

const REQUEST: AssumeRoleWithWebIdentityRequest = {
  RoleArn: 'arn:aws:iam::123456789012:role/ci/deployer',
  RoleSessionName: 'run-1',
  WebIdentityToken: 'header.payload.signature',
}

const EXPIRED = 'The security token included in the request is expired'

function withRoles(...roles: RoleSeed[]): Scenario {
  return { ...scenarios.success, world: { ...scenarios.success.world, roles } }
}

function signedWith(url: string, { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' }: Credentials) {
  const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken }
  return { ...clientConfig(url), credentials }
}

test('any access key belongs to the account of the world', () =>
  withWholeAccount(scenarios.success, async ({ sts }) => {
    expect(await sts.getCallerIdentity({})).toMatchObject({
      Account: '123456789012',
      Arn: 'arn:aws:sts::123456789012:assumed-role/admin/simulator',
      UserId: expect.stringMatching(/^AROA[A-Z2-7]{17}:simulator$/),
    })
  }))

test('an answer is XML in the namespace of the service', () =>
  withWholeAccount(scenarios.success, async ({ simulator }) => {
    const { headers, body } = await send(simulator.url, {}, 'Action=GetCallerIdentity&Version=2011-06-15')
    expect(headers['content-type']).toBe('text/xml')
    expect(body).toBe(
      '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>' +
        `<UserId>${/AROA\w+/.exec(String(body))?.[0]}:simulator</UserId><Account>123456789012</Account>` +
        '<Arn>arn:aws:sts::123456789012:assumed-role/admin/simulator</Arn></GetCallerIdentityResult>' +
        `<ResponseMetadata><RequestId>${headers['x-amzn-requestid']}</RequestId></ResponseMetadata>` +
        '</GetCallerIdentityResponse>',
    )
  }))

test('a role is assumed with a web identity, and the session knows who it is', () =>
  withWholeAccount(scenarios.success, async ({ sts, simulator, to }) => {
    to(0.5)
    const { Credentials = {} as Credentials, AssumedRoleUser } = await sts.assumeRoleWithWebIdentity(REQUEST)
    expect(Credentials).toEqual({
      AccessKeyId: expect.stringMatching(/^ASIA[A-Z2-7]{16}$/),
      SecretAccessKey: expect.stringMatching(/^\S{40}$/),
      SessionToken: expect.stringMatching(/^\S{356}$/),
      Expiration: new Date(Date.UTC(2026, 7, 8, 13)),
    })
    const arn = 'arn:aws:sts::123456789012:assumed-role/deployer/run-1'
    expect(AssumedRoleUser).toEqual({
      Arn: arn,
      AssumedRoleId: expect.stringMatching(/^AROA[A-Z2-7]{17}:run-1$/),
    })
    const session = new STS(signedWith(simulator.url, Credentials))
    expect(await session.getCallerIdentity({})).toMatchObject({
      Account: '123456789012',
      Arn: arn,
      UserId: AssumedRoleUser?.AssumedRoleId,
    })
    session.destroy()
  }))

test('sessions get the same keys in every run, and each gets its own', async () => {
  const runs: (string | undefined)[][] = []
  for (const _ of [1, 2]) {
    await withWholeAccount(scenarios.success, async ({ sts }) => {
      const sessions = [await sts.assumeRoleWithWebIdentity(REQUEST), await sts.assumeRoleWithWebIdentity(REQUEST)]
      runs.push(sessions.map((session) => session.Credentials?.AccessKeyId))
    })
  }
  expect(runs[0]).toEqual(runs[1])
  expect(new Set(runs[0]).size).toBe(2)
})

test('a session that is over is refused by every service, in its own protocol', () =>
  withWholeAccount(scenarios.success, async ({ sts, simulator, to }) => {
    const { Credentials = {} as Credentials } = await sts.assumeRoleWithWebIdentity({
      ...REQUEST,
      DurationSeconds: 900,
    })
    const config = signedWith(simulator.url, Credentials)
    const session = {
      sts: new STS(config),
      ecs: new ECS(config),
      codeDeploy: new CodeDeploy(config),
      lambda: new Lambda(config),
    }
    to(899)
    await session.ecs.listTasks({ cluster: 'demo' })
    to(900)
    const refusal = (name: string, httpStatusCode: number) => ({
      name,
      message: EXPIRED,
      $metadata: { httpStatusCode },
    })
    await expect(session.ecs.listTasks({ cluster: 'demo' })).rejects.toMatchObject(
      refusal('ExpiredTokenException', 400),
    )
    await expect(session.codeDeploy.listApplications({})).rejects.toMatchObject(refusal('ExpiredTokenException', 400))
    await expect(session.lambda.getFunctionConfiguration({ FunctionName: 'any' })).rejects.toMatchObject(
      refusal('ExpiredTokenException', 403),
    )
    await expect(session.sts.getCallerIdentity({})).rejects.toMatchObject(refusal('ExpiredToken', 403))
    await sts.getCallerIdentity({})
    for (const client of Object.values(session)) client.destroy()
  }))

const broken: [string, Partial<AssumeRoleWithWebIdentityRequest>, string][] = [
  [
    'an empty token',
    { WebIdentityToken: '' },
    "1 validation error detected: Value '' at 'webIdentityToken' failed to satisfy constraint: Member must have length greater than or equal to 4",
  ],
  [
    'a session that is too short, with a name that is too short',
    { DurationSeconds: 899, RoleSessionName: 'a' },
    "2 validation errors detected: Value 'a' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]{2,64}; Value '899' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900",
  ],
  [
    'a session longer than any',
    { DurationSeconds: 43_201 },
    "1 validation error detected: Value '43201' at 'durationSeconds' failed to satisfy constraint: Member must have value less than or equal to 43200",
  ],
  [
    'a session name with characters of XML',
    { RoleSessionName: '<a & "b">' },
    `1 validation error detected: Value '<a & "b">' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]{2,64}`,
  ],
  ['a role that is no ARN', { RoleArn: 'deployer-of-the-service' }, 'deployer-of-the-service is invalid'],
]

test.each(broken)('%s is a ValidationError', (_, change, message) =>
  withWholeAccount(scenarios.success, async ({ sts }) => {
    const call = sts.assumeRoleWithWebIdentity({ ...REQUEST, ...change })
    await expect(call).rejects.toMatchObject({ name: 'ValidationError', message, $metadata: { httpStatusCode: 400 } })
  }),
)

test('members that are missing are named', () =>
  withWholeAccount(scenarios.success, async ({ simulator }) => {
    const { body } = await send(simulator.url, {}, 'Action=AssumeRoleWithWebIdentity&Version=2011-06-15')
    expect(body).toContain('<Code>ValidationError</Code><Message>3 validation errors detected: Value null at ')
  }))

test('members that do not exist are ignored and recorded', () =>
  withWholeAccount(scenarios.success, async ({ simulator }) => {
    const form = 'Action=GetCallerIdentity&Version=2011-06-15&Verbose.member.1=yes'
    expect((await send(simulator.url, {}, form)).httpStatus).toBe(200)
    expect(simulator.calls).toMatchObject([
      { service: 'sts', operation: 'GetCallerIdentity', unknownMembers: ['Verbose.member.1'] },
    ])
  }))

test('a number that is none cannot be read', () =>
  withWholeAccount(scenarios.success, async ({ simulator }) => {
    const form = 'Action=AssumeRoleWithWebIdentity&Version=2011-06-15&DurationSeconds=soon'
    const { body } = await send(simulator.url, {}, form)
    expect(body).toContain('<Code>MalformedInput</Code><Message>The form cannot be read: DurationSeconds is no number<')
  }))

test('only roles of the world can be assumed when it has any, for as long as each allows', () =>
  withWholeAccount(withRoles({ name: 'deployer' }, { name: 'night', maxSessionSeconds: 28_800 }), async ({ sts }) => {
    const assume = (role: string, DurationSeconds?: number) =>
      sts.assumeRoleWithWebIdentity({
        ...REQUEST,
        RoleArn: `arn:aws:iam::123456789012:role/${role}`,
        ...(DurationSeconds && { DurationSeconds }),
      })
    await assume('deployer')
    await assume('night', 28_800)
    await expect(assume('deployer', 3601)).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    })
    await expect(assume('stranger')).rejects.toMatchObject({
      name: 'AccessDenied',
      message: 'Not authorized to perform sts:AssumeRoleWithWebIdentity',
      $metadata: { httpStatusCode: 403 },
    })
  }))

test.each([
  ['us-east-1', 'sts.amazonaws.com', 'sts.amazonaws.com.cn'],
  ['cn-north-1', 'sts.amazonaws.com.cn', 'sts.amazonaws.com'],
])('a token in %s is to be for %s', (region, good, wrong) => {
  const scenario = { ...scenarios.success, world: { ...scenarios.success.world, region } }
  const RoleArn = `arn:${region === 'us-east-1' ? 'aws' : 'aws-cn'}:iam::123456789012:role/deployer`
  return withWholeAccount(scenario, async ({ sts }) => {
    const assume = (aud: unknown) =>
      sts.assumeRoleWithWebIdentity({
        ...REQUEST,
        RoleArn,
        WebIdentityToken: `e30.${Buffer.from(JSON.stringify({ aud })).toString('base64url')}.signature`,
      })
    await assume(good)
    await assume([wrong, good])
    await assume(undefined)
    await expect(assume(wrong)).rejects.toMatchObject({
      name: 'InvalidIdentityTokenException',
      message: 'Incorrect token audience',
    })
  })
})

test('a world can say whom a token is for', () => {
  const scenario = parseWorldFile('audiences: [shop.example]', 'world.yaml')
  return withWholeAccount(scenario, async ({ sts }) => {
    const tokenOf = (aud: string) => `e30.${Buffer.from(JSON.stringify({ aud })).toString('base64url')}.signature`
    await sts.assumeRoleWithWebIdentity({ ...REQUEST, WebIdentityToken: tokenOf('shop.example') })
    const call = sts.assumeRoleWithWebIdentity({ ...REQUEST, WebIdentityToken: tokenOf('sts.amazonaws.com') })
    await expect(call).rejects.toMatchObject({ message: 'Incorrect token audience' })
  })
})

test('a role can cut its sessions short, whatever was asked for', () =>
  withWholeAccount(withRoles({ name: 'deployer', sessionSeconds: 240 }), async ({ sts, simulator, to }) => {
    const { Credentials = {} as Credentials } = await sts.assumeRoleWithWebIdentity({
      ...REQUEST,
      DurationSeconds: 3600,
    })
    expect(Credentials.Expiration).toEqual(new Date(Date.UTC(2026, 7, 8, 12, 4)))
    const own = new STS(signedWith(simulator.url, Credentials))
    to(239)
    await own.getCallerIdentity({})
    to(240)
    await expect(own.getCallerIdentity({})).rejects.toMatchObject({ name: 'ExpiredToken' })
    own.destroy()
  }))
