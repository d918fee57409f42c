import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { stepFiles } from '../../src/step/files.ts'

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
