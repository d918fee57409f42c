import { expect, test } from '@jest/globals'
import { type Changelog, parseChangelog } from '../../scripts/changelog.ts'
import { compareVersions, isVersion, nextVersion, versionOfTag, withMajor, withVersion } from '../../scripts/version.ts'

test.each([
  ['1.2.3', true],
  ['0.1.0', true],
  ['1.2', false],
  ['v1.2.3', false],
  ['1.2.3-rc.1', false],
  ['01.2.3', false],
  ['1.2.3\n', false],
])('%j is a version: %s', (text, expected) => {
  expect(isVersion(text)).toBe(expected)
})

test('the tag of a major version is no tag of a release', () => {
  expect(['v1.2.3', 'v1', 'v1.2.3-rc.1', '1.2.3'].map(versionOfTag)).toEqual(['1.2.3', undefined, undefined, undefined])
})

test('versions are in the order of their numbers', () => {
  expect(['0.10.0', '0.9.1', '1.0.0', '0.9.0'].toSorted(compareVersions)).toEqual(['0.9.0', '0.9.1', '0.10.0', '1.0.0'])
})

const changelog = (kind: string): Changelog =>
  parseChangelog(`# Changelog\n\n## Unreleased\n\n### Action\n\n#### ${kind}\n\n- Something.\n`)

test.each([
  ['that of package.json has no tag', '0.1.0', [], 'Fixed', '0.1.0'],
  ['only mistakes were mended', '0.1.0', ['0.1.0'], 'Fixed', '0.1.1'],
  ['something was added', '0.1.1', ['0.1.0', '0.1.1'], 'Added', '0.2.0'],
])('the next version when %s', (_, current, released, kind, expected) => {
  expect(nextVersion(current, released, changelog(kind))).toBe(expected)
})

test('a version is written where it is that of the package itself', () => {
  const lock = '{\n  "version": "1.0.0",\n  "lockfileVersion": 3,\n  "packages": {\n    "": { "version": "1.0.0" },\n'
  const other = '    "node_modules/x": { "version": "1.0.0" }\n  }\n}\n'
  expect(withVersion(lock + other, '1.1.0')).toBe(lock.replaceAll('1.0.0', '1.1.0') + other)
  const manifest = '{ "version": "1.0.0", "devDependencies": { "x": "1.0.0" } }'
  expect(withVersion(manifest, '1.1.0')).toBe('{ "version": "1.1.0", "devDependencies": { "x": "1.0.0" } }')
})

test('what names the action by its moving tag names that of the new major version', () => {
  const text = 'uses: a/b@v0\nuses: a/b@v0.1.0\nuses: c/b@v0\nuses: aa/b@v0'
  expect(withMajor(text, 'a/b', '1.0.0')).toBe('uses: a/b@v1\nuses: a/b@v0.1.0\nuses: c/b@v0\nuses: aa/b@v0')
  expect(withMajor(text, 'a/b', '0.2.0')).toBe(text)
})
