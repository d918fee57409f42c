import { type CodeDeployClient, GetDeploymentCommand } from '@aws-sdk/client-codedeploy'
import { describe, expect, test } from '@jest/globals'
import { SIMULATION_START_MS } from '../../tools/simulator/clock.ts'
import type { HookPlan } from '../../tools/simulator/scenario.ts'
import { baseScenario, withGroup } from '../../tools/simulator/scenarios.ts'
import { DENIED, fault, UNAVAILABLE } from '../support/faults.ts'
import { clientsFor, type SimulatedReleaseOptions, simulateRelease } from '../support/simulated-release.ts'

const FOR_EVER = 100_000
const HOOK = { 'after-allow-traffic-hook': 'CodeDeployHook_validate' } as const

/** A release of the base scenario whose last hook answers after 40 s. */
async function releaseWithLastHook(answer: HookPlan['answer'], change: Partial<SimulatedReleaseOptions>) {
  const hookPlans = { CodeDeployHook_validate: { answer, afterSeconds: 40, log: [] } }
  return await simulateRelease({ scenario: { ...baseScenario, hookPlans }, inputs: HOOK, ...change })
}

describe('without the right to read lifecycle events', () => {
  test('waits for the end of the deployment when its last event has a hook, and sees that hook fail', async () => {
    const { outputs, log, release } = await releaseWithLastHook('Failed', {
      prepare: ({ simulator }) => simulator.addFault(fault('GetDeploymentTarget', DENIED, FOR_EVER)),
    })
    expect(outputs).toMatchObject({ status: 'rolled-back', production: 'web:1', 'replacement-traffic': '0' })
    const told = release.warnings.filter((warning) => warning.includes('GetDeploymentTarget was denied'))
    expect(told).toHaveLength(1)
    expect(told[0]).toContain('hook CodeDeployHook_validate (AfterAllowTraffic)')
    expect(log.filter((line) => line.includes('GetDeploymentTarget was denied'))).toHaveLength(1)
  })

  test('calls it a success only when the deployment has succeeded, if its last event has a hook', async () => {
    const { outputs, release } = await releaseWithLastHook('Succeeded', {
      prepare: ({ simulator }) => simulator.addFault(fault('GetDeploymentTarget', DENIED, FOR_EVER)),
    })
    expect(outputs).toMatchObject({ status: 'succeeded', production: 'web:2', 'replacement-traffic': '100' })
    expect(release.snapshot?.status).toBe('succeeded')
  })

  test('takes PRIMARY for the finish line when the last event has no hook', async () => {
    const { outputs, release } = await simulateRelease({
      scenario: baseScenario,
      prepare: ({ simulator }) => simulator.addFault(fault('GetDeploymentTarget', DENIED, FOR_EVER)),
    })
    expect(outputs).toMatchObject({ status: 'succeeded', production: 'web:2' })
    expect(release.snapshot?.status).toBe('running')
  })

  test.each(['after-test-hook', 'during-test-hook'] as const)(
    'continues nothing by itself when its test hook cannot be seen, with Ready shown %s',
    async (readyShown) => {
      const world = withGroup(baseScenario.world, { ready: { action: 'STOP_DEPLOYMENT', waitMinutes: 20 } })
      const { outputs, writes, release } = await simulateRelease({
        scenario: { ...baseScenario, world, assumptions: { readyShown } },
        inputs: { 'after-allow-test-traffic-hook': 'CodeDeployHook_validate', 'auto-promote': 'true' },
        prepare: ({ simulator }) => simulator.addFault(fault('GetDeploymentTarget', DENIED, FOR_EVER)),
      })
      expect(writes).toEqual(['RegisterTaskDefinition', 'CreateDeployment'])
      expect(outputs.status).toBe('failed')
      expect(release.warnings.filter((warning) => warning.includes('so this step does not continue it'))).toHaveLength(
        1,
      )
    },
  )

  test('tries again later, because a denial can pass', async () => {
    const { outputs, release } = await releaseWithLastHook('Succeeded', {
      prepare: ({ simulator }) => simulator.addFault(fault('GetDeploymentTarget', DENIED, 2)),
    })
    expect(outputs.status).toBe('succeeded')
    expect(release.snapshot?.events.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 'succeeded'))
  })

  test('looks at the lifecycle events once more when the deployment has ended', async () => {
    const { outputs, annotation } = await releaseWithLastHook('Failed', {
      prepare: ({ simulator }) => simulator.addFault(fault('GetDeploymentTarget', DENIED, 3)),
    })
    expect(outputs.status).toBe('rolled-back')
    expect(annotation?.message).toContain('failed at AfterAllowTraffic: hook CodeDeployHook_validate failed')
  })
})

describe('while lifecycle events cannot be read although nothing denies them', () => {
  test('follows by the status alone after some failed looks', async () => {
    const { outputs, log } = await simulateRelease({
      scenario: baseScenario,
      inputs: { 'wait-for': 'completion' },
      prepare: ({ simulator }) => simulator.addFault(fault('GetDeploymentTarget', UNAVAILABLE, FOR_EVER, 76)),
    })
    expect(outputs).toMatchObject({ status: 'succeeded', production: 'web:2' })
    expect(log.filter((line) => line.includes('GetDeploymentTarget keeps failing'))).toHaveLength(1)
  })

  test('sees them again when they can be read again', async () => {
    const { outputs, release } = await releaseWithLastHook('Succeeded', {
      prepare: ({ simulator }) => simulator.addFault(fault('GetDeploymentTarget', UNAVAILABLE, 20, 76)),
    })
    expect(outputs.status).toBe('succeeded')
    expect(release.snapshot).toMatchObject({ status: 'running', eventsAreStale: false })
  })

  test('reads the status once more before it times out', async () => {
    const { outputs } = await simulateRelease({
      scenario: { ...baseScenario, world: withGroup(baseScenario.world, { terminationWaitMinutes: 0 }) },
      inputs: { 'wait-for-minutes': '8' },
      prepare: ({ simulator }) => simulator.addFault(fault('GetDeploymentTarget', UNAVAILABLE, FOR_EVER, 410)),
    })
    expect(outputs.status).toBe('succeeded')
  })

  test('finds the rollback of a deployment that ended meanwhile', async () => {
    const { outputs } = await releaseWithLastHook('Failed', {
      prepare: ({ simulator }) => simulator.addFault(fault('GetDeploymentTarget', UNAVAILABLE, FOR_EVER, 440)),
    })
    expect(outputs).toMatchObject({ status: 'rolled-back', 'rollback-status': 'succeeded' })
  })
})

test('reads the events again when the deployment ends between the two readings of one look', async () => {
  const world: NonNullable<SimulatedReleaseOptions['world']> = {}
  const allAtOnce = { deploymentConfig: 'CodeDeployDefault.ECSAllAtOnce', terminationWaitMinutes: 0 }
  const { outputs, release } = await simulateRelease({
    scenario: { ...baseScenario, world: withGroup(baseScenario.world, allAtOnce) },
    world,
    prepare: ({ simulator, clock }) => {
      const { codeDeploy } = clientsFor(simulator.url)
      const send = codeDeploy.send.bind(codeDeploy) as (...args: unknown[]) => Promise<unknown>
      const slowStatus = async (...args: unknown[]) => {
        const isSlow = args[0] instanceof GetDeploymentCommand && clock.now() > SIMULATION_START_MS + 80_000
        if (isSlow) await clock.sleep(25_000)
        return await send(...args)
      }
      world.codeDeploy = Object.assign(codeDeploy, { send: slowStatus }) as CodeDeployClient
    },
  })
  world.codeDeploy?.destroy()
  expect(outputs).toMatchObject({ status: 'succeeded', 'replacement-traffic': '100', production: 'web:2' })
  expect(release.snapshot?.events.every(({ status }) => status === 'succeeded')).toBe(true)
})
