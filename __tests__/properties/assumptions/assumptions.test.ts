import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { randomRelease } from '../../support/random-release.ts'
import { cases, IS_SOAK, isPlayed } from '../../support/share.ts'
import { FLIPS, type Flip } from './other-sides.ts'
import { type Played, play, replay, switchesRead } from './play.ts'
import { STORIES, type Story } from './stories.ts'
import { expectTrue, type Truth } from './truth.ts'

/** Switches that were flipped in a way that the action, or what was true, could notice. */
const mattered = new Set<string>()

describe('a release is told as it was, on either side of every assumption about AWS', () => {
  test.each(Object.entries(STORIES).map(([name, story], place) => [name, story, place] as const))(
    '%s',
    async (_, story, place) => {
      const played = await play(story, {})
      expectAllTrue(played)
      const read = switchesRead(story, played)
      const flips = FLIPS.filter((one) => Object.keys(one).some((name) => read.has(name)))
      for (const [index, flip] of flips.entries()) {
        if (!isPlayed(index + place, 5)) continue
        const truths = replay(story, flip, played)
        if (truths === undefined) {
          for (const name of Object.keys(flip)) mattered.add(name)
          await expectTold(story, flip)
        } else naming(flip, () => expectAllTrue(played, truths))
      }
    },
  )

  test('most assumptions change what the action is answered in one of the stories', () => {
    expect(mattered.size).toBeGreaterThan(IS_SOAK ? 20 : 10)
  })
})

/** The same releases in every run; another seed finds others. */
const CASES = cases(30, 20260808)

const someFlips: fc.Arbitrary<Flip> = fc
  .uniqueArray(fc.constantFrom(...FLIPS), { minLength: 1, maxLength: 8 })
  .map((flips) => Object.assign({}, ...flips))

test('whatever happens to a release under any combination of assumptions, what is told of it is true', async () => {
  const given = fc.record({ release: randomRelease, flip: someFlips })
  await fc.assert(
    fc.asyncProperty(given, async ({ release: { scenario, inputs, cancelAtSecond }, flip }) => {
      const cancel = cancelAtSecond === undefined ? {} : { cancelAtSecond }
      await expectTold({ scenario, steps: [{ inputs, ...cancel }] }, flip)
    }),
    CASES,
  )
})

async function expectTold(story: Story, flip: Flip): Promise<void> {
  const played = await play(story, flip)
  naming(flip, () => expectAllTrue(played))
}

function expectAllTrue({ steps }: Played, truths: Truth[] = steps.map(({ truth }) => truth)): void {
  expect(truths).toHaveLength(steps.length)
  for (const [index, truth] of truths.entries()) {
    const ended = steps[index]?.ended
    if (ended !== undefined) expectTrue(ended, truth)
  }
}

/** A failure says which switches were flipped. */
function naming(flip: Flip, check: () => void): void {
  try {
    check()
  } catch (error) {
    if (error instanceof Error) error.message = `${JSON.stringify(flip)}: ${error.message}`
    throw error
  }
}
