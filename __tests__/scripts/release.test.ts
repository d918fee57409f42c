import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { ownGit } from '../support/own-git.ts'

const ROOT = join(import.meta.dirname, '..', '..')

/** Says that the bundle is stale as the real one does: what it would build is the text of `src`. */
const BUILD = `import { readFileSync } from 'node:fs'
if (readFileSync('src', 'utf8') !== readFileSync('dist/index.js', 'utf8')) process.exitCode = 1
`

const CHANGELOG = `# Changelog

## Unreleased

- Merged without a heading.

### Action

#### Added

- Something new.
`

const FILES = {
  'CHANGELOG.md': CHANGELOG,
  'README.md': 'uses: a-company/action@v0\n',
  'dist/index.js': 'built',
  'package-lock.json':
    '{\n  "version": "0.1.0",\n  "lockfileVersion": 3,\n  "packages": { "": { "version": "0.1.0" } }\n}\n',
  'package.json': '{\n  "version": "0.1.0",\n  "type": "module",\n  "repository": "github:a-company/action"\n}\n',
  'scripts/build.ts': BUILD,
  src: 'built',
}

/** Each test has a copy of one repository with what a release needs of this one. */
let folder = ''
let repository = ''
const read = (file: string) => readFileSync(join(repository, file), 'utf8')
const write = (file: string, text: string) => writeFileSync(join(repository, file), text)
const git = (...args: string[]) =>
  spawnSync('git', args, { cwd: repository, env: ownGit(), encoding: 'utf8' }).stdout.trim()

function release(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join('scripts', 'release.ts'), ...args], {
    cwd: repository,
    env: ownGit(),
    encoding: 'utf8',
  })
  return { exitCode: status, printed: stdout, refused: stderr }
}

/** Commits, tags and files. */
function state(): string[] {
  return [git('for-each-ref'), git('status', '--porcelain'), git('diff')]
}

function commitAll(): void {
  git('add', '--all')
  git('commit', '--quiet', '--message', 'Begin')
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'release-'))
  repository = join(folder, 'sound')
  mkdirSync(repository)
  mkdirSync(join(repository, 'scripts'))
  mkdirSync(join(repository, 'dist'))
  for (const name of ['release', 'changelog', 'version', 'repository-owner']) {
    cpSync(join(ROOT, 'scripts', `${name}.ts`), join(repository, 'scripts', `${name}.ts`))
  }
  for (const [file, text] of Object.entries(FILES)) write(file, text)
  git('init', '--quiet', '--initial-branch', 'main')
  commitAll()
})
beforeEach(() => {
  repository = mkdtempSync(join(folder, 'one-'))
  cpSync(join(folder, 'sound'), repository, { recursive: true })
})
afterAll(() => rmSync(folder, { recursive: true }))

test('a dry run prints the tag, the files and the notes, and writes nothing', () => {
  const { exitCode, printed } = release('--dry-run')
  expect(exitCode).toBe(0)
  expect(printed).toContain("Tag:   v0.1.0, on a commit 'Release 0.1.0'\nFiles: CHANGELOG.md\nNotes:\n")
  expect(printed).toContain('\n  - Something new.\n')
  expect(printed).toContain(
    'Note: under no heading of CHANGELOG.md, taken for Action, Changed: - Merged without a heading.',
  )
  expect(git('status', '--porcelain')).toBe('')
  expect(git('tag')).toBe('')
})

test('a release is one commit with the version and its section of the changelog, tagged, and nothing is pushed', () => {
  const { exitCode, printed } = release('1.0.0')
  expect(exitCode).toBe(0)
  expect(printed).toContain('git push --atomic origin main v1.0.0')
  expect(git('log', '--format=%s', '--name-only', '-1').split('\n')).toEqual([
    'Release 1.0.0',
    '',
    'CHANGELOG.md',
    'README.md',
    'package-lock.json',
    'package.json',
  ])
  expect(git('rev-parse', 'v1.0.0^{commit}')).toBe(git('rev-parse', 'HEAD'))
  expect(git('cat-file', '-t', 'v1.0.0')).toBe('tag')
  expect(read('CHANGELOG.md')).toMatch(/^## Unreleased\n\n### Action[^-]*## 1\.0\.0 \(\d{4}-\d{2}-\d{2}\)\n/m)
  expect(JSON.parse(read('package.json')).version).toBe('1.0.0')
  expect(JSON.parse(read('package-lock.json')).packages[''].version).toBe('1.0.0')
  expect(read('README.md')).toBe('uses: a-company/action@v1\n')
  expect(git('status', '--porcelain')).toBe('')
  expect(release('--check-tag', 'v1.0.0')).toMatchObject({ exitCode: 0, refused: '' })
  expect(release('--notes', 'v1.0.0').printed).toContain('- Something new.')
})

const REFUSED: [what: string, prepare: () => unknown, version: string, reason: string][] = [
  ['a dirty tree', () => write('README.md', 'other'), '0.1.0', 'the tree is dirty: M README.md'],
  ['a file that is not committed', () => write('new', 'new'), '0.1.0', 'the tree is dirty: ?? new'],
  [
    'a stale dist/',
    () => {
      write('src', 'changed')
      commitAll()
    },
    '0.1.0',
    'dist/ is stale',
  ],
  ['a tag that exists', () => git('tag', 'v0.1.0'), '0.1.0', 'the tag v0.1.0 exists'],
  ['an older version than was released', () => git('tag', 'v0.2.0'), '0.1.5', 'v0.2.0, which is newer, is released'],
  ['an older version than package.json has', () => undefined, '0.0.9', 'package.json says 0.1.0, which is newer'],
]

test.each(REFUSED)('%s is refused, and nothing is written', (_, prepare, version, reason) => {
  prepare()
  const before = state()
  const { exitCode, refused } = release(version)
  expect(exitCode).toBe(1)
  expect(refused).toContain(`Refused: ${reason}`)
  expect(state()).toEqual(before)
})

test('a dry run of what would be refused says why, beside tag, files and notes', () => {
  write('README.md', 'other')
  const { exitCode, printed, refused } = release('0.1.0', '--dry-run')
  expect(exitCode).toBe(1)
  expect(printed).toContain('Tag:   v0.1.0')
  expect(refused).toBe('Refused: the tree is dirty: M README.md.\n')
})

test('everything that speaks against a release is said at once', () => {
  write('src', 'changed')
  write('CHANGELOG.md', '# Changelog\n\n## Unreleased\n')
  commitAll()
  write('README.md', 'other')
  git('tag', 'v0.1.0')
  expect(release('0.1.0').refused.split('\n')).toEqual([
    'Refused: CHANGELOG.md has no entry for 0.1.0.',
    'Refused: the tag v0.1.0 exists.',
    'Refused: the tree is dirty: M README.md.',
    'Refused: dist/ is stale.',
    '',
  ])
})

test('tests that fail keep a release from being made', () => {
  write('package.json', FILES['package.json'].replace('"type"', '"scripts": { "test": "exit 1" },\n  "type"'))
  commitAll()
  expect(release('0.1.0', '--test')).toMatchObject({ exitCode: 1 })
  expect(git('tag')).toBe('')
})

test('a commit that git refuses leaves the files as they were', () => {
  mkdirSync(join(repository, '.git', 'hooks'), { recursive: true })
  writeFileSync(join(repository, '.git', 'hooks', 'pre-commit'), '#!/bin/sh\nexit 1\n', { mode: 0o755 })
  const { exitCode, refused } = release('0.1.0')
  expect(exitCode).toBe(1)
  expect(refused).toContain('git did not commit')
  expect(read('CHANGELOG.md')).toBe(CHANGELOG)
  expect(git('status', '--porcelain')).toBe('')
  expect(git('tag')).toBe('')
})

test.each([
  ['v0.2.0', 'package.json says 0.1.0'],
  ['v0.1.0', "CHANGELOG.md has no section '## 0.1.0 (DATE)'"],
  ['v0', "'v0' is no tag of a release"],
])('the tag %s is not to be released when %s', (tag, problem) => {
  const { exitCode, refused } = release('--check-tag', tag)
  expect(exitCode).toBe(1)
  expect(refused).toContain(problem)
})

test.each([[[]], [['0.1']], [['0.1.0', '0.2.0']], [['--push']]])(
  'the options %j are refused with how to use it',
  (args) => {
    expect(release(...args).exitCode).toBe(2)
  },
)
