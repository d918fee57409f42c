import { expect, test } from '@jest/globals'
import {
  deploymentArn,
  idOf,
  ofRollback,
  revisionNumberOf,
  rollbackIdOf,
  taskSetIdOf,
} from '../../src/ecs-native/ids.ts'

const ID = 'AbCdEfGhIjKlMnOpQrS42'
const ARN = `arn:aws-cn:ecs:cn-north-1:111122223333:service-deployment/prod/web/${ID}`
const SERVICE = { partition: 'aws-cn', region: 'cn-north-1', account: '111122223333', clusterName: 'prod', name: 'web' }

test('a deployment is told by the last part of its ARN, and its rollback beside it', () => {
  expect(deploymentArn(SERVICE, ID)).toBe(ARN)
  expect(deploymentArn(SERVICE, rollbackIdOf(ID))).toBe(ARN)
  expect([idOf(ARN), idOf(ID), idOf(rollbackIdOf(ID))]).toEqual([ID, ID, ID])
  expect([ofRollback(rollbackIdOf(ID)), ofRollback(ID)]).toEqual([ID, undefined])
})

test('a revision has the same number as its entry of the service and its tasks', () => {
  const revision = 'arn:aws:ecs:eu-central-1:111122223333:service-revision/prod/web/4200000000000000042'
  expect([revisionNumberOf(revision), revisionNumberOf('ecs-svc/42')]).toEqual(['4200000000000000042', '42'])
  expect(taskSetIdOf(revision)).toBe('ecs-svc/4200000000000000042')
})
