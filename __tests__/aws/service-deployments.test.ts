import { describe, expect, test } from '@jest/globals'
import { CallError } from '../../src/aws/attempts.ts'
import type { Ecs } from '../../src/aws/ecs.ts'
import {
  continueServiceDeployment,
  describeServiceDeployment,
  describeServiceDeployments,
  describeServiceRevisions,
  listServiceDeployments,
  stopServiceDeployment,
  updateTaskDefinition,
} from '../../src/aws/service-deployments.ts'
import type { Fault, FaultKind } from '../../tools/simulator/scenario.ts'
import { type SimulatedAws, withAws } from '../support/simulated-aws.ts'
import { virtualClock } from '../support/virtual-clock.ts'
import { assuming, nativeScenario } from '../tools/simulator/native/support/native-scenario.ts'

const WEB_1 = 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:1'
const AGAIN = { taskDefinition: WEB_1, forceNewDeployment: true }

/** Deploys the demo service once more, and lets so many seconds pass; resolves to the ARN. */
async function deployed({ aws, clock }: SimulatedAws, seconds: number): Promise<string> {
  await updateTaskDefinition(aws, 'demo', 'web', AGAIN)
  await clock.sleep(seconds * 1000)
  return (await listServiceDeployments(aws, 'demo', 'web'))[0]?.serviceDeploymentArn ?? ''
}

function withFault(operation: string, kind: FaultKind, count?: number) {
  const fault: Fault = { operation, kind, ...(count !== undefined && { count }) }
  return nativeScenario({ more: { faults: [fault] } })
}

/** Calls with these answers, one after the other. */
function answering(...answers: object[]) {
  const sent: Record<string, unknown>[] = []
  const send = async ({ input }: { input: Record<string, unknown> }) => {
    sent.push(input)
    return answers[sent.length - 1] ?? {}
  }
  const ecs = { send } as unknown as Ecs['ecs']
  return { aws: { ecs, clock: virtualClock(), random: () => 0.5, maxAttempts: 1 }, sent }
}

describe('the list of deployments', () => {
  test.each(['newest-first', 'oldest-first'] as const)('is sorted, also when it comes %s', (serviceDeploymentOrder) =>
    withAws(assuming({ serviceDeploymentOrder }, { service: { earlier: ['web:1', 'web:1'] } }), async ({ aws }) => {
      const listed = await listServiceDeployments(aws, 'demo', 'web')
      const times = listed.map(({ createdAt }) => createdAt?.getTime() ?? 0)
      expect(times).toHaveLength(3)
      expect(times).toEqual(times.toSorted((one, other) => other - one))
      const newest = await listServiceDeployments(aws, 'demo', 'web', { most: 1 })
      expect(newest).toEqual(listed.slice(0, 1))
    }),
  )

  test('has those of some statuses, and those since a moment', () =>
    withAws(nativeScenario({ service: { earlier: ['web:1'] } }), async (simulated) => {
      const { aws, clock } = simulated
      const beganMs = clock.now()
      const arn = await deployed(simulated, 10)
      const active = await listServiceDeployments(aws, 'demo', 'web', { statuses: ['PENDING', 'IN_PROGRESS'] })
      const late = await listServiceDeployments(aws, 'demo', 'web', { createdAfterMs: beganMs - 1 })
      expect([active, late].map((list) => list.map((one) => one.serviceDeploymentArn))).toEqual([[arn], [arn]])
      expect(await listServiceDeployments(aws, 'demo', 'web')).toHaveLength(3)
    }))

  test('of a service that is not there is an error with its code', () =>
    withAws(nativeScenario(), async ({ aws }) => {
      await expect(listServiceDeployments(aws, 'demo', 'wbe')).rejects.toMatchObject({
        operation: 'ecs:ListServiceDeployments',
        serviceError: { kind: 'answered', code: 'ServiceNotFound' },
      })
    }))

  const entry = (day: number) => ({ serviceDeploymentArn: `arn:${day}`, createdAt: new Date(Date.UTC(2026, 7, day)) })

  test('ends early only where it is seen to begin with the newest', async () => {
    const first = { serviceDeployments: [entry(9), entry(8)], nextToken: 'a' }
    const { aws, sent } = answering(first, { serviceDeployments: [entry(7)] })
    expect(await listServiceDeployments(aws, 'demo', 'web', { most: 2 })).toHaveLength(2)
    expect(sent).toHaveLength(1)
    const other = answering(
      { serviceDeployments: [entry(1), entry(2)], nextToken: 'a' },
      { serviceDeployments: [entry(3)] },
    )
    const newest = await listServiceDeployments(other.aws, 'demo', 'web', { most: 2 })
    expect(newest.map(({ serviceDeploymentArn }) => serviceDeploymentArn)).toEqual(['arn:3', 'arn:2'])
    expect(other.sent).toHaveLength(2)
  })

  test('leaves out what has no ARN, and counts what has no time as the oldest', async () => {
    const { aws } = answering({ serviceDeployments: [{ serviceDeploymentArn: 'arn:x' }, {}, entry(1)] })
    const listed = await listServiceDeployments(aws, 'demo', 'web')
    expect(listed.map(({ serviceDeploymentArn }) => serviceDeploymentArn)).toEqual(['arn:1', 'arn:x'])
  })
})

describe('a deployment', () => {
  test('is described, in the order in which it was asked for', () =>
    withAws(nativeScenario({ service: { earlier: ['web:1'] } }), async ({ aws }) => {
      const arns = (await listServiceDeployments(aws, 'demo', 'web')).map((one) => one.serviceDeploymentArn ?? '')
      const [first = ''] = arns
      expect(await describeServiceDeployment(aws, first)).toMatchObject({
        status: 'SUCCESSFUL',
        lifecycleStage: 'CLEAN_UP',
      })
      const described = await describeServiceDeployments(aws, arns.toReversed())
      expect(described.map((one) => one.serviceDeploymentArn)).toEqual(arns.toReversed())
    }))

  test('that is not there is an error, not a status', () =>
    withAws(nativeScenario(), async ({ aws }) => {
      const [{ serviceDeploymentArn: arn = '' } = {}] = await listServiceDeployments(aws, 'demo', 'web')
      await expect(describeServiceDeployment(aws, arn.replace(/.$/, '_'))).rejects.toMatchObject({
        operation: 'ecs:DescribeServiceDeployments',
        serviceError: { kind: 'answered', code: 'ServiceDeploymentNotFound' },
      })
    }))

  test.each<[string, object]>([
    ['without a status', { serviceDeployments: [{ serviceDeploymentArn: 'arn:x' }] }],
    ['without anything', {}],
    [
      'with thousands of hooks',
      {
        serviceDeployments: [
          { serviceDeploymentArn: 'arn:x', status: 'PENDING', lifecycleHookDetails: Array(2_000).fill({}) },
        ],
      },
    ],
  ])('%s is no answer', async (_, answer) => {
    const { aws } = answering(answer)
    await expect(describeServiceDeployment(aws, 'arn:x')).rejects.toMatchObject({ serviceError: { kind: 'network' } })
  })

  test('and more than twenty others are asked for in several calls', async () => {
    const arns = Array.from({ length: 45 }, (_, one) => `arn:${one}`)
    const { aws, sent } = answering({ failures: [] }, { failures: [] }, { failures: [] })
    expect(await describeServiceDeployments(aws, arns)).toEqual([])
    expect(sent.map((input) => (input['serviceDeploymentArns'] as string[]).length)).toEqual([20, 20, 5])
  })
})

test('revisions say what they run and which target group they use; one that is gone is left out', () =>
  withAws(nativeScenario(), async ({ aws }) => {
    const [{ targetServiceRevisionArn: arn = '' } = {}] = await listServiceDeployments(aws, 'demo', 'web')
    const found = await describeServiceRevisions(aws, [arn, arn.replace(/\d+$/, '42')])
    expect(found).toMatchObject([
      { serviceRevisionArn: arn, taskDefinition: WEB_1, resolvedConfiguration: { loadBalancers: [{}] } },
    ])
  }))

describe('an update', () => {
  test('answers with the PRIMARY entry, which is new only when there is something to deploy', () =>
    withAws(nativeScenario(), async ({ aws }) => {
      const same = await updateTaskDefinition(aws, 'demo', 'web', { ...AGAIN, forceNewDeployment: false })
      const forced = await updateTaskDefinition(aws, 'demo', 'web', AGAIN)
      expect([same, forced]).toEqual([expect.stringMatching(/^ecs-svc\/\d+$/), expect.stringMatching(/^ecs-svc\/\d+$/)])
      expect(forced).not.toBe(same)
    }))

  test.each<[string, FaultKind, number]>([
    ['again after throttling, which it was not accepted in', { type: 'throttle' }, 2],
    ['once where the answer was lost', { type: 'drop-after-accept' }, 1],
    ['once where it is not known whether it came there', { type: 'drop' }, 1],
    ['once where the answer is none', { type: 'malformed', how: 'empty' }, 1],
  ])('is sent %s', (_, kind, times) =>
    withAws(withFault('UpdateService', kind, 1), async ({ aws, asked }) => {
      const end = await updateTaskDefinition(aws, 'demo', 'web', AGAIN).catch((error: unknown) => error)
      expect(asked()).toHaveLength(times)
      if (times === 1) expect(end).toBeInstanceOf(CallError)
    }),
  )

  test.each([{}, { service: {} }, { service: { deployments: [{ id: 'x', status: 'PRIMARY' }] } }])(
    'that is answered with %j is not known to be carried out',
    async (answer) => {
      const { aws } = answering(answer)
      await expect(updateTaskDefinition(aws, 'demo', 'web', AGAIN)).rejects.toMatchObject({
        serviceError: { code: 'MalformedAnswer', notAccepted: false },
      })
    },
  )
})

test('a stop and the answer to a pause are sent until they are answered', () => {
  const lifecycleHooks = [{ targetType: 'PAUSE' as const, lifecycleStages: ['PRE_SCALE_UP' as const] }]
  return withAws(nativeScenario({ config: { lifecycleHooks } }), async (simulated) => {
    const { aws, simulator, asked } = simulated
    const arn = await deployed(simulated, 10)
    const [pause] = (await describeServiceDeployment(aws, arn)).lifecycleHookDetails ?? []
    simulator.addFault({ operation: '*', kind: { type: 'drop' }, count: 1 })
    await continueServiceDeployment(aws, arn, pause?.hookId ?? '', 'CONTINUE')
    expect((await describeServiceDeployment(aws, arn)).lifecycleStage).not.toBe('PRE_SCALE_UP')
    simulator.addFault({ operation: '*', kind: { type: 'drop-after-accept' }, count: 1 })
    await stopServiceDeployment(aws, arn)
    expect((await describeServiceDeployment(aws, arn)).status).toBe('ROLLBACK_REQUESTED')
    expect(asked().filter((operation) => operation.endsWith('ServiceDeployment'))).toHaveLength(4)
    await expect(continueServiceDeployment(aws, arn, pause?.hookId ?? '', 'ROLLBACK')).rejects.toMatchObject({
      serviceError: { code: 'InvalidParameter' },
    })
  })
})
