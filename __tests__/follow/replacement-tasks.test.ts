import { expect, test } from '@jest/globals'
import { reasonOf, watchReplacementTasks } from '../../src/follow/replacement-tasks.ts'
import { serviceOf } from '../support/group-parts.ts'
import { handAws, wireService } from '../support/hand-aws.ts'
import { snapshot, taskSets } from '../support/snapshots.ts'

const TASK = { arn: 'arn', startedBy: 'ecs-svc/2', stopCode: 'TaskFailedToStart', containers: [] }

test('tasks that differ only in ids and addresses stopped for the same reason', () => {
  const first = reasonOf({
    ...TASK,
    reason: 'Task 0a1b2c3d4e5f6a7b8c9d failed (10.0.12.7 port 8080) in target-group web',
  })
  const second = reasonOf({
    ...TASK,
    reason: 'Task ffeeddccbbaa99887766 failed (10.0.99.1 port 8080) in target-group web',
  })
  expect(first).toBe(second)
  expect(first).toBe('TaskFailedToStart; Task … failed (… port 8080) in target-group web')
})

test('tells the exit code and the reason of each container that did not end well', () => {
  const containers = [
    { name: 'web', reason: 'OutOfMemoryError: Container killed due to memory usage', exitCode: 137 },
    { name: 'sidecar', reason: '', exitCode: 0 },
  ]
  expect(
    reasonOf({
      ...TASK,
      stopCode: 'EssentialContainerExited',
      reason: 'Essential container in task exited',
      containers,
    }),
  ).toBe(
    'EssentialContainerExited; Essential container in task exited; container web: exit code 137, OutOfMemoryError: Container killed due to memory usage',
  )
})

test('a message of many lines becomes one of bounded length', () => {
  const reason = reasonOf({ ...TASK, reason: `::error::x\n${'y'.repeat(5_000)}` })
  expect(reason).not.toContain('\n')
  expect(reason.length).toBeLessThan(700)
})

const STARTING = snapshot('SRPPPPPP', { taskSets: taskSets(0, { running: 0, pending: 2 }) })

function stoppedTask(startedBy: string) {
  return { taskArn: `arn:aws:ecs:task/${startedBy}`, startedBy, lastStatus: 'STOPPED', stopCode: 'TaskFailedToStart' }
}

/** Looks every five seconds for so many seconds while the replacement starts. */
async function watched(forSeconds: number, { seen = STARTING, failFast = 0, tasks = [stoppedTask('ecs-svc/2')] } = {}) {
  const events = [{ id: 'e1', createdAt: 1, message: '(service web) was unable to place a task.' }]
  const aws = handAws(
    {},
    {
      answers: {
        ListTasks: () => ({ taskArns: tasks.map(({ taskArn }) => taskArn) }),
        DescribeTasks: () => ({ tasks }),
        DescribeServices: () => ({ services: [wireService({ events })] }),
      },
    },
  )
  const told: string[] = []
  const look = watchReplacementTasks(aws.world, {
    service: serviceOf(),
    failFast,
    onStopped: (reason) => told.push(reason),
    onServiceEvent: (message) => told.push(message),
    onDenied: () => told.push('denied'),
    onReadTrouble: () => told.push('trouble'),
  })
  const looks: number[] = []
  let reason: string | undefined
  for (let second = 0; second <= forSeconds; second += 5) {
    const before = aws.asked.length
    reason ??= await look(seen)
    if (aws.asked.length > before) looks.push(second)
    await aws.clock.sleep(5_000)
  }
  return { looks, told, reason }
}

test('tasks of the replacement are looked at after 45 s and every 30 s from then on', async () => {
  const { looks, told, reason } = await watched(140)
  expect(looks).toEqual([45, 75, 105, 135])
  expect(told).toEqual(['TaskFailedToStart', '(service web) was unable to place a task.'])
  expect(reason).toBeUndefined()
})

test.each([
  ['of which all tasks run', snapshot('SRPPPPPP', { taskSets: taskSets(0) })],
  ['that is not there yet', snapshot('SRPPPPPP')],
  ['that is installed', { ...STARTING, events: snapshot('SSRPPPPP').events }],
  ['of a deployment that has ended', { ...STARTING, status: 'failed' as const }],
  ['of a deployment whose events cannot be seen', { ...STARTING, eventsAreStale: true }],
])('tasks of a replacement %s are not looked at', async (_name, seen) => {
  expect((await watched(60, { seen })).looks).toEqual([])
})

test('as many tasks of the replacement as were asked for, stopped for one reason, are a reason to give up', async () => {
  const tasks = [stoppedTask('ecs-svc/2'), stoppedTask('ecs-svc/2'), stoppedTask('ecs-svc/1')]
  const { reason } = await watched(60, { failFast: 2, tasks })
  expect(reason).toBe('2 replacement tasks stopped for the same reason before any was healthy: TaskFailedToStart')
  expect((await watched(60, { failFast: 3, tasks })).reason).toBeUndefined()
})
