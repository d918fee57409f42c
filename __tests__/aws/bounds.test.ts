import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from '@jest/globals'
import { getDeploymentTarget } from '../../src/aws/code-deploy.ts'
import {
  listActiveDeployments,
  listApplications,
  listDeploymentsSince,
  listSucceededDeployments,
} from '../../src/aws/code-deploy-lists.ts'
import { loadLoadBalancing } from '../../src/aws/load-balancing.ts'
import { listServiceDeployments } from '../../src/aws/service-deployments.ts'
import { loadSts } from '../../src/aws/sts.ts'
import { clientsFor } from '../support/simulated-release.ts'
import { virtualClock } from '../support/virtual-clock.ts'

type Aws = Parameters<typeof listApplications>[0] & Parameters<typeof listServiceDeployments>[0]

/** What a call comes to, and how often it asked, when each request is answered like this. */
async function calling<Answer>(answer: (index: number) => object, call: (aws: Aws) => Promise<Answer>) {
  let requests = 0
  const server = createServer((request, response) => {
    request.resume()
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(answer(requests++)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { ecs, codeDeploy } = clientsFor(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  try {
    const aws = { ecs, codeDeploy, clock: virtualClock(), random: () => 0, maxAttempts: 3 }
    const result = await call(aws).catch((error: unknown) => error)
    return { result, requests }
  } finally {
    ecs.destroy()
    codeDeploy.destroy()
    server.closeAllConnections()
    server.close()
  }
}

const idsOn = (index: number, amount: number) => Array.from({ length: amount }, (_, one) => `d-${index}-${one}`)

const LISTS = {
  'of active deployments': (aws: Aws) => listActiveDeployments(aws, 'app', 'group'),
  'of deployments that succeeded': (aws: Aws) => listSucceededDeployments(aws, 'app', 'group'),
  'of young deployments': (aws: Aws) => listDeploymentsSince(aws, 'app', 'group', 0),
  'of applications': (aws: Aws) => listApplications(aws),
  'of service deployments': (aws: Aws) => listServiceDeployments(aws, 'demo', 'web'),
}

test.each<[string, (aws: Aws) => Promise<unknown[]>]>(Object.entries(LISTS))(
  'a list %s whose pages never end is given up, with a sentence',
  async (_, list) => {
    const { result, requests } = await calling((index) => ({ nextToken: `page-${index}` }), list)
    expect(requests).toBe(200)
    expect(result).toMatchObject({
      serviceError: {
        kind: 'not-sent',
        sentence: expect.stringContaining('has no end that can be meant (pages: 200, entries: 0)'),
      },
    })
  },
)

test('a list that goes back and forth between two pages is given up', async () => {
  const { requests } = await calling((index) => ({ nextToken: index % 2 === 0 ? 'a' : 'b' }), LISTS['of applications'])
  expect(requests).toBe(200)
})

test.each([
  ['of active deployments', 11],
  ['of deployments that succeeded', 200],
  ['of young deployments', 11],
] as const)('a list %s is read over %d pages of 100 at most', async (name, pages) => {
  const answer = (index: number) => ({ deployments: idsOn(index, 100), nextToken: `page-${index}` })
  const { result, requests } = await calling(answer, LISTS[name])
  expect(requests).toBe(pages)
  expect(result).toMatchObject({ serviceError: { kind: 'not-sent' } })
})

test('a page of 300,000 ids is no answer', async () => {
  const { result, requests } = await calling(() => ({ deployments: idsOn(0, 300_000) }), LISTS['of young deployments'])
  expect(requests).toBe(3)
  expect(String(result)).toContain("300000 entries of 'deployments' in the answer")
})

test('a page of 16 MiB is no answer', async () => {
  const { result } = await calling(() => ({ padding: 'x'.repeat(17 * 1024 * 1024) }), LISTS['of applications'])
  expect(String(result)).toContain('more than 16777216 bytes in the answer')
})

test('a target with 2,000 lifecycle events is no answer, so that no page has to show them', async () => {
  const lifecycleEvents = Array.from({ length: 2_000 }, (_, one) => ({
    lifecycleEventName: `E${one}`,
    status: 'Pending',
  }))
  const answer = () => ({ deploymentTarget: { deploymentTargetType: 'ECSTarget', ecsTarget: { lifecycleEvents } } })
  const { result } = await calling(answer, (aws) => getDeploymentTarget(aws, 'd-1', 'demo:web'))
  expect(String(result)).toContain('2000 lifecycle events in the answer')
})

/** An answer in XML that goes on for 17 MiB, in a member that nobody knows. */
async function answeredAtLength(call: (endpoint: string) => Promise<unknown>): Promise<string> {
  const padding = `<Padding>${'x'.repeat(17 * 1024 * 1024)}</Padding>`
  const server = createServer((request, response) => {
    request.resume()
    response.writeHead(200, { 'content-type': 'text/xml' }).end(`<Response><Result>${padding}</Result></Response>`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const { port } = server.address() as AddressInfo
    return String(await call(`http://127.0.0.1:${port}`).catch((error: unknown) => error))
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

const KEYS = { region: 'us-east-1', credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'test' }, maxAttempts: 1 }
const NOT_ABORTED = new AbortController().signal
const ROLE = { RoleArn: 'arn:aws:iam::123456789012:role/release', RoleSessionName: 'run', WebIdentityToken: 'token' }

test.each<[string, (endpoint: string) => Promise<unknown>]>([
  ['GetCallerIdentity', async (endpoint) => (await loadSts({ ...KEYS, endpoint })).getCallerIdentity(NOT_ABORTED)],
  [
    'AssumeRoleWithWebIdentity',
    async (endpoint) => (await loadSts({ ...KEYS, endpoint })).assumeRoleWithWebIdentity(ROLE, NOT_ABORTED),
  ],
  [
    'DescribeListeners',
    async (endpoint) => (await loadLoadBalancing({ ...KEYS, endpoint })).describeListener('arn:any', NOT_ABORTED),
  ],
  [
    'DescribeLoadBalancers',
    async (endpoint) => (await loadLoadBalancing({ ...KEYS, endpoint })).dnsNameOf('arn:any', NOT_ABORTED),
  ],
])('16 MiB of XML are no answer to %s', async (_, call) => {
  expect(await answeredAtLength(call)).toContain('more than 16777216 bytes in the answer')
})
