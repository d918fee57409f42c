import { describe, expect, test } from '@jest/globals'
import type { Release } from '../../src/release-state.ts'
import { imageName, releasedName, releasedTo, versions } from '../../src/report/released.ts'
import { nativeRelease } from '../support/native-releases.ts'

const DIGEST = `sha256:${'4f2a'.repeat(16)}`

test.each([
  ['registry.example/web:1.1.0', 'web', '1.1.0'],
  ['123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop/web:v2', 'web', 'v2'],
  ['localhost:5000/web', 'web', 'latest'],
  ['web', 'web', 'latest'],
  [`registry.example/web@${DIGEST}`, 'web', '4f2a4f2a4f2a'],
  [`registry.example/web:1.1.0@${DIGEST}`, 'web', '1.1.0'],
  [`registry.example/web:${'0f3c9a1b'.repeat(5)}`, 'web', '0f3c9a1b0f3c'],
  [`registry.example/web:${'x'.repeat(60)}`, 'web', `${'x'.repeat(40)}…`],
])('people call the image %s by its name and what tells it from others', (image, repository, version) => {
  expect(imageName(image)).toEqual({ repository, version })
})

test.each([
  ['by their tags', 'r.example/web:1.0.0', 'r.example/web:1.1.0', ['1.0.0', '1.1.0']],
  ['by their names too where these differ', 'r.example/web:1', 'r.example/shop:1', ['web:1', 'shop:1']],
  [
    'whole where nothing shorter tells them apart',
    'a.example/web:1',
    'b.example/web:1',
    ['a.example/web:1', 'b.example/web:1'],
  ],
])('two images are told %s', (_, from, to, told) => {
  expect(versions(from, to)).toEqual(told)
})

const change = (container: string, from: string | undefined, to: string | undefined) => ({
  member: 'image',
  container,
  from,
  to,
  names: undefined,
})

function releaseOf(differences: ReturnType<typeof change>[], more: Partial<Release> = {}): Release {
  const release = nativeRelease({ status: 'succeeded', ...more })
  return { ...release, plan: release.plan && { ...release.plan, differences } }
}

describe('what is released is told', () => {
  const WEB = change('web', 'r.example/web:1.0.0', 'r.example/web:1.1.0')
  const PROXY = change('proxy', 'r.example/envoy:1', 'r.example/envoy:2')

  test('by the image of the container behind the load balancer, and how many others there are', () => {
    expect(releasedTo(releaseOf([WEB]))).toBe('web 1.1.0 → demo/web')
    expect(releasedTo(releaseOf([PROXY, WEB]))).toBe('web 1.1.0 and 1 more → demo/web')
    expect(releasedTo(releaseOf([PROXY]))).toBe('envoy 2 → demo/web')
  })

  test('by the revision where no image changes and none is known', () => {
    expect(releasedName(releaseOf([]))).toBe('web:2')
    expect(releasedTo(releaseOf([]))).toBe('web:2 → demo/web')
  })

  test('by the image that is registered where none changes', () => {
    const release = releaseOf([])
    const containerDefinitions = [{ name: 'web', image: 'r.example/web:1.0.0' }]
    const definition = { kind: 'register', definition: { family: 'web', containerDefinitions } } as const
    expect(releasedTo({ ...release, plan: release.plan && { ...release.plan, definition } })).toBe(
      'web 1.0.0 → demo/web',
    )
  })

  test('of a rollback in the direction in which production goes', () => {
    const back = change('web', 'r.example/web:1.2.0', 'r.example/web:1.1.0')
    expect(releasedTo(releaseOf([back], { operation: 'rollback' }))).toBe('demo/web 1.2.0 → 1.1.0')
    expect(releasedTo(releaseOf([], { operation: 'rollback' }))).toBe('demo/web web:1 → web:2')
  })

  test('by the service alone where nothing was released', () => {
    expect(releasedTo(releaseOf([], { status: 'unchanged' }))).toBe('demo/web')
  })
})
