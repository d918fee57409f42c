import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { load } from 'js-yaml'
import { ownGit } from '../support/own-git.ts'

const WORKFLOWS = join(import.meta.dirname, '..', '..', '.github', 'workflows')

interface Step {
  name?: string
  run?: string
}

/** The script of a step, as the runner would run it. */
function scriptOf(file: string, job: string, name: string): string {
  const workflow = load(readFileSync(join(WORKFLOWS, file), 'utf8')) as { jobs: Record<string, { steps: Step[] }> }
  const { run } = workflow.jobs[job]?.steps.find((step) => step.name === name) ?? {}
  if (run === undefined) throw new Error(`${file} has no step '${name}' in its job '${job}'`)
  return run
}

/** A checkout of a runner, with a `gh` that only writes down what it is asked for. */
let folder = ''
const write = (file: string, text: string): void => writeFileSync(join(folder, file), text)

function git(...args: string[]): string {
  return spawnSync('git', args, { cwd: folder, env: ownGit(), encoding: 'utf8' }).stdout.trim()
}

function play(
  script: string,
  env: Record<string, string> = {},
): { exitCode: number | null; printed: string; asked: string } {
  write('.git/asked', '')
  const path = `${join(folder, '.git', 'bin')}${delimiter}${process.env['PATH']}`
  const { status, stdout, stderr } = spawnSync('bash', ['-e', '-c', script], {
    cwd: folder,
    env: { ...ownGit(), ...env, PATH: path },
    encoding: 'utf8',
  })
  return { exitCode: status, printed: stdout + stderr, asked: readFileSync(join(folder, '.git', 'asked'), 'utf8') }
}

function commit(message: string): string {
  git('add', '--all')
  git('commit', '--quiet', '--allow-empty', '--message', message)
  return git('rev-parse', 'HEAD')
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'checkout-'))
  git('init', '--quiet', '--initial-branch', 'main')
  mkdirSync(join(folder, '.git', 'bin'))
  writeFileSync(join(folder, '.git', 'bin', 'gh'), '#!/bin/sh\necho "$@" >> .git/asked\n', { mode: 0o755 })
  mkdirSync(join(folder, 'dist'))
  write('dist/index.js', 'built')
  commit('Begin')
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

const MOVE = scriptOf('release.yml', 'publish', 'Move the tag of the major version')
const moved = (tag: string) => play(MOVE, { GITHUB_REF_NAME: tag, GITHUB_REPOSITORY: 'a/b' })

test('the first release of a major version makes its tag', () => {
  const sha = commit('Release 1.0.0')
  for (const tag of ['v0.9.0', 'v1.0.0']) git('tag', tag)
  expect(moved('v1.0.0')).toMatchObject({
    exitCode: 0,
    asked: `api --method POST repos/a/b/git/refs --raw-field ref=refs/tags/v1 --raw-field sha=${sha} --silent\n`,
  })
})

test('a later release moves the tag of its major version to its commit, also from an annotated tag', () => {
  for (const tag of ['v1', 'v1.9.0', 'v1.10.0-rc.1', 'v10.0.0']) git('tag', tag)
  const sha = commit('Release 1.10.0')
  git('tag', '--annotate', '--message', 'v1.10.0', 'v1.10.0')
  expect(moved('v1.10.0')).toMatchObject({
    exitCode: 0,
    asked: `api --method PATCH repos/a/b/git/refs/tags/v1 --raw-field sha=${sha} --field force=true --silent\n`,
  })
})

test('a fix of an older version leaves the tag of the major version where it is', () => {
  for (const tag of ['v1', 'v1.9.1', 'v1.10.0']) git('tag', tag)
  expect(moved('v1.9.1')).toMatchObject({
    exitCode: 0,
    printed: '::notice::v1 stays at v1.10.0, which is newer than v1.9.1.\n',
    asked: '',
  })
})

const COMPARE = scriptOf('ci.yml', 'dist', 'Compare with what is committed')

test.each([
  ['is what is committed', () => undefined, 0],
  ['differs', () => write('dist/index.js', 'built otherwise'), 1],
  ['has a file more', () => write('dist/1.index.js', 'built'), 1],
  ['has a file less', () => rmSync(join(folder, 'dist', 'index.js')), 1],
])('CI compares: a rebuilt dist/ that %s', (_, rebuild, exitCode) => {
  rebuild()
  expect(play(COMPARE).exitCode).toBe(exitCode)
})
