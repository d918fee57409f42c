import { expect, test } from '@jest/globals'
import { GithubError } from '../../src/github/api.ts'
import { type Channel, Publisher } from '../../src/github/publisher.ts'
import type { Release } from '../../src/release-state.ts'
import { SIMULATION_START_MS } from '../../tools/simulator/clock.ts'
import { virtualClock } from '../support/virtual-clock.ts'

const TOLD = { kind: 'told' }

const NEVER = new Promise<void>(() => {})

/** News of a release that are told apart by their number; 0 says nothing. */
function news(number: number): Release {
  return { deploymentId: String(number) } as Release
}

/** A channel that fails as often as it is told, and the publisher to it. */
function stage(troubles: (GithubError | 'silent')[] = []) {
  const clock = virtualClock()
  const sent: string[] = []
  let attempts = 0
  const channel: Channel = {
    name: 'the channel',
    permission: 'places: write',
    textFor: ({ deploymentId }) => (deploymentId === '0' ? undefined : deploymentId),
    send: async (wording, _, signal) => {
      attempts += 1
      const trouble = troubles.shift()
      if (trouble === 'silent') {
        await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))))
      }
      if (trouble instanceof GithubError) throw trouble
      sent.push(`${wording} at ${(clock.now() - SIMULATION_START_MS) / 1000}`)
    },
  }
  return { clock, sent, publisher: new Publisher(channel, clock), attempts: () => attempts }
}

const passing = () => new GithubError('passing', 502, '502: Server Error')
const limited = (seconds: number) => new GithubError('limited', 403, '403: too many requests', seconds * 1000)

/** Lets everything run that waits for no clock. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
}

test('tells the first news at once, those of a pause together, the same never twice, and the last at once', async () => {
  const { publisher, sent, clock } = stage()
  publisher.publish(news(0))
  publisher.publish(news(1))
  await settled()
  expect(sent).toEqual(['1 at 0'])
  publisher.publish(news(2))
  publisher.publish(news(3))
  await settled()
  expect(sent).toEqual(['1 at 0', '3 at 10'])
  publisher.publish(news(3))
  await settled()
  expect(await publisher.flush(news(4), NEVER)).toEqual(TOLD)
  expect(sent).toEqual(['1 at 0', '3 at 10', `4 at ${(clock.now() - SIMULATION_START_MS) / 1000}`])
})

test('tries again a few times, then leaves it to the next news, without a word while the release goes on', async () => {
  const { publisher, sent, attempts } = stage([passing(), passing(), passing()])
  publisher.publish(news(1))
  await settled()
  expect(attempts()).toBe(3)
  publisher.publish(news(2))
  await settled()
  expect(await publisher.flush(news(2), NEVER)).toEqual(TOLD)
  expect(sent).toHaveLength(1)
})

test('knows that the last words did not arrive, and why', async () => {
  const { publisher, attempts } = stage([passing(), passing(), passing(), passing(), passing()])
  expect(await publisher.flush(news(1), NEVER)).toEqual({ kind: 'late', why: '502: Server Error' })
  expect(attempts()).toBe(3)
})

test.each(['refused', 'moot'] as const)('gives up for good when it is %s', async (kind) => {
  const error = new GithubError(kind, 403, '403: Resource not accessible')
  const { publisher, attempts } = stage([error])
  publisher.publish(news(1))
  await settled()
  publisher.publish(news(2))
  expect(await publisher.flush(news(3), NEVER)).toEqual({ kind: 'refused', error })
  expect(attempts()).toBe(1)
})

test('leaves GitHub alone for as long as it asks, and tells only the newest then', async () => {
  const { publisher, sent } = stage([limited(120)])
  publisher.publish(news(1))
  publisher.publish(news(2))
  await settled()
  expect(sent).toEqual(['2 at 120'])
})

test('asks less and less often when a limit is over by its own words and in fact is not', async () => {
  const { publisher, sent, clock } = stage([limited(0), limited(0), limited(0), limited(0)])
  publisher.publish(news(1))
  await settled()
  expect(sent).toEqual(['1 at 15'])
  expect(clock.now()).toBe(SIMULATION_START_MS + 15_000)
})

test('keeps to a limit at the end too, when it is over soon, and does not wait for a long one', async () => {
  const short = stage([limited(5)])
  expect(await short.publisher.flush(news(1), NEVER)).toEqual(TOLD)
  expect(short.sent).toEqual(['1 at 5'])
  const long = stage([limited(3600)])
  expect(await long.publisher.flush(news(1), NEVER)).toMatchObject({ kind: 'late' })
  expect(long.clock.now()).toBe(SIMULATION_START_MS)
})

test('ends with the last moment that a cancelled step has, whatever GitHub does', async () => {
  const { publisher } = stage(['silent'])
  expect(await publisher.flush(news(1), Promise.resolve())).toEqual({ kind: 'late', why: 'no time was left' })
})

test('a sending that is under way when the release ends is given up for the last words', async () => {
  const { publisher, sent, clock } = stage(['silent'])
  publisher.publish(news(1))
  await settled()
  const finishing = publisher.flush(news(2), NEVER)
  await clock.sleep(5_000)
  expect(await finishing).toEqual(TOLD)
  expect(sent).toHaveLength(1)
  expect(sent[0]).toMatch(/^2 at/)
})

test('a mistake of ours in what is told ends nothing but the telling', async () => {
  const { publisher } = stage()
  publisher.publish(null as unknown as Release)
  await settled()
  expect(await publisher.flush(news(2), NEVER)).toMatchObject({ kind: 'refused', error: { status: 0 } })
})
