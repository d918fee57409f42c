import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { REGISTERED_FILES } from '../../interop/registered-files.ts'
import { baseScenario } from '../../tools/simulator/scenarios.ts'
import { simulateRelease } from '../support/simulated-release.ts'

/** Recorded from version 2 of aws-actions/amazon-ecs-deploy-task-definition; `npm run interop` compares them with a checkout. */
const RECORDED = JSON.parse(readFileSync('interop/official-registrations.json', 'utf8'))

/** What runs has no tags, which this action would keep. */
const taskDefinitions = baseScenario.world.taskDefinitions.map((seed) => ({ ...seed, tags: [] }))
const scenario = { ...baseScenario, world: { ...baseScenario.world, taskDefinitions } }

test.each(REGISTERED_FILES)('a file is registered as the official action does it: $shape', async (file) => {
  const { outputs, calls } = await simulateRelease({
    scenario,
    inputs: { image: '', 'task-definition': file.path, 'wait-for': 'nothing' },
    files: { [file.path]: file.text },
  })
  expect(outputs.status).toBe('started')
  const sent = calls.find(({ operation }) => operation === 'RegisterTaskDefinition')
  expect(sent?.input).toEqual(RECORDED[file.shape])
})

test('there is a record for each file and for no other', () => {
  expect(Object.keys(RECORDED)).toEqual(REGISTERED_FILES.map(({ shape }) => shape))
})
