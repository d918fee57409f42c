import { describe, expect, test } from '@jest/globals'
import { NO_OVERRIDES, type Overrides } from '../../src/inputs/overrides.ts'
import { containersOf, nameOf } from '../../src/task-definition/containers.ts'
import { applyOverrides, hasOverrides } from '../../src/task-definition/overrides.ts'

const DEFINITION = {
  family: 'web',
  cpu: '256',
  containerDefinitions: [
    {
      name: 'web',
      image: 'web:1',
      environment: [
        { name: 'LEVEL', value: 'info' },
        { name: 'BANNER', value: '' },
      ],
      secrets: [{ name: 'PASSWORD', valueFrom: '/password' }],
    },
    { name: 'logs', image: 'logs:1', environment: [{ name: 'LEVEL', value: 'warn' }] },
  ],
}

/** The definition with the overrides, and what stands in their way. */
function override(
  overrides: Partial<Overrides>,
  mainContainer = 'web',
  definition: Record<string, unknown> = DEFINITION,
) {
  const applied = applyOverrides(definition, { ...NO_OVERRIDES, ...overrides }, mainContainer)
  const { definition: overridden, problems, notes } = applied
  return { overridden, containers: containersOf(overridden), notes, wrong: problems.map(({ sentence }) => sentence) }
}

test.each<[string, Partial<Overrides>, boolean]>([
  ['no overrides', {}, false],
  ['an image', { images: [{ container: undefined, image: 'a' }] }, true],
  ['a variable', { environment: new Map([['A', '']]) }, true],
  ['a secret', { secrets: new Map([['A', '/a']]) }, true],
  ['a size', { memory: '512' }, true],
  ['a command', { command: ['run'] }, true],
  ['a tag', { tags: new Map([['A', '']]) }, true],
  ['a file of variables', { envFiles: ['arn:aws:s3:::config/web.env'] }, true],
  ['a log driver', { logDriver: 'awslogs' }, true],
  ['nothing in the name of a container alone', { containers: ['web'] }, false],
])('knows %s', (_, overrides, has) => {
  expect(hasOverrides({ ...NO_OVERRIDES, ...overrides })).toBe(has)
})

test('changes nothing without overrides, and never what it was given', () => {
  const before = structuredClone(DEFINITION)
  expect(override({}).overridden).toEqual(DEFINITION)
  override({
    images: [{ container: undefined, image: 'web:2' }],
    environment: new Map([['LEVEL', 'debug']]),
    secrets: new Map([['BANNER', '/b']]),
    cpu: '512',
  })
  expect(DEFINITION).toEqual(before)
})

describe('an image', () => {
  test('without a container goes to the main one', () => {
    const { containers } = override({ images: [{ container: undefined, image: 'web:2' }] })
    expect(containers.map(({ image }) => image)).toEqual(['web:2', 'logs:1'])
  })

  test('with a container goes there', () => {
    const images = [
      { container: 'logs', image: 'logs:2' },
      { container: 'web', image: 'web:2' },
    ]
    expect(override({ images }).containers.map(({ image }) => image)).toEqual(['web:2', 'logs:2'])
  })

  test('for a container that is not there is refused, with those that are', () => {
    expect(override({ images: [{ container: 'wbe', image: 'a' }] }).wrong).toEqual([
      "Input 'image' names the container 'wbe', which the task definition does not have; its containers: 'web', 'logs'.",
    ])
    expect(override({ images: [{ container: 'web', image: 'a' }] }, 'web', { family: 'a' }).wrong).toEqual([
      "Input 'image' names the container 'web', which the task definition does not have; its containers: none.",
    ])
  })
})

describe('variables and secrets', () => {
  test('are set in their place or added at the end, in the main container only', () => {
    const { containers } = override({
      environment: new Map([
        ['NEW', 'a=b '],
        ['LEVEL', ''],
      ]),
      secrets: new Map([
        ['PASSWORD', '/new'],
        ['TOKEN', '/token'],
      ]),
    })
    expect(containers).toEqual([
      {
        name: 'web',
        image: 'web:1',
        environment: [
          { name: 'LEVEL', value: '' },
          { name: 'BANNER', value: '' },
          { name: 'NEW', value: 'a=b ' },
        ],
        secrets: [
          { name: 'PASSWORD', valueFrom: '/new' },
          { name: 'TOKEN', valueFrom: '/token' },
        ],
      },
      DEFINITION.containerDefinitions[1],
    ])
  })

  test('move from one list to the other', () => {
    const { containers } = override({
      environment: new Map([['PASSWORD', 'plain']]),
      secrets: new Map([['LEVEL', '/level']]),
    })
    expect(containers[0]).toMatchObject({
      environment: [
        { name: 'BANNER', value: '' },
        { name: 'PASSWORD', value: 'plain' },
      ],
      secrets: [{ name: 'LEVEL', valueFrom: '/level' }],
    })
  })

  test('leave nothing behind when the only variable becomes a secret, or the only secret a variable', () => {
    const variable = { name: 'web', environment: [{ name: 'A', value: '1' }] }
    const secret = { name: 'web', secrets: [{ name: 'A', valueFrom: '/a' }] }
    const withContainer = (container: object) => ({ containerDefinitions: [container] })
    expect(override({ secrets: new Map([['A', '/a']]) }, 'web', withContainer(variable)).containers).toEqual([
      { ...secret, environment: [] },
    ])
    expect(override({ environment: new Map([['A', '1']]) }, 'web', withContainer(secret)).containers).toEqual([
      { ...variable, secrets: [] },
    ])
  })

  test('make no list where there is nothing to put in', () => {
    const bare = { containerDefinitions: [{ name: 'web' }] }
    expect(override({ environment: new Map([['A', '1']]) }, 'web', bare).containers).toEqual([
      { name: 'web', environment: [{ name: 'A', value: '1' }] },
    ])
  })

  test('change every entry of a name that is there twice', () => {
    const environment = [
      { name: 'A', value: '1' },
      { name: 'A', value: '2' },
    ]
    const twice = { containerDefinitions: [{ name: 'web', environment }] }
    expect(override({ environment: new Map([['A', '3']]) }, 'web', twice).containers[0]).toMatchObject({
      environment: [
        { name: 'A', value: '3' },
        { name: 'A', value: '3' },
      ],
    })
  })

  test('may be called like what every object has', () => {
    const bare = { containerDefinitions: [{ name: 'web' }] }
    expect(override({ environment: new Map([['__proto__', 'x']]) }, 'web', bare).containers[0]).toEqual({
      name: 'web',
      environment: [{ name: '__proto__', value: 'x' }],
    })
  })
})

test('cpu and memory are those of the task', () => {
  const { overridden, containers } = override({ cpu: '1 vCPU', memory: '2048' })
  expect(overridden).toMatchObject({ cpu: '1 vCPU', memory: '2048' })
  expect(containers).toEqual(DEFINITION.containerDefinitions)
})

test('what is no container and no name counts as none', () => {
  expect(containersOf({ containerDefinitions: ['web', null, { name: 'web' }] })).toEqual([{ name: 'web' }])
  expect([containersOf({}), containersOf({ containerDefinitions: 'web' })]).toEqual([[], []])
  expect([nameOf({ name: 'web' }), nameOf({ name: 5 }), nameOf({})]).toEqual(['web', '', ''])
})

describe('what is for a container', () => {
  const EVERYTHING: Partial<Overrides> = {
    images: [{ container: undefined, image: 'both:2' }],
    environment: new Map([['LEVEL', 'debug']]),
    secrets: new Map([['TOKEN', '/token']]),
    envFiles: ['arn:aws:s3:::config/b.env', 'arn:aws:s3:::config/a.env'],
    dockerLabels: new Map([
      ['VERSION', '2'],
      ['__proto__', 'x'],
    ]),
    command: ['run', ''],
    logDriver: 'awslogs',
    logOptions: new Map([['awslogs-group', '/web']]),
  }
  const changed = {
    image: 'both:2',
    environment: expect.arrayContaining([{ name: 'LEVEL', value: 'debug' }]),
    secrets: expect.arrayContaining([{ name: 'TOKEN', valueFrom: '/token' }]),
    environmentFiles: [
      { value: 'arn:aws:s3:::config/b.env', type: 's3' },
      { value: 'arn:aws:s3:::config/a.env', type: 's3' },
    ],
    command: ['run', ''],
    logConfiguration: { logDriver: 'awslogs', options: { 'awslogs-group': '/web' } },
  }

  test('is for the main one when none is named', () => {
    const { containers, wrong } = override(EVERYTHING)
    expect(wrong).toEqual([])
    expect(containers).toEqual([expect.objectContaining(changed), DEFINITION.containerDefinitions[1]])
    expect(Object.entries(containers[0]?.['dockerLabels'] ?? {})).toEqual([
      ['VERSION', '2'],
      ['__proto__', 'x'],
    ])
  })

  test('is for those that are named, the main one or not', () => {
    const { containers, wrong } = override({ ...EVERYTHING, containers: ['logs'] })
    expect(wrong).toEqual([])
    expect(containers).toEqual([DEFINITION.containerDefinitions[0], expect.objectContaining(changed)])
    const both = override({ ...EVERYTHING, containers: ['logs', 'web'] }).containers
    expect(both).toEqual([expect.objectContaining(changed), expect.objectContaining(changed)])
  })

  test('is refused for containers that are not there, together with images that are for none', () => {
    const images = [{ container: 'wbe', image: 'a' }]
    const { wrong } = override({ images, containers: ['web', 'log', 'worker'] })
    const rest = "which the task definition does not have; its containers: 'web', 'logs'."
    expect(wrong).toEqual([
      `Input 'image' names the container 'wbe', ${rest}`,
      `Input 'container-name' names the container 'log', ${rest}`,
      `Input 'container-name' names the container 'worker', ${rest}`,
    ])
  })

  test('leaves labels that are there, and replaces files and command', () => {
    const container = { name: 'web', dockerLabels: { TEAM: 'a', VERSION: '1' }, command: ['a'], environmentFiles: [{}] }
    const definition = { containerDefinitions: [container] }
    const { containers } = override({ ...EVERYTHING, dockerLabels: new Map([['VERSION', '2']]) }, 'web', definition)
    expect(containers[0]).toMatchObject({ dockerLabels: { TEAM: 'a', VERSION: '2' }, command: ['run', ''] })
    expect(containers[0]?.['environmentFiles']).toHaveLength(2)
  })
})

describe('the log of a container', () => {
  const logging = (logConfiguration: unknown, overrides: Partial<Overrides>) => {
    const { containers, ...rest } = override(overrides, 'web', {
      containerDefinitions: [{ name: 'web', logConfiguration }],
    })
    return { logConfiguration: containers[0]?.['logConfiguration'], notes: rest.notes, wrong: rest.wrong }
  }
  const AWSLOGS = {
    logDriver: 'awslogs',
    options: { 'awslogs-group': '/web', 'awslogs-region': 'us-east-1', mode: 'non-blocking' },
  }

  test('keeps options that are not named', () => {
    const logOptions = new Map([['awslogs-group', '/new']])
    expect(logging(AWSLOGS, { logOptions, logDriver: 'awslogs' })).toEqual({
      logConfiguration: { logDriver: 'awslogs', options: { ...AWSLOGS.options, 'awslogs-group': '/new' } },
      notes: [],
      wrong: [],
    })
  })

  test('keeps of another driver only what every driver knows, and says what it leaves out', () => {
    const before = {
      ...AWSLOGS,
      secretOptions: [
        { name: 'x', valueFrom: '/x' },
        { name: 'splunk-token', valueFrom: '/t' },
      ],
    }
    const logOptions = new Map([['splunk-url', 'https://splunk.example']])
    expect(logging(before, { logDriver: 'splunk', logOptions })).toEqual({
      logConfiguration: {
        logDriver: 'splunk',
        options: { mode: 'non-blocking', 'splunk-url': 'https://splunk.example' },
        secretOptions: [{ name: 'splunk-token', valueFrom: '/t' }],
      },
      notes: [
        "The log driver of the container 'web' changes from 'awslogs' to 'splunk', so its options 'awslogs-group', 'awslogs-region', 'x' are left out. Options of 'splunk' are given with 'log-configuration-options'.",
      ],
      wrong: [],
    })
    expect(logging({ logDriver: 'json-file' }, { logDriver: 'syslog' })).toMatchObject({
      logConfiguration: { logDriver: 'syslog' },
      notes: [],
    })
  })

  test('is refused when it has options and no driver', () => {
    expect(logging(undefined, { logOptions: new Map([['mode', 'blocking']]) }).wrong).toEqual([
      "Input 'log-configuration-options' is given, but the container 'web' has no log driver. Give it with 'log-configuration-log-driver'.",
    ])
  })
})

describe('what is for the task', () => {
  test('is put into the definition: family, size and roles', () => {
    const { overridden } = override({ family: 'shop', cpu: '512', memory: '1024', taskRole: 'a', executionRole: 'b' })
    expect(overridden).toEqual({
      ...DEFINITION,
      family: 'shop',
      cpu: '512',
      memory: '1024',
      taskRoleArn: 'a',
      executionRoleArn: 'b',
    })
  })

  test('are tags that are laid over those that are there', () => {
    const tags = [
      { key: 'team', value: 'web' },
      { key: 'version', value: '1' },
    ]
    const laid = new Map([
      ['version', '2'],
      ['stage', ''],
    ])
    expect(override({ tags: laid }, 'web', { ...DEFINITION, tags }).overridden['tags']).toEqual([
      { key: 'team', value: 'web' },
      { key: 'version', value: '2' },
      { key: 'stage', value: '' },
    ])
    expect(override({ tags: laid }).overridden['tags']).toHaveLength(2)
  })

  test('are at most 50 tags with those that are there', () => {
    const tags = Array.from({ length: 50 }, (_, index) => ({ key: `k${index}`, value: '' }))
    const definition = { ...DEFINITION, tags }
    expect(override({ tags: new Map([['k0', '1']]) }, 'web', definition).wrong).toEqual([])
    expect(override({ tags: new Map([['new', '1']]) }, 'web', definition).wrong).toEqual([
      "With those of the task definition there would be 51 tags, and ECS takes 50. Give fewer in 'tags', or take some out of the task definition.",
    ])
  })
})
