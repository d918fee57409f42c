import { expect, test } from '@jest/globals'
import { momentOf } from '../../src/clock.ts'
import { parseInputs } from '../../src/inputs/inputs.ts'
import type { Release } from '../../src/release-state.ts'
import { renderOutputs } from '../../src/report/outputs.ts'
import { verdictParagraph } from '../../src/report/sentences.ts'
import type { Scenario } from '../../src/simulator/scenario.ts'
import { baseScenario, scenarios } from '../../src/simulator/scenarios.ts'
import { restoreRelease, saveRelease } from '../../src/step/saved-release.ts'
import { wrapUp } from '../../src/wrap-up.ts'
import { releaseAndDie } from '../support/operations.ts'
import { runNumber } from '../support/others.ts'
import {
  inOneAccount,
  rawInputs,
  type SimulatedAccount,
  type SimulatedReleaseOptions,
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
