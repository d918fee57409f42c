import { expect, test } from '@jest/globals'
import { reasonOf, watchReplacementTasks } from '../../src/follow/replacement-tasks.ts'
import { withoutIds } from '../../src/follow/same-reason.ts'
import { serviceOf } from '../support/group-parts.ts'
import { handAws, wireService } from '../support/hand-aws.ts'
import { snapshot, taskSets } from '../support/snapshots.ts'

const TASK = { arn: 'arn', startedBy: 'ecs-svc/2', stoppedAtMs: 0, stopCode: 'TaskFailedToStart', containers: [] }

test('the reason of a task is shown as ECS says it, with its ids', () => {
  const reason = 'Task 0a1b2c3d4e5f6a7b8c9d failed (10.0.12.7 port 8080) in target-group web'
  expect(reasonOf({ ...TASK, reason })).toBe(`TaskFailedToStart; ${reason}`)
})

const SECRET = (session: string, id: string) =>
  `ResourceInitializationError: unable to retrieve secret from asm: User: arn:aws:sts::123456789012:assumed-role/execution/${session} is not authorized to perform: secretsmanager:GetSecretValue, request id: ${id}`

test.each([
  [
    'ids and addresses',
    'Task 0a1b2c3d4e5f6a7b8c9d failed (10.0.12.7 port 8080)',
    'Task ffeeddccbbaa99887766 failed (10.0.99.1 port 8080)',
  ],
  [
    'a request id and a session',
    SECRET('28f5c1f0d1e94fd48c7b08c6a8e5cd4b', '7d4a0c1e-0f6b-4a57-9d0e-5f1c2b3a4d5e'),
    SECRET('b0e2d6d9a0f861575e1cdf65a0b5efed', '372eaf42-5b4d-433b-acd3-9692b4aafb1e'),
  ],
  ['a named session', SECRET('ecs-agent-one', 'AAAA1111'), SECRET('ecs-agent-two', 'BBBB2222')],
  [
    'ids of S3',
    'AccessDenied: RequestID: VCX3P5ZZ8ZTEXAMPLE, HostID: fH3x/k+9=',
    'AccessDenied: RequestID: ABC9K2LM0PQEXAMPLE, HostID: z0Yt+a7/8=',
  ],
  [
    'a port that ECS gave out',
    'instance i-0abc123def4567890 port 49153 is unhealthy',
    'instance i-0fed765cba1234567 port 49201 is unhealthy',
  ],
  ['a time', 'timed out at 2026-08-08T12:00:01Z', 'timed out at 2026-08-08T12:07:59Z'],
])('reasons that differ only in %s are one', (_name, one, other) => {
  expect(withoutIds(one)).toBe(withoutIds(other))
})

test.each([
  ['exit codes', 'container web: exit code 1', 'container web: exit code 137'],
  ['statuses', 'Health checks failed with these codes: [502]', 'Health checks failed with these codes: [404]'],
  ['modules', "Cannot find module '/app/server.js'", "Cannot find module '/app/worker.js'"],
  [
    'tags of an image',
    'CannotPullContainerError: web:1.1.0 not found',
    'CannotPullContainerError: web:1.2.0 not found',
  ],
])('reasons that differ in %s are two', (_name, one, other) => {
  expect(withoutIds(one)).not.toBe(withoutIds(other))
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
  ).toBe('container web: exit code 137, OutOfMemoryError: Container killed due to memory usage')
})

test.each<[string, number | undefined, string, string]>([
  [
    'that never ran, by its reason alone',
    undefined,
    'CannotPullContainerError',
    'container web: CannotPullContainerError',
  ],
  ['that gives a reason and ended with 0', 0, 'stopped', 'container web: exit code 0, stopped'],
  ['that ended with 1 and says nothing', 1, '', 'container web: exit code 1'],
])('tells of a container %s', (_what, exitCode, reason, told) => {
  const containers = [{ name: 'web', exitCode, reason }]
  expect(reasonOf({ ...TASK, reason: '', containers })).toBe(`TaskFailedToStart; ${told}`)
})

test('a container that neither gives a reason nor has ended is not told', () => {
  const containers = [{ name: 'web', exitCode: undefined, reason: '' }]
  expect(reasonOf({ ...TASK, reason: '', containers })).toBe('TaskFailedToStart')
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
  ['that is to be installed', { ...STARTING, events: snapshot('RPPPPPPP').events }],
  ['of a deployment that has ended', { ...STARTING, status: 'failed' as const }],
  ['of a deployment whose events cannot be seen', { ...STARTING, eventsAreStale: true }],
])('tasks of a replacement %s are not looked at', async (_name, seen) => {
  expect((await watched(60, { seen })).looks).toEqual([])
})

test('tasks that stop once all of them ran are looked at too, and are no reason to give up', async () => {
  const seen = { ...STARTING, events: snapshot('SSSSSSRP').events }
  const { told, reason } = await watched(60, { seen, failFast: 1 })
  expect(told).toContain('TaskFailedToStart')
  expect(reason).toBeUndefined()
})

test('tasks that nobody wanted any more are no reason', async () => {
  const task = { ...stoppedTask('ecs-svc/2'), stoppedReason: 'Scaling activity initiated by (deployment ecs-svc/9)' }
  const { told, reason } = await watched(60, { failFast: 1, tasks: [task] })
  expect(told).toEqual(['(service web) was unable to place a task.'])
  expect(reason).toBeUndefined()
})

test('as many tasks of the replacement as were asked for, stopped for one reason, are a reason to give up', async () => {
  const tasks = [stoppedTask('ecs-svc/2'), stoppedTask('ecs-svc/2'), stoppedTask('ecs-svc/1')]
  const { reason } = await watched(60, { failFast: 2, tasks })
  expect(reason).toBe('2 replacement tasks stopped for the same reason before any was healthy: TaskFailedToStart')
  expect((await watched(60, { failFast: 3, tasks })).reason).toBeUndefined()
})
