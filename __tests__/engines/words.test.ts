import { expect, test } from '@jest/globals'
import { wordsOf } from '../../src/engines/words.ts'
import type { DeploymentPlace } from '../../src/lifecycle/engine-words.ts'
import { ECS_STAGES, stepOf } from '../../src/lifecycle/step.ts'
import { groupOf, serviceOf } from '../support/group-parts.ts'
import { EVENT_NAMES } from '../support/snapshots.ts'

const PLACE: DeploymentPlace = { region: 'us-east-1', service: serviceOf(), group: groupOf() }

test('while the controller is not known, the words are those of CodeDeploy', () => {
  expect(wordsOf(undefined)).toBe(wordsOf('CODE_DEPLOY'))
  expect(wordsOf('ECS').service).toBe('ECS')
})

test('each engine names a step as it names its own events', () => {
  const stages = ECS_STAGES.map((stage) => wordsOf('ECS').nameOf(stepOf(stage) ?? 'bake'))
  expect(stages).toEqual(ECS_STAGES)
  const events = EVENT_NAMES.map((event) => wordsOf('CODE_DEPLOY').nameOf(stepOf(event) ?? 'bake'))
  expect(events).toEqual(EVENT_NAMES)
})

const ARN = 'arn:aws:ecs:us-east-1:123456789012:service-deployment/demo/web/NCWGC2ZR-taawPAYrIaU5'

test.each([
  ['by its ARN', ARN],
  ['by the last part of its ARN', 'NCWGC2ZR-taawPAYrIaU5'],
  ['by the id of its rollback', `${ARN}/rollback`],
])('commands for a deployment of ECS that is known %s name its ARN', (_name, id) => {
  const { ways, ids } = wordsOf('ECS')
  expect(ways.look(id, PLACE)).toBe(
    `aws ecs describe-service-deployments --service-deployment-arns ${ARN} --region us-east-1`,
  )
  expect(ways.stop(id, PLACE)).toBe(
    `aws ecs stop-service-deployment --service-deployment-arn ${ARN} --stop-type ROLLBACK --region us-east-1`,
  )
  expect(ids.shown(id)).toBe('NCWGC2ZR-taawPAYrIaU5')
  expect(ids.ofRollback(id)).toBeUndefined()
})

test('the console shows a deployment of ECS on the page of its service', () => {
  const url = wordsOf('ECS').ways.deploymentUrl(ARN, PLACE)
  expect(url).toBe(
    'https://us-east-1.console.aws.amazon.com/ecs/v2/clusters/demo/services/web/deployments?region=us-east-1',
  )
})
