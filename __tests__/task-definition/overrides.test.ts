import { describe, expect, test } from '@jest/globals'
import {
  applyOverrides,
  containersOf,
  hasOverrides,
  nameOf,
  type Overrides,
} from '../../src/task-definition/overrides.ts'

const NONE: Overrides = { images: [], environment: new Map(), secrets: new Map(), cpu: undefined, memory: undefined }

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
  const { definition: overridden, problems } = applyOverrides(definition, { ...NONE, ...overrides }, mainContainer)
  return { overridden, containers: containersOf(overridden), wrong: problems.map(({ sentence }) => sentence) }
}

test.each<[string, Partial<Overrides>, boolean]>([
  ['no overrides', {}, false],
  ['an image', { images: [{ container: undefined, image: 'a' }] }, true],
  ['a variable', { environment: new Map([['A', '']]) }, true],
  ['a secret', { secrets: new Map([['A', '/a']]) }, true],
  ['a size', { memory: '512' }, true],
])('knows %s', (_, overrides, has) => {
  expect(hasOverrides({ ...NONE, ...overrides })).toBe(has)
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
