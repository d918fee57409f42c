import { expect, test } from '@jest/globals'
import { nearestName } from '../../src/text/nearest.ts'

const NAMES = ['image', 'secrets', 'container-name', 'after-allow-test-traffic-hook', 'cpu']

test.each([
  ['imge', 'image'],
  ['IMAGEE', 'image'],
  ['images', 'image'],
  ['secret', 'secrets'],
  ['container_name', 'container-name'],
  ['after-allow-test-trafic-hook', 'after-allow-test-traffic-hook'],
  ['after-allow-test-traffic', 'after-allow-test-traffic-hook'],
])('%s is near %s', (given, meant) => {
  expect(nearestName(given, NAMES)).toBe(meant)
})

test.each(['', 'version', 'image-tag', 'environment', 'x'.repeat(10_000)])('%s is near nothing', (given) => {
  expect(nearestName(given, NAMES)).toBeUndefined()
})

test('nothing is near when there are no names', () => {
  expect(nearestName('image', [])).toBeUndefined()
})
