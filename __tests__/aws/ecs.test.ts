import { describe, expect, test } from '@jest/globals'
import { CallError } from '../../src/aws/attempts.ts'
import { createDeployment } from '../../src/aws/code-deploy.ts'
import {
  describeService,
  describeStoppedTasks,
  describeTaskDefinition,
  registerTaskDefinition,
} from '../../src/aws/ecs.ts'
import type { Fault, Scenario } from '../../tools/simulator/scenario.ts'
import { baseScenario, scenarios } from '../../tools/simulator/scenarios.ts'
import { withAws } from '../support/simulated-aws.ts'
import { appSpec } from '../tools/simulator/support/revision.ts'

const ARN = 'arn:aws:ecs:us-east-1:123456789012'

const withFault = (fault: Omit<Fault, 'count'>, count = 1): Scenario => ({
  ...baseScenario,
  faults: [{ ...fault, count }],
})

describe('a service', () => {
  test.each([
    ['demo', 'web'],
    [`${ARN}:cluster/demo`, `${ARN}:service/demo/web`],
  ])('is found in %s as %s', (cluster, service) =>
    withAws(baseScenario, async ({ aws }) => {
      expect(await describeService(aws, cluster, service)).toMatchObject({
        service: { serviceArn: `${ARN}:service/demo/web`, status: 'ACTIVE' },
        failureReason: undefined,
      })
    }),
  )

  test('a service that is not there is reported with the reason of ECS', () =>
    withAws(baseScenario, async ({ aws }) => {
      expect(await describeService(aws, 'demo', 'wbe')).toEqual({ service: undefined, failureReason: 'MISSING' })
    }))

  test('in a cluster that is not there is an error with its code', () =>
    withAws(baseScenario, async ({ aws }) => {
      const failed = describeService(aws, 'nowhere', 'web')
      await expect(failed).rejects.toBeInstanceOf(CallError)
      await expect(failed).rejects.toMatchObject({
        operation: 'ecs:DescribeServices',
        serviceError: { kind: 'answered', code: 'ClusterNotFound' },
      })
    }))

  test.each<[string, Fault['kind']]>([
    ['throttling', { type: 'error', code: 'ThrottlingException', message: 'Rate exceeded', httpStatus: 400 }],
    ['service trouble', { type: 'error', code: 'ServerException', message: 'Try later', httpStatus: 500 }],
    ['broken connections', { type: 'drop' }],
  ])('is read again after %s, and given up after three attempts', (_, kind) =>
    withAws(withFault({ operation: 'DescribeServices', kind }, 5), async ({ aws, asked }) => {
      await expect(describeService(aws, 'demo', 'web')).rejects.toBeInstanceOf(CallError)
      expect(asked()).toHaveLength(3)
      expect((await describeService(aws, 'demo', 'web')).service?.serviceName).toBe('web')
      expect(asked()).toHaveLength(6)
    }),
  )
})

describe('a task definition', () => {
  test.each(['web', 'web:1', `${ARN}:task-definition/web:1`])(
    'is read by %s, with its tags, ready to be registered',
    (reference) =>
      withAws(baseScenario, async ({ aws }) => {
        const { definition, ...rest } = await describeTaskDefinition(aws, reference)
        expect(rest).toEqual({
          arn: `${ARN}:task-definition/web:1`,
          family: 'web',
          revision: 1,
          isActive: true,
          notes: [],
        })
        expect(definition).toMatchObject({ family: 'web', cpu: '256', tags: [{ key: 'service' }, { key: 'team' }] })
        for (const member of ['taskDefinitionArn', 'revision', 'status', 'registeredAt', 'compatibilities']) {
          expect(definition).not.toHaveProperty(member)
        }
      }),
  )

  test('a task definition that is not there is an error with its code', () =>
    withAws(baseScenario, async ({ aws }) => {
      await expect(describeTaskDefinition(aws, 'web:99')).rejects.toMatchObject({
        serviceError: { kind: 'answered', code: 'Client', message: 'Unable to describe task definition.' },
      })
    }))

  test('survives with members that the SDK does not know', () =>
    withAws(baseScenario, async ({ aws, simulator }) => {
      const { definition } = await describeTaskDefinition(aws, 'web')
      const arn = await registerTaskDefinition(aws, { ...definition, novelty: { on: true } })
      expect(arn).toBe(`${ARN}:task-definition/web:2`)
      const again = await describeTaskDefinition(aws, arn)
      expect(again.definition).toEqual({ ...definition, novelty: { on: true } })
      expect(again.notes).toEqual([
        'The task definition has members that this version does not know and passes on as they are: novelty.',
      ])
      const registered = simulator.calls.find(({ operation }) => operation === 'RegisterTaskDefinition')
      expect(registered).toMatchObject({ unknownMembers: ['novelty'], input: { novelty: { on: true } } })
    }))

  test('is sent to the letter', () =>
    withAws(baseScenario, async ({ aws, simulator }) => {
      const containerDefinitions = [
        { name: 'web', image: 'i', memory: 5, environment: [{ name: '__proto__', value: '' }], command: ['ünï', '😀'] },
      ]
      await registerTaskDefinition(aws, { family: 'other', containerDefinitions })
      expect(simulator.calls.at(-1)?.input).toEqual({ family: 'other', containerDefinitions })
    }))

  test('is registered again after throttling, and only once when the answer was lost', () =>
    withAws(
      withFault({
        operation: 'RegisterTaskDefinition',
        kind: { type: 'error', code: 'ThrottlingException', message: 'Rate exceeded', httpStatus: 400 },
      }),
      async ({ aws, simulator, asked }) => {
        const { definition } = await describeTaskDefinition(aws, 'web')
        expect(await registerTaskDefinition(aws, definition)).toBe(`${ARN}:task-definition/web:2`)
        simulator.addFault({ operation: 'RegisterTaskDefinition', count: 1, kind: { type: 'drop-after-accept' } })
        await expect(registerTaskDefinition(aws, definition)).rejects.toMatchObject({
          serviceError: { kind: 'network', notAccepted: false },
        })
        expect(asked().filter((operation) => operation === 'RegisterTaskDefinition')).toHaveLength(3)
      },
    ))
})

describe('stopped tasks', () => {
  test('are none while nothing has stopped, which takes one call', () =>
    withAws(baseScenario, async ({ aws, asked }) => {
      expect(await describeStoppedTasks(aws, 'demo', 'web')).toEqual([])
      expect(asked()).toEqual(['ListTasks'])
    }))

  test('are told with the task set that started them and the words of ECS', () =>
    withAws(scenarios['never-healthy'], async ({ aws, clock }) => {
      await createDeployment(aws, {
        applicationName: 'AppECS-demo-web',
        deploymentGroupName: 'DgpECS-demo-web',
        revision: { revisionType: 'AppSpecContent', appSpecContent: { content: appSpec('web:1') } },
      })
      await clock.sleep(300_000)
      const service = (await describeService(aws, 'demo', 'web')).service
      const replacement = service?.taskSets?.find(({ status }) => status !== 'PRIMARY')
      const stopped = await describeStoppedTasks(aws, 'demo', 'web')
      expect(stopped.length).toBeGreaterThan(0)
      expect(stopped[0]).toEqual({
        arn: expect.stringContaining(':task/demo/'),
        startedBy: replacement?.id,
        stoppedAtMs: expect.any(Number),
        stopCode: 'EssentialContainerExited',
        reason: 'Essential container in task exited',
        containers: [{ name: 'web', reason: "Error: Cannot find module '/app/server.js'", exitCode: 1 }],
      })
    }))
})
