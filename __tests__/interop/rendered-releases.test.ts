import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { RENDERED_RELEASES, sentRelease } from '../../interop/rendered-releases.ts'
import { baseScenario } from '../../tools/simulator/scenarios.ts'
import { simulateRelease } from '../support/simulated-release.ts'

/**
 * Recorded from version 1 of aws-actions/amazon-ecs-render-task-definition and version 2 of
 * aws-actions/amazon-ecs-deploy-task-definition; `npm run interop` compares them with checkouts.
 */
const RECORDED = JSON.parse(readFileSync('interop/official-releases.json', 'utf8'))

/** What runs has no tags, which this action would keep for a file that has none. */
const taskDefinitions = baseScenario.world.taskDefinitions.map((seed) => ({ ...seed, tags: [] }))
const untagged = { ...baseScenario, world: { ...baseScenario.world, taskDefinitions } }

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

test.each(RENDERED_RELEASES)(
  'one step sends what the official actions send to render and deploy: $shape',
  async ({ shape, files, inputs }) => {
    const { release, calls } = await simulateRelease({
      scenario: 'task-definition.json' in files ? untagged : baseScenario,
      inputs: { image: '', ...inputs, 'wait-for-service-stability': '', 'wait-for': 'nothing' },
      files,
    })
    expect(release.problems).toEqual([])
    expect(sentRelease(calls, sha256)).toEqual(RECORDED[shape])
  },
)

test('there is a record for each release and for no other', () => {
  expect(Object.keys(RECORDED)).toEqual(RENDERED_RELEASES.map(({ shape }) => shape))
})
