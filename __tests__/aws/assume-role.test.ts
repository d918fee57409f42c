import { describe, expect, test } from '@jest/globals'
import { assumeRole, sessionNameOf } from '../../src/aws/assume-role.ts'
import { CallError } from '../../src/aws/attempts.ts'
import { describeServiceError } from '../../src/aws/service-error.ts'
import { loadSts } from '../../src/aws/sts.ts'
import { githubRun } from '../../src/workflow-run/github-run.ts'
import { tokenFor } from '../../tools/rehearsal/token-issuer.ts'
import { errorAnswer, sessionAnswer, startTokenService, type TokenAnswer } from '../support/token-service.ts'
import { virtualClock } from '../support/virtual-clock.ts'

const ROLE = 'arn:aws:iam::123456789012:role/release-web'
const TOKEN = tokenFor('repo:example/shop:environment:prod')

/** Takes one session from an STS that answers like this. */
async function take(answer: TokenAnswer, askForToken = async () => TOKEN, audience = 'sts.amazonaws.com') {
  const clock = virtualClock()
  const service = await startTokenService(() => answer)
  const sts = await loadSts({ region: 'eu-central-1', endpoint: service.url })
  const secrets: string[] = []
  const request = {
    clock,
    roleArn: ROLE,
    audience,
    sessionName: 'example-shop-7.1',
    askForToken,
    sts: async () => sts,
    onSecret: (secret: string) => void secrets.push(secret),
  }
  if (answer === undefined) void clock.sleep(60_000)
  try {
    const result = await assumeRole(request).catch((error: unknown) => error)
    return { result, secrets, service, sentence: sentenceOf(result) }
  } finally {
    sts.close()
    await service.close()
  }
}

function sentenceOf(result: unknown): string {
  return result instanceof CallError ? describeServiceError(result.operation, result.serviceError) : ''
}

describe('a role is assumed', () => {
  test("with the job's token, unsigned, for an hour, under the name of the run; every secret is told first", async () => {
    const { result, secrets, service } = await take(sessionAnswer('ONE', virtualClock().now(), 1_800))
    expect(result).toEqual({
      accessKeyId: 'ASIAONE',
      secretAccessKey: 'secret-ONE',
      sessionToken: 'token-ONE',
      lastsMs: 1_800_000,
      callerArn: 'arn:aws:sts::123456789012:assumed-role/release-web/ONE',
    })
    expect(secrets).toEqual([TOKEN, 'ASIAONE', 'secret-ONE', 'token-ONE'])
    expect(service.signatures).toEqual([''])
    expect(service.requests).toEqual([
      {
        Action: 'AssumeRoleWithWebIdentity',
        Version: '2011-06-15',
        RoleArn: ROLE,
        RoleSessionName: 'example-shop-7.1',
        WebIdentityToken: TOKEN,
        DurationSeconds: '3600',
      },
    ])
  })

  test.each([
    ['in the past', -600],
    ['hours ahead', 7_200],
  ])('for the hour that was asked for when the clocks put its end %s', async (_, seconds) => {
    const { result } = await take(sessionAnswer('ONE', virtualClock().now(), seconds))
    expect(result).toMatchObject({ lastsMs: 3_600_000 })
  })
})

describe('when a role cannot be assumed', () => {
  test("says it in AWS's words, with the subject that the trust policy has to allow", async () => {
    const { result, sentence } = await take(
      errorAnswer('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity', 403),
    )
    expect(result).toMatchObject({ serviceError: { kind: 'no-credentials' } })
    expect(sentence).toBe(
      `Role '${ROLE}' could not be assumed (AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity). ` +
        "Check that it exists, that its account has GitHub's OIDC provider, and that its trust policy allows the subject of " +
        "this job's token, here 'repo:example/shop:environment:prod', and the audience 'sts.amazonaws.com'.",
    )
  })

  test('for its audience, names the audience and the input that sets it', async () => {
    const answer = errorAnswer('InvalidIdentityToken', 'Incorrect token audience')
    const { sentence } = await take(answer, undefined, 'shop.example')
    expect(sentence).toBe(
      `Role '${ROLE}' could not be assumed (InvalidIdentityToken: Incorrect token audience). The token of this job is for the ` +
        "audience 'shop.example'; set 'audience' to one that GitHub's OIDC provider in the role's account lists, or add this one to it.",
    )
  })

  test.each([
    ['the provider is unknown', errorAnswer('InvalidIdentityToken', 'No OpenIDConnect provider found in your account')],
    ['the ARN is no role', errorAnswer('ValidationError', 'Request ARN is invalid')],
  ])('gives up when %s', async (_, answer) => {
    expect((await take(answer)).result).toMatchObject({ serviceError: { kind: 'no-credentials' } })
  })

  test.each([
    ['is throttled', 'throttled', errorAnswer('Throttling', 'Rate exceeded')],
    ['is out of order', 'unavailable', { status: 503, body: '<html>later</html>' }],
    ['cannot reach GitHub', 'unavailable', errorAnswer('IDPCommunicationError', 'no answer')],
    ['has no key yet', 'unavailable', errorAnswer('InvalidIdentityToken', "Couldn't retrieve verification key")],
    ['finds the token too old', 'unavailable', errorAnswer('ExpiredTokenException', 'Token expired')],
    ['answers without credentials', 'network', { status: 200, body: '<AssumeRoleWithWebIdentityResponse/>' }],
    ['answers with nothing', 'network', { status: 200, body: '' }],
    ['answers with what is no XML', 'network', { status: 200, body: '{"a":1' }],
    ['does not answer', 'network', undefined],
  ])('may be asked again when STS %s', async (_, kind, answer) => {
    const { result } = await take(answer)
    expect(result).toBeInstanceOf(CallError)
    expect(result).toMatchObject({ serviceError: { kind } })
  })

  test('says what the job is missing when GitHub refuses the token', async () => {
    const { result, sentence, service } = await take(sessionAnswer('ONE', 0), async () => {
      throw new Error(
        'Error message: Failed to get ID Token. \n \n        Error Code : 403\n \n        Error Message: no',
      )
    })
    expect(result).toMatchObject({ serviceError: { kind: 'no-credentials' } })
    expect(sentence).toContain('GitHub gave this job no OIDC token (Error message: Failed to get ID Token.')
    expect(sentence).toContain("Add 'permissions: id-token: write' to the job")
    expect(service.requests).toEqual([])
  })

  test('may be asked again when GitHub is out of order', async () => {
    const { result } = await take(sessionAnswer('ONE', 0), async () => {
      throw new Error('Error message: Failed to get ID Token. \n \n        Error Code : 503\n')
    })
    expect(result).toMatchObject({ serviceError: { kind: 'network' } })
  })
})

test.each([
  ['example-shop-7.1', 'example/shop', '7', '1'],
  ['owner-a--b-7.2', 'owner/a:?b', '7', '2'],
  ['ecs-release', '', '', ''],
])('names a session %s', (name, GITHUB_REPOSITORY, GITHUB_RUN_ID, GITHUB_RUN_ATTEMPT) => {
  const run = githubRun({ GITHUB_REPOSITORY, GITHUB_RUN_ID, GITHUB_RUN_ATTEMPT })
  expect(sessionNameOf(run)).toBe(name)
})

test('cuts the repository, not the run, out of the name of a session that is too long', () => {
  const run = githubRun({ GITHUB_REPOSITORY: 'o/'.padEnd(120, 'x'), GITHUB_RUN_ID: '1658821493' })
  const name = sessionNameOf(run)
  expect(name).toHaveLength(64)
  expect(name).toMatch(/^o-x+-1658821493\.1$/)
})
