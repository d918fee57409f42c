import { describe, expect, test } from '@jest/globals'
import { readEndpoint, readTokenEndpoint } from '../../src/aws/endpoint.ts'

const VARIABLES = ['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_ECS', 'AWS_ENDPOINT_URL_CODEDEPLOY', 'AWS_ENDPOINT_URL_STS']

test('without variables requests go to AWS', () => {
  expect(readEndpoint({})).toEqual({ otherEndpoint: undefined, problems: [] })
  expect(readEndpoint({ AWS_ENDPOINT_URL: ' ' })).toEqual({ otherEndpoint: undefined, problems: [] })
})

describe.each(VARIABLES)('%s', (name) => {
  test.each([
    'https://ecs.eu-central-1.amazonaws.com',
    'https://ecs.cn-north-1.amazonaws.com.cn/',
    'https://vpce-1.ecs.eu-central-1.vpce.amazonaws.com:443',
    'https://ecs.eu-central-1.api.aws',
    'https://ECS.EU-CENTRAL-1.AMAZONAWS.COM',
  ])('may be AWS itself: %s', (address) => {
    expect(readEndpoint({ [name]: address })).toEqual({ otherEndpoint: undefined, problems: [] })
  })

  test.each([
    ['http://127.0.0.1:4566', 'http://127.0.0.1:4566'],
    ['http://127.1:80/path', 'http://127.0.0.1'],
    ['http://localhost:4566/', 'http://localhost:4566'],
    ['http://[::1]:4566', 'http://[::1]:4566'],
    ['https://moto.example', 'https://moto.example'],
    ['https://amazonaws.com.evil.example', 'https://amazonaws.com.evil.example'],
    ['https://evilamazonaws.com', 'https://evilamazonaws.com'],
    ['https://amazonaws.com@evil.example/', 'https://evil.example'],
    ['https://user:hunter2@moto.example', 'https://moto.example'],
  ])('is told when it is not AWS: %s', (address, origin) => {
    expect(readEndpoint({ [name]: address })).toEqual({ otherEndpoint: origin, problems: [] })
  })

  test.each([
    'http://ecs.eu-central-1.amazonaws.com',
    'http://moto.example:80',
    'http://127.0.0.1.evil.example',
    'http://10.0.0.1',
    'http://localhost.evil.example',
  ])('is refused when it is plain http beyond this machine: %s', (address) => {
    const { problems, otherEndpoint } = readEndpoint({ [name]: address })
    expect(otherEndpoint).toBeUndefined()
    expect(problems).toEqual([
      {
        reason: 'invalid-input',
        sentence: `${name} is plain http to '${new URL(address).host}'; use https, or http on loopback only.`,
      },
    ])
  })

  test.each(['moto.example', '4566', 'ftp://127.0.0.1', 'http://', 'file:///etc/passwd'])(
    'is refused when it is no address: %s',
    (address) => {
      expect(readEndpoint({ [name]: address }).problems).toEqual([
        { reason: 'invalid-input', sentence: `${name} is not the address of an endpoint: '${address}'.` },
      ])
    },
  )
})

test('everything is looked at, and the first other endpoint is told', () => {
  expect(
    readEndpoint({
      AWS_ENDPOINT_URL: 'https://one.example',
      AWS_ENDPOINT_URL_ECS: 'https://two.example',
      AWS_ENDPOINT_URL_CODEDEPLOY: 'nonsense',
    }),
  ).toEqual({
    otherEndpoint: 'https://one.example',
    problems: [
      {
        reason: 'invalid-input',
        sentence: "AWS_ENDPOINT_URL_CODEDEPLOY is not the address of an endpoint: 'nonsense'.",
      },
    ],
  })
})

test('nothing counts when the SDK is told to ignore it all', () => {
  const environment = { AWS_ENDPOINT_URL: 'nonsense', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' }
  expect(readEndpoint(environment)).toEqual({ otherEndpoint: undefined, problems: [] })
  expect(readEndpoint({ ...environment, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'false' }).problems).toHaveLength(1)
})

describe('where a session is asked for', () => {
  test.each([
    {},
    { AWS_ENDPOINT_URL: '' },
    { AWS_ENDPOINT_URL: 'https://x.example', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' },
  ])('is STS of the region: %j', (environment) => {
    expect(readTokenEndpoint(environment)).toEqual({ url: undefined, isLoopback: false, problems: [] })
  })

  test.each([
    ['http://127.0.0.1:4566', true],
    ['http://localhost:4566', true],
    ['https://sts.amazonaws.com', false],
    ['https://sts.eu-central-1.amazonaws.com', false],
    ['https://sts-fips.us-east-1.amazonaws.com', false],
    ['https://sts.cn-north-1.amazonaws.com.cn', false],
    ['https://sts.eu-central-1.api.aws', false],
    ['https://vpce-0a1-b2.sts.eu-central-1.vpce.amazonaws.com', false],
    ['https://vpce-0a1-b2-eu-central-1a.sts.eu-central-1.vpce.amazonaws.com', false],
  ])('may be %s', (url, isLoopback) => {
    expect(readTokenEndpoint({ AWS_ENDPOINT_URL: 'https://x.example', AWS_ENDPOINT_URL_STS: url })).toEqual({
      url,
      isLoopback,
      problems: [],
    })
    expect(readTokenEndpoint({ AWS_ENDPOINT_URL: url })).toEqual({ url, isLoopback, problems: [] })
  })

  test.each([
    'https://sts.example',
    'http://sts.eu-central-1.amazonaws.com',
    'https://sts.amazonaws.com.evil.example',
    'https://sts.amazonaws.com@evil.example',
    'https://evilsts.amazonaws.com',
    'https://sts.execute-api.us-east-1.amazonaws.com',
    'https://bucket.s3.amazonaws.com',
    'https://a.elb.amazonaws.com',
    'http://10.0.0.1:4566',
    'http://127.0.0.1.evil.example',
  ])('is never %s, because it would have the token of the job', (url) => {
    const { url: used, problems } = readTokenEndpoint({ AWS_ENDPOINT_URL_STS: url })
    expect(used).toBeUndefined()
    expect(problems).toEqual([
      { reason: 'invalid-input', sentence: expect.stringContaining('to STS or to this machine only') },
    ])
  })
})
