import { expect, test } from '@jest/globals'
import { type Holder, isHeldBy, isLater } from '../../src/previews/holder.ts'
import { ownMarker } from '../../src/workflow-run/marker.ts'
import { runNumber } from '../support/others.ts'

const own = { ...ownMarker(runNumber(42).run, 'preview'), pullRequest: '7', repositoryId: '1' }

function holderWith(change: Partial<typeof own>): Holder {
  const marker = { ...own, ...change }
  return { marker, deploymentId: 'd-1', sinceMs: 0, isDeploying: false, runsNothing: false }
}

test.each<[string, boolean, Partial<typeof own>]>([
  ['the same pull request', true, { runId: '5', runNumber: 5 }],
  ['the same pull request before the repository was renamed', true, { repository: 'example/before' }],
  ['another pull request', false, { pullRequest: '8' }],
  ['the same number in another repository', false, { repositoryId: '2' }],
  ['no pull request', false, { pullRequest: '' }],
])('a lane that was released for %s is held by pull request 7: %s', (_name, isHeld, change) => {
  expect(isHeldBy(holderWith(change), own)).toBe(isHeld)
})

test('a run without a pull request holds no lane', () => {
  expect(isHeldBy(holderWith({ pullRequest: '' }), { ...own, pullRequest: '' })).toBe(false)
})

test.each<[string, boolean, Partial<typeof own>]>([
  ['a lower number', true, { runId: '1041', runNumber: 41 }],
  ['a higher number', false, { runId: '1043', runNumber: 43 }],
  ['the same number and an earlier attempt', true, { runAttempt: 0 }],
  ['the same attempt', false, {}],
  [
    'a higher number of another workflow file, begun before',
    true,
    { runId: '99', runNumber: 900, workflowFile: 'x.yml' },
  ],
  [
    'a lower number of another workflow file, begun after',
    false,
    { runId: '9999', runNumber: 1, workflowFile: 'x.yml' },
  ],
])('run 42 is later than one with %s: %s', (_name, later, change) => {
  expect(isLater(own, { ...own, ...change })).toBe(later)
})
