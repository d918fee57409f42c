import { expect, test } from '@jest/globals'
import { parseArn, revisionName, shortName } from '../../src/aws/arn.ts'

test.each([
  [
    'arn:aws:ecs:eu-central-1:111122223333:service/prod/web',
    ['aws', 'ecs', 'eu-central-1', '111122223333', 'service/prod/web'],
  ],
  ['arn:aws-cn:lambda:cn-north-1:1:function:hook:live', ['aws-cn', 'lambda', 'cn-north-1', '1', 'function:hook:live']],
  ['arn:aws:iam::111122223333:role/web', ['aws', 'iam', '', '111122223333', 'role/web']],
  ['arn:aws:s3:::bucket', ['aws', 's3', '', '', 'bucket']],
])('%s has its parts', (text, [partition, service, region, account, resource]) => {
  expect(parseArn(text)).toEqual({ partition, service, region, account, resource })
})

test.each([
  '',
  'web',
  'arn:aws:ecs',
  'arn:aws:ecs:r:1:',
  'arn::ecs:r:1:x',
  ' arn:aws:s3:::b',
  'ARN:aws:s3:::b',
  'arn:aws:s3:::b\n',
])('%j is no ARN', (text) => {
  expect(parseArn(text)).toBeUndefined()
})

test.each([
  ['web', 'web'],
  ['arn:aws:ecs:eu-central-1:111122223333:service/prod/web', 'web'],
  ['arn:aws:ecs:eu-central-1:111122223333:service/web', 'web'],
  ['arn:aws:ecs:eu-central-1:111122223333:cluster/prod', 'prod'],
  ['', ''],
])('%j is called %j for short', (nameOrArn, name) => {
  expect(shortName(nameOrArn)).toBe(name)
})

test.each([
  ['arn:aws:ecs:eu-central-1:111122223333:task-definition/web:42', 'web:42'],
  ['web:42', 'web:42'],
])('%s is revision %s', (taskDefinition, name) => {
  expect(revisionName(taskDefinition)).toBe(name)
})
