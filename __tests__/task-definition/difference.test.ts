import { expect, test } from '@jest/globals'
import { type Difference, differencesBetween, summarizeDifferences } from '../../src/task-definition/difference.ts'

type Json = Record<string, unknown>

const web = (container: Json = {}, task: Json = {}): Json => ({
  family: 'web',
  containerDefinitions: [{ name: 'web', image: 'web:1', ...container }],
  ...task,
})

const difference = (member: string, rest: Partial<Difference>): Difference => ({
  member,
  container: '',
  from: undefined,
  to: undefined,
  names: undefined,
  ...rest,
})

test.each<[string, Json, Json, Difference[]]>([
  ['nothing between equal definitions', web(), web({ essential: true, links: [] }), []],
  [
    'images, from and to',
    web(),
    web({ image: 'web:2' }),
    [difference('image', { container: 'web', from: 'web:1', to: 'web:2' })],
  ],
  [
    'the size of the task, in one unit',
    web({}, { cpu: '256' }),
    web({}, { cpu: '0.5 vCPU', memory: '1 GB' }),
    [difference('cpu', { from: '256', to: '512' }), difference('memory', { to: '1024' })],
  ],
  [
    'variables by name, never by value',
    web({
      environment: [
        { name: 'A', value: 'hunter1' },
        { name: 'B', value: 'hunter2' },
        { name: 'D', value: '' },
      ],
    }),
    web({
      environment: [
        { name: 'B', value: 'hunter3' },
        { name: 'C', value: 'hunter4' },
        { name: 'D', value: '' },
      ],
    }),
    [difference('environment', { container: 'web', names: { added: ['C'], changed: ['B'], removed: ['A'] } })],
  ],
  [
    'secrets by name, never by address',
    web({ secrets: [{ name: 'A', valueFrom: '/a' }] }),
    web({ secrets: [{ name: 'A', valueFrom: '/b' }] }),
    [difference('secrets', { container: 'web', names: { added: [], changed: ['A'], removed: [] } })],
  ],
  [
    'tags by key',
    web({}, { tags: [{ key: 'team', value: 'a' }] }),
    web(),
    [difference('tags', { names: { added: [], changed: [], removed: ['team'] } })],
  ],
  [
    'everything else by its member alone',
    web({ command: ['--password', 'hunter2'] }),
    web({ command: ['--password', 'hunter3'], novelty: 'hunter4' }, { taskRoleArn: 'arn' }),
    [
      difference('command', { container: 'web' }),
      difference('novelty', { container: 'web' }),
      difference('taskRoleArn', {}),
    ],
  ],
  [
    'containers that come and go, in the order of what they become',
    { containerDefinitions: [{ name: 'web' }, { name: 'old' }] },
    { containerDefinitions: [{ name: 'new' }, { name: 'web' }] },
    [
      difference('container', { container: 'new', to: 'present' }),
      difference('container', { container: 'old', from: 'present' }),
    ],
  ],
])('tells %s', (_, before, after, differences) => {
  expect(differencesBetween(before, after)).toEqual(differences)
})

test('tells that containers stand in another order, which makes a new revision', () => {
  const before = { containerDefinitions: [{ name: 'web' }, { name: 'logs' }] }
  const after = { containerDefinitions: [{ name: 'logs' }, { name: 'web' }] }
  expect(differencesBetween(before, after)).not.toEqual([])
})

test('are summarised in one line, with names and without values', () => {
  const differences = differencesBetween(
    web(
      {
        environment: [
          { name: 'A', value: '1' },
          { name: 'OLD', value: '1' },
        ],
      },
      { cpu: '256' },
    ),
    web(
      {
        image: 'web:2',
        environment: [
          { name: 'A', value: '2' },
          { name: 'NEW', value: '1' },
        ],
      },
      { cpu: '512' },
    ),
  )
  expect(summarizeDifferences(differences)).toBe('environment of web (NEW, A, OLD), image of web, cpu')
  expect(summarizeDifferences([])).toBe('')
})
