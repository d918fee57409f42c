import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { isSameDefinition } from '../../src/task-definition/canonical.ts'
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
    'secrets of a log driver by name',
    web({ logConfiguration: { logDriver: 'splunk', secretOptions: [{ name: 'splunk-token', valueFrom: '/a' }] } }),
    web({ logConfiguration: { logDriver: 'splunk', secretOptions: [{ name: 'splunk-token', valueFrom: '/b' }] } }),
    [
      difference('logConfiguration.secretOptions', {
        container: 'web',
        names: { added: [], changed: ['splunk-token'], removed: [] },
      }),
    ],
  ],
  [
    'tags by key, from and to',
    web(
      {},
      {
        tags: [
          { key: 'team', value: 'a' },
          { key: 'stage', value: '' },
          { key: 'old', value: 'x' },
        ],
      },
    ),
    web(
      {},
      {
        tags: [
          { key: 'stage', value: '' },
          { key: 'team', value: 'b' },
          { key: 'new', value: '' },
        ],
      },
    ),
    [
      difference('tags.team', { from: 'a', to: 'b' }),
      difference('tags.new', { to: '' }),
      difference('tags.old', { from: 'x' }),
    ],
  ],
  [
    'everything else by its path, from and to',
    web({
      command: ['sh', '-c', 'a'],
      readonlyRootFilesystem: false,
      logConfiguration: { logDriver: 'awslogs', options: { 'awslogs-group': '/a', mode: 'blocking' } },
      novelty: { deep: [1, 2] },
    }),
    web(
      {
        command: ['sh', '-c', 'b'],
        readonlyRootFilesystem: true,
        logConfiguration: { logDriver: 'awslogs', options: { 'awslogs-group': '/b' } },
        novelty: { deep: [1] },
        dockerLabels: { 'com.example.a': '' },
      },
      { taskRoleArn: 'arn', runtimePlatform: { cpuArchitecture: 'ARM64' } },
    ),
    [
      difference('command', { container: 'web', from: '["sh","-c","a"]', to: '["sh","-c","b"]' }),
      difference('readonlyRootFilesystem', { container: 'web', from: 'false', to: 'true' }),
      difference('logConfiguration.options.awslogs-group', { container: 'web', from: '/a', to: '/b' }),
      difference('logConfiguration.options.mode', { container: 'web', from: 'blocking' }),
      difference('novelty.deep', { container: 'web', from: '[1,2]', to: '[1]' }),
      difference('dockerLabels.com.example.a', { container: 'web', to: '' }),
      difference('taskRoleArn', { to: 'arn' }),
      difference('runtimePlatform.cpuArchitecture', { to: 'ARM64' }),
    ],
  ],
  [
    'items of a list by what tells them apart, in whichever order they stand',
    web(
      {
        portMappings: [{ containerPort: 80 }, { containerPort: 81, appProtocol: 'http' }],
        dependsOn: [{ containerName: 'db', condition: 'START' }],
      },
      { volumes: [{ name: 'data' }, { name: 'tmp', host: { sourcePath: '/tmp' } }] },
    ),
    web(
      {
        portMappings: [
          { containerPort: 81, appProtocol: 'grpc' },
          { containerPort: 82, protocol: 'udp' },
          { containerPort: 80 },
        ],
        dependsOn: [{ containerName: 'db', condition: 'HEALTHY' }],
      },
      { volumes: [{ name: 'tmp', host: { sourcePath: '/var/tmp' } }, { name: 'data' }] },
    ),
    [
      difference('portMappings[81].appProtocol', { container: 'web', from: 'http', to: 'grpc' }),
      difference('portMappings[82].containerPort', { container: 'web', to: '82' }),
      difference('portMappings[82].protocol', { container: 'web', to: 'udp' }),
      difference('dependsOn[db].condition', { container: 'web', from: 'START', to: 'HEALTHY' }),
      difference('volumes[tmp].host.sourcePath', { from: '/tmp', to: '/var/tmp' }),
    ],
  ],
  [
    'items of other lists by their place',
    web({ environmentFiles: [{ type: 's3', value: 'a' }] }),
    web({
      environmentFiles: [
        { type: 's3', value: 'b' },
        { type: 's3', value: 'a' },
      ],
    }),
    [
      difference('environmentFiles[0].value', { container: 'web', from: 'a', to: 'b' }),
      difference('environmentFiles[1].type', { container: 'web', to: 's3' }),
      difference('environmentFiles[1].value', { container: 'web', to: 'a' }),
    ],
  ],
  [
    'containers that come, with what is in them, and go, in the order of what they become',
    { containerDefinitions: [{ name: 'web' }, { name: 'old', image: 'old:1' }] },
    {
      containerDefinitions: [
        { name: 'new', image: 'new:1', environment: [{ name: 'A', value: 'hunter2' }] },
        { name: 'web' },
      ],
      cpu: '256',
    },
    [
      difference('container', { container: 'new', to: 'present' }),
      difference('image', { container: 'new', to: 'new:1' }),
      difference('environment', { container: 'new', names: { added: ['A'], changed: [], removed: [] } }),
      difference('container', { container: 'old', from: 'present' }),
      difference('cpu', { to: '256' }),
    ],
  ],
  [
    'members in the order of the file, and what is gone from it last',
    { cpu: '256', containerDefinitions: [{ user: 'a', image: 'web:1', name: 'web', portMappings: [{}] }], memory: '1' },
    {
      family: 'web',
      containerDefinitions: [{ portMappings: [{ hostPort: 1 }], name: 'web', image: 'web:2' }],
      cpu: '512',
    },
    [
      difference('family', { to: 'web' }),
      difference('portMappings[0].hostPort', { container: 'web', to: '1' }),
      difference('image', { container: 'web', from: 'web:1', to: 'web:2' }),
      difference('user', { container: 'web', from: 'a' }),
      difference('cpu', { from: '256', to: '512' }),
      difference('memory', { from: '1' }),
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

describe('what looks like a password is not told', () => {
  test.each<[string, Json, Json, string | undefined, string | undefined]>([
    [
      'after its option',
      { command: ['--password', 'hunter2', 'a'] },
      { command: ['--password', 'hunter3', 'b'] },
      '["--password","***","a"]',
      '["--password","***","b"]',
    ],
    [
      'behind its option',
      { command: ['--db-password=hunter2'] },
      { command: ['--db-password=hunter3', '-v'] },
      '["--db-password=***"]',
      '["--db-password=***","-v"]',
    ],
    [
      'in a line for a shell',
      { command: ['sh', '-c', 'API_KEY=hunter2 run --token hunter2'] },
      { command: ['run'] },
      '["sh","-c","API_KEY=*** run --token ***"]',
      '["run"]',
    ],
    [
      'in an address',
      { command: ['postgres://me:hunter2@db/web'] },
      { command: ['run'] },
      '["postgres://me:***@db/web"]',
      '["run"]',
    ],
    [
      'in a header',
      { healthCheck: { command: ['CMD', 'curl -H "Authorization: Bearer hunter2hunter2"'] } },
      {},
      '["CMD","curl -H \\"Authorization: Bearer ***\\""]',
      undefined,
    ],
    [
      'in JSON',
      { dockerLabels: { checks: '[{"user": "me", "password": "hunter2"}]' } },
      {},
      '[{"user": "me", "password": ***}]',
      undefined,
    ],
    [
      'under a name of its own',
      { logConfiguration: { logDriver: 'splunk', options: { 'splunk-token': 'hunter2' } } },
      { logConfiguration: { logDriver: 'splunk', options: { 'splunk-token': 'hunter3' } } },
      undefined,
      undefined,
    ],
    ['under a name with dots', { dockerLabels: { 'com.example.secret.of': 'hunter2' } }, {}, undefined, undefined],
    [
      'where nothing else differs',
      { command: ['--password=hunter2'] },
      { command: ['--password=hunter3'] },
      undefined,
      undefined,
    ],
  ])('%s', (_, before, after, from, to) => {
    const differences = differencesBetween(web(before), web(after))
    expect(differences).toHaveLength(1)
    expect(differences[0]).toMatchObject({ from, to })
    expect(JSON.stringify(differences)).not.toContain('hunter')
  })

  test.each(['--max-tokens=100', '--tokenizer fast', 'bypass=1', 'registry.example/secrets:1', '--compass north'])(
    'and nothing else is hidden: %s',
    (text) => {
      expect(differencesBetween(web(), web({ command: [text] }))).toEqual([
        difference('command', { container: 'web', to: JSON.stringify([text]) }),
      ])
    },
  )

  test('in a text of any length, at once', () => {
    for (const text of [
      'password'.repeat(50_000),
      'a://'.repeat(50_000),
      '--'.repeat(100_000),
      `${'"'.repeat(100_000)}`,
    ]) {
      const [found] = differencesBetween(web(), web({ command: [text] }))
      expect(found?.to?.length).toBeLessThan(20_000)
    }
  })
})

test('there is a difference if and only if two definitions are not the same', () => {
  const scalar = fc.constantFrom<unknown>('', 'a', 'b', 0, 1, true, null)
  const item = fc.dictionary(fc.constantFrom('name', 'value', 'key', 'containerPort', 'protocol', 'x'), scalar, {
    maxKeys: 3,
  })
  const list = fc.oneof(fc.array(item, { maxLength: 3 }), fc.array(scalar, { maxLength: 2 }))
  const container = fc.dictionary(
    fc.constantFrom('name', 'image', 'environment', 'secrets', 'portMappings', 'command', 'dockerLabels', 'essential'),
    fc.oneof(scalar, list, item),
  )
  const task = fc.record({
    cpu: scalar,
    tags: list,
    requiresCompatibilities: list,
    containerDefinitions: fc.array(container, { maxLength: 3 }),
  })
  fc.assert(
    fc.property(task, task, (before, after) => {
      expect(differencesBetween(before, after).length === 0).toBe(isSameDefinition(before, after))
    }),
    { numRuns: 500 },
  )
})

test('no value of a variable and no address of a secret is in a difference', () => {
  const values = fc.array(fc.record({ name: fc.constantFrom('A', 'B', 'C', ''), value: fc.constant('hunter2') }))
  const addresses = fc.array(fc.record({ name: fc.constantFrom('A', 'B'), valueFrom: fc.constant('/hunter2') }))
  const definition = fc
    .record({ environment: values, secrets: addresses })
    .map((members) => ({ containerDefinitions: [{ name: 'web', ...members }] }))
  fc.assert(
    fc.property(fc.option(definition), definition, (before, after) => {
      expect(JSON.stringify(differencesBetween(before ?? {}, after))).not.toContain('hunter2')
    }),
  )
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
  expect(summarizeDifferences(differences)).toBe('image of web, environment of web (NEW, A, OLD), cpu')
  expect(summarizeDifferences([])).toBe('')
})

test('a container that comes or goes is one word of the summary, and a member is named once', () => {
  const before = { containerDefinitions: [{ name: 'web', dockerLabels: { a: '1', b: '1' } }, { name: 'old' }] }
  const after = {
    containerDefinitions: [
      { name: 'web', dockerLabels: { a: '2', b: '2' } },
      { name: 'new', image: 'a' },
    ],
  }
  expect(summarizeDifferences(differencesBetween(before, after))).toBe(
    'dockerLabels of web, container of new, container of old',
  )
})
