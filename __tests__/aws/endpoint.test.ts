import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import { CodeDeployClient } from '@aws-sdk/client-codedeploy'
import { ECSClient } from '@aws-sdk/client-ecs'
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { STSClient } from '@aws-sdk/client-sts'
import { partition } from '@aws-sdk/core/client'
import { SigninClient } from '@aws-sdk/nested-clients/signin'
import { SSOClient } from '@aws-sdk/nested-clients/sso'
import { SSOOIDCClient } from '@aws-sdk/nested-clients/sso-oidc'
import { describe, expect, test } from '@jest/globals'
import { isAwsHost, readEndpoints, SERVICES, tokenProblems } from '../../src/aws/endpoint.ts'
import type { SharedConfig } from '../../src/aws/shared-config.ts'

const NO_CONFIG: SharedConfig = {
  profileName: 'default',
  profile: {},
  services: {},
  profileNames: [],
  files: ['config', 'credentials'],
  unread: [],
  problems: [],
}
const NOTHING = { given: {}, otherOrigins: [], problems: [] }
const VARIABLES = ['AWS_ENDPOINT_URL', ...SERVICES.map((service) => `AWS_ENDPOINT_URL_${service.toUpperCase()}`)]

const read = (environment: Record<string, string>, config = {}) =>
  readEndpoints(environment, { ...NO_CONFIG, ...config })

test('requests go to AWS when nothing else is said', () => {
  expect(read({})).toEqual(NOTHING)
  expect(read({ AWS_ENDPOINT_URL: ' ' }, { profile: { endpoint_url: '' } })).toEqual(NOTHING)
})

/** Those of the services that this action asks. */
const SERVICE_CLIENTS = [
  CloudWatchLogsClient,
  CodeDeployClient,
  ECSClient,
  ElasticLoadBalancingV2Client,
  LambdaClient,
  STSClient,
]

test('services are named as the SDK names their variables', () => {
  const clients = SERVICE_CLIENTS.map((Client) => new Client({ region: 'us-east-1' }))
  const names = clients.map(({ config }) => config.serviceId.toLowerCase().replaceAll(' ', '_'))
  expect(names.sort()).toEqual([...SERVICES].sort())
})

describe.each(VARIABLES)('%s', (name) => {
  test.each([
    'https://ecs.eu-central-1.amazonaws.com',
    'https://ecs.cn-north-1.amazonaws.com.cn/',
    'https://vpce-1.ecs.eu-central-1.vpce.amazonaws.com:443',
    'https://ecs.eu-central-1.api.aws',
    'https://ECS.EU-CENTRAL-1.AMAZONAWS.COM',
    'https://codedeploy-fips.us-gov-west-1.amazonaws.com',
    'https://ecs.eusc-de-east-1.amazonaws.eu',
  ])('may be AWS itself: %s', (address) => {
    expect(read({ [name]: address })).toMatchObject({ otherOrigins: [], problems: [] })
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
    ['https://sts.s3.amazonaws.com', 'https://sts.s3.amazonaws.com'],
    ['https://ecs.s3.eu-central-1.amazonaws.com', 'https://ecs.s3.eu-central-1.amazonaws.com'],
    ['https://abc.execute-api.us-east-1.amazonaws.com', 'https://abc.execute-api.us-east-1.amazonaws.com'],
    ['https://ecs.us-east-1.elb.amazonaws.com', 'https://ecs.us-east-1.elb.amazonaws.com'],
    ['https://s3.us-east-1.amazonaws.com', 'https://s3.us-east-1.amazonaws.com'],
  ])('is told when it is not AWS, or can be anybody there: %s', (address, origin) => {
    expect(read({ [name]: address })).toMatchObject({ otherOrigins: [origin], problems: [] })
  })

  test.each([
    'http://ecs.eu-central-1.amazonaws.com',
    'http://moto.example:80',
    'http://127.0.0.1.evil.example',
    'http://10.0.0.1',
    'http://localhost.evil.example',
  ])('is refused when it is plain http beyond this machine: %s', (address) => {
    expect(read({ [name]: address })).toEqual({
      given: {},
      otherOrigins: [],
      problems: [
        {
          reason: 'invalid-input',
          sentence: `${name} is plain http to '${new URL(address).host}'; use https, or http on loopback only.`,
        },
      ],
    })
  })

  test.each(['moto.example', '4566', 'ftp://127.0.0.1', 'http://', 'file:///etc/passwd'])(
    'is refused when it is no address: %s',
    (address) => {
      expect(read({ [name]: address }).problems).toEqual([
        { reason: 'invalid-input', sentence: `${name} is not the address of an endpoint: '${address}'.` },
      ])
    },
  )
})

test('each service has the first endpoint that the SDK would find, and every other one is told', () => {
  const { given, otherOrigins, problems } = read(
    { AWS_ENDPOINT_URL_ECS: 'https://one.example', AWS_ENDPOINT_URL_LAMBDA: 'nonsense' },
    {
      profileName: 'lab',
      profile: { endpoint_url: 'https://four.example' },
      services: {
        'ecs.endpoint_url': 'https://two.example',
        'elastic_load_balancing_v2.endpoint_url': 'https://three.example',
        'sts.endpoint_url': 'http://sts.example',
      },
    },
  )
  expect(given).toEqual({
    ecs: { url: 'https://one.example', source: 'AWS_ENDPOINT_URL_ECS' },
    codedeploy: { url: 'https://four.example', source: "'endpoint_url' of profile 'lab'" },
    cloudwatch_logs: { url: 'https://four.example', source: "'endpoint_url' of profile 'lab'" },
    sso: { url: 'https://four.example', source: "'endpoint_url' of profile 'lab'" },
    sso_oidc: { url: 'https://four.example', source: "'endpoint_url' of profile 'lab'" },
    signin: { url: 'https://four.example', source: "'endpoint_url' of profile 'lab'" },
    elastic_load_balancing_v2: {
      url: 'https://three.example',
      source: "'endpoint_url' of elastic_load_balancing_v2 in the services of profile 'lab'",
    },
  })
  expect(otherOrigins).toEqual(['https://one.example', 'https://four.example', 'https://three.example'])
  expect(problems.map(({ sentence }) => sentence)).toEqual([
    "The 'endpoint_url' of sts in the services of profile 'lab' is plain http to 'sts.example'; use https, or http on loopback only.",
    "AWS_ENDPOINT_URL_LAMBDA is not the address of an endpoint: 'nonsense'.",
  ])
})

test('nothing counts when the SDK is told to ignore it all, by the environment before the profile', () => {
  const environment = { AWS_ENDPOINT_URL: 'nonsense' }
  const ignoring = { profile: { ignore_configured_endpoint_urls: 'true' } }
  const variable = 'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'
  expect(read({ ...environment, [variable]: 'true' })).toEqual(NOTHING)
  expect(read(environment, ignoring)).toEqual(NOTHING)
  expect(read({ ...environment, [variable]: 'false' }, ignoring).problems).toHaveLength(1)
})

describe('a host is of AWS', () => {
  const REGIONS = [
    'us-east-1',
    'us-gov-west-1',
    'cn-north-1',
    'eusc-de-east-1',
    'us-iso-east-1',
    'us-isob-east-1',
    'eu-isoe-west-1',
    'us-isof-south-1',
  ]
  const CLIENTS = [...SERVICE_CLIENTS, SSOClient, SSOOIDCClient, SigninClient]
  const OPTIONS = [
    {},
    { UseFIPS: true },
    { UseDualStack: true },
    { UseFIPS: true, UseDualStack: true },
    { IsControlPlane: true },
    { UseGlobalEndpoint: true },
  ]
  type FindEndpoint = (parameters: object) => { url: URL }

  test.each(REGIONS)('when it is where the SDK sends requests in %s, whichever the client', (region) => {
    const hosts = CLIENTS.flatMap((Client) => {
      const find = new Client({ region }).config.endpointProvider as FindEndpoint
      const usual = { Region: region, UseFIPS: false, UseDualStack: false, UseGlobalEndpoint: false }
      return OPTIONS.map((options) => find({ ...usual, ...options }).url.hostname)
    })
    expect(new Set(hosts).size).toBeGreaterThan(30)
    expect(hosts.filter((host) => !isAwsHost(host))).toEqual([])
  })

  test.each(REGIONS)('when it is in a private network in %s', (region) => {
    expect(isAwsHost(`vpce-0a1-b2.ecs.${region}.vpce.${partition(region).dnsSuffix}`)).toBe(true)
  })

  test.each([
    'us-east-1.signin.aws.amazon.com',
    'signin.aws.amazon.com',
    'sts.amazonaws.com',
    'us-east-1.oauth.signin.aws',
  ])('when it is %s', (host) => {
    expect(isAwsHost(host)).toBe(true)
  })

  test.each([
    'ecs.cn-north-1.amazonaws.com',
    'ecs.eu-central-1.amazonaws.eu',
    'ecs.us-iso-east-1.amazonaws.com',
    'signin.amazonaws.com.evil.example',
    'evil.signin.aws',
    'a.b.signin.aws.amazon.com',
  ])('but not when it is in no domain of its partition: %s', (host) => {
    expect(isAwsHost(host)).toBe(false)
  })
})

describe('a session is asked for', () => {
  const problemsOf = (environment: Record<string, string>) => tokenProblems(read(environment))

  test.each([
    'http://127.0.0.1:4566',
    'http://localhost:4566',
    'https://sts.amazonaws.com',
    'https://sts.eu-central-1.amazonaws.com',
    'https://sts-fips.us-east-1.amazonaws.com',
    'https://sts.cn-north-1.amazonaws.com.cn',
    'https://sts.eu-central-1.api.aws',
    'https://sts.eusc-de-east-1.amazonaws.eu',
    'https://vpce-0a1-b2.sts.eu-central-1.vpce.amazonaws.com',
    'https://vpce-0a1-b2-eu-central-1a.sts.eu-central-1.vpce.amazonaws.com',
  ])('at STS or on this machine: %s', (url) => {
    expect(problemsOf({ AWS_ENDPOINT_URL: 'https://x.example', AWS_ENDPOINT_URL_STS: url })).toEqual([])
    expect(problemsOf({ AWS_ENDPOINT_URL: url })).toEqual([])
    expect(problemsOf({})).toEqual([])
  })

  test.each([
    'https://sts.example',
    'https://sts.amazonaws.com.evil.example',
    'https://sts.amazonaws.com@evil.example',
    'https://evilsts.amazonaws.com',
    'https://sts.execute-api.us-east-1.amazonaws.com',
    'https://sts.s3.amazonaws.com',
    'https://sts.s3-us-west-2.amazonaws.com',
    'https://ecs.us-east-1.amazonaws.com',
    'https://bucket.s3.amazonaws.com',
    'https://a.elb.amazonaws.com',
  ])('never at %s, because it would have the token of the job', (url) => {
    expect(problemsOf({ AWS_ENDPOINT_URL_STS: url })).toEqual([
      { reason: 'invalid-input', sentence: expect.stringContaining('to STS or to this machine only') },
    ])
  })
})
