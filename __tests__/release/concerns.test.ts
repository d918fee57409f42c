import { expect, test } from '@jest/globals'
import { warnedNow, withoutPastWarnings } from '../../src/release/concerns.ts'
import type { Release } from '../../src/release-state.ts'
import { baseScenario, withGroup } from '../../tools/simulator/scenarios.ts'
import { newRelease } from '../support/releases.ts'
import { simulateRelease } from '../support/simulated-release.ts'

const SETTLED = { deploymentId: 'd-1', settlement: { rollback: { status: 'none' }, cutShort: undefined } as never }
const UNSEEN = { ...SETTLED, settlement: { rollback: { status: 'unknown' }, cutShort: undefined } as never }
const CUT_SHORT = { ...SETTLED, settlement: { rollback: { status: 'none' }, cutShort: 'cancelled' } as never }
const NOTHING = { deploymentId: undefined }

const ENDS: [Release['status'], string, Partial<Release>, string[]][] = [
  ['succeeded', 'seen to its end', SETTLED, []],
  ['awaiting-promotion', 'seen to its end', SETTLED, []],
  ['rolled-back', 'seen to its end', SETTLED, []],
  ['timed-out', 'seen to its end', SETTLED, []],
  ['refused', 'with nothing deployed', NOTHING, []],
  ['cancelled', 'seen to its end', SETTLED, ['job-limit']],
  ['rolled-back', 'seen to its end by the post step of a lost one', { ...SETTLED, wasLost: true }, ['job-limit']],
  ['cancelled', 'before it was at rest', CUT_SHORT, ['credentials', 'job-limit']],
  ['cancelled', 'in the middle', { deploymentId: 'd-1' }, ['credentials', 'job-limit']],
  ['cancelled', 'when a deployment may be there', { creationSentAtMs: 1 }, ['credentials', 'job-limit']],
  ['failed', 'with a rollback that was not seen', UNSEEN, ['credentials', 'job-limit']],
  ['unknown', 'at last', SETTLED, ['credentials', 'job-limit']],
  ['planned', 'with nothing deployed', NOTHING, ['credentials', 'job-limit']],
  [undefined, 'not yet', { deploymentId: 'd-1' }, ['credentials', 'job-limit']],
]

test.each(ENDS)(
  'of a release that ended as %s, %s, the warnings of what is over are gone',
  (status, _, change, left) => {
    const checked = newRelease({ warnings: ['checks', 'credentials', 'something', 'job-limit'] })
    const warnedOf = { checks: ['checks'], credentials: ['credentials'], 'job-limit': ['job-limit'] }
    const { warnings } = withoutPastWarnings({ ...checked, ...change, status, warnedOf })
    expect(warnings).toEqual(['checks', 'credentials', 'something', 'job-limit'].filter((text) => isLeft(text, left)))
  },
)

function isLeft(text: string, left: readonly string[]): boolean {
  return text === 'checks' || text === 'something' || left.includes(text)
}

test('of a concern only what there is to warn of now is left, and nothing of others goes', () => {
  const before = { warnings: ['a', 'b', 'c'], warnedOf: { checks: ['a', 'b'], credentials: ['c'] } }
  expect(warnedNow(before, 'checks', ['b', 'd'])).toEqual({
    warnings: ['b', 'c'],
    warnedOf: { checks: ['b', 'd'], credentials: ['c'] },
  })
})

const LONG_WAIT = { ...baseScenario, world: withGroup(baseScenario.world, { terminationWaitMinutes: 400 }) }

test('a release that has ended in time no longer warns that its job may end before it', async () => {
  const { release, outputs, log } = await simulateRelease({ scenario: LONG_WAIT, inputs: { 'wait-for': 'completion' } })
  expect(outputs.status).toBe('succeeded')
  expect(log.join('\n')).toMatch(/Warning: This step may wait up to \d+ min, but a job on a GitHub-hosted runner ends/)
  expect(release.warnings).toEqual([])
})

test('a cancelled release keeps the warning that its job may end before it', async () => {
  const { release, outputs } = await simulateRelease({
    scenario: LONG_WAIT,
    inputs: { 'wait-for': 'completion' },
    prepare: ({ clock, abort }) => clock.atSecond(21_000, abort),
  })
  expect(outputs.status).toBe('cancelled')
  expect(release.warnings).toEqual([expect.stringContaining('ends after 360 min')])
})
