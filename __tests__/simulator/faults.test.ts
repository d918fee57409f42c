import { CodeDeploy } from '@aws-sdk/client-codedeploy'
import { expect, test } from '@jest/globals'
import type { Fault } from '../../src/simulator/scenario.ts'
import { scenarios } from '../../src/simulator/scenarios.ts'
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
