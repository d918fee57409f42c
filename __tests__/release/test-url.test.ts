import { expect, test } from '@jest/globals'
import { Progress } from '../../src/release/progress.ts'
import { learnTestUrl } from '../../src/release/test-url.ts'
import type { Release } from '../../src/release-state.ts'
import { groupOf } from '../support/group-parts.ts'
import { handAws, UNREACHABLE } from '../support/hand-aws.ts'
import { newRelease } from '../support/releases.ts'

const LISTENER = 'arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/web/1/2'

/** What is told of the address of a test listener where its load balancer cannot be reached. */
async function told(testListener: string | undefined, release: Partial<Release> = {}) {
  let asked = 0
  const loadBalancing = () => {
    asked += 1
    return Promise.reject(UNREACHABLE)
  }
  const { world } = handAws({}, { world: { loadBalancing } })
  const progress = new Progress(newRelease(release), world)
  await learnTestUrl(groupOf({ testListener }), world, progress)
  const { testUrl, warnings } = progress.release
  return { asked, testUrl, warnings }
}

test('an address that cannot be found is a warning with the reason and the input that gives it', async () => {
  const { testUrl, warnings } = await told(LISTENER)
  expect(testUrl).toBeUndefined()
  expect(warnings).toEqual([
    expect.stringMatching(
      /^The address of the test listener could not be found; give it with 'test-url'\. .*ECONNRESET: cut/,
    ),
  ])
})

test.each<[string, string | undefined, Partial<Release>]>([
  ['an address that an input gives', LISTENER, { testUrl: 'https://test.example.org' }],
  ['the address of a group without a test listener', undefined, {}],
])('%s is not asked for', async (_what, listener, release) => {
  expect(await told(listener, release)).toEqual({ asked: 0, testUrl: release.testUrl, warnings: [] })
})
