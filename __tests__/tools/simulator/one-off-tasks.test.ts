import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs'
import type { ECS, RunTaskRequest } from '@aws-sdk/client-ecs'
import { describe, expect, test } from '@jest/globals'
import type { OneOffTaskPlan, Scenario } from '../../../tools/simulator/scenario.ts'
import { baseScenario } from '../../../tools/simulator/scenarios.ts'
import { clientConfig, withRehearsal } from './support/rehearsal.ts'

const NETWORK = { awsvpcConfiguration: { subnets: ['subnet-0a1'] } }
const REQUEST: RunTaskRequest = { cluster: 'demo', taskDefinition: 'web:1', networkConfiguration: NETWORK }

function withTasks(...oneOffTasks: OneOffTaskPlan[]): Scenario {
  return { ...baseScenario, oneOffTasks }
}

async function run(ecs: ECS, more: Partial<RunTaskRequest> = {}): Promise<string> {
  const { tasks } = await ecs.runTask({ ...REQUEST, ...more })
  return tasks?.[0]?.taskArn ?? ''
}

async function described(ecs: ECS, arn: string) {
  return (await ecs.describeTasks({ cluster: 'demo', tasks: [arn] })).tasks?.[0]
}

test('a task goes through its states and ends with the exit code of its plan', () =>
  withRehearsal(withTasks({ runSeconds: 40, exitCode: 3 }), async ({ ecs, to }) => {
    const arn = await run(ecs, { startedBy: 'walk' })
    const course: string[] = []
    for (const second of [0, 5, 15, 54, 55, 60]) {
      to(second)
      const task = await described(ecs, arn)
      course.push(`${second} ${task?.lastStatus} ${task?.desiredStatus} ${task?.containers?.[0]?.exitCode}`)
    }
    expect(course).toEqual([
      '0 PROVISIONING RUNNING undefined',
      '5 PENDING RUNNING undefined',
      '15 RUNNING RUNNING undefined',
      '54 RUNNING RUNNING undefined',
      '55 DEPROVISIONING STOPPED 3',
      '60 STOPPED STOPPED 3',
    ])
    expect(await described(ecs, arn)).toMatchObject({
      group: 'family:web',
      startedBy: 'walk',
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
    })
  }))

describe('a token', () => {
  test('starts one task, however often it is sent', () =>
    withRehearsal(baseScenario, async ({ ecs, to }) => {
      const arn = await run(ecs, { clientToken: 'one' })
      to(3_600)
      expect(await run(ecs, { clientToken: 'one' })).toBe(arn)
      expect(await run(ecs, { clientToken: 'two' })).not.toBe(arn)
    }))

  test('is of one cluster', () =>
    withRehearsal(baseScenario, async ({ ecs }) => {
      const arn = await run(ecs, { clientToken: 'one' })
      expect(await run(ecs, { clientToken: 'one', cluster: 'default' })).not.toBe(arn)
    }))

  test('is refused for another request, with the task that it started', () =>
    withRehearsal(baseScenario, async ({ ecs }) => {
      const arn = await run(ecs, { clientToken: 'one' })
      await expect(run(ecs, { clientToken: 'one', startedBy: 'other' })).rejects.toMatchObject({
        name: 'ConflictException',
        resourceIds: [arn],
      })
    }))

  test('is forgotten an hour after its task has stopped', () =>
    withRehearsal(withTasks({ runSeconds: 20, exitCode: 0 }), async ({ ecs, to }) => {
      const arn = await run(ecs, { clientToken: 'one' })
      to(40 + 3_599)
      expect(await run(ecs, { clientToken: 'one' })).toBe(arn)
      to(40 + 3_600)
      expect(await run(ecs, { clientToken: 'one' })).not.toBe(arn)
      expect(await described(ecs, arn)).toBeUndefined()
    }))

  test('is not used up by a task that could not be started', () =>
    withRehearsal(
      withTasks({ runSeconds: 1, exitCode: 0, failure: 'RESOURCE:MEMORY' }, { runSeconds: 1, exitCode: 0 }),
      async ({ ecs }) => {
        const answer = await ecs.runTask({ ...REQUEST, clientToken: 'one' })
        expect(answer).toMatchObject({ tasks: [], failures: [{ reason: 'RESOURCE:MEMORY' }] })
        expect(await run(ecs, { clientToken: 'one' })).toMatch(/:task\/demo\/[0-9a-f]{32}$/)
      },
    ))
})

test('a task that is stopped ends with the code of SIGTERM and the reason that was given', () =>
  withRehearsal(baseScenario, async ({ ecs, to }) => {
    const arn = await run(ecs)
    to(20)
    expect((await ecs.stopTask({ cluster: 'demo', task: arn, reason: 'cancelled' })).task).toMatchObject({
      lastStatus: 'RUNNING',
      desiredStatus: 'STOPPED',
    })
    to(27)
    expect(await described(ecs, arn)).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'UserInitiated',
      stoppedReason: 'cancelled',
      containers: [{ exitCode: 143 }],
    })
  }))

test('a task that is stopped before it runs has no exit code', () =>
  withRehearsal(baseScenario, async ({ ecs, to }) => {
    const arn = await run(ecs)
    await ecs.stopTask({ cluster: 'demo', task: arn })
    to(10)
    const [container] = (await described(ecs, arn))?.containers ?? []
    expect(container?.lastStatus).toBe('STOPPED')
    expect(container?.exitCode).toBeUndefined()
  }))

test('a task that fails to start says why', () => {
  const containerReason = 'CannotPullContainerError: not found'
  const failsToStart = { stopCode: 'TaskFailedToStart', stoppedReason: 'Task failed to start', containerReason }
  return withRehearsal(withTasks({ runSeconds: 9, exitCode: 0, failsToStart }), async ({ ecs, to }) => {
    const arn = await run(ecs)
    to(30)
    expect(await described(ecs, arn)).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'TaskFailedToStart',
      containers: [{ reason: containerReason }],
    })
  })
})

test('tasks are listed with those of services, and not among those of one', () =>
  withRehearsal(baseScenario, async ({ ecs }) => {
    const arn = await run(ecs, { startedBy: 'walk' })
    const list = async (more: object) => (await ecs.listTasks({ cluster: 'demo', ...more })).taskArns
    expect(await list({})).toHaveLength(3)
    expect(await list({ startedBy: 'walk' })).toEqual([arn])
    expect(await list({ family: 'other' })).toEqual([])
    expect(await list({ serviceName: 'web' })).toHaveLength(2)
  }))

test.each<[string, Partial<RunTaskRequest>, string, RegExp]>([
  ['no network', { networkConfiguration: undefined }, 'InvalidParameterException', /^Network Configuration must be/],
  [
    'a launch type beside a strategy',
    { launchType: 'FARGATE', capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT' }] },
    'InvalidParameterException',
    /^Specifying both a launch type and/,
  ],
  [
    'overrides for a container that is not there',
    { overrides: { containerOverrides: [{ name: 'db' }] } },
    'InvalidParameterException',
    /^Override for container named db is not a container/,
  ],
  ['a revision that is not there', { taskDefinition: 'web:9' }, 'ClientException', /^TaskDefinition not found/],
  ['a cluster that is not there', { cluster: 'gone' }, 'ClusterNotFoundException', /^Cluster not found/],
  ['a token that is too long', { clientToken: 'x'.repeat(65) }, 'InvalidParameterException', /token/],
])('RunTask refuses %s', (_, more, name, message) =>
  withRehearsal(baseScenario, async ({ ecs }) => {
    await expect(run(ecs, more)).rejects.toMatchObject({ name, message: expect.stringMatching(message) })
  }),
)

test('StopTask refuses a task that is not there', () =>
  withRehearsal(baseScenario, async ({ ecs }) => {
    await expect(ecs.stopTask({ cluster: 'demo', task: 'gone' })).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'The referenced task was not found.',
    })
  }))

const PRINTS: OneOffTaskPlan = { runSeconds: 12, exitCode: 1, log: ['Applying 0042.sql', 'Nothing was migrated.'] }

test('what a task prints is in its stream of the log group that its definition names', () =>
  withRehearsal(withTasks(PRINTS), async ({ ecs, to, simulator }) => {
    const logs = new CloudWatchLogs(clientConfig(simulator.url))
    try {
      const arn = await run(ecs)
      const logStreamNames = [`web/web/${arn.split('/').at(-1)}`]
      to(20)
      const half = await logs.filterLogEvents({ logGroupName: '/ecs/web', logStreamNames })
      expect(half.events?.map(({ message }) => message)).toEqual(['Applying 0042.sql'])
      to(60)
      const all = await logs.filterLogEvents({
        logGroupName: '/ecs/web',
        logStreamNames,
        startFromHead: false,
        startTime: Date.UTC(2024, 0, 2),
      })
      expect(all.events?.map(({ message }) => message)[0]).toBe('Nothing was migrated.')
    } finally {
      logs.destroy()
    }
  }))
