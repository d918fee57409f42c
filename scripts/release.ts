/**
 * `npm run release -- VERSION`: everything of a release but the push. Checks that the tree is clean and `dist/` is what the
 * sources build, writes the version and its section of the changelog, commits, and tags. With `--test` the tests come first;
 * the release workflow runs them before it publishes anything.
 *
 * The release workflow asks with `--check-tag TAG` whether a tag is to be released, and with `--notes TAG` for its notes.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import {
  type Changelog,
  ChangelogError,
  parseChangelog,
  releaseNotes,
  releaseSection,
  renderChangelog,
} from './changelog.ts'
import { NOBODY, ownerOf } from './repository-owner.ts'
import { compareVersions, isVersion, nextVersion, versionOfTag, withMajor, withVersion } from './version.ts'

const USAGE = `npm run release -- VERSION [options]

  --dry-run        say what would be tagged, written and told, and write nothing; the version may be left out
  --test           run 'npm test' first
  --notes TAG      print the notes of a release
  --check-tag TAG  exit code 1 when package.json or CHANGELOG.md says something else than this tag`

const root = resolve(import.meta.dirname, '..')

/** What a release consists of. */
interface Release {
  version: string
  tag: string
  notes: string
  /** New texts of files, by path from the root. */
  files: Map<string, string>
  /** Why it must not be. */
  refusals: string[]
  /** What to know about it. */
  notices: string[]
}

class UsageError extends Error {}

try {
  process.exitCode = main()
} catch (error) {
  if (!(error instanceof UsageError || error instanceof ChangelogError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = error instanceof UsageError ? 2 : 1
}

function main(): number {
  const { values, positionals } = options()
  if (values.help === true) return say(USAGE)
  if (values.notes !== undefined) return say(notesOf(parseChangelog(read('CHANGELOG.md')), values.notes).trimEnd())
  if (values['check-tag'] !== undefined) return refuse(problemsOfTag(values['check-tag']))
  const [given, ...more] = positionals
  const isDry = values['dry-run'] === true
  if (more.length > 0 || (given === undefined && !isDry)) throw new UsageError(USAGE)
  const release = prepare(given)
  if (isDry) {
    show(release)
    return refuse(release.refusals)
  }
  if (release.refusals.length > 0) return refuse(release.refusals)
  if (values.test === true && run('npm', ['test']) !== 0) return refuse(['the tests fail'])
  for (const notice of release.notices) say(`Note: ${notice}`)
  return carryOut(release)
}

function options() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        'dry-run': { type: 'boolean' },
        test: { type: 'boolean' },
        notes: { type: 'string' },
        'check-tag': { type: 'string' },
        help: { type: 'boolean' },
      },
    })
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${USAGE}`)
  }
}

function prepare(given: string | undefined): Release {
  const current = (JSON.parse(read('package.json')) as { version: string }).version
  const released = lines('tag', '--list').flatMap((tag) => versionOfTag(tag) ?? [])
  const changelog = parseChangelog(read('CHANGELOG.md'))
  const version = given ?? nextVersion(current, released, changelog)
  if (!isVersion(version)) throw new UsageError(`'${version}' is no version such as 1.2.3.`)
  const tag = `v${version}`
  const { dated, problems } = datedSection(changelog, version)
  return {
    version,
    tag,
    notes: dated === undefined ? '' : notesOf(dated, tag),
    files: filesOf(version, dated ?? changelog),
    refusals: [...problems, ...refusalsOf(version, current, released)],
    notices: noticesOf(changelog, version),
  }
}

/** What is wrong with the changelog is told beside all else that is wrong. */
function datedSection(changelog: Changelog, version: string): { dated?: Changelog; problems: string[] } {
  try {
    return { dated: releaseSection(changelog, version, new Date().toISOString().slice(0, 10)), problems: [] }
  } catch (error) {
    if (!(error instanceof ChangelogError)) throw error
    return { problems: [error.message] }
  }
}

function refusalsOf(version: string, current: string, released: readonly string[]): string[] {
  const newest = released.toSorted(compareVersions).at(-1)
  const dirty = lines('status', '--porcelain')
  return [
    ...(released.includes(version) ? [`the tag v${version} exists`] : []),
    ...(newest !== undefined && compareVersions(version, newest) < 0
      ? [`v${newest}, which is newer, is released`]
      : []),
    ...(compareVersions(version, current) < 0 ? [`package.json says ${current}, which is newer`] : []),
    ...(dirty.length === 0 ? [] : [`the tree is dirty: ${dirty.map((line) => line.trim()).join(', ')}`]),
    ...(run(process.execPath, ['scripts/build.ts', '--check']) === 0 ? [] : ['dist/ is stale']),
  ]
}

function noticesOf(changelog: Changelog, version: string): string[] {
  const branch = git('rev-parse', '--abbrev-ref', 'HEAD').trim()
  const loose = changelog.sections
    .filter((section) => section.version === 'Unreleased' || section.version === version)
    .flatMap(({ entries }) => entries.filter(({ isLoose }) => isLoose))
  return [
    ...(branch === 'main' ? [] : [`this is '${branch}', and the release workflow takes only tags that are on main.`]),
    ...(ownerOf(root).owner === NOBODY
      ? [`the repository is still that of '${NOBODY}'; 'npm run owner -- NAME' names its account.`]
      : []),
    ...loose.map(({ text, area, kind }) => `under no heading of CHANGELOG.md, taken for ${area}, ${kind}: ${text}`),
  ]
}

/** Only those that change. */
function filesOf(version: string, changelog: Changelog): Map<string, string> {
  const { owner, name } = ownerOf(root)
  const texts = new Map([
    ['CHANGELOG.md', renderChangelog(changelog)],
    ['package.json', withVersion(read('package.json'), version)],
    ['package-lock.json', withVersion(read('package-lock.json'), version)],
  ])
  for (const file of lines('grep', '-lIF', '-e', `${owner}/${name}@v`, '--', ':!dist', ':!CHANGELOG.md')) {
    texts.set(file, withMajor(texts.get(file) ?? read(file), `${owner}/${name}`, version))
  }
  return new Map([...texts].filter(([file, text]) => text !== read(file)))
}

function show({ version, tag, notes, files, refusals, notices }: Release): void {
  say(`Tag:   ${tag}, on a commit 'Release ${version}'`)
  say(`Files: ${[...files.keys()].join(', ')}`)
  say(`Notes:\n\n${notes.replace(/^(?=.)/gm, '  ')}`)
  for (const notice of notices) say(`Note: ${notice}`)
  if (refusals.length === 0) say('Nothing was written, since this was a dry run.')
}

/** All or nothing: what was written is taken back when it cannot be committed. */
function carryOut({ version, tag, files }: Release): number {
  for (const [file, text] of files) writeFileSync(join(root, file), text)
  const commit = ['commit', '--quiet', '--message', `Release ${version}`, '--', ...files.keys()]
  if (run('git', commit) !== 0) {
    git('restore', '--staged', '--worktree', '--', ...files.keys())
    return refuse(['git did not commit; the files are as they were'])
  }
  if (run('git', ['tag', '--annotate', '--message', tag, tag]) !== 0) {
    return refuse([`git did not tag, but committed; take that back with 'git reset --hard HEAD~1'`])
  }
  return say(
    `${tag} is committed and tagged here. To release it: git push --atomic origin main ${tag}\n` +
      `To take it back: git tag --delete ${tag} && git reset --hard HEAD~1`,
  )
}

function problemsOfTag(tag: string): string[] {
  const version = versionOfTag(tag)
  if (version === undefined) return [`'${tag}' is no tag of a release`]
  const section = parseChangelog(read('CHANGELOG.md')).sections.find((one) => one.version === version)
  const says = (file: string) => (JSON.parse(read(file)) as { version: string }).version
  return [
    ...['package.json', 'package-lock.json']
      .filter((file) => says(file) !== version)
      .map((file) => `${file} says ${says(file)}`),
    ...(section?.date === undefined ? [`CHANGELOG.md has no section '## ${version} (DATE)'`] : []),
  ]
}

function notesOf(changelog: Changelog, tag: string): string {
  const { owner, name } = ownerOf(root)
  return releaseNotes(changelog, tag.replace(/^v/, ''), `https://github.com/${owner}/${name}/blob/${tag}`)
}

function refuse(problems: readonly string[]): number {
  for (const problem of problems) process.stderr.write(`Refused: ${problem}.\n`)
  return problems.length > 0 ? 1 : 0
}

function say(text: string): number {
  process.stdout.write(`${text}\n`)
  return 0
}

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8')
}

/** @returns the exit code */
function run(program: string, args: readonly string[]): number {
  return spawnSync(program, args, { cwd: root, stdio: 'inherit' }).status ?? 1
}

/** Nothing also when git has found nothing, which is its exit code 1. */
function git(...args: string[]): string {
  return spawnSync('git', args, { cwd: root, encoding: 'utf8' }).stdout
}

function lines(...args: string[]): string[] {
  return git(...args)
    .split('\n')
    .filter((line) => line !== '')
}
