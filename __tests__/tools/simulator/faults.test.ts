import { CodeDeploy } from '@aws-sdk/client-codedeploy'
import { ElasticLoadBalancingV2 } from '@aws-sdk/client-elastic-load-balancing-v2'
import { Lambda } from '@aws-sdk/client-lambda'
import { STS } from '@aws-sdk/client-sts'
import { expect, test } from '@jest/globals'
import type { Fault } from '../../../tools/simulator/scenario.ts'
import { scenarios } from '../../../tools/simulator/scenarios.ts'
import { APPLICATION, clientConfig, GROUP, withRehearsal } from './support/rehearsal.ts'
import { appSpec } from './support/revision.ts'
import { post } from './support/wire.ts'

const THROTTLED = { type: 'error', code: 'ThrottlingException', message: 'Rate exceeded', httpStatus: 400 } as const
const EXPIRED = {
  type: 'error',
  code: 'ExpiredTokenException',
  message: 'The security token included in the request is expired',
  httpStatus: 400,
} as const

function withFaults(faults: Fault[]) {
  return { ...scenarios.success, faults }
}

test('a fault meets as many requests of its operation as it is for', () =>
  withRehearsal(withFaults([{ operation: 'ListDeployments', count: 2, kind: THROTTLED }]), async ({ simulator }) => {
    const list = async () => (await post(simulator.url, 'codedeploy', 'ListDeployments', {})).body
    expect(await list()).toEqual({ __type: 'ThrottlingException', message: 'Rate exceeded' })
    expect((await post(simulator.url, 'codedeploy', 'ListApplications', {})).httpStatus).toBe(200)
    expect(await list()).toEqual({ __type: 'ThrottlingException', message: 'Rate exceeded' })
    expect(await list()).toEqual({ deployments: [] })
  }))

test('S11: a throttled CreateDeployment was not accepted and uses up no id', async () => {
  let undisturbed = ''
  await withRehearsal(scenarios.success, async ({ create }) => {
    undisturbed = await create(appSpec('web:1'))
  })
  await withRehearsal(
    withFaults([{ operation: 'CreateDeployment', count: 1, kind: THROTTLED }]),
    async ({ create }) => {
      expect(await create(appSpec('web:1'))).toBe(undisturbed)
    },
  )
})

test('S11: throttled reads use up the attempts of the SDK, and the deployment does not notice', () =>
  withRehearsal(
    withFaults([{ operation: 'GetDeployment', count: 5, kind: THROTTLED }]),
    async ({ deployment, release, simulator, to }) => {
      const id = await release()
      to(10)
      await expect(deployment(id)).rejects.toMatchObject({
        name: 'ThrottlingException',
        message: 'Rate exceeded',
        $metadata: { attempts: 3 },
      })
      expect((await deployment(id)).status).toBe('InProgress')
      const reads = simulator.calls.filter((call) => call.operation === 'GetDeployment')
      expect(reads.map((call) => call.httpStatus)).toEqual([400, 400, 400, 400, 400, 200])
      to(749)
      expect((await deployment(id)).status).toBe('Succeeded')
    },
  ))

test('S12: a lost answer leaves the deployment behind, and the second attempt names it', () =>
  withRehearsal(
    withFaults([{ operation: 'CreateDeployment', count: 1, kind: { type: 'drop-after-accept' } }]),
    async ({ codeDeploy, create, simulator }) => {
      await expect(create(appSpec('web:1'))).rejects.toMatchObject({ name: 'DeploymentLimitExceededException' })
      const [lost, refused] = simulator.calls
      expect(lost).toMatchObject({
        httpStatus: 0,
        output: { deploymentId: expect.any(String) },
        attempt: 'attempt=1; max=3',
      })
      expect(refused).toMatchObject({ httpStatus: 400, attempt: 'attempt=2; max=3' })
      const { deploymentId } = (lost?.output ?? {}) as { deploymentId?: string }
      expect(refused?.error?.message).toContain(`'${deploymentId}'`)
      expect((await codeDeploy.listDeployments({})).deployments).toEqual([deploymentId])
    },
  ))

test('a dropped request did nothing', () =>
  withRehearsal(
    withFaults([{ operation: '*', count: 1, kind: { type: 'drop' } }]),
    async ({ codeDeploy, simulator }) => {
      const once = new CodeDeploy({ ...clientConfig(simulator.url), maxAttempts: 1 })
      const revision = { revisionType: 'AppSpecContent', appSpecContent: { content: appSpec('web:1') } } as const
      const request = { applicationName: APPLICATION, deploymentGroupName: GROUP, revision }
      await expect(once.createDeployment(request)).rejects.toThrow('ECONNRESET')
      expect((await codeDeploy.listDeployments({})).deployments).toEqual([])
      expect(simulator.calls[0]).toMatchObject({ operation: 'CreateDeployment', httpStatus: 0, output: undefined })
      once.destroy()
    },
  ))

test('S13: credentials that end stop every call from then on and not the deployment', () =>
  withRehearsal(
    withFaults([{ operation: '*', count: 2, fromSeconds: 300, kind: EXPIRED }]),
    async ({ deployment, release, simulator, to }) => {
      const id = await release()
      to(299)
      expect((await deployment(id)).status).toBe('InProgress')
      to(300)
      await expect(deployment(id)).rejects.toMatchObject({ name: 'ExpiredTokenException' })
      await expect(deployment(id)).rejects.toMatchObject({ name: 'ExpiredTokenException' })
      expect(simulator.calls.at(-1)?.error?.code).toBe('ExpiredTokenException')
      to(749)
      expect((await deployment(id)).status).toBe('Succeeded')
    },
  ))

test('a denied call is spelt the other way round, and the SDK understands it', () =>
  withRehearsal(scenarios.success, async ({ codeDeploy, simulator }) => {
    const message = 'User: me is not authorized to perform: codedeploy:ListApplications'
    const kind = { type: 'error', code: 'AccessDeniedException', message, httpStatus: 400 } as const
    simulator.addFault({ operation: 'ListApplications', count: 2, kind })
    await expect(codeDeploy.listApplications({})).rejects.toMatchObject({ name: 'AccessDeniedException', message })
    expect((await post(simulator.url, 'codedeploy', 'ListApplications', {})).body).toEqual({
      __type: 'com.amazon.coral.service#AccessDeniedException',
      Message: message,
    })
  }))

test('a server error has its own HTTP status', () =>
  withRehearsal(scenarios.success, async ({ simulator }) => {
    const kind = { type: 'error', code: 'ServiceUnavailable', message: 'Later', httpStatus: 503 } as const
    simulator.addFault({ operation: 'ListApplications', count: 1, kind })
    expect((await post(simulator.url, 'codedeploy', 'ListApplications', {})).httpStatus).toBe(503)
  }))

const refusals: [Fault['kind'], { name: string; message: string; httpStatusCode: number }][] = [
  [{ type: 'throttle' }, { name: 'ThrottlingException', message: 'Rate exceeded', httpStatusCode: 400 }],
  [
    { type: 'expired' },
    {
      name: 'ExpiredTokenException',
      message: 'The security token included in the request is expired',
      httpStatusCode: 400,
    },
  ],
  [
    { type: 'server-error', httpStatus: 500 },
    {
      name: 'InternalFailure',
      message: 'The request processing has failed because of an unknown error, exception or failure.',
      httpStatusCode: 500,
    },
  ],
  [
    { type: 'server-error', httpStatus: 503 },
    {
      name: 'ServiceUnavailable',
      message: 'The request has failed due to a temporary failure of the server.',
      httpStatusCode: 503,
    },
  ],
  [
    { type: 'denied', resource: 'arn:aws:codedeploy:us-east-1:123456789012:application:AppECS-demo-web' },
    {
      name: 'AccessDeniedException',
      message:
        'User: arn:aws:sts::123456789012:assumed-role/deployer/simulated is not authorized to perform: ' +
        'codedeploy:ListApplications on resource: arn:aws:codedeploy:us-east-1:123456789012:application:AppECS-demo-web ' +
        'because no identity-based policy allows the codedeploy:ListApplications action',
      httpStatusCode: 400,
    },
  ],
]

test.each(refusals)('the SDK gets %j as AWS says it', (kind, { httpStatusCode, ...error }) =>
  withRehearsal(withFaults([{ operation: 'ListApplications', kind }]), async ({ simulator }) => {
    const once = new CodeDeploy({ ...clientConfig(simulator.url), maxAttempts: 1 })
    await expect(once.listApplications({})).rejects.toMatchObject({ ...error, $metadata: { httpStatusCode } })
    once.destroy()
  }),
)

test('the SDK gets over a throttled and a failed request by itself', () =>
  withRehearsal(
    withFaults([
      { operation: '*', count: 1, kind: { type: 'throttle' } },
      { operation: '*', count: 1, kind: { type: 'server-error', httpStatus: 500 } },
    ]),
    async ({ codeDeploy, simulator }) => {
      expect((await codeDeploy.listApplications({})).applications).toEqual(['AppECS-demo-web'])
      expect(simulator.calls.map(({ httpStatus }) => httpStatus)).toEqual([400, 500, 200])
    },
  ))

test.each([['not-json'], ['cut']] as const)('an answer that is %s was carried out and cannot be read', (how) =>
  withRehearsal(
    withFaults([{ operation: 'CreateDeployment', kind: { type: 'malformed', how } }]),
    async ({ codeDeploy, create, simulator }) => {
      await expect(create(appSpec('web:1'))).rejects.toMatchObject({ name: 'SyntaxError' })
      expect(simulator.calls[0]).toMatchObject({ httpStatus: 200, output: { deploymentId: expect.any(String) } })
      expect((await codeDeploy.listDeployments({})).deployments).toHaveLength(1)
    },
  ),
)

test('an answer that is empty was carried out and says nothing', () =>
  withRehearsal(
    withFaults([{ operation: 'CreateDeployment', kind: { type: 'malformed', how: 'empty' } }]),
    async ({ codeDeploy, create }) => {
      expect(await create(appSpec('web:1'))).toBe('')
      expect((await codeDeploy.listDeployments({})).deployments).toHaveLength(1)
    },
  ))

test('a slow answer comes when the clock has been moved that far, and tells what was so when it was asked', () =>
  withRehearsal(
    withFaults([{ operation: 'GetDeployment', count: 1, kind: { type: 'slow', seconds: 30 } }]),
    async ({ deployment, create, simulator, to }) => {
      const id = await create(appSpec('web:1'))
      let answered = false
      const asking = deployment(id).finally(() => {
        answered = true
      })
      while (simulator.calls.length < 2) await new Promise(setImmediate)
      to(29.999)
      expect((await deployment(id)).status).toBe('InProgress')
      expect(answered).toBe(false)
      to(30)
      expect((await asking).status).toBe('Created')
    },
  ))

test('a slow answer is cut off when the simulator is closed', async () => {
  let asking: Promise<unknown> = Promise.resolve()
  await withRehearsal(withFaults([{ operation: '*', kind: { type: 'slow', seconds: 30 } }]), async ({ simulator }) => {
    asking = post(simulator.url, 'codedeploy', 'ListApplications', {}).catch((error: Error) => error)
    while (simulator.calls.length === 0) await new Promise(setImmediate)
  })
  expect(await asking).toMatchObject({ code: 'ECONNRESET' })
})

test('a fault is met from one moment until another', () =>
  withRehearsal(
    withFaults([
      { operation: '*', fromSeconds: 10, untilSeconds: 20, kind: { type: 'server-error', httpStatus: 503 } },
    ]),
    async ({ simulator, to }) => {
      const seen: number[] = []
      for (const moment of [9.999, 10, 19.999, 20]) {
        to(moment)
        seen.push((await post(simulator.url, 'codedeploy', 'ListApplications', {})).httpStatus)
      }
      expect(seen).toEqual([200, 503, 503, 200])
    },
  ))

test('services of other protocols are refused in their own way', () =>
  withRehearsal(withFaults([{ operation: '*', kind: { type: 'denied' } }]), async ({ simulator }) => {
    const config = { ...clientConfig(simulator.url), maxAttempts: 1 }
    const [sts, elb, lambda] = [new STS(config), new ElasticLoadBalancingV2(config), new Lambda(config)]
    await expect(sts.getCallerIdentity({})).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining('perform: sts:GetCallerIdentity on'),
    })
    await expect(elb.describeListeners({})).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining('perform: elasticloadbalancing:DescribeListeners on'),
    })
    await expect(lambda.getFunctionConfiguration({ FunctionName: 'web' })).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('perform: lambda:GetFunctionConfiguration on'),
    })
    for (const client of [sts, elb, lambda]) client.destroy()
  }))

test('a rate limit lets a second of requests through at once, and then as many a second', () =>
  withRehearsal(
    withFaults([{ operation: '*', kind: { type: 'rate-limit', perSecond: 4 } }]),
    async ({ simulator, to }) => {
      const ask = async (times: number) => {
        const seen: number[] = []
        for (let i = 0; i < times; i++) {
          const operation = i % 2 === 0 ? 'ListApplications' : 'ListDeployments'
          seen.push((await post(simulator.url, 'codedeploy', operation, {})).httpStatus)
        }
        return seen
      }
      expect(await ask(6)).toEqual([200, 200, 200, 200, 400, 400])
      expect(simulator.calls.at(-1)?.error).toEqual({ code: 'ThrottlingException', message: 'Rate exceeded' })
      to(0.5)
      expect(await ask(3)).toEqual([200, 200, 400])
      to(100)
      expect(await ask(5)).toEqual([200, 200, 200, 200, 400])
    },
  ))

test('a rate limit of one operation leaves the others alone, and is over when its time is', () =>
  withRehearsal(
    withFaults([{ operation: 'ListApplications', untilSeconds: 5, kind: { type: 'rate-limit', perSecond: 0.1 } }]),
    async ({ simulator, to }) => {
      const ask = async (operation: string) => (await post(simulator.url, 'codedeploy', operation, {})).httpStatus
      expect(await ask('ListApplications')).toBe(200)
      expect(await ask('ListApplications')).toBe(400)
      expect(await ask('ListDeployments')).toBe(200)
      to(5)
      expect(await ask('ListApplications')).toBe(200)
      expect(await ask('ListApplications')).toBe(200)
    },
  ))

test('a request that was signed minutes away from the clock is refused with the time of the clock', () =>
  withRehearsal(
    withFaults([{ operation: 'ListApplications', kind: { type: 'wrong-clock' } }]),
    async ({ simulator }) => {
      const signedAt = async (time: string) =>
        await post(simulator.url, 'codedeploy', 'ListApplications', {}, { 'x-amz-date': time })
      expect((await signedAt('20260808T115500Z')).httpStatus).toBe(200)
      expect((await signedAt('20260808T120500Z')).httpStatus).toBe(200)
      const late = await signedAt('20260808T115459Z')
      expect(late.body).toEqual({
        __type: 'InvalidSignatureException',
        message: 'Signature expired: 20260808T115459Z is now earlier than 20260808T115500Z (20260808T120000Z - 5 min.)',
      })
      expect(late.headers['date']).toBe('Sat, 08 Aug 2026 12:00:00 GMT')
      expect((await signedAt('20260808T120501Z')).body).toMatchObject({
        message: expect.stringContaining('is still later than 20260808T120500Z (20260808T120000Z + 5 min.)'),
      })
    },
  ))
