import { expect, test } from '@jest/globals'
import { baseScenario, scenarios, withGroup } from '../../../tools/simulator/scenarios.ts'
import { expectCourse, type Rehearsal, withRehearsal } from './support/rehearsal.ts'
import { appSpec } from './support/revision.ts'

async function messages({ service }: Rehearsal): Promise<string[]> {
  return ((await service()).events ?? []).map(({ message = '' }) => message)
}

test('S5: a replacement that never gets healthy fails after an hour and is rolled back', () =>
  withRehearsal(scenarios['never-healthy'], async (rehearsal) => {
    const { release, deployment, taskSets, to } = rehearsal
    const id = await release()
    await expectCourse(rehearsal, id, [[3.45, 'InProgress InProgress SRPPPPPP 100/0']])
    expect(await taskSets()).toContain('ACTIVE web:2 0+2/2 STABILIZING')
    to(34)
    expect(await taskSets()).toContain('ACTIVE web:2 1+1/2 STABILIZING')
    to(64)
    expect(await taskSets()).toContain('ACTIVE web:2 1+1/2 STABILIZING')
    expect((await messages(rehearsal))[0]).toBe('(service web) is unable to consistently start tasks successfully.')
    await expectCourse(rehearsal, id, [
      [3603.44, 'InProgress InProgress SRPPPPPP 100/0'],
      [3603.45, 'Failed Failed SFKKKKKK 100/0'],
    ])
    expect((await deployment(id)).errorInformation).toEqual({
      code: 'TIMEOUT',
      message:
        'The deployment timed out while waiting for the replacement task set to become healthy. ' +
        'This time out period is 60 minutes.',
    })
    const unstable = (await messages(rehearsal)).filter((message) => message.includes('unable to consistently'))
    expect(unstable.length).toBeGreaterThan(10)
    to(3604.45)
    expect(await taskSets()).toEqual(['PRIMARY web:1 2+0/2 STEADY_STATE', 'DRAINING web:2 0+0/0 STABILIZING'])
    const rollback = (await deployment(id)).rollbackInfo?.rollbackDeploymentId ?? ''
    to(3607.05)
    expect(await rehearsal.row(rollback)).toBe('Succeeded Succeeded SSSSSSSS 100/0')
  }))

test('why its tasks stop can be read from the stopped tasks', () =>
  withRehearsal(scenarios['never-healthy'], async ({ ecs, release, to }) => {
    await release()
    to(200)
    const listed = { cluster: 'demo', serviceName: 'web' } as const
    const stopped = await ecs.listTasks({ ...listed, desiredStatus: 'STOPPED' })
    expect(stopped.taskArns).toHaveLength(5)
    const { tasks = [] } = await ecs.describeTasks({ cluster: 'demo', tasks: stopped.taskArns })
    expect(tasks[0]).toMatchObject({
      group: 'service:web',
      startedBy: expect.stringMatching(/^ecs-svc\/\d{19}$/),
      taskDefinitionArn: 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:2',
      lastStatus: 'STOPPED',
      desiredStatus: 'STOPPED',
      healthStatus: 'UNKNOWN',
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      createdAt: expect.any(Date),
      stoppedAt: expect.any(Date),
      containers: [
        { name: 'web', lastStatus: 'STOPPED', exitCode: 1, reason: "Error: Cannot find module '/app/server.js'" },
      ],
    })
    const running = await ecs.listTasks(listed)
    expect(running.taskArns).toHaveLength(4)
    to(3800)
    const later = await ecs.listTasks({ ...listed, desiredStatus: 'STOPPED', startedBy: tasks[0]?.startedBy })
    expect(later.taskArns).toHaveLength(100)
    expect(later.nextToken).toBeDefined()
    to(8000)
    expect((await ecs.listTasks({ ...listed, desiredStatus: 'STOPPED' })).taskArns).toEqual([])
  }))

test('S15: a replacement that dies during the shift fails the deployment seconds later', () => {
  const dies = { event: 'AllowTraffic', seconds: 53.5 }
  const replacement = { ...baseScenario.replacement, health: 'dies' as const, dies }
  return withRehearsal({ ...baseScenario, replacement }, async (rehearsal) => {
    const id = await rehearsal.release()
    rehearsal.to(200)
    expect(await rehearsal.taskSets()).toContain('ACTIVE web:2 0+2/2 STABILIZING')
    await expectCourse(rehearsal, id, [
      [204.99, 'InProgress InProgress SSSSSSRP 90/10'],
      [205, 'Failed Failed SSSSSSFK 90/10'],
      [206, 'Failed Failed SSSSSSFK 100/0'],
    ])
    const rollback = (await rehearsal.deployment(id)).rollbackInfo?.rollbackDeploymentId ?? ''
    await expectCourse(rehearsal, rollback, [
      [208.59, 'InProgress InProgress SSSSSSSR 100/0'],
      [208.6, 'Succeeded Succeeded SSSSSSSS 100/0'],
    ])
    expect(await rehearsal.taskSets()).toEqual(['PRIMARY web:1 2+0/2 STEADY_STATE', 'DRAINING web:2 0+0/0 STABILIZING'])
    expect((await rehearsal.deployment(id)).errorInformation).toEqual({
      code: 'ECS_UPDATE_ERROR',
      message: 'CodeDeploy detected that the replacement task set is unhealthy.',
    })
  })
})

const refusals: [string, string, string][] = [
  ['a revision that is not a number', appSpec('web:latest'), 'Invalid revision number. Number: latest'],
  ['an unknown revision', appSpec('web:99'), 'TaskDefinition not found.'],
  [
    'an unknown container',
    appSpec('web:1').replace('"ContainerName":"web"', '"ContainerName":"api"'),
    'The container api does not exist in the task definition.',
  ],
  ['an unknown port', appSpec('web:1', {}, 443), 'The container web did not have a container port 443 defined.'],
]

test.each(refusals)('S5a: ECS refuses %s when Install asks for it, and nothing is rolled back', (_, content, reason) =>
  withRehearsal(scenarios.success, async (rehearsal) => {
    const id = await rehearsal.create(content)
    await expectCourse(rehearsal, id, [
      [4.44, 'InProgress InProgress SRPPPPPP 100/0'],
      [4.45, 'Failed Failed SFKKKKKK 100/0'],
      [60, 'Failed Failed SFKKKKKK 100/0'],
    ])
    const { errorInformation, rollbackInfo } = await rehearsal.deployment(id)
    expect(errorInformation?.code).toBe('ECS_UPDATE_ERROR')
    expect(errorInformation?.message).toMatch(
      `The ECS service cannot be updated due to an unexpected error: ${reason} (Service: AmazonECS; Status Code: 400; ` +
        'Error Code: InvalidParameterException; Request ID: ',
    )
    expect(rollbackInfo).toBeUndefined()
    expect(await rehearsal.taskSets()).toEqual(['PRIMARY web:1 2+0/2 STEADY_STATE'])
  }),
)

test('ECS refuses a revision that was deregistered in time', () =>
  withRehearsal(scenarios.success, async ({ ecs, release, deployment, to }) => {
    const id = await release()
    to(2)
    await ecs.deregisterTaskDefinition({ taskDefinition: 'web:2' })
    to(10)
    expect((await deployment(id)).errorInformation?.message).toContain('TaskDefinition is inactive')
  }))

test('tasks do not die before all of them were healthy', () => {
  const replacement = { ...baseScenario.replacement, health: 'dies' as const, dies: { event: 'Created', seconds: 1 } }
  return withRehearsal({ ...baseScenario, replacement }, async (rehearsal) => {
    await expectCourse(rehearsal, await rehearsal.release(), [
      [123.44, 'InProgress InProgress SRPPPPPP 100/0'],
      [128.44, 'InProgress InProgress SSSSRPPP 100/0'],
      [128.45, 'Failed Failed SSSSFKKK 100/0'],
    ])
  })
})

test.each([
  ['during the termination wait', 5, 5],
  ['once the deployment has succeeded', 5, 0],
])(
  'tasks that die after the last lifecycle event, %s, leave the deployment as it is',
  (_, seconds, terminationWaitMinutes) => {
    const dies = { event: 'AfterAllowTraffic', seconds }
    const replacement = { ...baseScenario.replacement, health: 'dies' as const, dies }
    const world = withGroup(baseScenario.world, { terminationWaitMinutes })
    return withRehearsal({ ...baseScenario, world, replacement }, async (rehearsal) => {
      const id = await rehearsal.release()
      const short = 'PRIMARY web:2 0+2/2 STABILIZING'
      rehearsal.to(451)
      expect(await rehearsal.taskSets()).toContain('PRIMARY web:2 2+0/2 STEADY_STATE')
      rehearsal.to(460)
      expect(await rehearsal.taskSets()).toContain(short)
      rehearsal.to(800)
      const { status, errorInformation } = await rehearsal.deployment(id)
      expect({ status, errorInformation }).toEqual({ status: 'Succeeded', errorInformation: undefined })
    })
  },
)

test('request ids and ids of tasks in a reason are other ones for each task', () => {
  const stoppedReason =
    'unable to pull: session 28f5c1f0d1e94fd48c7b08c6a8e5cd4b, request id: 7d4a0c1e-0f6b-4a57-9d0e-5f1c2b3a4d5e'
  const stopped = { stopCode: 'TaskFailedToStart', stoppedReason, containerReason: stoppedReason }
  const replacement = { ...baseScenario.replacement, health: 'never' as const, stopped }
  return withRehearsal({ ...baseScenario, replacement }, async ({ ecs, release, to }) => {
    await release()
    to(200)
    const listed = await ecs.listTasks({ cluster: 'demo', serviceName: 'web', desiredStatus: 'STOPPED' })
    const { tasks = [] } = await ecs.describeTasks({ cluster: 'demo', tasks: listed.taskArns ?? [] })
    const reasons = tasks.flatMap((task) => [task.stoppedReason ?? '', task.containers?.[0]?.reason ?? ''])
    expect(tasks.length).toBeGreaterThan(1)
    expect(new Set(reasons).size).toBe(tasks.length)
    const form = /^unable to pull: session [0-9a-f]{32}, request id: [0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
    expect(reasons.filter((reason) => !form.test(reason))).toEqual([])
  })
})

test('a service with no task to run has none that can die', () => {
  const services = baseScenario.world.services.map((seed) => ({ ...seed, desiredCount: 0 }))
  const scenario = { ...scenarios['task-dies'], world: { ...baseScenario.world, services } }
  return withRehearsal(scenario, async ({ deployment, release, to }) => {
    const id = await release()
    to(800)
    expect((await deployment(id)).status).toBe('Succeeded')
  })
})

test('Install waits for tasks that are added meanwhile', () =>
  withRehearsal(scenarios.success, async (rehearsal) => {
    const id = await rehearsal.release()
    rehearsal.to(60)
    await rehearsal.ecs.updateService({ cluster: 'demo', service: 'web', desiredCount: 3 })
    await expectCourse(rehearsal, id, [
      [179.99, 'InProgress InProgress SRPPPPPP 100/0'],
      [180, 'InProgress InProgress SSPPPPPP 100/0'],
    ])
    expect(await rehearsal.taskSets()).toContain('ACTIVE web:2 3+0/3 STEADY_STATE')
  }))

test('tasks that are added to a replacement that never gets healthy do not get healthy either', () => {
  const services = baseScenario.world.services.map((seed) => ({ ...seed, desiredCount: 0 }))
  const scenario = { ...scenarios['never-healthy'], world: { ...baseScenario.world, services } }
  return withRehearsal(scenario, async ({ ecs, release, taskSets, to }) => {
    await release()
    to(10)
    await ecs.updateService({ cluster: 'demo', service: 'web', desiredCount: 1 })
    to(300)
    const { taskArns } = await ecs.listTasks({ cluster: 'demo', desiredStatus: 'STOPPED' })
    expect(taskArns?.length).toBeGreaterThan(2)
    expect((await taskSets()).at(-1)).toContain('STABILIZING')
  })
})
