import { expect, test } from '@jest/globals'
import type { Release } from '../../src/release-state.ts'
import { type Reporter, Reporters } from '../../src/report/reporter.ts'

const FIRST = { deploymentId: 'd-1' } as Release
const LAST = { deploymentId: 'd-1', status: 'succeeded' } as Release
const NEVER = new Promise<void>(() => {})

function recording(name: string, log: string[], hasArrived = true): Reporter {
  return {
    update: (release, before) => log.push(`${name} ${before?.status ?? before?.deploymentId} ${release.deploymentId}`),
    finish: ({ status }) => log.push(`${name} finish ${status}`),
    flush: async () => hasArrived,
  }
}

test('every reporter hears of each change in order, with what was reported before, and of the verdict', () => {
  const log: string[] = []
  const reporters = new Reporters([recording('a', log), {}, recording('b', log)])
  reporters.update(FIRST)
  reporters.update(LAST)
  reporters.finish(LAST)
  expect(log).toEqual([
    'a undefined d-1',
    'b undefined d-1',
    'a d-1 d-1',
    'b d-1 d-1',
    'a finish succeeded',
    'b finish succeeded',
  ])
  expect(reporters.reported).toBe(LAST)
})

test.each([
  ['every one has', [true, true], true],
  ['one has not', [true, false], false],
] as const)('what is under way has arrived when %s', async (_, arrived, all) => {
  const reporters = new Reporters([{}])
  for (const one of arrived) reporters.add(recording('any', [], one))
  expect(await reporters.flush(NEVER)).toBe(all)
})
