import { describe, expect, test } from '@jest/globals'
import { describeServiceError, type ErrorKind, readServiceError } from '../../src/aws/service-error.ts'

/** An error as the SDK throws it: from an answer when there is a status, else from the connection or from itself. */
function sdkError(name: string, message = 'text', httpStatus?: number, code?: string): Error {
  return Object.assign(new Error(message), {
    name,
    ...(httpStatus === undefined ? {} : { $metadata: { httpStatusCode: httpStatus } }),
    ...(code === undefined ? {} : { code }),
  })
}

describe('the kind of an error', () => {
  test.each<[ErrorKind, string, number | undefined]>([
    ['throttled', 'ThrottlingException', 400],
    ['throttled', 'TooManyRequestsException', 400],
    ['throttled', 'UnknownError', 429],
    ['unavailable', 'ServerException', 500],
    ['unavailable', 'SyntaxError', 503],
    ['expired', 'ExpiredTokenException', 400],
    ['wrong-clock', 'RequestExpired', 400],
    ['wrong-clock', 'RequestTimeTooSkewed', 403],
    ['invalid-credentials', 'UnrecognizedClientException', 400],
    ['invalid-credentials', 'InvalidSignatureException', 403],
    ['no-credentials', 'CredentialsProviderError', undefined],
    ['denied', 'AccessDeniedException', 400],
    ['network', 'TimeoutError', undefined],
    ['network', 'SyntaxError', 200],
    ['network', 'SyntaxError', 403],
    ['network', 'Error', undefined],
    ['answered', 'DeploymentDoesNotExistException', 400],
    ['answered', 'ClientException', 400],
    ['answered', 'toString', 400],
  ])('is %s for %s with status %j', (kind, name, httpStatus) => {
    expect(readServiceError(sdkError(name, 'text', httpStatus)).kind).toBe(kind)
  })

  test('is throttled when ECS registers another revision of the family at this moment', () => {
    const text = 'Too many concurrent attempts to create a new revision of the specified family.'
    const error = readServiceError(sdkError('ClientException', text, 400))
    expect(error).toMatchObject({ kind: 'throttled', notAccepted: true, message: text })
  })

  test.each([
    ['ClientException', 400],
    ['SomethingNew', 403],
  ])('is denied for %s when the message says so', (name, httpStatus) => {
    const message =
      'User: arn:aws:iam::1:user/x is not authorized to perform: iam:PassRole on resource: arn:aws:iam::1:role/y'
    expect(readServiceError(sdkError(name, message, httpStatus)).kind).toBe('denied')
  })

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['a text', 'boom'],
    ['an object', { message: 'boom' }],
    ['an error with odd members', Object.assign(new Error('boom'), { $metadata: 'none', code: 5 })],
  ])('is network, which proves nothing, for %s', (_, thrown) => {
    expect(readServiceError(thrown)).toMatchObject({ kind: 'network', notAccepted: false })
  })
})

describe('an error', () => {
  test('carries the name of the exception without its ending, and one line of text', () => {
    expect(readServiceError(sdkError('DeploymentLimitExceededException', 'first\r\n::error::second', 400))).toEqual({
      kind: 'answered',
      code: 'DeploymentLimitExceeded',
      message: 'first ::error::second',
      notAccepted: true,
    })
  })

  test.each(['ECONNRESET', 'ECONNREFUSED', 'ENOTFOUND', 'EPIPE'])('carries the code %s of the connection', (code) => {
    expect(readServiceError(sdkError('Error', 'connect failed', undefined, code))).toMatchObject({
      kind: 'network',
      code,
    })
  })

  test.each<[boolean, string, Error]>([
    [true, 'a refusal', sdkError('InvalidParameterException', 'text', 400)],
    [true, 'throttling', sdkError('ThrottlingException', 'text', 400)],
    [true, 'nothing listening', sdkError('Error', 'text', undefined, 'ECONNREFUSED')],
    [true, 'an unknown host', sdkError('Error', 'text', undefined, 'ENOTFOUND')],
    [false, 'a broken connection', sdkError('Error', 'text', undefined, 'ECONNRESET')],
    [false, 'no answer', sdkError('TimeoutError')],
    [false, 'service trouble', sdkError('InternalFailure', 'text', 500)],
    [false, 'half an answer', sdkError('SyntaxError', 'text', 200)],
  ])('proves %s that nothing was carried out after %s', (notAccepted, _, error) => {
    expect(readServiceError(error).notAccepted).toBe(notAccepted)
  })

  const user = 'User: arn:aws:sts::111122223333:assumed-role/ROLE/SESSION is not authorized to perform:'

  test.each<[string, string | undefined, string | undefined]>([
    [
      `${user} codedeploy:CreateDeployment on resource: arn:aws:codedeploy:r:1:deploymentgroup:App/Group because no identity-based policy allows the codedeploy:CreateDeployment action`,
      'codedeploy:CreateDeployment',
      'arn:aws:codedeploy:r:1:deploymentgroup:App/Group',
    ],
    [
      `${user} iam:PassRole on resource: arn:aws:iam::1:role/task with an explicit deny in a service control policy`,
      'iam:PassRole',
      'arn:aws:iam::1:role/task',
    ],
    [
      `${user} ecs:DescribeServices on resource: arn:aws:ecs:r:1:service/prod/web`,
      'ecs:DescribeServices',
      'arn:aws:ecs:r:1:service/prod/web',
    ],
    [`${user} ecs:DescribeServices because no session policy allows it`, 'ecs:DescribeServices', undefined],
    [`${user} ecs:RegisterTaskDefinition.`, 'ecs:RegisterTaskDefinition', undefined],
    ['Access denied', undefined, undefined],
  ])('names what was denied: %s', (message, action, resource) => {
    const error = readServiceError(sdkError('AccessDeniedException', message, 400))
    expect({ kind: error.kind, action: error.action, resource: error.resource }).toEqual({
      kind: 'denied',
      action,
      resource,
    })
  })

  test.each([
    ['blanks', ' '.repeat(65_536)],
    ['escapes', '\u001b['.repeat(32_768)],
    ['what looks like an action', 'is not authorized to perform: a:'.repeat(2_000)],
  ])('is looked at in its first 4,000 characters only when it is 64 kB of %s', (_, text) => {
    let looked = 0
    const error = sdkError('ClientException', 'text', 400)
    const replace = String.prototype.replace
    // Counts the characters that patterns are given to look at.
    String.prototype.replace = function (this: string, ...how: unknown[]) {
      looked = Math.max(looked, this.length)
      return Reflect.apply(replace, this, how)
    } as typeof replace
    try {
      error.message = `${text}Deserialization error: to see more`
      expect(readServiceError(error).kind).not.toBe('network')
    } finally {
      String.prototype.replace = replace
    }
    expect(looked).toBeLessThanOrEqual(4_001)
  })

  test('carries a code that is one line', () => {
    expect(readServiceError(sdkError('A\n::error::b', 'text', 400)).code).not.toContain('\n')
  })
})

describe('a sentence about an error', () => {
  const sentence = (error: Error) => describeServiceError('ecs:DescribeServices', readServiceError(error))

  test.each<[string, Error]>([
    [
      "AWS refused ecs:DescribeServices because the credentials have expired (ExpiredToken: text). Let this action take and renew its own ('role-to-assume'), or get new ones in the step before.",
      sdkError('ExpiredTokenException', 'text', 400),
    ],
    [
      'AWS refused ecs:DescribeServices because the credentials are not valid (UnrecognizedClient: text). Check the step that provides them.',
      sdkError('UnrecognizedClientException', 'text', 400),
    ],
    [
      "There are no AWS credentials for ecs:DescribeServices (text). Set 'role-to-assume', or run aws-actions/configure-aws-credentials before this step.",
      sdkError('CredentialsProviderError'),
    ],
    [
      'ecs:DescribeServices was denied (AccessDenied: text). Allow ecs:DescribeServices in the role of this job.',
      sdkError('AccessDeniedException', 'text', 400),
    ],
    [
      'ecs:DescribeServices was denied (AccessDenied: x is not authorized to perform: ecs:A on resource: arn:b). Allow ecs:A on arn:b in the role of this job.',
      sdkError('AccessDeniedException', 'x is not authorized to perform: ecs:A on resource: arn:b', 400),
    ],
    [
      'ecs:DescribeServices was denied (AccessDenied: x is not authorized to perform: ecs:A). Allow ecs:A in the role of this job.',
      sdkError('AccessDeniedException', 'x is not authorized to perform: ecs:A', 400),
    ],
    [
      'ecs:DescribeServices got no answer from AWS that can be used (Throttling: Rate exceeded).',
      sdkError('ThrottlingException', 'Rate exceeded', 400),
    ],
    [
      'ecs:DescribeServices did not reach AWS (ECONNREFUSED: text). Check the region and the network.',
      sdkError('Error', 'text', undefined, 'ECONNREFUSED'),
    ],
    ['ecs:DescribeServices was rejected (Client: text).', sdkError('ClientException', 'text', 400)],
  ])('says %s', (expected, error) => {
    expect(sentence(error)).toBe(expected)
  })

  test('says why no address of a host could be reached', () => {
    const errors = [
      sdkError('Error', 'connect ETIMEDOUT 192.0.2.1:443'),
      sdkError('Error', 'connect ETIMEDOUT 192.0.2.2:443'),
    ]
    const error = Object.assign(new AggregateError(errors), { code: 'ETIMEDOUT' })
    expect(sentence(error)).not.toContain('(ETIMEDOUT: )')
  })

  test.each([
    [
      'InvalidSignatureException',
      'Signature expired: 20260101T000000Z is now earlier than 20260101T001500Z (20260101T002000Z - 5 min.)',
    ],
    [
      'SignatureDoesNotMatch',
      'Signature not yet current: 20260101T003000Z is still later than 20260101T002500Z (20260101T002000Z + 5 min.)',
    ],
    ['RequestTimeTooSkewed', 'The difference between the request time and the current time is too large.'],
  ])('names the clock of the runner, not the credentials, for %s', (name, message) => {
    const told = sentence(sdkError(name, message, 403))
    expect(told).toContain('because the clock of this runner is wrong')
    expect(told).not.toContain('credentials')
  })

  test('names the clock when the SDK found it wrong, whatever the answer says', () => {
    const refused = (clockSkewCorrected: boolean) =>
      Object.assign(sdkError('AuthFailure', 'AWS was not able to validate the provided access credentials'), {
        $metadata: { httpStatusCode: 401, clockSkewCorrected },
      })
    expect(sentence(refused(true))).toContain('the clock of this runner is wrong')
    expect(sentence(refused(false))).toContain('the credentials are not valid')
  })
})
