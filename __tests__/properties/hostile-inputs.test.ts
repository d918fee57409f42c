import { describe, expect, test } from '@jest/globals'
import type { InputName } from '../../src/inputs/names.ts'
import { baseScenario } from '../../tools/simulator/scenarios.ts'
import { simulateRelease } from '../support/simulated-release.ts'

const HOSTILE = {
  'a control character': 'web\u0001x',
  'a terminal sequence': 'web\u001b[31mx',
  'two lines': 'web x\napi y',
  'a hundred thousand characters': 'w'.repeat(100_000),
  'letters of another script': 'wéb-сервис',
  'a workflow command': 'x\n::error::hijacked',
  'nothing visible': '\u200b',
}

/** Inputs that AWS would refuse for their form, or that name what cannot be there. */
const NAMES: InputName[] = [
  'operation',
  'cluster',
  'service',
  'codedeploy-application',
  'codedeploy-deployment-group',
  'image',
  'task-definition',
  'task-definition-arn',
  'task-definition-family',
  'task-definition-revision',
  'container-name',
  'container-port',
  'secrets',
  'env-files',
  'docker-labels',
  'log-configuration-log-driver',
  'log-configuration-options',
  'cpu',
  'memory',
  'task-role-arn',
  'execution-role-arn',
  'family',
  'tags',
  'codedeploy-appspec',
  'before-install-hook',
  'after-allow-traffic-hook',
  'codedeploy-deployment-config',
  'rollback-on',
  'if-unchanged',
  'auto-promote',
  'wait-for',
  'wait-for-minutes',
  'on-timeout',
  'on-cancel',
  'fail-fast',
  'max-retries',
  'wait-for-service-stability',
]

describe.each(NAMES)('%s', (name) => {
  test('is refused by name in short sentences, and nothing is written, whatever it is made of', async () => {
    for (const value of Object.values(HOSTILE)) {
      const { release, outputs, writes } = await simulateRelease({ scenario: baseScenario, inputs: { [name]: value } })
      expect(outputs).toMatchObject({ status: 'refused', reason: 'invalid-input' })
      expect(writes).toEqual([])
      for (const { sentence } of release.problems) {
        expect(sentence).toMatch(new RegExp(`^Input '${name}' [^\\n]{1,700}\\.$`))
      }
    }
  })

  test('is not given when it is blank', async () => {
    const blank = await simulateRelease({ scenario: baseScenario, inputs: { 'wait-for': 'nothing', [name]: ' \n\t ' } })
    const required = "Input 'service' is required: the name or ARN of the ECS service to release."
    const sentences = blank.release.problems.map(({ sentence }) => sentence)
    if (name === 'service') expect(sentences).toEqual([required])
    // Without its cluster the service is looked for in the default one.
    else if (name === 'image') expect(sentences).toEqual([expect.stringMatching(/^There is nothing to release: /)])
    else if (name === 'cluster') expect(blank.outputs.reason).toBe('not-found')
    else expect(sentences).toEqual([])
  })
})

test('a description of any text becomes one short line with the marker', async () => {
  for (const value of Object.values(HOSTILE)) {
    const { calls, outputs } = await simulateRelease({
      scenario: baseScenario,
      inputs: { 'wait-for': 'nothing', 'codedeploy-deployment-description': value },
    })
    expect(outputs.status).toBe('started')
    const created = calls.find(({ operation }) => operation === 'CreateDeployment')
    const description = String(Reflect.get(created?.input ?? {}, 'description'))
    expect(description).toMatch(/^[^\p{Cc}]{0,256}$/u)
    expect(description).toMatch(/\[ecs-release .*\]$/)
  }
})
