import { describe, expect, test } from '@jest/globals'
import type { Scenario } from '../../tools/simulator/scenario.ts'
import { scenarios, withGroup } from '../../tools/simulator/scenarios.ts'
import { simulateRelease } from '../support/simulated-release.ts'

/** A release of the simplest kind, whose deployment ends as soon as production has moved. */
function behindBy(targetLag: number): Scenario {
  const { 'no-hooks': simple } = scenarios
  return { ...simple, timings: { ...simple.timings, targetLag } }
}

describe('a deployment whose lifecycle events are shown late', () => {
  test.each([5, 20, 50])('is told as it ended when they are %s s behind: they are read again', async (seconds) => {
    const { outputs, release, summary } = await simulateRelease({ scenario: behindBy(seconds) })
    expect(outputs).toMatchObject({ status: 'succeeded', production: 'web:2', 'replacement-traffic': '100' })
    expect(release.snapshot?.events.every(({ status }) => status === 'succeeded')).toBe(true)
    expect(summary).not.toContain('never left the original')
    expect(summary).not.toContain('contradicts itself')
  })

  test('is told as contradicting itself, never as released and not released, when they do not catch up', async () => {
    const { outputs, summary, log } = await simulateRelease({ scenario: behindBy(100) })
    expect(outputs).toMatchObject({ status: 'succeeded', production: 'web:2', 'replacement-traffic': '100' })
    expect(summary).toContain('CodeDeploy contradicts itself: it says that the deployment is Succeeded, and showed at ')
    expect(summary).toMatch(/that \w+ is still running\. The lifecycle events are not taken for how it ended\./)
    expect(summary).toContain('As they were last seen at')
    for (const told of [summary, log.join('\n')]) expect(told).not.toContain('never left the original')
  })

  test('is not said to have left production alone when it failed during the shift', async () => {
    const dies = scenarios['task-dies']
    for (const targetLag of [20, 90]) {
      const { outputs, annotation } = await simulateRelease({
        scenario: { ...dies, timings: { ...dies.timings, targetLag } },
      })
      expect(outputs).toMatchObject({ status: 'rolled-back', production: 'web:1' })
      expect(annotation?.message).not.toContain('never left the original')
      expect(annotation?.message).not.toMatch(/failed (after|before)/)
    }
  })

  test('is not rolled back or failed for that', async () => {
    const group = { deploymentConfig: 'CodeDeployDefault.ECSAllAtOnce', terminationWaitMinutes: 0 }
    const hook = { 'after-allow-traffic-hook': 'CodeDeployHook_validate' } as const
    const scenario = {
      ...scenarios.success,
      world: withGroup(scenarios.success.world, group),
      timings: { targetLag: 20 },
    }
    const { outputs, writes } = await simulateRelease({ scenario, inputs: hook })
    expect(outputs.status).toBe('succeeded')
    expect(outputs['hook-results']).toContain('"result":"succeeded"')
    expect(writes).not.toContain('StopDeployment')
  })
})

test('a success that ECS shows while the last events cannot be read and may still run says what is assumed', async () => {
  const denied = scenarios['denied-targets']
  const scenario = { ...denied, timings: { ...denied.timings, afterAllowTraffic: 60 } }
  const { outputs, release, summary } = await simulateRelease({ scenario })
  expect(outputs).toMatchObject({ status: 'succeeded', production: 'web:2' })
  expect(release.snapshot?.status).toBe('running')
  expect(summary).toContain(
    'Its lifecycle events could not be read: that the last of them are done is assumed, because the replacement task set has been PRIMARY for some seconds (CodeDeploy status: InProgress).',
  )
  const whole = await simulateRelease({ scenario, inputs: { 'wait-for': 'completion' } })
  expect(whole.release.snapshot?.status).toBe('succeeded')
  expect(whole.summary).not.toContain('is assumed')
})
