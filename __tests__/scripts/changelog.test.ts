import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import {
  ChangelogError,
  parseChangelog,
  releaseNotes,
  releaseSection,
  renderChangelog,
} from '../../scripts/changelog.ts'

const FILE = readFileSync(join(import.meta.dirname, '..', '..', 'CHANGELOG.md'), 'utf8')

const MERGED = `# Changelog

What a user notices.

## Unreleased

- A line that was merged without a heading.
- Simulator: another one.

### Action

#### Added

#### Fixed

- Newer fix, which is
  told in two lines.

### Simulator and rehearsal

#### Fixed

- Older fix of the simulator.

## 0.2.0

The second version,
in two lines.

### Action

#### Added

- A page: [how](docs/how.md), [why](https://example.org), [where](#inputs).

#### Fixed

- Older fix.

## 0.1.0 (2026-11-30)

### Action

#### Added

- The first entry.
`

describe('a release of the changelog', () => {
  const released = releaseSection(parseChangelog(MERGED), '0.2.0', '2026-12-24')

  test('has what was not released before what was prepared, each under its heading', () => {
    expect(renderChangelog(released)).toBe(`# Changelog

What a user notices.

## Unreleased

### Action

#### Added

#### Changed

#### Fixed

### Simulator and rehearsal

#### Added

#### Changed

#### Fixed

## 0.2.0 (2026-12-24)

The second version,
in two lines.

### Action

#### Added

- A page: [how](docs/how.md), [why](https://example.org), [where](#inputs).

#### Changed

- A line that was merged without a heading.

#### Fixed

- Newer fix, which is
  told in two lines.
- Older fix.

### Simulator and rehearsal

#### Changed

- Simulator: another one.

#### Fixed

- Older fix of the simulator.

## 0.1.0 (2026-11-30)

### Action

#### Added

- The first entry.
`)
  })

  test('says which entries stand under no heading', () => {
    const loose = released.sections[1]?.entries.filter(({ isLoose }) => isLoose).map(({ text }) => text)
    expect(loose).toEqual(['- A line that was merged without a heading.', '- Simulator: another one.'])
  })

  test('has notes whose lines end where sentences do, and whose links lead to the files of the tag', () => {
    const notes = releaseNotes(released, '0.2.0', 'https://github.com/a/b/blob/v0.2.0')
    expect(notes).toContain('The second version, in two lines.\n\n### Action')
    expect(notes).toContain('- Newer fix, which is told in two lines.\n- Older fix.\n')
    expect(notes).toContain(
      '[how](https://github.com/a/b/blob/v0.2.0/docs/how.md), [why](https://example.org), [where](#inputs)',
    )
    expect(notes).not.toMatch(/^## |The first entry/m)
  })

  test('is read as it was written', () => {
    const rendered = renderChangelog(released)
    expect(renderChangelog(parseChangelog(rendered))).toBe(rendered)
  })

  test.each([
    ['without entries', '# Changelog\n\n## Unreleased\n', '0.1.0', 'has no entry for 0.1.0'],
    ['of a version that is released', MERGED, '0.1.0', 'says that 0.1.0 is released'],
  ])('%s is refused', (_, text, version, problem) => {
    expect(() => releaseSection(parseChangelog(text), version, '2026-12-24')).toThrow(problem)
    expect(() => releaseSection(parseChangelog(text), version, '2026-12-24')).toThrow(ChangelogError)
  })
})

test.each([
  ['## Next version', "Line 3 of CHANGELOG.md: '## Next version' is no version."],
  ['## Unreleased\n\n### Docs', "Line 5 of CHANGELOG.md: 'Docs' is none of Action, Simulator and rehearsal."],
  [
    '## Unreleased\n\n### Action\n\n#### Removed',
    "Line 7 of CHANGELOG.md: 'Removed' is none of Added, Changed, Fixed.",
  ],
  ['## Unreleased\n\n- An entry.\nIts second line.', "Line 6 of CHANGELOG.md: 'Its second line.' belongs to no entry."],
  ['## 0.1.0 (2026-11-30)\n\n- x\n\n## 0.1.0 (soon)', "Line 7 of CHANGELOG.md: '## 0.1.0 (soon)' is no version."],
])('a changelog with %j is refused with its line', (text, problem) => {
  expect(() => parseChangelog(`# Changelog\n\n${text}\n`)).toThrow(problem)
})

test('CHANGELOG.md of this repository can be read, and notes be made of it', () => {
  const changelog = parseChangelog(FILE)
  expect(changelog.sections[0]?.version).toBe('Unreleased')
  const newest = changelog.sections.find(({ entries }) => entries.length > 0)
  expect(releaseNotes(changelog, newest?.version ?? '', 'https://github.com/a/b/blob/x').length).toBeGreaterThan(100)
})
