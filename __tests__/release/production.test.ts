import { describe, expect, test } from '@jest/globals'
import { renderReport } from '../../src/report/report-json.ts'
import type { Fault, Scenario } from '../../tools/simulator/scenario.ts'
import { baseScenario, withGroup } from '../../tools/simulator/scenarios.ts'
import { DENIED, EXPIRED, fault, UNAVAILABLE } from '../support/faults.ts'
import { factOf } from '../support/markdown.ts'
import { expectValidReport } from '../support/report-schema.ts'
import { simulateRelease } from '../support/simulated-release.ts'

const FOR_EVER = 100_000
const HOOK = { 'after-allow-test-traffic-hook': 'CodeDeployHook_validate' } as const
const LINEAR = 'CodeDeployDefault.ECSLinear10PercentEvery1Minutes'
const UNSEEN = { 'replacement-traffic': '', production: '' }

const PASSES: Scenario['hookPlans'] = {
  CodeDeployHook_validate: { answer: 'Succeeded', afterSeconds: 5, log: [] },
}

/** A release that meets a fault; its hook fails 5 s after it is called. */
async function releaseWith(faults: Fault[], change: Partial<Scenario> = {}) {
  const hookPlans: Scenario['hookPlans'] = { CodeDeployHook_validate: { answer: 'Failed', afterSeconds: 5, log: [] } }
  const ended = await simulateRelease({ scenario: { ...baseScenario, hookPlans, faults, ...change }, inputs: HOOK })
  expectValidReport(ended.release)
  return { ...ended, message: ended.annotation?.message ?? '', report: JSON.parse(renderReport(ended.release)) }
}

const noRollback = { world: withGroup(baseScenario.world, { rollbackOn: [] }) }
const linear = { world: withGroup(baseScenario.world, { deploymentConfig: LINEAR }), hookPlans: PASSES }
const allDenied = [fault('GetDeploymentTarget', DENIED, FOR_EVER)]

describe('when lifecycle events were never seen', () => {
  test('nothing is said of how far the deployment, its hooks and the shift had come', async () => {
    const { outputs, message, summary, release } = await releaseWith(allDenied, noRollback)
    expect(outputs).toMatchObject({ status: 'failed', ...UNSEEN })
    expect(JSON.parse(outputs['hook-results'])).toMatchObject([{ result: 'unknown' }])
    expect(message).toContain('failed: HOOK_EXECUTION_FAILURE')
    expect(message).not.toMatch(/never left|first lifecycle event/)
    expect(message).toMatch(/How production is split could not be seen; the PRIMARY task set runs web:1 \(read /)
    expect(message).toContain('Look at the production listener: it may reach both task sets.')
    expect(summary).toMatch(/\n- AfterAllowTestTraffic: hook .* unknown\n/)
    expect(release.snapshot?.eventsAreStale).toBe(true)
  })

  test('an alarm is told without how far the shift had come', async () => {
    const alarms = [{ name: 'web-5xx', after: { event: 'AllowTraffic' as const, seconds: 30 } }]
    const { outputs, message } = await releaseWith(allDenied, { ...noRollback, alarms, hookPlans: PASSES })
    expect(outputs).toMatchObject({ status: 'failed', ...UNSEEN })
    expect(message).toContain('was stopped: alarm web-5xx went off (ALARM_ACTIVE).')
  })

  test('a rollback that succeeded says that the original serves, and not that it does so again', async () => {
    const { outputs, message } = await releaseWith(allDenied)
    expect(outputs).toMatchObject({ status: 'rolled-back', production: 'web:1', 'replacement-traffic': '0' })
    expect(message).toContain('Production runs web:1 (read 12:02:')
  })
})

describe('when the last reading is old', () => {
  test('a release that could not be read at the end of its time is unknown, and says what was last seen and when', async () => {
    const { outputs, message, summary, report } = await releaseWith([fault('*', UNAVAILABLE, FOR_EVER, 76)])
    expect(outputs).toMatchObject({ status: 'unknown', ...UNSEEN })
    expect(message).not.toContain('never left')
    expect(message).toContain('What serves production could not be seen. When it was last seen at 12:01:')
    expect(message).toContain(', production ran web:1.')
    expect(report.traffic).toMatchObject({ production: null, readAt: null, lastSeen: { production: 'web:1' } })
    expect(report.traffic.lastSeen.readAt).toMatch(/^2026-08-08T12:01:/)
    expect(factOf(summary, 'Production when last seen')).toMatch(/^`web:1` \(read 2026-08-08 12:01:\d\dZ\)$/)
    expect(summary).not.toContain('Production now')
    expect(factOf(summary, 'Deployment')).toMatch(/ by CodeDeploy: InProgress \(read 2026-08-08 12:0/)
  })

  test('a release that could not be read at the end of its time asks ECS, which tells when everything has moved', async () => {
    const faults = ['GetDeployment', 'GetDeploymentTarget'].map((name) => fault(name, UNAVAILABLE, FOR_EVER, 76))
    const { outputs, message } = await releaseWith(faults, { hookPlans: PASSES })
    expect(outputs).toMatchObject({ status: 'unknown', production: 'web:2', 'replacement-traffic': '100' })
    expect(message).toMatch(/Production runs web:2 \(read 13:\d\d:/)
  })

  test('credentials that expire in mid-shift leave what was last seen', async () => {
    const { outputs, message } = await releaseWith([fault('*', EXPIRED, FOR_EVER, 200)], linear)
    expect(outputs).toMatchObject({ status: 'unknown', ...UNSEEN })
    expect(message).toContain('When it was last seen at 12:03:')
    expect(message).toContain('production ran web:1 80% / web:2 20%.')
  })

  test('a rollback that is lost from sight leaves open what serves', async () => {
    const alarms = [{ name: 'web-5xx', after: { event: 'AllowTraffic' as const, seconds: 70 } }]
    const faults = [fault('*', EXPIRED, FOR_EVER, 245)]
    const change = { ...linear, alarms, timings: { rollbackRun: 60 } }
    const { outputs, message } = await releaseWith(faults, change)
    expect(outputs).toMatchObject({ status: 'unknown', 'rollback-status': 'unknown', ...UNSEEN })
    expect(outputs['rollback-deployment-id']).toMatch(/^d-/)
    expect(message).toMatch(/What serves production could not be seen\. When it was last seen at 12:0[34]:\d\dZ, /)
  })
})

test('production never left the original only where the events of the end show it', async () => {
  const { outputs, message } = await releaseWith([], noRollback)
  expect(outputs).toMatchObject({ status: 'failed', production: 'web:1', 'replacement-traffic': '0' })
  expect(message).toContain('Production traffic never left the original (web:1).')
})
