import { type Changelog, UNRELEASED } from './changelog.ts'

/** A version of a release: no pre-releases. Source: semver.org, 2.0.0, item 2. */
const VERSION = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/

export function isVersion(text: string): boolean {
  return VERSION.test(text)
}

/** Undefined for every other tag, `v1` included. */
export function versionOfTag(tag: string): string | undefined {
  const version = tag.replace(/^v/, '')
  return tag !== version && isVersion(version) ? version : undefined
}

/** Negative when the first is older, as for `sort`. */
export function compareVersions(one: string, other: string): number {
  const others = numbersOf(other)
  return numbersOf(one).reduce((found, number, index) => found || number - (others[index] ?? 0), 0)
}

function numbersOf(version: string): number[] {
  return version.split('.').map(Number)
}

/** That of package.json while it has no tag; else the next one, a patch when everything that is not released is a fix. */
export function nextVersion(current: string, released: readonly string[], { sections }: Changelog): string {
  if (!released.includes(current)) return current
  const [major = 0, minor = 0, patch = 0] = numbersOf(current)
  const entries = sections.find(({ version }) => version === UNRELEASED)?.entries ?? []
  return entries.every(({ kind }) => kind === 'Fixed') ? `${major}.${minor}.${patch + 1}` : `${major}.${minor + 1}.0`
}

/** package.json or package-lock.json with another version, and otherwise as it was typed. */
export function withVersion(text: string, version: string): string {
  const current = (JSON.parse(text) as { version: string }).version
  // Its own version stands once in package.json and twice in the lock file, each time before that of any package.
  const isLock = text.includes('"lockfileVersion"')
  let left = isLock ? 2 : 1
  return text.replaceAll(`"version": "${current}"`, (found) => (left-- > 0 ? `"version": "${version}"` : found))
}

/** What names the action by its moving tag names that of the version. */
export function withMajor(text: string, repository: string, version: string): string {
  return text.replaceAll(
    new RegExp(`(?<![\\w-])(${repository}@v)\\d+(?![\\w.-])`, 'g'),
    (_, named: string) => `${named}${numbersOf(version)[0]}`,
  )
}
