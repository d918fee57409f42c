import { expect, test } from '@jest/globals'
import { scenarios } from '../../../tools/simulator/scenarios.ts'
import { startSimulator } from '../../../tools/simulator/simulator.ts'
import { control } from './support/control.ts'
import { type Rehearsal, withRehearsal } from './support/rehearsal.ts'
import { appSpec } from './support/revision.ts'
import { post, send } from './support/wire.ts'

/** A rehearsal with its control plane. */
function withControl(play: (rehearsal: Rehearsal, ask: Ask) => Promise<void>): Promise<void> {
  return withRehearsal(scenarios.success, (rehearsal) =>
    play(rehearsal, async (method, path, body) => {
      const { httpStatus, body: answer } = await control(rehearsal.simulator.url, method, path, body)
      return [httpStatus, answer]
    }),
  )
}

type Ask = (method: string, path: string, body?: unknown) => Promise<[number, unknown]>

test('the control endpoint says what there is', () =>
  withControl(async (_, ask) => {
    await ask('POST', '/fault', { operation: 'GetDeployment', kind: 'server-error', status: 503, count: 2 })
    expect(await ask('GET', '')).toEqual([
      200,
      {
        scenario: 'success',
        description: expect.any(String),
        seed: 0,
        clock: { now: '2026-08-08T12:00:00.000Z', secondsSinceStart: 0, speed: 0 },
        listeners: {},
        faults: [{ operation: 'GetDeployment', kind: 'server-error', count: 2, status: 503 }],
        calls: 0,
      },
    ])
    expect(await ask('GET', '/')).toEqual(await ask('GET', ''))
  }))

test('advancing the clock takes a deployment along', () =>
  withControl(async ({ release, row }, ask) => {
    const id = await release()
    expect(await ask('POST', '/advance', { seconds: 146.5 })).toEqual([
      200,
      { clock: { now: '2026-08-08T12:02:26.500Z', secondsSinceStart: 146.5, speed: 0 } },
    ])
    expect(await row(id)).toBe('InProgress InProgress SSSSSSRP 90/10')
    await ask('POST', '/advance', { seconds: 601.7 })
    expect(await row(id)).toMatch(/^Succeeded Succeeded/)
  }))

test('an alarm that is set stops the deployment, and says who watches it', () =>
  withControl(async ({ release, deployment }, ask) => {
    const id = await release()
    await ask('POST', '/advance', { seconds: 200 })
    expect(await ask('POST', '/alarm', { name: 'web-5xx', state: 'ALARM' })).toEqual([
      200,
      { name: 'web-5xx', state: 'ALARM', watchedBy: ['AppECS-demo-web/DgpECS-demo-web'] },
    ])
    await ask('POST', '/advance', { seconds: 15 })
    expect(await deployment(id)).toMatchObject({ status: 'Stopped', errorInformation: { code: 'ALARM_ACTIVE' } })
    expect(await ask('POST', '/alarm', { name: 'web-4xx', state: 'OK' })).toMatchObject([200, { watchedBy: [] }])
  }))

test('faults are added and cleared', () =>
  withControl(async ({ simulator }, ask) => {
    const status = async () => (await post(simulator.url, 'codedeploy', 'ListApplications', {})).httpStatus
    expect(await ask('POST', '/fault', { kind: 'server-error' })).toEqual([
      200,
      { fault: { operation: '*', kind: 'server-error', status: 500 } },
    ])
    expect(await status()).toBe(500)
    expect(await ask('DELETE', '/faults')).toEqual([200, { cleared: 1 }])
    expect(await status()).toBe(200)
    expect(await ask('DELETE', '/faults')).toEqual([200, { cleared: 0 }])
  }))

test('recorded calls are read page by page, without those of the control plane', () =>
  withControl(async ({ simulator, create }, ask) => {
    await create(appSpec('web:1'))
    await post(simulator.url, 'codedeploy', 'GetDeployment', { deploymentId: 'd-NONE' })
    const [, first] = await ask('GET', '/calls?limit=1')
    expect(first).toEqual({
      calls: [
        {
          index: 0,
          at: '2026-08-08T12:00:00.000Z',
          service: 'codedeploy',
          operation: 'CreateDeployment',
          input: expect.objectContaining({ applicationName: 'AppECS-demo-web' }),
          unknownMembers: [],
          attempt: 'attempt=1; max=3',
          writes: true,
          httpStatus: 200,
          output: { deploymentId: expect.any(String) },
        },
      ],
      next: 1,
    })
    expect(await ask('GET', '/calls?since=1')).toMatchObject([
      200,
      { calls: [{ index: 1, httpStatus: 400, error: { code: 'DeploymentDoesNotExistException' } }], next: 2 },
    ])
    expect(await ask('GET', '/calls?since=2')).toEqual([200, { calls: [], next: 2 }])
    expect(simulator.calls).toHaveLength(2)
  }))

test('ten thousand recorded calls come in one answer', () =>
  withControl(async ({ simulator }, ask) => {
    await post(simulator.url, 'codedeploy', 'ListApplications', {})
    const [call] = simulator.calls
    for (let i = 1; call && i < 10_000; i++) simulator.calls.push(call)
    const [, answer] = await ask('GET', '/calls')
    expect((answer as { calls: unknown[] }).calls).toHaveLength(10_000)
  }))

test('what hooks printed can be read', () =>
  withControl(async ({ release }, ask) => {
    const id = await release()
    await ask('POST', '/advance', { seconds: 130 })
    expect(await ask('GET', '/hook-logs')).toEqual([
      200,
      {
        lines: [
          {
            at: '2026-08-08T12:02:05.400Z',
            functionName: 'CodeDeployHook_validate',
            deploymentId: id,
            stream: 'stdout',
            text: 'The test listener answered 200 from web:2.',
          },
        ],
      },
    ])
  }))

test('a reset leaves nothing but the time that has passed', () =>
  withControl(async ({ simulator, codeDeploy, release, service, to }, ask) => {
    const first = await release()
    await ask('POST', '/fault', { kind: 'throttle' })
    await ask('POST', '/alarm', { name: 'web-5xx', state: 'ALARM' })
    to(300)
    expect(await ask('POST', '/reset')).toEqual([
      200,
      { clock: { now: '2026-08-08T12:05:00.000Z', secondsSinceStart: 0, speed: 0 } },
    ])
    expect(simulator.calls).toEqual([])
    expect((await codeDeploy.listDeployments({})).deployments).toEqual([])
    expect((await service()).taskSets?.map(({ taskDefinition }) => taskDefinition)).toEqual([
      'arn:aws:ecs:us-east-1:123456789012:task-definition/web:1',
    ])
    expect(await release()).toBe(first)
    await ask('POST', '/advance', { seconds: 749 })
    const { deploymentInfo } = await codeDeploy.getDeployment({ deploymentId: first })
    expect(deploymentInfo).toMatchObject({ status: 'Succeeded', createTime: new Date('2026-08-08T12:05:00.000Z') })
  }))

test('a reset brings the faults of the scenario back', () =>
  withRehearsal(
    { ...scenarios.success, faults: [{ operation: '*', count: 1, kind: { type: 'server-error', httpStatus: 500 } }] },
    async ({ simulator }) => {
      const status = async () => (await post(simulator.url, 'codedeploy', 'ListApplications', {})).httpStatus
      expect([await status(), await status()]).toEqual([500, 200])
      await control(simulator.url, 'POST', '/reset')
      expect([await status(), await status()]).toEqual([500, 200])
    },
  ))

const PATHS =
  '/_sim, /_sim/advance, /_sim/alarm, /_sim/fault, /_sim/faults, /_sim/calls, /_sim/hook-logs, /_sim/rules, /_sim/fail-tasks, /_sim/reset'

const refused: [string, string, unknown, number, string[]][] = [
  ['POST', '/advance', {}, 400, ['seconds: must be a number from 0.001 to 2592000; it is missing.']],
  ['POST', '/advance', { seconds: -1 }, 400, ['seconds: must be a number from 0.001 to 2592000; got -1.']],
  ['POST', '/advance', '[1]', 400, ['Must be a mapping; got a list.']],
  [
    'POST',
    '/advance',
    'seconds=1',
    400,
    [`The body must be JSON: Unexpected token 's', "seconds=1" is not valid JSON.`],
  ],
  [
    'POST',
    '/alarm',
    { nmae: 'web-5xx', state: 'on' },
    400,
    [
      'name: must be a text; it is missing.',
      "state: must be one of ALARM, OK; got 'on'.",
      "nmae: is not known here; did you mean 'name'?",
    ],
  ],
  [
    'POST',
    '/fault',
    { operation: 'GetDeploymant', kind: 'slow', count: 0, code: 'X' },
    400,
    [
      "operation: there is no operation 'GetDeploymant'; did you mean 'GetDeployment'?",
      'count: must be a whole number from 1 to 1000000; got 0.',
      'seconds: must be a number from 0 to 2592000; it is missing.',
      'code: is not known here; known keys are operation, kind, count, from, until, seconds.',
    ],
  ],
  ['GET', '/calls?since=soon', undefined, 400, ["since: must be a whole number from 0 to 1000000000; got 'soon'."]],
  ['GET', '/call', undefined, 404, [`There is no '/_sim/call'; there are ${PATHS}.`]],
  ['GET', '/reset', undefined, 405, ["'/_sim/reset' takes POST; got GET."]],
]

test.each(refused)('%s %s %j is refused with %i', (method, path, body, httpStatus, problems) =>
  withControl(async ({ simulator }, ask) => {
    expect(await ask(method, path, body)).toEqual([httpStatus, { problems }])
    expect(simulator.calls).toEqual([])
  }),
)

test('a wrong method is told the right ones', () =>
  withControl(async ({ simulator }) => {
    expect((await control(simulator.url, 'POST', '/faults')).headers['allow']).toBe('DELETE')
  }))

test("a clock that is somebody else's is not moved", async () => {
  const simulator = await startSimulator({ scenario: scenarios.success, clock: { now: () => 0 } })
  const { httpStatus, body } = await control(simulator.url, 'POST', '/advance', { seconds: 1 })
  expect([httpStatus, body]).toEqual([409, { problems: ["This simulator's clock is moved by whoever started it."] }])
  expect((await control(simulator.url, 'POST', '/fault', { kind: 'slow', seconds: 1 })).httpStatus).toBe(409)
  await simulator.close()
})

const foreign: [string, Record<string, string>][] = [
  ['a page of another site', { origin: 'https://example.com' }],
  ['a page that hides its origin', { origin: 'null' }],
  ['a name that was made to point here', { host: 'attacker.example:80' }],
  ['a name that only begins like this machine', { host: 'localhost.attacker.example' }],
]

test.each(foreign)('%s can neither control the simulator nor use its AWS', (_, headers) =>
  withControl(async ({ simulator }, ask) => {
    const { url } = simulator
    expect((await send(`${url}/_sim/reset`, headers, '', 'POST')).httpStatus).toBe(403)
    expect((await post(url, 'codedeploy', 'ListApplications', {}, headers)).httpStatus).toBe(403)
    expect(await ask('GET', '/calls')).toEqual([200, { calls: [], next: 0 }])
  }),
)

test.each([['localhost'], ['localhost:4566'], ['127.0.0.1'], ['[::1]:4566']])(
  'the control endpoint answers as %s',
  (host) =>
    withControl(async ({ simulator }) => {
      expect((await send(`${simulator.url}/_sim`, { host }, '', 'GET')).httpStatus).toBe(200)
    }),
)
