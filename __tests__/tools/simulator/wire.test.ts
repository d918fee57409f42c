import { DescribeCapacityProvidersCommand } from '@aws-sdk/client-ecs'
import { Lambda } from '@aws-sdk/client-lambda'
import { STS } from '@aws-sdk/client-sts'
import { expect, test } from '@jest/globals'
import { baseScenario, scenarios } from '../../../tools/simulator/scenarios.ts'
import { APPLICATION, clientConfig, GROUP, withRehearsal } from './support/rehearsal.ts'
import { post, send } from './support/wire.ts'

test('an answer is AWS JSON 1.1 with a request id', () =>
  withRehearsal(scenarios.success, async ({ simulator }) => {
    const { httpStatus, headers } = await post(simulator.url, 'codedeploy', 'ListApplications', {})
    expect(httpStatus).toBe(200)
    expect(headers['content-type']).toBe('application/x-amz-json-1.1')
    expect(headers['x-amzn-requestid']).toMatch(/^[0-9a-f-]{36}$/)
  }))

test('an empty body is an empty request, and null is absent', () =>
  withRehearsal(scenarios.success, async ({ simulator }) => {
    expect((await post(simulator.url, 'codedeploy', 'ListApplications', '')).body).toEqual({
      applications: [APPLICATION],
    })
    const request = { applicationName: APPLICATION, deploymentGroupName: null }
    const { body } = await post(simulator.url, 'codedeploy', 'GetDeploymentGroup', request)
    expect(body).toMatchObject({ __type: 'DeploymentGroupNameRequiredException' })
  }))

test('an operation without an answer has an empty body', () =>
  withRehearsal(scenarios.success, async ({ simulator, release, to }) => {
    const deploymentId = await release()
    to(500)
    const request = { deploymentId, deploymentWaitType: 'TERMINATION_WAIT' }
    expect(await post(simulator.url, 'codedeploy', 'ContinueDeployment', request)).toMatchObject({
      httpStatus: 200,
      body: undefined,
    })
  }))

test('an operation that is not simulated fails by name, and loudly', () =>
  withRehearsal(scenarios.success, async ({ ecs, simulator, complaints }) => {
    await expect(ecs.send(new DescribeCapacityProvidersCommand({}))).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: "The simulator has no operation 'AmazonEC2ContainerServiceV20141113.DescribeCapacityProviders'",
    })
    expect(complaints).toEqual([
      "Operation 'AmazonEC2ContainerServiceV20141113.DescribeCapacityProviders' is not simulated.",
    ])
    expect(simulator.calls).toMatchObject([
      { service: 'ecs', operation: 'DescribeCapacityProviders', httpStatus: 400, writes: false },
    ])
  }))

test('an operation of the query protocol that is not simulated fails in XML', () =>
  withRehearsal(scenarios.success, async ({ simulator, complaints }) => {
    const sts = new STS(clientConfig(simulator.url))
    await expect(sts.getSessionToken({})).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: "The simulator has no operation 'GetSessionToken'",
      $metadata: { httpStatusCode: 400, requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    })
    sts.destroy()
    const form = await send(simulator.url, {}, 'Action=DeleteUser&Version=2010-05-08&UserName=a%26b')
    expect(form.headers['content-type']).toBe('text/xml')
    expect(form.body).toContain('<Code>UnknownOperationException</Code>')
    expect(complaints).toEqual([
      "Operation 'GetSessionToken' is not simulated.",
      "Operation 'DeleteUser' is not simulated.",
    ])
    expect(simulator.calls).toMatchObject([
      { service: 'sts', operation: 'GetSessionToken', writes: false },
      { service: '', operation: 'DeleteUser', input: { UserName: 'a&b' }, writes: true },
    ])
  }))

test('an operation of a REST protocol that is not simulated fails by method and path', () =>
  withRehearsal(scenarios.success, async ({ simulator, complaints }) => {
    const lambda = new Lambda(clientConfig(simulator.url))
    await expect(lambda.deleteFunction({ FunctionName: 'validate' })).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: "The simulator has no operation 'DELETE /2015-03-31/functions/validate'",
    })
    lambda.destroy()
    const authorization = 'AWS4-HMAC-SHA256 Credential=TEST/20260808/us-east-1/s3/aws4_request, Signature=0'
    const bucket = await send(`${simulator.url}//bucket?list-type=2`, { authorization }, '', 'GET')
    expect(bucket).toMatchObject({ httpStatus: 400, headers: { 'x-amzn-errortype': 'UnknownOperationException' } })
    expect(complaints).toHaveLength(2)
    expect(simulator.calls).toMatchObject([
      { service: 'lambda', operation: 'DELETE /2015-03-31/functions/validate', writes: true },
      { service: 's3', operation: 'GET //bucket', input: { 'list-type': '2' }, writes: false },
    ])
  }))

const malformed: [string, unknown, string][] = [
  ['no JSON', '{', ''],
  ['no structure', '[]', 'LIST_VALUE cannot be converted to Structure'],
  // Observed of ECS: "STRING_VALUE cannot be converted to Integer".
  ['a number for a string', { deploymentId: 42 }, 'NUMBER_VALUE cannot be converted to String'],
]

test.each(malformed)('a body that has %s is a SerializationException', (_, body, message) =>
  withRehearsal(scenarios.success, async ({ simulator }) => {
    const answer = await post(simulator.url, 'codedeploy', 'GetDeployment', body)
    expect(answer).toMatchObject({ httpStatus: 400, body: { __type: 'SerializationException', message } })
  }),
)

test('members of the wrong type are found at any depth', () =>
  withRehearsal(scenarios.success, async ({ simulator }) => {
    const request = (containerDefinitions: unknown) => ({ family: 'web', containerDefinitions })
    for (const wrong of [
      {},
      [{ name: true }],
      [{ essential: 'yes' }],
      [{ dockerLabels: { a: 1 } }],
      [{ command: ['a', 1] }],
    ]) {
      const { body } = await post(simulator.url, 'ecs', 'RegisterTaskDefinition', request(wrong))
      expect(body).toMatchObject({ __type: 'SerializationException' })
    }
    const port = await post(simulator.url, 'ecs', 'UpdateService', { service: 'web', desiredCount: '2' })
    expect(port.body).toMatchObject({ message: 'STRING_VALUE cannot be converted to Integer' })
    const range = { createTimeRange: { start: '2026-08-08T12:00:00Z' } }
    const { body } = await post(simulator.url, 'codedeploy', 'ListDeployments', range)
    expect(body).toMatchObject({ message: 'STRING_VALUE cannot be converted to Timestamp' })
  }))

test('members that do not exist are ignored and recorded', () =>
  withRehearsal(scenarios.success, async ({ simulator }) => {
    const request = { applicationName: APPLICATION, deploymentGroupName: GROUP, verbose: true }
    expect((await post(simulator.url, 'codedeploy', 'GetDeploymentGroup', request)).httpStatus).toBe(200)
    expect(simulator.calls[0]).toMatchObject({ input: request, unknownMembers: ['verbose'] })
  }))

test('a protocol that is not JSON is refused', () =>
  withRehearsal(scenarios.success, async ({ simulator, complaints }) => {
    const answer = await post(simulator.url, 'ecs', 'ListTasks', '', { 'smithy-protocol': 'rpc-v2-cbor' })
    expect(answer).toMatchObject({ httpStatus: 415, body: { __type: 'UnsupportedMediaTypeException' } })
    expect(complaints).toEqual(['ListTasks came as rpc-v2-cbor; the simulator speaks AWS JSON 1.1 only.'])
  }))

test('a browser is told what this is', () =>
  withRehearsal(scenarios.success, async ({ simulator }) => {
    const answer = await send(simulator.url, {}, '', 'GET')
    expect(answer.httpStatus).toBe(404)
    expect(answer.body).toContain('AWS_ENDPOINT_URL')
    expect(simulator.calls).toEqual([])
  }))

test('an answer that does not fit its own schema is a loud failure of the simulator', () => {
  const [seed] = baseScenario.world.taskDefinitions
  const definition = { ...seed?.definition, cpu: 256 }
  const taskDefinitions = [{ revision: 1, status: 'ACTIVE' as const, tags: [], definition }]
  return withRehearsal({ ...baseScenario, world: { ...baseScenario.world, taskDefinitions } }, async (rehearsal) => {
    const answer = await post(rehearsal.simulator.url, 'ecs', 'DescribeTaskDefinition', { taskDefinition: 'web:1' })
    const text =
      "The simulator's answer to DescribeTaskDefinition does not fit its schema: taskDefinition.cpu is a number and not a string"
    expect(answer).toMatchObject({ httpStatus: 500, body: { __type: 'InternalFailure', message: text } })
    expect(rehearsal.complaints).toEqual([text])
  })
})

test('calls are recorded with what was asked, what was answered, and which attempt it was', () =>
  withRehearsal(scenarios.success, async ({ codeDeploy, simulator, to }) => {
    to(7)
    await codeDeploy.listApplications({})
    await codeDeploy.getDeployment({ deploymentId: 'd-NOTHING00' }).catch(() => {})
    expect(simulator.calls).toMatchObject([
      {
        atMs: Date.UTC(2026, 7, 8, 12, 0, 7),
        service: 'codedeploy',
        operation: 'ListApplications',
        input: {},
        attempt: 'attempt=1; max=3',
        writes: false,
        httpStatus: 200,
        output: { applications: [APPLICATION] },
        error: undefined,
      },
      {
        operation: 'GetDeployment',
        httpStatus: 400,
        output: undefined,
        error: { code: 'DeploymentDoesNotExistException', message: 'The deployment d-NOTHING00 could not be found' },
      },
    ])
  }))

test('operations that change something are recorded as writes, also when they were refused', () =>
  withRehearsal(scenarios.success, async ({ codeDeploy, release, simulator }) => {
    await release()
    await codeDeploy.stopDeployment({ deploymentId: 'd-NOTHING00' }).catch(() => {})
    await codeDeploy.listDeployments({})
    expect(simulator.calls.filter((call) => call.writes).map((call) => call.operation)).toEqual([
      'RegisterTaskDefinition',
      'CreateDeployment',
      'StopDeployment',
    ])
  }))
