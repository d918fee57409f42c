import { expect, test } from '@jest/globals'
import { reasonOf } from '../../src/follow/replacement-tasks.ts'

const TASK = { arn: 'arn', startedBy: 'ecs-svc/2', stoppedAtMs: 0, stopCode: 'TaskFailedToStart', containers: [] }

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
