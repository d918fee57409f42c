import { expect, test } from '@jest/globals'
import type { Release } from '../../src/release-state.ts'
import { renderOutputs } from '../../src/report/outputs.ts'
import { verdictParagraph } from '../../src/report/sentences.ts'
import { baseScenario } from '../../src/simulator/scenarios.ts'
import { restoreRelease, saveRelease } from '../../src/step/saved-release.ts'
import { wrapUp } from '../../src/wrap-up.ts'
import { releaseAndDie } from '../support/operations.ts'
import { runNumber } from '../support/others.ts'
import { inOneAccount, simulateRelease } from '../support/simulated-release.ts'

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
        const saved = told && restoreRelease(saveRelease({ ...told, status: 'cancelled' }))
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
