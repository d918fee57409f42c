import { execFileSync } from 'node:child_process'
import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { stepFiles } from '../../src/step/files.ts'
import { parseDocument } from '../../src/text/document.ts'
import { readBounded } from '../../src/text/read-bounded.ts'

let workspace = ''
beforeAll(() => {
  workspace = mkdtempSync(join(tmpdir(), 'step-files-'))
  mkdirSync(join(workspace, 'folder'))
  writeFileSync(join(workspace, 'folder', 'td.json'), '{}')
  symlinkSync(join(workspace, 'folder', 'td.json'), join(workspace, 'link.json'))
})
afterAll(() => {
  rmSync(workspace, { recursive: true })
})

const read = (path: string) => stepFiles({ GITHUB_WORKSPACE: workspace }).readText(path)

test.each(['folder/td.json', './folder/../folder/td.json', 'link.json'])('reads the file %s', async (path) => {
  expect(await read(path)).toBe('{}')
})

test('reads a file of an absolute path, where other actions leave theirs', async () => {
  expect(await read(join(workspace, 'folder', 'td.json'))).toBe('{}')
})

test.each(['folder', '.', '/dev/zero', 'missing.json', 'td\u0000.json', 'x'.repeat(10_000)])(
  'has no text for what is no file: %j',
  async (path) => {
    expect(await read(path)).toBeUndefined()
  },
)

test('has no text for a pipe, which nobody may ever write to', async () => {
  execFileSync('mkfifo', [join(workspace, 'pipe.json')])
  expect(await read('pipe.json')).toBeUndefined()
})

test('reads no more of a file than a document may have, and ends at what a file of the system has', () => {
  const file = openSync(join(workspace, 'large.json'), 'w')
  // Takes no room on the disk.
  ftruncateSync(file, 1_500_000_000)
  closeSync(file)
  expect(readBounded(join(workspace, 'large.json'), 1_000)).toHaveLength(1_000)
  expect(readBounded('/proc/self/status', 1_000_000)).toContain('Name:')
})

test('a file of 1.5 GB is refused as too long', async () => {
  const text = (await read('large.json')) ?? ''
  expect(parseDocument('large.json', text)).toBe('is larger than 1048576 characters.')
})

/** Nothing can be put where a file is written before it replaces another, as in a folder that is not ours. */
function blocked(name: string): string {
  const path = join(workspace, name)
  mkdirSync(join(`${path}.next`, 'something'), { recursive: true })
  return path
}

test('a summary whose folder takes no other file is written in place, shorter than before too', () => {
  const path = blocked('summary.md')
  writeFileSync(path, 'a long text of the step before')
  const { writeSummary } = stepFiles({ GITHUB_STEP_SUMMARY: path })
  expect(writeSummary('## Released: größer')).toBe(true)
  expect(readFileSync(path, 'utf8')).toBe('## Released: größer')
})

test('a file that is not there and cannot be made is not written', () => {
  expect(stepFiles({ GITHUB_STEP_SUMMARY: blocked('missing.md') }).writeSummary('text')).toBe(false)
})
