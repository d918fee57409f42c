import { expect, test } from '@jest/globals'
import { renderComment } from '../../src/github/comment-text.ts'
import { deploymentStatusOf } from '../../src/github/deployment-status.ts'
import { scenarios } from '../../tools/simulator/scenarios.ts'
import { inputsFor } from '../support/simulated-release.ts'
import { statesOf } from '../support/told-on-github.ts'

const STATES: Partial<Record<string, string>> = { succeeded: 'success', unknown: 'error' }

test.each(Object.values(scenarios))(
  'comment and GitHub deployment end as the verdict asks for in $name',
  async (scenario) => {
    const states = await statesOf(scenario, inputsFor(scenario.name))
    const last = states.at(-1)
    if (last === undefined) throw new Error('There was no release.')
    const status = deploymentStatusOf(last)
    expect(status?.state).toBe(STATES[last.status ?? ''] ?? 'failure')
    expect(renderComment(last)).toContain(last.deploymentId)
    for (const release of states) expect(deploymentStatusOf(release)?.description.length ?? 0).toBeLessThanOrEqual(140)
  },
)
