import { expect, test } from '@jest/globals'
import { parseInputs } from '../../src/inputs/parse-inputs.ts'
import { freeGroup } from '../../src/release/free-group.ts'
import { Progress } from '../../src/release/progress.ts'
import type { ReleaseWorld } from '../../src/release/release-world.ts'
import { handCodeDeploy, occupantOf, roomOf, ServiceFailure } from '../support/group-parts.ts'
import { runNumber } from '../support/others.ts'
import { rawInputs } from '../support/simulated-release.ts'
import { T0 } from '../support/snapshots.ts'
import { virtualClock } from '../support/virtual-clock.ts'

test('a release that replaces rests between looks that fail, stops nothing unseen, and is refused when its wait is over', async () => {
  const clock = virtualClock(1, T0)
  const cancellation = new AbortController()
  let looks = 0
  const aws = handCodeDeploy(clock, {
    ListDeployments: () => {
      looks += 1
      if (looks > 100) cancellation.abort()
      throw new ServiceFailure('ThrottlingException')
    },
    StopDeployment: () => ({}),
  })
  const world = {
    ...aws,
    ...runNumber(42),
    signal: cancellation.signal,
    log: { line: () => {} },
    onRelease: () => {},
  } as unknown as ReleaseWorld
  const progress = Progress.begin(parseInputs(rawInputs({ service: 'web' }), []).inputs, world)
  const room = roomOf({ policy: 'replace', patienceMs: 600_000 })
  expect(await freeGroup(room, occupantOf(), false, world, progress)).toBe(false)
  expect(progress.release).toMatchObject({ status: 'refused', problems: [{ reason: 'busy' }] })
  expect(aws.asked).not.toContain('StopDeployment')
  expect(looks).toBeGreaterThan(5)
  expect(looks).toBeLessThan(20)
  expect(clock.monotonicMs()).toBeGreaterThanOrEqual(600_000)
})
