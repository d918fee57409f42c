import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { OwnerError, ownerOf, renameOwner } from '../../scripts/repository-owner.ts'
import { ownGit } from '../support/own-git.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const { owner, name } = ownerOf(ROOT)
const [major] = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version.split('.')

/** The files of this repository that name it or have a placeholder, in a repository of their own. */
let copy = ''
const git = (...args: string[]) => execFileSync('git', args, { cwd: copy, env: ownGit(), encoding: 'utf8' })
const naming = (words: string) => linesOf(['grep', '-lF', '-e', words])
const read = (file: string) => readFileSync(join(copy, file), 'utf8')

/** What git prints; nothing when it has found nothing, which is its exit code 1. */
function linesOf(args: string[]): string[] {
  try {
    return git(...args)
      .trim()
      .split('\n')
  } catch {
    return []
  }
}

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'owner-'))
  const listed = execFileSync('git', ['grep', '-lIE', `${owner}|${name}`, '--', ':!dist', ':!tools/fake-github'], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  for (const file of [...listed.trim().split('\n'), 'package.json']) {
    cpSync(join(ROOT, file), join(copy, file), { recursive: true })
  }
  writeFileSync(
    join(copy, 'others.md'),
    `not${owner}/${name} ${owner}-two/${name} ${owner}/${name}-two ${owner}/REPOSITORY`,
  )
  git('init', '--quiet')
  git('add', '--all')
})
afterAll(() => rmSync(copy, { recursive: true }))

test('one command names another owner in every file, and what only resembles it keeps its name', () => {
  const before = naming(`${owner}/${name}`)
  const others = read('others.md')
  const changed = renameOwner(copy, 'a-company')
  expect(changed).toEqual(expect.arrayContaining(['README.md', 'package.json', 'examples/workflows/release.yml']))
  expect(before.filter((file) => file !== 'others.md' && !changed.includes(file))).toEqual([])
  expect(naming(`${owner}/${name}`)).toEqual(['others.md'])
  expect(read('others.md')).toBe(others)
  expect(read('README.md')).toContain(`uses: a-company/${name}@v${major}`)
  expect(ownerOf(copy)).toEqual({ owner: 'a-company', name })
})

test('the owner can be named again when the repository moves', () => {
  expect(renameOwner(copy, 'another')).toContain('README.md')
  expect(naming(`a-company/${name}`)).toEqual([])
  expect(renameOwner(copy, 'another')).toEqual([])
})

test.each(['', 'OWNER', 'a/b', '-a', 'a-', 'a--b', 'a b', 'a'.repeat(40), '$&'])('%j is refused as an owner', (to) => {
  const before = read('package.json')
  expect(() => renameOwner(copy, to)).toThrow(OwnerError)
  expect(read('package.json')).toBe(before)
})

test('everything that is to be copied names the repository by its owner and its major version in package.json', () => {
  const args = ['grep', '-hoIE', `[A-Za-z0-9-]+/${name}@v[0-9]+`, '--', ':!dist', ':!CHANGELOG.md']
  const found = execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' })
  expect(new Set(found.trim().split('\n'))).toEqual(new Set([`${owner}/${name}@v${major}`]))
})
