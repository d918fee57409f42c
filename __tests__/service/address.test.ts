import { expect, test } from '@jest/globals'
import type { InputName } from '../../src/inputs/names.ts'
import { parseInputs } from '../../src/inputs/parse-inputs.ts'
import { addressProblems, answerProblems } from '../../src/service/address.ts'
import type { ResolvedService } from '../../src/service/service.ts'
import { rawInputs } from '../support/simulated-release.ts'

const ECS = 'arn:aws:ecs:us-east-1:123456789012'

function inputs(given: Partial<Record<InputName, string>>) {
  return parseInputs(rawInputs({ cluster: 'demo', service: 'web', ...given }), []).inputs
}

function found(change: Partial<ResolvedService>): ResolvedService {
  const place = { partition: 'aws', region: 'us-east-1', account: '123456789012', clusterName: 'demo', name: 'web' }
  return { ...place, arn: `${ECS}:service/demo/web`, ...change } as ResolvedService
}

test.each<[string, Partial<Record<InputName, string>>]>([
  ['names', {}],
  ['ARNs', { cluster: `${ECS}:cluster/demo`, service: `${ECS}:service/demo/web` }],
  ['the older ARN of a service, which does not name the cluster', { service: `${ECS}:service/web` }],
  ['a service ARN and no cluster', { cluster: '', service: `${ECS}:service/prod/web` }],
  ['a service ARN and the default cluster', { cluster: 'default', service: `${ECS}:service/prod/web` }],
  ['ARNs of a family and of a revision', { 'task-definition': `${ECS}:task-definition/web` }],
  ['a task definition file', { 'task-definition': './deploy/task definition.json' }],
  ['names as long as they may be', { cluster: 'c'.repeat(255), service: 's'.repeat(255) }],
])('an address may be given as %s', (_, given) => {
  expect(addressProblems(inputs(given), 'us-east-1')).toEqual([])
})

test.each([
  '',
  '  ',
  'web api',
  'web;rm',
  'wéb',
  'web/',
  '/web',
  'web:1',
  'w'.repeat(256),
  'w'.repeat(100_000),
  'web\u0001',
])('a name with characters that ECS does not allow is refused, cut where it is long: %j', (service) => {
  const problems = addressProblems({ ...inputs({}), service }, 'us-east-1')
  expect(problems).toHaveLength(1)
  expect(problems[0]?.sentence).toMatch(/^Input 'service' must be .{1,400}$/)
})

test('without a region only the rest is compared', () => {
  expect(addressProblems(inputs({ cluster: `${ECS}:cluster/demo` }), undefined)).toEqual([])
})

test.each<[string, Partial<Record<InputName, string>>, Partial<ResolvedService>, string]>([
  ['another name', {}, { name: 'api' }, 'service'],
  ['another cluster', {}, { clusterName: 'prod' }, 'service'],
  ['another account', { cluster: `${ECS}:cluster/demo` }, { account: '999956789012' }, 'cluster'],
  ['another region', { service: `${ECS}:service/demo/web` }, { region: 'eu-west-1' }, 'service'],
  [
    'another partition',
    { 'task-definition': `${ECS}:task-definition/web:1` },
    { partition: 'aws-cn' },
    'task-definition',
  ],
])('an answer with %s is not what the inputs name', (_, given, answered, input) => {
  expect(answerProblems(inputs(given), found(answered)).map(({ sentence }) => sentence)).toEqual([
    expect.stringMatching(new RegExp(`^Input '${input}' is '.+', but the service that ECS found is arn:`)),
  ])
})

test('an answer with the names of the inputs is what they name', () => {
  expect(answerProblems(inputs({ cluster: 'Demo', service: `${ECS}:service/demo/web` }), found({}))).toEqual([])
})
