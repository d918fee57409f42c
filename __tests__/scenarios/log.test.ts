import { expect, test } from '@jest/globals'
import { type ScenarioName, scenarios } from '../../tools/simulator/scenarios.ts'
import { inputsFor, simulateRelease } from '../support/simulated-release.ts'

test.each(Object.keys(scenarios) as ScenarioName[])(
  'the times of the log never run backwards, however late it looks: %s',
  async (name) => {
    for (const random of [0, 0.25, 0.5, 0.75, 1]) {
      const { log } = await simulateRelease({
        scenario: scenarios[name],
        inputs: inputsFor(name),
        world: { random: () => random },
      })
      const times = log.flatMap((line) => /^\d\d:\d\d:\d\dZ/.exec(line) ?? [])
      expect(times.length).toBeGreaterThan(0)
      expect(times).toEqual(times.toSorted())
    }
  },
)
