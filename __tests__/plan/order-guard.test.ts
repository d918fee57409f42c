import { describe, expect, test } from '@jest/globals'
import { guardOrder } from '../../src/plan/order-guard.ts'
import { type Marker, ownMarker } from '../../src/workflow-run/marker.ts'
import { runNumber } from '../support/others.ts'

const SERVER = 'https://github.example'
const own = ownMarker(runNumber(42, 2).run, 'release')

function guard(change: Partial<Marker> | undefined, isServing = true) {
  const marker = change === undefined ? undefined : { ...own, ...change }
  return guardOrder(own, { id: 'd-NEWER', marker, isServing }, SERVER)
}

describe('the order of runs', () => {
  test('refuses an older run, names the newer one and the way around it', () => {
    expect(guard({ runNumber: 43, runId: '1043' }).problem).toEqual({
      reason: 'older-run',
      sentence:
        "Run 43 of release.yml (https://github.example/example/shop/actions/runs/1043) is newer than this run 42 and serves already (d-NEWER). Set 'allow-older: true' to release the older one all the same.",
    })
    expect(guard({ runNumber: 43 }, false).problem?.sentence).toContain('is being deployed (d-NEWER)')
  })

  test('refuses an older attempt of the same run', () => {
    expect(guard({ runAttempt: 3 }).problem?.sentence).toMatch(/^Attempt 3 of this run is newer than this attempt 2 /)
  })

  test.each<[string, Partial<Marker>]>([
    ['an older run', { runNumber: 41, runId: '1041', runAttempt: 9 }],
    ['an earlier attempt', { runAttempt: 1 }],
    ['the same attempt', {}],
  ])('follows %s without a word', (_name, change) => {
    expect(guard(change)).toEqual({ problem: undefined, note: undefined })
  })

  test.each<[string, Partial<Marker> | undefined, string]>([
    ['nothing names a run', undefined, 'what serves (d-NEWER) was made by no run of this action'],
    ['another repository', { repository: 'example/other', runNumber: 99 }, 'was made by another workflow'],
    ['another workflow', { workflowFile: 'nightly.yml', runNumber: 99 }, 'was made by another workflow'],
    ['a rollback', { operation: 'rollback', runNumber: 99 }, 'is a rollback'],
  ])('is not checked, and that is said, when it was %s', (_name, change, why) => {
    const { problem, note } = guard(change)
    expect(problem).toBeUndefined()
    expect(note).toContain(why)
  })

  test('refuses an older run also after the repository was renamed, and links to where the newer one is now', () => {
    const now = { ...own, repository: 'example/store', repositoryId: '99' }
    const marker = { ...own, repositoryId: '99', runNumber: 43, runId: '1043' }
    const { problem } = guardOrder(now, { id: 'd-NEWER', marker, isServing: true }, SERVER)
    expect(problem?.reason).toBe('older-run')
    expect(problem?.sentence).toContain('(https://github.example/example/store/actions/runs/1043)')
  })

  test('lets the first run of a new repository follow the runs of one that had its name', () => {
    const now = { ...own, repositoryId: '99' }
    const marker = { ...own, repositoryId: '7', runNumber: 900, runId: '900' }
    const { problem, note } = guardOrder(now, { id: 'd-1', marker, isServing: true }, SERVER)
    expect(problem).toBeUndefined()
    expect(note).toContain('was made by another workflow')
  })

  test('does not compare the numbers of two workflow files with a long beginning in common', () => {
    const markerOf = (workflowFile: string, number: number) =>
      ownMarker({ ...runNumber(number).run, workflowFile }, 'release')
    const marker = markerOf('release-the-web-service-to-production-in-europe.yml', 99)
    const now = markerOf('release-the-web-service-to-production-in-america.yml', 3)
    const { problem, note } = guardOrder(now, { id: 'd-1', marker, isServing: true }, SERVER)
    expect(problem).toBeUndefined()
    expect(note).toContain('was made by another workflow')
  })

  test('is not checked when this run has no number', () => {
    const { problem, note } = guardOrder({ ...own, runNumber: 0 }, { id: 'd-1', marker: own, isServing: true }, SERVER)
    expect({ problem, note }).toEqual({
      problem: undefined,
      note: 'The order of runs is not checked: this run has no number.',
    })
  })
})
