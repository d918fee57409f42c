import { ContinueDeploymentCommand } from '@aws-sdk/client-codedeploy'
import { describe, expect, test } from '@jest/globals'
import { SIMULATION_START_MS } from '../../tools/simulator/clock.ts'
import type { GroupSeed, Scenario } from '../../tools/simulator/scenario.ts'
import { baseScenario, withGroup } from '../../tools/simulator/scenarios.ts'
import { factOf } from '../support/markdown.ts'
import { deployByOther, type OtherDeployment, runNumber } from '../support/others.ts'
import { expectValidReport } from '../support/report-schema.ts'
import { clientsFor, type SimulatedReleaseOptions, simulateRelease } from '../support/simulated-release.ts'

const HOOK = 'CodeDeployHook_validate'
const FAILING_HOOK: Scenario = {
  ...baseScenario,
  hookPlans: { [HOOK]: { answer: 'Failed', afterSeconds: 20, log: [] } },
}

function scenarioWith(group: Partial<GroupSeed>): Scenario {
  return { ...baseScenario, world: withGroup(baseScenario.world, group) }
}

const HOLDS = scenarioWith({ ready: { action: 'STOP_DEPLOYMENT', waitMinutes: 60 } })

interface Options extends Partial<SimulatedReleaseOptions> {
  policy?: 'wait' | 'replace' | 'fail'
  /** How old the deployment of somebody else is when the release begins, in seconds. */
  after: number
  other?: OtherDeployment
}

/** A release that meets the deployment of somebody else. */
async function meet({ policy, after, other, prepare, inputs, ...options }: Options) {
  let blocker = ''
  const result = await simulateRelease({
    scenario: baseScenario,
    inputs: { ...(policy === undefined ? {} : { 'on-active-deployment': policy }), ...inputs },
    prepare: async (staging) => {
      blocker = await deployByOther(staging, after, other)
      await prepare?.(staging)
    },
    ...options,
  })
  expectValidReport(result.release)
  return {
    ...result,
    blocker,
    writes: result.writes.slice(1),
    steps: result.release.waits.map(({ step }) => step),
    said: result.annotation?.message ?? '',
    told: result.log.filter((line) => /^\d.*(is busy|Still waiting|Stopping|Ending|is free)/.test(line)),
  }
}

const RELEASED = ['RegisterTaskDefinition', 'CreateDeployment']

describe('wait, the default', () => {
  test.each([
    ['is installed', 30],
    ['shifts production', 200],
    ['waits for the termination of its original', 500],
  ])('waits for a deployment that %s, then checks again and releases', async (_name, after) => {
    const { outputs, steps, writes, told, summary } = await meet({ after })
    expect(outputs.status).toBe('succeeded')
    expect(steps).toEqual(['wait'])
    expect(writes).toEqual(RELEASED)
    expect(told[0]).toMatch(
      /Deployment group 'DgpECS-demo-web' is busy\. Waiting,.* at most .* min, for deployment d-\w+ \(InProgress.*, created .* ago by user, 'by hand'\)\. https:\/\/\S+/,
    )
    expect(told.at(-1)).toMatch(/The deployment group is free after .*\. Checking again/)
    expect(factOf(summary, 'Started')).toMatch(/; waited .* for `d-\w+`$/)
  })

  test('says once in every few minutes of silence that it still waits', async () => {
    const { told } = await meet({ scenario: scenarioWith({ terminationWaitMinutes: 20 }), after: 500 })
    expect(told.filter((line) => line.includes('Still waiting'))).toHaveLength(3)
    expect(told).toHaveLength(5)
  })

  test.each([
    ['is about to show', 144.6],
    ['runs', 145.9],
  ])('waits for a rollback that %s', async (_name, after) => {
    const { outputs, writes, release } = await meet({ scenario: FAILING_HOOK, after, other: { hook: HOOK } })
    expect(outputs.status).toBe('succeeded')
    expect(writes).toEqual(RELEASED)
    expect(release.waits.length).toBeGreaterThan(0)
  })

  test('waits for the rollback of a deployment that fails while it waits', async () => {
    const { outputs, writes } = await meet({ scenario: FAILING_HOOK, after: 60, other: { hook: HOOK } })
    expect(outputs).toMatchObject({ status: 'succeeded', 'previous-task-definition': 'web:1' })
    expect(writes).toEqual(RELEASED)
  })

  test('refuses at once, with the deadline, when the deployment waits at Ready for somebody', async () => {
    const { outputs, said, writes, clock } = await meet({
      scenario: HOLDS,
      after: 600,
      inputs: { 'wait-for': 'nothing' },
    })
    expect(outputs).toMatchObject({ status: 'refused', reason: 'busy' })
    expect(said).toMatch(/It waits at Ready until \d\d:\d\d:\d\dZ for somebody to continue it/)
    expect(clock.now()).toBe(SIMULATION_START_MS + 600_000)
    expect(writes).toEqual([])
  })

  test('refuses when a deployment comes to Ready while it waits', async () => {
    const { outputs, steps, writes } = await meet({ scenario: HOLDS, after: 30, inputs: { 'wait-for': 'nothing' } })
    expect(outputs).toMatchObject({ status: 'refused', reason: 'busy' })
    expect(steps).toEqual(['wait'])
    expect(writes).toEqual([])
  })

  test('gives another run with auto-promote a minute to continue its deployment', async () => {
    const { outputs } = await meet({
      scenario: HOLDS,
      after: 130,
      other: { description: '[ecs-release repo=example/shop run=5.1 op=release]' },
      inputs: { 'auto-promote': 'true' },
      prepare: ({ simulator, clock }) => {
        clock.atSecond(140, async () => {
          const { codeDeploy } = clientsFor(simulator.url)
          const { deploymentId } = Object(simulator.calls[0]?.output)
          await codeDeploy.send(new ContinueDeploymentCommand({ deploymentId, deploymentWaitType: 'READY_WAIT' }))
          codeDeploy.destroy()
        })
      },
    })
    expect(outputs.status).toBe('succeeded')
  })

  test('refuses at once, with the time, when the termination wait does not fit its budget', async () => {
    const { outputs, said, writes, clock } = await meet({
      scenario: scenarioWith({ terminationWaitMinutes: 600 }),
      after: 500,
      inputs: { 'wait-for-minutes': '30' },
    })
    expect(outputs).toMatchObject({ status: 'refused', reason: 'busy' })
    expect(said).toMatch(/It is free at \d\d:\d\d:\d\dZ, later than the 30 min that this step would wait\./)
    expect(clock.now()).toBe(SIMULATION_START_MS + 500_000)
    expect(writes).toEqual([])
  })

  test('refuses once it has waited as long as the release itself may take', async () => {
    const { outputs, said, writes } = await meet({ after: 30, inputs: { 'wait-for-minutes': '2' } })
    expect(outputs).toMatchObject({ status: 'refused', reason: 'busy' })
    expect(said).toContain('This step has waited for 2 min')
    expect(said).toContain('Nothing was deployed.')
    expect(writes).toEqual([])
  })

  test('ends at once as cancelled, with nothing written, when the run is cancelled meanwhile', async () => {
    const { outputs, writes, said, clock } = await meet({
      after: 200,
      prepare: ({ clock, abort }) => clock.atSecond(205, abort),
    })
    expect(outputs.status).toBe('cancelled')
    expect(writes).toEqual([])
    expect(said).toContain('The workflow run was cancelled before a deployment was created.')
    expect(clock.now()).toBeLessThan(SIMULATION_START_MS + 211_000)
  })

  test('rides out throttled reads', async () => {
    const { outputs } = await meet({
      after: 200,
      prepare: ({ simulator, clock }) => {
        const kind = { type: 'error', code: 'ThrottlingException', message: 'Rate exceeded', httpStatus: 400 } as const
        clock.atSecond(205, () => simulator.addFault({ operation: 'GetDeployment', count: 20, kind }))
      },
    })
    expect(outputs.status).toBe('succeeded')
  })

  test('refuses, as nothing was written, when the credentials expire meanwhile', async () => {
    const { outputs, writes } = await meet({
      after: 200,
      prepare: ({ simulator, clock }) => {
        const kind = { type: 'error', code: 'ExpiredTokenException', message: 'expired', httpStatus: 400 } as const
        clock.atSecond(205, () => simulator.addFault({ operation: '*', count: 1_000, kind }))
      },
    })
    expect(outputs).toMatchObject({ status: 'refused', reason: 'credentials' })
    expect(writes).toEqual([])
  })
})

describe('replace', () => {
  test('stops with rollback a deployment that has not moved production, waits for the rollback, and releases', async () => {
    const { outputs, steps, writes, blocker, told, calls } = await meet({ policy: 'replace', after: 30 })
    expect(outputs.status).toBe('succeeded')
    expect(writes).toEqual(['StopDeployment', ...RELEASED])
    expect(steps[0]).toBe('stop')
    expect(calls.find(({ operation }) => operation === 'StopDeployment')?.input).toEqual({
      deploymentId: blocker,
      autoRollbackEnabled: true,
    })
    expect(told[0]).toContain('Stopping with rollback, because of on-active-deployment: replace')
  })

  test('stops with rollback a deployment that waits at Ready', async () => {
    const { outputs, writes } = await meet({
      policy: 'replace',
      scenario: HOLDS,
      after: 600,
      inputs: { 'wait-for': 'nothing' },
    })
    expect(outputs.status).toBe('started')
    expect(writes).toEqual(['StopDeployment', ...RELEASED])
  })

  test('waits for a deployment that has begun to move production, and then ends its termination wait', async () => {
    const { outputs, steps, writes, told, calls } = await meet({ policy: 'replace', after: 200 })
    expect(outputs.status).toBe('succeeded')
    expect(writes).toEqual(['ContinueDeployment', ...RELEASED])
    expect(steps).toEqual(['end-termination-wait'])
    expect(calls.find(({ operation }) => operation === 'ContinueDeployment')?.input).toMatchObject({
      deploymentWaitType: 'TERMINATION_WAIT',
    })
    expect(told.join('\n')).toContain('and with it the instant rollback')
  })

  test('never stops a deployment that serves all of production', async () => {
    const { outputs, writes, summary } = await meet({
      policy: 'replace',
      scenario: scenarioWith({ terminationWaitMinutes: 600 }),
      after: 500,
    })
    expect(outputs.status).toBe('succeeded')
    expect(writes).toEqual(['ContinueDeployment', ...RELEASED])
    expect(summary).toMatch(/the termination wait of .* was ended/)
  })

  test('never stops a rollback', async () => {
    const { outputs, writes } = await meet({
      policy: 'replace',
      scenario: FAILING_HOOK,
      after: 145.9,
      other: { hook: HOOK },
    })
    expect(outputs.status).toBe('succeeded')
    expect(writes).toEqual(RELEASED)
  })

  test('waits when it cannot be seen where production is', async () => {
    const { writes, outputs } = await meet({
      policy: 'replace',
      after: 30,
      prepare: ({ simulator }) => {
        const kind = { type: 'error', code: 'AccessDeniedException', message: 'no', httpStatus: 400 } as const
        simulator.addFault({ operation: 'GetDeploymentTarget', count: 10_000, kind })
      },
    })
    expect(outputs.status).toBe('succeeded')
    expect(writes).not.toContain('StopDeployment')
  })

  test('says which permission is missing when the stop is denied', async () => {
    const { outputs, said, writes } = await meet({
      policy: 'replace',
      after: 30,
      prepare: ({ simulator }) => {
        const message = 'User: x is not authorized to perform: codedeploy:StopDeployment on resource: arn:aws:y'
        const kind = { type: 'error', code: 'AccessDeniedException', message, httpStatus: 400 } as const
        simulator.addFault({ operation: 'StopDeployment', count: 10, kind })
      },
    })
    expect(outputs).toMatchObject({ status: 'refused', reason: 'denied' })
    expect(said).toContain('Allow codedeploy:StopDeployment on arn:aws:y')
    expect(writes).toEqual(['StopDeployment'])
  })

  test('tells what it has stopped when the run is cancelled right after', async () => {
    const { outputs, said, blocker } = await meet({
      policy: 'replace',
      after: 30,
      prepare: ({ clock, abort }) => clock.atSecond(31, abort),
    })
    expect(outputs.status).toBe('cancelled')
    expect(said).toContain(`To make room, ${blocker} was stopped with rollback.`)
  })
})

describe('fail', () => {
  test.each([
    ['is installed', 30, baseScenario],
    ['shifts production', 200, baseScenario],
    ['waits at Ready', 600, HOLDS],
    ['waits for the termination of its original', 500, baseScenario],
    ['rolls back', 145.9, FAILING_HOOK],
  ])('refuses at once, and names the deployment, when one %s', async (_name, after, scenario) => {
    const { outputs, said, writes, release } = await meet({
      policy: 'fail',
      after,
      scenario,
      other: { hook: HOOK },
      inputs: { 'wait-for': 'nothing' },
    })
    expect(outputs).toMatchObject({ status: 'refused', reason: 'busy' })
    expect(said).toMatch(/^Deployment group 'DgpECS-demo-web' is busy with d-\w+ \(.* ago by \w+/)
    expect(said).toContain("set 'on-active-deployment' to 'wait' or 'replace'")
    expect(release.waits).toEqual([])
    expect(writes).toEqual([])
  })
})

describe('after the wait everything is checked again', () => {
  test('what serves, and the revision to start from', async () => {
    const { outputs, writes } = await meet({
      after: 30,
      scenario: withRevision2(),
      other: { revision: 'web:2' },
    })
    expect(outputs).toMatchObject({
      status: 'succeeded',
      'previous-task-definition': 'web:2',
      'task-definition': 'web:3',
    })
    expect(writes).toEqual(RELEASED)
  })

  test('if-unchanged: skip deploys while something is active, and skips when that was the same', async () => {
    const image = `registry.example/web@sha256:${'a'.repeat(64)}`
    const { outputs, writes } = await meet({
      after: 30,
      scenario: withRevision2(image),
      other: { revision: 'web:2' },
      inputs: { 'if-unchanged': 'skip', image },
    })
    expect(outputs.status).toBe('unchanged')
    expect(writes).toEqual([])
  })

  test('the order of runs', async () => {
    const { outputs, said, writes } = await meet({
      after: 30,
      other: { description: '[ecs-release repo=example/shop wf=release.yml run=1043.1 n=43 job=release op=release]' },
      world: runNumber(42),
    })
    expect(outputs).toMatchObject({ status: 'refused', reason: 'older-run' })
    expect(said).toContain('Run 43 of release.yml')
    expect(writes).toEqual([])
  })
})

describe('a deployment of somebody else that starts between the checks and ours', () => {
  test.each([
    ['wait', 'succeeded', ['RegisterTaskDefinition', 'CreateDeployment', 'CreateDeployment']],
    ['replace', 'succeeded', ['RegisterTaskDefinition', 'CreateDeployment', 'StopDeployment', 'CreateDeployment']],
    ['fail', 'refused', ['RegisterTaskDefinition', 'CreateDeployment']],
  ] as const)('goes through the same policy: %s', async (policy, status, expected) => {
    let blocker = ''
    const { outputs, calls, annotation, writes } = await simulateRelease({
      scenario: baseScenario,
      inputs: { 'on-active-deployment': policy },
      prepare: (staging) => {
        staging.codeDeploy.middlewareStack.add(
          (next, context) => async (args) => {
            const isCreate = context['commandName'] === 'CreateDeploymentCommand'
            if (isCreate && blocker === '') blocker = await deployByOther(staging, 0)
            return await next(args)
          },
          { step: 'initialize' },
        )
      },
    })
    expect(outputs.status).toBe(status)
    expect(writes.toSpliced(1, 1)).toEqual(expected)
    expect(calls.filter(({ operation }) => operation === 'RegisterTaskDefinition')).toHaveLength(1)
    if (status === 'refused') {
      expect(outputs.reason).toBe('busy')
      expect(annotation?.message).toContain(blocker)
      expect(annotation?.message).toContain('Task definition web:2 was registered and is not used.')
    }
  })

  test('is found although ListDeployments is denied', async () => {
    const { outputs, log } = await meet({
      after: 30,
      prepare: ({ simulator }) => {
        const kind = { type: 'error', code: 'AccessDeniedException', message: 'no', httpStatus: 400 } as const
        simulator.addFault({ operation: 'ListDeployments', count: 10_000, kind })
      },
    })
    expect(outputs.status).toBe('succeeded')
    expect(log.filter((line) => line.startsWith('Warning: Could not look for active'))).toHaveLength(1)
  })

  test('refuses after some rounds when CodeDeploy says busy and nothing shows', async () => {
    const { outputs, writes } = await simulateRelease({
      scenario: baseScenario,
      prepare: ({ simulator }) => {
        const kind = {
          type: 'error',
          code: 'DeploymentLimitExceededException',
          message: 'busy',
          httpStatus: 400,
        } as const
        simulator.addFault({ operation: 'CreateDeployment', count: 100, kind })
      },
    })
    expect(outputs).toMatchObject({ status: 'refused', reason: 'busy' })
    expect(writes.filter((operation) => operation === 'CreateDeployment')).toHaveLength(5)
  })
})

/** The demo world with revision web:2, which runs another image. */
function withRevision2(image = 'registry.example/web:2.0.0'): Scenario {
  const [first] = baseScenario.world.taskDefinitions
  if (first === undefined) throw new Error('the demo world has no task definition')
  const containers = first.definition['containerDefinitions'] as object[]
  const definition = { ...first.definition, containerDefinitions: containers.map((one) => ({ ...one, image })) }
  const taskDefinitions = [first, { ...first, revision: 2, definition }]
  return { ...baseScenario, world: { ...baseScenario.world, taskDefinitions } }
}
