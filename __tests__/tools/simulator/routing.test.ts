import { expect, test } from '@jest/globals'
import { targetGroupName } from '../../../tools/simulator/names.ts'
import type { Scenario } from '../../../tools/simulator/scenario.ts'
import { baseScenario, scenarios } from '../../../tools/simulator/scenarios.ts'
import { DirectAccount } from './support/account.ts'
import { HOOK } from './support/rehearsal.ts'
import { appSpec } from './support/revision.ts'

/**
 * Both listeners, moment by moment. In the demo world the original is behind web-tg-1, and until a release has moved it
 * the test listener points at the other one, which is empty (observed in two captures of real deployments).
 */

type Course = [seconds: number, testListener: string, production: [number, number]][]

const AFTER_TEST: Course = [
  [0, 'web-tg-2', [100, 0]],
  [125.15, 'web-tg-2', [100, 0]],
]

const courses: [string, Scenario, Course][] = [
  [
    'S1: after success both serve the replacement',
    scenarios.success,
    [
      ...AFTER_TEST,
      [146.49, 'web-tg-2', [100, 0]],
      [146.5, 'web-tg-2', [90, 10]],
      [446.49, 'web-tg-2', [90, 10]],
      [446.5, 'web-tg-2', [0, 100]],
      [9000, 'web-tg-2', [0, 100]],
    ],
  ],
  [
    'S2: a rollback before the shift leaves the test listener where it was when the deployment started',
    scenarios['hook-fails'],
    [...AFTER_TEST, [145.4, 'web-tg-2', [100, 0]], [146.4, 'web-tg-2', [100, 0]]],
  ],
  [
    'S3: without a rollback the test listener stays with the replacement',
    scenarios['hook-fails-no-rollback'],
    [...AFTER_TEST, [145.4, 'web-tg-2', [100, 0]], [9000, 'web-tg-2', [100, 0]]],
  ],
  [
    'S6: a rollback during the shift gives production back',
    scenarios.alarm,
    [...AFTER_TEST, [215.99, 'web-tg-2', [90, 10]], [216, 'web-tg-2', [100, 0]]],
  ],
  [
    'S14: a rollback that fails moves neither',
    { ...scenarios.alarm, rollbackFails: true },
    [...AFTER_TEST, [9000, 'web-tg-2', [90, 10]]],
  ],
  [
    'a production listener that was changed by somebody else is not moved',
    { ...baseScenario, listenerEdited: true },
    [
      [0, 'web-tg-2', [100, 0]],
      [9000, 'web-tg-2', [100, 0]],
    ],
  ],
]

test.each(courses)('%s', (_, scenario, course) => {
  const direct = new DirectAccount(scenario)
  direct.create(appSpec('web:1', { AfterAllowTestTraffic: HOOK }))
  for (const [seconds, testListener, production] of course) {
    const { service } = direct.at(seconds)
    const seen = [seconds, targetGroupName('web', service?.test ?? 0), service?.production]
    expect(seen).toEqual([seconds, testListener, production])
  }
})

test('from the second release on the test listener moves when AllowTestTraffic has ended, and back with a rollback', () => {
  const direct = new DirectAccount(scenarios.success)
  direct.create(appSpec('web:1'))
  direct.at(1000)
  direct.create(appSpec('web:1', { AfterAllowTestTraffic: 'CodeDeployHook_gone' }))
  const seen = [1125.14, 1125.15, 1126.39, 1127.4].map((seconds) => {
    const { service } = direct.at(seconds)
    return [seconds, targetGroupName('web', service?.test ?? 0), service?.production]
  })
  expect(seen).toEqual([
    [1125.14, 'web-tg-2', [0, 100]],
    [1125.15, 'web-tg-1', [0, 100]],
    [1126.39, 'web-tg-1', [0, 100]],
    [1127.4, 'web-tg-2', [0, 100]],
  ])
})

test('a production listener that was changed ends the deployment before there is a replacement (observed), with the listener named', () => {
  const direct = new DirectAccount({ ...baseScenario, listenerEdited: true })
  direct.create(appSpec('web:1'))
  const { deployments, service } = direct.at(300)
  expect(deployments[0]?.events.map(({ status }) => status).join(' ')).toMatch(/^Succeeded Failed( Skipped){6}$/)
  expect([deployments.length, service?.taskSets.length]).toEqual([1, 1])
  expect(deployments[0]?.error).toEqual({
    code: 'ELASTIC_LOAD_BALANCING_INVALID',
    message: expect.stringMatching(
      /^The ELB could not be updated due to the following error: Primary taskset target group must be behind listener arn:/,
    ),
  })
})
