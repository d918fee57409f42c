import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { isSameDefinition } from '../../src/task-definition/canonical.ts'

type Json = Record<string, unknown>

const web = (container: Json = {}, task: Json = {}): Json => ({
  family: 'web',
  networkMode: 'awsvpc',
  containerDefinitions: [{ name: 'web', image: 'registry.example/web:1', ...container }],
  ...task,
})

describe('two definitions are the same', () => {
  test.each<[string, Json, Json]>([
    ['when members stand in another order', { family: 'a', cpu: '1' }, { cpu: '1', family: 'a' }],
    [
      'when one has null and empty members',
      web(),
      web({ links: [], user: '', logConfiguration: null }, { volumes: [], pidMode: '' }),
    ],
    [
      'when one has empty lists below empty members',
      web(),
      web({ linuxParameters: { capabilities: { add: [], drop: [] } } }),
    ],
    [
      'when one has what ECS fills in for a container',
      web(),
      web({ cpu: 0, essential: true, environment: [], mountPoints: [] }),
    ],
    [
      'when one has what ECS fills in for a port',
      web({ portMappings: [{ containerPort: 80 }] }),
      web({ portMappings: [{ containerPort: 80, hostPort: 80, protocol: 'tcp' }] }),
    ],
    [
      'when one has what ECS fills in for a port of a bridge',
      web({ portMappings: [{ containerPort: 80 }] }, { networkMode: 'bridge' }),
      web({ portMappings: [{ containerPort: 80, hostPort: 0, protocol: 'tcp' }] }, { networkMode: 'bridge' }),
    ],
    [
      'when one has what ECS fills in for a health check',
      web({ healthCheck: { command: ['CMD', 'x'] } }),
      web({ healthCheck: { command: ['CMD', 'x'], interval: 30, timeout: 5, retries: 3, startPeriod: 0 } }),
    ],
    [
      'when the size is in other units',
      web({}, { cpu: '512', memory: '2048' }),
      web({}, { cpu: '.5 vCPU', memory: '2GB' }),
    ],
    [
      'when variables stand in another order',
      web({
        environment: [
          { name: 'A', value: '1' },
          { name: 'B', value: '' },
        ],
      }),
      web({
        environment: [
          { value: '', name: 'B' },
          { name: 'A', value: '1' },
        ],
      }),
    ],
    [
      'when lists that are sets stand in another order',
      web(
        {
          secrets: [
            { name: 'A', valueFrom: '/a' },
            { name: 'B', valueFrom: '/b' },
          ],
          portMappings: [{ containerPort: 80 }, { containerPort: 9 }],
          dependsOn: [
            { containerName: 'x', condition: 'START' },
            { containerName: 'y', condition: 'START' },
          ],
        },
        {
          tags: [
            { key: 'a', value: '1' },
            { key: 'b', value: '2' },
          ],
          requiresCompatibilities: ['EC2', 'FARGATE'],
        },
      ),
      web(
        {
          secrets: [
            { name: 'B', valueFrom: '/b' },
            { name: 'A', valueFrom: '/a' },
          ],
          portMappings: [{ containerPort: 9 }, { containerPort: 80 }],
          dependsOn: [
            { containerName: 'y', condition: 'START' },
            { containerName: 'x', condition: 'START' },
          ],
        },
        {
          tags: [
            { key: 'b', value: '2' },
            { key: 'a', value: '1' },
          ],
          requiresCompatibilities: ['FARGATE', 'EC2'],
        },
      ),
    ],
    [
      'when labels stand in another order',
      web({ dockerLabels: { a: '1', b: '' } }),
      web({ dockerLabels: { b: '', a: '1' } }),
    ],
  ])('%s', (_, left, right) => {
    expect([isSameDefinition(left, right), isSameDefinition(right, left)]).toEqual([true, true])
  })
})

describe('two definitions differ', () => {
  test.each<[string, Json, Json]>([
    ['in the image', web(), web({ image: 'registry.example/web:2' })],
    ['in the family', web(), web({}, { family: 'shop' })],
    [
      'in a value',
      web({ environment: [{ name: 'A', value: '1' }] }),
      web({ environment: [{ name: 'A', value: '2' }] }),
    ],
    ['in a value that is empty', web({ environment: [{ name: 'A', value: '' }] }), web()],
    ['in a label that is empty', web({ dockerLabels: { a: '' } }), web({ dockerLabels: { b: '' } })],
    ['in whether a container is essential', web(), web({ essential: false })],
    [
      'in the port of the host',
      web({ portMappings: [{ containerPort: 80 }] }, { networkMode: 'bridge' }),
      web({ portMappings: [{ containerPort: 80, hostPort: 80 }] }, { networkMode: 'bridge' }),
    ],
    [
      'in the protocol',
      web({ portMappings: [{ containerPort: 80 }] }),
      web({ portMappings: [{ containerPort: 80, protocol: 'udp' }] }),
    ],
    [
      'in the patience of the health check',
      web({ healthCheck: { command: ['x'] } }),
      web({ healthCheck: { command: ['x'], retries: 4 } }),
    ],
    ['in the order of a command', web({ command: ['a', 'b'] }), web({ command: ['b', 'a'] })],
    [
      'in the order of files of variables',
      web({ environmentFiles: [{ value: 'a' }, { value: 'b' }] }),
      web({ environmentFiles: [{ value: 'b' }, { value: 'a' }] }),
    ],
    ['in the size', web({}, { cpu: '512' }), web({}, { cpu: '1 vCPU' })],
    ['in a member that nobody knows', web(), web({ novelty: { on: true } })],
    ['in a tag', web({}, { tags: [{ key: 'a', value: '1' }] }), web()],
    [
      'in a container',
      web(),
      { ...web(), containerDefinitions: [{ name: 'web', image: 'registry.example/web:1' }, { name: 'b' }] },
    ],
  ])('%s', (_, left, right) => {
    expect([isSameDefinition(left, right), isSameDefinition(right, left)]).toEqual([false, false])
  })

  test.each<[string, Json, Json]>([
    ['in an entry point that is switched off', web(), web({ entryPoint: [''] })],
    ['in an argument that is empty', web({ command: ['run', '', 'x'] }), web({ command: ['run', 'x'] })],
    [
      'in an option of the log driver that is empty',
      web({ logConfiguration: { logDriver: 'fluentd' } }),
      web({ logConfiguration: { logDriver: 'fluentd', options: { tag: '' } } }),
    ],
  ])('%s', (_, left, right) => {
    expect(isSameDefinition(left, right)).toBe(false)
  })

  test('in which of two values of the same variable comes last', () => {
    const left = web({
      environment: [
        { name: 'A', value: '1' },
        { name: 'A', value: '2' },
      ],
    })
    const right = web({
      environment: [
        { name: 'A', value: '2' },
        { name: 'A', value: '1' },
      ],
    })
    expect(isSameDefinition(left, right)).toBe(false)
  })
})

test('a definition is the same as itself, and as itself in another order of members', () => {
  const scalars = fc.oneof(fc.string({ maxLength: 3 }), fc.integer(), fc.boolean(), fc.constant(null))
  const members = fc.dictionary(
    fc.constantFrom('name', 'cpu', 'image', 'portMappings', '__proto__', 'constructor'),
    scalars,
  )
  fc.assert(
    fc.property(members, fc.array(members, { maxLength: 3 }), (task, containerDefinitions) => {
      const definition = { ...task, containerDefinitions }
      const turned = Object.fromEntries(Object.entries(definition).reverse())
      expect(isSameDefinition(definition, turned)).toBe(true)
    }),
  )
})
