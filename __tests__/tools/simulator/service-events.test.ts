import type { Service } from '@aws-sdk/client-ecs'
import { expect, test } from '@jest/globals'
import { SIMULATION_START_MS } from '../../../tools/simulator/clock.ts'
import type { Wire } from '../../../tools/simulator/protocol/operation.ts'
import type { Scenario } from '../../../tools/simulator/scenario.ts'
import { scenarios } from '../../../tools/simulator/scenarios.ts'
import { DirectAccount } from './support/account.ts'
import { appSpec } from './support/revision.ts'

/** Oldest first, since the start, with ids left out: what ECS told by then. */
function toldBy(scenario: Scenario, seconds: number): string[] {
  const direct = new DirectAccount(scenario)
  direct.create(appSpec('web:1'))
  direct.ms = seconds * 1000
  const { services } = direct.call('DescribeServices', { cluster: 'demo', services: ['web'] }).output
  const [service] = services as Wire<Service>[]
  const events = (service?.events ?? []).filter(({ createdAt = 0 }) => createdAt * 1000 >= SIMULATION_START_MS)
  return events.reverse().map(({ createdAt = 0, message = '' }) => {
    const at = Math.round(createdAt * 1000 - SIMULATION_START_MS) / 1000
    return `${at} ${message
      .replace(/task [0-9a-f]{32}/g, 'task')
      .replace(/arn:\S+targetgroup\/(web-tg-\d)\/[0-9a-f]{16}/, '$1')
      .replace(/ecs-svc\/\d+/g, 'ecs-svc')}`
  })
}

// Texts and their task sets: observed in answers of 2019 to 2025.
test('a release tells of its tasks, of the steady state, and of the original that is drained', () => {
  expect(toldBy(scenarios.success, 800)).toEqual([
    '3.45 (service web) updated computedDesiredCount for taskSet ecs-svc to 2.',
    '3.45 (service web, taskSet ecs-svc) has started 2 tasks: (task) (task).',
    '63.45 (service web, taskSet ecs-svc) registered 1 targets in (target-group web-tg-2)',
    '93.45 (service web, taskSet ecs-svc) registered 1 targets in (target-group web-tg-2)',
    '123.45 (service web, taskSet ecs-svc) updated state to STEADY_STATE.',
    '123.45 (service web) has reached a steady state.',
    '728.65 (service web) has stopped 2 running tasks: (task) (task).',
    '728.65 (service web) deregistered 2 targets in (target-group web-tg-1)',
    '728.65 (service web, taskSet ecs-svc) has begun draining connections on 2 tasks.',
  ])
})

test('tasks that stop by themselves are started again and again, and every minute it is called impaired', () => {
  expect(toldBy(scenarios['never-healthy'], 64)).toEqual([
    '3.45 (service web) updated computedDesiredCount for taskSet ecs-svc to 2.',
    '3.45 (service web, taskSet ecs-svc) has started 2 tasks: (task) (task).',
    '33.45 (service web, taskSet ecs-svc) registered 1 targets in (target-group web-tg-2)',
    '63.45 (service web, taskSet ecs-svc) has started 1 tasks: (task).',
    '63.45 (service web, taskSet ecs-svc) registered 1 targets in (target-group web-tg-2)',
    '63.45 (service web, taskSet ecs-svc) deregistered 1 targets in (target-group web-tg-2)',
    '63.45 (service web) is unable to consistently start tasks successfully.',
  ])
})

test('tasks that fail the health checks of the load balancer are called unhealthy', () => {
  const stopped = {
    stopCode: 'ServiceSchedulerInitiated',
    stoppedReason: 'Task failed ELB health checks in (target-group)',
  }
  const scenario = scenarios['never-healthy']
  const told = toldBy({ ...scenario, replacement: { ...scenario.replacement, stopped } }, 64)
  expect(told).toContain(
    '63.45 (service web, taskSet ecs-svc) (port 8080) is unhealthy in (target-group web-tg-2) due to (reason Health checks failed).',
  )
})

test('no more than the hundred latest are told, newest first', () => {
  const direct = new DirectAccount(scenarios['never-healthy'])
  direct.create(appSpec('web:1'))
  direct.ms = 3_600_000
  const { services } = direct.call('DescribeServices', { cluster: 'demo', services: ['web'] }).output
  const times = ((services as Wire<Service>[])[0]?.events ?? []).map(({ createdAt = 0 }) => createdAt)
  expect(times).toHaveLength(100)
  expect(times).toEqual(times.toSorted((one, other) => other - one))
})
