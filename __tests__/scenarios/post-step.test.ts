import { describe, expect, test } from '@jest/globals'
import { parseInputs } from '../../src/inputs/parse-inputs.ts'
import { wrapUp } from '../../src/operations/wrap-up.ts'
import { needsSomebody } from '../../src/release/resume.ts'
import { isAtRest, type Release } from '../../src/release-state.ts'
import { renderOutputs } from '../../src/report/outputs.ts'
import { verdictParagraph } from '../../src/report/sentences.ts'
import { renderSummary } from '../../src/report/summary.ts'
import { restoreRelease, saveRelease } from '../../src/step/saved-release.ts'
import { momentOf } from '../../src/time/clock.ts'
import type { Fault, Scenario } from '../../tools/simulator/scenario.ts'
import { baseScenario, scenarios } from '../../tools/simulator/scenarios.ts'
import { releaseAndDie } from '../support/operations.ts'
import { runNumber } from '../support/others.ts'
import {
  inOneAccount,
  rawInputs,
  type SimulatedAccount,
  type SimulatedReleaseOptions,
  type Staging,
  simulateRelease,
} from '../support/simulated-release.ts'

const DEMO = { cluster: 'demo', service: 'web', image: 'registry.example/web:1.1.0' }

test.each([
  ['rollback', 'the shift', 150],
  ['rollback', 'the termination wait', 500],
  ['stop', 'the shift', 150],
  ['stop', 'the termination wait', 500],
])('a %s of a deployment in %s that is lost when its stop was accepted is seen through', (operation, _stage, seconds) =>
  inOneAccount(baseScenario, async (account) => {
    const id = await releaseAndDie(account)
    await account.clock.sleep(seconds * 1000)
    let cancel = () => {}
    let told: Release | undefined
    let last: Release | undefined
    await simulateRelease({
      scenario: baseScenario,
      account,
      inputs: { operation, image: '' },
      world: {
        ...runNumber(42),
        onRelease: (release) => {
          if (!release.stopAccepted) return
          told ??= release
          cancel()
        },
      },
      prepare: ({ abort }) => {
        cancel = abort
      },
      afterwards: async ({ parsed, world }) => {
        const saved = told && restoreRelease(saveRelease({ ...told, status: 'cancelled' }), momentOf(world.clock))
        if (saved === undefined) throw new Error('nothing was saved')
        last = await wrapUp(saved, parsed, { ...world, signal: new AbortController().signal })
      },
    })
    if (last === undefined) throw new Error('nothing was wrapped up')
    expect(renderOutputs(last, '')).toMatchObject({
      status: 'cancelled',
      'codedeploy-deployment-id': id,
      'rollback-status': 'succeeded',
      production: 'web:1',
    })
    expect(verdictParagraph(last)).toMatch(/was stopped\. Rollback d-\w+ succeeded\./)
  }),
)

/** A step that is killed as soon as its release has become this, and its post step. */
async function killedWhen(
  isReached: (release: Release) => boolean,
  account: SimulatedAccount,
  options: Partial<SimulatedReleaseOptions>,
): Promise<Release> {
  let saved: Release | undefined
  const onRelease = (release: Release) => {
    if (!isReached(release)) return
    saved = restoreRelease(saveRelease(release), momentOf(account.clock))
    throw new Error('the step was killed')
  }
  const common = { scenario: baseScenario, account, ...options }
  await expect(simulateRelease({ ...common, world: { ...runNumber(42), onRelease } })).rejects.toThrow('killed')
  return await wrappedUp(saved, common)
}

/** What the post step makes of a saved release. */
async function wrappedUp(saved: Release | undefined, options: SimulatedReleaseOptions): Promise<Release> {
  let last: Release | undefined
  await simulateRelease({
    ...options,
    // Only the inputs and the world of a step are wanted here.
    inputs: { ...options.inputs, service: 'nothing-of-the-kind' },
    world: runNumber(42),
    afterwards: async ({ world }) => {
      if (saved === undefined) throw new Error('nothing was saved')
      const parsed = parseInputs(rawInputs({ ...DEMO, ...options.inputs }), [])
      last = await wrapUp({ ...saved, wasLost: true }, parsed, world)
    },
  })
  if (last === undefined) throw new Error('nothing was wrapped up')
  return last
}

const GIVEN_UP: Scenario = scenarios['never-healthy']

test.each<[string, (release: Release) => boolean]>([
  ['had decided to stop it', ({ outcome }) => outcome?.kind === 'given-up'],
  ['had its stop accepted', ({ stopAccepted }) => stopAccepted],
])('a deployment is stopped to the end, whatever on-cancel says, when the step was killed once it %s', (_, isReached) =>
  inOneAccount(GIVEN_UP, async (account) => {
    const last = await killedWhen(isReached, account, { scenario: GIVEN_UP, inputs: { 'on-cancel': 'leave' } })
    expect(renderOutputs(last, '')).toMatchObject({ 'rollback-status': 'succeeded', production: 'web:1' })
    expect(verdictParagraph(last)).toMatch(/was stopped\. Rollback d-\w+ succeeded\./)
    expect(verdictParagraph(last)).not.toContain('goes on')
  }),
)

interface Creation {
  carriedOutAfterSeconds: number
  answeredAfterSeconds: number
}

/** CodeDeploy takes its time for CreateDeployment: in steps, so that others get on with theirs. */
function slowCreation(
  { codeDeploy, clock }: Staging,
  { carriedOutAfterSeconds, answeredAfterSeconds }: Creation,
): void {
  const pass = async (seconds: number) => {
    for (let halves = 0; halves < seconds * 2; halves += 1) await clock.sleep(500)
  }
  codeDeploy.middlewareStack.add(
    (next, context) => async (args) => {
      if (context['commandName'] !== 'CreateDeploymentCommand') return await next(args)
      await pass(carriedOutAfterSeconds)
      const answer = await next(args)
      await pass(answeredAfterSeconds - carriedOutAfterSeconds)
      return answer
    },
    { step: 'initialize' },
  )
}

/** A run that is cancelled 0.3 s after CreateDeployment was sent, and its post step. */
async function cancelledWhileCreating(scenario: Scenario, creation: Creation | undefined, faults: Fault[] = []) {
  let last: Release | undefined
  let seconds = 0
  const main = await simulateRelease({
    scenario,
    world: runNumber(42),
    prepare: (staging) => {
      const { clock, simulator, abort } = staging
      clock.atSecond(0.3, () => {
        abort()
        for (const fault of faults) simulator.addFault(fault)
      })
      if (creation === undefined) simulator.addFault({ operation: 'CreateDeployment', kind: { type: 'drop' } })
      else slowCreation(staging, creation)
    },
    afterwards: async ({ ended, parsed, world }) => {
      const saved = restoreRelease(saveRelease(ended), momentOf(world.clock))
      if (saved === undefined || isAtRest(ended)) throw new Error('nothing was left to the post step')
      const sinceMs = world.clock.now()
      last = await wrapUp(saved, parsed, { ...world, signal: new AbortController().signal })
      seconds = (world.clock.now() - sinceMs) / 1000
    },
  })
  if (last === undefined) throw new Error('nothing was wrapped up')
  return { main, last, outputs: renderOutputs(last, ''), sentence: verdictParagraph(last), seconds }
}

const NEVER_ANSWERED = { carriedOutAfterSeconds: 0, answeredAfterSeconds: 60 }

function failing(operation: string, code: string): Fault {
  return { operation, kind: { type: 'error', code, message: 'as the test wants it', httpStatus: 400 } }
}

describe('a deployment whose creation was under way when the run was cancelled is found and stopped by the post step', () => {
  test.each<[string, Partial<Scenario>, Creation, Fault[]]>([
    ['although CodeDeploy takes 12 s to make it', {}, { carriedOutAfterSeconds: 12, answeredAfterSeconds: 60 }, []],
    ['although the list shows it 20 s late', { assumptions: { listLagSeconds: 20 } }, NEVER_ANSWERED, []],
    [
      'although the list shows it 3 min late and the group may not be read',
      { assumptions: { listLagSeconds: 180 } },
      NEVER_ANSWERED,
      [failing('GetDeploymentGroup', 'AccessDeniedException')],
    ],
    [
      'although the list may not be read',
      {},
      { carriedOutAfterSeconds: 20, answeredAfterSeconds: 60 },
      [failing('ListDeployments', 'AccessDeniedException')],
    ],
    [
      'although every call is throttled for two minutes',
      {},
      NEVER_ANSWERED,
      [{ ...failing('*', 'ThrottlingException'), untilSeconds: 120 }],
    ],
  ])('%s', async (_what, change, creation, faults) => {
    const scenario = { ...baseScenario, ...change }
    const { main, outputs, sentence } = await cancelledWhileCreating(scenario, creation, faults)
    expect(main.outputs).toMatchObject({ status: 'cancelled', 'codedeploy-deployment-id': '' })
    expect(main.annotation?.message).toContain('Whether a deployment was created is not known yet')
    expect(main.annotation?.message).toContain('aws deploy list-deployments --application-name AppECS-demo-web')
    expect(outputs).toMatchObject({ status: 'cancelled', production: 'web:1' })
    expect(outputs['codedeploy-deployment-id']).toMatch(/^d-/)
    expect(sentence).toMatch(/deployment d-\w+ was stopped\./)
    expect(main.writes.filter((write) => write === 'StopDeployment')).not.toHaveLength(0)
  })
})

describe('a deployment that the post step cannot find is unknown, with how to look, and never said not to exist', () => {
  test.each<[string, Creation | undefined, Fault[], number]>([
    ['when nothing shows for four minutes', undefined, [], 240],
    ['when every read is throttled', NEVER_ANSWERED, [failing('*', 'ThrottlingException')], 240],
    ['when every read is denied', NEVER_ANSWERED, [failing('*', 'AccessDeniedException')], 240],
    ['when the credentials have expired', NEVER_ANSWERED, [failing('*', 'ExpiredTokenException')], 0],
  ])('%s', async (_what, creation, faults, atLeastSeconds) => {
    const { last, outputs, sentence, seconds } = await cancelledWhileCreating(baseScenario, creation, faults)
    expect(outputs).toMatchObject({ status: 'unknown', 'rollback-status': 'unknown' })
    expect(sentence).toContain('Whether a deployment was started is not known.')
    expect(sentence).toContain('aws deploy list-deployments --application-name AppECS-demo-web')
    expect(sentence).toContain('https://console.aws.amazon.com/codesuite/codedeploy/deployments?region=us-east-1')
    expect(sentence).not.toContain('before a deployment')
    expect(needsSomebody(last)).toBe(true)
    expect(seconds).toBeGreaterThanOrEqual(atLeastSeconds)
    expect(seconds).toBeLessThan(275)
  })
})

test('only of a step that surely sent no CreateDeployment is said that it ended before a deployment was created', () =>
  inOneAccount(baseScenario, async (account) => {
    const isBeforeSending = ({ taskDefinition }: Release) => taskDefinition !== undefined
    expect(verdictParagraph(await killedWhen(isBeforeSending, account, {}))).toContain(
      'before a deployment was created',
    )
    const isSent = ({ creationSentAtMs }: Release) => creationSentAtMs !== undefined
    expect(verdictParagraph(await killedWhen(isSent, account, {}))).not.toContain('before a deployment was created')
  }))

describe('a warning that the main step saved is gone from the page of the post step when what it warned of is over:', () => {
  const DENIED: Fault = {
    operation: 'GetDeploymentTarget',
    count: 1,
    kind: { type: 'error', code: 'AccessDeniedException', message: 'no', httpStatus: 400 },
  }

  test.each<[string, Partial<SimulatedReleaseOptions>, RegExp]>([
    [
      'credentials that ended later',
      { connect: ({ clock }) => ({ credentialsEnd: async () => clock.now() + 300_000 }) },
      /^The credentials end at/,
    ],
    ['lifecycle events that are read again', { scenario: { ...baseScenario, faults: [DENIED] } }, /was denied/],
  ])('%s', (_, options, warning) =>
    inOneAccount(options.scenario ?? baseScenario, async (account) => {
      let warned: readonly string[] = []
      const isReached = ({ timeline, warnings }: Release) => {
        warned = warnings
        return timeline.length > 1 && warnings.length > 0
      }
      const last = await killedWhen(isReached, account, options)
      expect(warned).toEqual([expect.stringMatching(warning)])
      expect(last.warnings).toEqual([])
    }),
  )
})

test('the post step tells what the test listener reaches once it has brought the release to rest', () =>
  inOneAccount(baseScenario, async (account) => {
    const isOnTest = ({ timeline }: Release) =>
      timeline.some((entry) => entry.kind === 'event' && entry.name === 'BeforeAllowTraffic')
    const last = await killedWhen(isOnTest, account, {})
    expect(last.testListener).toMatchObject({ reaches: 'empty', isHttp: true })
    expect(renderSummary(last)).toContain('The test listener reaches the empty target group (503), as read at ')
  }))
