import { describe, expect, test } from '@jest/globals'
import { wrapUp } from '../../src/operations/wrap-up.ts'
import { isAtRest, type Release } from '../../src/release-state.ts'
import { renderOutputs } from '../../src/report/outputs.ts'
import { renderReport } from '../../src/report/report-json.ts'
import { verdictParagraph } from '../../src/report/sentences.ts'
import { restoreRelease, saveRelease } from '../../src/step/saved-release.ts'
import { momentOf } from '../../src/time/clock.ts'
import type { Fault, Scenario } from '../../tools/simulator/scenario.ts'
import { baseScenario, scenarios, withGroup } from '../../tools/simulator/scenarios.ts'
import { demoWorld } from '../../tools/simulator/world.ts'
import { expectValidReport } from '../support/report-schema.ts'
import { type SimulatedReleaseOptions, simulateRelease } from '../support/simulated-release.ts'

const HOOK = { 'after-allow-test-traffic-hook': 'CodeDeployHook_validate' }
const ALWAYS = Number.POSITIVE_INFINITY
const THROTTLED = { type: 'error', code: 'ThrottlingException', message: 'Rate exceeded', httpStatus: 400 } as const
const DOWN = { type: 'error', code: 'ServiceUnavailable', message: '', httpStatus: 503 } as const
const EXPIRED = {
  type: 'error',
  code: 'ExpiredTokenException',
  message: 'The security token included in the request is expired',
  httpStatus: 400,
} as const
const DENIED = {
  type: 'error',
  code: 'AccessDeniedException',
  message: 'User: arn:aws:sts::1:assumed-role/r/s is not authorized to perform: codedeploy:StopDeployment',
  httpStatus: 400,
} as const

async function releaseWith(options: Partial<SimulatedReleaseOptions> = {}) {
  const result = await simulateRelease({ scenario: baseScenario, ...options, inputs: { ...HOOK, ...options.inputs } })
  expectValidReport(result.release)
  return { ...result, stops: result.writes.filter((write) => write === 'StopDeployment').length }
}

function cancelledAt(second: number, options: Partial<SimulatedReleaseOptions> = {}) {
  return releaseWith({ ...options, prepare: ({ clock, abort }) => clock.atSecond(second, abort) })
}

function withFaults(...faults: Fault[]): Scenario {
  return { ...baseScenario, faults }
}

describe('a release that is cancelled', () => {
  test.each([
    ['Install', 60],
    ['the hook', 130],
    ['the shift', 200],
  ])('is stopped with rollback during %s, within the seconds that a runner gives', async (_, second) => {
    const { outputs, writes, annotation, clock, release } = await cancelledAt(second)
    expect(outputs).toMatchObject({ status: 'cancelled', 'rollback-status': 'running' })
    expect(writes.filter((write) => write === 'StopDeployment')).toHaveLength(1)
    expect(annotation?.message).toMatch(
      /The workflow run was cancelled; deployment d-\w+ was (told to stop and roll back|stopped)/,
    )
    expect(clock.now() - release.startedAt.atMs).toBeLessThanOrEqual((second + 7) * 1000)
    expect(isAtRest(release)).toBe(false)
  })

  test('goes on when it is to be left', async () => {
    const { outputs, stops, annotation, release } = await cancelledAt(60, { inputs: { 'on-cancel': 'leave' } })
    expect(outputs).toMatchObject({ status: 'cancelled', 'rollback-status': 'none' })
    expect(stops).toBe(0)
    expect(annotation?.message).toContain('goes on without this step')
    expect(isAtRest(release)).toBe(true)
  })

  test('is not taken back once all of production has moved, also when the last reading did not say so yet', async () => {
    const { outputs, stops, annotation } = await cancelledAt(449, { inputs: { 'wait-for': 'completion' } })
    expect(outputs).toMatchObject({ status: 'cancelled', 'rollback-status': 'none', production: 'web:2' })
    expect(stops).toBe(0)
    expect(annotation?.message).toContain('had shifted, so it was not stopped and goes on')
  })

  test('before anything was written is over at once', async () => {
    const { outputs, writes, annotation } = await cancelledAt(0, {
      scenario: withFaults({ operation: 'DescribeServices', count: 1, kind: THROTTLED }),
    })
    expect(outputs).toMatchObject({ status: 'cancelled', 'codedeploy-deployment-id': '' })
    expect(writes).toEqual([])
    expect(annotation?.message).toContain('cancelled before a deployment was created')
  })

  test('is not stopped while nothing can be read, and says so', async () => {
    const { outputs, stops, annotation, release } = await cancelledAt(60, {
      scenario: withFaults({ operation: '*', count: ALWAYS, fromSeconds: 40, kind: DOWN }),
    })
    expect(outputs['status']).toBe('cancelled')
    expect(stops).toBe(0)
    expect(annotation?.message).toContain('could not be read, so it was not stopped')
    expect(isAtRest(release)).toBe(false)
  })

  test('says why it could not be stopped', async () => {
    const { outputs, annotation } = await cancelledAt(60, {
      scenario: withFaults({ operation: 'StopDeployment', count: ALWAYS, kind: DENIED }),
    })
    expect(outputs).toMatchObject({ status: 'cancelled', 'rollback-status': 'none' })
    expect(annotation?.message).toContain('CodeDeploy did not accept the stop (AccessDenied')
  })

  test('while its rollback is followed keeps the cause, and does not say that there is no rollback', async () => {
    const { outputs, annotation } = await cancelledAt(155, {
      scenario: { ...scenarios['hook-fails'], timings: { rollbackRun: 30 } },
    })
    expect(outputs).toMatchObject({ status: 'cancelled', 'rollback-status': 'running' })
    expect(annotation?.message).toContain('hook CodeDeployHook_validate failed')
  })

  test('while its rollback is looked for leaves open whether there is one', async () => {
    const { outputs, annotation } = await cancelledAt(149, {
      scenario: { ...scenarios['hook-fails'], timings: { rollbackGap: 12 } },
    })
    expect(outputs).toMatchObject({ status: 'cancelled', 'rollback-status': 'unknown' })
    expect(annotation?.message).not.toContain('showed none')
  })
})

describe('a release that is not done in time', () => {
  const IN_TWO_MINUTES = { 'wait-for-minutes': '2' }

  test('is left where it is unless something else was asked for', async () => {
    const { outputs, stops, annotation } = await releaseWith({ inputs: IN_TWO_MINUTES })
    expect(outputs['status']).toBe('timed-out')
    expect(stops).toBe(0)
    expect(annotation?.message).toContain('It goes on without this step.')
  })

  test('is stopped, and its rollback followed, with on-timeout: rollback', async () => {
    const { outputs, stops, annotation, log } = await releaseWith({
      inputs: { ...IN_TWO_MINUTES, 'on-timeout': 'rollback' },
    })
    expect(outputs).toMatchObject({ status: 'timed-out', 'rollback-status': 'succeeded', production: 'web:1' })
    expect(stops).toBe(1)
    expect(annotation?.message).toMatch(/was not done after 2 min.*was stopped\. Rollback d-\w+ succeeded\./)
    expect(log.join('\n')).toMatch(/Not done after 2 min; stopping deployment d-\w+ with rollback\./)
  })

  test.each([
    ['left', {}, 'could not be read any longer: when'],
    ['taken back', { 'on-timeout': 'rollback' }, 'could not be read any longer, so it was not stopped: when'],
  ])(
    'is unknown, with when it was last read, if it was to be %s and CodeDeploy cannot be read',
    async (_name, more, text) => {
      const unreadable = ['GetDeployment', 'GetDeploymentTarget'].map((operation) => ({
        operation,
        fromSeconds: 60,
        kind: DOWN,
      }))
      const { outputs, stops, annotation, log, summary } = await releaseWith({
        inputs: { 'wait-for-minutes': '65', ...more },
        scenario: withFaults(...unreadable),
      })
      expect(outputs).toMatchObject({ status: 'unknown', 'rollback-status': 'unknown' })
      expect(stops).toBe(0)
      expect(annotation?.message).toMatch(
        new RegExp(
          `^The 1 h 5 min for deployment d-\\w+ are over, and it ${text} it was last read at 2026-08-08 [0-9:]+Z, it was InProgress\\.`,
        ),
      )
      for (const told of [annotation?.message, summary, log.join('\n')]) expect(told).not.toContain('goes on')
      expect(summary).toContain('As they were last seen at 12:0')
    },
  )

  test('is not taken back once all of production has moved, although its last hook has not answered', async () => {
    const { outputs, stops, annotation } = await releaseWith({
      inputs: {
        ...IN_TWO_MINUTES,
        'on-timeout': 'rollback',
        'after-allow-test-traffic-hook': '',
        'after-allow-traffic-hook': 'CodeDeployHook_validate',
      },
      scenario: {
        ...scenarios['no-hooks'],
        world: withGroup(demoWorld, { deploymentConfig: 'CodeDeployDefault.ECSAllAtOnce' }),
        hookPlans: {},
        timings: { install: 20 },
      },
    })
    expect(outputs).toMatchObject({ status: 'timed-out', 'rollback-status': 'none', production: 'web:2' })
    expect(stops).toBe(0)
    expect(annotation?.message).toContain('had shifted, so it was not stopped and goes on')
  })
})

describe('a release that is given up', () => {
  const failing = scenarios['never-healthy']

  test('asks for the stop again when CodeDeploy was too busy for it', async () => {
    const { outputs, stops, annotation } = await releaseWith({
      scenario: { ...failing, faults: [{ operation: 'StopDeployment', count: 5, kind: THROTTLED }] },
    })
    expect(outputs).toMatchObject({ status: 'rolled-back', 'rollback-status': 'succeeded' })
    expect(stops).toBe(6)
    expect(annotation?.message).toContain('was stopped at Install: 3 replacement tasks')
  })

  test('says that it goes on when CodeDeploy does not let it be stopped', async () => {
    const { outputs, annotation } = await releaseWith({
      scenario: { ...failing, faults: [{ operation: 'StopDeployment', count: ALWAYS, kind: DENIED }] },
    })
    expect(outputs).toMatchObject({ status: 'timed-out', 'rollback-status': 'none' })
    expect(annotation?.message).toMatch(
      /was to be stopped because 3 replacement tasks.*did not accept the stop \(AccessDenied/,
    )
  })

  test('tells how CodeDeploy itself ended it when the stop was refused', async () => {
    const { outputs, annotation } = await releaseWith({
      scenario: {
        ...failing,
        timings: { installTimeout: 500 },
        faults: [{ operation: 'StopDeployment', count: ALWAYS, kind: DENIED }],
      },
    })
    expect(outputs).toMatchObject({ status: 'rolled-back', 'rollback-status': 'succeeded' })
    expect(annotation?.message).toContain('failed at Install: replacement tasks kept stopping: container web')
    expect(annotation?.message).toContain('did not accept the stop (AccessDenied')
  })

  test('a release that is given up, and cancelled while it stops, is cancelled with the rollback running', async () => {
    const { outputs, annotation } = await cancelledAt(89, { scenario: failing, inputs: { 'fail-fast': '1' } })
    expect(outputs).toMatchObject({ status: 'cancelled', 'rollback-status': 'running' })
    expect(annotation?.message).toContain('was told to stop and roll back')
  })
})

describe('a rollback', () => {
  test('a rollback that shows only 48 s after the end is found and followed', async () => {
    const { outputs } = await releaseWith({ scenario: { ...scenarios['hook-fails'], timings: { rollbackGap: 48 } } })
    expect(outputs).toMatchObject({ status: 'rolled-back', 'rollback-status': 'succeeded' })
  })

  test('is not said to have been due after a wait at Ready that ran out, and is found if there is one', async () => {
    const world = withGroup(demoWorld, { ready: { action: 'STOP_DEPLOYMENT', waitMinutes: 1 } })
    const held = { ...baseScenario, world, faults: [{ operation: 'ContinueDeployment', kind: DENIED }] }
    const inputs = { 'auto-promote': 'true' }
    const { outputs, annotation } = await releaseWith({ scenario: held, inputs })
    expect(outputs).toMatchObject({ status: 'failed', 'rollback-status': 'none' })
    expect(annotation?.message).toMatch(/CodeDeploy showed no rollback within (2 min|1 min 5\d s)\./)
    expect(annotation?.message).not.toContain('was due')
    const assumptions = { readyTimeoutRollsBack: true }
    const back = await releaseWith({ scenario: { ...held, assumptions, timings: { rollbackGap: 48 } }, inputs })
    expect(back.outputs).toMatchObject({ status: 'rolled-back', 'rollback-status': 'succeeded' })
  })

  test.each<[string, Omit<Fault, 'count'>]>([
    ['the credentials end', { operation: '*', kind: EXPIRED }],
    ['CodeDeploy is down', { operation: '*', kind: DOWN }],
    ['reading is denied', { operation: 'GetDeployment', kind: DENIED }],
  ])('a rollback that cannot be looked for because %s is unknown, not absent', async (_, fault) => {
    let endIsSeen = () => {}
    const { outputs, annotation } = await releaseWith({
      scenario: { ...scenarios['hook-fails'], timings: { rollbackGap: 12 } },
      prepare: ({ simulator }) => {
        endIsSeen = () => simulator.addFault({ ...fault, count: ALWAYS })
      },
      world: { onRelease: ({ snapshot }) => snapshot?.status === 'failed' && endIsSeen() },
    })
    expect(outputs).toMatchObject({ status: 'unknown', 'rollback-status': 'unknown' })
    expect(annotation?.message).toContain('hook CodeDeployHook_validate failed')
    expect(annotation?.message).toContain('What became of the rollback could not be seen.')
  })

  test('a rollback that somebody else asked for is found, whatever the settings say', async () => {
    const { outputs } = await releaseWith({
      scenario: {
        ...baseScenario,
        world: withGroup(demoWorld, { rollbackOn: ['DEPLOYMENT_STOP_ON_ALARM'] }),
        timings: { rollbackGap: 12 },
      },
      prepare: ({ clock, simulator }) => {
        clock.atSecond(200, async () => {
          const id = deploymentIdIn(simulator.calls)
          await fetch(simulator.url, {
            method: 'POST',
            headers: { 'x-amz-target': 'CodeDeploy_20141006.StopDeployment' },
            body: JSON.stringify({ deploymentId: id, autoRollbackEnabled: true }),
          })
        })
      },
    })
    expect(outputs).toMatchObject({ status: 'rolled-back', 'rollback-status': 'succeeded' })
  })
})

describe('what a step left behind when it was lost', () => {
  /** Cancels or loses a release, then wraps it up from what was saved, as the post step does. */
  async function wrapped(second: number, options: Partial<SimulatedReleaseOptions> = {}, lost?: Partial<Release>) {
    let last: Release | undefined
    const result = await cancelledAt(second, {
      ...options,
      afterwards: async ({ ended, parsed, world }) => {
        const saved = restoreRelease(saveRelease({ ...ended, ...lost }), momentOf(world.clock))
        if (saved === undefined) throw new Error('nothing was saved')
        expect(renderReport(saved)).toBe(renderReport({ ...ended, ...lost }))
        last = await wrapUp(saved, parsed, { ...world, signal: new AbortController().signal })
        expectValidReport(last)
      },
    })
    if (last === undefined) throw new Error('nothing was wrapped up')
    return { ...result, last, lastOutputs: renderOutputs(last, ''), sentence: verdictParagraph(last) }
  }

  test('is followed to the end of its rollback', async () => {
    const { last, lastOutputs, sentence } = await wrapped(200)
    expect(lastOutputs).toMatchObject({ status: 'cancelled', 'rollback-status': 'succeeded', production: 'web:1' })
    expect(sentence).toMatch(/was stopped\. Rollback d-\w+ succeeded\./)
    expect(isAtRest(last)).toBe(true)
  })

  test('is found by its description when its id was never seen', async () => {
    const unseen = { deploymentId: undefined, snapshot: undefined, settlement: undefined, status: undefined } as const
    const { lastOutputs, outputs } = await wrapped(60, { inputs: { 'on-cancel': 'leave' } }, unseen)
    expect(lastOutputs['codedeploy-deployment-id']).toBe(outputs['codedeploy-deployment-id'])
  })

  test('is stopped by the post step when the step was killed before it could', async () => {
    const killed = { settlement: undefined, status: undefined, outcome: undefined } as const
    const { lastOutputs, sentence } = await wrapped(
      60,
      {
        scenario: withFaults({ operation: 'StopDeployment', count: 3, kind: THROTTLED }),
      },
      { ...killed, wasLost: true },
    )
    expect(lastOutputs).toMatchObject({ status: 'cancelled', 'rollback-status': 'succeeded' })
    expect(sentence).toContain('The step was lost before it ended')
  })
})

function deploymentIdIn(calls: readonly { operation: string; output: unknown }[]): string {
  const created = calls.find(({ operation }) => operation === 'CreateDeployment')
  return String((created?.output as { deploymentId?: string } | undefined)?.deploymentId)
}
