import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type Race, type RaceResult, race } from '../support/preview-races.ts'
import { cases } from '../support/share.ts'

const RACES = cases(30, 4)

const pullRequestRun = fc.record({
  event: fc.record({
    number: fc.integer({ min: 1, max: 3 }),
    action: fc.constantFrom('opened', 'synchronize', 'closed', 'opened'),
  }),
  startsAfterMs: fc.oneof(fc.integer({ min: 0, max: 2_000 }), fc.integer({ min: 0, max: 40_000 })),
  seed: fc.integer({ min: 1, max: 10_000 }),
})
const sweepRun = fc.record({
  event: fc.constant(undefined),
  startsAfterMs: fc.integer({ min: 0, max: 60_000 }),
  seed: fc.integer({ min: 1, max: 10_000 }),
})
const races = fc.record({
  lanes: fc.integer({ min: 1, max: 3 }),
  runs: fc.array(fc.oneof({ weight: 5, arbitrary: pullRequestRun }, { weight: 1, arbitrary: sweepRun }), {
    minLength: 2,
    maxLength: 6,
  }),
})

test('never have two pull requests one lane, nor keeps one a lane it needs no more, however their runs interleave', async () => {
  await fc.assert(
    fc.asyncProperty(races, async (given) => {
      expectFair(given as Race, await race(given as Race))
    }),
    RACES,
  )
})

function expectFair({ runs }: Race, { ended, owners, afterSweep, calls }: RaceResult): void {
  const closed = new Set(runs.flatMap(({ event }) => (event?.action === 'closed' ? [String(event.number)] : [])))
  const statuses = ended.map(({ outputs }) => outputs.status)

  // Every run says how it ended, and nothing surprised it.
  for (const { outputs, annotation } of ended) {
    expect([outputs.status, annotation?.message]).toEqual([
      expect.stringMatching(/^(succeeded|unchanged|refused|stopped|rolled-back|failed)$/),
      outputs.status === 'succeeded' || outputs.status === 'unchanged' ? undefined : expect.any(String),
    ])
    if (outputs.status === 'refused') expect(outputs.reason).toMatch(/^(busy|older-run)$/)
  }

  // Nobody but a run for the same pull request ends what a run has begun.
  const numbers = runs.map(({ event }) => event?.number)
  ended.forEach(({ outputs }, index) => {
    const isAlone = numbers.filter((number) => number === numbers[index]).length === 1
    if (isAlone && numbers[index] !== undefined) expect(outputs.status).toMatch(/^(succeeded|unchanged|refused)$/)
  })

  // A pull request that is open and was told its address has its lane alone, and the lane runs its tasks.
  ended.forEach(({ outputs }, index) => {
    const number = String(runs[index]?.event?.number ?? '')
    if (
      statuses[index] !== 'succeeded' ||
      runs[index]?.event?.action === 'closed' ||
      number === '' ||
      closed.has(number)
    )
      return
    const lane = owners.find(({ lane: name }) => outputs['test-url'] === `https://p${name.at(-1)}.example.org`)
    expect(lane).toMatchObject({ pullRequest: number, desiredCount: 1 })
  })

  // After a sweep no lane is left with a closed pull request, and no open one has two.
  const held = afterSweep.filter(({ desiredCount }) => desiredCount > 0).map(({ pullRequest }) => pullRequest)
  expect(held.filter((number) => closed.has(number))).toEqual([])
  expect(new Set(held).size).toBe(held.length)
  expect(afterSweep.filter(({ isDeploying }) => isDeploying)).toEqual([])

  // What is not a lane is not touched.
  const touched = calls.filter(({ writes }) => writes).map(({ input }) => JSON.stringify(input))
  expect(touched.filter((input) => /"(service|deploymentGroupName)":"(web|DgpECS-demo-web)"/.test(input))).toEqual([])
}
